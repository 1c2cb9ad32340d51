"""The goals of the dashboard, each beside the best of the peers that were measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from report import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator


class Goal(NamedTuple):
    """One figure: of which data, what, in which unit, at most (or at least) how much."""

    letter: str
    key: str
    what: str
    unit: str
    scale: float
    limit: float
    is_least: bool = False


GOALS = (
    Goal("A", "curves_s", "A: cold page to curves", "s", 1, 0.5),
    Goal("A", "bytes", "A: bytes", "MB", 1e6, 0.8),
    Goal("A", "script_bytes", "A: JavaScript, compressed", "kB", 1e3, 100),
    Goal("A", "requests", "A: requests", "", 1, 24),
    Goal("A", "external_requests", "A: requests to others", "", 1, 0),
    Goal("A", "more_s", "A: 10 to 50 runs", "s", 1, 0.2),
    Goal("A", "spikes", "A: spikes that reach the screen, of 76", "", 1, 76, is_least=True),
    Goal("A", "longest_task_s", "A: longest task", "s", 1, 0.1),
    Goal("A", "heap_bytes", "A: heap", "MB", 1e6, 30),
    Goal("A", "idle_bytes", "A: idle for 20 s", "kB", 1e3, 1),
    Goal("A", "violations", "A: axe violations", "", 1, 0),
    Goal("A", "server_bytes", "A: memory of the server", "MB", 1e6, 300),
    Goal("A", "live_p95_s", "point logged to pixel, 95th percentile", "s", 1, 1),
    Goal("A", "live_p50_s", "point logged to pixel, median", "s", 1, 1),
    Goal("B", "curves_s", "B: cold page to curve", "s", 1, 0.3),
    Goal("B", "spikes", "B: the spike is shown", "", 1, 1, is_least=True),
    Goal("B", "zoom_s", "B: zoom", "s", 1, 0.1),
    Goal("C", "curves_s", "C: cold page to curves", "s", 1, 1),
    Goal("D", "curves_s", "D: cold page to curves", "s", 1, 2),
    Goal("D", "server_bytes", "D: memory of the server", "MB", 1e6, 300),
)


def figures_of(of: dict[str, dict[str, dict]]) -> list[Figure]:
    """Return trialog's figures beside the best peer's, as far as they were measured."""
    return list(_figures(of))


def _figures(of: dict[str, dict[str, dict]]) -> Iterator[Figure]:
    for goal in GOALS:
        measured = of.get("trialog", {}).get(goal.letter, {}).get(goal.key)
        if measured is None:
            continue
        sign = 1 if goal.is_least else -1
        others = {
            name: found[goal.letter][goal.key]
            for name, found in of.items()
            if name != "trialog" and found.get(goal.letter, {}).get(goal.key) is not None
        }
        best = max(others, key=lambda name: sign * others[name]) if others else ""
        yield Figure(
            goal.what,
            measured / goal.scale,
            goal.unit,
            best,
            others[best] / goal.scale if best else None,
            f"{'≥' if goal.is_least else '≤'} {goal.limit:g} {goal.unit}".strip(),
            sign * measured >= sign * goal.limit * goal.scale,
        )
