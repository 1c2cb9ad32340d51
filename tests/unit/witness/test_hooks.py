"""Commands and webhooks: real programs, and a real server on loopback."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from trialog._format.facts import End, Start
from trialog._format.hooks import ended_event
from trialog._witness.hooks import TRIES, Hooks

START = Start(writer="w", run="r1", role="run", namespace="acme", project="demo", name="brave")
EVENT = ended_event(START, "file:///store", End(status="FAILED", reason="killed"), 5_000_000_000)


class Server(ThreadingHTTPServer):
    """Answers with the codes it is given, one a call, then with 204."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.codes = []
        self.posts = []
        self.is_slow = threading.Event()

    @property
    def url(self):
        return f"http://user:secret@127.0.0.1:{self.server_port}/services/TOKEN?key=SECRET"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((self.path, dict(self.headers), json.loads(body)))
        if self.server.is_slow.is_set():
            time.sleep(0.5)
        self.send_response(self.server.codes.pop(0) if self.server.codes else 204)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def made(*, commands=(), urls=(), **options):
    return Hooks(commands, urls, backoff_s=0.001, **options)


# -- webhooks -------------------------------------------------------------------------------------


def test_an_address_gets_the_event_as_json(server):
    """One POST, with what every hook is told."""
    hooks = made(urls=[server.url])
    hooks.notify(EVENT)
    assert hooks.drain(10)
    assert hooks.failures() == []
    ((path, headers, body),) = server.posts
    assert path == "/services/TOKEN?key=SECRET"
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"].startswith("trialog/")
    assert body == EVENT
    assert body["text"] == "run brave of acme/demo has ended as FAILED: killed"


@pytest.mark.parametrize("codes", [[500, 503], [429, 429], [502] * (TRIES - 1)])
def test_what_may_pass_is_tried_again(server, codes):
    """A server that is down for a moment, or has too much to do."""
    server.codes = [*codes]
    hooks = made(urls=[server.url])
    hooks.notify(EVENT)
    assert hooks.drain(10)
    assert hooks.failures() == []
    assert len(server.posts) == len(codes) + 1


@pytest.mark.parametrize("code,tries", [(500, TRIES), (404, 1), (400, 1), (302, 1), (307, 1)])
def test_what_was_not_taken_is_said_without_the_secret(server, code, tries):
    """A refusal is final; a redirection is not followed, for it could lead the secret elsewhere."""
    server.codes = [code] * TRIES
    hooks = made(urls=[server.url])
    hooks.notify(EVENT)
    assert hooks.drain(10)
    (said,) = hooks.failures()
    assert hooks.failures() == []
    assert f"webhook http://127.0.0.1:{server.server_port}/…: event 'ended'" in said
    assert f"answered {code}" in said
    assert "secret" not in said.lower()
    assert "TOKEN" not in said
    assert len(server.posts) == tries


def test_an_address_that_nobody_answers():
    """The name of the error is said, not its text, which has the address in it."""
    with socket.socket() as unheard:  # bound, and not listening
        unheard.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unheard.getsockname()[1]}/TOKEN"
        hooks = made(urls=[address, "http://[::1/TOKEN"])
        hooks.notify(EVENT)
        assert hooks.drain(10)
    refused, senseless = sorted(hooks.failures(), key=len, reverse=True)
    assert "tries, the last: Connection" in refused
    assert "the given address" in senseless
    assert "TOKEN" not in refused + senseless


def test_an_address_that_hangs_holds_up_no_other(server):
    """Each has a queue of its own; the timeout ends a try."""
    server.is_slow.set()
    other = Server()
    threading.Thread(target=other.serve_forever, daemon=True).start()
    hooks = made(urls=[server.url, other.url], web_timeout_s=0.05)
    hooks.notify(EVENT)
    hooks.notify(EVENT)
    assert not hooks.drain(0)
    assert hooks._targets[1].wait(5)
    assert len(other.posts) == 2
    assert hooks.drain(10)
    said = hooks.failures()
    assert len(said) == 2
    assert all("tries, the last: ReadTimeout" in each for each in said)
    other.shutdown()
    other.server_close()


def test_events_arrive_in_order(server):
    """Also where the first needs several tries."""
    server.codes = [500, 500]
    hooks = made(urls=[server.url])
    for number in range(4):
        hooks.notify({**EVENT, "time_ns": number})
    assert hooks.drain(10)
    assert [body["time_ns"] for _, _, body in server.posts] == [0, 0, 0, 1, 2, 3]


# -- commands -------------------------------------------------------------------------------------


def program(code):
    return (sys.executable, "-S", "-c", code)


def test_a_command_gets_the_event(tmp_path, monkeypatch):
    """As JSON on its standard input, and in short in its environment; in the script's folder."""
    monkeypatch.setenv("TRIALOG_RUN", "a-run-to-join")
    monkeypatch.setenv("TRIALOG_HOOKS", "itself")
    code = "import os, sys; open('told', 'w').write(f'{sys.stdin.read()}\\n{dict(os.environ)}')"
    hooks = made(commands=[program(code)], folder=tmp_path)
    hooks.notify(EVENT)
    assert hooks.drain(10)
    assert hooks.failures() == []
    told, environ = (tmp_path / "told").read_text().split("\n", 1)
    assert json.loads(told) == EVENT
    variables = eval(environ)
    assert {name: text for name, text in variables.items() if name.startswith("TRIALOG_EVENT")} == {
        "TRIALOG_EVENT": "ended",
        "TRIALOG_EVENT_STATUS": "FAILED",
        "TRIALOG_EVENT_RUN": "r1",
    }
    assert not {"TRIALOG_RUN", "TRIALOG_HOOKS"} & variables.keys()


def test_what_goes_wrong_with_a_command_is_said(tmp_path):
    """Its exit code, its time, or that it is not there; not its arguments, nor what it printed."""
    commands = [
        program("import sys; sys.exit('SECRET')"),
        (str(tmp_path / "no-such-program"), "SECRET"),
        ("/bin/sh", "-c", "sleep 60 & wait # SECRET"),
    ]
    hooks = made(commands=commands, command_timeout_s=0.5, folder=tmp_path / "gone")
    begun = time.monotonic()
    hooks.notify(EVENT)
    assert hooks.drain(10)
    assert time.monotonic() - begun < 8
    said = sorted(hooks.failures())
    assert len(said) == 3
    assert "SECRET" not in "".join(said)
    assert any("ended with exit code 1" in each for each in said)
    assert any("cannot be run: No such file or directory" in each for each in said)
    assert any("took longer than 0.5 s" in each for each in said)


def test_a_command_that_reads_nothing_is_no_failure():
    """Most care only about being called."""
    hooks = made(commands=[("/bin/true",)])
    hooks.notify({**EVENT, "text": "x" * 1_000_000})
    assert hooks.drain(10)
    assert hooks.failures() == []


def test_nothing_is_loaded_or_started_without_an_event():
    """A run without hooks costs nothing."""
    before = threading.active_count()
    hooks = made(commands=[("/bin/true",)], urls=["http://127.0.0.1:9/x"])
    assert hooks.drain(0)
    assert threading.active_count() == before
