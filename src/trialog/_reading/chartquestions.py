"""What is asked of charts: which points, on which axis, which runs together."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from trialog._catalog.seriesversions import SeriesVersion
from trialog._charts.wishes import ChartWish

Split = Literal["attempt", "rank"]
Versions = Mapping[str, Mapping[int, tuple[SeriesVersion, ...]]]
"""How far each metric has got in each run."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Which runs belong together.

    Attributes:
        labels: of each group.
        members: the group of each run, by run key.
    """

    labels: tuple[str, ...]
    members: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of points, before any window is cut out of them.

    Attributes:
        metric: its name.
        wish: what is to be shown.
        split: tell the attempts or the ranks of a run apart.
    """

    metric: str
    wish: ChartWish
    split: Split | None = None

    @property
    def names(self) -> list[str]:
        """The metrics that are read."""
        x_metric = self.wish.x_metric
        return [self.metric] if x_metric in (None, self.metric) else [self.metric, x_metric]

    @property
    def axis(self) -> tuple[str, str, Split | None]:
        """What lines depend on."""
        return (self.metric, self.wish.x, self.split)

    @property
    def curve(self) -> tuple[str | None, ...]:
        """What smoothed lines depend on; without a smoothing, what all lines do."""
        smoothing = self.wish.smoothing
        return self.axis if smoothing is None else (*self.axis, str(smoothing))


class Known(NamedTuple):
    """What names some runs, so that what was found out of them holds until anything changes.

    Attributes:
        choice: how they, and their groups, were chosen.
        state: of the catalog.
    """

    choice: Hashable
    state: Hashable
