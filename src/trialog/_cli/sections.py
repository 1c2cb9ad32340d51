"""The parts of a sheet that runs and experiments have alike, each kind of thing in its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trialog._cli.knowledge import NEW_FILES, code_lines, environment_lines
from trialog._cli.tables import (
    ALERT_STYLES,
    Column,
    fit,
    local_now,
    status_cell,
    status_text,
    table_of,
)
from trialog._cli.words import ago, at, count, duration, parameter_value, printable, size
from trialog._entities import RunStatus
from trialog._format.values import dump_json
from trialog._reading import RunRecord

INDENT = 2
_VALUE_LETTERS = 120

Content = Mapping[str, Any]
"""As :func:`trialog._cli.run_show.content_of` has it."""


class Section(NamedTuple):
    """A section of a sheet: its head, of how many things it tells, and what is below."""

    heading: str
    amount: int
    part: RenderableType


def shown(*sections: Section) -> Iterator[RenderableType]:
    """The sections that have something in them, each below its head."""
    for section in sections:
        if section.amount:
            yield heading_of(f"{section.heading} ({section.amount:,})")
            yield indented(section.part)


def heading_of(text: str, style: str = "bold") -> RenderableType:
    """The head of a section, with a blank line before it."""
    return Text(f"\n{text}", style=style)


def indented(part: RenderableType) -> RenderableType:
    """What stands below a head."""
    return Padding(part, (0, 0, 0, INDENT))


def pairs(labelled: Sequence[tuple[str, Text]]) -> Table:
    """Labels and what they say, which may go on over several lines."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", overflow="fold", max_width=40)
    table.add_column(overflow="fold")
    for label, text in labelled:
        table.add_row(Text(label), text)
    return table


# -- the head --------------------------------------------------------------------------------------


def title_of(record: RunRecord) -> Text:
    """Name and status."""
    return Text.assemble(Text(printable(record.name), style="bold"), "  ", status_cell(record))


def fact_pairs(facts: Mapping[str, str]) -> Table:
    """Facts by their labels; empty ones are left out."""
    return pairs([(label, Text(printable(text))) for label, text in facts.items() if text])


def end_facts(record: RunRecord) -> dict[str, str]:
    """How it ended, and who deleted it."""
    deleted_by = f" by {record.deleted_by}" if record.deleted_by else ""
    return {
        "reason": record.reason or "",
        "exception": _exception(record),
        "exit code": "" if record.exit_code is None else str(record.exit_code),
        "deleted": "" if record.date_deleted is None else _moment(record.date_deleted) + deleted_by,
    }


def time_facts(record: RunRecord) -> dict[str, str]:
    """When it began and ended."""
    return {"started": _moment(record.date_created), "ended": _moment(record.date_ended)}


def _moment(date: datetime | None) -> str:
    return "" if date is None else f"{at(date.astimezone())} ({ago(date, local_now())})"


def _exception(record: RunRecord) -> str:
    """Type and message, where the reason does not say them already."""
    if record.exception is None:
        return ""
    said = f"{record.exception.type}: {record.exception.message}".rstrip(": ")
    return "" if " ".join(said.split()) == record.reason else said


# -- what was kept ---------------------------------------------------------------------------------


def parameters(content: Content) -> Section:
    """Parameters by name."""
    found = content["parameters"]
    part = pairs([(printable(name), Text(parameter_value(value))) for name, value in found.items()])
    return Section("Parameters", len(found), part)


def attempts(content: Content, width: int) -> Section:
    """The attempts, where there are several."""
    now = local_now()
    found = content["attempts"] if len(content["attempts"]) > 1 else []
    begun = [datetime.fromisoformat(each["date_created"]) for each in found]
    ended = [each["date_ended"] and datetime.fromisoformat(each["date_ended"]) for each in found]
    lasted = [
        Text(duration(((end or now) - begin).total_seconds()) + ("" if end else " so far"))
        for begin, end in zip(begun, ended, strict=True)
    ]
    columns = [
        Column("attempt", [Text(str(each["attempt"])) for each in found], is_right=True),
        Column("status", [status_text(RunStatus[each["status"]]) for each in found]),
        Column("started", [Text(ago(date, now)) for date in begun], rank=1),
        Column("duration", lasted, is_right=True, rank=2),
        Column("points", [Text(f"{each['points']:,}") for each in found], is_right=True, rank=3),
        Column("reason", [Text(printable(each["reason"] or "")) for each in found], 12, 60),
    ]
    kept = columns if any(each["reason"] for each in found) else columns[:-1]
    return Section("Attempts", len(found), table_of(kept, fit(kept, width)))


