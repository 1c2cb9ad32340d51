"""Which parameters of a sweep matter for what it came to, by scikit-learn.

A forest of trees learns the objective from the parameters. A parameter matters by as much as the
forest's error grows when its column is shuffled ("permutation importance", Breiman 2001); how much
of the objective the forest explains at all is told beside, measured on the runs that a tree has not
seen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST = 12
_TREES = 120
_SHUFFLES = 8
_MOST = 2000  # more runs change little, and take long


@dataclass(frozen=True, slots=True)
class Importance:
    """How much a parameter matters.

    Attributes:
        name: the parameter.
        share: of all that matters, from 0 to 1.
        spread: the standard deviation of that over several shuffles.
        correlation: Spearman's, of a parameter of numbers, from -1 to 1; None of others.
    """

    name: str
    share: float
    spread: float
    correlation: float | None


@dataclass(frozen=True, slots=True)
class Importances:
    """Which parameters matter.

    Attributes:
        parameters: the most important first.
        runs: how many runs it was learned from.
        explained: the share of the objective's variance that the parameters explain, in runs that
            were not learned from; near 0 or less, the shares mean nothing.
        note: why there are none, or None.
    """

    parameters: list[Importance]
    runs: int
    explained: float | None
    note: str | None = None


def find_importances(
    parameters: Sequence[Mapping[str, Any]], objective: Sequence[float | None]
) -> Importances:
    """Which parameters matter for an objective.

    Args:
        parameters: of each run.
        objective: what each run came to; None or not finite: the run does not count.
    """
    rows = [
        place for place, value in enumerate(objective) if value is not None and math.isfinite(value)
    ]
    if len(rows) > _MOST:
        rows = rows[:: math.ceil(len(rows) / _MOST)]
    values = np.array([objective[row] for row in rows], np.float64)
    names = _varying([parameters[row] for row in rows])
    if len(rows) < FEWEST:
        note = f"{len(rows)} runs with a value are too few to tell: {FEWEST} at least"
        return Importances([], len(rows), None, note)
    if not names or np.ptp(values) == 0:
        what = "no parameter differs" if not names else "all runs came to the same value"
        return Importances([], len(rows), None, what)
    try:
        from sklearn.ensemble import RandomForestRegressor  # noqa: PLC0415 # an extra
        from sklearn.inspection import permutation_importance  # noqa: PLC0415 # as above
    except ImportError:
        note = "importance needs scikit-learn: pip install 'trialog[importance]'"
        return Importances([], len(rows), None, note)
    columns = [[parameters[row].get(name) for row in rows] for name in names]
    table = np.column_stack([_encoded(column) for column in columns])
    forest = RandomForestRegressor(_TREES, oob_score=True, min_samples_leaf=2, random_state=0)
    forest.fit(table, values)
    found = permutation_importance(forest, table, values, n_repeats=_SHUFFLES, random_state=0)
    gains = np.maximum(found.importances_mean, 0)
    total = float(gains.sum()) or 1.0
    shares = [
        Importance(
            name,
            float(gains[place]) / total,
            float(found.importances_std[place]) / total,
            _correlation(columns[place], values),
        )
        for place, name in enumerate(names)
    ]
    shares.sort(key=lambda each: each.share, reverse=True)
    return Importances(shares, len(rows), float(forest.oob_score_))


def _varying(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    names = dict.fromkeys(name for row in rows for name in row)
    return [name for name in names if len({_key(row.get(name)) for row in rows}) > 1]


def _key(value: Any) -> tuple[str, str]:
    return type(value).__name__, repr(value)


def _encoded(values: Sequence[Any]) -> NDArray[np.float64]:
    """A column of numbers; texts and flags by their order of first appearance, missing as -1."""
    if all(_is_number(value) for value in values if value is not None):
        numbers = [math.nan if value is None else float(value) for value in values]
        column = np.array(numbers)
        low = np.nanmin(column) if np.isfinite(column).any() else 0.0
        filled: NDArray[np.float64] = np.nan_to_num(
            column, nan=low - 1.0, posinf=1e300, neginf=-1e300
        )
        return filled
    places: dict[tuple[str, str], int] = {}
    return np.array(
        [-1.0 if each is None else places.setdefault(_key(each), len(places)) for each in values]
    )


def _correlation(values: Sequence[Any], objective: NDArray[np.float64]) -> float | None:
    is_number = np.array([_is_number(value) and math.isfinite(value) for value in values])
    if is_number.sum() < FEWEST:
        return None
    numbers = np.array([float(values[place]) for place in np.flatnonzero(is_number).tolist()])
    if np.ptp(numbers) == 0:
        return None
    ranks = _ranks(numbers), _ranks(objective[is_number])
    found = float(np.corrcoef(*ranks)[0, 1])
    return found if math.isfinite(found) else None


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Their places in ascending order; equal ones share the mean of theirs."""
    _, group, amounts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(amounts)
    return np.asarray((last - (amounts - 1) / 2)[group], np.float64)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
