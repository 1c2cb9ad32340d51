"""The numbers that every benchmark logs: noisy losses, the same in every run."""

from __future__ import annotations

import math
import random

TWENTY_NAMES = tuple(f"layer/{number}/gradient_norm" for number in range(20))


def losses(count: int) -> list[float]:
    """Return noisy float64 values whose low bits are as random as a real loss's."""
    noise = random.Random(7)
    return [math.exp(-step / count) + noise.gauss(0, 0.05) for step in range(count)]


def twenties(count: int) -> list[dict[str, float]]:
    """Return dicts of twenty noisy values under fixed names."""
    noise = random.Random(8)
    return [{name: noise.gauss(1, 0.05) for name in TWENTY_NAMES} for _ in range(count)]
