"""Finding experiments: one by its name, many by what they have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Never, overload

from trialog import _names
from trialog._catalog import Catalog, provenance, queries
from trialog._display.tables import table_document
from trialog._entities import RunStatus
from trialog._filters import RunFilter
from trialog._public.queries import catalog_for, parse_project
from trialog._reading import ExperimentReader, Records, RunRecord, find, resolve
from trialog._reading import experiments as tables
from trialog._reading.showing import MAX_ROWS, experiments_table
from trialog._reading.tallies import tally_runs
from trialog._tracking.client import LocalClient
from trialog._tracking.experiments import Address, open_experiment
from trialog._writing import claims
from trialog.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from trialog._public.experiment import Experiment

_DIGEST = re.compile(r"sha256:[0-9a-f]{6,64}")  # or its beginning
_QUERY = ("project", "name", "name_contains", "status", "tags", "limit", "client")


def find_experiment(name_or_id: str, project: str | None, client: LocalClient | None) -> Address:
    """Where the experiment is that somebody means.

    Raises:
        NotFoundError: there is none; the message names the nearest.
        UsageError: several are meant.
    """
    catalog = catalog_for(client)
    namespace, slug = parse_project(project)
    if _DIGEST.fullmatch(str(name_or_id)):
        return _find_digest(catalog, name_or_id)
    try:
        record = resolve(catalog, name_or_id, namespace=namespace, project=slug, kind="experiment")
    except NotFoundError:
        found = _find_other_name(catalog, name_or_id, namespace, slug)
        if found is None:
            raise
        return found
    place = record.place.project
    return Address(catalog.store.path, place.namespace, place.project, record.id)


def _find_other_name(
    catalog: Catalog, name: str, namespace: str | None, project: str | None
) -> Address | None:
    """Where the experiment is that once had a name, or got it beside its own.

    Raises:
        UsageError: there are such in several projects.
    """
    name = _names.normalise(name)
    found = []
    for row in catalog.ask(queries.projects):
        if namespace in (None, row.namespace) and project in (None, row.project):
            folder = catalog.store.project(row.namespace, row.project)
            experiment = claims.experiment_claimed_by(folder, name)
            if experiment is not None and folder.run(experiment).is_dir():
                place = row.namespace, row.project
                found.append(Address(catalog.store.path, *place, experiment))
    if len(found) > 1:
        places = ", ".join(sorted(f"{each.namespace}/{each.project}" for each in found))
        raise UsageError(
            f"experiments of several projects have the name {name!r}: {places}; name the project"
        )
    return found[0] if found else None


def _find_digest(catalog: Catalog, digest: str) -> Address:
    """Where the experiment is that was committed to a manifest of a digest, or its beginning."""
    catalog.refresh()
    rows = catalog.ask(provenance.experiments_of_digest, digest)
    if not rows:
        raise NotFoundError(
            f"there is no experiment {digest} (the store is {str(catalog.store.path)!r}); one of "
            "a registry is called with its host, as in 'ghcr.io/team/name@sha256:…'"
        )
    digests = list(dict.fromkeys(row.facts.digest for row in rows))
    if len(digests) > 1:
        raise UsageError(f"{digest!r} is the beginning of {digests[0]} and {digests[1]}: give more")
    place = rows[0].place
    return Address(catalog.store.path, *place.project, place.id)


class Experiments(Sequence["Experiment"]):
    """Experiments as they were when they were asked for, newest first.

    Example:
        >>> import trialog
        >>> for name in ("one", "two"):
        ...     with trialog.Experiment(name, project="acme/several") as experiment:
        ...         experiment.run(parameters={"lr": 0.1}).finish()
        >>> frame = trialog.experiments("acme/several").run_parameters_df()
        >>> frame.index.tolist()
        [('two', 0), ('one', 0)]
    """

    def __init__(self, client: LocalClient | None, records: Records) -> None:
        """Use :func:`trialog.experiments`."""
        self._catalog = catalog_for(client)
        self._records = records

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, index: int) -> Experiment: ...

    @overload
    def __getitem__(self, index: slice) -> list[Experiment]: ...

    def __getitem__(self, index: int | slice) -> Experiment | list[Experiment]:
        if isinstance(index, slice):
            return [self._experiment(record) for record in self._records[index]]
        return self._experiment(self._records[index])

    def __iter__(self) -> Iterator[Experiment]:
        return (self._experiment(record) for record in self._records)

    def __repr__(self) -> str:
        names = ", ".join(record.name for record in self._records[:5])
        more = ", …" if len(self) > 5 else ""  # noqa: PLR2004 # enough to know them by
        return f"<Experiments: {len(self)} ({names}{more})>" if names else "<Experiments: none>"

    def _repr_html_(self) -> str:
        self._catalog.refresh()
        tallies = tally_runs(self._catalog, self._records[:MAX_ROWS].ids)
        amounts = [sum(tallies.get(id_, {}).values()) for id_ in self._records[:MAX_ROWS].ids]
        return table_document(experiments_table(self._records, amounts))

    def run_parameters_df(
        self,
        *,
        status: bool = False,
        times: bool = False,
        metrics: bool | str | Sequence[str] = False,
    ) -> pd.DataFrame:
        """As :meth:`Experiment.run_parameters_df`, of all of them: index experiment and run_id."""
        return tables.run_parameters_df(
            self._catalog, self._readers(), status=status, times=times, metrics=metrics
        )

    def solves_df(self) -> pd.DataFrame:
        """As :meth:`Experiment.solves_df`, of all of them: a column ``experiment`` comes first."""
        return tables.solves_df(self._readers())

    def _readers(self) -> list[ExperimentReader]:
        return [
            ExperimentReader(self._catalog, *record.place.project, record.id)
            for record in self._records
        ]

    def _experiment(self, record: RunRecord) -> Experiment:
        from trialog._public.experiment import Experiment  # noqa: PLC0415 # it finds by this module

        place = record.place.project
        address = Address(self._catalog.store.path, place.namespace, place.project, record.id)
        return Experiment._of(open_experiment(address))  # noqa: SLF001 # the façade's own


def experiments(
    project: str | None = None,
    *,
    name: str | None = None,
    name_contains: str | None = None,
    status: RunStatus | str | Iterable[RunStatus | str] | None = None,
    tags: str | Iterable[str] | None = None,
    limit: int | None = None,
    client: LocalClient | None = None,
    **unknown: Never,
) -> Experiments:
    """The experiments of a project or of the whole store, newest first: sealed, open and failed.

    Args:
        project: ``"project"`` or ``"namespace/project"``; None for everywhere.
        name: the whole name, without regard to case.
        name_contains: a part of it, without regard to case.
        status: one or several.
        tags: all of these.
        limit: at most so many, the newest.
        client: the store; the default one where not given.
        unknown: none; a misspelt keyword is answered with the nearest.

    Raises:
        UsageError: a status nobody knows, or a negative limit.

    Example:
        >>> import trialog
        >>> with trialog.Experiment("listed", project="acme/listing"):
        ...     pass
        >>> [experiment.name for experiment in trialog.experiments("acme/listing")]
        ['listed']
    """
    _names.refuse_keywords("experiments", unknown, _QUERY)
    namespace, slug = parse_project(project)
    wanted = RunFilter.parse(
        namespace=namespace,
        project=slug,
        name=name,
        name_contains=name_contains,
        status=status,
        tags=tags,
        limit=limit,
        kind="experiment",
    )
    return Experiments(client, find(catalog_for(client), wanted))
