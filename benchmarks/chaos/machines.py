"""What a script's machine may do: stop, boot, change its clock, its name, its numbers."""

from __future__ import annotations

import json
import random
import signal
import time
from typing import TYPE_CHECKING

from chaos import surroundings

if TYPE_CHECKING:
    from chaos.case import Case

PAGE_BYTES = 4096
LOST_S = 1.5  # about a second, and what a busy machine adds
NO_NEWS = "RUNNING"
ALONE = {"TRIALOG_CAPTURE": "none"}  # a machine that goes down takes the witness with it

REUSE = """
import json, os, signal, subprocess, sys, time
train, ready, read, variables = (json.loads(each) for each in sys.argv[1:])
nowhere = subprocess.DEVNULL
script = subprocess.Popen(train, env=variables, stdout=nowhere, stderr=nowhere)
end = time.monotonic() + 30
while not os.path.exists(ready) and time.monotonic() < end:
    time.sleep(0.01)
time.sleep(0.2)
script.kill()
script.wait()
for attempt in range(50):
    with open("/proc/sys/kernel/ns_last_pid", "w") as file:
        file.write(str(script.pid - 1))
    other = os.posix_spawn("/bin/sleep", ["sleep", "30"], os.environ)
    if other == script.pid:
        break
    os.kill(other, signal.SIGKILL)
    os.waitpid(other, 0)
subprocess.run(read, env=variables, stdout=nowhere, stderr=nowhere)
os.kill(other, signal.SIGKILL)
print(json.dumps(other == script.pid))
"""


def stop(case: Case) -> None:
    """A script is stopped for a while, looked at, and goes on."""
    script = case.train("plain")
    case.await_mark(script)
    time.sleep(0.1)
    script.send_signal(signal.SIGSTOP)
    time.sleep(case.amount.of(0.8, 60 if case.is_ours else 10))
    look(case, "stopped")
    script.send_signal(signal.SIGCONT)
    case.await_end(script)


def look(case: Case, when: str) -> None:
    """Note what is said of a live run; trialog must say RUNNING."""
    if case.tracker == "bare":
        return
    states = [state for _, state in case.read()["runs"]]
    case.notes[when] = ", ".join(states)
    if case.is_ours and not all(state.startswith(NO_NEWS) for state in states):
        case.faults.append(f"while it was {when}, the run was said to be {states}")


def set_clock_back(case: Case) -> None:
    """The wall clock of a script is set back an hour in the middle of its loop."""
    case.await_end(case.train("changing", clock=True))


def rename_host(case: Case) -> None:
    """The host gets another name while a script trains; a second one is killed afterwards."""
    for writer, is_killed in enumerate((False, True)):
        script = case.train(
            "changing", writer, before=surroundings.renamed(), host="another", is_killed=is_killed
        )
        case.await_mark(script, "half")
        if is_killed:
            states = [state for _, state in case.read()["runs"] if state.startswith(NO_NEWS)]
            if len(states) != 1:
                case.faults.append("a live run on a renamed host is not RUNNING")
            script.kill()
        case.await_end(script)


def reboot(case: Case) -> None:
    """A script is killed, and the machine is another boot for whoever reads."""
    script = case.train("endless", environment=ALONE, pace_s=0.001)
    case.await_mark(script)
    time.sleep(case.amount.of(1.2, 3.0))
    script.kill()
    case.lost_before_ns = time.monotonic_ns() - int(LOST_S * 1e9)
    case.await_end(script)
    case.reader = surroundings.rebooted(case.scratch)


def reuse_pid(case: Case) -> None:
    """A script is killed, and another process gets its number before anybody looks."""
    result = case.scratch / "read.json"
    train = case.command("endless", 0, {"pace_s": 0.001})
    read = [case.python(), "-m", "chaos.reading", case.tracker, str(case.store), str(result)]
    said = surroundings.python_in_own_pids(
        REUSE,
        *map(json.dumps, (train, str(case.side / "0.ready"), read, case.variables())),
    )
    if not json.loads(said):
        raise surroundings.CannotError("the process number did not come again")
    case.found = json.loads(result.read_text())


def lose_power(case: Case) -> None:
    """The machine goes down: of each page of the journal, some older state reached the disk."""
    if case.tracker == "bare":
        return
    script = case.train("endless", environment=ALONE, pace_s=0.001)
    case.await_mark(script)
    (journal,) = [
        path for path in case.store.rglob("*.journal") if path.parent.parent.parent.name == "runs"
    ]
    snapshots = []
    end = time.monotonic() + case.amount.of(2.0, 4.0)
    while time.monotonic() < end:
        time.sleep(0.1)
        snapshots.append(journal.read_bytes())
    down_ns = time.monotonic_ns()
    script.kill()
    case.await_end(script)
    snapshots.append(journal.read_bytes())
    newest = mark_in(snapshots[-1])
    on_disk = [each for each in snapshots if mark_in(each) == newest]
    journal.write_bytes(mixed(on_disk, case.random))
    case.notes["states of a page"] = len(on_disk)
    case.lost_before_ns = down_ns - int(LOST_S * 1e9)
    case.reader = surroundings.rebooted(case.scratch)


def mark_in(data: bytes) -> int:
    """Return up to where the newest mark in a journal says that it is on the disk."""
    from trialog._format.blocks import extents
    from trialog._format.decoding import Fact, events, index_block
    from trialog._format.facts import SYNCED
    from trialog._format.records import Kind

    newest = 0
    for extent in extents(len(data)):
        index = index_block(data[extent.start : extent.stop], extent, is_settled=False)
        for event in events(index):
            if isinstance(event, Fact) and event.kind is Kind.SYNCED:
                newest = max(newest, SYNCED.unpack(event.payload)[0])
    return newest


def mixed(states: list[bytes], choose: random.Random) -> bytes:
    """Put a file together of pages, each as it was in one of several states."""
    size = max(map(len, states))
    pages = range(0, size, PAGE_BYTES)
    whole = [state.ljust(size, b"\0") for state in states]
    return b"".join(choose.choice(whole)[page : page + PAGE_BYTES] for page in pages)
