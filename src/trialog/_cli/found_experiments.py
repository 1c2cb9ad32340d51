"""Experiments as the commands find them, and their facts as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trialog._catalog import Catalog, members
from trialog._cli.found import (
    ExperimentName,
    FoundRun,
    facts_as_json,
    find_runs,
    runs_of_records,
)
from trialog._filters import RunFilter
from trialog._reading import RunRecord
from trialog._reading.records import read_records
from trialog._reading.tallies import Tally, tally_runs

_OF_RUNS = frozenset({"experiment", "experiment_name", "run_id"})


@dataclass(frozen=True, slots=True)
class FoundExperiment:
    """An experiment with what its runs have come to.

    Attributes:
        entry: its own record, which is like a run's.
        tally: how many runs of each status it has.
    """

    entry: FoundRun
    tally: Tally

    @property
    def record(self) -> RunRecord:
        """Its facts."""
        return self.entry.record


@dataclass(frozen=True, slots=True)
class FoundExperiments:
    """Experiments, newest first, and how many there are in all.

    Attributes:
        shown: as many as were asked for.
        total: with those beyond the limit.
    """

    shown: list[FoundExperiment]
    total: int


def find_experiments(
    catalog: Catalog, wanted: RunFilter, limit: int | None, *, only_deleted: bool = False
) -> FoundExperiments:
    """The experiments that a filter finds, in a catalog that is up to date.

    Args:
        catalog: of the store.
        wanted: what they must be like.
        limit: read only so many in full; the others are counted.
        only_deleted: leave out experiments that are not deleted.
    """
    found = find_runs(catalog, wanted, limit, only_deleted=only_deleted)
    return FoundExperiments(_tallied(catalog, found.shown), found.total)


def experiments_of_records(catalog: Catalog, records: Sequence[RunRecord]) -> list[FoundExperiment]:
    """Records of experiments, with what their runs have come to."""
    return _tallied(catalog, runs_of_records(catalog, records))


def _tallied(catalog: Catalog, entries: Sequence[FoundRun]) -> list[FoundExperiment]:
    tallies = tally_runs(catalog, [entry.record.id for entry in entries])
    return [FoundExperiment(entry, tallies[entry.record.id]) for entry in entries]


def experiment_as_json(experiment: FoundExperiment) -> dict[str, Any]:
    """What every answer in JSON says of an experiment: as of a run, and what only it has."""
    record, commit = experiment.record, experiment.record.commit
    facts = facts_as_json(experiment.entry)
    return {
        **{name: value for name, value in facts.items() if name not in _OF_RUNS},
        "runs": experiment.tally.total(),
        "runs_by_status": {status.value: n for status, n in sorted(experiment.tally.items())},
        "annotations": record.annotations,
        "digest": None if commit is None else commit.digest,
        "size_bytes": None if commit is None else commit.artifact_bytes,
        "source": None if commit is None else commit.source,
        "committed_by": None if commit is None else commit.by or None,
        "subject": record.subject,
        "first_run_id": record.number or 0,
    }


def members_of(catalog: Catalog, record: RunRecord) -> list[FoundRun]:
    """The runs of an experiment, in the order of their numbers.

    All are said to be its own, those too that belong to a fork's parents.
    """
    rows = catalog.ask(members.members_of, record.id)
    name = ExperimentName(record.id, record.name)
    records = read_records(catalog, rows)
    return [FoundRun(each, row, name) for each, row in zip(records, rows, strict=True)]
