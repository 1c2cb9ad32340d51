"""What came of a call of a solver: one of six words, and the value of the objective.

===============  =================================================================================
``optimal``      a solution that keeps all constraints, and the adapter says that none is better
``feasible``     a solution that keeps all constraints; of samples, at least one of them
``infeasible``   proven: there is none (no output); or what came out breaks a constraint
``unbounded``    proven: there are solutions without limit (no output)
``failed``       any other exception; time was up and there was no solution at all, among them
``interrupted``  KeyboardInterrupt, and whatever else is no error (SystemExit, CancelledError)
===============  =================================================================================
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

from trialog._format.values import to_plain
from trialog.codecs._origin import comes_from

SolveStatus: TypeAlias = Literal[
    "optimal", "feasible", "infeasible", "unbounded", "failed", "interrupted"
]
_OPTIMAL = 1  # ommx.Optimality.Optimal, an enum that compares equal to its number
_PROOFS: dict[str, SolveStatus] = {
    "InfeasibleDetected": "infeasible",
    "UnboundedDetected": "unbounded",
}


class Outcome(NamedTuple):
    """How it ended, and the value of the objective, where there is one."""

    status: SolveStatus
    objective: float | None = None


def outcome_of_solution(solution: Any) -> Outcome:
    """What an ``ommx`` Solution says."""
    objective = _number(solution.objective)
    if not solution.feasible:
        return Outcome("infeasible", objective)
    is_optimal = int(solution.optimality) == _OPTIMAL
    return Outcome("optimal" if is_optimal else "feasible", objective)


def outcome_of_samples(samples: Any) -> Outcome:
    """What an ``ommx`` SampleSet says; its objective is that of the best sample."""
    if not any(samples.feasible.values()):
        return Outcome("infeasible")
    return Outcome("feasible", _number(samples.best_feasible.objective))


def outcome_of_error(error: BaseException) -> Outcome:
    """What an exception says that left the adapter."""
    for name, status in _PROOFS.items():
        if comes_from(error, "ommx", name):
            return Outcome(status)
    return Outcome("failed" if isinstance(error, Exception) else "interrupted")


def _number(value: object) -> float | None:
    plain = to_plain(value)
    return None if plain is None else float(plain)
