"""Where a later attempt of a run takes the place of earlier ones. Pure.

Of the points of one metric, those of an attempt replace those of earlier attempts from its own
lowest step on. So a run that goes on from a checkpoint shows each step once, and a metric that the
later attempt never logs stays whole.
"""

from __future__ import annotations

from collections.abc import Mapping


def cuts_of(lowest: Mapping[int, int]) -> dict[int, int]:
    """Where the points that each attempt has of a metric stop to count.

    Args:
        lowest: of each attempt that has any, the lowest step.

    Returns:
        Of each attempt but the latest, the lowest step that a later one has: from there on its
        own points are replaced.

    Example:
        >>> cuts_of({1: 0, 2: 80, 3: 60})
        {2: 60, 1: 60}
    """
    found: dict[int, int] = {}
    cut: int | None = None
    for attempt in sorted(lowest, reverse=True):
        if cut is not None:
            found[attempt] = cut
        cut = lowest[attempt] if cut is None else min(cut, lowest[attempt])
    return found
