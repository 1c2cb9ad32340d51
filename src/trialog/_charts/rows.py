"""The points of a line as rows, wherever they lie: in memory, or in a file of the reading layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from trialog._charts.pyramids import Pyramid

Floats = NDArray[np.float64]


class Rows(Protocol):
    """Points by number, ascending by x."""

    @property
    def pyramid(self) -> Pyramid | None:
        """What is known of its chunks; None: the points themselves are quick enough."""

    def __len__(self) -> int:
        """How many points."""

    def read(self, first: int, stop: int) -> tuple[Floats, Floats]:
        """Give x and y of some points in a row."""


@dataclass(slots=True)
class ArrayRows:
    """Points in memory.

    Attributes:
        x: ascending.
        y: of each.
        pyramid: as of all rows.
        is_shared: other lines have the same x, which is in memory once.
    """

    x: Floats
    y: Floats
    pyramid: Pyramid | None = None
    is_shared: bool = False

    def __len__(self) -> int:
        return len(self.x)

    def read(self, first: int, stop: int) -> tuple[Floats, Floats]:
        """Give x and y of some points in a row."""
        return self.x[first:stop], self.y[first:stop]
