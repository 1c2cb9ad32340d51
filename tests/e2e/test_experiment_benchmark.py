"""The comparison of experiments can be run: small, without peers, whatever the times are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "experiments.py"


@pytest.mark.slow
def test_every_section_is_measured_and_no_harm_costs_a_value(tmp_path):
    """Each has its rows, with goals beside them; nothing is kept of a quick one."""
    kept = SCRIPT.parent / "results" / "experiments.json"
    before = kept.read_bytes()
    done = subprocess.run(
        [sys.executable, SCRIPT, "--quick", "--ommx", "none", "--oras", "none"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for words in ("wall, capture on", "on the disk", "warm", "commit of", "load and table of"):
        assert words in done.stdout
    (lost,) = (line for line in done.stdout.splitlines() if line.startswith("values lost in"))
    assert lost.split("harms")[1].split()[0] == "0"
    assert kept.read_bytes() == before
