"""A real ipykernel: what is shown of runs, and how it follows them."""

from __future__ import annotations

import os
import warnings

import pytest

import trialog

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # theirs, not ours
    jupyter_client = pytest.importorskip("jupyter_client")
    pytest.importorskip("ipykernel")

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # zmq's sockets
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
THREADS = "import threading; print([t.name for t in threading.enumerate() if 'display' in t.name])"


class Kernel:
    """A kernel of its own process, whose outputs are kept as a notebook keeps them."""

    def __init__(self, folder):
        self.manager = jupyter_client.KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder))
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.shown = {}  # by display_id: all that stood there
        self.cell("import trialog, os, time")

    def cell(self, code, error=None, hear=None, cell_id=None):
        """Run a cell: its messages, as (kind, content)."""
        heard = []

        def keep(message):
            kind, content = message["msg_type"], message["content"]
            heard.append((kind, content))
            if kind in ("display_data", "update_display_data"):
                identity = content.get("transient", {}).get("display_id")
                self.shown.setdefault(identity, []).append(content["data"])
            if hear is not None:
                hear(kind, content)

        with pytest.MonkeyPatch.context() as patch:
            if cell_id is not None:
                made = self.client.session.msg

                def with_cell(msg_type, *args, **kwargs):
                    message = made(msg_type, *args, **kwargs)
                    if msg_type == "execute_request":
                        message["metadata"]["cellId"] = cell_id
                    return message

                patch.setattr(self.client.session, "msg", with_cell)
            reply = self.client.execute_interactive(code, output_hook=keep, timeout=60)
        assert reply["content"].get("ename") == error, reply["content"]
        return heard

    def printed(self, code):
        return "".join(content["text"] for kind, content in self.cell(code) if kind == "stream")

    def last(self):
        """What stands in the newest live output."""
        return list(self.shown.values())[-1][-1]["text/html"]

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    kernel = Kernel(tmp_path_factory.mktemp("notebook"))
    yield kernel
    kernel.close()


@pytest.fixture
def kernel(started, store):
    started.cell(f"os.environ['TRIALOG_HOME'] = {os.environ['TRIALOG_HOME']!r}")
    started.shown.clear()
    yield started
    started.cell("import contextlib\nwith contextlib.suppress(Exception): trialog.finish()")


def test_a_run_is_live_in_its_block(kernel, tmp_path):
    """Updates come while the block runs; before the cell is done, the end stands there."""
    during = []

    def hear(kind, content):
        if kind == "update_display_data":
            during.append(content["data"]["text/html"])
            if "RUNNING" in during[-1] and ">0.25</td>" in during[-1]:
                (tmp_path / "seen").touch()

    kernel.cell(
        f"""
with trialog.init("acme", "live", name="one", capture=False) as run:
    run.show()
    run.log("loss", 0.5); run.log("loss", 0.25)
    end = time.monotonic() + 30
    while not os.path.exists({str(tmp_path / "seen")!r}):
        assert time.monotonic() < end
        time.sleep(0.01)
    run.log("loss", 0.125)
""",
        hear=hear,
    )
    ((first, *updates),) = kernel.shown.values()
    assert "RUNNING" in first["text/html"]
    assert first["text/plain"] == "<Run 'one' RUNNING acme/live>"
    assert len(updates) >= 2
    assert "COMPLETED" in kernel.last()
    assert ">0.125</td>" in kernel.last()
    assert kernel.printed(THREADS) == "[]\n"


def test_a_crash_is_the_last_that_is_seen(kernel):
    """With its reason."""
    kernel.cell(
        """
with trialog.init("acme", "live", capture=False) as run:
    display(run)
    raise ValueError("<b>boom</b>")
""",
        error="ValueError",
    )
    assert "CRASHED" in kernel.last()
    assert "ValueError: &lt;b&gt;boom&lt;/b&gt;" in kernel.last()
    assert kernel.printed(THREADS) == "[]\n"


def test_an_interrupt_ends_it(kernel):
    """The kernel's stop button: of a run that stays open, what is seen stays with its moment."""
    heard = []

    def hear(kind, content):
        if kind == "stream" and not heard:
            heard.append(True)
            kernel.manager.interrupt_kernel()

    kernel.cell(
        "run = trialog.init('acme', 'live', capture=False); run.show()\n"
        "print('going', flush=True); time.sleep(60)",
        error="KeyboardInterrupt",
        hear=hear,
    )
    assert "as of" in kernel.last()
    assert kernel.printed(THREADS) == "[]\n"


