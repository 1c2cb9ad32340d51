"""What a notebook shows: runs, experiments and lists of them as values for ``_display``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from trialog._catalog import Catalog, Summary, queries
from trialog._display.cards import Card, MetricLine
from trialog._display.curves import Curve, curve_of, svg_of, telling_values
from trialog._display.tables import Cell, Table
from trialog._display.words import at, count, duration, metric_value, parameter_value, size
from trialog._format.times import date_of
from trialog._reading.attachments import Attachments
from trialog._reading.dashboards import address_of
from trialog._reading.differences import comparable
from trialog._reading.headings import is_of_system
from trialog._reading.records import Records, RunRecord

MAX_ROWS = 20
_MAX_LINES = 12
_MAX_CURVES = 8
_MAX_PARAMETERS = 16
_CURVE_WIDTH = 100
_ROW_CURVE_WIDTH = 40
_VARYING_AMONG = 2000  # runs, the newest: which parameters tell them apart
_MAX_VARYING = 6
_MAX_METRICS = 4
_MAX_SAME = 5


def run_card(catalog: Catalog, record: RunRecord) -> Card:
    """A run as a card.

    Args:
        catalog: which is up to date.
        record: its facts as they are now.
    """
    key = record.key
    summaries = _told(catalog.summaries([key]).get(key, {}))
    parameters = catalog.ask(queries.parameters_of, [key]).get(key, {})
    names = list(summaries)[:_MAX_LINES]
    curves = _curves(catalog, [key], names[:_MAX_CURVES], _CURVE_WIDTH).get(key, {})
    return replace(
        _bare_card(catalog, record),
        metrics=[_line(name, summaries[name], curves.get(name)) for name in names],
        metric_count=len(summaries),
        parameters=list(parameters.items())[:_MAX_PARAMETERS],
        parameter_count=len(parameters),
    )


def experiment_card(catalog: Catalog, record: RunRecord, members: Records) -> Card:
    """An experiment as a card, its runs as a table in it."""
    parameters = catalog.ask(queries.parameters_of, [record.key]).get(record.key, {})
    card = _bare_card(catalog, record)
    sealed = [] if record.commit is None else [f"committed as {record.commit.digest[:19]}…"]
    return replace(
        card,
        facts=[*card.facts, count(len(members), "run"), *sealed],
        parameters=list(parameters.items())[:_MAX_PARAMETERS],
        parameter_count=len(parameters),
        table=replace(runs_table(catalog, members), caption="") if len(members) else None,
    )


def runs_table(catalog: Catalog, records: Records) -> Table:
    """Runs as a table: what tells them apart first, then what they came to."""
    keys = records.keys
    shown = keys[:MAX_ROWS]
    parameters = catalog.ask(queries.parameters_of, keys[:_VARYING_AMONG])
    varying, same = _varying(parameters)
    summaries = {key: _told(found) for key, found in catalog.summaries(shown).items()}
    holders = Counter(name for key in shown for name in summaries.get(key, {}))
    metrics = [name for name, _ in holders.most_common()]  # of as many the first logged first
    curves = _curves(catalog, shown, metrics[:1], _ROW_CURVE_WIDTH)
    drawn = {key: found[metrics[0]] for key, found in curves.items() if metrics[0] in found}
    told, kept = metrics[:_MAX_METRICS], varying[:_MAX_VARYING]
    headings = ["name", "status", *kept, *told, *([metrics[0]] if drawn else []), "duration"]
    rows = [
        [
            Cell(record.name),
            Cell(status=record.status),
            *(_parameter_cell(parameters.get(record.key, {}), name) for name in kept),
            *(_metric_cell(summaries.get(record.key, {}).get(name)) for name in told),
            *([_curve_cell(record, drawn, metrics[0])] if drawn else []),
            Cell(duration(record.duration), is_number=True, is_dim=True),
        ]
        for record in records[:MAX_ROWS]
    ]
    left = len(records) - len(rows)
    notes = [_same_note(same)] if same else []
    if len(varying) > len(kept):
        notes.append(f"{count(len(varying) - len(kept), 'more parameter')} differ too")
    return Table(
        headings,
        rows,
        more=f"… and {left:,} more" if left else "",
        caption=count(len(records), "run"),
        notes=notes,
    )


def experiments_table(records: Records, run_counts: Sequence[int]) -> Table:
    """Experiments as a table."""
    rows = [
        [
            Cell(record.name),
            Cell(status=record.status),
            Cell("" if record.commit is None else "committed", is_dim=True),
            Cell(f"{runs:,}", is_number=True),
            Cell(at(record.date_created.astimezone())),
        ]
        for record, runs in zip(records[:MAX_ROWS], run_counts, strict=True)
    ]
    left = len(records) - len(rows)
    return Table(
        ["name", "status", "sealed", "runs", "began"],
        rows,
        more=f"… and {left:,} more" if left else "",
        caption=count(len(records), "experiment"),
    )


def attachments_table(attachments: Attachments) -> Table:
    """Attachments as a table, the newest version of each."""
    found = list(attachments.values())
    rows = [
        [
            Cell(each.name),
            Cell(each.media_type),
            Cell(size(each.size_bytes), is_number=True),
            Cell(str(each.version), is_number=True, is_dim=True),
        ]
        for each in found[:MAX_ROWS]
    ]
    left = len(found) - len(rows)
    return Table(
        ["name", "media type", "size", "version"],
        rows,
        more=f"… and {left:,} more" if left else "",
        caption=count(len(found), "attachment"),
    )


def _bare_card(catalog: Catalog, record: RunRecord) -> Card:
    so_far = "" if record.is_ended else " so far"
    now = None if record.is_ended else at(date_of(catalog.clock()).astimezone())
    return Card(
        name=record.name,
        place=record.place.project.path,
        status=record.status,
        reason=record.reason,
        description=record.description,
        tags=record.tags,
        facts=[
            f"began {at(record.date_created.astimezone())}",
            f"{duration(record.duration)}{so_far}",
            *([f"attempt {record.attempt}"] if record.attempt > 1 else []),
            *([f"{count(record.missing, 'point')} could not be kept"] if record.missing else []),
        ],
        link=address_of(catalog, record),
        moment=now,
    )


def _told(summaries: Mapping[str, Summary]) -> dict[str, Summary]:
    """Those that say how the training did; the machine's where there are no others."""
    own = {name: found for name, found in summaries.items() if not is_of_system(name)}
    return own or dict(summaries)


