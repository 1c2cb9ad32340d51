"""What a series comes to: count, first, last, least, greatest, mean, and the steps of the extremes.

NaN counts as a point but is skipped by minimum, maximum and mean. A summary grows with each stretch
read, and summaries of several writers merge into the run's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from trialog._format.columns import Floats, Integers

Number = int | float
_FEW = 48  # below this many points plain Python is faster than numpy


@dataclass(slots=True)
class Summary:
    """A summary of one metric's points by one writer, or of a whole run.

    Attributes:
        count: points, NaN included.
        nan_count: how many are NaN.
        first, last: values by order of logging; integers beyond 2**53 are int.
        min, max: without NaN; NaN where there is nothing else.
        total: the sum without NaN.
        step_of_min, step_of_max: the first step at which it occurs; None where all is NaN.
        first_ns, last_ns, min_ns, max_ns: when, by the writer's clock, never going back.
        lowest_step: of all points; from there on they replace those of earlier attempts.
    """

    count: int
    nan_count: int
    first: Number
    last: Number
    min: Number
    max: Number
    total: float
    step_of_min: int | None
    step_of_max: int | None
    first_ns: int
    last_ns: int
    min_ns: int
    max_ns: int
    lowest_step: int

    @property
    def mean(self) -> float:
        """The mean without NaN; NaN where there is nothing else."""
        count = self.count - self.nan_count
        return self.total / count if count else math.nan


def summarise(
    steps: Integers, times_ns: Integers, values: Floats, exact: dict[int, int]
) -> Summary:
    """The summary of points in the order they were logged.

    Args:
        steps: n steps, n at least 1.
        times_ns: n times.
        values: n values.
        exact: the integers that a double cannot hold, by row.
    """
    if exact or len(steps) < _FEW:
        numbers: list[Number] = values.tolist()
        for row, number in exact.items():
            numbers[row] = number
        return _summarise_few(steps.tolist(), times_ns.tolist(), numbers)
    is_nan = np.isnan(values)
    nan_count = int(np.count_nonzero(is_nan))
    order = np.maximum.accumulate(times_ns)
    first, last = float(values[0]), float(values[-1])
    first_ns, last_ns = int(order[0]), int(order[-1])
    lowest_step = int(steps.min())
    if nan_count == len(values):
        return Summary(
            len(values), nan_count, first, last, math.nan, math.nan, 0.0,
            None, None, first_ns, last_ns, first_ns, first_ns, lowest_step,
        )  # fmt: skip
    if nan_count:
        kept = np.flatnonzero(~is_nan)
        lowest, highest = int(kept[values[kept].argmin()]), int(kept[values[kept].argmax()])
        total = _sum(values[kept])
    else:
        lowest, highest = int(values.argmin()), int(values.argmax())
        total = _sum(values)
    return Summary(
        len(values), nan_count, first, last, float(values[lowest]), float(values[highest]), total,
        int(steps[lowest]), int(steps[highest]),
        first_ns, last_ns, int(order[lowest]), int(order[highest]), lowest_step,
    )  # fmt: skip


def _sum(values: Floats) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return float(values.sum())


def _summarise_few(
    steps: Sequence[int], times_ns: Sequence[int], values: Sequence[Number]
) -> Summary:
    first_ns = now_ns = min_ns = max_ns = times_ns[0]
    lowest: Number = math.nan
    highest: Number = math.nan
    step_of_min: int | None = None
    step_of_max: int | None = None
    total, nan_count = 0.0, 0
    for step, time_ns, value in zip(steps, times_ns, values, strict=True):
        now_ns = max(now_ns, time_ns)
        if value != value:  # noqa: PLR0124 # NaN; math.isnan would round a large integer
            nan_count += 1
            continue
        total += value
        if step_of_min is None or value < lowest:
            lowest, step_of_min, min_ns = value, step, now_ns
        if step_of_max is None or value > highest:
            highest, step_of_max, max_ns = value, step, now_ns
    return Summary(
        len(values), nan_count, values[0], values[-1], lowest, highest, float(total),
        step_of_min, step_of_max, first_ns, now_ns, min_ns, max_ns, min(steps),
    )  # fmt: skip


def append(before: Summary, after: Summary) -> Summary:
    """The summary of two stretches of one writer, one after the other.

    The writer's clock may have been set back in between: what came first comes first.
    """
    after = replace(
        after,
        min_ns=max(after.min_ns, before.last_ns),
        max_ns=max(after.max_ns, before.last_ns),
    )
    return _merged(before, after, first=before, last=after)


def merge(summaries: Iterable[tuple[str, Summary]]) -> Summary:
    """The summary of a run from its writers'.

    Args:
        summaries: writer and summary, at least one. Equal times are decided by the writer.
    """
    ordered = [each for _, each in sorted(summaries, key=lambda item: item[0])]
    merged = ordered[0]
    for each in ordered[1:]:
        merged = _merged(
            merged,
            each,
            first=each if each.first_ns < merged.first_ns else merged,
            last=each if each.last_ns >= merged.last_ns else merged,
        )
    return merged


def _merged(one: Summary, two: Summary, *, first: Summary, last: Summary) -> Summary:
    lowest = two if _comes_first(two.min, two.min_ns, one.min, one.min_ns, sign=1) else one
    highest = two if _comes_first(two.max, two.max_ns, one.max, one.max_ns, sign=-1) else one
    return Summary(
        count=one.count + two.count,
        nan_count=one.nan_count + two.nan_count,
        first=first.first,
        last=last.last,
        min=lowest.min,
        max=highest.max,
        total=one.total + two.total,
        step_of_min=lowest.step_of_min,
        step_of_max=highest.step_of_max,
        first_ns=first.first_ns,
        last_ns=max(one.last_ns, two.last_ns),
        min_ns=lowest.min_ns,
        max_ns=highest.max_ns,
        lowest_step=min(one.lowest_step, two.lowest_step),
    )


def _comes_first(value: Number, time_ns: int, than: Number, than_ns: int, *, sign: int) -> bool:
    """Whether a value beats another one, or is equal and earlier; NaN never does."""
    if value == than:
        return time_ns < than_ns
    if than != than:  # noqa: PLR0124 # NaN
        return value == value  # noqa: PLR0124
    return (value < than) if sign > 0 else (value > than)
