"""The witness: what it sees of an end, and that nobody notices it, not even when it dies."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

import trialog
from trialog._catalog import queries
from trialog._format.records import Kind
from trialog._tracking.earlier import read_writers

RUN = "import os, sys, trialog\nrun = trialog.init('acme', 'witnessed', name='victim')\n"


@pytest.fixture(autouse=True)
def captured(monkeypatch):
    """Consoles are kept in these tests."""
    monkeypatch.setenv("TRIALOG_CAPTURE", "console")


def run_script(text: str, *, capture: str = "console", **options) -> subprocess.CompletedProcess:
    """Run a script as a process of its own, to its end."""
    environ = {**os.environ, "TRIALOG_CAPTURE": capture, "PYTHONUNBUFFERED": "1"}
    return subprocess.run(
        [sys.executable, "-c", text],
        env=environ,
        timeout=60,
        capture_output=True,
        check=False,
        **options,
    )


def start_script(text: str, *, capture: str = "console", **options) -> subprocess.Popen:
    """Start a script as a process that is spoken to."""
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [sys.executable, "-c", text],
        env={**os.environ, "TRIALOG_CAPTURE": capture},
        **streams | options,
    )


def witness_of(process: subprocess.Popen, home: Path) -> int:
    """The pid of the witness of a script that says "before" once it has begun its run."""
    assert process.stdout.readline() == b"before\n"
    (pid,) = await_true(lambda: witnesses_of(home))
    return pid


def await_true(condition, timeout_s: float = 15):
    """Wait until something is true, and give it."""
    until = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.02)
    return found


def witnesses_of(home: Path) -> list[int]:
    """The pids of the witnesses that write to a store."""
    folders = {path.parent for path in home.glob("namespaces/*/*/runs/*/*/*.journal")}
    return [
        writer.pid
        for folder in folders
        for writer in read_writers(folder)
        if writer.role == "witness"
    ]


def is_alive(pid: int) -> bool:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] not in "ZX"


@pytest.mark.parametrize(
    "harm,code,reason,signal_name",
    [
        ("os._exit(3)", 3, "exit code 3", None),
        ("os.abort()", -signal.SIGABRT, "aborted", "SIGABRT"),
        ("__import__('ctypes').string_at(0)", -signal.SIGSEGV, "segmentation fault", "SIGSEGV"),
        ("os.kill(os.getpid(), 9)", -signal.SIGKILL, "killed", "SIGKILL"),
    ],
)
def test_an_end_without_a_word_is_explained(harm, code, reason, signal_name):
    """The reason says what happened; the exit code is the process's own; every point is there."""
    script = RUN + (
        "for i in range(100): run.log('loss', i)\n"
        f"print('last words')\nimport time; time.sleep(0.3)\n{harm}\n"
    )
    assert run_script(script).returncode == code
    await_true(lambda: facts_of(trialog.get_run("victim"), Kind.WITNESSED))
    run = trialog.get_run("victim")
    assert run.reason == reason
    assert run.status == "FAILED"
    assert run.summary["loss"]["count"] == 100
    assert run.duration >= 0.3  # until the process was gone, not until its last record
    assert run.exit_code == (3 if "_exit" in harm else None)
    (found,) = facts_of(run, Kind.WITNESSED)
    assert found["signal"] == signal_name
    if signal_name in ("SIGABRT", "SIGSEGV"):
        assert "<string>" in found["traceback"]
    assert [line.text for line in run.console()] == ["last words"]


def facts_of(run, kind):
    """The contents of all facts of a kind."""
    return [each.content for each in run._catalog.ask(queries.facts_of, run.record.key, [kind])]


NOISE = """
import os, random, sys
{start}
source = random.Random(7)
for _ in range(300):
    data = source.randbytes(source.randrange(1, 5000))
    fd = source.choice((1, 2))
    while data:
        data = data[os.write(fd, data):]
"""


