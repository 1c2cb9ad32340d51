"""The payloads of one run's page; as ``shapes.py``. Pure."""

from __future__ import annotations

from typing import Any

from trialog._server.shapes import RunHead, Shape

# -- what is asked ---------------------------------------------------------------------------------


class RunQuery(Shape):
    """A run.

    Attributes:
        namespace, project: slugs.
        run: its id, the beginning of it, or its name.
    """

    namespace: str
    project: str
    run: str


class CurvesQuery(RunQuery, kw_only=True):
    """The first metrics of a run: those without a section, then the others, by name.

    Attributes:
        count: how many; 24 at most.
        pixels: how wide each is drawn.
    """

    count: int = 6
    pixels: int = 220


class RunParameterQuery(RunQuery):
    """A parameter of a run."""

    name: str


class ValuesQuery(RunQuery, kw_only=True):
    """JSON values of a run, by name.

    Attributes:
        start: leave out so many, the first ones.
    """

    name: str
    start: int = 0


class AttachmentQuery(RunQuery, kw_only=True):
    """An attachment of a run.

    Attributes:
        version: 1 for the first; None for the newest.
    """

    name: str
    version: int | None = None


class ConsoleQuery(RunQuery, kw_only=True):
    """Lines of a run's console.

    Attributes:
        start: the first line, from 0 on; negative ones count from the end.
        count: how many; 2,000 at most.
        stream: ``stdout`` or ``stderr``; None for both.
        rank: of one process of a launch; None for all.
        attempt: of one attempt; None for all.
    """

    start: int = 0
    count: int = 200
    stream: str | None = None
    rank: int | None = None
    attempt: int | None = None


class ConsoleSearch(ConsoleQuery, kw_only=True):
    """A text to be found in a run's console.

    Attributes:
        text: what is looked for.
        is_regex: whether it is a regular expression (RE2's syntax).
        is_exact: whether upper and lower case are two.
        line: where to look from.
        is_backwards: look before that line instead of from there on.
    """

    text: str
    is_regex: bool = False
    is_exact: bool = False
    line: int = 0
    is_backwards: bool = False


# -- how it went -----------------------------------------------------------------------------------


class ExceptionInfo(Shape):
    """What ended a run, or a process's part of it.

    Attributes:
        type: its class.
        traceback: as Python prints it.
    """

    type: str
    message: str
    traceback: str


class CodePlaceInfo(Shape):
    """A line of the user's code.

    Attributes:
        text: what it says; empty where that is not known.
    """

    path: str
    line: int
    function: str
    text: str


class AlertShape(Shape):
    """What a person should look at."""

    title: str
    text: str
    level: str
    by: str
    time_ns: int


class AttemptShape(Shape):
    """One start-to-end of a run."""

    attempt: int
    status: str
    reason: str | None
    created_ns: int
    ended_ns: int | None
    points: int


class WriterShape(Shape):
    """A process that writes to a run, and what its part of it came to."""

    id: str
    role: str
    rank: int | None
    world_size: int | None
    attempt: int
    host: str
    pid: int
    status: str | None
    reason: str | None
    exit_code: int | None
    created_ns: int
    points: int
    exception: ExceptionInfo | None


class LineShape(Shape, kw_only=True):
    """A line that a run printed.

    Attributes:
        number: its place, from 0 on; None where only the last lines were read.
        text: with the program's colours.
        more: how many characters were cut off at the end.
    """

    number: int | None
    time_ns: int
    stream: str
    rank: int | None
    text: str
    more: int = 0


class CurveShape(Shape):
    """A metric of the machine over the run's time, in short.

    Attributes:
        values: the highest of equal stretches of time; None where there is none.
    """

    metric: str
    values: list[float | None]
    least: float
    greatest: float
    last: float


class DifferenceShape(Shape):
    """One thing that differs from another run.

    Attributes:
        before, after: as text; None where it was, or is, not there.
    """

    what: str
    before: str | None
    after: str | None


