"""One run on a terminal: a head, and a section for each kind of thing that was kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from trialog._cli import sections
from trialog._cli.sections import Section
from trialog._cli.sparklines import fitted
from trialog._cli.tables import Column, fit, stdout_width, table_of
from trialog._cli.words import duration, metric_value, printable
from trialog._reading import RunRecord
from trialog._reading.headings import is_of_system


def sheet_of(
    record: RunRecord, content: Mapping[str, Any], curves: Mapping[str, Sequence[float]]
) -> Iterator[RenderableType]:
    """The parts of the sheet, from top to bottom.

    Args:
        record: the run.
        content: as :func:`trialog._cli.run_show.content_of` has it.
        curves: what is drawn of each metric; none where the terminal cannot show them.
    """
    width = stdout_width() - sections.INDENT
    metrics, system = _apart(content["metrics"])
    yield sections.title_of(record)
    yield sections.indented(_facts(record, content))
    yield from sections.shown(
        sections.attempts(content, width),
        sections.writers(content, width),
        sections.alerts(content),
        sections.parameters(content),
        Section("Metrics", len(metrics), _metrics(metrics, curves, width)),
        Section("System", len(system), _metrics(system, curves, width)),
        sections.values(content),
        sections.attachments(content, width),
    )
    yield from sections.surroundings(record, content)


def _facts(record: RunRecord, content: Mapping[str, Any]) -> Table:
    member = content["run_id"] is not None
    facts = {
        **sections.end_facts(record),
        "experiment": f"{content['experiment_name']}, run {content['run_id']}" if member else "",
        "description": record.description or "",
        "tags": ", ".join(record.tags),
        **sections.time_facts(record),
        "duration": duration(record.duration) + ("" if record.is_ended else " so far"),
        "attempt": str(record.attempt) if record.attempt > 1 else "",
        "parent": record.parent or "",
        "project": f"{record.place.project.path} ({record.project.display_name})",
        "user": f"{record.user.username} on {record.host}, process {record.pid}",
        "made with": f"Python {record.python}, trialog {record.trialog}",
        "points": f"{record.points:,}",
        "id": record.id,
        "folder": unquote(content["url"].removeprefix("file://")),
    }
    return sections.fact_pairs(facts)


def _apart(metrics: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The metrics of the training, and those of the machine."""
    training = {name: each for name, each in metrics.items() if not is_of_system(name)}
    return training, {name: each for name, each in metrics.items() if name not in training}


def _metrics(
    metrics: Mapping[str, Mapping[str, Any]], curves: Mapping[str, Sequence[float]], width: int
) -> Table:
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
        Column("curve", [_curve(curves.get(name, ())) for name in metrics], rank=1),
        Column("last", numbers("last"), is_right=True),
        Column("min @step", numbers("min", "step_of_min"), is_right=True, rank=1),
        Column("max @step", numbers("max", "step_of_max"), is_right=True, rank=1),
        Column("points", [Text(f"{each['count']:,}") for each in metrics.values()], is_right=True),
        Column("mean", numbers("mean"), is_right=True, rank=2),
        Column("first", numbers("first"), is_right=True, rank=3),
    ]
    kept = [column for column in columns if column.title != "curve" or any(column.cells)]
    return table_of(kept, fit(kept, width))


def _curve(values: Sequence[float]) -> Text:
    return Text(fitted(values), style="cyan")
