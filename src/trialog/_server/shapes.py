"""Every payload of the HTTP API: what is asked and what is answered. Pure.

The OpenAPI description and the dashboard's types are made from these (``scripts/api``). Times are
nanoseconds since 1970 (``_ns``): numbers, of which JavaScript keeps the microseconds.
Numbers that JSON cannot hold (NaN, infinities) are the texts ``"NaN"``, ``"Infinity"`` and
``"-Infinity"``.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Scalar = bool | int | float | str | None
Status = Literal[
    "PENDING",
    "RUNNING",
    "COMPLETED",
    "CRASHED",
    "FAILED",
    "INTERRUPTED",
    "CANCELING",
    "CANCELED",
]


class Shape(msgspec.Struct, kw_only=True):
    """What all payloads are; each says ``kw_only=True`` itself, which msgspec does not pass on."""


class Nothing(Shape, kw_only=True):
    """Nothing asked, or nothing to tell."""


class Problem(Shape, kw_only=True):
    """Why a request was refused.

    Attributes:
        kind: the error's class.
        message: what is wrong and what to do.
        start, end: the part of a filter that is wrong, as offsets in its text.
        suggestion: what to write instead.
    """

    kind: str
    message: str
    start: int | None = None
    end: int | None = None
    suggestion: str | None = None


class Refusal(Shape, kw_only=True):
    """The answer where a request is refused."""

    error: Problem


class Server(Shape, kw_only=True):
    """What the page needs to know of the server it talks to.

    Attributes:
        version: of trialog.
        store: the folder of the store.
        may_change: whether runs may be tagged, deleted, cancelled from here.
        now_ns: the server's time.
    """

    version: str
    store: str
    may_change: bool
    now_ns: int


class RunHead(Shape, kw_only=True):
    """A run in one line, wherever one is named.

    Attributes:
        duration: seconds from start to end, or to now.
        reason: why it ended so, or what is known of a silent one.
    """

    id: str
    name: str
    namespace: str
    project: str
    status: Status
    reason: str | None
    created_ns: int
    ended_ns: int | None
    duration: float
    host: str
    tags: list[str]


class ProjectHead(Shape, kw_only=True):
    """A project in one line.

    Attributes:
        namespace, project: slugs.
        namespace_name, project_name: as the user wrote them.
        runs: how many, deleted ones aside.
        statuses: how many of each status there are.
        newest_ns: when its newest run began.
        days: runs begun on each of the last 14 days, today last.
    """

    namespace: str
    project: str
    namespace_name: str
    project_name: str
    runs: int
    statuses: dict[str, int]
    newest_ns: int | None
    days: list[int]


class Home(Shape, kw_only=True):
    """What the first page shows.

    Attributes:
        attention: runs that crashed, failed or were interrupted of late, and those under way.
        projects: all of them, the one with the newest run first.
    """

    attention: list[RunHead]
    projects: list[ProjectHead]


class ProjectQuery(Shape, kw_only=True):
    """A project by its slugs."""

    namespace: str
    project: str


class Selection(Shape, kw_only=True):
    """Which runs.

    Attributes:
        project: ``namespace/project``, or None for the whole store.
        where: in the filter language; empty for all.
        sort: keys of the filter language, as in ``-max(acc), lr``; empty for the newest first.
        runs: only these ids, in this order; None for all that ``where`` finds.
        limit: at most so many, the first of that order.
    """

    project: str | None = None
    where: str = ""
    sort: str = ""
    runs: list[str] | None = None
    limit: int | None = None


class ChartQuery(Shape, kw_only=True):
    """What a chart is to show; see docs/explanation/charts.md.

    Attributes:
        selection: of which runs.
        metric: its name.
        x: ``step``, ``time`` (seconds since 1970), ``relative`` (seconds since the run began), or
            ``metric:<name>``.
        x0, x1: the window, in units of x; None for all.
        pixels: how wide the chart is drawn.
        smoothing: None, ``ema:0.9``, ``time-ema:30`` or ``window:25``.
        group: a field of the filter language whose values are one line each, or None.
        center: of a group: ``mean`` or ``median``.
        band: of a group: ``none``, ``std``, ``confidence`` or ``minmax``.
        split: tell a run's ``attempt`` or ``rank`` apart, or None.
        members: of groups: the lines of the runs too.
        y_scale: what the lines are drawn on; where they cross the window's edges depends on it.
        raw: the line before smoothing too.
        details: of each column the first and last value and the counts too.
        since: the version that the page has, from an earlier answer's header; None for all.
    """

    selection: Selection
    metric: str
    x: str = "step"
    x0: float | None = None
    x1: float | None = None
    pixels: int = 600
    smoothing: str | None = None
    group: str | None = None
    center: Literal["mean", "median"] = "mean"
    band: Literal["none", "std", "confidence", "minmax"] = "std"
    split: Literal["attempt", "rank"] | None = None
    members: bool = False
    y_scale: Literal["linear", "log"] = "linear"
    raw: bool = False
    details: bool = False
    since: str | None = None


class View(Shape, kw_only=True):
    """A saved view of a project.

    Attributes:
        content: what the page makes of it.
        by: who saved it.
    """

    name: str
    content: dict[str, Any]
    by: str
    saved_ns: int


class Views(Shape, kw_only=True):
    """The saved views of a project, by name."""

    views: list[View]


class ViewQuery(Shape, kw_only=True):
    """A view by its name."""

    namespace: str
    project: str
    name: str


class ViewChange(ViewQuery, kw_only=True):
    """A view to be saved."""

    content: dict[str, Any]


class Change(Shape, kw_only=True):
    """What is to be changed of some runs; what is left out stays.

    Attributes:
        runs: ids.
        name: a new name, of one run.
        description: a new one; empty for none.
        cancel: ask them to stop.
        reason: why they are to stop.
        signal: what to send them besides, as ``SIGTERM``.
    """

    runs: list[str]
    add_tags: list[str] = []
    remove_tags: list[str] = []
    name: str | None = None
    description: str | None = None
    restore: bool = False
    delete: bool = False
    cancel: bool = False
    reason: str | None = None
    signal: str | None = None


class ChangedRun(Shape, kw_only=True):
    """What became of one run's change.

    Attributes:
        name: what it is called now; None where it is not known.
        error: why it could not be changed, or None.
    """

    id: str
    name: str | None
    error: str | None


class Changed(Shape, kw_only=True):
    """What became of a change, run by run."""

    runs: list[ChangedRun]


class ProjectOverview(Shape, kw_only=True):
    """What there is in a project.

    Attributes:
        namespace, project: slugs.
        namespace_name, project_name: as the user wrote them.
        runs: how many, deleted ones aside.
        deleted: how many deleted ones.
        statuses: how many of each status there are.
        parameters: of the newest thousand runs, those that differ first.
        metrics: names of the metrics of those runs, those of the machine last.
        tags: of those runs.
        measures: what may be asked of a metric.
        facts: what may be asked of every run.
        is_whole: whether those runs are all there are.
    """

    namespace: str
    project: str
    namespace_name: str
    project_name: str
    runs: int
    deleted: int
    statuses: dict[str, int]
    parameters: list[ParameterHead]
    metrics: list[str]
    tags: list[str]
    measures: list[str]
    facts: list[FactHead]
    is_whole: bool


class ParameterHead(Shape, kw_only=True):
    """A parameter of a project.

    Attributes:
        text: how the filter language asks for it.
        type: ``number``, ``text``, ``flag`` or, where runs differ, ``mixed``.
        distinct: how many different values were seen, 50 at most.
        runs: how many of the runs have it.
    """

    name: str
    text: str
    type: Literal["number", "text", "flag", "mixed"]
    distinct: int
    runs: int


class FactHead(Shape, kw_only=True):
    """A fact of every run: its name in the filter language, its type, what it says."""

    name: str
    type: str
    meaning: str


class TableQuery(Shape, kw_only=True):
    """A part of a project's table of runs.

    Attributes:
        project: ``namespace/project``, or None for the whole store.
        where: in the filter language; empty for all.
        sort: keys of the filter language; empty for the newest first.
        offset: so many runs are left out, the first ones.
        limit: at most so many.
        columns: what is asked of each run, in the filter language; None for what suits most.
    """

    project: str | None = None
    where: str = ""
    sort: str = ""
    offset: int = 0
    limit: int = 100
    columns: list[str] | None = None


class TableColumn(Shape, kw_only=True):
    """One column of a table.

    Attributes:
        text: what was asked, in the filter language.
        kind: what it is.
        name: of the parameter, the metric or the fact.
        measure: of a metric.
        type: of a fact, as ``time``; else None.
        values: one for each run; None where it has none.
    """

    text: str
    kind: Literal["parameter", "metric", "fact"]
    name: str
    measure: str | None
    type: str | None
    values: list[Scalar | list[str]]


class TablePage(Shape, kw_only=True):
    """Runs, column by column.

    Attributes:
        total: how many runs the filter finds.
        offset: of the first run told of.
        paths: of their projects, as ``namespace/project``.
        is_deleted: which of them are deleted.
        now_ns: the server's time.
        problem: a name in the filter that no run has, where the filter finds none.
    """

    total: int
    offset: int
    ids: list[str]
    names: list[str]
    paths: list[str]
    statuses: list[Status]
    reasons: list[str | None]
    is_deleted: list[bool]
    columns: list[TableColumn]
    now_ns: int
    problem: Problem | None = None


class Names(Shape, kw_only=True):
    """Runs by id and name alone, as many as there are.

    Attributes:
        total: how many runs the filter finds.
    """

    total: int
    ids: list[str]
    names: list[str]


class RunCountQuery(Shape, kw_only=True):
    """Runs that are only counted.

    Attributes:
        project: ``namespace/project``, or None for the whole store.
        where: in the filter language; empty for all.
    """

    project: str | None = None
    where: str = ""


class RunCounts(Shape, kw_only=True):
    """How many runs there are.

    Attributes:
        statuses: of each status, deleted ones aside.
        deleted: deleted ones.
    """

    statuses: dict[str, int]
    deleted: int


class GroupQuery(Shape, kw_only=True):
    """A table of groups of runs.

    Attributes:
        by: what runs of a group have in common, in the filter language.
        project: ``namespace/project``, or None for the whole store.
        where: in the filter language; empty for all.
        sort: keys of the filter language: groups stand in the order of their first runs; without,
            in the order of their values.
        columns: what is summed up, in the filter language.
        limit: at most so many groups.
        drawn: the runs that charts beside the table draw; each group then says which curve is its.
    """

    by: str
    project: str | None = None
    where: str = ""
    sort: str = ""
    columns: list[str] = []
    limit: int = 500
    drawn: Selection | None = None


class GroupCell(Shape, kw_only=True):
    """What the runs of a group have in a column.

    Attributes:
        count: how many have a number there.
        mean, std: of those numbers; the sample's deviation, None for a single one.
        least, greatest: of those numbers.
        value: what all of them have, where they agree.
        distinct: how many different values there are.
    """

    count: int = 0
    mean: Scalar = None
    std: Scalar = None
    least: Scalar = None
    greatest: Scalar = None
    value: Scalar | list[str] = None
    distinct: int = 0


class Group(Shape, kw_only=True):
    """Runs that have a value in common.

    Attributes:
        value: which; None for the runs that lack it.
        where: finds them, in the filter language.
        runs: how many.
        statuses: how many of each.
        cells: one for each column.
        curve: its place among the groups of a chart; None where it has no curve of its own.
    """

    value: Scalar
    where: str
    runs: int
    statuses: dict[str, int]
    cells: list[GroupCell]
    curve: int | None = None


class GroupTable(Shape, kw_only=True):
    """Groups of runs.

    Attributes:
        total: how many groups there are.
        runs: how many runs the filter finds.
        columns: what was asked; their values stand in the groups.
    """

    total: int
    runs: int
    columns: list[TableColumn]
    groups: list[Group]


class CompleteQuery(Shape, kw_only=True):
    """A filter that is being typed.

    Attributes:
        project: ``namespace/project``, or None for the whole store.
        text: as typed so far.
        cursor: characters before the cursor; None for the end.
    """

    project: str | None = None
    text: str = ""
    cursor: int | None = None


class CompletionItem(Shape, kw_only=True):
    """Something that may stand there, what it is, and a few words on it."""

    text: str
    kind: str
    detail: str


class Completed(Shape, kw_only=True):
    """What may stand in the place of ``text[start:end]``; and what is wrong with the text.

    Attributes:
        problem: None where it can be understood and all its names are known.
    """

    start: int
    end: int
    items: list[CompletionItem]
    problem: Problem | None


class SearchQuery(Shape, kw_only=True):
    """What somebody looks for.

    Attributes:
        text: a part of a name, or an id or its first letters.
    """

    text: str


class Found(Shape, kw_only=True):
    """What was found by a text."""

    projects: list[ProjectQuery]
    runs: list[RunHead]


class ExportQuery(Shape, kw_only=True):
    """A table that is to be saved.

    Attributes:
        selection: of which runs.
        content: a row for each run, or for each point of some metrics.
        metrics: of which metrics the points are.
    """

    selection: Selection
    content: Literal["runs", "points"] = "runs"
    format: Literal["csv", "parquet"] = "csv"
    metrics: list[str] = []


class Export(Shape, kw_only=True):
    """Where a table can be saved from.

    Attributes:
        url: on this server; good until it ends.
    """

    url: str


class RunNews(Shape, kw_only=True):
    """A run that has changed.

    Attributes:
        points: how many it has now.
        is_new: whether it has just begun.
        has_ended: whether it has just ended.
    """

    id: str
    points: int
    is_new: bool
    has_ended: bool


class News(Shape, kw_only=True):
    """What has changed in a project since the event before.

    Attributes:
        project: ``namespace/project``.
        runs: those that are under way or have just ended, and have changed.
        metrics: of these runs, those with new points, and their highest steps; None: too many.
        is_other: whether anything else has changed: a tag, a name, a deletion.
    """

    project: str
    runs: list[RunNews] = []
    metrics: dict[str, int] | None = {}
    is_other: bool = False
