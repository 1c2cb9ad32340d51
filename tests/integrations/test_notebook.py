"""A real ipykernel: runs that live longer than a cell."""

from __future__ import annotations

import os
import signal
import time
import warnings

import pytest

import trialog
from trialog import RunStatus

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # theirs, not ours
    jupyter_client = pytest.importorskip("jupyter_client")
    pytest.importorskip("ipykernel")

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # zmq's sockets
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Notebook:
    """A kernel of its own process, spoken to over the loopback."""

    def __init__(self, folder):
        self.manager = jupyter_client.KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder))
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.use_store()
        self.cell("import trialog")

    def use_store(self):
        self.cell(f"import os; os.environ['TRIALOG_HOME'] = {os.environ['TRIALOG_HOME']!r}")

    def cell(self, code, error=None):
        """Run a cell: what it printed. ``error`` names the exception it must end with."""
        printed = []

        def hear(message):
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        reply = self.client.execute_interactive(code, output_hook=hear, timeout=60)["content"]
        assert reply.get("ename") == error, reply
        return "".join(printed)

    def interrupted_cell(self, code):
        """Run a cell and interrupt it, as the stop button does, once it has printed."""
        is_heard = []

        def hear(message):
            if message["msg_type"] == "stream" and not is_heard:
                is_heard.append(True)
                self.manager.interrupt_kernel()

        reply = self.client.execute_interactive(code, output_hook=hear, timeout=60)["content"]
        assert reply["ename"] == "KeyboardInterrupt"

    def shut_down(self):
        self.client.shutdown()
        self._wait()

    def kill(self):
        os.kill(self.manager.provisioner.pid, signal.SIGKILL)
        self._wait()

    def _wait(self):
        end = time.monotonic() + 30
        while self.manager.is_alive():
            assert time.monotonic() < end, "the kernel does not end"
            time.sleep(0.05)

    def close(self):
        self.client.stop_channels()
        if self.manager.is_alive():
            self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


@pytest.fixture
def own_notebook(tmp_path, store):
    """A kernel that the test may end."""
    notebook = Notebook(tmp_path)
    yield notebook
    notebook.close()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALOG_HOME", str(folder / "store"))
        notebook = Notebook(folder)
    yield notebook
    notebook.close()


@pytest.fixture
def notebook(kernel, store):
    """A kernel that the tests of this module share, with the store of the test."""
    kernel.use_store()
    yield kernel
    kernel.cell("""
while True:
    try:
        trialog.finish()
    except trialog.errors.NoActiveRunError as error:
        break
""")


def status_of(name):
    run = trialog.get_run(name)
    return run.status, run.reason


def test_a_run_lives_longer_than_its_cell(notebook):
    """Opened in one cell, logged to in the next two, finished in the last."""
    notebook.cell("run = trialog.init('p', name='r')")
    notebook.cell("run.log('x', 1.0, 0)")
    assert status_of("r") == (RunStatus.RUNNING, None)
    notebook.cell("trialog.log('x', 2.0, 1)")
    notebook.cell("run.finish()")
    assert status_of("r") == (RunStatus.COMPLETED, None)
    assert trialog.get_run("r").metric("x")["value"].tolist() == [1.0, 2.0]


def test_an_error_in_a_cell_keeps_the_run_open(notebook):
    """People mend the cell and go on: it is noted, and forgotten once a cell succeeds."""
    notebook.cell("run = trialog.init('p', name='r')")
    notebook.cell("1 / 0", error="ZeroDivisionError")
    assert status_of("r") == (RunStatus.RUNNING, None)
    notebook.cell("run.log('x', 1.0)")
    notebook.cell("trialog.init('p', name='s')")
    assert status_of("r") == (RunStatus.FAILED, "superseded by s")


def test_the_error_of_the_last_cell_is_why_it_ended(notebook):
    """Superseded after an error: CRASHED, with the exception of the cell."""
    notebook.cell("run = trialog.init('p', name='r')")
    notebook.cell("raise ValueError('boom')", error="ValueError")
    notebook.cell("trialog.init('p', name='s')")
    run = trialog.get_run("r")
    assert run.status is RunStatus.CRASHED
    assert run.reason == "ValueError: boom (superseded by s)"
    assert (run.exception.type, run.exception.message) == ("ValueError", "boom")


def test_a_syntax_error_in_a_cell_ends_nothing(notebook):
    """Nothing of the cell ran."""
    notebook.cell("run = trialog.init('p', name='r')")
    notebook.cell("this is no Python", error="SyntaxError")
    assert status_of("r") == (RunStatus.RUNNING, None)
    notebook.cell("run.finish()")
    assert status_of("r") == (RunStatus.COMPLETED, None)


def test_the_stop_button(notebook):
    """The interrupt ends the cell, not the run; left so, the run is INTERRUPTED."""
    notebook.cell("run = trialog.init('p', name='r')")
    notebook.interrupted_cell("""
import time
run.log("x", 1.0)
print("training", flush=True)
while True:
    run.log("x", 1.0)
    time.sleep(0.001)
""")
    assert status_of("r") == (RunStatus.RUNNING, None)
    notebook.cell("trialog.init('p', name='s')")
    assert status_of("r") == (RunStatus.INTERRUPTED, "SIGINT (superseded by s)")
    assert trialog.get_run("r").points > 0


