"""Commands and webhooks hear of a run whatever becomes of its process."""

from __future__ import annotations

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import trialog

TRAINING = """
    import os, signal, trialog
    run = trialog.init("acme", "demo", name="r", hooks=[["tee", {told!r}], {url!r}])
    run.log("loss", 0.5)
    run.alert("here", level="warning")
    {last}
"""


@pytest.fixture
def server():
    """A web address that keeps what is posted to it, and answers with 503 at first."""
    posts = queue.SimpleQueue()
    busy = [503, 503]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posts.put(json.loads(body))  # before the answer, which the next one may follow at once
            self.send_response(busy.pop() if busy else 204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.posts = posts
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize(
    "last,status,reason",
    [
        ("run.finish('FAILED', reason='infeasible')", "FAILED", "infeasible"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "FAILED", "killed"),
    ],
    ids=["finished", "killed"],
)
def test_an_end_is_told(script, server, tmp_path, last, status, reason):
    """Start, alert and end, in order; of a process that could not say that it ended, too."""
    told = tmp_path / "told"
    url = f"http://127.0.0.1:{server.server_port}/TOKEN"
    script(TRAINING.format(told=str(told), url=url, last=last))
    events = [server.posts.get(timeout=20)]
    while events[-1]["event"] != "ended":
        events.append(server.posts.get(timeout=20))
    assert [event["event"] for event in events] == ["started"] * 3 + ["alert", "ended"]
    assert (events[-1]["status"], events[-1]["reason"]) == (status, reason)
    run = trialog.get_run("r")
    assert (run.status.value, run.reason) == (status, reason)
    assert {event["run"] for event in events} == {run.id}
    limit = threading.Event()
    for _ in range(1000):
        if told.exists() and '"ended"' in told.read_text():
            break
        limit.wait(0.01)
    assert json.loads(told.read_text()) == events[-1]
