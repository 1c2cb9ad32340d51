"""From what a user typed to runs: filters, ids, the beginnings of ids, names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialog._catalog import Catalog, queries
from trialog._catalog.selections import RunRow
from trialog._catalog.seriesversions import keys_of_ids
from trialog._filters import RunFilter
from trialog._names import nearest, normalise
from trialog._reading.pages import find_keys, find_page, read_ordered
from trialog._reading.records import Records, RunRecord, read_records
from trialog.errors import InvalidTypeError, NotFoundError, UsageError

MIN_PREFIX = 6
_A = {"run": "a run", "experiment": "an experiment"}


def find(catalog: Catalog, wanted: RunFilter) -> Records:
    """The runs that a filter finds, in its order, with their true statuses."""
    return find_page(catalog, wanted).records


def find_in_each(catalog: Catalog, several: Sequence[RunFilter]) -> Records:
    """The runs that any of several filters finds, each once, in the filters' order.

    Args:
        catalog: of the store.
        several: filters that differ in their places alone; the limit counts all runs.
    """
    if len(several) == 1:
        return find(catalog, several[0])
    unbounded = [replace(each, limit=None, offset=0) for each in several]
    found = {key for each in unbounded for key in find_keys(catalog, each)}
    return read_ordered(catalog, found, several[0] if several else RunFilter())


def find_by_ids(catalog: Catalog, ids: Sequence[str], wanted: RunFilter) -> Records:
    """Runs by id, in the order of the ids; those that are not there are left out.

    Args:
        catalog: of the store; it is brought up to date.
        ids: whole ids.
        wanted: the namespace and the project they are in, and how many there are at most.
    """
    catalog.refresh()
    keys = catalog.ask(keys_of_ids, ids, wanted)[: wanted.limit]
    return read_records(catalog, catalog.ask(queries.runs_by_key, keys))


def resolve(
    catalog: Catalog,
    id_or_name: str,
    *,
    namespace: str | None = None,
    project: str | None = None,
    with_deleted: bool = True,
    is_id: bool = False,
    kind: str = "run",
) -> RunRecord:
    """The run that is meant: by its id, by its name, or by at least 6 first letters of its id.

    Where several runs of a project have had the name, the newest is meant. A text that is the id of
    one run and the name of another means neither.

    Args:
        catalog: of the store.
        id_or_name: what the user typed.
        namespace: look only there; None looks everywhere.
        project: look only in this project, by slug.
        with_deleted: find deleted runs too.
        is_id: the text is a whole id and nothing else.
        kind: ``experiment`` to find an experiment instead.

    Raises:
        NotFoundError: no run is meant; the message names the nearest.
        UsageError: several are: the beginning of several ids, a name in several projects, or the
            id of one run and the name of another.
        InvalidTypeError: not text.
    """
    if not isinstance(id_or_name, str):
        raise InvalidTypeError(
            f"{_A[kind]} is found by its id or name, not by {type(id_or_name).__name__}: "
            f"{id_or_name!r}"
        )
    catalog.refresh()
    wanted = RunFilter(namespace=namespace, project=project, with_deleted=with_deleted, kind=kind)
    rows = catalog.ask(queries.runs_by_id, id_or_name, wanted)
    if is_id and rows:
        return read_records(catalog, rows[:1])[0]
    named = catalog.ask(queries.runs_by_name, normalise(id_or_name), wanted)
    others = [row for row in named if rows and row.key != rows[0].key]
    if others:
        raise _two_meanings(id_or_name, rows[0], others[0])
    if not rows and not named and len(id_or_name) >= MIN_PREFIX:
        rows = catalog.ask(queries.runs_by_prefix, id_or_name, wanted)
        if len(rows) > 1:
            ids = " and ".join(row.place.id for row in rows)
            raise UsageError(
                f"{id_or_name!r} is the beginning of several ids ({ids}, …): give more"
            )
    rows = rows or named
    if not rows:
        raise NotFoundError(_nothing(catalog, id_or_name, wanted))
    places = list(dict.fromkeys(row.place.project.path for row in rows))
    if len(places) > 1:
        or_id = "" if rows[0].place.id == id_or_name else ", or give the id"
        raise UsageError(
            f"there are {kind}s {id_or_name!r} in several projects: {', '.join(sorted(places))}; "
            f"name the project{or_id}"
        )
    return read_records(catalog, rows[:1])[0]


def explain_none(catalog: Catalog, several: Sequence[RunFilter]) -> str:
    """Why filters find no runs: their projects are not there; empty where they are."""
    notes = [_explain_none(catalog, wanted) for wanted in several]
    return "; ".join(dict.fromkeys(filter(None, notes)))


def _explain_none(catalog: Catalog, wanted: RunFilter) -> str:
    if wanted.project is None:
        return ""
    projects, name = catalog.ask(queries.projects), wanted.project
    if wanted.namespace is None:
        there = [row.project for row in projects]
    else:
        there = [f"{row.namespace}/{row.project}" for row in projects]
        name = f"{wanted.namespace}/{name}"
    if name in there:
        return ""
    guess = _nearest(name, there)
    return f"no project {name!r}" + (f", did you mean {guess!r}?" if guess else "")


def _nearest(text: str, candidates: Sequence[str]) -> str | None:
    """What was probably meant: the same in other letters, else what looks like it."""
    folded = text.casefold()
    return next(
        (each for each in candidates if each.casefold() == folded), nearest(text, candidates)
    )


def _two_meanings(text: str, by_id: RunRow, by_name: RunRow) -> UsageError:
    one, other = by_id.place, by_name.place
    way_out = f"say which by {by_id.facts.name!r} or {other.id!r}"
    if one.project != other.project:
        way_out = f"name the project (project={one.project.path!r} or {other.project.path!r})"
    return UsageError(
        f"{text!r} is the id of {_A[by_id.facts.kind]} of {one.project.path} "
        f"({by_id.facts.name!r}) and the name of {_A[by_name.facts.kind]} of "
        f"{other.project.path} ({other.id}): {way_out}"
    )


def _nothing(catalog: Catalog, id_or_name: str, wanted: RunFilter) -> str:
    guess = _nearest(id_or_name, catalog.ask(queries.names_and_ids, wanted))
    where = f" in {wanted.namespace or '*'}/{wanted.project}" if wanted.project else ""
    hint = f"; did you mean {guess!r}?" if guess else f" (the store is {str(catalog.store.path)!r})"
    other = "run" if wanted.kind == "experiment" else "experiment"
    if catalog.ask(queries.runs_by_name, normalise(id_or_name), replace(wanted, kind=other)):
        way = "trialog.get_run()" if other == "run" else "trialog.Experiment.open()"
        hint = f"; {_A[other]} of that name is there: read it by {way}"
    return f"there is no {wanted.kind} {id_or_name!r}{where}{hint}"
