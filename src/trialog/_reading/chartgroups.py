"""Which runs of a chart belong together: those that have a value in common."""

from __future__ import annotations

from typing import Any

from trialog._catalog import Catalog, queries
from trialog._filters.evaluating import rank_of, value_of
from trialog._filters.expressions import Metric
from trialog._filters.parsing import parse_operand
from trialog._reading.chartquestions import Groups
from trialog._reading.records import Records
from trialog._reading.rowvalues import RowValues


def group_runs(catalog: Catalog, records: Records, field: str) -> Groups:
    """The groups of runs, in the order of their values; runs without a value come last, together.

    Args:
        catalog: which is up to date.
        records: the runs.
        field: a parameter, a fact or what a metric comes to, in the filter language.

    Raises:
        FilterError: it asks for nothing, or for more than one thing.
    """
    operand = parse_operand(field)
    parameters = catalog.ask(queries.parameters_of, records.keys)
    summaries: dict[int, dict[str, Any]] = {}
    if isinstance(operand, Metric):
        summaries = catalog.summaries(records.keys, [operand.name])
    found: dict[Any, list[int]] = {}
    shown: dict[Any, str] = {}
    for row, (_, status) in zip(records.rows, records.facts, strict=True):
        own = parameters.get(row.key, {}), summaries.get(row.key, {})
        value = value_of(operand, RowValues(row, status, records.now_ns, *own))
        rank = rank_of(value if not isinstance(value, tuple) else ", ".join(value))
        found.setdefault(rank, []).append(row.key)
        shown.setdefault(rank, "missing" if rank is None else _label(value))
    ranks = sorted((rank for rank in found if rank is not None), key=lambda rank: rank)
    ranks += [None] if None in found else []
    members = {key: number for number, rank in enumerate(ranks) for key in found[rank]}
    return Groups(tuple(shown[rank] for rank in ranks), members)


def _label(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)
