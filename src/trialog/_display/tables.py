"""Tables as HTML: cells in, text out, everything escaped and nothing too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape

from trialog._display.marks import SYMBOLS, TONES
from trialog._display.style import STYLE
from trialog._display.words import printable
from trialog._entities import RunStatus

MAX_BYTES = 20_000
_CELL_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell.

    Attributes:
        text: what stands in it, as it was logged.
        status: shown by its symbol, word and colour instead.
        svg: HTML of our own making that stands in it instead.
        is_number: whether it stands at the right.
        is_dim: whether it matters less.
    """

    text: str = ""
    status: RunStatus | None = None
    svg: str = ""
    is_number: bool = False
    is_dim: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table under a line of words.

    Attributes:
        headings: of its columns.
        rows: of as many cells each; the first heads its row.
        more: what is said below: of what was left out.
        caption: what is said above it.
        notes: more lines above it.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    more: str = ""
    caption: str = ""
    notes: Sequence[str] = field(default=())


def document_of(*parts: str) -> str:
    """An output of its own: the style sheet, and parts in a frame."""
    return f'{STYLE}<div class="trialog">{"".join(parts)}</div>'


def table_document(table: Table) -> str:
    """A table as an output of its own, of at most 20 kB: fewer rows where they are long."""
    html = document_of(table_html(table))
    while size_of(html) > MAX_BYTES and table.rows:
        kept = table.rows[: len(table.rows) // 2]
        table = replace(table, rows=kept, more=f"the first {len(kept)} are shown")
        html = document_of(table_html(table))
    return html


def size_of(document: str) -> int:
    """How many bytes an output takes."""
    return len(document.encode())


def table_html(table: Table) -> str:
    """A table as an element; nothing where it has no rows."""
    above = f"<div><b>{text_html(table.caption)}</b></div>" if table.caption else ""
    above += "".join(f'<div class="tl-dim">{text_html(note)}</div>' for note in table.notes)
    below = f'<div class="tl-dim">{text_html(table.more)}</div>' if table.more else ""
    if not table.rows:
        return above + below
    numbers = [cell.is_number for cell in table.rows[0]]
    heads = "".join(
        f"<th scope=col{_kind(is_number)}>{text_html(heading)}</th>"
        for heading, is_number in zip(table.headings, numbers, strict=True)
    )
    head = f"<thead><tr>{heads}</tr></thead>" if any(table.headings) else ""
    rows = "".join(f"<tr>{_row(row)}</tr>" for row in table.rows)
    return f"{above}<table>{head}<tbody>{rows}</tbody></table>{below}"


def text_html(text: str, letters: int = _CELL_LETTERS) -> str:
    """A text that was logged, on one line, escaped; shortened where it is long.

    Example:
        >>> text_html("<script>alert(1)</script>")
        '&lt;script&gt;alert(1)&lt;/script&gt;'
    """
    shown = printable(text[: letters * 4])
    if len(shown) > letters:
        shown = f"{shown[: letters - 1]}…"
    return escape(shown)


def status_html(status: RunStatus) -> str:
    """A status: symbol, word and colour."""
    return (
        f'<span class="tl-status tl-{TONES[status]}">'
        f'<span aria-hidden="true">{SYMBOLS[status]}</span> {status.value}</span>'
    )


def _row(row: Sequence[Cell]) -> str:
    first, *others = row
    return f"<th scope=row{_titled(first)}>{_content(first)}</th>" + "".join(
        f"<td{_kind(cell.is_number, cell.is_dim)}{_titled(cell)}>{_content(cell)}</td>"
        for cell in others
    )


def _content(cell: Cell) -> str:
    if cell.status is not None:
        return status_html(cell.status)
    return cell.svg or text_html(cell.text)


def _titled(cell: Cell) -> str:
    """The whole text on demand, where a part of it stands in the cell."""
    if len(cell.text) <= _CELL_LETTERS // 2 or cell.svg:
        return ""
    return f' title="{text_html(cell.text, _CELL_LETTERS * 3)}"'


def _kind(is_number: bool, is_dim: bool = False) -> str:
    kinds = ["tl-number"] * is_number + ["tl-dim"] * is_dim
    return f' class="{" ".join(kinds)}"' if kinds else ""
