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

from trialog._cli.knowledge import NEW_FILES, code_lines, environment_lines
from trialog._cli.tables import (
    ALERT_STYLES,
    Column,
    fit,
    local_now,
    status_cell,
    status_text,
    stdout_width,
    table_of,
)
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
from trialog._entities import RunStatus
from trialog._format.values import dump_json
from trialog._reading import RunRecord
from trialog._reading.headings import is_of_system

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
    attempts = content["attempts"] if len(content["attempts"]) > 1 else []
    writers = content["writers"] if len(content["writers"]) > 1 else []
    metrics, system = _apart(content["metrics"])
    attachments = {
        name: each
        for name, each in content["attachments"].items()
        if not name.startswith(NEW_FILES)
    }
    sections = (
        ("Attempts", len(attempts), _attempts(attempts, width)),
        ("Writers", len(writers), _writers(writers, width)),
        ("Alerts", len(content["alerts"]), _alerts(content["alerts"])),
        ("Parameters", len(content["parameters"]), _parameters(content["parameters"])),
        ("Metrics", len(metrics), _metrics(metrics, width)),
        ("System", len(system), _metrics(system, width)),
        ("JSON values", len(content["values"]), _values(content)),
        ("Attachments", len(attachments), _attachments(attachments, width)),
    )
    for heading, amount, part in sections:
        if amount:
            yield _heading(f"{heading} ({amount})")
            yield _indented(part)
    for heading, lines in _knowledge(content["context"]):
        yield _heading(heading)
        yield _indented(_pairs([(label, Text(printable(text))) for label, text in lines.items()]))
    trouble = list(_trouble(record, content))
    if trouble:
        yield _heading("Trouble", "bold red")
        yield _indented(Text("\n".join(trouble)))
    if record.exception is not None and record.exception.traceback:
        yield _heading("Traceback")
        text = printable(record.exception.traceback.rstrip("\n"), keeps_lines=True)
        yield _indented(Text(text))


def _knowledge(context: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """What the run knows about itself, where it knows anything."""
    environment, packages = context.get("environment", {}), context.get("packages", {})
    if code := code_lines(context.get("code", {})):
        yield "Code", code
    if lines := environment_lines(environment, packages):
        yield "Environment", lines


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


def _attempts(attempts: Sequence[Mapping[str, Any]], width: int) -> Table:
    now = local_now()
    begun = [datetime.fromisoformat(each["date_created"]) for each in attempts]
    ended = [each["date_ended"] and datetime.fromisoformat(each["date_ended"]) for each in attempts]
    lasted = [
        Text(duration(((end or now) - begin).total_seconds()) + ("" if end else " so far"))
        for begin, end in zip(begun, ended, strict=True)
    ]
    columns = [
        Column("attempt", [Text(str(each["attempt"])) for each in attempts], is_right=True),
        Column("status", [status_text(RunStatus[each["status"]]) for each in attempts]),
        Column("started", [Text(ago(date, now)) for date in begun], rank=1),
        Column("duration", lasted, is_right=True, rank=2),
        Column("points", [Text(f"{each['points']:,}") for each in attempts], is_right=True, rank=3),
        Column("reason", [Text(printable(each["reason"] or "")) for each in attempts], 12, 60),
    ]
    shown = columns if any(each["reason"] for each in attempts) else columns[:-1]
    return table_of(shown, fit(shown, width))


def _writers(writers: Sequence[Mapping[str, Any]], width: int) -> Table:
    """The processes of the run: what the part of each came to."""

    def cells(key: str) -> list[Text]:
        return [Text("" if each[key] is None else printable(str(each[key]))) for each in writers]

    statuses = [each["status"] and RunStatus[each["status"]] for each in writers]
    columns = [
        Column("rank", cells("rank"), is_right=True),
        Column("status", [status_text(each) if each else Text("") for each in statuses]),
        Column("host", cells("host"), 8, 40, rank=1),
        Column("process", cells("pid"), is_right=True),
        Column("role", cells("role"), rank=3),
        Column("attempt", cells("attempt"), is_right=True, rank=2),
        Column("points", [Text(f"{each['points']:,}") for each in writers], is_right=True, rank=2),
        Column("reason", cells("reason"), 12, 60),
    ]
    said = {
        "rank": any(each["rank"] is not None for each in writers),
        "attempt": len({each["attempt"] for each in writers}) > 1,
        "reason": any(each["reason"] for each in writers),
    }
    shown = [column for column in columns if said.get(column.title, True)]
    return table_of(shown, fit(shown, width))


def _alerts(alerts: Sequence[Mapping[str, Any]]) -> Table:
    """When and how serious, and what: the title, then the text."""
    now = local_now()
    shown = []
    for each in alerts:
        when = ago(datetime.fromisoformat(each["date"]), now)
        said = Text(printable(each["title"]), style=ALERT_STYLES.get(each["level"], ""))
        if each["text"]:
            said.append(f"\n{printable(each['text'], keeps_lines=True)}", style="dim")
        shown.append((f"{each['level']}, {when}", said))
    return _pairs(shown)


def _apart(metrics: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The metrics of the training, and those of the machine."""
    training = {name: each for name, each in metrics.items() if not is_of_system(name)}
    return training, {name: each for name, each in metrics.items() if name not in training}


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


def _trouble(record: RunRecord, content: Mapping[str, Any]) -> Iterator[str]:
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
