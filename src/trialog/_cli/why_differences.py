"""What differs from the run before, on a terminal: a row for each difference."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from trialog._cli.knowledge import SHOWN_COMMIT
from trialog._cli.tables import can_show, local_now, shorten
from trialog._cli.words import ago, parameter_value, printable
from trialog._reading import RunRecord
from trialog._reading.differences import Difference, Differences

INDENT = "  "
SHOWN_DIFFERENCES = 6


def difference_heading(before: RunRecord, amount: int) -> Text:
    """From which run there are so many differences."""
    name = printable(before.name)
    since = ago(before.date_ended or before.date_created, local_now())
    if not amount:
        return Text.assemble(
            ("Nothing known differs from ", "bold"), (name, "bold"), f", which completed {since}"
        )
    return Text.assemble(
        (f"Differs from {name}", "bold"), f", which completed {since}, by {amount}:"
    )


def difference_rows(differences: Differences, width: int) -> list[Text]:
    """A row for each difference: what it is, what it was, what it is now."""
    known = [
        *((each.what, each) for each in differences.parameters),
        *(_code_difference(each) for each in differences.code),
        *((each.what, each) for each in differences.packages),
        *((each.what, each) for each in differences.environment),
    ]
    label_width = min(max((len(what) for what, _ in known[:SHOWN_DIFFERENCES]), default=0), 30)
    rows = []
    for what, each in known:
        label = shorten(Text(printable(what)), label_width, keeps_ends=True)
        label.pad_right(label_width - label.cell_len + 2)
        room = width - len(INDENT) - label_width - 2
        label.stylize("dim")
        rows.append(Text.assemble(INDENT, label, _change(each, room)))
    return rows


def _code_difference(each: Difference) -> tuple[str, Difference | str]:
    """A file's digest says nothing to a person: whether it changed does."""
    if not each.what.startswith("code/"):
        return each.what, each
    what = each.what.removeprefix("code/")
    if what == "diff.patch":
        if each.before and each.after:
            return "uncommitted", "other changes"
        before, after = ("changes" if digest else None for digest in (each.before, each.after))
        return "uncommitted", Difference(each.what, before, after)
    return what, "changed" if each.before and each.after else "new" if each.after else "gone"


def _change(each: Difference | str, room: int) -> Text:
    if isinstance(each, str):
        return shorten(Text(each), room)
    half = max((room - 3) // 2, 4)
    before, after = (
        Text("none" if value is None else _value(each.what, value), style=style)
        for value, style in ((each.before, ""), (each.after, "bold"))
    )
    arrow = " → " if can_show("→") else " > "
    if before.cell_len + 3 + after.cell_len > room:
        before, after = (shorten(text, half, keeps_ends=True) for text in (before, after))
    return Text.assemble(before, arrow, after)


def _value(what: str, value: Any) -> str:
    text = parameter_value(value)
    return text[:SHOWN_COMMIT] if what == "commit" else text
