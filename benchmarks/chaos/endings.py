"""Scripts that end before their end: memory, faults, signals."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from chaos import surroundings

if TYPE_CHECKING:
    from chaos.case import Case

LONGEST_EXIT_S = 2.0
HEARING = ("env", "--default-signal=TERM,HUP,INT")  # who starts us may ignore some


def exhaust_memory(case: Case) -> None:
    """The kernel ends a script that takes more memory than its control group may have."""
    mebibytes = 192 if case.tracker in ("trialog", "bare") else 768
    with surroundings.memory_limit(mebibytes) as group:
        case.await_end(case.train("hoarding", before=surroundings.within(group)))
        case.end_leftovers() if not case.is_ours else None


def die(case: Case, *, death: str) -> None:
    """A script dies by its own hand."""
    case.await_end(case.train("dying", death=death, steps=int(case.amount.of(100, 1_000))))


def signal_scripts(case: Case, *, times: int) -> None:
    """Each signal ends a script of its own; a second one comes while it ends."""
    slowest_s = 0.0
    for writer, number in enumerate((signal.SIGTERM, signal.SIGHUP, signal.SIGINT)):
        script = case.train("endless", writer, before=HEARING, pace_s=0.002)
        case.await_mark(script)
        time.sleep(0.2)
        sent_ns = time.monotonic_ns()
        for turn in range(times):
            if turn:
                time.sleep(0.02)
            if script.poll() is None:
                script.send_signal(number)
        ended = case.await_end(script, 30)
        slowest_s = max(slowest_s, (ended.ended_ns - sent_ns) / 1e9)
    case.notes["seconds to exit"] = round(slowest_s, 2)
    if slowest_s > LONGEST_EXIT_S:
        case.faults.append(f"it took {slowest_s:.1f} s to exit")
