"""The names and values that runs have: to complete a filter, and to say what it misses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialog._catalog import Catalog, queries
from trialog._filters import KnownNames, RunFilter, check_names
from trialog._filters.expressions import Expression, Parameter, operands_of
from trialog._reading.finding import find_in_each
from trialog._reading.headings import is_of_system
from trialog._reading.records import Records
from trialog.errors import FilterError

MOST_RUNS = 1000
_MOST_VALUES = 50
_FACTS = ("name", "host", "username", "project", "namespace")


def read_known_names(catalog: Catalog, records: Records) -> KnownNames:
    """What some runs have, in the order of the runs; metrics of the machine come last.

    Args:
        catalog: of the store.
        records: the runs; the newest thousand say enough.
    """
    values: dict[str, dict[object, None]] = {}
    tags: dict[str, None] = {}
    parameters = catalog.ask(queries.parameters_of, records.keys)
    names = list(dict.fromkeys(name for each in parameters.values() for name in each))
    for record in records:
        tags.update(dict.fromkeys(record.tags))
        owners = record.user.username, record.project.slug, record.organization.slug
        said = zip(_FACTS, (record.name, record.host, *owners), strict=True)
        pairs = [*parameters.get(record.key, {}).items(), *said]
        for name, value in pairs:
            of_name = values.setdefault(name, {})
            if len(of_name) < _MOST_VALUES:
                of_name[value] = None
    metrics = catalog.ask(queries.metric_names, records.keys)
    return KnownNames(
        parameters=names,
        metrics=sorted(metrics, key=is_of_system),
        tags=sorted(tags),
        values={name: list(each) for name, each in values.items()},
    )


def explain_names(catalog: Catalog, several: Sequence[RunFilter], where: str | None) -> str:
    """Why a condition finds nothing: the name in it that no run has.

    Args:
        catalog: of the store.
        several: filters that found nothing, and differ in their places alone.
        where: the text of their condition.

    Returns:
        What is wrong, or nothing where all names are there, or too many runs to be sure.

    Raises:
        FilterError: what is asked for as a parameter is a metric.
    """
    condition = several[0].where if several else None
    if condition is None or where is None:
        return ""
    asked = [replace(each, where=None, sort=(), offset=0, limit=MOST_RUNS + 1) for each in several]
    records = find_in_each(catalog, asked)
    known = read_known_names(catalog, records[:MOST_RUNS])
    wrong = unknown_name(condition, known, where, is_whole=0 < len(records) <= MOST_RUNS)
    if wrong is None:
        return ""
    if _takes_metric_for_parameter(condition, known):
        raise wrong
    hint = "" if wrong.suggestion is None else f", did you mean {wrong.suggestion}?"
    return f"{wrong.message}{hint}"


def unknown_name(
    condition: Expression, known: KnownNames, where: str, *, is_whole: bool
) -> FilterError | None:
    """What is wrong with a name in a condition that finds nothing, as far as one can be sure.

    Args:
        condition: which finds no run.
        known: what the runs have that it was asked of.
        where: the text of the condition.
        is_whole: whether these are all runs, and there are some.
    """
    try:
        check_names(condition, known, where)
    except FilterError as error:
        return error if is_whole or _takes_metric_for_parameter(condition, known) else None
    return None


def _takes_metric_for_parameter(condition: Expression, known: KnownNames) -> bool:
    names = {each.name for each in operands_of(condition) if isinstance(each, Parameter)}
    return bool(names & set(known.metrics) - set(known.parameters))
