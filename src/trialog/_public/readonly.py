"""What a run answers, as a dict that cannot be mistaken for a place to write to."""

from __future__ import annotations

from typing import Any, Never, TypeVar

from trialog.errors import UsageError

K = TypeVar("K")
V = TypeVar("V")


class ReadOnlyDict(dict[K, V]):
    """A dict that refuses to be changed and says how the run is told; a copy is a plain dict."""

    def __init__(self, content: dict[K, V], instead: str) -> None:
        """Make it.

        Args:
            content: what it holds.
            instead: how a run is told what somebody may want to write here.
        """
        super().__init__(content)
        self._instead = instead

    def _refuse(self, *_: Any, **__: Any) -> Never:
        raise UsageError(f"this dict is what was read, and a change would be lost; {self._instead}")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[dict[K, V]], tuple[dict[K, V]]]:
        return dict, (dict(self),)

    def copy(self) -> dict[K, V]:
        """A plain dict of the same content."""
        return dict(self)
