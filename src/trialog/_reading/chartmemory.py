"""How the points of charts lie in memory: nothing beside them is held, and equal places once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from trialog._catalog.selections import RunRow
from trialog._charts.rows import ArrayRows, Rows

_RECENT = 4


class SharedPlaces:
    """Places on the x axis that lines have in common, such as steps from 0 on.

    Safe to use from several threads: at worst, a line has its own.
    """

    def __init__(self) -> None:
        """Know none yet."""
        self._recent: tuple[NDArray[np.float64], ...] = ()

    def own(self, rows: Rows) -> Rows:
        """The same points in memory of their own, but for places that an earlier line has."""
        if not isinstance(rows, ArrayRows):
            return rows
        x, y = rows.x, rows.y if rows.y.base is None else rows.y.copy()
        for known in self._recent:
            if len(known) == len(x) and np.array_equal(known, x):
                return ArrayRows(known, y, is_shared=True)
        if x.base is not None:
            x = x.copy()
        self._recent = (x, *self._recent[: _RECENT - 1])
        return ArrayRows(x, y)


def portions(runs: Sequence[RunRow], points: int) -> Iterator[list[RunRow]]:
    """Runs in portions of about so many points, of all metrics; each has at least one run."""
    portion: list[RunRow] = []
    count = 0
    for run in runs:
        portion.append(run)
        count += run.facts.points
        if count >= points:
            yield portion
            portion, count = [], 0
    if portion:
        yield portion
