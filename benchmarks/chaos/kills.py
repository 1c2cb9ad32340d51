"""Processes that are killed: scripts at any moment, readers at their work."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from chaos.case import start_tending

if TYPE_CHECKING:
    from collections.abc import Callable

    from chaos.case import Case

AT_ONCE = 4


def train_well(case: Case) -> None:
    """No harm: a script that finishes its run."""
    case.await_end(case.train("plain", steps=int(case.amount.of(150, 1_000))))


def kill_while(story: str, within_s: float) -> Callable[[Case], None]:
    """Return what kills scripts at random moments of a story, in one store."""

    def inflict(case: Case) -> None:
        times = int(case.amount.of(6, 200 if case.is_ours else 20))
        at_once = AT_ONCE if case.is_ours else 1
        longest_s = within_s if case.is_ours or story == "finishing" else within_s * 5
        for first in range(0, times, at_once):
            scripts = [case.train(story, each) for each in range(first, first + at_once)]
            for script in scripts:
                case.await_mark(script)
                time.sleep(case.random.uniform(0, longest_s) / at_once)
                script.kill()
            for script in scripts:
                case.await_end(script)
        case.notes["kills"] = len(case.ended)

    return inflict


def kill_readers(case: Case, *, task: str, within_s: float) -> None:
    """Kill readers that write caches; then everything is read once more and looked through."""
    points = int(case.amount.of(4_000, 20_000))
    for script in [case.train("plain", each, steps=points, pace_s=0.0) for each in range(3)]:
        case.await_end(script)
    times = int(case.amount.of(2, 50))
    for number in range(times):
        for cache in case.store.glob("catalog.db*"):
            cache.unlink()
        shutil.rmtree(case.store / "segments", ignore_errors=True)
        reader = start_tending(case, task, number)
        time.sleep(case.random.uniform(0, within_s))
        reader.kill()
        reader.wait()
        if number % 5 == 0:
            read_again(case)
    read_again(case)
    case.notes["kills"] = times


def read_again(case: Case) -> None:
    """Compact what the killed one left, and look at every byte."""
    from trialog._reading.catalogs import catalog_of

    wanted = len(case.acknowledged())
    found = len(case.read()["points"])
    if found != wanted:
        case.faults.append(f"after a killed reader {found} of {wanted} points are read")
    findings = [each for each in catalog_of(case.store).verify().findings if each.is_error]
    if findings:
        case.faults.append(f"the doctor finds {findings[0]}")
