"""A script that is signaled: it forks a fresh child for each case, and tells how each ended.

Python and trialog are loaded once; each child goes on in the main module, as a user's script does,
and leaves by the interpreter's own exit. Called as ``signaled.py CASES.json ANSWERS.json``.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import select
import signal
import sys
import threading
import time
from pathlib import Path

_fsync = os.fsync
case: dict[str, object] = {}


def _sync_slowly(fd: int) -> None:
    _fsync(fd)
    if case and threading.current_thread() is threading.main_thread():
        end_slowly()


def end_slowly() -> None:
    """The end takes its time, so that a second signal finds the script in the middle of it."""
    if case["times"] > 1:
        say(b"c")
        time.sleep(0.2)


def say(letter: bytes) -> None:
    os.write(case["pipe"], letter)


os.fsync = _sync_slowly  # with which every journal ends

import trialog  # noqa: E402 # after the disk was made slow

TRAINING_S = 10.0  # longer than any case may take
AT_ONCE = 6


class Child:
    """One case in a process of its own, as its parent sees it."""

    def __init__(self, case: dict[str, object], reader: int) -> None:
        self.case = case
        self.reader = reader
        self.said = b""
        self.sent = 0
        self.first_s = 0.0

    def listen(self) -> bool:
        part = os.read(self.reader, 4096)
        self.said += part
        return bool(part)

    def is_due(self) -> bool:
        """Whether it is time for its first signal, or, while it is ending, for the second one."""
        return self.sent < self.case["times"] and (b"c" if self.sent else b"r") in self.said

    def answer(self, status: int) -> dict[str, object]:
        seconds = time.monotonic() - self.first_s
        while self.listen():
            pass
        os.close(self.reader)
        code = os.waitstatus_to_exitcode(status)
        text = Path(path_of(self.case)).read_text()
        error = text.splitlines()[-1] if text else ""
        return {"code": code, "said": self.said.decode(), "seconds": seconds, "error": error}


def path_of(case: dict[str, object]) -> str:
    """Where a child writes what it has to say on stderr."""
    return f"{sys.argv[2]}.{case['name']}"


def control(cases: list[dict[str, object]]) -> dict[str, object] | None:
    """See all cases to their ends; in a child, None."""
    children: dict[int, Child] = {}
    answers: dict[str, object] = {}
    while cases or children:
        while cases and len(children) < AT_ONCE:
            each = cases.pop()
            reader, writer = os.pipe()
            pid = os.fork()
            if not pid:
                os.dup2(os.open(path_of(each), os.O_WRONLY | os.O_CREAT), 2)
                case.update(each, pipe=writer)
                return None
            os.close(writer)
            children[pid] = Child(each, reader)
        readers = {child.reader: child for child in children.values()}
        for reader in select.select(list(readers), [], [], 0.002)[0]:
            readers[reader].listen()
        for pid, child in list(children.items()):
            if child.is_due():
                child.first_s = child.first_s or time.monotonic()
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, getattr(signal, child.case["signal"]))
                child.sent += 1
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                answers[child.case["name"]] = child.answer(status)
                del children[pid]
    return answers


found = control(json.loads(Path(sys.argv[1]).read_text()))
if found is not None:
    Path(sys.argv[2]).write_text(json.dumps(found))
    sys.exit()

# -- in a child ------------------------------------------------------------------------------------

stop = threading.Event()
number = getattr(signal, case["signal"])
handler, place = case["handler"], case["place"]


def note(*_):
    say(b"h")
    stop.set()


def leave(*_):
    say(b"h")
    sys.exit(9)


def set_handler(moment: str) -> None:
    what, _, when = handler.partition(", ")
    if when == moment and what != "none":
        signal.signal(number, {"returns": note, "exits": leave, "ignored": signal.SIG_IGN}[what])


class Untracked:
    """What the script does in trialog's place; its end takes as long."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.finish()

    def log(self, name, value):
        pass

    def finish(self):
        end_slowly()


def exit_slowly() -> None:
    """What trialog does at the exit with a run that is open."""
    if not case["is_tracked"] and place == "no block" and not stop.is_set():
        end_slowly()


signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whatever the tests were started with
atexit.register(exit_slowly)
set_handler("before")
run = trialog.init("p", name=case["name"]) if case["is_tracked"] else Untracked()
set_handler("after")


def train() -> None:
    run.log("loss", 1.0)
    say(b"r")
    end_s = time.monotonic() + (0.2 if handler.startswith("ignored") else TRAINING_S)
    while time.monotonic() < end_s and not stop.is_set():
        run.log("loss", 0.5)
        time.sleep(0.002)


def train_in_block() -> None:
    with run:
        train()


def beside(work) -> None:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.01)


async def train_in_loop() -> None:
    if place == "a loop that handles it":
        task = asyncio.current_task()
        asyncio.get_running_loop().add_signal_handler(number, lambda: (say(b"h"), task.cancel()))
    with run:
        run.log("loss", 1.0)
        say(b"r")
        end_s = time.monotonic() + TRAINING_S
        while time.monotonic() < end_s:
            run.log("loss", 0.5)
            await asyncio.sleep(0.002)


if place == "a block":
    train_in_block()
elif place == "no block":
    train()
    run.finish()
elif place == "a block, training in a thread":
    with run:
        beside(train)
elif place == "a thread's block":
    beside(train_in_block)
else:
    asyncio.run(train_in_loop())
say(b"e")
