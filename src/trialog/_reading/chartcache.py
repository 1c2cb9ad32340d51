"""What charts were made of, kept in memory up to a bound: the longest unused goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, NamedTuple

MAX_BYTES = 32 << 20
_ENTRY_BYTES = 512  # what an entry costs beside its arrays


class _Entry(NamedTuple):
    stamp: Hashable
    value: Any
    size_bytes: int


class ChartCache:
    """Values by key, each true of one state of what it was made of.

    Safe to use from several threads.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        """Make an empty one.

        Args:
            max_bytes: of all values together.
        """
        self._max_bytes = max_bytes
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._lock = threading.Lock()
        self.size_bytes = 0

    def get(self, key: Hashable, stamp: Hashable) -> Any:
        """The value of a key, or None where there is none or it was made of another state."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry.stamp != stamp:
                return None
            self._entries.move_to_end(key)
            return entry.value

    def put(self, key: Hashable, stamp: Hashable, value: Any, size_bytes: int) -> None:
        """Keep a value, unless it is larger than all may be together."""
        size_bytes += _ENTRY_BYTES
        with self._lock:
            before = self._entries.pop(key, None)
            if before is not None:
                self.size_bytes -= before.size_bytes
            if size_bytes > self._max_bytes:
                return
            self._entries[key] = _Entry(stamp, value, size_bytes)
            self.size_bytes += size_bytes
            while self.size_bytes > self._max_bytes:
                _, oldest = self._entries.popitem(last=False)
                self.size_bytes -= oldest.size_bytes