class DifferenceArea(Shape):
    """What differs in one area, the first hundred of ``total``."""

    area: str
    total: int
    items: list[DifferenceShape]


class EndShape(Shape):
    """Why a run ended as it did, or what is known of one that goes on.

    Attributes:
        blamed: the process that went wrong first, where there are several; None otherwise.
        processes: how many processes write to it.
        signal: what ended it, as ``SIGKILL``.
        fault: where each thread was when a fatal signal came, as Python's faulthandler says.
        lines: the last that it printed.
        before: the run of the project that completed before it.
        differences: from that one.
        last_point_ns, last_line_ns: when it last logged, and printed.
    """

    exception: ExceptionInfo | None
    place: CodePlaceInfo | None
    blamed: WriterShape | None
    processes: int
    signal: str | None
    exit_code: int | None
    fault: str | None
    lines: list[LineShape]
    curves: list[CurveShape]
    before: RunHead | None
    differences: list[DifferenceArea]
    last_point_ns: int | None
    last_line_ns: int | None


class TroubleShape(Shape):
    """What went wrong while the run was recorded."""

    time_ns: int
    what: str


class Counts(Shape):
    """How much there is of what, for the tabs."""

    parameters: int
    metrics: int
    system: int
    attachments: int
    values: int
    alerts: int
    solves: int
    writers: int


class RunShape(Shape):
    """A run: its facts, how it ended, and what there is of it.

    Attributes:
        head: as everywhere.
        missing: points that could not be kept.
        experiment_id, experiment_name, number: the experiment that it was recorded in, if any.
        is_ended: nothing more is expected of it.
        trouble: what went wrong while it was recorded.
        version: changes when anything of the run does.
    """

    head: RunHead
    description: str | None
    namespace_name: str
    project_name: str
    user: str
    folder: str
    pid: int
    python: str
    trialog: str
    points: int
    missing: int
    missing_since_ns: int | None
    damages: int
    parent: str | None
    experiment_id: str | None
    experiment_name: str | None
    number: int | None
    annotations: dict[str, str]
    deleted_ns: int | None
    deleted_by: str | None
    is_ended: bool
    end: EndShape
    alerts: list[AlertShape]
    attempts: list[AttemptShape]
    trouble: list[TroubleShape]
    counts: Counts
    version: str


class RunPulse(Shape):
    """Whether anything of a run has changed.

    Attributes:
        version: another one than before where it has.
    """

    status: str
    is_ended: bool
    version: str


# -- what it holds ---------------------------------------------------------------------------------


class ParameterShape(Shape):
    """A parameter.

    Attributes:
        kind: ``bool``, ``int``, ``float`` or ``str``.
        text: its value, with all digits.
        changes: how many values it has had.
    """

    name: str
    kind: str
    text: str
    changes: int


class RunParameters(Shape):
    """All parameters of a run, in the order they were first logged."""

    parameters: list[ParameterShape]


class MomentShape(Shape):
    """A value that a parameter had from a time on."""

    time_ns: int
    kind: str
    text: str


class ParameterHistory(Shape):
    """All values that a parameter had, oldest first."""

    name: str
    moments: list[MomentShape]


Number = float | int | str | None


class SummaryRow(Shape):
    """What a metric came to; a number that JSON cannot hold is a text, a missing one None."""

    name: str
    last: Number
    min: Number
    max: Number
    mean: Number
    first: Number
    count: int
    step_of_min: int | None
    step_of_max: int | None


class SummaryShape(Shape):
    """What each metric came to, by name; the machine's own aside."""

    metrics: list[SummaryRow]
    system: list[SummaryRow]


class ContextShape(Shape):
    """What a run knows about itself, by section: ``code``, ``environment``, and the like."""

    sections: dict[str, dict[str, Any]]


class SolveShape(Shape):
    """A call of a solver or a sampler."""

    kind: str
    name: str | None
    adapter: str
    status: str
    objective: Number
    seconds: float
    began_ns: int
    options: dict[str, str]
    exception: ExceptionInfo | None


