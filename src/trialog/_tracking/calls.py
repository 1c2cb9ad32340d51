"""What one call of ``log`` means: its step checked, its values sorted into points and JSON."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from trialog._format.records import MAX_STEP, MIN_STEP, Kind
from trialog._format.values import Number, dump_json, to_number
from trialog._names import check_name, shown
from trialog.errors import InvalidNameError, InvalidTypeError, TrialogError, UsageError

if TYPE_CHECKING:
    from trialog._tracking.facts import FactLog

MISSING: Any = object()

# Definitions of a template's names stand in one block; even a fresh first block has this much room.
_MAX_TEMPLATE_BYTES = 28 * 1024
_MAX_DEPTH = 20  # a mapping that nests deeper is no metrics, or holds itself
_BYTES_A_NAME = 40  # its definition, its place in the template and its value, beside its text


class CallLog:
    """Logs calls of ``log`` in full, with every check; ``Run.log`` knows the short ways."""

    def __init__(
        self,
        facts: Callable[[], FactLog],
        note: Callable[[Iterable[str], Iterable[float], object], None],
    ) -> None:
        """Make it.

        Args:
            facts: gives the run's facts, or raises where the run has ended.
            note: told of each call's names, numbers and step; notes those that are not finite.
        """
        self._facts = facts
        self._note = note

    def log(self, name: Any, value: Any, step: Any) -> None:
        """Log one value, or a mapping of them.

        Raises:
            UsageError: a value is missing, or is there beside a mapping.
            TrialogError: as :func:`check_step` and :func:`split_call`; the good values are kept.
        """
        if type(name) is str and value is not MISSING:
            items = [(name, value)]
        elif isinstance(name, Mapping):
            if value is not MISSING and step is not None:
                raise UsageError("log() of a mapping takes a step, and no value beside it")
            step = step if value is MISSING else value
            items = list(name.items())
        elif value is MISSING:
            raise UsageError(f"log({name!r}) needs a value, as in log({name!r}, 0.3)")
        else:
            items = [(name, value)]
        if items:
            checked_step = check_step(step, items[0][0])
            self._log_call(items, checked_step, is_mapping=isinstance(name, Mapping))

    def _log_call(
        self, items: list[tuple[Any, Any]], step: int | None, *, is_mapping: bool
    ) -> None:
        call = split_call(items, is_mapping=is_mapping)
        facts = self._facts()
        time_ns, continued = facts.journal.now(), False
        for names, values in call.portions:
            if len(names) == 1 and not continued:
                facts.journal.append_point(names[0], values[0], step, time_ns)
            else:
                facts.journal.append_points(names, values, step, time_ns, continued=continued)
            self._note(names, [number.value for number in values], step)
            continued = True
        for name, json_value in call.json_values.items():
            content = {"values": {name: json_value}, "step": step, "continued": continued}
            facts.append(Kind.VALUE, content, f"metric {name!r}", time_ns)
            continued = True
        raise_bad(call.bad)


def raise_bad(bad: list[TrialogError]) -> None:
    """Raise the first of the errors found in a batch whose good values are kept.

    Raises:
        TrialogError: there is any; it says how many others there are.
    """
    if bad:
        if len(bad) > 1:
            bad[0].add_note("also: " + "; ".join(str(error) for error in bad[1:10]))
        raise bad[0]


class SplitCall(NamedTuple):
    """One call's values: points in portions that fit a record, JSON values, and the bad ones."""

    portions: list[tuple[tuple[str, ...], list[Number]]]
    json_values: dict[str, object]
    bad: list[TrialogError]


def check_step(step: object, name: object) -> int | None:
    """A step: a 64-bit integer, or None.

    Raises:
        InvalidTypeError: it is neither.
        UsageError: it has more than 64 bits.
    """
    if step is None:
        return None
    try:
        number = operator.index(step)  # type: ignore[arg-type]  # this is the question
    except TypeError:
        raise InvalidTypeError(
            f"the step of {name!r} must be an integer, not {type(step).__name__}: {shown(step)}"
        ) from None
    if not MIN_STEP <= number <= MAX_STEP:
        raise UsageError(f"the step of {name!r} has more than 64 bits: {shown(number)}")
    return number


def split_call(items: Iterable[tuple[object, object]], *, is_mapping: bool = True) -> SplitCall:
    """Sort a call's values; what cannot be taken is reported beside the good ones.

    Args:
        items: names and values.
        is_mapping: whether they are those of a mapping: then numbers in a mapping in it are points
            too, ``{"train": {"loss": 0.1}}`` being ``train/loss``.
    """
    numbers: dict[str, Number] = {}
    json_values: dict[str, object] = {}
    bad: list[TrialogError] = []
    for key, value in items:
        try:
            name = check_name(key, "metric")
            number = to_number(value)
            if isinstance(number, Number):
                _take(numbers, {name: number})
            elif is_mapping and (leaves := _leaves(name, value)):
                _take(numbers, leaves)
            else:
                dump_json(value, f"metric {name!r}")  # is it JSON?
                json_values[name] = value
        except TrialogError as error:
            bad.append(
                error if shown(key) in str(error) else type(error)(f"metric {shown(key)}: {error}")
            )
    return SplitCall(_portions(numbers), json_values, bad)


def _take(numbers: dict[str, Number], more: dict[str, Number]) -> None:
    """Add numbers to others.

    Raises:
        InvalidNameError: a name is there already; all others are added.
    """
    twice = numbers.keys() & more.keys()
    numbers |= {name: more[name] for name in more if name not in twice}
    if twice:
        raise InvalidNameError(f"metric {min(twice)!r} is there twice; the first is kept")


def _leaves(name: str, value: object, depth: int = 1) -> dict[str, Number] | None:
    """The numbers of a mapping of numbers, by names joined with ``/``; None for any other."""
    if not isinstance(value, Mapping) or depth > _MAX_DEPTH:
        return None
    found: dict[str, Number] = {}
    for key, each in value.items():
        if not isinstance(key, str):
            return None
        number = to_number(each)
        if isinstance(number, Number):
            found[check_name(f"{name}/{key}", "metric")] = number
            continue
        deeper = _leaves(f"{name}/{key}", each, depth + 1)
        if deeper is None:
            return None
        found |= deeper
    return found


def _portions(numbers: dict[str, Number]) -> list[tuple[tuple[str, ...], list[Number]]]:
    portions: list[tuple[tuple[str, ...], list[Number]]] = []
    names: list[str] = []
    values: list[Number] = []
    size = 0
    for name, value in numbers.items():
        more = len(name.encode()) + _BYTES_A_NAME
        if names and size + more > _MAX_TEMPLATE_BYTES:
            portions.append((tuple(names), values))
            names, values, size = [], [], 0
        names.append(name)
        values.append(value)
        size += more
    if names:
        portions.append((tuple(names), values))
    return portions
