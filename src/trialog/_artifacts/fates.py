"""How runs ended whose processes said nothing: true here and now, and written down for elsewhere.

Whether a process lives can be asked on its own machine alone. An artifact is read on others: so
before an experiment is sealed, what this machine knows of silent ends is written beside each run.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence

from trialog._artifacts.observations import Observed, Observer
from trialog._catalog import Catalog, queries
from trialog._catalog.selections import RunRow
from trialog._catalog.statuses import StatusReader
from trialog._format.facts import Witnessed
from trialog._format.records import Kind
from trialog._journals.liveness import FATES, Derived
from trialog._journals.parts import words_of
from trialog._journals.processes import read_here
from trialog._journals.reading import JournalState
from trialog._tracking import writers

_AT_WORK = ("run", "attach", "fork")
_PAUSE_S = 0.005


def true_statuses(catalog: Catalog, runs: Iterable[Observed]) -> list[tuple[RunRow, Derived]]:
    """Of those runs that nobody has ended: their rows, and the status true of their processes."""
    undecided = [run.place for run in runs if run.row["status"] is None]
    if not undecided:
        return []
    catalog.refresh_runs(undecided)
    statuses = StatusReader(catalog.store, read_here(), catalog.clock())
    rows = catalog.ask(queries.runs_by_key, [place.key for place in undecided])
    return [(row, statuses.status_of(row)) for row in rows]


def settle(observer: Observer, catalog: Catalog, runs: Sequence[Observed]) -> list[Observed]:
    """Write down how silent writers ended, so that it is known on any machine.

    Args:
        observer: reads runs.
        catalog: of the store.
        runs: none of them open.

    Returns:
        The runs, read again where something was written.

    Raises:
        OSError: the store cannot be written.
    """
    truths = {row.key: truth for row, truth in true_statuses(catalog, runs)}
    settled = []
    for run in runs:
        truth = truths.get(run.place.key)
        is_written = False
        for time_ns, fates in _silent_ends(observer, run, truth):
            writers.write_fates(observer.store, run.start, fates, time_ns)
            is_written = True
        again = observer.observe(run.place, run.number) if is_written else run
        settled.append(run if again is None else again)
    return settled


def _silent_ends(
    observer: Observer, run: Observed, truth: Derived | None
) -> Iterator[tuple[int, list[Witnessed]]]:
    """What is to be written of a run: when writers ended, and how."""
    silent = _silent_writers(run)
    if not silent:
        return
    has_end = any(fact.kind is Kind.END for fact in run.facts)
    ended_ns = run.row["ended_ns"] if truth is None else truth.ended_ns
    lost = None if truth is None else truth.reason  # nothing is known of it but that
    at_once = []
    for state in silent:
        start = state.start
        assert start is not None  # noqa: S101 # it is a writer
        fate = FATES.get(observer.presence_of(run, state)) or lost
        if fate is None or (has_end and start.role == "fork"):
            continue  # it may live; or nobody asks how a worker went
        found = Witnessed(writer=state.writer, reason=fate)
        if has_end or ended_ns is None:
            yield max(state.news_ns, start.created_ns), [found]
        else:
            at_once.append(found)
    if at_once and ended_ns is not None:
        yield ended_ns, at_once


def _silent_writers(run: Observed) -> list[JournalState]:
    """The writers that left without a word, and of whom nobody has said one."""
    words = words_of(run.facts)
    return [
        state
        for writer, state in sorted(run.states.items())
        if state.start is not None
        and state.start.role in _AT_WORK
        and not state.has_left
        and writer not in words
    ]


def await_witnesses(observer: Observer, runs: Iterable[Observed], until: float) -> list[Observed]:
    """Wait until the processes beside some runs have kept the last of what they saw.

    Args:
        observer: reads runs.
        runs: which ones.
        until: on the monotonic clock: not longer than to this moment.

    Returns:
        Those runs, read again where they were waited for.
    """
    found = []
    for run in runs:
        latest: Observed | None = run
        while latest is not None and _is_attended(observer, latest) and time.monotonic() < until:
            time.sleep(_PAUSE_S)
            latest = observer.observe(run.place, run.number)
        found.append(run if latest is None else latest)
    return found


def _is_attended(observer: Observer, run: Observed) -> bool:
    return any(
        state.start is not None
        and state.start.role == "witness"
        and not state.has_left
        and not observer.presence_of(run, state).is_end
        for state in run.states.values()
    )
