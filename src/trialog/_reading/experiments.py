"""Experiments as they are read: their runs in order, and tables of one or several of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from trialog._catalog import Catalog, members, queries, tallies
from trialog._catalog.members import MemberParameters
from trialog._catalog.selections import RunRow
from trialog._format.records import Kind
from trialog._names import nearest
from trialog._reading.finding import resolve
from trialog._reading.headings import is_of_system
from trialog._reading.records import Records, RunRecord, read_records
from trialog._reading.runs import Runs
from trialog._reading.solves import solve_info
from trialog.errors import NotFoundError

if TYPE_CHECKING:
    import pandas as pd

    from trialog._catalog import Summary

R = TypeVar("R")


class ExperimentReader:
    """Reads one experiment: what it is, and its runs.

    Everything is read at the call: of an experiment under way, what has been recorded until then.
    """

    def __init__(self, catalog: Catalog, namespace: str, project: str, experiment: str) -> None:
        """Make a reader.

        Args:
            catalog: of the store.
            namespace: its namespace's slug.
            project: its project's slug.
            experiment: its id.
        """
        self.catalog = catalog
        self._namespace, self._project = namespace, project
        self._experiment = experiment

    def record(self) -> RunRecord:
        """Its facts, as they are now.

        Raises:
            NotFoundError: it has been deleted from the disk.
        """
        return resolve(
            self.catalog,
            self._experiment,
            namespace=self._namespace,
            project=self._project,
            is_id=True,
            kind="experiment",
        )

    def members(self, *, with_deleted: bool = False) -> Records:
        """The records of its runs, in the order of their numbers."""
        return read_records(self.catalog, self.rows(with_deleted=with_deleted))

    def runs(self, wrap: Callable[[Catalog, RunRecord], R]) -> Runs[R]:
        """Its runs, in the order of their numbers.

        Args:
            wrap: makes what users see of a record.
        """
        return Runs(self.catalog, self.members(), wrap, "the experiment has none yet")

    def rows(self, *, with_deleted: bool = False) -> list[RunRow]:
        """The catalog's rows of its runs, as they are now."""
        self.catalog.refresh()
        return self.known_rows(with_deleted=with_deleted)

    def known_rows(self, *, with_deleted: bool = False) -> list[RunRow]:
        """The rows of its runs, as far as the catalog knows."""
        read = partial(members.members_of, with_deleted=with_deleted)
        return self.catalog.ask(read, self._experiment)

    def parameters(self) -> MemberParameters:
        """The parameters of its runs, as far as the catalog knows."""
        return self.catalog.ask(members.member_parameters, self._experiment)


def experiment_name(catalog: Catalog, record: RunRecord) -> str | None:
    """The name of the experiment that a run is of; None of none, or of one that is not there."""
    if not record.experiment:
        return None
    return catalog.ask(tallies.names_of, [record.experiment]).get(record.experiment)


def run_parameters_df(
    catalog: Catalog,
    readers: Sequence[ExperimentReader],
    *,
    status: bool = False,
    times: bool = False,
    metrics: bool | str | Sequence[str] = False,
    is_one: bool = False,
) -> pd.DataFrame:
    """The parameters of all runs of some experiments.

    Args:
        catalog: of their store.
        readers: the experiments.
        status: with the columns ``status`` and ``reason``.
        times: with the columns ``date_created``, ``date_ended`` and ``duration``.
        metrics: with the last values of all metrics, or of those named.
        is_one: index ``run_id`` alone.
    """
    from trialog._reading import frames  # noqa: PLC0415 # loads pandas

    catalog.refresh()
    if is_one and not (status or times or metrics):
        return frames.bare_run_parameters_frame(*readers[0].parameters())
    rows: list[RunRow] = []
    names: list[str] = []
    for reader in readers:
        own = reader.known_rows()
        rows += own
        if not is_one:
            names += [reader.record().name] * len(own)
    records = read_records(catalog, rows)
    return frames.run_parameters_frame(
        records,
        catalog.ask(queries.parameters_of, records.keys),
        _summaries(catalog, records.keys, metrics),
        metrics=None if isinstance(metrics, bool) else metrics,
        experiments=None if is_one else names,
        status=status,
        times=times,
    )


def _summaries(
    catalog: Catalog, keys: Sequence[int], metrics: bool | str | Sequence[str]
) -> dict[int, dict[str, Summary]] | None:
    """The summaries of the metrics asked for; of all but the machine's where that is True."""
    if metrics is False:
        return None
    if isinstance(metrics, str):
        metrics = [metrics]
    if metrics is not True:
        _check_known(catalog, keys, metrics)
        return catalog.summaries(keys, list(metrics))
    found = catalog.summaries(keys)
    return {
        key: {name: each for name, each in of_run.items() if not is_of_system(name)}
        for key, of_run in found.items()
    }


def _check_known(catalog: Catalog, keys: Sequence[int], metrics: Sequence[str]) -> None:
    """Refuse metrics that no run has, where there are runs.

    Raises:
        NotFoundError: there is one; the message names the nearest.
    """
    known = catalog.ask(queries.metric_names, keys)
    for name in metrics if keys else ():
        if name not in known:
            guess = nearest(name, known)
            hint = f"did you mean {guess!r}?" if guess else f"there are: {known}"
            raise NotFoundError(f"no run has a metric {name!r}; {hint}")


def solves_df(readers: Sequence[ExperimentReader], *, is_one: bool = False) -> pd.DataFrame:
    """The calls of solvers in all runs of some experiments, and beside their runs.

    Args:
        readers: the experiments.
        is_one: without the column ``experiment``.
    """
    from trialog._reading import frames  # noqa: PLC0415 # loads pandas

    solves, names = [], []
    for reader in readers:
        own, runs = reader.record(), reader.members()
        numbers: dict[int, int | None] = {own.key: None}
        numbers.update((record.key, record.number) for record in runs)
        facts = reader.catalog.ask(queries.facts_of_runs, list(numbers), Kind.SOLVE)
        facts.sort(key=lambda fact: (numbers[fact.run] is None, numbers[fact.run] or 0))
        solves += [(numbers[fact.run], solve_info(fact.content, _unread)) for fact in facts]
        names += [own.name] * len(facts)
    return frames.solves_frame(solves, None if is_one else names)


def _unread(_: Any) -> Any:
    raise NotImplementedError  # a table reads no blob