@pytest.mark.parametrize("pause_s", [0, 1.5], ids=["at once", "once the witness is there"])
def test_what_is_printed_arrives_unchanged(pause_s):
    """Every byte of both streams, whatever it is, as without us."""
    plain = run_script(NOISE.format(start=""))
    seen = run_script(NOISE.format(start=RUN + f"import time; time.sleep({pause_s})"))
    assert seen.stdout == plain.stdout
    assert seen.stderr[: len(plain.stderr)] == plain.stderr
    assert b"left unfinished" in seen.stderr[len(plain.stderr) :]


def test_two_streams_to_one_place_keep_their_order():
    """What was printed first comes first, as in a terminal or after 2>&1."""
    script = RUN + (
        "import time; time.sleep(1.5)\n"
        "with run:\n    for i in range(2000): os.write(1 + i % 2, b'%d\\n' % i)\n"
    )
    environ = {**os.environ, "TRIALOG_CAPTURE": "console"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environ,
        timeout=60,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    assert done.stdout.split() == [b"%d" % i for i in range(2000)]


def test_a_terminal_stays_a_terminal(store):
    """Programs see a terminal of the same size, and its bytes arrive as they were written."""
    script = RUN + (
        "with run:\n"
        "    print(sys.stdout.isatty(), sys.stderr.isatty(), os.get_terminal_size(1))\n"
        "    os.write(1, b'a\\rb\\tc\\x1b[31m\\xff|')\n"
    )
    reading, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    seen = b""
    while select.select([reading], [], [], 20)[0]:
        try:
            data = os.read(reading, 4096)
        except OSError:
            break
        seen += data
        if not data:
            break
    os.close(reading)
    assert process.wait(20) == 0
    assert b"True True os.terminal_size(columns=77, lines=33)\r\n" in seen
    assert b"a\rb\tc\x1b[31m\xff|" in seen


def test_nobody_misses_a_witness_that_dies(store):
    """Killed in the middle of a run: every line still arrives, and the run ends as it would."""
    script = RUN + (
        "import time\n"
        "with run:\n"
        "    print('before', flush=True)\n"
        "    sys.stdin.readline()\n"
        "    for i in range(20000): print('after', i)\n"
    )
    process = start_script(script)
    pid = witness_of(process, store)
    os.kill(pid, signal.SIGKILL)
    out, err = process.communicate(b"\n", timeout=60)
    assert out.splitlines() == [b"after %d" % i for i in range(20000)]
    assert err == b""
    assert process.returncode == 0
    assert trialog.get_run("victim").status == "COMPLETED"


def test_a_witness_that_dies_is_not_missed_where_many_files_are_open(store):
    """Its streams may have numbers beyond 1023: what children print still arrives."""
    script = (
        "import os, resource, subprocess, sys\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (2048, 2048))\n"
        "files = [open(os.devnull) for _ in range(1100)]\n" + RUN + "with run:\n"
        "    print('before', flush=True)\n"
        "    say = ['sh', '-c', 'read word; echo $word']\n"
        "    child = subprocess.Popen(say, stdin=subprocess.PIPE)\n"
        "    sys.stdin.readline()\n"
        "    child.communicate(b'child')\n"
    )
    process = start_script(script)
    pid = witness_of(process, store)
    os.kill(pid, signal.SIGKILL)
    assert process.communicate(b"\n", timeout=60) == (b"child\n", b"")


def test_a_witness_that_is_stopped_holds_no_alert_up(store, tmp_path):
    """Alerts are told to it for hooks; where it does not listen, they are kept all the same."""
    script = (
        "import os, sys, trialog\n"
        "with trialog.init('acme', 'witnessed', name='victim', hooks=[['true']]) as run:\n"
        "    print('before', flush=True)\n"
        "    sys.stdin.readline()\n"
        "    for i in range(2000): run.alert('look', level='info')\n"
    )
    process = start_script(script, capture="none", stderr=subprocess.DEVNULL)
    pid = witness_of(process, store)
    os.kill(pid, signal.SIGSTOP)
    try:
        process.stdin.write(b"\n")
        process.stdin.close()
        assert process.wait(30) == 0
    finally:
        os.kill(pid, signal.SIGCONT)
    process.stdout.close()
    assert len(trialog.get_run("victim").alerts) == 2000


def test_a_childs_last_words_are_not_its_parents():
    """A forked child died of a segmentation fault; the parent, later, of something else."""
    script = RUN + (
        "import ctypes, signal, time\n"
        "time.sleep(0.3)\n"
        "if os.fork() == 0: ctypes.string_at(0)\n"
        "os.wait()\n"
        "os.kill(os.getpid(), signal.SIGUSR1)\n"
    )
    assert run_script(script).returncode == -signal.SIGUSR1
    (found,) = await_true(lambda: facts_of(trialog.get_run("victim"), Kind.WITNESSED))
    assert (found["signal"], found["traceback"]) == ("SIGUSR1", None)


def test_a_reader_that_leaves_is_noticed():
    """`train.py | head -1`: the next prints meet a broken pipe, as without us."""
    script = RUN + (
        "import time\n"
        "try:\n"
        "    while True: print('x' * 1000, flush=True)\n"
        "except BrokenPipeError: os._exit(7)\n"
    )
    process = start_script(script, stderr=subprocess.DEVNULL)
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) == 7
    process.stdin.close()


