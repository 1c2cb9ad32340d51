"""Tables that fit a width: columns shrink, then the least important ones are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len, set_cell_size
from rich.table import Table
from rich.text import Text

from trialog._cli.output import console_of_stdout, write_rich, write_text
from trialog._cli.words import ago, count, duration, mark_of, printable
from trialog._entities import RunStatus
from trialog._reading import RunRecord

ALERT_STYLES = {"warning": "yellow", "error": "red"}  # by level; others are plain
_GAP = 2
_VALUE_WIDTH = 24
_TITLE_WIDTH = 14


@dataclass(slots=True)
class Column:
    """A column of a table.

    Attributes:
        title: its head.
        cells: one for each row.
        least: how narrow it may become; None where it may not.
        most: how wide it may be.
        is_right: whether it is aligned to the right.
        keeps_ends: whether too long texts lose their middle instead of their end.
        rank: 0 is never left out; the highest is left out first.
    """

    title: str
    cells: Sequence[Text]
    least: int | None = None
    most: int = 60
    is_right: bool = False
    keeps_ends: bool = False
    rank: int = 0

    @property
    def natural(self) -> int:
        """How wide it would like to be."""
        widest = max((cell.cell_len for cell in self.cells), default=0)
        return min(max(widest, cell_len(self.title)), self.most)

    @property
    def narrowest(self) -> int:
        """How narrow it may become."""
        return self.natural if self.least is None else min(self.least, self.natural)


def fit(columns: Sequence[Column], width: int) -> dict[int, int]:
    """The widths of the columns that fit, by their number."""
    kept = list(range(len(columns)))

    def need(widths: Sequence[int]) -> int:
        return sum(widths) + _GAP * max(len(widths) - 1, 0)

    while need([columns[each].narrowest for each in kept]) > width:
        last = max(kept, key=lambda each: (columns[each].rank, each))
        if columns[last].rank == 0:
            break
        kept.remove(last)
    widths = {each: columns[each].natural for each in kept}
    while need(list(widths.values())) > width:
        yielding = [each for each in kept if widths[each] > columns[each].narrowest]
        if not yielding:
            break
        # The widest yields; what is never left out counts half, so that it stays twice as wide.
        widths[max(yielding, key=lambda each: widths[each] * (2 if columns[each].rank else 1))] -= 1
    return widths


def table_of(columns: Sequence[Column], widths: dict[int, int]) -> Table:
    """A table of the columns that have a width."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 # beside the table it is for

    table = Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, _GAP - 1, 0, 0),  # and the box's own blank
        header_style="bold",
    )
    for number, width in widths.items():
        column = columns[number]
        table.add_column(
            shorten(Text(column.title), width, keeps_ends=True),
            width=width,
            no_wrap=True,
            justify="right" if column.is_right else "left",
        )
    rows = max((len(column.cells) for column in columns), default=0)
    for row in range(rows):
        table.add_row(
            *(
                shorten(columns[each].cells[row], width, keeps_ends=columns[each].keeps_ends)
                for each, width in widths.items()
            )
        )
    return table


def write_newest(
    columns: Sequence[Column], shown: int, total: int, noun: str, *, is_sorted: bool = False
) -> None:
    """Print a table of the newest entries, and say how many are older.

    Args:
        columns: with a row for each that is shown.
        shown: how many those are.
        total: how many there are.
        noun: what they are.
        is_sorted: they are the first in another order, and the rest is not older.
    """
    if shown:
        write_rich(table_of(columns, fit(columns, stdout_width())))
    if total > shown:
        rest = count(total - shown, f"more {noun}" if is_sorted else f"older {noun}")
        write_text(f"… and {rest}: --limit {total} shows all\n")


def shorten(text: Text, width: int, *, keeps_ends: bool = False) -> Text:
    """A text of at most a width, with … for what is left out."""
    if text.cell_len <= width:
        return text
    if not keeps_ends or width < 8:  # noqa: PLR2004 # too narrow for two ends
        short = text.copy()
        short.truncate(width, overflow="ellipsis")
        return short
    plain = text.plain
    tail = (width - 1) // 2
    end = len(plain)
    while end and cell_len(plain[end - 1 :]) <= tail:
        end -= 1
    front = set_cell_size(plain, width - 1 - cell_len(plain[end:])).rstrip(" ")
    return Text(f"{front}…{plain[end:]}", style=text.style)


def can_show(letters: str) -> bool:
    """Whether stdout has these letters."""
    try:
        letters.encode(console_of_stdout().encoding)
    except UnicodeEncodeError:
        return False
    return True


def stdout_width() -> int:
    """How wide stdout is."""
    return console_of_stdout().width


def value_column(title: str, cells: Sequence[Text], *, is_right: bool, rank: int) -> Column:
    """A column of values that were logged: numbers are shown in full, or not at all."""
    widest = max((cell.cell_len for cell in cells), default=0)
    shown = widest if is_right else min(widest, _TITLE_WIDTH)
    least = max(min(cell_len(title), _TITLE_WIDTH), shown)
    most = max(_VALUE_WIDTH, widest if is_right else 0)
    return Column(title, cells, least, most, is_right=is_right, rank=rank)


# -- cells -----------------------------------------------------------------------------------------


def name_cell(name: str, *, is_bold: bool = False) -> Text:
    """A run's or an experiment's name."""
    return Text(printable(name), style="bold" if is_bold else "")


def status_cell(record: RunRecord) -> Text:
    """Its status."""
    return status_text(record.status)


def status_text(status: RunStatus) -> Text:
    """A status: symbol, word and colour."""
    symbol, plain_symbol, style = mark_of(status)
    return Text(f"{symbol if can_show(symbol) else plain_symbol} {status.value}", style=style)


def duration_cell(record: RunRecord) -> Text:
    """How long it took, or has taken so far."""
    more = "" if record.is_ended else "…"
    return Text(duration(record.duration) + more)


def note_cell(record: RunRecord, now: datetime) -> Text:
    """What makes it different from one that simply ended well."""
    parts = []
    if record.date_deleted is not None:
        by = f" by {record.deleted_by}" if record.deleted_by else ""
        parts.append(f"deleted {ago(record.date_deleted, now)}{by}")
    if record.missing:
        parts.append(f"{count(record.missing, 'point')} missing")
    if record.damages:
        parts.append(count(record.damages, "damaged place"))
    if record.reason:
        parts.append(record.reason)
    elif record.exception is not None:
        parts.append(f"{record.exception.type}: {record.exception.message}".rstrip(": "))
    return Text(printable("; ".join(parts)))


def local_now() -> datetime:
    """Now, in the zone of whoever looks at it."""
    return datetime.now().astimezone()
