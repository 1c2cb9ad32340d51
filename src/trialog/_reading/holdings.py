"""What runs hold, as far as the catalog knows: no journal is looked at for it.

``content.py`` reads one run afresh for its user; these tell of runs that were just found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from trialog._catalog import Catalog, queries
from trialog._format.records import Kind
from trialog._reading.attachments import Attachments


class Trouble(NamedTuple):
    """What went wrong while a run was recorded.

    Attributes:
        time_ns: when it was noted, since 1970.
        what: it, in words.
    """

    time_ns: int
    what: str


def parameters_of(catalog: Catalog, runs: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The newest value of each parameter, by run key; runs that are gone are left out."""
    return catalog.ask(queries.parameters_of, runs)


def parameter_counts_of(catalog: Catalog, run: int) -> dict[str, int]:
    """How many values those parameters of a run have had that had several."""
    return catalog.ask(queries.parameter_counts, run)


def metric_names_of(catalog: Catalog, runs: Sequence[int]) -> list[str]:
    """The names of all metrics of some runs, sorted."""
    return catalog.ask(queries.metric_names, runs)


def value_names_of(catalog: Catalog, run: int) -> list[str]:
    """The names under which a run has JSON values, sorted."""
    return catalog.ask(queries.json_value_names, run)


def attachments_of(catalog: Catalog, run: int) -> Attachments:
    """A run's attachments by name, the newest version of each."""
    return Attachments(catalog.ask(queries.attachments, run))


def count_solves(catalog: Catalog, run: int) -> int:
    """How many calls of solvers and samplers a run has recorded."""
    return len(catalog.ask(queries.facts_of_runs, [run], Kind.SOLVE))


def troubles_of(catalog: Catalog, run: int) -> list[Trouble]:
    """What went wrong while a run was recorded, oldest first."""
    facts = catalog.ask(queries.facts_of, run, {Kind.TROUBLE})
    return [Trouble(each.time_ns, str(each.content.get("what", ""))) for each in facts]
