"""How a run ended and why, as one screen: what does not find room is left out, and named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.text import Text

from trialog._cli.output import console_of_stdout, has_colours, is_terminal
from trialog._cli.tables import ALERT_STYLES, local_now, shorten, status_cell, stdout_width
from trialog._cli.why_curves import curve_rows
from trialog._cli.why_differences import (
    INDENT,
    SHOWN_DIFFERENCES,
    difference_heading,
    difference_rows,
)
from trialog._cli.words import ago, at, count, duration, printable, printable_line
from trialog._entities import RunStatus
from trialog._reading.console import Printed
from trialog._reading.explanation import Explanation

_LABEL_WIDTH = 10
_REASON_ROWS = 3
_ALERTS = 2


class _Part(NamedTuple):
    """A section that may be shortened: its heading and its rows, the last ones being kept."""

    heading: Text
    rows: list[Text]


def why_sheet_of(found: Explanation) -> Iterator[Text]:
    """The rows of the screen, from top to bottom."""
    width = stdout_width()
    head = [_title(found), *_facts(found, width)]
    curves = curve_rows(found.curves, width)
    differences = _differences(found, width)
    console = _console(found, width)
    sections = [part for part in (differences, console) if part is not None]
    taken = len(head) + (len(curves) + 1 if curves else 0) + 2 * len(sections)
    room = console_of_stdout().height - 1 - taken if is_terminal() else None
    shown = _fitting(len(differences.rows) if differences else 0, console, room)
    yield from head
    if curves:
        yield Text()
        yield from curves
    if differences is not None:
        yield Text()
        yield differences.heading
        yield from _first(differences.rows, shown[0])
    if console is not None:
        yield Text()
        yield console.heading
        yield from console.rows[-shown[1] :]


def _fitting(differences: int, console: _Part | None, room: int | None) -> tuple[int, int]:
    """How many rows of differences and of the console find room; some of each always do."""
    wanted = [min(differences, SHOWN_DIFFERENCES), len(console.rows) if console else 0]
    for which, least in ((0, 3), (1, 4), (0, 2), (1, 2)) if room is not None else ():
        surplus = sum(wanted) - (room or 0)
        if surplus > 0:
            wanted[which] -= min(surplus, max(wanted[which] - least, 0))
    return wanted[0], wanted[1]


def _first(rows: Sequence[Text], amount: int) -> Iterator[Text]:
    """The first rows; how to see those that found no room."""
    if len(rows) <= amount:
        yield from rows
        return
    yield from rows[: amount - 1]
    more = len(rows) - amount + 1
    yield Text(f"{INDENT}and {more} more, which --json has", style="dim")


# -- what it is ------------------------------------------------------------------------------------


def _title(found: Explanation) -> Text:
    record = found.record
    now = local_now()
    took = duration(record.duration)
    if not record.is_ended:
        words = f"for {took} so far" if record.status is not RunStatus.PENDING else f"for {took}"
    elif record.status is RunStatus.COMPLETED:
        words = f"ended well after {took}"
    else:
        words = f"after {took}"
    ended = "" if record.date_ended is None else f", {ago(record.date_ended, now)}"
    return Text.assemble(
        (printable(record.name), "bold"), "  ", status_cell(record), f"  {words}{ended}  ",
        (record.place.project.path, "dim"),
    )  # fmt: skip


def _facts(found: Explanation, width: int) -> Iterator[Text]:
    """What happened, a fact a row or a few."""
    record, now = found.record, local_now()
    for label, text, style in (
        ("reason", record.reason or "", "bold" if record.is_ended else ""),
        ("exception", _exception(found), "bold"),
    ):
        yield from _folded(label, text, style, width)
    if found.place is not None:
        yield from _place(found, width)
    for label, text in {
        "process": _process(found),
        "signal": _signal(found),
        "attempt": str(record.attempt) if record.attempt > 1 else "",
        "missing": _missing(found),
        "damaged": _damaged(found),
    }.items():
        yield from _folded(label, text, "", width)
    if not record.is_ended:
        for label, date in (("last point", found.last_point), ("last line", found.last_line)):
            if date is not None:
                yield from _folded(label, f"{ago(date, now)} ({at(date.astimezone())})", "", width)
    alerts = sorted(found.alerts, key=lambda each: each.level != "error")
    for index, each in enumerate(alerts[:_ALERTS]):
        more = len(alerts) - _ALERTS if index == _ALERTS - 1 else 0
        text = f"{each.title} ({ago(each.date, now)})" + (f", and {more} more" if more > 0 else "")
        yield from _folded("alert", text, ALERT_STYLES.get(each.level, ""), width)


def _folded(label: str, text: str, style: str, width: int) -> Iterator[Text]:
    """A label and its text, over a few rows where it is long."""
    if not text:
        return
    lines = Text(printable(" ".join(text.split())), style=style).wrap(
        console_of_stdout(), max(width - _LABEL_WIDTH - 2, 8)
    )
    kept = list(lines[:_REASON_ROWS])
    if len(lines) > _REASON_ROWS:
        kept[-1] = shorten(Text.assemble(kept[-1], " …"), max(width - _LABEL_WIDTH - 2, 8))
    for index, line in enumerate(kept):
        line.rstrip()
        yield Text.assemble(_label(label if index == 0 else ""), line)


def _label(text: str) -> Text:
    return Text(f"{text:<{_LABEL_WIDTH}}  ", style="dim")


def _exception(found: Explanation) -> str:
    """Type and message, where the reason does not say them already."""
    if found.exception is None:
        return ""
    message = " ".join(found.exception.message.split())
    is_told = (message or found.exception.type) in (found.record.reason or "")
    return "" if is_told else f"{found.exception.type}: {message}".rstrip(": ")


def _place(found: Explanation, width: int) -> Iterator[Text]:
    """The file and the line, and what it says."""
    place = found.place
    assert place is not None  # noqa: S101 # asked by the caller
    function = f" in {place.function}" if place.function not in ("", "<module>") else ""
    where = Text(f"{_short_path(place.path)}:{place.line}{function}")
    room = width - _LABEL_WIDTH - 2
    text = Text(printable(place.text), style="italic")
    if place.text and where.cell_len + 3 + text.cell_len <= room:
        yield Text.assemble(_label("at"), where, "   ", text)
        return
    yield Text.assemble(_label("at"), shorten(where, room, keeps_ends=True))
    if place.text:
        yield Text.assemble(_label(""), shorten(text, room))


def _short_path(path: str) -> str:
    """A path as one would type it here."""
    for folder, short in ((Path.cwd(), ""), (Path.home(), "~/")):
        if path.startswith(f"{folder}/"):
            return printable(short + path.removeprefix(f"{folder}/"))
    return printable(path)


def _process(found: Explanation) -> str:
    """Which process it was, where there are several."""
    blamed = found.blamed
    if blamed is None or found.processes < 2:  # noqa: PLR2004 # there is but one
        return ""
    who = "that began the run" if blamed.rank is None else f"rank {blamed.rank}"
    if blamed.rank is None and blamed.role != "run":
        who = "that joined the run"
    of = f" of {blamed.world_size}" if blamed.rank is not None and blamed.world_size else ""
    words = f"{blamed.status}: {blamed.reason}" if blamed.status and blamed.reason else ""
    said = "" if not words or (blamed.reason or "") in (found.record.reason or "") else f": {words}"
    return f"{who}{of}, process {blamed.pid} on {blamed.host}{said}"


def _signal(found: Explanation) -> str:
    """The signal and exit code, where the reason does not say them already."""
    witnessed, reason = found.witnessed, found.record.reason or ""
    signal = witnessed.signal if witnessed is not None else None
    code = found.record.exit_code
    if code is None and witnessed is not None:
        code = witnessed.exit_code
    said = [
        signal if signal and signal not in reason else "",
        f"exit code {code}" if code is not None and f"exit code {code}" not in reason else "",
    ]
    return ", ".join(filter(None, said))


def _missing(found: Explanation) -> str:
    record = found.record
    if not record.missing:
        return ""
    since = "" if record.missing_since is None else f", since {at(record.missing_since)}"
    return f"{count(record.missing, 'point')} could not be kept{since}"


def _damaged(found: Explanation) -> str:
    damages = found.record.damages
    return f"{count(damages, 'place')} of its journals cannot be read" if damages else ""


# -- differences and console -----------------------------------------------------------------------


def _differences(found: Explanation, width: int) -> _Part | None:
    if found.before is None or found.differences is None:
        return None
    rows = difference_rows(found.differences, width)
    return _Part(shorten(difference_heading(found.before, len(rows)), width), rows)


def _console(found: Explanation, width: int) -> _Part | None:
    lines = found.console
    if not lines:
        return None
    streams = list(dict.fromkeys(line.stream for line in lines))
    of = "" if "both" in streams else f" of {' and '.join(streams)}"
    heading = Text(f"Last lines{of}:", style="bold")
    return _Part(heading, [_line(line, width) for line in lines])


def _line(line: Printed, width: int) -> Text:
    text = printable_line(line.text, keeps_colours=has_colours()).expandtabs(4)
    return Text.assemble(INDENT, shorten(Text.from_ansi(text), width - len(INDENT)))
