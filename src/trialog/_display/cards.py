"""A run, or an experiment, as a card: how it is, why, what it came to, and with what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from trialog._display.curves import Curve, svg_of
from trialog._display.tables import (
    MAX_BYTES,
    Cell,
    Table,
    document_of,
    size_of,
    status_html,
    table_html,
    text_html,
)
from trialog._display.words import count, metric_value, parameter_value
from trialog._entities import RunStatus

_REASON_LETTERS = 400


@dataclass(frozen=True, slots=True)
class MetricLine:
    """A metric, and what it came to.

    Attributes:
        name: as it was logged.
        last, least, greatest: of all its points.
        points: how many there are.
        nan_count: how many of them are NaN.
        curve: None where it is not drawn.
    """

    name: str
    last: float
    least: float
    greatest: float
    points: int
    nan_count: int
    curve: Curve | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says.

    Attributes:
        name: of the run or experiment.
        place: its namespace and project.
        status: how it is.
        reason: why it ended so, or None.
        description: what its user wrote, or None.
        tags: its labels.
        facts: short texts: when it began, how long it took.
        metrics: the first ones.
        metric_count: how many there are.
        parameters: name and value of the first ones.
        parameter_count: how many there are.
        table: one more, of an experiment's runs.
        link: the address of its page in the dashboard, or None.
        moment: when all this was so; None where it will not change any more.
    """

    name: str
    place: str
    status: RunStatus
    reason: str | None = None
    description: str | None = None
    tags: Sequence[str] = ()
    facts: Sequence[str] = ()
    metrics: Sequence[MetricLine] = ()
    metric_count: int = 0
    parameters: Sequence[tuple[str, object]] = ()
    parameter_count: int = 0
    table: Table | None = None
    link: str | None = None
    moment: str | None = None


def card_html(card: Card) -> str:
    """The card as HTML of at most 20 kB, without a script; shorter where names are long."""
    html = document_of(*_parts(card))
    while size_of(html) > MAX_BYTES:
        card = _shorter(card)
        html = document_of(*_parts(card))
    return html


def _shorter(card: Card) -> Card:
    """The same with half as many of everything."""
    table = card.table
    if table is not None and table.rows:
        table = replace(table, rows=table.rows[: len(table.rows) // 2], more="and more runs")
    return replace(
        card,
        metrics=card.metrics[: len(card.metrics) // 2],
        parameters=card.parameters[: len(card.parameters) // 2],
        tags=card.tags[: len(card.tags) // 2],
        table=table,
    )


def _parts(card: Card) -> Iterator[str]:
    place = f'<span class="tl-dim">{text_html(card.place)}</span>'
    yield f"<div>{status_html(card.status)} <b>{text_html(card.name, 200)}</b> {place}</div>"
    if card.reason:
        yield f'<div class="tl-reason">{text_html(card.reason, _REASON_LETTERS)}</div>'
    if card.description:
        yield f"<div>{text_html(card.description, _REASON_LETTERS)}</div>"
    if card.facts:
        yield f'<div class="tl-dim">{text_html(" · ".join(card.facts), 300)}</div>'
    if card.tags:
        tags = "".join(f'<span class="tl-tag">{text_html(tag)}</span>' for tag in card.tags)
        yield f"<div>{tags}</div>"
    if card.metric_count:
        yield table_html(_metric_table(card))
    if card.parameter_count:
        yield table_html(_parameter_table(card))
    if card.table is not None:
        yield table_html(card.table)
    yield _foot(card)


def _metric_table(card: Card) -> Table:
    rows = [
        (
            Cell(line.name),
            Cell(svg="" if line.curve is None else svg_of(line.curve, _spoken(line))),
            Cell(metric_value(line.last), is_number=True),
            Cell(metric_value(line.least), is_number=True),
            Cell(metric_value(line.greatest), is_number=True),
            Cell(_points(line), is_number=True, is_dim=True),
        )
        for line in card.metrics
    ]
    headings = ("metric", "curve", "last", "min", "max", "points")
    return Table(headings, rows, _rest(card.metric_count - len(rows), "metric"))


def _points(line: MetricLine) -> str:
    return f"{line.points:,}" + (f", {line.nan_count:,} NaN" if line.nan_count else "")


def _spoken(line: MetricLine) -> str:
    """What the curve shows, in words."""
    return (
        f"{line.name[:80]}: {_points(line)} points, from {metric_value(line.least)} to "
        f"{metric_value(line.greatest)}, last {metric_value(line.last)}"
    )


def _parameter_table(card: Card) -> Table:
    rows = [(Cell(name), Cell(parameter_value(value))) for name, value in card.parameters]
    return Table(("parameter", "value"), rows, _rest(card.parameter_count - len(rows), "parameter"))


def _rest(amount: int, what: str) -> str:
    return f"… and {count(amount, f'more {what}')}" if amount else ""


def _foot(card: Card) -> str:
    moment = f"as of {text_html(card.moment)} · " if card.moment else ""
    if card.link is None:
        return (
            f'<div class="tl-dim">{moment}<code>trialog ui</code> shows it in the dashboard</div>'
        )
    link = f'<a href="{text_html(card.link, 2000)}" target="_blank" rel="noopener">dashboard</a>'
    return f'<div class="tl-dim">{moment}{link}</div>'
