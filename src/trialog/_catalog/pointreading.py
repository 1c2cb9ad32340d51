"""Points of many runs for queries: each segment opened once, the rest from journals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from trialog._catalog.compaction import Compactor, is_worth_it
from trialog._catalog.plans import PointsPlan, plan_points
from trialog._catalog.segments import UNREADABLE, SegmentReader, Wanted
from trialog._catalog.series import read_from_journals
from trialog._catalog.views import View, journals_of, merge_view
from trialog._journals.scanning import Reading
from trialog._journals.stretches import Stretch
from trialog.errors import StoreError

if TYPE_CHECKING:
    from trialog._catalog.catalog import Catalog

_RUNS_AT_ONCE = 512


class PointReading:
    """The points of some metrics of some runs, read run by run, each once.

    Attributes:
        view: which of them, and what is told of each.
    """

    def __init__(
        self,
        catalog: Catalog,
        runs: Sequence[int],
        names: Sequence[str],
        view: View,
        *,
        tells: bool,
    ) -> None:
        """See :meth:`trialog._catalog.catalog.Catalog.points`."""
        cut = names if view.attempt is None else ()
        plans = compact_first(catalog, runs, cut)
        self.view = view.telling(plans.values()) if tells else view
        self._catalog = catalog
        self._names = names
        self._plans = plans

    def __iter__(self) -> Iterator[tuple[int, dict[str, Stretch]]]:
        compactor, names = self._catalog.compactor(), self._names
        ordered = list(self._plans.items())
        for first in range(0, len(ordered), _RUNS_AT_ONCE):
            part = dict(ordered[first : first + _RUNS_AT_ONCE])
            found = {}
            if compactor is not None:
                found = _from_segments(compactor, part, names, self.view)
            for run, plan in part.items():
                stretches = found.get(run)
                if stretches is None:
                    stretches = _from_journals(self._catalog, plan, names, self.view)
                if stretches:
                    yield run, {name: stretches[name] for name in names if name in stretches}


def compact_first(
    catalog: Catalog, runs: Sequence[int], cut: Sequence[str]
) -> dict[int, PointsPlan]:
    """Where the points of some runs are, after compacting them where that pays."""
    plans = catalog.ask(plan_points, runs, cut)
    if is_worth_it(plans.values()) and _compact(catalog, list(plans)):
        plans = catalog.ask(plan_points, runs, cut)
    return plans


def _compact(catalog: Catalog, runs: Sequence[int]) -> bool:
    """Compact, unless another process is at it or there is no room: no query fails for that."""
    try:
        return bool(catalog.compact(runs, wait=False).runs)
    except StoreError:
        return False


def _from_journals(
    catalog: Catalog, plan: PointsPlan, names: Sequence[str], view: View
) -> dict[str, Stretch]:
    with Reading(plan.place.folder(catalog.store)):
        return read_from_journals(catalog.store, plan, names, view)
    return {}  # deleted meanwhile


def _from_segments(
    compactor: Compactor, plans: dict[int, PointsPlan], names: Sequence[str], view: View
) -> dict[int, dict[str, Stretch]]:
    """The points of those runs that are in segments; a segment that cannot be read is left out."""
    by_segment: dict[str, dict[int, PointsPlan]] = {}
    for run, plan in plans.items():
        if plan.segment is not None:
            by_segment.setdefault(plan.segment, {})[run] = plan
    found: dict[int, dict[str, Stretch]] = {}
    for segment, members in by_segment.items():
        try:
            found.update(_read_segment(compactor, segment, members, names, view))
        except UNREADABLE as error:
            compactor.note_trouble(segment, error)
    return found


def _read_segment(
    compactor: Compactor,
    segment: str,
    plans: dict[int, PointsPlan],
    names: Sequence[str],
    view: View,
) -> dict[int, dict[str, Stretch]]:
    journals = {run: journals_of(plan, view) for run, plan in plans.items()}
    writers = {run: {each.writer for each in some} for run, some in journals.items()}
    wanted = [
        Wanted((run, name, writer), first, rows)
        for run, plan in plans.items()
        for name in names
        for writer, first, rows in plan.spans.get(name, ())
        if writer in writers[run]
    ]
    with SegmentReader(compactor.folder / segment) as reader:
        stretches = reader.read(wanted)
    found: dict[int, dict[str, Stretch]] = {}
    for run, plan in plans.items():
        metrics = {}
        for name in names:
            parts = [
                (journal, stretches[run, name, journal.writer])
                for journal in journals[run]
                if (run, name, journal.writer) in stretches
            ]
            if parts:
                metrics[name] = merge_view(plan, name, parts, view)
        found[run] = metrics
    return found
