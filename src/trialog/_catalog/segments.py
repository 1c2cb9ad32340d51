"""Segments: the points of many ended runs in one Parquet file.

Rows are sorted by run, metric and writer; a run of more points than fit in memory comes in several
stripes, each sorted. The file says of itself which runs it holds, what of their journals it has
seen, and which rows are whose, so that any catalog can adopt it.
"""

from __future__ import annotations

import base64
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from trialog._catalog.plans import Spans
from trialog._journals.addresses import ProjectPlace, RunPlace
from trialog._journals.stretches import Stretch, empty_stretch, join

ROWS_A_GROUP = 100_000
FORMAT = 1
SUFFIX = ".parquet"
UNREADABLE = (OSError, ValueError, KeyError, TypeError, pa.ArrowException, zlib.error)
"""What reading a segment that is not what was written may raise."""

_METADATA_KEY = "trialog"
_TOGETHER = 40  # row groups read at once: 4 million rows, 100 MB
_NAMES = ("run", "metric", "writer")
_DATA = ("step", "time_ns", "value")


@dataclass(slots=True)
class SegmentRun:
    """What a segment holds of one run.

    Attributes:
        place: the run.
        journals: its journals with points, and up to where each was read.
        spans: which rows are whose.
    """

    place: RunPlace
    journals: dict[str, int]
    spans: Spans = field(default_factory=dict)


class SegmentWriter:
    """Writes a segment, series after series; memory stays bounded by a row group."""

    def __init__(self, path: Path, *, has_exact: bool) -> None:
        """Begin a file.

        Args:
            path: of the file, which must not exist under its final name yet.
            has_exact: some values are integers that a double cannot hold.
        """
        dictionary = pa.dictionary(pa.int32(), pa.string())
        fields = [(name, dictionary) for name in _NAMES]
        fields += [("step", pa.int64()), ("time_ns", pa.int64()), ("value", pa.float64())]
        if has_exact:
            fields.append(("exact", pa.string()))
        self._schema = pa.schema(fields)
        self._has_exact = has_exact
        self._writer = pq.ParquetWriter(
            path,
            self._schema,
            compression="zstd",
            compression_level=3,
            use_dictionary=list(_NAMES),
            column_encoding={
                "step": "DELTA_BINARY_PACKED",
                "time_ns": "DELTA_BINARY_PACKED",
                "value": "BYTE_STREAM_SPLIT",
            },
            write_statistics=list(_NAMES),
            write_page_checksum=True,
        )
        self._pieces: list[tuple[tuple[str, str, str], Stretch]] = []
        self._waiting = 0
        self.rows = 0

    def add(self, run: SegmentRun, metric: str, writer: str, stretch: Stretch) -> None:
        """Add points of a series."""
        if not len(stretch):
            return
        run.spans.setdefault(metric, []).append([writer, self.rows, len(stretch)])
        self.rows += len(stretch)
        first = 0
        while first < len(stretch):
            count = min(len(stretch) - first, ROWS_A_GROUP - self._waiting)
            part = sliced(stretch, first, count)
            self._pieces.append(((run.place.id, metric, writer), part))
            self._waiting += count
            first += count
            if self._waiting == ROWS_A_GROUP:
                self._flush()

    def finish(self, runs: Sequence[SegmentRun]) -> None:
        """Write what is left, and what the file says of itself."""
        self._flush()
        self._writer.add_key_value_metadata({_METADATA_KEY: _describe(runs)})
        self._writer.close()
        pa.default_memory_pool().release_unused()  # of a server's memory

    def abandon(self) -> None:
        """Close the file as it is."""
        self._writer.close()

    def _flush(self) -> None:
        if not self._pieces:
            return
        lengths = [len(stretch) for _, stretch in self._pieces]
        arrays = []
        for level in range(len(_NAMES)):
            texts = [names[level] for names, _ in self._pieces]
            known = {text: number for number, text in enumerate(dict.fromkeys(texts))}
            codes = np.repeat(np.array([known[text] for text in texts], np.int32), lengths)
            arrays.append(pa.DictionaryArray.from_arrays(codes, pa.array(list(known), pa.string())))
        whole = join([stretch for _, stretch in self._pieces])
        arrays += [pa.array(whole.steps), pa.array(whole.times_ns), pa.array(whole.values)]
        if self._has_exact:
            exact: list[str | None] = [None] * len(whole)
            for row, number in whole.exact.items():
                exact[row] = str(number)
            arrays.append(pa.array(exact, pa.string()))
        table = pa.Table.from_arrays(arrays, schema=self._schema)
        self._writer.write_table(table, row_group_size=ROWS_A_GROUP)
        self._pieces, self._waiting = [], 0


class Wanted(NamedTuple):
    """Rows of a segment that somebody asks for."""

    key: Any
    first: int
    rows: int