def test_another_init_supersedes_unless_told_not_to(notebook):
    """The same cell run twice: FAILED, naming the next; ``supersede=False`` keeps both."""
    notebook.cell("run = trialog.init('p', name='r')")
    notebook.cell("run = trialog.init('p', name='r')")
    assert status_of("r_1")[0] is RunStatus.RUNNING
    (first,) = trialog.runs("p", name="r")
    assert (first.status, first.reason) == (RunStatus.FAILED, "superseded by r_1")
    notebook.cell("other = trialog.init('p', name='other', supersede=False)")
    notebook.cell("run.log('x', 1.0); other.log('x', 2.0)")
    assert status_of("r_1")[0] is status_of("other")[0] is RunStatus.RUNNING
    notebook.cell("other.finish(); run.finish()")


def test_a_block_in_a_cell_ends_with_the_cell(notebook):
    """With its error too; the run around it goes on."""
    notebook.cell("run = trialog.init('p', name='outer')")
    notebook.cell("with trialog.init('p', name='inner', supersede=False): trialog.log('x', 1.0)")
    assert status_of("inner") == (RunStatus.COMPLETED, None)
    notebook.cell(
        "with trialog.init('p', name='bad', supersede=False): raise ValueError('boom')",
        error="ValueError",
    )
    assert status_of("bad") == (RunStatus.CRASHED, "ValueError: boom")
    assert status_of("outer") == (RunStatus.RUNNING, None)
    notebook.cell("assert trialog.get_active_run() is run")


def test_top_level_await(notebook):
    """The cell after one that awaits is another context: it finds the only open run."""
    notebook.cell("""
import asyncio
await asyncio.sleep(0)
run = trialog.init('p', name='r')
await asyncio.sleep(0)
trialog.log('x', 1.0, 0)
""")
    notebook.cell("trialog.log('x', 2.0, 1)")
    notebook.cell("""
async def log(step):
    await asyncio.sleep(0)
    trialog.log('x', 3.0, step)
await asyncio.gather(log(2), log(3))
""")
    notebook.cell("trialog.init('p', name='s')")
    assert status_of("r") == (RunStatus.FAILED, "superseded by s")
    assert trialog.get_run("r").metric("x")["step"].tolist() == [0, 1, 2, 3]


def test_points_of_a_running_cell_are_seen_at_once(notebook):
    """From another process, within a second of the call."""
    notebook.cell("run = trialog.init('p', name='r'); run.log('x', 1.0)")
    run = trialog.get_run("r")
    assert len(run.metric("x")) == 1
    notebook.cell("for step in range(100): run.log('x', 1.0)")
    assert len(run.metric("x")) == 101


def test_a_kernel_that_is_shut_down_after_an_error(own_notebook):
    """CRASHED with the error of the last cell: nobody came back to it."""
    own_notebook.cell("run = trialog.init('p', name='r'); run.log('x', 1.0)")
    own_notebook.cell("def train(): raise ValueError('boom')\ntrain()", error="ValueError")
    own_notebook.shut_down()
    run = trialog.get_run("r")
    assert (run.status, run.reason) == (RunStatus.CRASHED, "ValueError: boom (left unfinished)")
    assert "in train" in run.exception.traceback


def test_a_kernel_that_is_shut_down(own_notebook):
    """FAILED "left unfinished", or as ``at_exit`` says."""
    own_notebook.cell("run = trialog.init('p', name='r')")
    own_notebook.cell("trialog.init('p', name='s', at_exit='COMPLETED', supersede=False)")
    own_notebook.shut_down()
    assert status_of("r") == (RunStatus.FAILED, "left unfinished")
    assert status_of("s") == (RunStatus.COMPLETED, None)


def test_a_kernel_that_is_killed(own_notebook):
    """Out of memory, a restart: FAILED "killed", and every point is there."""
    own_notebook.cell("run = trialog.init('p', name='r')")
    own_notebook.cell("for step in range(1000): run.log('x', 1.0)")
    own_notebook.kill()
    assert status_of("r") == (RunStatus.FAILED, "killed")
    assert trialog.get_run("r").points == 1000


@pytest.fixture
def captured(own_notebook):
    """A notebook whose runs keep everything about themselves."""
    own_notebook.cell("os.environ['TRIALOG_CAPTURE'] = 'all'")
    return own_notebook


def await_attachment(run_name, attachment):
    """The cells that were kept of a run, once they are there."""
    end = time.monotonic() + 30
    while attachment not in trialog.get_run(run_name).attachments:
        assert time.monotonic() < end, trialog.get_run(run_name).attachments
        time.sleep(0.05)
    return trialog.get_run(run_name).get_json(attachment)


def test_cells_and_what_they_print_are_kept(captured):
    """The console has what cells printed while the run was open; the notebook shows it too."""
    said = captured.cell(
        "run = trialog.init('acme', 'cells', name='one')\n"
        "import sys; print('to stdout'); print('to stderr', file=sys.stderr)"
    )
    assert "to stdout\n" in said
    assert captured.cell("print('next cell')\nrun.finish()") == "next cell\n"
    captured.cell("print('afterwards')")
    cells = await_attachment("one", "code/notebook.ipynb")["cells"]
    assert "trialog.init('acme', 'cells', name='one')" in "".join(cells[-2]["source"]), cells
    lines = [line.text for line in trialog.get_run("one").console()]
    assert sorted(lines) == ["next cell", "to stderr", "to stdout"]


def test_the_cell_that_kills_its_kernel_is_kept(captured):
    """A kernel that is gone in the middle of a cell: the cell is there, and why it ended."""
    captured.cell("run = trialog.init('acme', 'cells', name='doomed'); run.log('x', 1.0)")
    captured.client.execute("print('going', flush=True); os.kill(os.getpid(), 9)")
    captured._wait()
    cells = await_attachment("doomed", "code/notebook.ipynb")["cells"]
    assert "os.kill" in "".join(cells[-1]["source"])
    run = trialog.get_run("doomed")
    assert (run.status, run.reason) == (RunStatus.FAILED, "killed")
