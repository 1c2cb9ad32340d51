"""Trouble of the environment while logging: told once on stderr, counted, never raised.

It is raised only where the user asked for it (``strict=True``), and only from the call that met it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable

from trialog.errors import StoreError

# closed, a broken pipe, in the middle of a print that a signal interrupted, or an odd replacement
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_UNTELLABLE = (OSError, ValueError, AttributeError, RuntimeError, TypeError)


def tell_on_stderr(text: str) -> None:
    """One line on stderr, where somebody can be told; never an exception."""
    if sys.stderr is not None:
        with contextlib.suppress(*_UNTELLABLE):
            print(f"trialog: {text}", file=sys.stderr, flush=True)  # noqa: T201 # to a person


class Trouble:
    """What a journal could not keep, and whether the user knows.

    Attributes:
        missing: how many points are lost for good.
        missing_since_ns: when the first of them was logged, or None.
        is_strict: whether the user wants errors raised.
    """

    def __init__(
        self, who: str, *, strict: bool = False, tell: Callable[[str], None] = tell_on_stderr
    ) -> None:
        self.missing = 0
        self.missing_since_ns: int | None = None
        self._who = who
        self.is_strict = strict
        self._tell = tell
        self._told: set[str] = set()

    def reset(self) -> None:
        """Begin anew, in a forked child."""
        self.missing, self.missing_since_ns = 0, None

    def tell_full(self, error: OSError) -> None:
        """The disk takes nothing; points wait in memory and it is tried again."""
        if error.errno is None or error.errno in _NO_ROOM:
            text = (
                f"the store has no room for the journal ({error}); points stay in memory and are "
                "written once there is room again. Free some space."
            )
        else:
            text = (
                f"the store cannot be written ({os.strerror(error.errno)}); points stay in memory "
                "and are written once it can be."
            )
        self._say("full", text)

    def refuse(self, error: OSError) -> None:
        """A call needs space and there is none.

        Raises:
            StoreError: the user asked for errors.
        """
        if self.is_strict:
            raise StoreError(
                error.errno, f"{self._who}: the store has no room for the journal: {error}"
            ) from error

    def tell_failing(self, error: BaseException) -> None:
        """Something does not work; it is tried again."""
        if isinstance(error, OSError):
            self.tell_full(error)  # in one message: the next points meet it too
            return
        self._say(
            type(error).__name__, f"the journal cannot be tended ({error!r}); training goes on."
        )

    def tell_unkept(self, what: str, error: OSError) -> None:
        """A blob cannot be written."""
        self._say(f"unkept {what}", f"{what} could not be kept: {error}")

    def tell_lost(self) -> None:
        """Points are lost for good: say how many."""
        if self.missing:
            self._say("lost", f"{self.missing} points could not be kept and are missing.")

    def add_missing(self, points: int, since_ns: int) -> None:
        """Count points that are lost for good."""
        if points:
            self.missing += points
            self.missing_since_ns = min(since_ns, self.missing_since_ns or since_ns)

    def tell_lost_fact(self, what: str) -> None:
        """A parameter, a file's name or another fact is lost for good."""
        self._say(f"fact {what}", f"a record ({what}) could not be kept: the store is full.")

    def _say(self, key: str, text: str) -> None:
        if key not in self._told:
            self._told.add(key)
            self._tell(f"{self._who}: {text}")
