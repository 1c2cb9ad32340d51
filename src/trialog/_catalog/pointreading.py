"""Points of many runs for queries: each segment opened once, the rest from journals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from trialog._catalog.compaction import Compactor, is_worth_it
from trialog._catalog.segments import UNREADABLE, SegmentReader, Wanted
from trialog._catalog.series import PointsPlan, plan_points, read_from_journals
from trialog._journals.scanning import Reading
from trialog._journals.stretches import Stretch, merge_writers
from trialog.errors import StoreError

if TYPE_CHECKING:
    from trialog._catalog.catalog import Catalog

_RUNS_AT_ONCE = 512


def read_points(
    catalog: Catalog, runs: Sequence[int], names: Sequence[str]
) -> Iterator[tuple[int, dict[str, Stretch]]]:
    """See :meth:`trialog._catalog.catalog.Catalog.points`."""
    plans = catalog.ask(plan_points, runs)
    if is_worth_it(plans.values()) and _compact(catalog, list(plans)):
        plans = catalog.ask(plan_points, runs)
    compactor = catalog.compactor()
    ordered = list(plans.items())
    for first in range(0, len(ordered), _RUNS_AT_ONCE):
        part = dict(ordered[first : first + _RUNS_AT_ONCE])
        found = _from_segments(compactor, part, names) if compactor is not None else {}
        for run, plan in part.items():
            stretches = found.get(run)
            if stretches is None:
                stretches = _from_journals(catalog, plan, names)
            if stretches:
                yield run, {name: stretches[name] for name in names if name in stretches}


def _compact(catalog: Catalog, runs: Sequence[int]) -> bool:
    """Compact, unless another process is at it or there is no room: no query fails for that."""
    try:
        return bool(catalog.compact(runs, wait=False).runs)
    except StoreError:
        return False


def _from_journals(catalog: Catalog, plan: PointsPlan, names: Sequence[str]) -> dict[str, Stretch]:
    with Reading(plan.place.folder(catalog.store)):
        return read_from_journals(catalog.store, plan, names)
    return {}  # deleted meanwhile


def _from_segments(
    compactor: Compactor, plans: dict[int, PointsPlan], names: Sequence[str]
) -> dict[int, dict[str, Stretch]]:
    """The points of those runs that are in segments; a segment that cannot be read is left out."""
    by_segment: dict[str, dict[int, PointsPlan]] = {}
    for run, plan in plans.items():
        if plan.segment is not None:
            by_segment.setdefault(plan.segment, {})[run] = plan
    found: dict[int, dict[str, Stretch]] = {}
    for segment, members in by_segment.items():
        try:
            found.update(_read_segment(compactor, segment, members, names))
        except UNREADABLE as error:
            compactor.note_trouble(segment, error)
    return found


def _read_segment(
    compactor: Compactor, segment: str, plans: dict[int, PointsPlan], names: Sequence[str]
) -> dict[int, dict[str, Stretch]]:
    wanted = [
        Wanted((run, name, writer), first, rows)
        for run, plan in plans.items()
        for name in names
        for writer, first, rows in plan.spans.get(name, ())
    ]
    with SegmentReader(compactor.folder / segment) as reader:
        stretches = reader.read(wanted)
    found: dict[int, dict[str, Stretch]] = {}
    for run, plan in plans.items():
        metrics = {}
        for name in names:
            writers = dict.fromkeys(writer for writer, *_ in plan.spans.get(name, ()))
            parts = [stretches[run, name, writer] for writer in sorted(writers)]
            if parts:
                metrics[name] = merge_writers(parts)
        found[run] = metrics
    return found
