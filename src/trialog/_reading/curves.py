"""What the memory and the GPUs of a run did, as a few short curves."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trialog._catalog import Catalog, Summary
from trialog._catalog.views import LATEST, View
from trialog._journals.stretches import Stretch

MAX_CURVES = 3
_GPU = re.compile(r"system/gpu\b")
# What explains an end, the most telling first; of each row one metric is shown.
_WANTED = (
    ("system/cgroup/memory_percent",),
    ("system/memory_bytes", "system/memory_percent"),
    ("memory_percent", "memory_used_bytes", "tree_memory_bytes"),
    ("utilization_percent",),
    ("system/machine/memory_percent", "system/machine/memory_used_bytes"),
)
_OF_PROCESS = ("system/memory_bytes", "system/memory_percent")


@dataclass(frozen=True, slots=True)
class Curve:
    """A metric of the machine over the run's time.

    Attributes:
        metric: its name.
        values: the highest value of each of some equal stretches of time; of one without any, the
            value before it.
        least, greatest, last: of all its values.
        first_ns, last_ns: the times of its first and last value.
    """

    metric: str
    values: tuple[float, ...]
    least: float
    greatest: float
    last: float
    first_ns: int
    last_ns: int


def choose_metrics(summaries: Mapping[str, Summary]) -> list[str]:
    """The metrics of memory and GPUs that explain most, three at most.

    Of several GPUs it is the one whose memory was fullest, else the one that was busiest.
    """
    gpu = _fullest_gpu(summaries)
    chosen: list[str] = []
    for row, names in enumerate(_WANTED):
        is_of_gpu = not names[0].startswith("system/")
        if (is_of_gpu and gpu is None) or (row == len(_WANTED) - 1 and _is_limited(chosen)):
            continue
        given = [f"{gpu}/{name}" if is_of_gpu else name for name in names]
        chosen += [name for name in given if name in summaries][:1]
    if not chosen:  # of another version, with names of its own
        chosen = [name for name in sorted(summaries) if _is_like_these(name)]
    return chosen[:MAX_CURVES]


def _is_limited(chosen: Sequence[str]) -> bool:
    """Whether the memory that counts is that of a container or job, not the machine's."""
    return "system/cgroup/memory_percent" in chosen


def _is_like_these(name: str) -> bool:
    return name.startswith("system/") and ("memory" in name or "gpu" in name)


def _fullest_gpu(summaries: Mapping[str, Summary]) -> str | None:
    gpus = {name.rpartition("/")[0] for name in summaries if _GPU.match(name)}

    def fullness(gpu: str) -> tuple[float, ...]:
        names = ("memory_percent", "memory_used_bytes", "utilization_percent")
        found = [summaries.get(f"{gpu}/{name}") for name in names]
        return tuple(-math.inf if each is None else float(each.max) for each in found)

    return max(sorted(gpus), key=fullness, default=None)


def read_curves(
    catalog: Catalog, run: int, names: Iterable[str], stretches: int, rank: int | None = None
) -> list[Curve]:
    """The curves of some metrics of a run.

    Args:
        catalog: where it is read.
        run: its key.
        names: the metrics.
        stretches: of how many values a curve is.
        rank: whose process it is about, where each rank measures its own; None for all.
    """
    wanted = list(names)
    view = LATEST if rank is None else View(ranks=frozenset({rank}))
    found: dict[str, Stretch] = {}
    own = [name for name in wanted if name in _OF_PROCESS]
    for some, of in ((own, view), ([name for name in wanted if name not in own], LATEST)):
        for _, points in catalog.points([run], some, of) if some else ():
            found |= points
    curves = [_curve(name, found[name], stretches) for name in wanted if name in found]
    return [curve for curve in curves if curve is not None]


def _curve(metric: str, points: Stretch, stretches: int) -> Curve | None:
    is_number = np.isfinite(points.values)
    values, times_ns = points.values[is_number], points.times_ns[is_number]
    if not len(values):
        return None
    first_ns, last_ns = int(times_ns.min()), int(times_ns.max())
    stretches = min(stretches, len(values))
    span_ns = max(last_ns - first_ns, 1)
    highest = np.full(stretches, -np.inf)
    places = np.minimum((times_ns - first_ns) * stretches // span_ns, stretches - 1)
    np.maximum.at(highest, places, values)
    for empty in np.flatnonzero(highest == -np.inf):
        highest[empty] = highest[empty - 1]  # the first is never empty
    return Curve(
        metric,
        tuple(highest.tolist()),
        float(values.min()),
        float(values.max()),
        float(values[-1]),
        first_ns,
        last_ns,
    )
