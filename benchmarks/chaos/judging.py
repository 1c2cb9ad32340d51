"""From what was acknowledged and what was read to an outcome, and what is wrong with it."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from chaos.ledger import STRIDE

if TYPE_CHECKING:
    from chaos.case import Case
    from chaos.harms import Harm

LONGEST_RATIO = 1.02


@dataclass
class Outcome:
    """What one harm did to one tracker.

    Attributes:
        acknowledged: points that `log` had taken when it returned.
        kept: how many of them can be read.
        invented: points that nobody logged, or that are there twice.
        missing: how many points the runs themselves say are missing; None: they say nothing.
        runs: what the tracker says of the runs, each with how many there are.
        codes: the scripts' exit codes; None: it hung.
        bare_codes: those of the same scripts without a tracker; None: not compared.
        ratio: a step's duration over that without a tracker; None: not compared.
        longest_ms: the longest call of `log`.
        bare_longest_ms: the same of an append to a list in the same story.
        said: the lines of the first script on stderr that are the tracker's own.
        notes: more that was measured.
        faults: everything that is not as it should be.
        cannot: why the harm could not be done; else None.
    """

    acknowledged: int = 0
    kept: int = 0
    invented: int = 0
    missing: int | None = None
    runs: dict[str, int] = field(default_factory=dict)
    codes: list[int | None] = field(default_factory=list)
    bare_codes: list[int | None] | None = None
    ratio: float | None = None
    longest_ms: float | None = None
    bare_longest_ms: float | None = None
    said: list[str] = field(default_factory=list)
    notes: dict = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    cannot: str | None = None

    def as_json(self) -> dict:
        """Return what is kept of it."""
        return asdict(self)


def judge(harm: Harm, case: Case, found: dict, bare: Case | None) -> Outcome:
    """Compare what was logged with what can be read."""
    acknowledged = case.acknowledged()
    due = {
        value
        for value, at_ns in acknowledged.items()
        if case.lost_before_ns is None or at_ns <= case.lost_before_ns
    } - case.young
    values = [value for _, value in found["points"]] + [*found.get("files", ())]
    kept = set(values) & set(acknowledged)
    outcome = Outcome(
        acknowledged=len(acknowledged),
        kept=len(kept),
        invented=len(invented(found, acknowledged)),
        missing=found.get("missing"),
        runs=dict(Counter(state for _, state in found["runs"])),
        codes=[ended.code for ended in case.ended],
        said=own_words(case),
        notes=dict(case.notes),
        faults=list(case.faults),
    )
    if "failure" in found:
        outcome.faults.append(f"it cannot be read: {found['failure']}")
    if case.lost_before_ns is not None:
        outcome.notes["lost but young"] = len(acknowledged) - len(kept)
    longest = [report["longest_ms"] for report in case.reports()]
    outcome.longest_ms = max(longest, default=None)
    if bare is not None:
        outcome.bare_codes = [ended.code for ended in bare.ended]
        outcome.bare_longest_ms = max((each["longest_ms"] for each in bare.reports()), default=None)
    outcome.faults += faults_of(harm, case, outcome, len(due - kept), found)
    return outcome


def invented(found: dict, acknowledged: dict[int, int]) -> list:
    """Return the points that no script logged, and those that are there again.

    A value whose call had not returned may be there: the next of its writer.
    """
    last = Counter()
    for value in acknowledged:
        last[value // STRIDE] = max(last[value // STRIDE], value % STRIDE + 1)
    seen, wrong = set(), []
    for step, value in found["points"]:
        is_known = value in acknowledged or (
            value == int(value) >= 0 and value % STRIDE == last[int(value) // STRIDE]
        )
        is_at_place = step is None or step == value % STRIDE
        if value in seen or not is_known or not is_at_place:
            wrong.append((step, value))
        seen.add(value)
    return wrong


def own_words(case: Case) -> list[str]:
    """Return what the tracker said on the first script's stderr: not a traceback's lines."""
    lines = case.ended[0].said if case.ended else []
    if case.is_ours:
        return [line for line in lines if line.startswith("trialog:")]
    return [line for line in lines if not line.startswith((" ", "Traceback", "\t"))]


def faults_of(harm: Harm, case: Case, outcome: Outcome, lost: int, found: dict) -> list[str]:
    """Return, in words, where an outcome misses the goal."""
    faults = []
    is_counted = outcome.missing == lost and found.get("has_missing_since")
    is_told = harm.is_told and any(f" {lost} points" in line for line in outcome.said)
    if lost and not (harm.may_miss and (is_counted or is_told)):
        said = "" if outcome.missing is None else f", the run says {outcome.missing}"
        faults.append(f"{lost} of {outcome.acknowledged} acknowledged points are lost{said}")
    if not lost and outcome.missing:
        faults.append(f"the run says that {outcome.missing} points are missing, and none is")
    if outcome.invented:
        faults.append(f"{outcome.invented} points are invented or there twice")
    if None in outcome.codes:
        faults.append("training hung")
    if outcome.bare_codes is not None and outcome.codes != outcome.bare_codes:
        faults.append(f"exit codes {outcome.codes}, without a tracker {outcome.bare_codes}")
    if case.is_ours:
        faults += faults_of_ours(harm, outcome, found)
    return faults


def faults_of_ours(harm: Harm, outcome: Outcome, found: dict) -> list[str]:
    """Return what is expected of trialog beyond the points: statuses, names, its words."""
    faults = [
        f"{count} runs are {state!r}, not {' or '.join(sorted(harm.ends))}"
        for state, count in outcome.runs.items()
        if state not in harm.ends
    ]
    if not outcome.runs:
        faults.append("there is no run")
    names = [name for name, _ in found["runs"]]
    if len(set(names)) != len(names):
        faults.append("two runs have one name")
    if found.get("damages") and not harm.is_damaging:
        faults.append(f"{found['damages']} places are damaged")
    if not harm.messages[0] <= len(outcome.said) <= harm.messages[1]:
        faults.append(f"it said {len(outcome.said)} lines: {outcome.said[:3]}")
    return faults


def compare_durations(outcome: Outcome, case: Case, bares: list[Case], ours: list[Case]) -> None:
    """Set the ratio of the durations: medians, of a step of the first script."""
    steps = [
        statistics.median(report["seconds_a_step"] for each in cases for report in each.reports())
        for cases in (ours, bares)
        if any(each.reports() for each in cases)
    ]
    if len(steps) == 2:
        outcome.ratio = steps[0] / steps[1]
        if case.is_ours and outcome.ratio > LONGEST_RATIO and not case.amount.is_quick:
            outcome.faults.append(f"a step took {outcome.ratio:.2f} times as long")
