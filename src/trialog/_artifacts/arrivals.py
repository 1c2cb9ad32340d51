"""What arrives with an artifact: which journals belong to which experiment, and whether they may.

Pure but for the questions to the catalog. An artifact may come from anybody: it may bring the
experiment that it is and those that this one was forked from, and it may touch nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trialog._artifacts.config import ExperimentConfig
from trialog._artifacts.journalpacks import JournalKey
from trialog._catalog.provenance import Entry
from trialog._format.facts import Start
from trialog._format.records import FORMAT_VERSION
from trialog._oci.documents import shown
from trialog.errors import IntegrityError, StoreVersionError, UsageError

_ROLES = frozenset({"run", "attach", "fork", "edit", "witness"})
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,119}")


@dataclass(slots=True, kw_only=True)
class Arrival:
    """What arrives of one experiment.

    Attributes:
        id: the experiment.
        digest: of its manifest.
        namespace: its namespace's slug.
        project: its project's slug.
        start: its first record; None where only runs of it arrive.
        runs: the ids of its runs.
    """

    id: str
    digest: str
    namespace: str = ""
    project: str = ""
    start: Start | None = None
    runs: list[str] = field(default_factory=list)


def check_start(key: JournalKey, start: Start | None, where: str) -> Start:
    """The first record of a journal, if it is what the journal's name says.

    Raises:
        IntegrityError: it is not.
        StoreVersionError: a newer trialog wrote it.
    """
    if start is None:
        raise _refused(where, f"the first record of {key.member_name} cannot be read")
    if start.format > FORMAT_VERSION:
        raise StoreVersionError(
            f"{where}: {key.member_name} was written in format {start.format} by trialog "
            f"{start.trialog or '?'}: upgrade trialog to read it"
        )
    if (start.run, start.writer) != key:
        raise _refused(
            where,
            f"{key.member_name} says that it is the journal {shown(start.writer)} of the run "
            f"{shown(start.run)}",
        )
    if start.role not in _ROLES:
        raise _refused(where, f"{key.member_name} is no journal of a run but of a {start.role}")
    return start


def sort_out(
    config: ExperimentConfig, digest: str, starts: Mapping[JournalKey, Start], where: str
) -> list[Arrival]:
    """Which journals belong to which experiment: the eldest forebear first, the artifact's last.

    Args:
        config: the artifact's configuration.
        digest: of its manifest.
        starts: the first record of each journal, each one checked by :func:`check_start`.
        where: what it is, for messages.

    Raises:
        IntegrityError: they do not belong together.
    """
    firsts = _first_records(starts, where)
    arrivals = _lineage(config, digest, firsts, where)
    numbers = {run.id: (run.number, run.experiment) for run in config.runs}
    for run_id, start in firsts.items():
        if start.kind == "experiment":
            if run_id not in arrivals:
                raise _refused(where, f"it holds the experiment {run_id}, which is none of its own")
            continue
        if numbers.get(run_id) != (start.number, start.experiment):
            raise _refused(
                where, f"the journals of the run {run_id} and its configuration do not agree"
            )
        arrival = arrivals.get(start.experiment or "")
        if arrival is None:
            raise _refused(where, f"it holds the run {run_id}, which is of another experiment")
        _place(arrival, start, where)
        arrival.runs.append(run_id)
    for run_id in numbers:
        if run_id not in firsts:
            raise _refused(where, f"the journals of the run {run_id} are missing")
    return [each for each in reversed(arrivals.values()) if each.start is not None or each.runs]


def missing_from(arrivals: Iterable[Arrival], entries: Iterable[Entry]) -> list[Arrival]:
    """The arrivals that the store does not have yet.

    Args:
        arrivals: of one artifact.
        entries: all that the store has of their ids, and all runs of these experiments.

    Raises:
        UsageError: an experiment of them is open in the store.
        IntegrityError: the store has other things under their ids.
    """
    entries = list(entries)
    by_id: dict[str, list[Entry]] = {}
    for entry in entries:
        by_id.setdefault(entry.id, []).append(entry)
    return [
        arrival
        for arrival in arrivals
        if not _is_here(
            arrival, by_id, [entry for entry in entries if entry.experiment == arrival.id]
        )
    ]


def _is_here(arrival: Arrival, by_id: Mapping[str, list[Entry]], runs: list[Entry]) -> bool:
    """Whether the store has an experiment already, and it is the same."""
    own = by_id.get(arrival.id, [])
    for entry in own:
        if entry.kind != "experiment" or not _is_in_place(entry, arrival):
            raise IntegrityError(
                f"the artifact brings the experiment {arrival.id}, and the store has another "
                f"{entry.kind} of that id, in {entry.namespace}/{entry.project}"
            )
    for run_id in arrival.runs:
        for entry in by_id.get(run_id, []):
            if entry.experiment != arrival.id or not _is_in_place(entry, arrival):
                raise IntegrityError(
                    f"the artifact brings the run {run_id}, and the store has another "
                    f"{entry.kind} of that id, in {entry.namespace}/{entry.project}"
                )
    strangers = [
        entry
        for entry in runs
        if entry.id not in set(arrival.runs) or not _is_in_place(entry, arrival)
    ]
    if own:
        return _is_the_same(arrival, own[0], {entry.id for entry in runs})
    if strangers:
        raise IntegrityError(
            f"the artifact brings the experiment {arrival.id}, and the store has a run of it that "
            f"the artifact lacks: {strangers[0].id}"
        )
    return False


def _is_the_same(arrival: Arrival, own: Entry, runs: set[str]) -> bool:
    if own.digest is None:
        raise UsageError(
            f"the experiment {own.name!r} ({own.id}) is open in this store: commit it, or load the "
            "artifact into another store (client=trialog.LocalClient(…))"
        )
    if own.digest != arrival.digest:
        raise IntegrityError(
            f"the experiment {own.name!r} ({own.id}) is in this store as {own.digest}, and the "
            f"artifact says that it is {arrival.digest}"
        )
    added = [run_id for run_id in arrival.runs if run_id not in runs]
    if added:
        raise IntegrityError(
            f"the artifact would add the run {added[0]} to the experiment {own.name!r} "
            f"({own.id}), which is committed"
        )
    return True


def _is_in_place(entry: Entry, arrival: Arrival) -> bool:
    return (entry.namespace, entry.project) == (arrival.namespace, arrival.project)


def _first_records(starts: Mapping[JournalKey, Start], where: str) -> dict[str, Start]:
    """The first record of each run's first attempt, by id; all of its journals say the same."""
    firsts: dict[str, Start] = {}
    said: dict[str, tuple[object, ...]] = {}
    for key, start in starts.items():
        place = start.namespace, start.project, start.kind, start.experiment
        if said.setdefault(key.run_id, place) != place:
            raise _refused(where, f"the journals of the run {key.run_id} do not agree whose it is")
        before = firsts.get(key.run_id)
        if start.role == "run" and (before is None or start.attempt < before.attempt):
            firsts[key.run_id] = start
    for run_id in said:
        if run_id not in firsts:
            raise _refused(where, f"no journal of the run {run_id} says that it began")
    return firsts


