"""A run's attachments: what they are, where their bytes lie, what tables and arrays hold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from trialog._format.times import time_ns_of
from trialog._reading import RunRecord
from trialog._reading.attachments import AttachmentInfo
from trialog._reading.holdings import value_names_of
from trialog._server.cells import sendable
from trialog._server.files import checked_blob
from trialog._server.run import find_run
from trialog._server.runcontent import reader_of
from trialog._server.runshapes import (
    ArrayShape,
    AttachmentQuery,
    AttachmentShape,
    FilesShape,
    RunQuery,
    TableShape,
    VersionShape,
)
from trialog._server.store import Store
from trialog.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 1000
_COLUMNS = 200
_CELL = 300
_CSV_BYTES = 8 << 20  # of so much the first rows are taken
_CHUNK = 1 << 20
_BINS = 48
_SAMPLE = 64


def list_files(store: Store, query: RunQuery) -> FilesShape:
    """What a run holds of files and JSON values, with the addresses of the files."""
    record = find_run(store, query)
    reader = reader_of(store, query)
    found = reader.attachments
    return FilesShape(
        attachments=[
            AttachmentShape(
                name=name, versions=[_version(store, record, each) for each in found.versions(name)]
            )
            for name in found
        ],
        values=value_names_of(store.catalog, record.key),
    )


def read_table(store: Store, query: AttachmentQuery) -> TableShape:
    """The first 1,000 rows of a CSV, TSV or Parquet file that a run has."""
    import pyarrow as pa  # noqa: PLC0415 # heavy: only for whoever looks at one

    path, info = find_file(store, query)
    try:
        if "parquet" in info.media_type:
            return _parquet(path)
        return _csv(path, "\t" if "tab-separated" in info.media_type else ",")
    except (pa.ArrowException, OSError) as error:
        raise UsageError(f"attachment {query.name!r} is no table: {error}") from error


def read_array(store: Store, query: AttachmentQuery) -> ArrayShape:
    """What a numpy array that a run has comes to: its shape, its values in short."""
    path, _ = find_file(store, query)
    try:
        array = _array(path)
    except (ValueError, OSError, SyntaxError, EOFError, RecursionError) as error:
        raise UsageError(f"attachment {query.name!r} is no plain array: {error}") from error
    return _described(array)


def find_file(store: Store, query: AttachmentQuery) -> tuple[Path, AttachmentInfo]:
    """Where an attachment's bytes lie, once they are there and are what was logged."""
    record = find_run(store, query)
    info = reader_of(store, query).attachments.find(query.name, query.version)
    return checked_blob(store, record, info.sha256, info.size_bytes), info


def file_url(store: Store, record: RunRecord, info: AttachmentInfo) -> str:
    """Where the bytes of an attachment are to be had, on this server."""
    place, name = record.place.project, _filename(info)
    ticket: dict[str, Any] = {
        "run": record.id,
        "namespace": place.namespace,
        "project": place.project,
        "sha256": info.sha256,
        "size": info.size_bytes,
        "type": info.media_type,
        "name": name,
    }
    return f"/files/{store.tickets.make(ticket)}/{quote(name, safe='')}"


def _filename(info: AttachmentInfo) -> str:
    return info.filename or info.name.rpartition("/")[2] or "file"


def _version(store: Store, record: RunRecord, info: AttachmentInfo) -> VersionShape:
    return VersionShape(
        version=info.version,
        media_type=info.media_type,
        size_bytes=info.size_bytes,
        sha256=info.sha256,
        filename=_filename(info),
        step=info.step,
        codec=info.codec,
        created_ns=time_ns_of(info.date_created),
        file=file_url(store, record, info),
    )


# -- tables ----------------------------------------------------------------------------------------


def _parquet(path: Path) -> TableShape:
    from pyarrow import parquet  # noqa: PLC0415 # as above

    file = parquet.ParquetFile(path, memory_map=True)
    schema = file.schema_arrow
    names = schema.names[:_COLUMNS]
    rows: list[list[str | None]] = []
    for batch in file.iter_batches(_ROWS, columns=names):
        rows += _rows(batch)
        if len(rows) >= _ROWS:
            break
    return TableShape(
        columns=names,
        kinds=[str(field.type) for field in list(schema)[:_COLUMNS]],
        rows=rows[:_ROWS],
        total=file.metadata.num_rows,
        total_columns=len(schema.names),
    )