def test_children_that_live_longer_print_on(store):
    """A child that outlives the script is passed on to the end; then the witness goes too."""
    script = RUN + (
        "import subprocess\n"
        "with run: subprocess.Popen(['sh', '-c', 'sleep 1; echo late; sleep 0.2; echo later'])\n"
    )
    done = run_script(script)
    assert done.stdout == b"late\nlater\n"
    (pid,) = witnesses_of(store)
    await_true(lambda: not is_alive(pid))


def test_the_witness_is_nobodys_child():
    """A script that waits for all its children does not wait for ours."""
    script = RUN + (
        "with run:\n    try: os.wait()\n    except ChildProcessError: print('no children')\n"
    )
    assert run_script(script).stdout == b"no children\n"


def test_standard_streams_that_are_closed_stay_closed():
    """A daemon without standard streams is recorded all the same, and gets none from us."""
    script = (
        "import os\nfor fd in (0, 1, 2): os.close(fd)\n" + RUN + "with run:\n"
        "    import time\n"
        "    def taken():\n"
        "        time.sleep(0.05)\n"
        "        return {fd for fd in (0, 1, 2) if os.path.exists(f'/proc/self/fd/{fd}')}\n"
        "    run.log('taken', len(set.intersection(*(taken() for _ in range(8)))))\n"
    )
    assert run_script(script).returncode == 0
    assert trialog.get_run("victim").summary["taken"]["last"] == 0


def test_runs_of_one_process_get_what_was_printed_while_they_were_open():
    """One after the other: each has its own lines, none those between."""
    script = (
        "import trialog\n"
        "for name in ('one', 'two'):\n"
        "    with trialog.init('acme', 'witnessed', name=name): print('in', name)\n"
        "    print('between')\n"
    )
    done = run_script(script)
    assert done.stdout == b"in one\nbetween\nin two\nbetween\n"
    for name in ("one", "two"):
        run = trialog.get_run(name)
        await_true(lambda run=run: list(run.console()))
        assert [line.text for line in run.console()] == [f"in {name}"]


