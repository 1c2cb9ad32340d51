"""The points of one long series in pieces, so that they need not be in memory at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from trialog._catalog.plans import PointsPlan
from trialog._catalog.pointreading import compact_first
from trialog._catalog.segments import UNREADABLE, SegmentReader, Wanted
from trialog._catalog.series import journal_points
from trialog._catalog.views import LATEST
from trialog._journals.scanning import Reading
from trialog._journals.stretches import Stretch

if TYPE_CHECKING:
    from trialog._catalog.catalog import Catalog

_ROWS_AT_ONCE = 1 << 18


def stream_points(catalog: Catalog, run: int, metric: str) -> Iterator[Stretch]:
    """A metric's points as the latest attempt shows them, in pieces, in their order.

    Where several writers have logged it, they come in one piece: they are merged by time.

    Args:
        catalog: which is up to date.
        run: its key.
        metric: its name.
    """
    plan = compact_first(catalog, [run], [metric]).get(run)
    if plan is None:
        return
    is_simple = len(plan.journals) == 1 and not plan.cuts.get(metric)
    if is_simple and plan.segment is not None:
        try:
            yield from _from_segment(catalog, plan, plan.segment, metric)
        except UNREADABLE as error:
            catalog.compactor().note_trouble(plan.segment, error)
            raise
        return
    if is_simple:
        with Reading(plan.place.folder(catalog.store)):
            for found in journal_points(catalog.store, plan, plan.journals[0], {metric}):
                if metric in found:
                    yield found[metric]
        return
    for _, stretches in catalog.points([run], [metric], LATEST):
        yield stretches[metric]


def _from_segment(
    catalog: Catalog, plan: PointsPlan, segment: str, metric: str
) -> Iterator[Stretch]:
    path = catalog.compactor().folder / segment
    with SegmentReader(path, is_mapped=False) as reader:
        for _, first, rows in plan.spans.get(metric, ()):
            for done in range(0, rows, _ROWS_AT_ONCE):
                count = min(_ROWS_AT_ONCE, rows - done)
                yield reader.read([Wanted(metric, first + done, count)])[metric]
    release_memory()


def release_memory() -> None:
    """Give back what reading took; a process that lives for days should not keep it."""
    pa.default_memory_pool().release_unused()
