"""A comparison on a terminal: a row for each run, or, of a few runs, a column for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.console import RenderableType
from rich.text import Text

from trialog._cli.comparison import ComparedRun, Comparison
from trialog._cli.tables import (
    Column,
    duration_cell,
    fit,
    local_now,
    name_cell,
    status_cell,
    stdout_width,
    table_of,
    value_column,
)
from trialog._cli.words import ago, count, metric_value, parameter_value, printable
from trialog._reading.headings import COMPARED, heading

_BESIDE_WIDTH = 14  # a run beside others needs at least so much
_LABEL_WIDTH = 24
_NOTE_LETTERS = 400


@dataclass(slots=True)
class _Line:
    """One thing that runs are compared by."""

    title: str
    cells: list[Text]
    is_right: bool
    rank: int
    is_value: bool = True


def comparison_parts(
    comparison: Comparison, *, total: int, shows_all: bool, by_experiment: bool = False
) -> Iterator[RenderableType]:
    """The table, and lines below it for what is not in it.

    Args:
        comparison: the runs that are shown.
        total: how many runs there are, with those beyond the limit.
        shows_all: show parameters too that are the same in all runs.
        by_experiment: name runs by their experiments and numbers.
    """
    runs = comparison.runs
    same = []
    if not shows_all and len(runs) > 1:
        same = [name for name in comparison.parameters if comparison.is_same(name)]
    lines = _lines(comparison, hidden=set(same))
    width = stdout_width()
    labels = _member_columns if by_experiment else _name_columns
    columns = [*labels(comparison), *_value_columns(lines)]
    widths = fit(columns, width)
    left_out: list[str] = []
    first = len(columns) - len(lines)
    lacks_values = any(
        line.is_value and place not in widths for place, line in enumerate(lines, first)
    )
    if lacks_values and len(runs) * _BESIDE_WIDTH + _LABEL_WIDTH <= width:
        columns = _columns_beside(comparison, lines, by_experiment=by_experiment)
        widths = fit(columns, width)
    elif len(widths) < len(columns):
        left_out = [columns[each].title for each in range(len(columns)) if each not in widths]
    if runs:
        yield table_of(columns, widths)
    yield from _notes(comparison, same, left_out, total, by_experiment=by_experiment)


def _lines(comparison: Comparison, hidden: set[str]) -> list[_Line]:
    """What runs are compared by: what was asked for, the parameters, then the other metrics.

    The rank says what gives way where there is no room: where a best run was asked for, other
    metrics before the parameters that may explain it.
    """
    runs, now = comparison.runs, local_now()
    records = [run.found.record for run in runs]
    lines = [_Line("status", [status_cell(each) for each in records], False, 0, is_value=False)]
    wanted = [(statistic, name) for name in comparison.asked for statistic in COMPARED]
    if not comparison.asked:
        wanted = [
            ("last", name) for name in comparison.shown if any(name in run.metrics for run in runs)
        ]
    if comparison.goal is not None:
        wanted = list(dict.fromkeys([comparison.goal, *wanted]))
    shown = [name for name in comparison.parameters if name not in hidden]
    others: list[_Line] = []
    after = 2 * len(shown) if comparison.goal is not None else 0
    for place, (statistic, metric) in enumerate(wanted):
        cells = [_metric_cell(run, statistic, metric) for run in runs]
        is_asked = bool(comparison.asked) or (statistic, metric) == comparison.goal
        rank = 1 if is_asked else after + 3 + 2 * place
        line = _Line(heading(statistic, printable(metric)), cells, True, rank)
        (lines if is_asked else others).append(line)
    for place, name in enumerate(shown):
        lines.append(_parameter_line(runs, name, rank=2 + 2 * place))
    lines += others
    last = max(line.rank for line in lines) + 1
    started = [Text(ago(record.date_created, now)) for record in records]
    lines.append(_Line("started", started, False, last, is_value=False))
    durations = [duration_cell(record) for record in records]
    lines.append(_Line("duration", durations, True, last, is_value=False))
    return lines


def _metric_cell(run: ComparedRun, statistic: str, metric: str) -> Text:
    summary = run.metrics.get(metric)
    return Text("" if summary is None else metric_value(getattr(summary, statistic)))


def _parameter_line(runs: Sequence[ComparedRun], name: str, rank: int) -> _Line:
    values = [run.parameters.get(name) for run in runs]
    cells = [
        Text(parameter_value(run.parameters[name]) if name in run.parameters else "")
        for run in runs
    ]
    is_right = all(isinstance(each, int | float) for each in values if each is not None)
    return _Line(printable(name), cells, is_right, rank)


def _name_columns(comparison: Comparison) -> list[Column]:
    """What runs are called, where there is a row for each."""
    return [Column("run", _names(comparison, by_experiment=False), 24, 40, keeps_ends=True)]


def _member_columns(comparison: Comparison) -> list[Column]:
    """Experiments and numbers, where there is a row for each run: an experiment stands once."""
    names, numbers = [], []
    last = None
    for run in comparison.runs:
        is_best = _is_best(comparison, run)
        own = run.found.experiment
        names.append(Text("" if own is None or own == last else printable(own.name)))
        number = Text(str(run.found.record.number), style="bold" if is_best else "")
        numbers.append(Text.assemble("* " if is_best else "", number))
        last = own
    return [
        Column("experiment", names, 16, 40, keeps_ends=True),
        Column("run_id", numbers, is_right=True),
    ]


def _value_columns(lines: Sequence[_Line]) -> list[Column]:
    columns = []
    for line in lines:
        column = value_column(line.title, line.cells, is_right=line.is_right, rank=line.rank)
        columns.append(column if line.is_value else replace(column, least=None))
    return columns


def _columns_beside(
    comparison: Comparison, lines: Sequence[_Line], *, by_experiment: bool
) -> list[Column]:
    """A column for each run."""
    titles = [Text(line.title, style="bold") for line in lines]
    columns = [Column("", titles, _LABEL_WIDTH, 48, keeps_ends=True)]
    for place, name in enumerate(_names(comparison, by_experiment=by_experiment)):
        cells = [line.cells[place] for line in lines]
        columns.append(Column(name.plain, cells, _BESIDE_WIDTH - 2, 40, keeps_ends=True))
    return columns


def _names(comparison: Comparison, *, by_experiment: bool) -> list[Text]:
    names = []
    for run in comparison.runs:
        is_best = _is_best(comparison, run)
        name = name_cell(_name(run, by_experiment=by_experiment), is_bold=is_best)
        names.append(Text.assemble("* ", name) if is_best else name)
    return names


def _name(run: ComparedRun, *, by_experiment: bool) -> str:
    own, record = run.found.experiment, run.found.record
    return f"{own.name}/{record.number}" if by_experiment and own is not None else record.name


def _is_best(comparison: Comparison, run: ComparedRun) -> bool:
    return run.found.record.id == comparison.best


def _notes(
    comparison: Comparison,
    same: Sequence[str],
    left_out: Sequence[str],
    total: int,
    *,
    by_experiment: bool,
) -> Iterator[RenderableType]:
    runs = comparison.runs
    if comparison.goal is not None and comparison.best is not None and runs:
        title = heading(*comparison.goal)
        value = _metric_cell(runs[0], *comparison.goal).plain
        yield _note(f"* best {title}: {_name(runs[0], by_experiment=by_experiment)} ({value})")
    if same:
        values = runs[0].parameters
        pairs = ", ".join(f"{name}={parameter_value(values[name])}" for name in same)
        yield _note(f"the same in all {len(runs)}: {pairs}")
    if left_out:
        yield _note(
            f"no room for {count(len(left_out), 'column')}: {', '.join(left_out)} "
            "(a wider terminal, --metric NAME, or --json shows them)"
        )
    if total > len(runs):
        more = count(total - len(runs), "more run")
        yield _note(f"… and {more}: --limit {total} shows all")


def _note(text: str) -> Text:
    text = printable(text)
    if len(text) > _NOTE_LETTERS:
        text = text[: _NOTE_LETTERS - 1] + "…"
    return Text(text, style="italic")
