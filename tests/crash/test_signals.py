"""Signals, once and twice, whoever handles them: the process ends as it would without trialog.

Each case runs a script twice, with trialog and without, and compares: the exit code, how often the
user's handlers ran, whether the script came to its end. A second signal comes while the first has
its effect: the run waits for the disk, and the script without trialog for as long.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

import trialog

SCRIPT = Path(__file__).with_name("signaled.py")
LIMIT_S = 2.0
HANDLERS = (
    "none",
    "returns, before",
    "returns, after",
    "exits, before",
    "exits, after",
    "ignored, before",
    "ignored, after",
)
PLACES = ("a block", "no block", "a block, training in a thread", "a thread's block")
CASES = [
    *product(("SIGTERM", "SIGINT"), (1, 2), PLACES[:3], HANDLERS[:5]),
    *product(("SIGTERM", "SIGINT"), (1,), PLACES[:2], HANDLERS[5:]),
    *product(("SIGHUP",), (1, 2), PLACES[:2], HANDLERS[:4:3]),
    *product(("SIGTERM", "SIGINT"), (1,), PLACES[3:], HANDLERS[:1]),
    *product(("SIGTERM", "SIGINT"), (1, 2), ("a loop",), HANDLERS[:1]),
    *product(("SIGTERM", "SIGINT"), (1,), ("a loop that handles it",), HANDLERS[:1]),
]


def name_of(case):
    name, times, place, handler = case
    return f"{name}-{times}-{place}-{handler}".replace("'", "").replace(" ", "_").replace(",", "")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """How all cases ended: with trialog, without, and what the store says."""
    folder = tmp_path_factory.mktemp("signals")
    cases = [
        {
            "name": name_of(case) + ("" if is_tracked else "-untracked"),
            "signal": case[0],
            "times": case[1],
            "place": case[2],
            "handler": case[3],
            "is_tracked": is_tracked,
        }
        for case in CASES
        for is_tracked in (True, False)
    ]
    given, answers = folder / "cases.json", folder / "answers.json"
    given.write_text(json.dumps(cases))
    environ = os.environ | {"TRIALOG_HOME": str(folder / "store"), "TRIALOG_CAPTURE": "none"}
    command = [sys.executable, "-W", "ignore", str(SCRIPT), str(given), str(answers)]
    subprocess.run(command, check=True, env=environ, timeout=120)
    runs = trialog.runs(client=trialog.LocalClient(folder / "store"))
    return json.loads(answers.read_text()), {run.name: run for run in runs}


def expected_end(case):
    """The status and reason that docs/reference/run.md promises."""
    name, _, place, handler = case
    if handler.startswith(("returns", "ignored")):
        return "COMPLETED", None
    if handler == "exits, after" and place == "no block":
        return "FAILED", "left unfinished"  # nobody is told of it
    if place == "a loop that handles it" or (place == "a loop" and name == "SIGINT"):
        return "INTERRUPTED", "CancelledError"
    return "INTERRUPTED", name


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_signal(outcomes, case):
    """Same exit code, the same handlers, the right status, and an end within two seconds."""
    answers, runs = outcomes
    with_us, without = answers[name_of(case)], answers[f"{name_of(case)}-untracked"]
    assert with_us["code"] == without["code"], (with_us, without)
    heard, usual = with_us["said"].count("h"), without["said"].count("h")
    is_handled = case[3].startswith(("returns", "exits")) or case[2] == "a loop that handles it"
    assert heard == usual == (case[1] if is_handled else 0)
    assert with_us["said"].endswith("e") is without["said"].endswith("e")
    assert with_us["seconds"] < LIMIT_S + without["seconds"]  # the machine may be busy
    run = runs[name_of(case)]
    assert (run.status, run.reason) == expected_end(case)
    assert run.points > 0
