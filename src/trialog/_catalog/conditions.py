"""What a condition comes to: for each of its parts a set of runs by an index, and sets of these.

A part that an index cannot tell is decided by ``_filters.evaluating`` on the values of all runs
that have any; so is what a row cannot hold exactly. So SQL never decides what a condition means.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection
from itertools import compress
from typing import Any

from sqlalchemy import ColumnElement, Connection, literal, or_, select, tuple_

from trialog._catalog import schema
from trialog._catalog.operands import (
    STEPS,
    UNTIL_ENDED,
    Circumstances,
    fact_column,
    limited,
    texts_of,
    values_of,
)
from trialog._catalog.queries import parameters_of
from trialog._catalog.runsets import ALL, FEW, NONE, Keys, RunSet, fetch_keys, keys_in, set_of
from trialog._catalog.scopes import is_any
from trialog._catalog.valuerows import Form, split
from trialog._filters.evaluating import compare, matches_text
from trialog._filters.expressions import (
    All,
    AnyOf,
    Comparison,
    Expression,
    Fact,
    HasTag,
    Literal,
    Membership,
    Metric,
    Not,
    Operand,
    Parameter,
    TextMatch,
    Truth,
)
from trialog._filters.fields import FIELDS, FactType
from trialog._filters.patterns import find_matches
from trialog._format.values import MAX_EXACT, MAX_SIGNED, MIN_SIGNED

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Asker:
    """Asks one state of the catalog which runs conditions hold of."""

    def __init__(self, connection: Connection, told: Circumstances) -> None:
        """Make it.

        Args:
            connection: to the catalog.
            told: the circumstances.
        """
        self._connection = connection
        self._told = told

    def runs_with(self, condition: Expression, within: Keys | None = None) -> RunSet:
        """The runs of the scope that a condition holds of.

        Args:
            condition: the condition.
            within: only these matter.
        """
        match condition:
            case All(parts):
                return self._all(parts, within)
            case AnyOf(parts):
                found = NONE
                for part in parts:
                    found |= self.runs_with(part, within)
                return found
            case Not(part):
                return ~self.runs_with(part, within)
            case Comparison("!=", left, right):
                return ~self.runs_with(Comparison("==", left, right), within)
            case Comparison(sign, left, right):
                if isinstance(right, Literal):
                    return self._compared(sign, left, right.value, within)
                return self._compared_by_pairs(sign, left, right, within)
            case Membership(item, items, negated):
                found = self._member(item, [each.value for each in items], within)
                return ~found if negated else found
            case HasTag(tag, negated):
                found = self._tagged(tag, within)
                return ~found if negated else found
            case TextMatch(kind, subject, text, negated):
                found = self._like(kind, subject, text, within)
                return ~found if negated else found
            case Truth(operand):
                return self._compared("==", operand, value=True, within=within)

    # -- parts ---------------------------------------------------------------------------------

    def _all(self, parts: tuple[Expression, ...], within: Keys | None) -> RunSet:
        """What is soon told first: where few runs are left, only these are looked up."""
        found = ALL
        for part in sorted(parts, key=_effort):
            found &= self.runs_with(part, within)
            if not found.is_rest and len(found.keys) <= FEW:
                within = found.keys
                if not len(within):
                    break
        return found

    def _compared(self, sign: str, left: Operand, value: Any, within: Keys | None) -> RunSet:
        if value is None:
            return ~self._present(left, within)
        if value != value:  # noqa: PLR0124 # NaN
            return NONE
        match left:
            case Parameter(name):
                return self._parameter(sign, name, value, within)
            case Metric(name, measure):
                return self._metric(sign, name, measure, value, within)
            case Fact(name):
                return self._fact(sign, name, value, within)

    def _compared_by_pairs(
        self, sign: str, left: Operand, right: Operand, within: Keys | None
    ) -> RunSet:
        if isinstance(left, Parameter) and isinstance(right, Parameter):
            return self._parameters(sign, left.name, right.name, within)
        ours = values_of(self._connection, self._told, left, within)
        theirs = values_of(self._connection, self._told, right, within)
        return set_of(run for run, value in ours.items() if compare(sign, value, theirs.get(run)))

    def _decided(self, left: Operand, within: Keys | None, holds: Callable[[Any], bool]) -> RunSet:
        """By the values themselves."""
        values = values_of(self._connection, self._told, left, within)
        return set_of(run for run, value in values.items() if holds(value))

    def _member(self, item: Operand, values: list[Any], within: Keys | None) -> RunSet:
        if item == Fact("status"):
            return self.with_status(frozenset(values), within)
        found = NONE
        for value in values:
            found |= self._compared("==", item, value, within)
        return found

    def _present(self, operand: Operand, within: Keys | None) -> RunSet:
        match operand:
            case Parameter(name):
                return self._present_parameter(name, within)
            case Metric(name, measure) if measure not in STEPS:
                table, columns = schema.MEASURES, self._told.scope.metric_columns(name)
                return self._fetch(table, columns, within)
            case Fact(name) if not FIELDS[name].may_lack:
                return ALL
            case Fact(name) if name not in UNTIL_ENDED:
                column = fact_column(name, self._told.now_ns)
                if column is not None:
                    return self._of_runs(column.is_not(None), within)
        return self._decided(operand, within, lambda _: True)

    def _present_parameter(self, name: str, within: Keys | None) -> RunSet:
        """The runs that have a parameter; where it is None, they lack it."""
        table, columns = schema.PARAMETER_VALUES, self._told.scope.parameter_columns(name)
        is_other = table.c.form == int(Form.OTHER)
        others = self._fetch(table, columns, within, is_other).keys
        given = parameters_of(self._connection, others.tolist()) if len(others) else {}
        return self._fetch(table, columns, within, ~is_other) | set_of(
            run for run, each in given.items() if each[name] is not None
        )

    def _fetch(
        self, table: Any, columns: list[int], within: Keys | None, *conditions: Any
    ) -> RunSet:
        if not columns:
            return NONE
        statement = select(table.c.run).where(
            is_any(table.c.column, columns),
            *conditions,
            *limited(self._connection, table.c.run, within),
        )
        return RunSet(fetch_keys(self._connection, statement))

    def _parameter(self, sign: str, name: str, value: Any, within: Keys | None) -> RunSet:
        table, columns = schema.PARAMETER_VALUES, self._told.scope.parameter_columns(name)
        is_number = not isinstance(value, bool | str)
        if isinstance(value, int) and not MIN_SIGNED <= value <= MAX_SIGNED:
            return self._decided(Parameter(name), within, lambda each: compare(sign, each, value))
        compared = _SIGNS[sign]
        condition: ColumnElement[bool]
        if isinstance(value, str):
            condition = (table.c.form == int(Form.TEXT)) & table.c.number.is_(None)
            condition &= (table.c.rest == 0) & compared(table.c.text, value)
        elif isinstance(value, bool):
            condition = (table.c.form == int(Form.FLAG)) & compared(table.c.number, float(value))
        elif sign == "==":
            number, rest = split(value)
            condition = (table.c.number == number) & (table.c.rest == rest)
            condition &= table.c.form == int(Form.NUMBER)
        else:
            number, rest = split(value)
            pair = tuple_(literal(number), literal(rest))
            condition = compared(tuple_(table.c.number, table.c.rest), pair)
            condition &= table.c.form == int(Form.NUMBER)
        found = self._fetch(table, columns, within, condition)
        if isinstance(value, str) or is_number:
            others = self._fetch(table, columns, within, table.c.form == int(Form.OTHER)).keys
            given = parameters_of(self._connection, others.tolist()) if len(others) else {}
            found |= set_of(run for run, each in given.items() if compare(sign, each[name], value))
        return found

    def _parameters(self, sign: str, name: str, other: str, within: Keys | None) -> RunSet:
        """Two parameters of a run: numbers with numbers, flags with flags, texts with texts."""
        ours, theirs = schema.PARAMETER_VALUES.alias(), schema.PARAMETER_VALUES.alias()
        scope, compared = self._told.scope, _SIGNS[sign]
        pairs = [tuple_(each.c.number, each.c.rest) for each in (ours, theirs)]
        of_form = {
            (Form.FLAG, Form.NUMBER): compared(*pairs),
            (Form.TEXT,): compared(ours.c.text, theirs.c.text),
        }
        alike = [ours.c.form.in_([*map(int, forms)]) & holds for forms, holds in of_form.items()]
        both = (
            is_any(ours.c.column, scope.parameter_columns(name)),
            is_any(theirs.c.column, scope.parameter_columns(other)),
            theirs.c.run == ours.c.run,
            *limited(self._connection, ours.c.run, within),
        )
        found = fetch_keys(
            self._connection,
            select(ours.c.run).where(*both, theirs.c.form == ours.c.form, or_(*alike)),
        )
        unkept = ours.c.form.in_([int(Form.OTHER)]) | theirs.c.form.in_([int(Form.OTHER)])
        others = fetch_keys(self._connection, select(ours.c.run).where(*both, unkept))
        given = parameters_of(self._connection, others.tolist()) if len(others) else {}
        return RunSet(found) | set_of(
            run for run, each in given.items() if compare(sign, each[name], each[other])
        )

    def _metric(
        self, sign: str, name: str, measure: str, value: Any, within: Keys | None
    ) -> RunSet:
        if isinstance(value, bool | str):
            return NONE
        if isinstance(value, int) and abs(value) > MAX_EXACT:
            operand = Metric(name, measure)  # type: ignore[arg-type]
            return self._decided(operand, within, lambda each: compare(sign, each, value))
        table, columns = schema.MEASURES, self._told.scope.metric_columns(name)
        condition = table.c.is_exact & _SIGNS[sign](table.c[measure], literal(value))
        found = self._fetch(table, columns, within, condition)
        exact = set_of(
            run
            for run, summaries in self._told.summaries.items()
            if name in summaries and compare(sign, getattr(summaries[name], measure), value)
        )
        return found | exact

    # -- facts ---------------------------------------------------------------------------------

    def with_status(self, words: Collection[Any], within: Keys | None = None) -> RunSet:
        """The runs of one of some statuses."""
        table = schema.RUNS
        written = self._of_runs(table.c.status.in_([str(word) for word in words]), within)
        derived = self._told.derived.items()
        return written | set_of(run for run, each in derived if each.status in words)

    def _of_runs(self, condition: ColumnElement[bool], within: Keys | None) -> RunSet:
        table = schema.RUNS
        statement = select(table.c.key).where(
            self._told.scope.beside(within),
            condition,
            *limited(self._connection, table.c.key, within),
        )
        return RunSet(fetch_keys(self._connection, statement))

    def _fact(self, sign: str, name: str, value: Any, within: Keys | None) -> RunSet:
        column = fact_column(name, self._told.now_ns)
        is_text = FIELDS[name].type is FactType.TEXT
        fits = isinstance(value, str) if is_text else not isinstance(value, bool | str)
        if isinstance(value, int) and not MIN_SIGNED <= value <= MAX_SIGNED:
            fits = False
        if column is None or not fits:
            return self._decided(Fact(name), within, lambda each: compare(sign, each, value))
        condition = _SIGNS[sign](column, literal(value))
        if name not in UNTIL_ENDED:
            return self._of_runs(condition, within)
        found = self._of_runs(condition & schema.RUNS.c.status.is_not(None), within)
        unended = set_of(self._told.derived)
        return found | (
            self._decided(Fact(name), unended.keys, lambda each: compare(sign, each, value))
        )

    def _tagged(self, tag: str, within: Keys | None) -> RunSet:
        table, runs, scope = schema.TAGS, schema.RUNS, self._told.scope
        statement = (
            select(table.c.run)
            .join(runs, runs.c.key == table.c.run)
            .where(table.c.tag == tag, scope.unindexed, is_any(runs.c.kind, scope.kinds))
            .where(*limited(self._connection, table.c.run, within))
        )
        return RunSet(fetch_keys(self._connection, statement))

    def _like(self, kind: str, subject: Operand, text: str, within: Keys | None) -> RunSet:
        if subject == Fact("name") and kind != "matches":
            column, part = schema.RUNS.c.folded_name, text.casefold()
            return self._of_runs(getattr(column, kind)(part, autoescape=True), within)
        said = texts_of(self._connection, self._told, subject, within)
        if kind == "matches":
            is_like = find_matches([each for each, _ in said], text)
        else:
            is_like = [matches_text(kind, each, text) for each, _ in said]
        return RunSet(keys_in(runs for _, runs in compress(said, is_like)))


def _effort(condition: Expression) -> int:
    """How much there is to look at, roughly."""
    match condition:
        case Comparison("==", Parameter() | Metric(), Literal(value)) if value is not None:
            return 0
        case Membership(Parameter() | Metric(), _, False) | HasTag():
            return 1
        case Comparison(_, Parameter() | Metric(), Literal()):
            return 2
        case Comparison(_, Fact(), Literal()) | Membership():
            return 3
    return 4
