"""A run's whole console, kept close together: its lines by number, and where a text is in it.

A million lines take little more memory than their bytes; looking through them takes some tens of
milliseconds, whatever the expression is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trialog._catalog import Catalog, RunPlace
from trialog._reading.console import ConsoleReader, ConsoleWish, Printed, Wanted
from trialog.errors import UsageError

_STREAMS = ("both", "stdout", "stderr")
_NO_RANK = -1
_COLOUR = r"\x1b\[[0-9;:]*m"
_MAX_CHUNKS = 32
_KEPT_SEARCHES = 4


class ConsoleLog:
    """All finished lines of a run's console, numbered as they came.

    A line keeps its number: those of a run that goes on are added at the end.

    Attributes:
        open_lines: what was unfinished at the last reading.
        dropped_bytes: how much was missing in what has been read.
    """

    def __init__(self, catalog: Catalog, place: RunPlace, wish: ConsoleWish) -> None:
        """Make it; nothing is read yet.

        Args:
            catalog: where the run is read.
            place: the run's place.
            wish: which lines are asked for.
        """
        self._asked = catalog, place, wish
        self._reader = ConsoleReader(*self._asked)
        self._lock = threading.Lock()
        self._texts = pa.chunked_array([], pa.large_string())
        self._plain = self._texts
        self._times: NDArray[np.int64] = np.zeros(0, np.int64)
        self._streams: NDArray[np.int8] = np.zeros(0, np.int8)
        self._ranks: NDArray[np.int32] = np.zeros(0, np.int32)
        self._hits: dict[Wanted, NDArray[np.int64]] = {}
        self.open_lines: list[Printed] = []
        self.dropped_bytes = 0

    def __len__(self) -> int:
        return len(self._times)

    def read_on(self) -> None:
        """Take in what has been printed since; bring the catalog up to date before."""
        with self._lock:
            if not len(self):  # what the run did not keep, its experiment may have
                self._reader = ConsoleReader(*self._asked)
            parts = [_Part.of(lines) for lines in self._reader.read_portions() if lines]
            if parts:
                self._append(_Part.joined(parts))
            self.open_lines = self._reader.open_lines()
            self.dropped_bytes = self._reader.dropped_bytes

    def lines(self, start: int, stop: int) -> list[Printed]:
        """Lines by their numbers."""
        with self._lock:
            texts = self._texts.slice(start, max(0, stop - start)).to_pylist()
            return [
                Printed(int(time_ns), _STREAMS[stream], text, None if rank < 0 else int(rank))
                for time_ns, stream, text, rank in zip(
                    self._times[start:stop],
                    self._streams[start:stop],
                    texts,
                    self._ranks[start:stop],
                    strict=True,
                )
            ]

    def find(self, wanted: Wanted) -> NDArray[np.int64]:
        """The numbers of the lines that a text is in, ascending.

        Raises:
            UsageError: it is no regular expression.
        """
        with self._lock:
            found = self._hits.get(wanted)
            if found is None:
                while len(self._hits) >= _KEPT_SEARCHES:
                    self._hits.pop(next(iter(self._hits)))
                found = self._hits[wanted] = _matching(self._plain, wanted)
            return found

    def texts(self) -> Iterator[str]:
        """The text of each line, without colours; then those that are not finished."""
        with self._lock:
            plain, unfinished = self._plain, self.open_lines
        for chunk in plain.chunks:
            for start in range(0, len(chunk), 1000):
                yield from chunk.slice(start, 1000).to_pylist()
        yield from (line.text for line in unfinished)

    def _append(self, part: _Part) -> None:
        self._times = np.concatenate([self._times, part.times])
        self._streams = np.concatenate([self._streams, part.streams])
        self._ranks = np.concatenate([self._ranks, part.ranks])
        has_colours = self._plain is not self._texts
        texts = _extended(self._texts, part.texts)
        bare = part.texts
        if pc.any(pc.match_substring(bare, "\x1b")).as_py():
            bare = pc.replace_substring_regex(bare, pattern=_COLOUR, replacement="")
            self._plain = _extended(self._plain, bare)
        elif has_colours:
            self._plain = _extended(self._plain, bare)
        else:
            self._plain = texts
        self._texts = texts
        self._hits.clear()


class _Part(NamedTuple):
    """Some lines, close together."""

    texts: pa.LargeStringArray
    times: NDArray[np.int64]
    streams: NDArray[np.int8]
    ranks: NDArray[np.int32]

    @classmethod
    def of(cls, lines: Sequence[Printed]) -> _Part:
        return cls(
            pa.array([_encodable(line.text) for line in lines], pa.large_string()),
            np.array([line.time_ns for line in lines], np.int64),
            np.array([_STREAMS.index(line.stream) for line in lines], np.int8),
            np.array([_NO_RANK if line.rank is None else line.rank for line in lines], np.int32),
        )

    @classmethod
    def joined(cls, parts: Sequence[_Part]) -> _Part:
        """Several portions in the order of their lines' times."""
        texts = pa.concat_arrays([part.texts for part in parts])
        times = np.concatenate([part.times for part in parts])
        streams = np.concatenate([part.streams for part in parts])
        ranks = np.concatenate([part.ranks for part in parts])
        if len(times) > 1 and np.any(times[1:] < times[:-1]):
            order = np.argsort(times, kind="stable")
            texts, times = texts.take(pa.array(order)), times[order]
            streams, ranks = streams[order], ranks[order]
        return cls(texts, times, streams, ranks)


def _extended(texts: pa.ChunkedArray, more: pa.LargeStringArray) -> pa.ChunkedArray:
    chunks = [*texts.chunks, more]
    if len(chunks) > _MAX_CHUNKS:
        chunks = [pa.concat_arrays(chunks)]
    return pa.chunked_array(chunks, pa.large_string())


def _matching(texts: pa.ChunkedArray, wanted: Wanted) -> NDArray[np.int64]:
    match = pc.match_substring_regex if wanted.is_regex else pc.match_substring
    try:
        found = match(texts, wanted.text, ignore_case=not wanted.is_exact)
    except pa.ArrowInvalid as error:
        raise UsageError(f"{wanted.text!r} is no regular expression: {error}") from error
    flags = found.combine_chunks().to_numpy(zero_copy_only=False)
    return np.flatnonzero(flags).astype(np.int64)


def _encodable(text: str) -> str:
    return text.encode(errors="replace").decode() if not text.isascii() else text
