"""Every payload of the HTTP API: what is asked and what is answered. Pure.

The OpenAPI description and the dashboard's types are made from these (``scripts/api``). Times are
nanoseconds since 1970 (``_ns``): numbers, of which JavaScript keeps the microseconds.
Numbers that JSON cannot hold (NaN, infinities) are the texts ``"NaN"``, ``"Infinity"`` and
``"-Infinity"``.
"""

from __future__ import annotations

from typing import Literal

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
    """What all payloads are."""


class Nothing(Shape):
    """Nothing asked, or nothing to tell."""


class Problem(Shape):
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


class Refusal(Shape):
    """The answer where a request is refused."""

    error: Problem


class Server(Shape):
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


class RunHead(Shape):
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


class ProjectHead(Shape):
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


class Home(Shape):
    """What the first page shows.

    Attributes:
        attention: runs that crashed, failed or were interrupted of late, and those under way.
        projects: all of them, the one with the newest run first.
    """

    attention: list[RunHead]
    projects: list[ProjectHead]


class ProjectQuery(Shape):
    """A project by its slugs."""

    namespace: str
    project: str


class Selection(Shape):
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


class ChartQuery(Shape):
    """What a chart is to show; see docs/explanation/charts.md.

    Attributes:
        selection: of which runs.
        metric: its name.
        x: ``step``, ``time`` (nanoseconds since 1970), ``relative`` (seconds), or
            ``metric:<name>``.
        x0, x1: the window; None for all.
        pixels: how wide the chart is drawn.
        smoothing: None, ``ema:0.9``, ``time-ema:30`` or ``window:25``.
        group: a field of the filter language whose values are one line each, or None.
        center: of a group: ``mean`` or ``median``.
        band: of a group: ``none``, ``std``, ``confidence`` or ``minmax``.
        split: tell a run's ``attempt`` or ``rank`` apart, or None.
        raw: the line before smoothing too.
        since: the versions that the page has, from an earlier answer's header; None for all.
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
    raw: bool = False
    since: str | None = None
