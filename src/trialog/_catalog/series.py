"""The points of a run from its journals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from trialog._catalog.plans import JournalPoints, PointsPlan
from trialog._catalog.views import LATEST, View, journals_of, merge_view
from trialog._format import columns
from trialog._format.decoding import BlockIndex
from trialog._format.folders import StoreFolder
from trialog._journals.journals import JournalFile, with_next
from trialog._journals.jsonvalues import continuing_calls, json_calls
from trialog._journals.numbering import Numbering
from trialog._journals.stretches import Stretch, by_metric, join


def journal_points(
    store: StoreFolder, plan: PointsPlan, journal: JournalPoints, names: set[str] | None = None
) -> Iterator[dict[str, Stretch]]:
    """The points of a journal, block by block.

    Args:
        store: the store.
        plan: the run.
        journal: one of its journals.
        names: the metrics asked for; None for all.

    Raises:
        OSError: the journal cannot be read.
    """
    numbering = Numbering(dict(journal.seed))
    with JournalFile(plan.place.journal(store, journal.writer)) as file:
        blocks = file.blocks_read(journal.offset, is_rebooted=journal.is_rebooted)
        for index, after in with_next(blocks):
            wanted = index if names is None or journal.has_auto else _only(index, names)
            groups = columns.calls(wanted)
            if journal.has_auto:
                following = continuing_calls(after, store)
                numbering.assign([*groups, *json_calls(index, store)], following)
                if names is not None:
                    groups = [group for group in groups if not names.isdisjoint(group.names)]
            found = by_metric(groups)
            yield (
                found
                if names is None
                else {name: stretch for name, stretch in found.items() if name in names}
            )


def read_from_journals(
    store: StoreFolder, plan: PointsPlan, names: Iterable[str], view: View = LATEST
) -> dict[str, Stretch]:
    """A run's points of some metrics as a view shows them, its writers merged by time.

    Raises:
        OSError: a journal cannot be read.
    """
    wanted = set(names)
    by_writer: dict[str, list[tuple[JournalPoints, Stretch]]] = {}
    for journal in journals_of(plan, view):
        parts: dict[str, list[Stretch]] = {}
        for found in journal_points(store, plan, journal, wanted):
            for name, stretch in found.items():
                parts.setdefault(name, []).append(stretch)
        for name, stretches in parts.items():
            by_writer.setdefault(name, []).append((journal, join(stretches)))
    return {name: merge_view(plan, name, parts, view) for name, parts in by_writer.items()}


def _only(index: BlockIndex, names: set[str]) -> BlockIndex:
    """The same block without the calls that none of the metrics is in."""
    points = {
        word: positions
        for word, positions in index.points.items()
        if not names.isdisjoint(index.names_of(word))
    }
    return replace(index, points=points)