def test_an_open_run_is_followed_over_cells(kernel):
    """Each cell ends with what is true then, in the place where it was shown."""
    kernel.cell("run = trialog.init('acme', 'live', name='long', capture=False); run.show()")
    kernel.cell("run.log('loss', 0.75)")
    assert ">0.75</td>" in kernel.last()
    assert kernel.printed(THREADS) == "['trialog-display']\n"
    kernel.cell("run.finish('FAILED', reason='infeasible')")
    assert "FAILED" in kernel.last()
    assert "infeasible" in kernel.last()
    assert len(kernel.shown) == 1
    assert kernel.printed(THREADS) == "[]\n"


def test_a_run_is_followed_at_one_place(kernel):
    """Where it was shown last; and no more once that cell runs again."""
    kernel.cell("run = trialog.init('acme', 'live', capture=False); run.show()")
    kernel.cell("run.show()", cell_id="a")
    kernel.cell("run.log('loss', 0.5)")
    first, second = kernel.shown.values()
    assert ">0.5</td>" not in first[-1]["text/html"]
    assert ">0.5</td>" in second[-1]["text/html"]
    kernel.cell("run.log('loss', 0.375)", cell_id="a")
    assert ">0.375</td>" not in second[-1]["text/html"]


def test_a_run_of_another_process_is_followed(kernel):
    """A notebook watches what another process records."""
    with trialog.init("acme", "live", name="elsewhere", capture=False) as run:
        run.log("loss", 0.5)
        kernel.cell("trialog.get_run('elsewhere').show()")
        assert "RUNNING" in kernel.last()
    kernel.cell(
        "end = time.monotonic() + 30\n"
        "while any('display' in t.name for t in __import__('threading').enumerate()):\n"
        "    assert time.monotonic() < end; time.sleep(0.01)"
    )
    assert "COMPLETED" in kernel.last()


def test_an_experiment_is_followed_as_a_run_is(kernel):
    """Its runs come to its table, and its end to its head."""
    kernel.cell(
        """
with trialog.Experiment("sweep", project="acme/live", capture=False) as experiment:
    experiment.show()
    with experiment.run(parameters={"lr": 0.1}) as run:
        run.log("loss", 0.5)
"""
    )
    assert "COMPLETED" in kernel.last()
    assert "1 run " in kernel.last()
    assert "committed as sha256:" in kernel.last()
    assert len(kernel.shown) == 1
    assert kernel.printed(THREADS) == "[]\n"


def test_what_has_ended_is_shown_once(kernel):
    """As HTML, with the plain text for whoever shows none; nothing goes on."""
    with trialog.init("acme", "live", name="done", capture=False) as run:
        run.log("loss", 0.5)
    for code, said in (
        ("display(trialog.get_run('done'))", "<StoredRun 'done' COMPLETED acme/live>"),
        ("trialog.runs('acme/live')", "<Runs: 1 (done)>"),
    ):
        (shown,) = [
            content["data"]
            for kind, content in kernel.cell(code)
            if kind in ("display_data", "execute_result")
        ]
        assert shown["text/plain"] == said
        assert shown["text/html"].startswith("<style>")
    assert kernel.printed(THREADS) == "[]\n"


def test_nothing_is_started_that_nobody_shows(kernel):
    """Logging in a notebook loads no reader and starts no thread for it."""
    code = "with trialog.init('acme', 'live', capture=False) as run: run.log('loss', 1.0)\n"
    assert kernel.printed(code + THREADS) == "[]\n"


def test_a_run_that_keeps_nothing_is_text(kernel):
    """TRIALOG_MODE=disabled: there is nothing to show."""
    heard = kernel.cell(
        "os.environ['TRIALOG_MODE'] = 'disabled'\n"
        "run = trialog.init('acme', 'live', name='off'); run.show(); run.finish()\n"
        "del os.environ['TRIALOG_MODE']"
    )
    (text,) = [content["text"] for kind, content in heard if kind == "stream"]
    assert text.startswith("<Run 'off'")
