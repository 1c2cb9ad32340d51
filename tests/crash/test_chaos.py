"""Harm done on purpose to real training scripts: nothing is lost, and every status is true.

The harms are those of ``scripts/chaos`` in their quick form; ``benchmarks/chaos/harms.py`` is the
table of them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.append(str(BENCHMARKS))

from chaos.case import Amount  # noqa: E402
from chaos.harms import HARMS  # noqa: E402
from chaos.judging import invented  # noqa: E402
from chaos.ledger import STRIDE, Ledger, read_ledgers  # noqa: E402


@pytest.mark.parametrize(
    "harm", [each for each in HARMS if not each.is_slow], ids=lambda each: each.name
)
def test_nothing_is_lost_and_the_status_is_true(harm):
    """Every acknowledged point is there, none is invented; exit codes and statuses are right."""
    outcome = harm.do_to("trialog", Amount())
    if outcome.cannot:
        pytest.skip(outcome.cannot)
    assert outcome.faults == []


class Deaf:
    """A tracker that keeps nothing."""

    def log_scalar(self, value, step):
        """Forget it."""


def test_the_ledger_knows_what_was_logged_and_when(tmp_path):
    """Two writers, whose values never meet; an entry that was being written does not count."""
    for writer in (0, 7):
        ledger = Ledger(tmp_path, writer)
        for step in range(3):
            ledger.log(Deaf(), step)
    with (tmp_path / "7.ledger").open("ab") as file:
        file.write(b"\1\2\3")
    known = read_ledgers(tmp_path)
    assert sorted(known) == [0, 1, 2, 7 * STRIDE, 7 * STRIDE + 1, 7 * STRIDE + 2]
    assert known[0] < known[1] < known[2] < known[7 * STRIDE]


def test_what_nobody_logged_is_found():
    """A strange value, one at another step, one that is there twice; not the one in flight."""
    known = dict.fromkeys((0, 1, STRIDE), 0)
    points = [(0, 0.0), (1, 1.0), (2, 2.0), (0, float(STRIDE))]
    assert invented({"points": points}, known) == []
    for wrong in ((3, 3.0), (0, 0.5), (1, 0.0), (0, 0.0)):
        assert invented({"points": [*points, wrong]}, known) == [wrong]


def test_the_page_holds_what_was_measured():
    """It is written by benchmarks/chaos_page.py."""
    import chaos_page
    import report

    titles = {harm.name: harm.title for harm in HARMS}
    page = chaos_page.PAGE.read_text(encoding="utf-8")
    assert chaos_page.tables(report.kept("chaos"), titles) in page
