"""What the runs of a project have in common and what tells them apart."""

from __future__ import annotations

from typing import Any, Literal

from trialog._catalog import Catalog
from trialog._filters.quoting import parameter_text
from trialog._reading import Records
from trialog._reading.differences import comparable
from trialog._reading.holdings import parameters_of
from trialog._server.shapes import ParameterHead

_MOST_DISTINCT = 50
_Type = Literal["number", "text", "flag", "mixed"]


def parameter_heads(catalog: Catalog, records: Records) -> list[ParameterHead]:
    """The parameters of some runs: those that differ between them first, then as they were logged.

    Args:
        catalog: of the store.
        records: the runs, newest first.
    """
    values: dict[str, set[Any]] = {}
    types: dict[str, set[_Type]] = {}
    counts: dict[str, int] = {}
    for parameters in parameters_of(catalog, records.keys).values():
        for name, value in parameters.items():
            counts[name] = counts.get(name, 0) + 1
            types.setdefault(name, set()).add(_type_of(value))
            seen = values.setdefault(name, set())
            if len(seen) < _MOST_DISTINCT:
                seen.add(comparable(value))
    heads = [
        ParameterHead(
            name=name,
            text=parameter_text(name),
            type=types[name].pop() if len(types[name]) == 1 else "mixed",
            distinct=len(seen),
            runs=counts[name],
        )
        for name, seen in values.items()
    ]
    return sorted(heads, key=lambda head: head.distinct < 2 and head.runs == len(records))  # noqa: PLR2004


def _type_of(value: Any) -> _Type:
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else "text"