def _lineage(
    config: ExperimentConfig, digest: str, firsts: Mapping[str, Start], where: str
) -> dict[str, Arrival]:
    """The artifact's experiment and its forebears, as far as they are told; itself first."""
    found: dict[str, Arrival] = {}
    at: str | None = config.id
    while at is not None and at not in found:
        arrival = found[at] = Arrival(id=at, digest=digest)
        start = firsts.get(at)
        if start is None or start.kind != "experiment":
            break
        arrival.start = start
        _place(arrival, start, where)
        at = None if start.subject is None else start.parent
        digest = start.subject or ""
    own = found[config.id]
    if own.start is None:
        raise _refused(where, f"the journals of the experiment {config.id} itself are missing")
    if (own.namespace, own.project) != (config.namespace, config.project):
        raise _refused(
            where,
            f"its journals say {own.namespace}/{own.project}, its configuration "
            f"{config.namespace}/{config.project}",
        )
    parent = None if config.parent is None else (config.parent.id, config.parent.digest)
    told = None if own.start.subject is None else (own.start.parent, own.start.subject)
    if parent != told:
        raise _refused(where, "its journals and its configuration name different parents")
    return found


def _place(arrival: Arrival, start: Start, where: str) -> None:
    place = start.namespace, start.project
    if not all(map(_SLUG.fullmatch, place)):
        raise _refused(where, f"{shown('/'.join(place))} is no namespace and project")
    if not arrival.namespace:
        arrival.namespace, arrival.project = place
    if place != (arrival.namespace, arrival.project):
        raise _refused(
            where,
            f"the run {start.run} is of {'/'.join(place)}, and its experiment of "
            f"{arrival.namespace}/{arrival.project}",
        )


def _refused(where: str, why: str) -> IntegrityError:
    return IntegrityError(f"{where} is refused: {why}")
