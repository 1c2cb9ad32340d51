"""One row of a terminal: letters in columns, which may be written over. Pure.

Most rows are plain text of letters one column wide, and stay a ``str``; colours that are only
added make it a list of stretches; writing over these, wide letters, and letters without a width of
their own make it a list of cells.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import groupby

from trialog._witness.styles import PLAIN, change, restyled

MAX_COLUMNS = 16 * 1024  # as much as can be kept of a line, whatever its letters
_SECOND_HALF = ""  # of a wide letter: the cell behind it
# Letters that are surely one column wide: Latin, Greek, Cyrillic, punctuation, arrows,
# mathematics, boxes, blocks, Braille. Others are looked up one by one.
_NOT_SURELY_NARROW = re.compile(
    "[^\x00-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u2190-\u22ff"
    "\u2500-\u25fc\u2600-\u2604\u27f5-\u27ff\u2800-\u28ff\ufffd]"
)
_COLOUR = re.compile(r"\x1b\[([0-9;:]*)m")


class Row:
    """A row that is being written.

    Attributes:
        column: where the next letter goes.
        width: how many columns have letters.
    """

    __slots__ = (
        "_is_rewritten", "_letters", "_marks", "_stretches", "_styles", "_text", "column", "width",
    )  # fmt: skip

    def __init__(self, text: str = "") -> None:
        """Make it of a text as :meth:`text` gives it; the next letter goes behind it."""
        self.column = 0
        self.width = 0
        self._text = ""  # of a plain row
        self._stretches: list[tuple[str, str]] = []  # of one with colours: their text and style
        self._letters: list[str] | None = None  # of any other
        self._styles: list[str] = []
        self._marks = 0
        self._is_rewritten = False
        style = PLAIN
        for index, part in enumerate(_COLOUR.split(text)):
            if index % 2:
                style = restyled(style, part)
            elif part:
                self.put(part, style)

    def put(self, text: str, style: str) -> None:
        """Write letters where the column is, over what stands there."""
        is_narrow = text.isascii() or _NOT_SURELY_NARROW.search(text) is None
        at = self.column
        if is_narrow:
            text = text[: max(MAX_COLUMNS - at, 0)]
        if at < self.width:
            self._is_rewritten = True
        if self._letters is None and is_narrow:
            if not style and not self._stretches:
                self._put_plain(text)
                return
            if at == self.width:
                self._add_stretch(text, style)
                return
        self._to_cells()
        self._put_cells(list(text) if is_narrow else self._cells_of(text), style)

    def _put_plain(self, text: str) -> None:
        at, old = self.column, self._text
        end = at + len(text)
        if at == 0 and end >= len(old):
            self._text = text
        else:
            if at > len(old):
                old = old.ljust(at)
            self._text = f"{old[:at]}{text}{old[end:]}"
        self.column = end
        self.width = len(self._text)

    def _add_stretch(self, text: str, style: str) -> None:
        if self._text:
            self._stretches.append((self._text, PLAIN))
            self._text = ""
        self._stretches.append((text, style))
        self.width += len(text)
        self.column = self.width

    def erase(self, start: int, stop: int | None = None) -> None:
        """Erase columns; up to the end where ``stop`` is None."""
        if start < self.width:
            self._is_rewritten = True
        if stop is None:
            if start == 0:
                self._text, self._stretches, self._letters, self._styles = "", [], None, []
            elif self._letters is None and not self._stretches:
                self._text = self._text[:start]
            else:
                self._to_cells()
                self._split(start)
                del self._letters[start:], self._styles[start:]  # type: ignore[index]
            self.width = min(self.width, start)
            return
        column = self.column
        self.column, amount = start, min(stop, self.width) - start
        if amount > 0:
            self.put(" " * amount, PLAIN)
        self.column = column

    def text(self) -> str:
        """The letters, with what makes their colours; blanks behind a rewritten row are left out.

        Whoever writes over a longer line with a shorter one writes blanks behind it.
        """
        if self._stretches and self._is_rewritten:
            self._to_cells()
        if self._stretches:
            return _joined(self._stretches)
        if self._letters is None:
            return self._text.rstrip(" ") if self._is_rewritten else self._text
        letters, styles = self._letters, self._styles
        end = len(letters)
        if self._is_rewritten:
            while end and letters[end - 1] == " " and not styles[end - 1]:
                end -= 1
        stretches, at = [], 0
        for style, cells in groupby(styles[:end]):
            length = sum(1 for _ in cells)
            stretches.append(("".join(letters[at : at + length]), style))
            at += length
        return _joined(stretches)

    # -- cells ---------------------------------------------------------------------------------

    def _to_cells(self) -> None:
        if self._letters is not None:
            return
        self._letters, self._styles = list(self._text), [PLAIN] * len(self._text)
        for text, style in self._stretches:
            self._letters += text
            self._styles += [style] * len(text)
        self._text, self._stretches = "", []

    def _put_cells(self, cells: list[str], style: str) -> None:
        letters, styles, at = self._letters, self._styles, self.column
        assert letters is not None  # noqa: S101 # made by the caller
        if at > len(letters):
            styles += [PLAIN] * (at - len(letters))
            letters += " " * (at - len(letters))
        end = at + len(cells)
        if at < len(letters):
            self._split(at)
            self._split(end)
        letters[at:end] = cells
        styles[at:end] = [style] * len(cells)
        self.column = end
        self.width = len(letters)

    def _cells_of(self, text: str) -> list[str]:
        """Letters of any width as cells, as many as there is room for; marks go to theirs."""
        cells: list[str] = []
        for letter in text:
            width = width_of(letter)
            if width == 1:
                cells.append(letter)
            elif width > 1:
                cells += (letter, _SECOND_HALF)
            elif cells:
                cells[-2 if cells[-1] == _SECOND_HALF else -1] += letter
            elif self.column > 0:
                self._put_mark(letter)
            else:
                cells.append(letter)
        room = max(MAX_COLUMNS - self.column, 0)
        if len(cells) > room:
            del cells[room:]
            if cells and cells[-1] and width_of(cells[-1][0]) > 1:  # its other half found no room
                cells[-1] = " "
        return cells

    def _put_mark(self, mark: str) -> None:
        """A letter without a width belongs to the one before it."""
        letters = self._letters
        assert letters is not None  # noqa: S101 # as above
        at = min(self.column, len(letters)) - 1
        while at > 0 and letters[at] == _SECOND_HALF:
            at -= 1
        self._marks += 1
        if at >= 0 and self._marks <= MAX_COLUMNS:
            letters[at] += mark

    def _split(self, at: int) -> None:
        """Whoever writes over one half of a wide letter leaves a blank of the other."""
        letters = self._letters
        assert letters is not None  # noqa: S101 # as above
        if 0 < at < len(letters) and letters[at] == _SECOND_HALF:
            letters[at - 1] = letters[at] = " "


def _joined(stretches: list[tuple[str, str]]) -> str:
    parts, before = [], PLAIN
    for text, style in stretches:
        if style != before:
            parts.append(change(before, style))
            before = style
        parts.append(text)
    parts.append(change(before, PLAIN))
    return "".join(parts)


@lru_cache(maxsize=4096)
def width_of(letter: str) -> int:
    """How many columns a letter takes: 0, 1 or 2.

    Example:
        >>> [width_of(letter) for letter in "a実\u0301"]
        [1, 2, 0]
    """
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return 2
    is_mark = unicodedata.category(letter) in ("Mn", "Me", "Cf")
    return 0 if is_mark and letter != "\N{SOFT HYPHEN}" else 1
