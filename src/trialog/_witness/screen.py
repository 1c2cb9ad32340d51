"""What a program printed, as the lines a terminal would show: the last rows of one. Pure.

Carriage returns, backspaces, erasing and moving the cursor are obeyed as far as they concern the
last few rows, so that a progress bar, or several of them, are as many lines as one sees. Rows that
nobody can move up to any more are finished.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from trialog._witness.rows import MAX_COLUMNS, Row
from trialog._witness.styles import PLAIN, restyled

MAX_ROWS = 64  # so far up a cursor can go
_HOLD_NS = 1_000_000_000  # so long rows are held that a cursor has moved up to
_HIDDEN_HOLD_NS = 2_000_000_000  # and so long all, once a cursor is hidden: it may move soon
_ESCAPE = "\x1b"
_SPECIAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_USUAL = re.compile(r"(\r)|\x1b\[([0-9;:]{0,64})m")  # a bar's way back, and colours
_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x08\x0a-\x1f\x7f-\x9f]+)"
    r"|\x1b\[(?P<parameters>[0-?]{0,64})(?P<between>[ -/]{0,8})(?P<final>[@-~]?)"
    r"|(?P<string>\x1b[\]PX^_][^\x07\x1b\n]*)(?P<end>\x07|\x1b\\)?"  # titles, links, images
    r"|\x1b[ -/]{0,8}[0-~]?"
    r"|(?P<control>[\x00-\x1f\x7f-\x9f])"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}|[ -/]{0,8})")
_STRING_BODY = re.compile(r"[^\x07\x1b\n]*")
_NUMBERS = re.compile(r"[0-9;:]*")


class Line(NamedTuple):
    """A finished row: when it was finished, and what it says, or the row that says it."""

    time_ns: int
    row: str | Row

    @property
    def text(self) -> str:
        """What it says."""
        return self.row if isinstance(self.row, str) else self.row.text()


class Lines(NamedTuple):
    """Finished rows of one time."""

    time_ns: int
    texts: list[str]


class Screen:
    """The last rows of a terminal that a stream is printed on."""

    def __init__(self) -> None:
        """An empty one."""
        self._above: list[Line] = []  # finished, but a cursor may still come back to them
        self._row = Row()
        self._below: list[Row] = []  # nearest first
        self._style = PLAIN
        self._held = ""  # the beginning of a sequence whose end has not come yet
        self._is_in_string = False
        self._time_ns = 0
        self._reach = 0  # how many rows the cursor has moved up lately
        self._moved_ns = -_HOLD_NS
        self._is_hidden = False
        self._done: list[Lines] = []

    # -- what is printed -----------------------------------------------------------------------

    def feed(self, text: str, time_ns: int, *, is_plain: bool = False) -> list[Lines]:
        """Print something.

        Args:
            text: what is printed.
            time_ns: when.
            is_plain: no character in it means anything but itself, line ends aside.

        Returns:
            The lines that are finished for good, oldest first.
        """
        self._time_ns = time_ns
        if self._held or self._is_in_string:
            text, is_plain = self._held + text, False
            self._held = ""
            if self._is_in_string:
                text = self._skip_string(text)
        first, *more = text.split("\n")
        self._print(first, is_plain=is_plain)
        if more:
            self._end_line()
            *whole, last = more
            if is_plain and self._is_open_end:
                self._add_whole(whole)
            else:
                for line in whole:
                    self._print(line, is_plain=is_plain)
                    self._end_line()
            self._print(last, is_plain=is_plain)
        done, self._done = self._done, []
        return done

    @property
    def _is_open_end(self) -> bool:
        """Whether the cursor stands on a new row, and nothing is to be coloured."""
        return not self._below and not self._style and not self._row.width

    def _add_whole(self, lines: list[str]) -> None:
        """Lines that mean nothing but themselves, many at once."""
        time_ns = self._time_ns
        if len(lines) > MAX_ROWS:
            for line in self._above:
                self._finish(line)
            self._above.clear()
            self._done.append(Lines(time_ns, lines[:-MAX_ROWS]))
            lines = lines[-MAX_ROWS:]
        self._above += [Line(time_ns, line) for line in lines]
        self._trim()

    def _print(self, piece: str, *, is_plain: bool) -> None:
        """Print a piece without a line end."""
        if not piece:
            return
        if is_plain or _SPECIAL.search(piece) is None:
            self._row.put(piece, self._style)
            return
        parts = _USUAL.split(piece)
        if _SPECIAL.search("".join(parts[::3])) is not None:
            self._interpret(piece)
            return
        row = self._row
        for at in range(0, len(parts), 3):
            if at:
                if parts[at - 2]:
                    row.column = 0
                else:
                    self._style = restyled(self._style, parts[at - 1])
            if parts[at]:
                row.put(parts[at], self._style)

    def _interpret(self, piece: str) -> None:
        """Print a piece with sequences in it."""
        last, held = piece.rfind(_ESCAPE), ""
        if last >= 0 and _UNFINISHED.fullmatch(piece, last):
            piece, held = piece[:last], piece[last:]
        for token in _TOKEN.finditer(piece):
            text, _, _, final, string, end, control = token.groups()
            if text:
                self._row.put(text, self._style)
            elif control:
                if control == "\r":
                    self._row.column = 0
                elif control == "\b":
                    self._row.column = max(self._row.column - 1, 0)
            elif final:
                self._obey(final, token["parameters"], token["between"])
            elif string and not end and token.end() == len(piece):
                self._is_in_string = True
        self._held = held

    def _skip_string(self, text: str) -> str:
        """What comes behind the rest of a string that nobody sees."""
        body = _STRING_BODY.match(text)
        rest = text[body.end() :] if body else text
        if rest in ("", _ESCAPE):
            self._held = rest
            return ""
        self._is_in_string = False
        if rest.startswith("\x07"):
            return rest[1:]
        return rest.removeprefix("\x1b\\")

    # -- sequences -----------------------------------------------------------------------------

    def _obey(self, final: str, parameters: str, between: str) -> None:
        if between:
            return
        if parameters == "?25" and final in "hl":
            self._is_hidden = final == "l"
        if _NUMBERS.fullmatch(parameters) is None:
            return
        if final == "m":
            self._style = restyled(self._style, parameters)
            return
        number = parameters.partition(";")[0]
        amount = min(int(number), MAX_COLUMNS) if number.isdecimal() else 0
        if final == "K":
            self._erase_in_row(amount)
        elif final == "J":
            self._erase_rows(amount)
        elif final == "G":
            self._row.column = max(amount, 1) - 1
        elif final == "C":
            self._row.column = min(self._row.column + max(amount, 1), MAX_COLUMNS)
        elif final == "D":
            self._row.column = max(self._row.column - max(amount, 1), 0)
        elif final in "AF":
            self._go_up(max(amount, 1), column=0 if final == "F" else self._row.column)
        elif final in "BE":
            self._go_down(max(amount, 1), column=0 if final == "E" else self._row.column)

    def _erase_in_row(self, what: int) -> None:
        row = self._row
        if what == 0:
            row.erase(row.column)
        elif what == 1:
            row.erase(0, row.column + 1)
        elif what == 2:  # noqa: PLR2004 # ECMA-48: the whole line
            row.erase(0)

    def _erase_rows(self, what: int) -> None:
        """Erase what is below; a screen that is cleared goes on in a new line instead."""
        if what == 0:
            self._row.erase(self._row.column)
            self._below.clear()
        elif what > 1 and self._row.text():
            self._end_line()

    def _go_up(self, amount: int, column: int) -> None:
        for _ in range(min(amount, len(self._above))):
            self._below.insert(0, self._row)
            before = self._above.pop().row
            self._row = Row(before) if isinstance(before, str) else before
        self._row.column = column
        self._reach = max(self._reach, len(self._below))
        self._moved_ns = self._time_ns

    def _go_down(self, amount: int, column: int) -> None:
        for _ in range(min(amount, MAX_ROWS)):
            self._end_line()
        self._row.column = column

    def _end_line(self) -> None:
        self._held, self._is_in_string = "", False  # what has not ended by now never will
        row = self._row
        self._above.append(Line(self._time_ns, row))
        self._row = self._below.pop(0) if self._below else Row()
        self._row.column = 0
        self._trim()

    def _trim(self) -> None:
        if len(self._above) > MAX_ROWS:
            surplus = len(self._above) - MAX_ROWS
            for line in self._above[:surplus]:
                self._finish(line)
            del self._above[:surplus]

    def _finish(self, line: Line) -> None:
        if self._done and self._done[-1].time_ns == line.time_ns:
            self._done[-1].texts.append(line.text)
        else:
            self._done.append(Lines(line.time_ns, [line.text]))

    # -- what is taken -------------------------------------------------------------------------

    def take(self, now_ns: int) -> list[Lines]:
        """The finished lines that no cursor will come back to, as far as one can tell.

        Where one has moved up lately, the rows that it may come back to are held for a second; of
        a live display, which hides the cursor, as long as it does so.
        """
        if now_ns - self._moved_ns >= _HOLD_NS and not self._is_hidden:
            self._reach = 0
        held = max(self._reach - len(self._below), 0)
        if self._is_hidden and not self._reach:
            held = sum(line.time_ns > now_ns - _HIDDEN_HOLD_NS for line in self._above)
        free = max(len(self._above) - held, 0)
        for line in self._above[:free]:
            self._finish(line)
        del self._above[:free]
        done, self._done = self._done, []
        return done

    @property
    def is_holding(self) -> bool:
        """Whether there are finished lines that a cursor may come back to."""
        return bool(self._above)

    def open_text(self) -> str:
        """What the unfinished row says; where it is empty, what stands nearest to it."""
        text = self._row.text()
        if text:
            return text
        near = [line.text for line in reversed(self._above)] if self._reach else []
        near += [row.text() for row in self._below]
        return next(filter(None, near), "")

    def close(self) -> list[Lines]:
        """All that is left, the unfinished row too; the screen is empty afterwards."""
        rows = [self._row, *self._below]
        while rows and not rows[-1].text():
            rows.pop()
        self._above += [Line(self._time_ns, row) for row in rows]
        for line in self._above:
            self._finish(line)
        done = self._done
        self.__init__()  # type: ignore[misc]  # as new
        return done
