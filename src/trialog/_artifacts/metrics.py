"""All points of an experiment's runs in Parquet, in the schema of our segments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from trialog._artifacts.observations import Observed, Series
from trialog._artifacts.tables import TABLE_TYPE
from trialog._catalog.segments import SegmentRun, SegmentWriter, sliced
from trialog._format.folders import StoreFolder
from trialog._oci.descriptors import Descriptor
from trialog._writing.blobs import BlobWriter

ROWS_A_LAYER = 2_000_000  # of 24 bytes at most: below 64 MiB


class _Layer(NamedTuple):
    """What goes into one blob; of a run that is too large for one, a part."""

    runs: Sequence[Observed]
    series: Iterable[tuple[Observed, Series]]
    is_whole: bool


def write_metrics(
    blobs: BlobWriter, store: StoreFolder, runs: Sequence[Observed]
) -> list[Descriptor]:
    """Put the points of runs into blobs, as many as it takes; none where there are no points.

    Args:
        blobs: takes them.
        store: where the journals lie.
        runs: which ones, each once.

    Raises:
        OSError: a journal cannot be read, or the store not be written.
    """
    ordered = sorted((run for run in runs if run.points), key=lambda run: run.place)
    layers = []
    for layer in _layers(ordered, store):
        blob = blobs.put_made(partial(_write, layer))
        layers.append(Descriptor(TABLE_TYPE, f"sha256:{blob.sha256}", blob.size_bytes))
    return layers


def _write(layer: _Layer, path: Path) -> None:
    # the column of exact integers is always there: one schema for all
    writer = SegmentWriter(path, has_exact=True)
    try:
        described = {
            # of a run that is in several files none says that it holds all of it
            run.place: SegmentRun(run.place, run.offsets() if layer.is_whole else {})
            for run in layer.runs
        }
        for run, each in layer.series:
            writer.add(described[run.place], each.metric, each.writer, each.stretch)
        writer.finish(list(described.values()))
    except BaseException:
        writer.abandon()
        raise


def _layers(runs: Iterable[Observed], store: StoreFolder) -> Iterator[_Layer]:
    """What goes together; the points are read when a layer is written."""
    together: list[Observed] = []
    room = ROWS_A_LAYER
    for run in runs:
        if run.points > room and together:
            yield _Layer(together, _series_of(together, store), is_whole=True)
            together, room = [], ROWS_A_LAYER
        if run.points > ROWS_A_LAYER:
            yield from _parts(run, store)
        else:
            together.append(run)
            room -= run.points
    if together:
        yield _Layer(together, _series_of(together, store), is_whole=True)


def _series_of(runs: Iterable[Observed], store: StoreFolder) -> Iterator[tuple[Observed, Series]]:
    return ((run, each) for run in runs for each in run.each_series(store))


def _parts(run: Observed, store: StoreFolder) -> Iterator[_Layer]:
    """A large run, in several layers."""
    series = run.each_series(store)
    held: list[Series] = []
    for first in range(0, run.points, ROWS_A_LAYER):
        rows = min(ROWS_A_LAYER, run.points - first)
        yield _Layer([run], _taken(run, series, held, rows), is_whole=False)


def _taken(
    run: Observed, series: Iterator[Series], held: list[Series], rows: int
) -> Iterator[tuple[Observed, Series]]:
    """The next points of a run, so many; what is left of a series is held for the next layer."""
    while rows and (each := held.pop() if held else next(series, None)) is not None:
        count = len(each.stretch)
        if count > rows:
            held.append(each._replace(stretch=sliced(each.stretch, rows, count - rows)))
            each = each._replace(stretch=sliced(each.stretch, 0, rows))
        rows -= len(each.stretch)
        yield run, each
