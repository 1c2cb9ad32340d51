"""Long lines: in files of the caches, with a pyramid each, so that no chart of one reads all of it.

The files are named by what they were made of. They are made again where they are not there, and can
be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import weakref
import zipfile
from collections.abc import Hashable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trialog._catalog import Catalog, Stretch
from trialog._charts.lines import BILLION
from trialog._charts.pyramids import SPAN, Pyramid, PyramidBuilder, edges_of, pieces_of
from trialog._charts.smoothing import Decay, Smoothing, smooth, window_means
from trialog._charts.wishes import ChartWish

Floats = NDArray[np.float64]

LONG = 1_000_000
"""A series of more points is kept in files."""

_FORMAT = 2
_NUMBER_BYTES = 8
_SAMPLE = 64  # edges are chosen from every so many values; what is counted are all
_MAX_BYTES = 4 << 30
_BROKEN = (OSError, ValueError, KeyError, zipfile.BadZipFile)


class FileRows:
    """The points of a line in two files; see :class:`trialog._charts.rows.Rows`."""

    def __init__(self, x: Path, y: Path, count: int) -> None:
        """Open the files.

        Raises:
            OSError: one is missing.
            ValueError: one has not so many points.
        """
        self.x_path, self._count = x, count
        self.pyramid: Pyramid | None = None
        self._files = [os.open(path, os.O_RDONLY | os.O_CLOEXEC) for path in (x, y)]
        for file in self._files:
            weakref.finalize(self, os.close, file)
        if any(os.fstat(file).st_size != count * _NUMBER_BYTES for file in self._files):
            raise ValueError(f"{y} has not {count} points")

    def __len__(self) -> int:
        return self._count

    def read(self, first: int, stop: int) -> tuple[Floats, Floats]:
        """Give x and y of some points in a row."""
        size, start = (stop - first) * _NUMBER_BYTES, first * _NUMBER_BYTES
        x, y = (np.frombuffer(os.pread(file, size, start)) for file in self._files)
        return x, y

    def values(self, first: int, stop: int) -> Floats:
        """Give y of some points in a row."""
        size, start = (stop - first) * _NUMBER_BYTES, first * _NUMBER_BYTES
        return np.frombuffer(os.pread(self._files[1], size, start))


class LongLines:
    """Makes and finds the files of long lines.

    Safe to use from several threads; one line is made at a time, so memory stays bounded.
    """

    def __init__(self, catalog: Catalog) -> None:
        """Make it.

        Args:
            catalog: of the store.
        """
        self._catalog = catalog
        self._lock = threading.Lock()

    def rows(
        self, run: int, metric: str, wish: ChartWish, origin_ns: int, stamp: Hashable
    ) -> tuple[FileRows, FileRows | None] | None:
        """A line as logged, and smoothed where that is asked for; None where files cannot be kept.

        Args:
            run: its key.
            metric: its name.
            wish: of the axis and the smoothing; the axis is no metric.
            origin_ns: what relative times are counted from.
            stamp: what state of the series is asked for.
        """
        caches = self._catalog.caches
        if caches is None:
            return None
        name = _digest(run, metric, wish.axis, _FORMAT)
        base = caches.charts / f"{name}-{_digest(stamp, origin_ns)}"
        try:
            with self._lock:
                plain = _opened(base, base)
                if plain is None:
                    caches.charts.mkdir(parents=True, exist_ok=True)
                    _sweep(caches.charts, name)
                    self._write(base, run, metric, wish, origin_ns)
                    plain = _opened(base, base)
                if plain is None or wish.smoothing is None:
                    return None if plain is None else (plain, None)
                smoothed_base = base.with_name(f"{base.name}-{_digest(str(wish.smoothing))}")
                smoothed = _opened(base, smoothed_base)
                if smoothed is None:
                    _write_smoothed(smoothed_base, plain, wish.smoothing)
                    smoothed = _opened(base, smoothed_base)
                return None if smoothed is None else (plain, smoothed)
        except _BROKEN:
            return None  # no room, or no right to write there: memory will do

    def _write(self, base: Path, run: int, metric: str, wish: ChartWish, origin_ns: int) -> None:
        """Write the points of a line, in the order of x."""
        from trialog._catalog.pointstream import stream_points  # noqa: PLC0415 # loads pyarrow

        is_ascending, last, count = True, -np.inf, 0
        with _replacing(_x(base)) as x_path, _replacing(_y(base)) as y_path:
            with x_path.open("wb") as x_file, y_path.open("wb") as y_file:
                for stretch in stream_points(self._catalog, run, metric):
                    x = _axis(stretch, wish, origin_ns)
                    if len(x):
                        is_ascending &= bool(x[0] >= last and (x[1:] >= x[:-1]).all())
                        last, count = x[-1], count + len(x)
                    x.tofile(x_file)
                    np.asarray(stretch.values, np.float64).tofile(y_file)
            if not is_ascending:
                order = np.argsort(np.fromfile(x_path), kind="stable")
                for path in (x_path, y_path):
                    values = np.fromfile(path)
                    with path.open("wb") as file:
                        for first in range(0, count, SPAN):
                            values[order[first : first + SPAN]].tofile(file)
                    del values
        _write_pyramid(base, FileRows(_x(base), _y(base), count))


def _axis(stretch: Stretch, wish: ChartWish, origin_ns: int) -> Floats:
    if wish.axis == "step":
        return stretch.steps.astype(np.float64)
    since_ns = origin_ns if wish.axis == "relative" else 0
    return np.asarray((stretch.times_ns - since_ns) / BILLION)


def _write_smoothed(base: Path, plain: FileRows, smoothing: Smoothing) -> None:
    with _replacing(_y(base)) as path, path.open("wb") as file:
        pyramid = plain.pyramid
        is_whole = pyramid is not None and not pyramid.numbers[2:5].any()
        if smoothing.kind == "window" and pyramid is not None and is_whole:
            largest = max(-float(pyramid.floats[2].min()), float(pyramid.floats[3].max()))
            size = int(smoothing.amount)
            for means in window_means(plain.values, len(plain), size, largest):
                means.tofile(file)
        elif smoothing.kind == "window":
            _, y = plain.read(0, len(plain))
            (smoothed,) = smooth([(y, y)], smoothing)
            smoothed.tofile(file)
        else:
            decay = Decay(smoothing)
            for x, y in pieces_of(plain):
                decay.smooth(x, y).tofile(file)
    _write_pyramid(base, FileRows(plain.x_path, _y(base), len(plain)))


def _write_pyramid(base: Path, rows: FileRows) -> None:
    some = [y[::_SAMPLE] for _, y in pieces_of(rows)]
    builder = PyramidBuilder(edges_of(np.concatenate(some) if some else np.empty(0)))
    for x, y in pieces_of(rows):
        builder.add(x, y)
    pyramid = builder.finish()
    with _replacing(_pyramid(base)) as path, path.open("wb") as file:
        np.savez(
            file,
            rows=np.array(pyramid.rows),
            floats=pyramid.floats,
            numbers=pyramid.numbers,
            edges=pyramid.edges,
            counts=pyramid.counts,
        )


def _opened(x_base: Path, base: Path) -> FileRows | None:
    """The rows in files, or None where one is missing or not what was written."""
    try:
        with _pyramid(base).open("rb") as file, np.load(file, allow_pickle=False) as kept:
            names = ("floats", "numbers", "edges", "counts")
            pyramid = Pyramid(int(kept["rows"]), *(kept[name] for name in names))
        rows = FileRows(_x(x_base), _y(base), pyramid.rows)
    except _BROKEN:
        return None
    rows.pyramid = pyramid
    return rows


def _sweep(folder: Path, name: str) -> None:
    """Remove older states of a line; and where all are too much, those that were made first."""
    for path in folder.glob(f"{name}-*"):
        path.unlink(missing_ok=True)
    found = []
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            state = path.stat()
            found.append((state.st_mtime_ns, state.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= _MAX_BYTES:
            return
        path.unlink(missing_ok=True)
        total -= size


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A file of another name while it is written, and of this one once it is whole."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _x(base: Path) -> Path:
    return base.with_name(base.name + ".x")


def _y(base: Path) -> Path:
    return base.with_name(base.name + ".y")


def _pyramid(base: Path) -> Path:
    return base.with_name(base.name + ".npz")


def _digest(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()
