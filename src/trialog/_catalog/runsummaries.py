"""What the metrics of runs come to, by the points that count.

A writer's summary is kept in the catalog, and those of a run's writers merge without any point
being read. Only where an attempt goes on from before the end of an earlier one, so that some of
the earlier one's points do not count, are the points of that metric read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, select

from trialog._catalog import schema
from trialog._catalog.rows import among
from trialog._catalog.seriesrows import summary_of
from trialog._format.facts import OUTSIDE
from trialog._journals.addresses import key_of
from trialog._journals.cuts import cuts_of
from trialog._journals.summaries import Summary, merge, summarise

if TYPE_CHECKING:
    from trialog._catalog.catalog import Catalog

Summaries = dict[int, dict[str, Summary]]
"""Of each metric, by run key and name, in the order of first logging."""


class MergedSummaries(NamedTuple):
    """Summaries that were merged from those of writers.

    Attributes:
        found: the summaries.
        overlapping: of each run, the metrics of which a later attempt replaces a part of an
            earlier one's points: their summaries are of too many points.
    """

    found: Summaries
    overlapping: dict[int, list[str]]


class _Part(NamedTuple):
    """A writer's points of a metric.

    Attributes:
        writer: its id.
        summary: what they come to.
        attempt: None where no attempt replaces them.
        highest: no point has a higher step.
    """

    writer: str
    summary: Summary
    attempt: int | None
    highest: int


def read_summaries(
    catalog: Catalog, runs: Sequence[int], names: Sequence[str] | None = None
) -> Summaries:
    """See :meth:`trialog._catalog.catalog.Catalog.summaries`."""
    merged = catalog.ask(merge_summaries, runs, names)
    found = merged.found
    together: dict[tuple[str, ...], list[int]] = {}
    for run, metrics in merged.overlapping.items():
        together.setdefault(tuple(metrics), []).append(run)
    for names_cut, some in together.items():
        for run, stretches in catalog.points(some, names_cut):
            for metric, each in stretches.items():
                if len(each):
                    exact = summarise(each.steps, each.times_ns, each.values, each.exact)
                    found[run][metric] = exact
    return found


def merge_summaries(
    connection: Connection, runs: Sequence[int], names: Sequence[str] | None = None
) -> MergedSummaries:
    """The summaries of runs as far as those of their writers tell them.

    Args:
        connection: to the catalog.
        runs: run keys.
        names: the metrics asked for; None for all.
    """
    series, texts, journals = schema.SERIES, schema.NAMES, schema.JOURNALS
    statement = (
        select(
            series,
            texts.c.name.label("metric"),
            journals.c.writer,
            journals.c.attempt,
            journals.c.role,
        )
        .join(texts, texts.c.key == series.c.name)
        .join(journals, journals.c.key == series.c.journal)
        .where(among(connection, series.c.run, runs) & (series.c.count > 0))
        .order_by(series.c.first_ns, texts.c.name)
    )
    if names is not None:
        statement = statement.where(series.c.name.in_([key_of("name", name) for name in names]))
    parts: dict[tuple[int, str], list[tuple[str, Summary]]] = {}
    rows: dict[tuple[int, str], list[Any]] = {}  # of metrics with points of a later attempt too
    found = connection.execute(statement).all()
    resumed = {row.run for row in found if row.attempt > 1}
    for row in found:
        summary = summary_of(row)
        if summary is not None:
            parts.setdefault((row.run, row.metric), []).append((row.writer, summary))
            if row.run in resumed:
                rows.setdefault((row.run, row.metric), []).append(row)
    merged = MergedSummaries({}, {})
    for (run, metric), written in parts.items():
        counting = written
        if len(written) > 1 and run in resumed:
            several = [
                _Part(*each, None if row.role in OUTSIDE else row.attempt, row.highest)
                for each, row in zip(written, rows[run, metric], strict=True)
            ]
            cuts = cuts_of(_lowest(several))
            if any(_is_cut_in_two(part, cuts) for part in several):
                merged.overlapping.setdefault(run, []).append(metric)
            counting = [part[:2] for part in several if not _is_replaced(part, cuts)]
        merged.found.setdefault(run, {})[metric] = merge(counting)
    return merged


def _lowest(parts: Sequence[_Part]) -> dict[int, int]:
    """The lowest step of each attempt."""
    lowest: dict[int, int] = {}
    for part in parts:
        if part.attempt is not None:
            step = part.summary.lowest_step
            lowest[part.attempt] = min(step, lowest.get(part.attempt, step))
    return lowest


def _is_replaced(part: _Part, cuts: Mapping[int, int]) -> bool:
    """Whether none of its points counts."""
    cut = None if part.attempt is None else cuts.get(part.attempt)
    return cut is not None and cut <= part.summary.lowest_step


def _is_cut_in_two(part: _Part, cuts: Mapping[int, int]) -> bool:
    """Whether some of its points may count and some not."""
    cut = None if part.attempt is None else cuts.get(part.attempt)
    return cut is not None and part.summary.lowest_step < cut <= part.highest
