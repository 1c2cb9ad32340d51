"""The module-level functions that read: ``get_run``, ``runs``, ``fetch_runs`` and their kin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, Never, cast, overload

from trialog import _names
from trialog._catalog import Catalog
from trialog._entities import RunStatus
from trialog._filters import RunFilter
from trialog._public.run import Run
from trialog._public.stored import StoredRun
from trialog._reading import (
    RunInfo,
    Runs,
    catalog_of,
    explain_names,
    explain_none,
    find_in_each,
    resolve,
)
from trialog._reading import fetch_run_info as read_run_info
from trialog._reading import fetch_runs as read_run_ids
from trialog._settings import Settings
from trialog._tracking.client import LocalClient, check_client
from trialog.errors import InvalidTypeError, NotFoundError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from trialog._reading.libraries import Library

_QUERY = ("name", "name_contains", "status", "tags", "limit", "where", "sort")
Statuses = RunStatus | str | Iterable[RunStatus | str]


def get_run(
    id_or_name: str, project: str | None = None, *, client: LocalClient | None = None
) -> StoredRun:
    """One run of the store, deleted ones too.

    Args:
        id_or_name: its id, at least 6 first letters of it, or its name (the newest of that name).
        project: ``"project"`` or ``"namespace/project"``, where the name stands in several.
        client: the store; the default one where not given.

    Raises:
        NotFoundError: there is none; the message names the nearest.
        UsageError: several are meant: the name in several projects, or the id of one run and the
            name of another.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo", name="first") as run:
        ...     run.log("loss", 0.5)
        >>> trialog.get_run("first").status
        <RunStatus.COMPLETED: 'COMPLETED'>
    """
    catalog = catalog_for(client)
    namespace, slug = parse_project(project)
    try:
        record = resolve(catalog, id_or_name, namespace=namespace, project=slug)
    except NotFoundError as error:
        if Settings.from_environ().mode == "disabled":
            raise NotFoundError(f"{error}; TRIALOG_MODE=disabled keeps nothing") from None
        raise
    return StoredRun(catalog, record)


def runs(
    project: str | Iterable[str] | None = None,
    *,
    name: str | None = None,
    name_contains: str | None = None,
    status: Statuses | None = None,
    tags: str | Iterable[str] | None = None,
    limit: int | None = None,
    where: str | None = None,
    sort: str | None = None,
    client: LocalClient | None = None,
    **unknown: Never,
) -> Runs[StoredRun]:
    """The runs of a project (``"project"``, ``"namespace/project"``) or of the whole store.

    Args:
        project: where, also several; None for everywhere.
        name: the whole name, without regard to case.
        name_contains: a part of it, without regard to case.
        status: one or several; words of other trackers ("done", "error") too.
        tags: all of these.
        limit: at most so many, the newest or the first by ``sort``.
        where: what must be true of them, in the filter language:
            ``'lr < 0.1 and max("val/acc") > 0.9 and status == "done"'``.
        sort: what to order by, in the same language: ``'-max("val/acc"), lr'``; what is missing
            comes last, and the newest first where nothing else decides.
        client: the store; the default one where not given.
        unknown: none; a misspelt keyword is answered with the nearest.

    Raises:
        FilterError: ``where`` or ``sort`` cannot be understood; it shows where.
        UsageError: a status nobody knows, or a negative limit.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo", parameters={"lr": 0.1}):
        ...     trialog.log("loss", 0.5)
        >>> len(trialog.runs(where="lr < 1 and last(loss) < 0.6"))
        1
        >>> list(trialog.runs("acme/demo").comparison_df().columns)[5:]
        ['lr', 'last(loss)', 'min(loss)', 'max(loss)']
    """
    _names.refuse_keywords("runs", unknown, (*_QUERY, "client"))
    catalog = catalog_for(client)
    places = [project] if project is None or isinstance(project, str) else list(project)
    several = []
    for namespace, slug in map(parse_project, places):
        wanted = RunFilter.parse(
            namespace=namespace,
            project=slug,
            name=name,
            name_contains=name_contains,
            status=status,
            tags=tags,
            limit=limit,
            where=where,
            sort=sort,
        )
        several.append(wanted)
    records = find_in_each(catalog, several)
    note = ""
    if not len(records):
        note = explain_none(catalog, several) or explain_names(catalog, several, where)
    return Runs(catalog, records, StoredRun, note)


def fetch_runs(
    *,
    name: str | None = None,
    name_contains: str | None = None,
    status: Statuses | None = None,
    tags: str | Iterable[str] | None = None,
    limit: int | None = None,
    where: str | None = None,
    sort: str | None = None,
    **unknown: Never,
) -> list[str]:
    """The ids of the runs that a query finds, newest first; deleted ones are not found.

    The keywords are those of :func:`trialog.runs`.

    Raises:
        FilterError: ``where`` or ``sort`` cannot be understood; it shows where.
        UsageError: a status nobody knows, or a negative limit.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo", tags=["sweep"]) as run:
        ...     run.log("loss", 0.5)
        >>> trialog.fetch_runs(tags="sweep", status="done") == [run.id]
        True
    """
    _names.refuse_keywords("fetch_runs", unknown, _QUERY)
    return read_run_ids(
        catalog_for(None),
        name=name,
        name_contains=name_contains,
        status=status,
        tags=tags,
        limit=limit,
        where=where,
        sort=sort,
    )


def fetch_run_info(run_id: str) -> RunInfo | None:
    """What is known of a run, or None where there is none; printing it gives a summary.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo", name="first") as run:
        ...     run.log("loss", 0.5)
        >>> trialog.fetch_run_info(run.id).result
        {'loss': 0.5}
    """
    return read_run_info(catalog_for(None), run_id)


@overload
def sql(
    query: str, *, to: Literal["pandas"] = "pandas", client: LocalClient | None = None
) -> pd.DataFrame: ...


@overload
def sql(
    query: str, *, to: Literal["polars"], client: LocalClient | None = None
) -> pl.DataFrame: ...


@overload
def sql(query: str, *, to: Literal["arrow"], client: LocalClient | None = None) -> pa.Table: ...


def sql(
    query: str, *, to: Library = "pandas", client: LocalClient | None = None
) -> pd.DataFrame | pl.DataFrame | pa.Table:
    """What an SQL statement comes to that reads runs, parameters, metrics, points, ….

    The views and their columns are in ``docs/reference/sql.md``. DuckDB answers, in its dialect;
    it sees those views and nothing else.

    Args:
        query: one statement.
        to: the library whose table it is, "pandas", "polars" or "arrow".
        client: the store; the default one where not given.

    Raises:
        UsageError: it is not one statement that reads, or it is wrong; or DuckDB or polars is not
            installed, and the message says how to install it.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo", parameters={"lr": 0.1}):
        ...     trialog.log("loss", 0.5)
        >>> frame = trialog.sql("SELECT parameters.lr, last FROM runs JOIN metrics USING (id)")
        >>> frame.to_numpy().tolist()
        [[0.1, 0.5]]
    """
    from trialog._reading.libraries import (  # noqa: PLC0415 # loads pyarrow
        check_library,
        table_in_library,
    )
    from trialog._reading.statements import answer  # noqa: PLC0415 # loads pyarrow

    if not isinstance(query, str):
        raise InvalidTypeError(f"a statement must be text, not {type(query).__name__}")
    check_library(to)
    found = table_in_library(answer(catalog_for(client), query), to)
    return cast("pd.DataFrame | pl.DataFrame | pa.Table", found)


def delete_run(run_id: str | StoredRun | Run) -> None:
    """Hide a run from lists; ``get_run(run_id).restore()`` brings it back.

    Args:
        run_id: its id or name, or the run itself.

    Raises:
        NotFoundError: there is no such run.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo") as run:
        ...     run.log("loss", 0.5)
        >>> trialog.delete_run(run.id)
        >>> trialog.fetch_runs()
        []
        >>> trialog.get_run(run.id).restore()
    """
    if isinstance(run_id, StoredRun):
        run_id.delete()
    elif isinstance(run_id, Run):
        catalog = catalog_for(run_id.client)
        StoredRun(catalog, resolve(catalog, run_id.id, is_id=True)).delete()
    else:
        get_run(run_id).delete()


def catalog_for(client: LocalClient | None) -> Catalog:
    """The catalog of the store that a call means."""
    home = check_client(client, "runs").home
    return catalog_of(home or Settings.from_environ().home)


def parse_project(project: str | None) -> tuple[str | None, str | None]:
    """Namespace and project as slugs; None for any."""
    return (None, None) if project is None else _names.parse_project(project)
