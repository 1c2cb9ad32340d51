"""One run on a terminal: a head, and a section for each kind of thing that was kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trialog._cli.tables import Column, fit, local_now, status_cell, stdout_width, table_of
from trialog._cli.words import (
    ago,
    at,
    count,
    duration,
    metric_value,
    parameter_value,
    printable,
    size,
)
from trialog._format.values import dump_json
from trialog._reading import RunRecord

_INDENT = 2
_VALUE_LETTERS = 120


def sheet_of(record: RunRecord, content: Mapping[str, Any]) -> Iterator[RenderableType]:
    """The parts of the sheet, from top to bottom.

    Args:
        record: the run.
        content: as :func:`trialog._cli.run_show.content_of` has it.
    """
    width = stdout_width() - _INDENT
    title = Text(printable(record.name), style="bold")
    yield Text.assemble(title, "  ", status_cell(record))
    yield _indented(_facts(record, content))
    sections = (
        ("Parameters", len(content["parameters"]), _parameters(content["parameters"])),
        ("Metrics", len(content["metrics"]), _metrics(content["metrics"], width)),
        ("JSON values", len(content["values"]), _values(content)),
        ("Attachments", len(content["attachments"]), _attachments(content["attachments"], width)),
    )
    for heading, amount, part in sections:
        if amount:
            yield _heading(f"{heading} ({amount})")
            yield _indented(part)
    trouble = list(_trouble(record, content["damage"]))
    if trouble:
        yield _heading("Trouble", "bold red")
        yield _indented(Text("\n".join(trouble)))
    if record.exception is not None and record.exception.traceback:
        yield _heading("Traceback")
        text = printable(record.exception.traceback.rstrip("\n"), keeps_lines=True)
        yield _indented(Text(text))


def _heading(text: str, style: str = "bold") -> RenderableType:
    return Text(f"\n{text}", style=style)


def _indented(part: RenderableType) -> RenderableType:
    return Padding(part, (0, 0, 0, _INDENT))


def _pairs(pairs: Sequence[tuple[str, Text]]) -> Table:
    """Labels and what they say, which may go on over several lines."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", overflow="fold", max_width=40)
    table.add_column(overflow="fold")
    for label, text in pairs:
        table.add_row(Text(label), text)
    return table


def _facts(record: RunRecord, content: Mapping[str, Any]) -> Table:
    now = local_now()

    def moment(date: datetime | None) -> str:
        return "" if date is None else f"{at(date.astimezone())} ({ago(date, now)})"

    goes_on = "" if record.is_ended else " so far"
    deleted_by = f" by {record.deleted_by}" if record.deleted_by else ""
    facts = {
        "reason": record.reason or "",
        "exception": _exception(record),
        "exit code": "" if record.exit_code is None else str(record.exit_code),
        "deleted": record.date_deleted and moment(record.date_deleted) + deleted_by,
        "description": record.description or "",
        "tags": ", ".join(record.tags),
        "started": moment(record.date_created),
        "ended": moment(record.date_ended),
        "duration": duration(record.duration) + goes_on,
        "attempt": str(record.attempt) if record.attempt > 1 else "",
        "parent": record.parent or "",
        "project": f"{record.place.project.path} ({record.project.display_name})",
        "user": f"{record.user.username} on {record.host}, process {record.pid}",
        "made with": f"Python {record.python}, trialog {record.trialog}",
        "points": f"{record.points:,}",
        "id": record.id,
        "folder": unquote(content["url"].removeprefix("file://")),
    }
    return _pairs([(label, Text(printable(text))) for label, text in facts.items() if text])


def _exception(record: RunRecord) -> str:
    """Type and message, where the reason does not say them already."""
    if record.exception is None:
        return ""
    said = f"{record.exception.type}: {record.exception.message}".rstrip(": ")
    return "" if " ".join(said.split()) == record.reason else said


def _parameters(parameters: Mapping[str, Any]) -> Table:
    return _pairs(
        [(printable(name), Text(parameter_value(value))) for name, value in parameters.items()]
    )


def _metrics(metrics: Mapping[str, Mapping[str, Any]], width: int) -> Table:
    def numbers(statistic: str, step: str | None = None) -> list[Text]:
        cells = []
        for summary in metrics.values():
            cell = Text(metric_value(summary[statistic]))
            if step is not None and summary[step] is not None:
                cell.append(f" @{summary[step]}", style="dim")
            cells.append(cell)
        return cells

    columns = [
        Column("metric", [Text(printable(name)) for name in metrics], 12, 40, keeps_ends=True),
        Column("last", numbers("last"), is_right=True),
        Column("min @step", numbers("min", "step_of_min"), is_right=True, rank=1),
        Column("max @step", numbers("max", "step_of_max"), is_right=True, rank=1),
        Column("points", [Text(f"{each['count']:,}") for each in metrics.values()], is_right=True),
        Column("mean", numbers("mean"), is_right=True, rank=2),
        Column("first", numbers("first"), is_right=True, rank=3),
    ]
    return table_of(columns, fit(columns, width))


def _values(content: Mapping[str, Any]) -> Table:
    """The newest value of each name, on one line."""
    last = content["last_values"]
    return _pairs(
        [
            (printable(name), Text(_short_json(last[name]) if name in last else "cannot be read"))
            for name in content["values"]
        ]
    )


def _short_json(value: Any) -> str:
    text = dump_json(value, "value").decode()
    return printable(text if len(text) <= _VALUE_LETTERS else f"{text[: _VALUE_LETTERS - 1]}…")


def _attachments(attachments: Mapping[str, Sequence[Mapping[str, Any]]], width: int) -> Table:
    """A row for each version: the name stands at the newest, which comes first."""
    now = local_now()
    rows = [
        (name if is_newest else "", version)
        for name, versions in attachments.items()
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
    shown = [column for column in columns if has_steps or column.title != "step"]
    return table_of(shown, fit(shown, width))


def _step(step: int | None) -> Text:
    return Text("" if step is None else str(step))


def _trouble(record: RunRecord, damage: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if record.missing:
        since = "" if record.missing_since is None else f", since {at(record.missing_since)}"
        yield f"{count(record.missing, 'point')} could not be kept{since}"
    for each in damage:
        where = f" at byte {each['offset']:,}" if each["size"] else ""
        lost = f" ({size(each['size'])})" if each["size"] else ""
        yield f"journal {each['writer']}{where}{lost}: {printable(each['reason'])}"
    if damage:
        yield "what is around it has been read; `trialog doctor` looks at everything"
