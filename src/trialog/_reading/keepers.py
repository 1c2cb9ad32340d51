"""Who kept for a run what it did not keep itself: the experiment that it was recorded in."""

from __future__ import annotations

from typing import NamedTuple

from trialog._catalog import Catalog, RunPlace
from trialog._catalog.members import times_of
from trialog._format.folders import day_of


class Keeper(NamedTuple):
    """An experiment, and when one of its runs went on.

    Attributes:
        place: of the experiment.
        created_ns: when the run began.
        ended_ns: when it ended, or None.
    """

    place: RunPlace
    created_ns: int
    ended_ns: int | None


def keeper_of(catalog: Catalog, place: RunPlace) -> Keeper | None:
    """The experiment of a run, as far as the catalog knows; None for a run of none.

    What is printed by a process is kept once for all its runs: of several that go on at once, each
    has the lines of all.
    """
    times = catalog.ask(times_of, place.key)
    if times is None:
        return None
    experiment = times.experiment
    of_experiment = RunPlace(place.project, day_of(experiment), experiment)
    catalog.refresh_runs([of_experiment])
    return Keeper(of_experiment, times.created_ns, times.ended_ns)
