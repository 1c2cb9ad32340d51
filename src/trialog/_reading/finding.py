"""From what a user typed to runs: filters, ids, the beginnings of ids, names."""

from __future__ import annotations

from trialog._catalog import Catalog, queries
from trialog._filters import RunFilter
from trialog._names import nearest, normalise
from trialog._reading.records import Records, RunRecord, read_records
from trialog.errors import InvalidTypeError, NotFoundError, UsageError

MIN_PREFIX = 6


def find(catalog: Catalog, wanted: RunFilter) -> Records:
    """The runs that a filter finds, newest first, with their true statuses."""
    catalog.refresh()
    return read_records(catalog, catalog.ask(queries.find_runs, wanted), wanted)


def resolve(
    catalog: Catalog,
    id_or_name: str,
    *,
    namespace: str | None = None,
    project: str | None = None,
    with_deleted: bool = True,
) -> RunRecord:
    """The run that is meant: by its id, by at least 6 first letters of it, or by its name.

    Where several runs of a project have had the name, the newest is meant.

    Args:
        catalog: of the store.
        id_or_name: what the user typed.
        namespace: look only there; None looks everywhere.
        project: look only in this project, by slug.
        with_deleted: find deleted runs too.

    Raises:
        NotFoundError: no run is meant; the message names the nearest.
        UsageError: several are: the beginning of several ids, or a name in several projects.
        InvalidTypeError: not text.
    """
    if not isinstance(id_or_name, str):
        raise InvalidTypeError(
            f"a run is found by its id or name, not by {type(id_or_name).__name__}: {id_or_name!r}"
        )
    catalog.refresh()
    wanted = RunFilter(namespace=namespace, project=project, with_deleted=with_deleted)
    rows = catalog.ask(queries.runs_by_id, id_or_name, wanted)
    if not rows and len(id_or_name) >= MIN_PREFIX:
        rows = catalog.ask(queries.runs_by_prefix, id_or_name, wanted)
        if len(rows) > 1:
            ids = " and ".join(row.place.id for row in rows)
            raise UsageError(
                f"{id_or_name!r} is the beginning of several ids ({ids}, …): give more"
            )
    if not rows:
        name = normalise(id_or_name)
        rows = catalog.ask(queries.runs_by_name, name, wanted)
    if not rows:
        raise NotFoundError(_nothing(catalog, id_or_name, wanted))
    places = list(dict.fromkeys(row.place.project.path for row in rows))
    if len(places) > 1:
        raise UsageError(
            f"there are runs {id_or_name!r} in several projects: {', '.join(sorted(places))}; name "
            "the project, or give the id"
        )
    return read_records(catalog, rows[:1])[0]


def _nothing(catalog: Catalog, id_or_name: str, wanted: RunFilter) -> str:
    guess = nearest(id_or_name, catalog.ask(queries.names_and_ids, wanted))
    where = f" in {wanted.namespace or '*'}/{wanted.project}" if wanted.project else ""
    hint = f"; did you mean {guess!r}?" if guess else f" (the store is {str(catalog.store.path)!r})"
    return f"there is no run {id_or_name!r}{where}{hint}"
