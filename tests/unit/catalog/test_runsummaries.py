"""What metrics come to: of the points that count, read only where that cannot be told otherwise."""

from __future__ import annotations

import pytest

from trialog._catalog.runsummaries import merge_summaries
from trialog._journals.addresses import ProjectPlace, RunPlace

KEY = RunPlace(ProjectPlace("acme", "demo"), "named", "run-1").key


@pytest.fixture
def catalog(handmade):
    """Makes a catalog of attempts that logged ``loss`` at these steps."""
    made = []

    def write(*attempts):
        for attempt, steps in enumerate(attempts, 1):
            data = handmade.start(writer=f"w{attempt}", attempt=attempt)
            data += handmade.logged("loss", steps, time_ns=handmade.now_ns + 100 * attempt)
            data += handmade.logged("acc", [0], 1)
            handmade.write(data, writer=f"w{attempt}")
        made.append(handmade.open())
        made[0].refresh()
        return made[0]

    yield write
    made[0].close()


@pytest.mark.parametrize(
    "attempts, overlapping, count",
    [
        ([range(5)], [], 5),
        ([range(5), range(5, 8)], [], 8),
        ([range(5), range(-1, 3)], [], 4),
        ([range(5), range(2, 4)], ["loss"], 4),
        ([range(5), [None, None]], [], 7),
        ([range(5), range(3, 5), range(1)], [], 1),
        ([range(5), range(4, 9), range(6, 7)], ["loss"], 7),
        ([range(5), []], [], 5),
    ],
)
def test_points_are_read_only_where_attempts_overlap(catalog, attempts, overlapping, count):
    """An attempt that goes on, or begins anew, needs none."""
    known = catalog(*attempts)
    merged = known.ask(merge_summaries, [KEY], ["loss"])
    assert merged.overlapping == ({KEY: overlapping} if overlapping else {})
    summaries = known.summaries([KEY])[KEY]
    assert summaries["loss"].count == count
    assert summaries["acc"].count == 1
    ((_, found),) = known.points([KEY], ["loss"])
    assert len(found["loss"]) == count


def test_the_exact_summary_is_of_the_points_that_count(catalog):
    """Least, greatest, mean, first and last."""
    (found,) = catalog([0, 1, 2, 3], [2]).summaries([KEY], ["loss"])[KEY].values()
    assert (found.first, found.last, found.min, found.max) == (0.0, 0.0, 0.0, 1.0)
    assert (found.mean, found.step_of_max) == (1 / 3, 1)


def test_of_runs_that_have_none_there_is_nothing(catalog):
    """Neither an entry for the run nor an error."""
    known = catalog([])
    assert known.summaries([KEY], ["loss"]) == {}
    assert known.summaries([5]) == {}