def _csv(path: Path, delimiter: str) -> TableShape:
    from pyarrow import BufferReader, csv  # noqa: PLC0415 # as above

    with path.open("rb") as file:
        data = file.read(_CSV_BYTES)
        is_all = not file.read(1)
    if not is_all:
        data = data.rpartition(b"\n")[0]
    if not data.strip():
        return TableShape(columns=[], kinds=[], rows=[], total=0, total_columns=0)
    table = csv.read_csv(
        BufferReader(data.decode("utf-8", "replace").encode()),
        csv.ReadOptions(use_threads=False),
        csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
    )
    names = table.column_names[:_COLUMNS]
    first = table.slice(0, _ROWS).select(range(len(names)))
    rows = [row for batch in first.to_batches() for row in _rows(batch)]
    return TableShape(
        columns=names,
        kinds=[str(field.type) for field in list(table.schema)[:_COLUMNS]],
        rows=rows,
        total=table.num_rows if is_all else None,
        total_columns=table.num_columns,
    )


def _rows(batch: pa.RecordBatch) -> Iterator[list[str | None]]:
    columns = [[_cell(each) for each in column.to_pylist()] for column in batch.columns]
    return map(list, zip(*columns, strict=True))


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else repr(value) if _is_number(value) else str(value)
    return text if len(text) <= _CELL else f"{text[:_CELL]} …"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


# -- arrays ----------------------------------------------------------------------------------------


def _array(path: Path) -> NDArray[Any]:
    """The array of a file, in no more memory than is looked at; never one that needs pickle."""
    array: NDArray[Any] = np.lib.format.open_memmap(path, mode="r")
    return array


def _described(array: NDArray[Any]) -> ArrayShape:
    flat = array.reshape(-1, order="A")
    is_numeric = array.dtype.kind in "biuf"
    least, greatest, total, finite, nan = math.inf, -math.inf, 0.0, 0, 0
    for part in _parts(flat) if is_numeric else ():
        good = part[np.isfinite(part)]
        nan += int(np.isnan(part).sum())
        finite += len(good)
        if len(good):
            least, greatest = min(least, good.min()), max(greatest, good.max())
            with np.errstate(over="ignore"):
                total += float(good.sum())
    mean = total / finite if finite else 0.0
    if math.isinf(mean):  # values are finite, and so is their mean
        mean = sum(float((part[np.isfinite(part)] / finite).sum()) for part in _parts(flat))
    counts = np.zeros(0, np.int64)
    edges = np.zeros(0)
    if finite:
        edges = _edges(least, greatest)
        counts = np.zeros(_BINS, np.int64)
        for part in _parts(flat):
            counts += np.histogram(part[np.isfinite(part)], edges)[0]
    return ArrayShape(
        shape=list(array.shape),
        dtype=str(array.dtype),
        size=array.size,
        least=sendable(float(least)) if finite else None,
        greatest=sendable(float(greatest)) if finite else None,
        mean=sendable(mean) if finite else None,
        nan=nan,
        infinite=array.size - nan - finite if is_numeric else 0,
        counts=counts.tolist(),
        edges=edges.tolist(),
        sample=[str(each) for each in flat[:_SAMPLE].tolist()],
    )


def _edges(least: float, greatest: float) -> NDArray[np.float64]:
    """The edges of bins from the least value to the greatest; some are equal where doubles end."""
    if least == greatest:
        half = max(0.5, abs(least) * 2.0**-40)
        least, greatest = least - half, greatest + half
    shares = np.linspace(0, 1, _BINS + 1)
    return np.maximum.accumulate(np.clip(least * (1 - shares) + greatest * shares, least, greatest))


def _parts(flat: NDArray[Any]) -> Iterator[NDArray[np.float64]]:
    for start in range(0, len(flat), _CHUNK):
        yield flat[start : start + _CHUNK].astype(np.float64)