@pytest.mark.parametrize(
    "say",
    [
        "print('line', number)",
        "print('line', number, flush=True)",
        "print('line', number, file=sys.stderr)",
    ],
)
def test_lines_of_the_shortest_runs_are_their_own(say):
    """From the first moment on, while the witness is loaded and while it catches up."""
    script = (
        "import sys, trialog\n"
        "for number in range(60):\n"
        f"    with trialog.init('acme', 'witnessed', name=f'run {{number}}'): {say}\n"
    )
    done = run_script(script, capture="console,code")
    assert [*done.stdout.splitlines(), *done.stderr.splitlines()] == [
        b"line %d" % number for number in range(60)
    ]
    for number in range(60):
        run = trialog.get_run(f"run {number}")
        await_true(lambda run=run: list(run.console()))
        assert [line.text for line in run.console()] == [f"line {number}"]


@pytest.mark.parametrize("buffering", ["0", "1"])
def test_a_print_that_waits_for_room_is_heard_in_its_place(buffering):
    """While the witness comes, nobody reads for a second: not one line is lost, torn or late."""
    script = (
        "import trialog\n"
        "with trialog.init('acme', 'witnessed', name='run'):\n"
        "    for number in range(3000): print(f'line {number}', 'x' * 60)\n"
        "    print('the end', flush=True)\n"
    )
    environ = {**os.environ, "TRIALOG_CAPTURE": "console", "PYTHONUNBUFFERED": buffering}
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE) as process:
        time.sleep(1)
        out, _ = process.communicate(timeout=60)
    said = [*(f"line {number} {'x' * 60}" for number in range(3000)), "the end"]
    assert out.decode().splitlines() == said
    run = trialog.get_run("run")
    await_true(lambda: run.console(tail=1)[0].text == "the end" if list(run.console()) else False)
    assert [line.text for line in run.console()] == said


