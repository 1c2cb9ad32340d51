"""One run for every call of a solver: what was asked, how it went, and why it found nothing.

    python examples/solver_runs.py

The solver packs a knapsack with items so that their value is greatest. It is small and exact: a
table of the best value for every weight. Some of its instances ask for too much, and are
infeasible: those runs end as FAILED, with that reason. That is an answer, not a crash.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np

import trialog


@dataclass(frozen=True)
class Knapsack:
    """Items of some weights and values; the bag carries so much, and must be worth so much."""

    capacity: int
    least_value: int
    weights: tuple[int, ...]
    values: tuple[int, ...]

    @classmethod
    def random(cls, items: int, capacity: int, least_value: int, seed: int) -> Knapsack:
        """An instance that is the same for the same seed."""
        generator = np.random.default_rng(seed)
        weights, values = generator.integers(1, 30, size=(2, items)).tolist()
        return cls(capacity, least_value, tuple(weights), tuple(values))


def solve(knapsack: Knapsack, log: io.StringIO, run: trialog.Run) -> list[int] | None:
    """The items to take, or None where no choice is worth enough."""
    best = np.zeros((len(knapsack.weights) + 1, knapsack.capacity + 1), dtype=int)
    for item, (weight, value) in enumerate(zip(knapsack.weights, knapsack.values, strict=True)):
        best[item + 1] = best[item]
        taking = best[item, : -weight or None] + value
        best[item + 1, weight:] = np.maximum(best[item, weight:], taking)
        run.log("value", best[item + 1, -1], step=item)
        log.write(f"item {item:3}: weight {weight:3}, best value so far {best[item + 1, -1]}\n")
    if best[-1, -1] < knapsack.least_value:
        return None
    taken, left = [], knapsack.capacity
    for item in reversed(range(len(knapsack.weights))):
        if best[item + 1, left] != best[item, left]:
            taken.append(item)
            left -= knapsack.weights[item]
    return sorted(taken)


def main() -> None:
    """Solve some instances, then compare the runs."""
    for seed, (items, least_value) in enumerate([(20, 100), (40, 250), (60, 900), (80, 350)]):
        knapsack = Knapsack.random(items, capacity=100, least_value=least_value, seed=seed)
        with trialog.init("knapsack", name=f"{items}-items", tags=["exact"]) as run:
            run.log_parameters(items=items, capacity=100, least_value=least_value, seed=seed)
            run.log_json("instance", {"weights": knapsack.weights, "values": knapsack.values})
            log = io.StringIO()
            taken = solve(knapsack, log, run)
            run.log_attachment("solver.log", "text/plain", log.getvalue().encode())
            if taken is None:
                run.finish("FAILED", reason="infeasible")
            else:
                run.log_json("solution", taken)
        print(f"{run.name}: {run.status} {run.reason or ''}".rstrip())

    runs = trialog.runs("knapsack", tags="exact")
    if not runs:  # TRIALOG_MODE=disabled
        print("Nothing was kept, so there is nothing to compare.")
        return
    frame = runs.comparison_df()
    print(frame.set_index("name")[["status", "items", "least_value", "last(value)"]].to_string())
    infeasible = trialog.runs("knapsack", status="FAILED")[0]
    print(f"\nThe end of what the solver said about {infeasible.name} ({infeasible.reason}):")
    print(infeasible.get_attachment("solver.log").decode().splitlines()[-1])


if __name__ == "__main__":
    main()