def _line(name: str, summary: Summary, curve: Curve | None) -> MetricLine:
    return MetricLine(
        name,
        summary.last,
        summary.min,
        summary.max,
        summary.count,
        summary.nan_count,
        curve,
    )


def read_telling_values(
    catalog: Catalog, run: int, names: Sequence[str], width: int
) -> dict[str, list[float]]:
    """A few values of each metric that show how it went, for one row of a terminal.

    Args:
        catalog: which is up to date.
        run: its key.
        names: the metrics; those of fewer than two points are left out.
        width: how many values at most.
    """
    curves = _curves(catalog, [run], names, width).get(run, {})
    return {name: telling_values(curve) for name, curve in curves.items()}


def _curves(
    catalog: Catalog, keys: Sequence[int], names: Sequence[str], width: int
) -> dict[int, dict[str, Curve]]:
    """The curves of some metrics, from all their points."""
    if not names or not keys:
        return {}
    return {
        key: {
            name: curve_of(points.steps, points.values, width)
            for name, points in stretches.items()
            if len(points) > 1
        }
        for key, stretches in catalog.points(keys, names)
    }


def _varying(parameters: Mapping[int, Mapping[str, Any]]) -> tuple[list[str], dict[str, Any]]:
    """The names of parameters that differ between runs, and those that are the same in all.

    One that some runs lack differs.
    """
    forms: dict[str, set[Any]] = {}
    amounts: dict[str, int] = {}
    for of_run in parameters.values():
        for name, value in of_run.items():
            forms.setdefault(name, set()).add(comparable(value))
            amounts[name] = amounts.get(name, 0) + 1
    is_same = {name: len(forms[name]) == 1 and amounts[name] == len(parameters) for name in forms}
    first = next(iter(parameters.values()), {})
    same = {name: value for name, value in first.items() if is_same[name]}
    return [name for name in forms if not is_same[name]], same


def _same_note(same: Mapping[str, Any]) -> str:
    told = [f"{name} = {parameter_value(same[name])}" for name in list(same)[:_MAX_SAME]]
    more = [f"{len(same) - len(told)} more"] if len(same) > len(told) else []
    return f"in all: {', '.join(told + more)}"


def _parameter_cell(parameters: Mapping[str, Any], name: str) -> Cell:
    if name not in parameters:
        return Cell("")
    value = parameters[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Cell(parameter_value(value), is_number=is_number)


def _metric_cell(summary: Summary | None) -> Cell:
    return Cell("" if summary is None else metric_value(summary.last), is_number=True)


def _curve_cell(record: RunRecord, curves: Mapping[int, Curve], metric: str) -> Cell:
    """The curve of a run, on the same scale as those of the others."""
    curve = curves.get(record.key)
    if curve is None:
        return Cell()
    least = min(_finite(each.least for each in curves.values()), default=0.0)
    greatest = max(_finite(each.greatest for each in curves.values()), default=0.0)
    spoken = (
        f"{metric[:80]} of {record.name[:80]}: from {metric_value(curve.least)} to "
        f"{metric_value(curve.greatest)}"
    )
    return Cell(svg=svg_of(curve, spoken, least=least, greatest=greatest))


def _finite(values: Iterator[float]) -> list[float]:
    return [value for value in values if value == value]  # noqa: PLR0124 # not NaN
