"""The data that all dashboards show: the same runs, curves and spikes for each.

Spikes are multiples of 1/1024, so each is the same in float32, in float64 and in a text, and all
differ: whether one has reached a browser can be told from the bytes it was sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

METRICS = ("train/loss", "train/acc", "val/loss", "val/acc", "lr")
SPIKY = "train/loss"
SPIKE_CHANCE = 0.0008
FIRST = 10
"""Runs of which `number` is less are the first ones shown where more are added."""
LONE_STEP, LONE_VALUE = 654_321, 25.0
LONE = "loss"


class Size(NamedTuple):
    """A set of data: so many runs of so many points in each metric."""

    runs: int
    metrics: tuple[str, ...]
    points: int

    @property
    def in_words(self) -> str:
        """What there is of what."""
        many = "s" if self.runs > 1 else ""
        series = f" × {len(self.metrics)} metrics" if len(self.metrics) > 1 else ""
        return f"{self.runs:,} run{many}{series} × {self.points:,} points"


SIZES = {
    "A": Size(50, METRICS, 2_000),
    "B": Size(1, (LONE,), 1_000_000),
    "C": Size(1_000, METRICS, 100),
    "D": Size(1_000, METRICS, 2_000),
    "rows": Size(10_000, ("val/acc",), 1),
}


class Run(NamedTuple):
    """One run: its name, parameters, and the values of each metric at steps from 0 on."""

    name: str
    parameters: dict[str, float | int | str | bool]
    metrics: dict[str, np.ndarray]


def runs_of(letter: str) -> Iterator[Run]:
    """Make the runs of a set of data, always the same."""
    size = SIZES[letter]
    spikes = dict(_spikes(size)) if letter == "A" else {}
    for number in range(size.runs):
        if letter == "B":
            values = _lone(size.points)
        else:
            values = _curves(number, size)
            for step in range(size.points if spikes else 0):
                if (number, step) in spikes:
                    values[SPIKY][step] = spikes[number, step]
        yield Run(f"run-{number:05}", _parameters(number), values)


def spikes_of(letter: str) -> list[tuple[int, int, float]]:
    """The spikes of a set of data: number of the run, step, value."""
    if letter == "B":
        return [(0, LONE_STEP, LONE_VALUE)]
    return [(run, step, value) for (run, step), value in _spikes(SIZES["A"])]


def _spikes(size: Size) -> list[tuple[tuple[int, int], float]]:
    """One-step spikes of A, each of another height above all curves."""
    dice = np.random.default_rng(36)
    places = np.argwhere(dice.random((size.runs, size.points)) < SPIKE_CHANCE)
    heights = 4 + dice.permutation(3 * 1024)[: len(places)] / 1024 + 1 / 2048
    return [
        ((int(run), int(step)), float(height))
        for (run, step), height in zip(places, heights, strict=True)
    ]


def _curves(number: int, size: Size) -> dict[str, np.ndarray]:
    dice = np.random.default_rng(1_000 + number)
    progress = np.linspace(0, 1, size.points) if size.points > 1 else np.ones(1)
    speed, least = dice.uniform(3, 9), dice.uniform(0.05, 0.4)
    ideal = least + (2.3 - least) * np.exp(-speed * progress)
    made = {
        "train/loss": ideal + dice.normal(0, 0.03, size.points),
        "train/acc": 1 - 0.4 * ideal + dice.normal(0, 0.01, size.points),
        "val/loss": 1.1 * ideal + dice.normal(0, 0.05, size.points),
        "val/acc": 0.97 - 0.4 * ideal + dice.normal(0, 0.015, size.points),
        "lr": 1e-3 * 0.5 * (1 + np.cos(np.pi * progress)) * dice.uniform(0.5, 1.5),
    }
    return {name: made[name] for name in size.metrics}


def _lone(points: int) -> dict[str, np.ndarray]:
    dice = np.random.default_rng(7)
    values = 0.3 + 1.7 * np.exp(-np.linspace(0, 5, points)) + dice.normal(0, 0.08, points)
    values[LONE_STEP] = LONE_VALUE
    return {LONE: values}


def _parameters(number: int) -> dict[str, float | int | str | bool]:
    dice = np.random.default_rng(number)
    return {
        "number": number,
        "lr": float(10 ** dice.uniform(-5, -1)),
        "seed": number % 5,
        "depth": int(dice.integers(2, 40)),
        "width": int(2 ** dice.integers(5, 10)),
        "batch": int(2 ** dice.integers(4, 9)),
        "dropout": float(dice.uniform(0, 0.5)),
        "optimizer": ("adam", "sgd", "lion")[number % 3],
        "bias": bool(number % 2),
        "decay": float(10 ** dice.uniform(-6, -2)),
    }
