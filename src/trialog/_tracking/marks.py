r"""Marks among what is printed: "all before this was printed before that moment".

A process writes one behind what it has printed, on the same way, where a run begins or ends; who
reads there takes it out. So the bytes themselves say which lines are whose, however late they are
read, and nobody waits for that. A mark has the form of a word that terminals show nothing of (APC),
should one ever get to see it: ``ESC _ trialog;KEY;NUMBER;TIME ESC \``.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple

TORN_S = 0.05  # so long the rest of a mark is waited for
_ESCAPE = b"\x1b"


class Mark(NamedTuple):
    """What a mark says.

    Attributes:
        number: of the message that belongs to it, from 1 on; 0 where there is none.
        time_ns: when it was written: what is before it was printed earlier.
    """

    number: int
    time_ns: int


class Piece(NamedTuple):
    """What was printed up to a mark, or up to the end of what has come.

    Attributes:
        text: the bytes, torn anywhere.
        mark: what stands behind them, or None.
    """

    text: bytes
    mark: Mark | None = None


def new_key() -> str:
    """A word that no other process has in its marks, and no program prints."""
    return os.urandom(8).hex()


def mark_bytes(key: str, mark: Mark) -> bytes:
    r"""A mark as it is written: in one go, so that nothing gets into it.

    Example:
        >>> mark_bytes("00ff", Mark(number=1, time_ns=255))
        b'\x1b_trialog;00ff;00000001;00000000000000ff\x1b\\'
    """
    return b"%s%08x;%016x\x1b\\" % (_head(key), *mark)


class MarkReader:
    r"""Takes the marks out of what has come.

    Example:
        >>> reader = MarkReader("00ff")
        >>> reader.feed(b"one" + mark_bytes("00ff", Mark(1, 255)) + b"two\x1b")
        [Piece(text=b'one', mark=Mark(number=1, time_ns=255)), Piece(text=b'two', mark=None)]
        >>> reader.release()
        b'\x1b'
    """

    def __init__(self, key: str) -> None:
        """Make one for the marks of a key."""
        self._head = _head(key)
        self._pattern = re.compile(re.escape(self._head) + rb"([0-9a-f]{8});([0-9a-f]{16})\x1b\\")
        self._size = len(mark_bytes(key, Mark(0, 0)))
        self._held = b""

    @property
    def is_holding(self) -> bool:
        """Whether the last bytes may be the first of a mark: they are not given yet."""
        return bool(self._held)

    def feed(self, data: bytes) -> list[Piece]:
        """Take bytes, torn anywhere.

        Returns:
            What stands before each mark; at last what is behind the last one, which has none.
        """
        data, self._held = self._held + data, b""
        if _ESCAPE not in data:
            return [Piece(data)]
        pieces, start = [], 0
        if self._head in data:
            for found in self._pattern.finditer(data):
                mark = Mark(int(found[1], 16), int(found[2], 16))
                pieces.append(Piece(data[start : found.start()], mark))
                start = found.end()
        end = self._begun_at(data, start)
        self._held = data[end:]
        return [*pieces, Piece(data[start:end])]

    def release(self) -> bytes:
        """Give what is held: nothing comes behind it."""
        held, self._held = self._held, b""
        return held

    def _begun_at(self, data: bytes, start: int) -> int:
        """Where a mark begins whose rest may still come; else the end."""
        at = data.find(_ESCAPE, max(start, len(data) - self._size + 1))
        while at >= 0:
            if self._head.startswith(data[at : at + len(self._head)]):
                return at
            at = data.find(_ESCAPE, at + 1)
        return len(data)


def _head(key: str) -> bytes:
    return b"\x1b_trialog;%s;" % key.encode()