class LineageShape(Shape):
    """Where a run comes from, and what came of it.

    Attributes:
        parent: the run it belongs to; None where there is none, or it is not in this store.
        children: those that belong to it, newest first; 500 at most.
        siblings: the other runs of its experiment, in order; 500 at most.
        writers: its processes.
    """

    parent: RunHead | None
    parent_id: str | None
    children: list[RunHead]
    siblings: list[RunHead]
    experiment_id: str | None
    experiment_name: str | None
    writers: list[WriterShape]
    attempts: list[AttemptShape]
    solves: list[SolveShape]


# -- console ---------------------------------------------------------------------------------------


class ConsoleShape(Shape):
    """Lines of a run's console.

    Attributes:
        total: how many finished lines there are.
        start: the place of the first one here.
        open_lines: those that are not finished yet, a progress bar as a rule; they stand last.
        dropped_bytes: how much could not be kept.
            ranks, attempts: what may be asked for.
        file: the address of the whole console as a text.
    """

    total: int
    start: int
    lines: list[LineShape]
    open_lines: list[LineShape]
    dropped_bytes: int
    ranks: list[int]
    attempts: list[int]
    is_ended: bool
    file: str


class ConsoleHit(Shape):
    """Where a text is in a run's console.

    Attributes:
        line: the nearest line with it; None where there is none in that direction.
        place: which of all lines with it this is, from 1 on.
        total: how many lines have it.
        near: the lines around that have it; 1,000 on each side at most.
    """

    line: int | None
    place: int | None
    total: int
    near: list[int]


# -- files -----------------------------------------------------------------------------------------


class VersionShape(Shape):
    """One version of an attachment.

    Attributes:
        file: the address of its bytes.
    """

    version: int
    media_type: str
    size_bytes: int
    sha256: str
    filename: str
    step: int | None
    codec: str | None
    created_ns: int
    file: str


class AttachmentShape(Shape):
    """An attachment with all its versions, oldest first."""

    name: str
    versions: list[VersionShape]


class FilesShape(Shape):
    """What a run holds of files and JSON values.

    Attributes:
        attachments: by name.
        values: names under which JSON values were logged.
    """

    attachments: list[AttachmentShape]
    values: list[str]


class ValueShape(Shape):
    """A JSON value, at a step.

    Attributes:
        text: the value as JSON, cut where it is long.
        more: how many characters were cut off.
    """

    step: int
    time_ns: int
    text: str
    more: int


class ValuesShape(Shape):
    """JSON values logged under a name, in order."""

    name: str
    total: int
    start: int
    values: list[ValueShape]


class TableShape(Shape):
    """The first rows of a table in a file.

    Attributes:
        columns: their names.
        kinds: of what type each is.
        rows: cells as text; None where one is missing.
        total: how many rows there are in all; None where that is not known.
        total_columns: how many columns there are in all.
    """

    columns: list[str]
    kinds: list[str]
    rows: list[list[str | None]]
    total: int | None
    total_columns: int


class DocumentShape(Shape, kw_only=True):
    """A PDF, which is shown page by page.

    Attributes:
        pages: how many it has; 0 where none can be shown.
        sizes: width and height of the first 2,000, in points of 1/72 inch.
        pictures: where pages are to be had as PNG: ``<pictures>/<page>/<width>.png``, of pages
            from 1 on and widths of 200 to 2,000 pixels.
        note: why none can be shown, or None.
    """

    pages: int
    sizes: list[tuple[float, float]]
    pictures: str
    note: str | None = None


class ArrayShape(Shape):
    """What an array comes to.

    Attributes:
        shape: its sizes.
        dtype: numpy's word for its type.
        size: how many numbers.
        least, greatest, mean: of those that are finite; None where there are none.
        nan, infinite: how many are not.
        counts, edges: a histogram of the finite ones; of no bins where there are none.
        sample: the first numbers, as text.
    """

    shape: list[int]
    dtype: str
    size: int
    least: Number
    greatest: Number
    mean: Number
    nan: int
    infinite: int
    counts: list[int]
    edges: list[float]
    sample: list[str]
