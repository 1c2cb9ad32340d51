"""One experiment on a terminal: a head, its runs, calls of solvers, and what it has kept itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from trialog._cli import sections
from trialog._cli.comparison import is_same
from trialog._cli.experiment_tables import filled, parameter_column
from trialog._cli.found import FoundRun
from trialog._cli.found_experiments import FoundExperiment
from trialog._cli.sections import Section
from trialog._cli.tables import (
    Column,
    duration_cell,
    fit,
    local_now,
    note_cell,
    status_cell,
    stdout_width,
    table_of,
)
from trialog._cli.words import (
    count,
    duration,
    metric_value,
    parameter_value,
    printable,
    quoted,
    size,
)
from trialog._reading.tallies import FAILURES, failed, unended

_BAD_SOLVES = frozenset({"failed", "interrupted"})

Row = Mapping[str, Any]


def sheet_of_experiment(
    found: FoundExperiment, content: Mapping[str, Any], members: Sequence[FoundRun], limit: int
) -> Iterator[RenderableType]:
    """The parts of the sheet, from top to bottom.

    Args:
        found: the experiment.
        content: as :func:`trialog._cli.experiment_show.content_of_experiment` has it.
        members: its runs.
        limit: how many runs and solves are shown.
    """
    record = found.record
    width = stdout_width() - sections.INDENT
    yield sections.title_of(record)
    yield sections.indented(_facts(found, content))
    yield from sections.shown(
        _annotations(record.annotations),
        sections.attempts(content, width),
        sections.writers(content, width),
        sections.alerts(content),
        sections.parameters(content),
    )
    parameters = [run["parameters"] for run in content["runs"]]
    yield from _runs(record.name, members, parameters, limit, width)
    yield from _solves(content["solves"], limit, width)
    yield from sections.shown(
        sections.values(content),
        sections.attachments(content, width),
    )
    yield from sections.surroundings(record, content)


def _facts(found: FoundExperiment, content: Mapping[str, Any]) -> Table:
    record, commit = found.record, found.record.commit
    facts = {
        **sections.end_facts(record),
        "sha256": "" if commit is None else commit.digest.partition(":")[2],
        "committed": _committed(found),
        "came from": "" if commit is None else commit.source or "",
        "forked from": _parent(found, content),
        "runs": _tally(found),
        "description": record.description or "",
        "tags": ", ".join(record.tags),
        **sections.time_facts(record),
        "duration": duration(record.duration) + ("" if record.is_ended else " so far"),
        "attempt": str(record.attempt) if record.attempt > 1 else "",
        "project": f"{record.place.project.path} ({record.project.display_name})",
        "user": f"{record.user.username} on {record.host}, process {record.pid}",
        "made with": f"Python {record.python}, trialog {record.trialog}",
        "id": record.id,
        "folder": unquote(content["url"].removeprefix("file://")),
    }
    return sections.fact_pairs(facts)


def _committed(found: FoundExperiment) -> str:
    commit = found.record.commit
    if commit is None:
        return "not yet"
    by = f"by {commit.by}" if commit.by else "yes"
    return f"{by}, {size(commit.artifact_bytes)}" if commit.artifact_bytes else by


def _parent(found: FoundExperiment, content: Mapping[str, Any]) -> str:
    record = found.record
    if record.parent is None:
        return ""
    name = content["parent_name"] or record.parent
    return f"{name}, runs of its own from {record.number or 0} on"


def _tally(found: FoundExperiment) -> str:
    tally = found.tally
    others = [
        f"{amount:,} {word}"
        for amount, word in ((failed(tally), "failed"), (unended(tally), "open"))
        if amount
    ]
    return ", ".join([f"{tally.total():,}", *others])


def _annotations(annotations: Mapping[str, str]) -> Section:
    lines = [(printable(key), Text(printable(text))) for key, text in annotations.items()]
    return Section("Annotations", len(lines), sections.pairs(lines))


# -- runs ------------------------------------------------------------------------------------------


def _runs(
    name: str,
    runs: Sequence[FoundRun],
    parameters: Sequence[Mapping[str, Any]],
    limit: int,
    width: int,
) -> Iterator[RenderableType]:
    """The first runs: what became of them, and the parameters that tell them apart."""
    if not runs:
        return
    keys = list(dict.fromkeys(key for each in parameters for key in each))
    same = [key for key in keys if len(runs) > 1 and is_same(parameters, key)]
    shown = runs[:limit]
    columns = _run_columns(shown)
    for place, key in enumerate(key for key in keys if key not in same):
        columns.insert(3 + place, parameter_column(parameters[:limit], key, 4 + place))
    widths = fit(columns, width)
    yield sections.heading_of(f"Runs ({len(runs):,})")
    if shown:
        yield sections.indented(table_of(columns, widths))
    if same:
        pairs = ", ".join(f"{key}={parameter_value(parameters[0][key])}" for key in same)
        yield _note(f"the same in all {len(runs):,}: {pairs}")
    left_out = [column.title for place, column in enumerate(columns) if place not in widths]
    if left_out and shown:
        yield _note(f"no room for {count(len(left_out), 'column')}: {', '.join(left_out)}")
    if len(runs) > len(shown):
        has_failures = any(run.record.status in FAILURES for run in runs[limit:])
        failures = (
            f", `trialog run list --experiment {quoted(name)} --status error` the failed ones"
        )
        yield _note(
            f"… and {count(len(runs) - len(shown), 'more run')}: --runs {len(runs)} shows all"
            + (failures if has_failures else "")
        )


def _run_columns(runs: Sequence[FoundRun]) -> list[Column]:
    """What became of runs; a name only where the user gave one."""
    now = local_now()
    records = [run.record for run in runs]
    given = ["" if each.name.endswith(f"/{each.number}") else each.name for each in records]
    columns = [
        Column("run_id", [_text(record.number) for record in records], is_right=True),
        Column("status", [status_cell(record) for record in records]),
        Column("duration", [duration_cell(record) for record in records], is_right=True, rank=1),
        Column("name", [_text(each) for each in given], 8, 40, keeps_ends=True, rank=3),
        Column("note", [note_cell(record, now) for record in records], 16, 60, rank=2),
    ]
    return filled(columns)


def _note(text: str) -> RenderableType:
    return sections.indented(Text(printable(text), style="italic"))


# -- solves ----------------------------------------------------------------------------------------


def _solves(solves: Sequence[Row], limit: int, width: int) -> Iterator[RenderableType]:
    """The first calls of solvers."""
    if not solves:
        return
    shown = solves[:limit]
    columns = [
        Column("run_id", [_text(each["run_id"]) for each in shown], is_right=True),
        Column("name", [_text(each["name"]) for each in shown], 8, 40, rank=1),
        Column("adapter", [_text(each["adapter"]) for each in shown], 12, 48, keeps_ends=True),
        Column("status", [_solve_status(each["status"]) for each in shown]),
        Column(
            "objective", [Text(metric_value(each["objective"])) for each in shown], is_right=True
        ),
        Column("time", [Text(duration(each["seconds"])) for each in shown], is_right=True),
    ]
    kept = filled(columns)
    yield sections.heading_of(f"Solves ({len(solves):,})")
    yield sections.indented(table_of(kept, fit(kept, width)))
    if len(solves) > len(shown):
        more = count(len(solves) - len(shown), "more")
        yield _note(f"… and {more}: --runs {len(solves)} shows all")


def _solve_status(status: str) -> Text:
    return Text(printable(status), style="bold red" if status in _BAD_SOLVES else "")


def _text(value: object) -> Text:
    return Text("" if value is None else printable(str(value)))