class SegmentReader:
    """Reads series from a segment; checksums of pages are checked.

    Raises:
        OSError, ValueError, pyarrow.ArrowException: the file is missing or damaged.
    """

    def __init__(self, path: Path, *, is_mapped: bool = True) -> None:
        """Open it.

        Args:
            path: of the file.
            is_mapped: by memory mapping: quicker, but what was read counts as this process's.
        """
        self._file = pq.ParquetFile(path, memory_map=is_mapped, page_checksum_verification=True)
        metadata = self._file.metadata
        self._has_exact = "exact" in self._file.schema_arrow.names
        sizes = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
        self._starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def rows(self) -> int:
        """How many points it holds."""
        return int(self._starts[-1])

    def runs(self) -> list[SegmentRun]:
        """What it says it holds."""
        found = (self._file.metadata.metadata or {}).get(_METADATA_KEY.encode())
        if found is None:
            raise ValueError("it does not say what it holds")
        return _described(found)

    def read(self, wanted: Iterable[Wanted]) -> dict[Any, Stretch]:
        """The rows asked for, by key; those of one key are joined in the order asked for."""
        ordered = list(wanted)
        if any(each.first < 0 or each.first + each.rows > self.rows for each in ordered):
            raise ValueError("the segment holds fewer rows than it is said to")
        groups = sorted({group for each in ordered for group in self._groups_of(each)})
        parts: dict[int, list[Stretch]] = {number: [] for number in range(len(ordered))}
        for first in range(0, len(groups), _TOGETHER):
            self._read_groups(groups[first : first + _TOGETHER], ordered, parts)
        by_key: dict[Any, list[Stretch]] = {}
        for number, each in enumerate(ordered):
            by_key.setdefault(each.key, []).extend(parts[number])
        return {key: join(stretches) for key, stretches in by_key.items()}

    def check(self) -> None:
        """Read every page, so that damage shows."""
        for group in range(len(self._starts) - 1):
            self._file.read_row_group(group)

    def _groups_of(self, wanted: Wanted) -> range:
        first = int(np.searchsorted(self._starts, wanted.first, "right")) - 1
        last = int(np.searchsorted(self._starts, wanted.first + wanted.rows, "left"))
        return range(first, last)

    def _read_groups(
        self, groups: list[int], ordered: Sequence[Wanted], parts: dict[int, list[Stretch]]
    ) -> None:
        names = [*_DATA, "exact"] if self._has_exact else list(_DATA)
        table = self._file.read_row_groups(groups, columns=names)
        steps, times, values = (_numbers_of(table.column(name)) for name in _DATA)
        exact = _exact_of(table.column("exact")) if self._has_exact else {}
        whole = Stretch(steps, times, values, exact)
        sizes = [int(self._starts[group + 1] - self._starts[group]) for group in groups]
        at = dict(zip(groups, np.concatenate([[0], np.cumsum(sizes)]).tolist(), strict=False))
        for number, each in enumerate(ordered):
            mine = [group for group in self._groups_of(each) if group in at]
            if not mine:
                continue
            first = max(each.first, int(self._starts[mine[0]]))
            last = min(each.first + each.rows, int(self._starts[mine[-1] + 1]))
            place = at[mine[0]] + first - int(self._starts[mine[0]])
            parts[number].append(sliced(whole, place, last - first))


def publish(temporary: Path, final: Path) -> None:
    """Bring a finished file to the disk, then under its name."""
    fd = os.open(temporary, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
    temporary.replace(final)


def sliced(stretch: Stretch, first: int, count: int) -> Stretch:
    """Some points of a stretch that follow each other."""
    if not count:
        return empty_stretch()
    if count == len(stretch):
        return stretch
    exact = {}
    if stretch.exact:
        exact = {
            row - first: number
            for row, number in stretch.exact.items()
            if first <= row < first + count
        }
    part = slice(first, first + count)
    return Stretch(stretch.steps[part], stretch.times_ns[part], stretch.values[part], exact)


def _numbers_of(column: Any) -> NDArray[Any]:
    """A column of numbers, none missing; its own `to_numpy` loads pandas, which takes 40 MB."""
    dtype = column.type.to_pandas_dtype()
    parts = [
        np.frombuffer(chunk.buffers()[1], dtype)[chunk.offset : chunk.offset + len(chunk)]
        for chunk in column.chunks
        if len(chunk)
    ]
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, dtype), *parts])


def _exact_of(column: Any) -> dict[int, int]:
    if column.null_count == len(column):
        return {}
    return {row: int(text) for row, text in enumerate(column.to_pylist()) if text is not None}


def _describe(runs: Sequence[SegmentRun]) -> str:
    content = {
        "format": FORMAT,
        "runs": [
            {
                "namespace": run.place.project.namespace,
                "project": run.place.project.project,
                "day": run.place.day,
                "id": run.place.id,
                "journals": run.journals,
                "spans": run.spans,
            }
            for run in runs
        ],
    }
    return base64.b64encode(zlib.compress(orjson.dumps(content))).decode()


def _described(text: bytes) -> list[SegmentRun]:
    content: Mapping[str, Any] = orjson.loads(zlib.decompress(base64.b64decode(text)))
    if content["format"] != FORMAT:
        raise ValueError(f"a segment of format {content['format']}, not {FORMAT}")
    return [
        SegmentRun(
            RunPlace(ProjectPlace(run["namespace"], run["project"]), run["day"], run["id"]),
            run["journals"],
            run["spans"],
        )
        for run in content["runs"]
    ]
