"""The rows of the views that SQL sees, from the catalog, segments and journals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import starmap
from typing import Any

import orjson
import pyarrow as pa

from trialog._catalog import Catalog, listings, queries
from trialog._catalog.views import View
from trialog._filters import RunFilter
from trialog._format.values import MAX_EXACT, MAX_SIGNED, MIN_SIGNED
from trialog._journals.stretches import NO_RANK, Stretch
from trialog._reading.finding import find
from trialog._reading.libraries import nearest_double, text_of
from trialog._reading.records import Records
from trialog._reading.sqlsources import Source, Wish
from trialog._reading.sqlviews import schema_of

Progress = Callable[[int, int], None]
Columns = dict[str, Any]
_US_NS, _S_NS = 1_000, 1_000_000_000


class ViewReader:
    """Reads the views of a store, each when it is scanned; all see the runs of one moment."""

    def __init__(self, catalog: Catalog, progress: Progress | None = None) -> None:
        """Make one.

        Args:
            catalog: of the store.
            progress: told of runs whose points are read, and of how many.
        """
        self._catalog = catalog
        self._progress = progress

    def source(self, view: str) -> Source:
        """A view, to be scanned."""
        read = {
            "runs": self._runs,
            "parameters": self._parameters,
            "metrics": self._metrics,
            "points": self._points,
            "attachments": self._attachments,
            "tags": self._tags,
            "projects": self._projects,
        }[view]
        schema = schema_of(view, self._structure.type if view == "runs" else None)

        def batches(wish: Wish) -> Iterator[pa.RecordBatch]:
            for columns, rows in read(wish):
                yield _batch(schema, columns, rows)

        return Source(schema, batches)

    # -- a view each: columns by name, and how many rows -----------------------------------------

    def _runs(self, wish: Wish) -> Iterator[tuple[Columns, int]]:
        columns: Columns = {
            name: list(starmap(tell, self._facts))
            for name, tell in _FACTS.items()
            if wish.needs(name)
        }
        if wish.needs("duration"):
            columns["duration"] = list(starmap(self._duration, self._facts))
        if wish.needs("parameters"):
            columns["parameters"] = self._structure
        yield columns, len(self._facts)

    def _parameters(self, wish: Wish) -> Iterator[tuple[Columns, int]]:
        rows = [
            (place, name, value)
            for place in self._places(wish)
            for name, value in self._given[place].items()
        ]
        values = [value for _, _, value in rows]
        columns = {
            "parameter": [name for _, name, _ in rows],
            "value": [text_of(value) for value in values],
            "number": [_number(value) for value in values],
        }
        yield self._of_runs([place for place, _, _ in rows]) | columns, len(rows)

    def _metrics(self, wish: Wish) -> Iterator[tuple[Columns, int]]:
        keys = self._records.keys
        places = {keys[place]: place for place in self._places(wish)}
        summaries = self._catalog.summaries(list(places), self._metric_names(wish, list(places)))
        rows = [
            (place, metric, summary)
            for key, place in places.items()
            for metric, summary in summaries.get(key, {}).items()
        ]
        columns: Columns = {"metric": [metric for _, metric, _ in rows]}
        for name in ("last", "min", "max", "mean", "first"):
            columns[name] = [_number(getattr(summary, name)) for _, _, summary in rows]
        for name in ("count", "step_of_min", "step_of_max"):
            columns[name] = [getattr(summary, name) for _, _, summary in rows]
        yield self._of_runs([place for place, _, _ in rows]) | columns, len(rows)

    def _points(self, wish: Wish) -> Iterator[tuple[Columns, int]]:
        keys = self._records.keys
        places = {keys[place]: place for place in self._places(wish)}
        names = self._metric_names(wish, list(places))
        view = View(tells_ranks=wish.needs("rank"), tells_attempts=wish.needs("attempt"))
        if not names:
            return
        for done, (key, stretches) in enumerate(self._catalog.points(list(places), names, view)):
            for metric, stretch in stretches.items():
                facts = self._facts[places[key]][0]
                yield _point_columns(facts, metric, stretch, wish), len(stretch)
            if self._progress is not None:
                self._progress(done + 1, len(places))

    def _attachments(self, wish: Wish) -> Iterator[tuple[Columns, int]]:
        keys = self._records.keys
        places = {keys[place]: place for place in self._places(wish)}
        found = self._catalog.ask(listings.attachments_of, list(places))
        versions: Counter[tuple[int, str]] = Counter()
        columns: Columns = {"version": []}
        for row in found:
            versions[row.run, row.name] += 1
            columns["version"].append(versions[row.run, row.name])
        columns["attachment"] = [row.name for row in found]
        columns["created"] = [row.time_ns // _US_NS for row in found]
        for name in ("media_type", "size_bytes", "sha256", "filename", "step", "codec"):
            columns[name] = [getattr(row, name) for row in found]
        yield self._of_runs([places[row.run] for row in found]) | columns, len(found)

    def _tags(self, wish: Wish) -> Iterator[tuple[Columns, int]]:
        rows = [
            (place, tag)
            for place in self._places(wish)
            for tag in orjson.loads(self._facts[place][0].tags)
        ]
        columns = self._of_runs([place for place, _ in rows])
        yield columns | {"tag": [tag for _, tag in rows]}, len(rows)

    def _projects(self, _: Wish) -> Iterator[tuple[Columns, int]]:
        found = self._catalog.ask(queries.projects)
        counts = Counter((facts.namespace, facts.project) for facts, _ in self._facts)
        names = ("namespace", "project", "namespace_name", "project_name")
        columns: Columns = {name: [getattr(row, name) for row in found] for name in names}
        columns["runs"] = [counts[row.namespace, row.project] for row in found]
        yield columns, len(found)

    # -- what they share ---------------------------------------------------------------------------

    @cached_property
    def _records(self) -> Records:
        return find(self._catalog, RunFilter())

    @cached_property
    def _facts(self) -> list[tuple[Any, Any]]:
        return self._records.facts

    @cached_property
    def _given(self) -> list[Mapping[str, Any]]:
        """The parameters of each run."""
        keys = self._records.keys
        found = self._catalog.ask(queries.parameters_of, keys)
        return [found.get(key, {}) for key in keys]

    @cached_property
    def _structure(self) -> pa.Array:
        """The parameters of each run as a structure; names that differ in case alone are told."""
        names = list(dict.fromkeys(name for given in self._given for name in given))
        if not names:
            return pa.nulls(len(self._given), pa.string())
        fields: Columns = {}
        folded: set[str] = set()
        for name in names:
            heading, number = name, 1
            while heading.casefold() in folded:  # SQL does not tell LR from lr
                heading, number = f"{name}_{number}", number + 1
            folded.add(heading.casefold())
            fields[heading] = _typed([given.get(name) for given in self._given])
        return pa.StructArray.from_arrays(list(fields.values()), list(fields))

    def _places(self, wish: Wish) -> list[int]:
        """Which runs a scan may want."""
        places: Sequence[int] = range(len(self._facts))
        for column, tell in _RUN.items():
            values = [tell(self._facts[place][0]) for place in places]
            places = [places[each] for each in wish.kept(column, values)]
        return list(places)

    def _metric_names(self, wish: Wish, keys: Sequence[int]) -> list[str]:
        """Which metrics a scan may want."""
        names = self._catalog.ask(queries.metric_names, keys)
        return [names[each] for each in wish.kept("metric", names)]

    def _of_runs(self, places: Sequence[int]) -> Columns:
        """The columns that say of which run a row is."""
        return {
            name: [tell(self._facts[place][0]) for place in places] for name, tell in _RUN.items()
        }

    def _duration(self, facts: Any, status: Any) -> float:
        until_ns: int = self._records.now_ns if status.ended_ns is None else status.ended_ns
        lasted_ns: int = max(until_ns - facts.created_ns, 0)
        return lasted_ns / _S_NS


_RUN: dict[str, Callable[[Any], str]] = {
    "id": lambda facts: facts.id,
    "namespace": lambda facts: facts.namespace,
    "project": lambda facts: facts.project,
    "name": lambda facts: facts.name,
}

_PLAIN = ("description", "exit_code", "username", "host", "attempt", "points", "parent")


def _fact(name: str) -> Callable[[Any, Any], Any]:
    return lambda facts, _: getattr(facts, name)


_FACTS: dict[str, Callable[[Any, Any], Any]] = {
    **{name: _fact(name) for name in (*_RUN, *_PLAIN, "experiment", "number")},
    "status": lambda _, status: status.status.value,
    "reason": lambda _, status: status.reason,
    "created": lambda facts, _: facts.created_ns // _US_NS,
    "ended": lambda _, status: None if status.ended_ns is None else status.ended_ns // _US_NS,
    "updated": lambda facts, _: facts.updated_ns // _US_NS,
    "tags": lambda facts, _: orjson.loads(facts.tags),
    "exception": lambda facts, _: facts.exception and orjson.loads(facts.exception).get("type"),
}


def _point_columns(facts: Any, metric: str, points: Stretch, wish: Wish) -> Columns:
    texts = {name: tell(facts) for name, tell in _RUN.items()} | {"metric": metric}
    columns: Columns = {
        name: pa.repeat(text, len(points)) for name, text in texts.items() if wish.needs(name)
    }
    columns |= {"step": points.steps, "time_ns": points.times_ns, "value": points.values}
    if wish.needs("time"):
        columns["time"] = points.times_ns // _US_NS
    if points.exact:
        columns["exact"] = [
            str(points.exact[row]) if row in points.exact else None for row in range(len(points))
        ]
    if points.ranks is not None:
        columns["rank"] = pa.array(points.ranks, mask=points.ranks == NO_RANK)
    if points.attempts is not None:
        columns["attempt"] = points.attempts
    return columns


def _batch(schema: pa.Schema, columns: Columns, rows: int) -> pa.RecordBatch:
    """Rows of a view; columns that nobody needs are null."""
    arrays = []
    for field in schema:
        values = columns.get(field.name)
        if values is None:
            values = pa.nulls(rows, field.type)
        elif not isinstance(values, pa.Array):
            values = pa.array(values, field.type, from_pandas=False)
        arrays.append(values)
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _number(value: Any) -> float | None:
    """A value as a double; None where it is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return nearest_double(value)


def _typed(values: Sequence[Any]) -> pa.Array:
    """A field of the narrowest type that loses nothing; mixtures are text."""
    kinds = {type(value) for value in values} - {type(None)}
    whole = [value for value in values if type(value) is int]
    low, high = (min(whole), max(whole)) if whole else (0, 0)
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds == {int} and low >= MIN_SIGNED and high <= MAX_SIGNED:
        return pa.array(values, pa.int64())
    if float in kinds and kinds <= {int, float} and low >= -MAX_EXACT and high <= MAX_EXACT:
        return pa.array(values, pa.float64(), from_pandas=False)
    return pa.array([text_of(value) for value in values], pa.string())
