"""Several runs side by side: what each says, row by row, and which rows differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from trialog._catalog import Catalog
from trialog._reading.differences import (
    RunKnowledge,
    code_of,
    environment_of,
    is_same,
    packages_of,
)
from trialog._reading.explanation import knowledge_of
from trialog._reading.headings import is_of_system
from trialog._reading.records import Records

_MEASURES = ("last", "min", "max")


class ComparedRow(NamedTuple):
    """One thing that runs say.

    Attributes:
        name: what it is called.
        values: what each run says, None where it says nothing.
        differs: whether any two of them say different things, or one says nothing.
    """

    name: str
    values: list[Any]
    differs: bool


class Area(NamedTuple):
    """Rows of one kind.

    Attributes:
        name: ``parameters``, ``metrics``, ``code``, ``packages`` or ``environment``.
        rows: in the order of the alphabet; of metrics, in that of their names.
    """

    name: str
    rows: list[ComparedRow]


def compare_runs(catalog: Catalog, records: Records) -> list[Area]:
    """All that some runs say of themselves, side by side.

    A run that has not kept a section at all (its environment, say) leaves it empty.

    Args:
        catalog: of the store, up to date.
        records: the runs.
    """
    known = [knowledge_of(catalog, record) for record in records]
    summaries = catalog.summaries(records.keys)
    metrics = [
        {
            f"{measure}({name})": getattr(summary, measure)
            for name, summary in summaries.get(key, {}).items()
            if not is_of_system(name)
            for measure in _MEASURES
        }
        for key in records.keys
    ]
    return [
        Area("parameters", _rows([each.parameters for each in known])),
        Area("metrics", _rows(metrics, _by_metric)),
        Area("code", _rows(_section(known, "code", code_of))),
        Area("packages", _rows(_section(known, "packages", packages_of))),
        Area("environment", _rows(_section(known, "environment", environment_of))),
    ]


def _section(
    known: Sequence[RunKnowledge], section: str, told: Callable[[RunKnowledge], dict[str, Any]]
) -> list[dict[str, Any]]:
    return [told(each) if each.context.get(section) else {} for each in known]


def _by_metric(name: str) -> tuple[str, int]:
    """``last(loss)`` stands beside ``min(loss)``."""
    measure, _, metric = name.partition("(")
    return metric, _MEASURES.index(measure)


def _rows(
    several: Sequence[Mapping[str, Any]], order: Callable[[str], Any] | None = None
) -> list[ComparedRow]:
    names = sorted({name for each in several for name in each}, key=order)
    speaking = [bool(each) for each in several]  # who has kept nothing at all tells nothing
    rows = []
    for name in names:
        values = [each.get(name) for each in several]
        told = [value for value, speaks in zip(values, speaking, strict=True) if speaks]
        is_whole = all(name in each for each in several if each)
        differs = not is_whole or any(not is_same(told[0], each) for each in told[1:])
        rows.append(ComparedRow(name, values, differs))
    return rows