def writers(content: Content, width: int) -> Section:
    """The processes, where there are several: what the part of each came to."""
    found = content["writers"] if len(content["writers"]) > 1 else []

    def cells(key: str) -> list[Text]:
        return [Text("" if each[key] is None else printable(str(each[key]))) for each in found]

    statuses = [each["status"] and RunStatus[each["status"]] for each in found]
    columns = [
        Column("rank", cells("rank"), is_right=True),
        Column("status", [status_text(each) if each else Text("") for each in statuses]),
        Column("host", cells("host"), 8, 40, rank=1),
        Column("process", cells("pid"), is_right=True),
        Column("role", cells("role"), rank=3),
        Column("attempt", cells("attempt"), is_right=True, rank=2),
        Column("points", [Text(f"{each['points']:,}") for each in found], is_right=True, rank=2),
        Column("reason", cells("reason"), 12, 60),
    ]
    said = {
        "rank": any(each["rank"] is not None for each in found),
        "attempt": len({each["attempt"] for each in found}) > 1,
        "reason": any(each["reason"] for each in found),
    }
    kept = [column for column in columns if said.get(column.title, True)]
    return Section("Writers", len(found), table_of(kept, fit(kept, width)))


def alerts(content: Content) -> Section:
    """When and how serious, and what: the title, then the text."""
    now = local_now()
    lines = []
    for each in content["alerts"]:
        when = ago(datetime.fromisoformat(each["date"]), now)
        said = Text(printable(each["title"]), style=ALERT_STYLES.get(each["level"], ""))
        if each["text"]:
            said.append(f"\n{printable(each['text'], keeps_lines=True)}", style="dim")
        lines.append((f"{each['level']}, {when}", said))
    return Section("Alerts", len(lines), pairs(lines))


def values(content: Content) -> Section:
    """The newest JSON value of each name, on one line."""
    last = content["last_values"]
    lines = [
        (printable(name), Text(_short_json(last[name]) if name in last else "cannot be read"))
        for name in content["values"]
    ]
    return Section("JSON values", len(lines), pairs(lines))


def _short_json(value: Any) -> str:
    text = dump_json(value, "value").decode()
    return printable(text if len(text) <= _VALUE_LETTERS else f"{text[: _VALUE_LETTERS - 1]}…")


def attachments(content: Content, width: int) -> Section:
    """A row for each version: the name stands at the newest, which comes first.

    The new files of the repository are not among them.
    """
    now = local_now()
    found = {
        name: versions
        for name, versions in content["attachments"].items()
        if not name.startswith(NEW_FILES)
    }
    rows = [
        (name if is_newest else "", version)
        for name, versions in found.items()
        for is_newest, version in zip(
            [True, *[False] * (len(versions) - 1)], reversed(versions), strict=True
        )
    ]
    dates = [datetime.fromisoformat(version["date_created"]) for _, version in rows]
    columns = [
        Column("name", [Text(printable(name)) for name, _ in rows], 12, 48, keeps_ends=True),
        Column("version", [Text(str(each["version"])) for _, each in rows], is_right=True),
        Column("size", [Text(size(each["size_bytes"])) for _, each in rows], is_right=True),
        Column("media type", [Text(printable(each["media_type"])) for _, each in rows], 12, 40),
        Column("step", [_step(each["step"]) for _, each in rows], is_right=True, rank=2),
        Column("logged", [Text(ago(date, now)) for date in dates], rank=3),
        Column("file", [Text(printable(each["filename"])) for _, each in rows], 8, 40, rank=4),
        Column("sha256", [Text(each["sha256"][:12], style="dim") for _, each in rows], rank=5),
    ]
    has_steps = any(each["step"] is not None for _, each in rows)
    kept = [column for column in columns if has_steps or column.title != "step"]
    return Section("Attachments", len(found), table_of(kept, fit(kept, width)))


def _step(step: int | None) -> Text:
    return Text("" if step is None else str(step))


# -- what is around it -----------------------------------------------------------------------------


def surroundings(record: RunRecord, content: Content) -> Iterator[RenderableType]:
    """Its code and its machine, what could not be kept or read, and the traceback."""
    for heading, lines in _knowledge(content["context"]):
        yield heading_of(heading)
        yield indented(fact_pairs(lines))
    trouble = list(_trouble(record, content))
    if trouble:
        yield heading_of("Trouble", "bold red")
        yield indented(Text("\n".join(trouble)))
    if record.exception is not None and record.exception.traceback:
        yield heading_of("Traceback")
        text = printable(record.exception.traceback.rstrip("\n"), keeps_lines=True)
        yield indented(Text(text))


def _knowledge(context: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """What it knows about itself, where it knows anything."""
    environment, packages = context.get("environment", {}), context.get("packages", {})
    if code := code_lines(context.get("code", {})):
        yield "Code", code
    if lines := environment_lines(environment, packages):
        yield "Environment", lines


def _trouble(record: RunRecord, content: Content) -> Iterator[str]:
    damage = content["damage"]
    if record.missing:
        since = "" if record.missing_since is None else f", since {at(record.missing_since)}"
        yield f"{count(record.missing, 'point')} could not be kept{since}"
    for each in content["trouble"]:
        yield printable(each["what"])
    for each in damage:
        where = f" at byte {each['offset']:,}" if each["size"] else ""
        lost = f" ({size(each['size'])})" if each["size"] else ""
        yield f"journal {each['writer']}{where}{lost}: {printable(each['reason'])}"
    if damage:
        yield "what is around it has been read; `trialog doctor` looks at everything"
