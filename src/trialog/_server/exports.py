"""Tables of runs and points as files that the browser saves: nothing sampled or rounded."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from trialog._reading import Records
from trialog._reading.runtables import RunTables
from trialog._server.answers import refusal_of, refuse
from trialog._server.files import POLICY, disposition
from trialog._server.selecting import select
from trialog._server.shapes import Export, ExportQuery, Selection
from trialog._server.store import Store
from trialog.errors import NotFoundError, TrialogError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
_RUNS_AT_ONCE = 64
_CHUNK_BYTES = 1 << 18


def begin_export(store: Store, query: ExportQuery) -> Export:
    """Where a table can be saved from: what it holds is read when it is fetched.

    ``runs`` has a row for each run: facts, parameters, what metrics come to. ``points`` has a row
    for each point of some metrics.
    """
    if query.content == "points" and not query.metrics:
        raise UsageError("points are exported of metrics: name some")
    records = select(store.catalog, query.selection)
    if not records:
        raise NotFoundError("no run is selected, so there is nothing to export")
    ticket = store.tickets.make(
        {
            "export": query.content,
            "format": query.format,
            "metrics": query.metrics,
            "project": query.selection.project or "",
            "where": query.selection.where,
            "sort": query.selection.sort,
            "runs": query.selection.runs or [],
        }
    )
    slug = (query.selection.project or "runs").replace("/", "-")
    return Export(url=f"/exports/{ticket}/{slug}-{query.content}.{query.format}")


class Exports:
    """Serves what exports' tickets name."""

    def __init__(self, store: Store) -> None:
        """Of a store."""
        self._store = store

    async def serve(self, request: Request) -> Response:
        """The file that a ticket is for."""
        ticket = self._store.tickets.read(request.path_params["ticket"])
        if ticket is None or "export" not in ticket:
            return refuse(404, "NotFoundError", "there is no such file; export it again")
        form = str(ticket["format"])
        try:
            parts = await run_in_threadpool(self._parts, ticket)
        except TrialogError as error:
            return refusal_of(error)
        headers = {
            "content-security-policy": POLICY,
            "content-disposition": disposition(request.path_params["name"], is_shown=False),
            "cache-control": "no-store",
        }
        return StreamingResponse(parts, media_type=_TYPES[form], headers=headers)

    def _parts(self, ticket: dict[str, Any]) -> Iterator[bytes]:
        selection = Selection(
            project=ticket["project"] or None,
            where=ticket["where"],
            sort=ticket["sort"],
            runs=ticket["runs"] or None,
        )
        records = select(self._store.catalog, selection)
        if ticket["export"] == "runs":
            tables = iter([RunTables(self._store.catalog, records).comparison_df(to="arrow")])
        else:
            tables = self._points(records, list(ticket["metrics"]))
        first = next(tables, None)  # what is wrong is told before anything is sent
        if first is None:
            raise NotFoundError(f"no run has a point of {', '.join(map(repr, ticket['metrics']))}")
        return _csv(first, tables) if ticket["format"] == "csv" else _parquet(first, tables)

    def _points(self, records: Records, metrics: list[str]) -> Iterator[pa.Table]:
        """The points, some runs at a time; every part has the same columns."""
        for first in range(0, len(records), _RUNS_AT_ONCE):
            some = RunTables(self._store.catalog, records[first : first + _RUNS_AT_ONCE])
            try:
                table = some.metrics_df(metrics, to="arrow")
            except NotFoundError:
                if len(records) <= _RUNS_AT_ONCE:
                    raise
                continue  # none of these runs has the metric
            yield table.select(["id", "name", "metric", "step", "time", "value"])


def _csv(first: pa.Table, others: Iterator[pa.Table]) -> Iterator[bytes]:
    from pyarrow import csv  # noqa: PLC0415 # heavy

    sink = io.BytesIO()
    with csv.CSVWriter(sink, _plain(first).schema) as writer:
        writer.write_table(_plain(first))
        yield _taken(sink)
        for each in others:
            writer.write_table(_plain(each.cast(first.schema)))
            yield _taken(sink)
    yield _taken(sink)


def _taken(sink: io.BytesIO) -> bytes:
    data = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return data


def _plain(table: pa.Table) -> pa.Table:
    """A table of columns that CSV can hold: several texts in a cell have commas between."""
    import pyarrow as pa  # noqa: PLC0415 # heavy

    for place, field in enumerate(table.schema):
        if pa.types.is_list(field.type):
            texts = [None if each is None else ",".join(each) for each in table[place].to_pylist()]
            table = table.set_column(place, field.name, pa.array(texts, pa.string()))
    return table


def _parquet(first: pa.Table, others: Iterator[pa.Table]) -> Iterator[bytes]:
    from pyarrow import parquet  # noqa: PLC0415 # heavy

    with tempfile.TemporaryFile() as file:
        with parquet.ParquetWriter(file, first.schema, compression="zstd") as writer:
            writer.write_table(first)
            for each in others:
                writer.write_table(each.cast(first.schema))
        file.seek(0)
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
