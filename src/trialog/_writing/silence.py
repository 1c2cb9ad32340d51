"""Notices that nothing is logged any more, by how far a journal has grown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Reach = tuple[int, int]
Then = Callable[[], object]
_LONGEST_STEP_NS = 10_000_000_000  # a process that stood still, or a clock put forward, is no stall


class Silence:
    """Watches one journal; tells again only after something was logged meanwhile.

    No lock: a record that comes in just while the journal appends one of its own may be missed.
    """

    def __init__(
        self, limit_ns: int, reach: Callable[[], Reach], note: Callable[[int, int], Then]
    ) -> None:
        """Begin.

        Args:
            limit_ns: for how long nothing must have been logged.
            reach: gives how far the journal has grown: its block, and how far in it.
            note: called once a silence, with the time of the last record and how long ago it was;
                may append a record of it. What it gives is called then.
        """
        self._limit_ns = limit_ns
        self._reach = reach
        self._note = note
        self._quiet_at = reach()
        self._lasts_ns = 0
        self._since_ns = self._looked_ns = 0
        self._has_begun = self._was_told = False

    def look(self, now_ns: int, *, has_points: bool) -> None:
        """Compare; takes no time.

        Args:
            now_ns: the time.
            has_points: whether the block has points: without any in the whole journal there is no
                silence, but a long preparation.
        """
        self._has_begun = self._has_begun or has_points
        step_ns = now_ns - self._looked_ns
        self._looked_ns = now_ns
        reach = self._reach()
        if reach != self._quiet_at:
            self._quiet_at, self._since_ns, self._lasts_ns = reach, now_ns, 0
            self._was_told = False
            return
        self._lasts_ns += min(max(step_ns, 0), _LONGEST_STEP_NS)
        if self._was_told or not self._has_begun or self._lasts_ns < self._limit_ns:
            return
        self._was_told = True
        with self.undisturbed():
            then = self._note(self._since_ns, self._lasts_ns)
        then()

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """What is appended in this block is no user's, and breaks no silence."""
        is_quiet = self._reach() == self._quiet_at
        try:
            yield
        finally:
            if is_quiet:
                self._quiet_at = self._reach()
