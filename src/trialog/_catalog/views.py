"""Which of a run's points somebody asks for: of which attempts, and of which ranks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np

from trialog._catalog.plans import JournalPoints, PointsPlan
from trialog._journals.stretches import NO_RANK, Stretch, merge_writers, until_step


class View(NamedTuple):
    """Which points are asked for, and what is to be told of each.

    Attributes:
        attempt: None: the latest attempt wins after the cut; "all": every point of every attempt;
            a number: that attempt alone.
        ranks: points of these ranks alone; None for all, those without a rank too.
        tells_ranks: of each point, the rank that logged it.
        tells_attempts: of each point, the attempt that logged it.
    """

    attempt: int | Literal["all"] | None = None
    ranks: frozenset[int] | None = None
    tells_ranks: bool = False
    tells_attempts: bool = False

    def telling(self, plans: Iterable[PointsPlan]) -> View:
        """The same view, telling what tells the points of some runs apart.

        Ranks where any of the runs has one or one is asked for; attempts where any has several or
        one is asked for.
        """
        has_ranks, is_resumed = self.ranks is not None, self.attempt is not None
        for plan in plans:
            has_ranks = has_ranks or plan.has_ranks
            is_resumed = is_resumed or plan.is_resumed
        return self._replace(tells_ranks=has_ranks, tells_attempts=is_resumed)


LATEST = View()


def journals_of(plan: PointsPlan, view: View) -> list[JournalPoints]:
    """The journals whose points are asked for."""
    journals: Iterable[JournalPoints] = plan.journals
    if isinstance(view.attempt, int):
        journals = [each for each in journals if each.attempt == view.attempt]
    if view.ranks is not None:
        journals = [each for each in journals if each.rank in view.ranks]
    return list(journals)


def merge_view(
    plan: PointsPlan, metric: str, parts: Sequence[tuple[JournalPoints, Stretch]], view: View
) -> Stretch:
    """The points of a metric that a view shows, by time.

    The cut compares attempts, whatever ranks are asked for: where the later attempt has logged
    the metric from any rank, the points of all ranks of the earlier ones end there.

    Args:
        plan: the run, with its cuts where the view is of the latest attempt.
        metric: its name.
        parts: journals of :func:`journals_of`, with all their points of the metric.
        view: which are asked for.
    """
    cuts = plan.cuts.get(metric, {}) if view.attempt is None else {}
    stretches = []
    for journal, given in parts:
        stretch = given
        if journal.attempt in cuts and not journal.is_outside:
            stretch = until_step(stretch, cuts[journal.attempt])
        stretches.append(_told(stretch, journal, view))
    return merge_writers(stretches)


def _told(stretch: Stretch, journal: JournalPoints, view: View) -> Stretch:
    """A writer's points with what the view tells of each."""
    if not (view.tells_ranks or view.tells_attempts):
        return stretch
    rank = NO_RANK if journal.rank is None else journal.rank
    count = len(stretch)
    return replace(
        stretch,
        ranks=np.full(count, rank, np.int64) if view.tells_ranks else None,
        attempts=np.full(count, journal.attempt, np.int64) if view.tells_attempts else None,
    )