def test_lines_of_many_runs_are_heard_while_the_streams_are_led_over():
    """Printed without a pause in the first second; on a terminal, both streams stay in order."""
    script = (
        "import sys, time, trialog\n"
        "until = time.monotonic() + 0.8\n"
        "with trialog.init('acme', 'witnessed', name='run'):\n"
        "    number = 0\n"
        "    while time.monotonic() < until:\n"
        "        number += 1\n"
        "        print('out', number)\n"
        "        print('err', number, file=sys.stderr)\n"
        "        time.sleep(0.0002)\n"
    )
    reading, terminal = pty.openpty()
    process = start_script(script, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    out = b""
    with contextlib.suppress(OSError):  # its end
        while data := os.read(reading, 4096):
            out += data
    os.close(reading)
    assert process.wait(20) == 0
    said = out.decode().splitlines()
    count = len(said) // 2
    assert count > 100
    assert said == [f"{word} {at}" for at in range(1, count + 1) for word in ("out", "err")]
    lines = await_true(lambda: [line.text for line in trialog.get_run("run").console()])
    assert sorted(lines) == sorted(said)


def test_a_stream_under_two_names_is_heard_once():
    """``sys.stderr = sys.stdout``: each line is printed once, and kept once."""
    script = (
        "import sys, trialog\n"
        "sys.stderr = sys.stdout\n"
        "with trialog.init('acme', 'witnessed', name='run'):\n"
        "    for number in range(0, 20, 2):\n"
        "        print('line', number)\n"
        "        print('line', number + 1, file=sys.stderr)\n"
    )
    said = [f"line {number}" for number in range(20)]
    assert run_script(script).stdout.decode().splitlines() == said
    lines = await_true(lambda: [line.text for line in trialog.get_run("run").console()])
    assert lines == said


@pytest.mark.parametrize("is_terminal", [False, True])
def test_what_c_writes_is_the_runs_that_was_open(is_terminal):
    """Past Python, in runs of a millisecond, while a thread prints too; no byte is added."""
    script = (
        "import os, sys, threading, time, trialog\n"
        "from trialog._tracking import active, link\n"
        "link._GREETING_S = 30\n"  # so long it may take to be loaded on a slow machine
        "with trialog.init('acme', 'witnessed', name='first'): active.session.witness.settle()\n"
        "say = lambda: [os.write(2, b'thread\\n') for _ in range(200)]\n"
        "thread = threading.Thread(target=say); thread.start()\n"
        "for number in range(40):\n"
        "    with trialog.init('acme', 'witnessed', name=f'run {number}'):\n"
        "        os.write(1, b'line %d\\n' % number)\n"
        "    os.write(1, b'between\\n')\n"
        "thread.join()\n"
    )
    if is_terminal:
        reading, terminal = pty.openpty()
        process = start_script(script, stdin=terminal, stdout=terminal, stderr=subprocess.PIPE)
        os.close(terminal)
        out = b""
        with contextlib.suppress(OSError):  # its end
            while data := os.read(reading, 4096):
                out += data
        err = process.stderr.read()
        process.stderr.close()
        os.close(reading)
        assert process.wait(20) == 0
    else:
        done = run_script(script)
        out, err = done.stdout, done.stderr
    said = [line for number in range(40) for line in (b"line %d" % number, b"between")]
    assert out.splitlines() == said
    assert err == b"thread\n" * 200
    for number in range(40):
        run = trialog.get_run(f"run {number}")
        lines = await_true(
            lambda run=run: [line.text for line in run.console() if line.text != "thread"]
        )
        assert lines == [f"line {number}"]


@pytest.mark.parametrize(
    "harm,reason", [("os.kill(os.getpid(), 9)", "killed"), ("os._exit(9)", "exit code 9")]
)
def test_hooks_hear_of_an_end_without_a_word(tmp_path, harm, reason):
    """A command is called once the process is gone, even where nothing else is kept."""
    heard = tmp_path / "heard"
    tell = f"import sys; open({str(heard)!r}, 'ab').write(sys.stdin.buffer.read() + b'\\n')"
    script = (
        "import os, sys, trialog\n"
        f"trialog.init('acme', 'witnessed', hooks=[[sys.executable, '-c', {tell!r}]])\n{harm}\n"
    )
    run_script(script, capture="none")

    def events():
        lines = heard.read_text().splitlines() if heard.exists() else []
        return [json.loads(line) for line in lines]

    await_true(lambda: len(events()) == 2)
    told = [(event["event"], event["status"], event["reason"]) for event in events()]
    assert told == [("started", "RUNNING", None), ("ended", "FAILED", reason)]


def test_a_program_that_becomes_another_one_prints_on(store):
    """After `exec` the run is over, and what the new program prints still arrives."""
    script = RUN + "os.execvp('sh', ['sh', '-c', 'echo one; sleep 0.5; echo two'])\n"
    assert run_script(script).stdout == b"one\ntwo\n"
    await_true(lambda: trialog.get_run("victim").status == "FAILED")


def test_machines_are_measured(monkeypatch, store):
    """Metrics of the machine come by themselves, at the interval that was asked for."""
    script = RUN + "import time\nwith run: time.sleep(2)\n"
    monkeypatch.setenv("TRIALOG_SYSTEM_INTERVAL", "0.5")
    assert run_script(script, capture="system").returncode == 0

    def measured():
        run = trialog.get_run("victim")
        return [name for name in run.metrics if name.startswith("system/")] and run

    run = await_true(measured)
    assert any("memory" in name and name.endswith("_bytes") for name in run.metrics)
    assert all(name.startswith("system/") for name in run.metrics)


def test_a_switched_off_witness_is_not_there():
    """Nothing is started, nothing is kept, and nothing stands between a print and the terminal."""
    script = (
        "import os, sys, trialog\n"
        "before = os.fstat(1).st_ino\n"
        "with trialog.init('acme', 'witnessed', name='victim', capture=False) as run:\n"
        "    print(os.fstat(1).st_ino == before)\n"
    )
    assert run_script(script, capture="all").stdout == b"True\n"
    run = trialog.get_run("victim")
    assert run.context == {}
    assert len(run.console()) == 0
    assert [writer.role for writer in run.writers] == ["run"]


@pytest.mark.parametrize("end", ["os._exit(0)", "os.kill(os.getpid(), 9)", "sys.exit()"])
def test_a_short_script_has_printed_when_it_is_gone(tmp_path, end):
    """Whoever waits for it finds all of it at once, though the witness was not there yet."""
    script = RUN + f"os.write(1, b'one\\n'); print('two', flush=True)\n{end}\n"
    environ = {**os.environ, "TRIALOG_CAPTURE": "console"}
    for _ in range(3):
        with (tmp_path / "said").open("wb") as said:
            command = [sys.executable, "-c", script]
            subprocess.run(
                command, env=environ, stdout=said, stderr=subprocess.DEVNULL, check=False
            )
        assert (tmp_path / "said").read_bytes() == b"one\ntwo\n"


def test_workers_have_printed_when_they_are_joined(tmp_path):
    """Processes of multiprocessing leave without Python's exit; their lines are all there."""
    script = (
        "import multiprocessing, sys, time, trialog\n"
        "def work(number):\n"
        "    with trialog.init('acme', 'witnessed', name=f'w{number}'):\n"
        "        time.sleep(1)\n"  # until the witness is there
        "        sys.stdout.write(f'worker {number}\\n')\n"  # in one piece
        "workers = [multiprocessing.get_context('fork').Process(target=work, args=(i,))"
        " for i in range(3)]\n"
        "for worker in workers: worker.start()\n"
        "for worker in workers: worker.join()\n"
        "import pathlib; lines = sorted(pathlib.Path('said').read_text().split('\\n'))\n"
        "assert lines == ['', 'worker 0', 'worker 1', 'worker 2'], lines\n"
    )
    environ = {**os.environ, "TRIALOG_CAPTURE": "console"}
    with (tmp_path / "said").open("ab") as said:
        command = [sys.executable, "-W", "ignore", "-c", script]
        done = subprocess.run(
            command,
            env=environ,
            cwd=tmp_path,
            stdout=said,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 0, done.stderr.decode()


def test_the_modes_of_a_terminal_are_passed_on(store):
    """What a program sets by its stdout (raw keys, no echo) is so for the real terminal."""
    script = RUN + (
        "import termios, time, tty\n"
        "with run:\n"
        "    time.sleep(1.5)\n"
        "    before = termios.tcgetattr(1)\n"
        "    tty.setcbreak(1); print('set', flush=True); input()\n"
        "    termios.tcsetattr(1, termios.TCSANOW, before); print('back', flush=True); input()\n"
    )
    reading, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=terminal, stdout=terminal, stderr=terminal
    )

    def echoes():
        return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)

    def await_word(word):
        seen = b""
        while word not in seen:
            assert select.select([reading], [], [], 20)[0]
            seen += os.read(reading, 4096)

    assert echoes()
    await_word(b"set")
    await_true(lambda: not echoes())
    os.write(reading, b"\n")
    await_word(b"back")
    await_true(echoes)
    os.write(reading, b"\n")
    os.close(terminal)
    assert process.wait(20) == 0
    os.close(reading)


def test_runs_of_an_experiment_have_their_own_lines_of_its_console(script, monkeypatch):
    """The experiment keeps the console once; of runs one after another each has what it printed."""
    monkeypatch.setenv("TRIALOG_CAPTURE", "console,environment")
    script("""
    import os, time
    import trialog
    with trialog.Experiment("printed", project="acme/demo", commit=False) as experiment:
        for number in range(100):
            with experiment.run():
                print("run", number)
            print("between")
        with experiment.run() as run:
            os.system("echo from a child")
        with experiment.run(capture="console"):
            print("own")
    """)
    experiment = trialog.Experiment.open("printed")
    consoles = [str(run.console()) for run in experiment.runs]
    assert consoles == [*(f"run {number}" for number in range(100)), "from a child", "own"]
    assert str(experiment.console()).count("between") == 100
    assert "environment" in experiment.runs[7].context
    assert experiment.runs[7].console(tail=1)[0].text == "run 7"
