"""What somebody wants to see: axis, window, pixels, smoothing, groups."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from trialog._charts.smoothing import Smoothing
from trialog.errors import UsageError

AXES = ("step", "time", "relative")
CENTERS = ("mean", "median")
BANDS = ("none", "std", "confidence", "minmax")
METRIC_PREFIX = "metric:"
MAX_PIXELS = 16_384


@dataclass(frozen=True, slots=True)
class ChartWish:
    """What a chart is to show.

    Attributes:
        x: ``step``, ``time``, ``relative`` or ``metric:<name>``.
        x0, x1: the window, in units of x; None for as far as there are points.
        pixels: how many columns it may have.
        smoothing: None, or what :meth:`Smoothing.parse` takes.
        center: of groups: ``mean`` or ``median``.
        band: of groups: ``none``, ``std``, ``confidence`` (95 %, of the mean) or ``minmax``.
        y_scale: ``linear`` or ``log``.
        raw: with a smoothing: the lines as logged too.
        details: first, last and counts of each column too.
        is_grouped: whether lines are grouped, by their own ``group``.
        with_members: of groups: the lines themselves too.
    """

    x: str = "step"
    x0: float | None = None
    x1: float | None = None
    pixels: int = 512
    smoothing: Smoothing | None = None
    center: Literal["mean", "median"] = "mean"
    band: Literal["none", "std", "confidence", "minmax"] = "std"
    y_scale: Literal["linear", "log"] = "linear"
    raw: bool = False
    details: bool = False
    is_grouped: bool = False
    with_members: bool = False

    def __post_init__(self) -> None:
        """Refuse what means nothing.

        Raises:
            UsageError: names what is wrong, and what would be right.
        """
        if self.x not in AXES and not self.x.startswith(METRIC_PREFIX):
            raise UsageError(f"x is {self.x!r}; use step, time, relative or metric:<name>")
        if not 1 <= self.pixels <= MAX_PIXELS:
            raise UsageError(f"pixels is {self.pixels}; use 1 to {MAX_PIXELS}")
        for name, bound in (("x0", self.x0), ("x1", self.x1)):
            if bound is not None and not math.isfinite(bound):
                raise UsageError(f"{name} is {bound}; use a finite number, or none for all")
        if self.x0 is not None and self.x1 is not None and self.x0 > self.x1:
            raise UsageError(f"the window begins at {self.x0} and ends before that, at {self.x1}")
        for name, given, known in (
            ("center", self.center, CENTERS),
            ("band", self.band, BANDS),
            ("y_scale", self.y_scale, ("linear", "log")),
        ):
            if given not in known:
                raise UsageError(f"{name} is {given!r}; use one of {', '.join(known)}")

    @property
    def axis(self) -> str:
        """``step``, ``time``, ``relative`` or ``metric``."""
        return self.x if self.x in AXES else "metric"

    @property
    def x_metric(self) -> str | None:
        """The metric on the x axis, or None."""
        return None if self.x in AXES else self.x.removeprefix(METRIC_PREFIX)
