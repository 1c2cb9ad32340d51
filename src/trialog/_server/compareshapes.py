"""The payloads of the pages that compare runs; as ``shapes.py``. Pure."""

from __future__ import annotations

from typing import Any, Literal

from trialog._server.shapes import RunHead, Selection, Shape


class CompareQuery(Shape, kw_only=True):
    """Runs to be compared, in this order.

    Attributes:
        project: ``namespace/project``.
        runs: ids.
    """

    project: str
    runs: list[str]


class CompareRow(Shape, kw_only=True):
    """One thing that runs say.

    Attributes:
        values: what each says; None where it says nothing.
        differs: whether they say different things.
    """

    name: str
    values: list[Any]
    differs: bool


class CompareArea(Shape, kw_only=True):
    """Rows of one kind.

    Attributes:
        name: ``parameters``, ``metrics``, ``code``, ``packages`` or ``environment``.
    """

    name: str
    rows: list[CompareRow]


class ComparePicture(Shape, kw_only=True):
    """A picture that runs have under one name.

    Attributes:
        name: the attachment.
        steps: the steps at which any run has it, ascending; None first, for one without.
        urls: for each run, the address of the picture at each of the steps, or None.
    """

    name: str
    steps: list[int | None]
    urls: list[list[str | None]]


class Compared(Shape, kw_only=True):
    """Runs side by side.

    Attributes:
        metrics: those that any of them has, without the machine's.
    """

    runs: list[RunHead]
    areas: list[CompareArea]
    metrics: list[str]
    pictures: list[ComparePicture]


class SweepQuery(Shape, kw_only=True):
    """A sweep to be looked at.

    Attributes:
        selection: its runs.
        objective: what they came to, in the filter language, as ``max("val/acc")``; None for the
            metric that most of them have.
        goal: whether more or less is better.
        measures: what else of each run is to be told, in the filter language.
    """

    selection: Selection
    objective: str | None = None
    goal: Literal["max", "min"] | None = None
    measures: list[str] = []  # noqa: RUF012 # msgspec copies it


class SweepColumn(Shape, kw_only=True):
    """Something that is told of each run, as a parameter that differs.

    Attributes:
        text: how the filter language asks for it.
        type: ``number``, ``text`` (flags and mixtures too).
        values: one for each run; None where it has none; what JSON cannot hold is a text.
    """

    name: str
    text: str
    type: Literal["number", "text"]
    values: list[Any]


class SweepImportance(Shape, kw_only=True):
    """How much a parameter matters for the objective.

    Attributes:
        share: of all that matters.
        spread: its standard deviation over several shuffles.
        correlation: Spearman's, or None.
    """

    name: str
    share: float
    spread: float
    correlation: float | None


class Sweep(Shape, kw_only=True):
    """A sweep.

    Attributes:
        total: how many runs the selection has; only the newest of very many are told.
        runs: oldest first.
        objective: in the filter language; empty where no run has a metric.
        choices: what else could be the objective.
        outcomes: what each run came to.
        columns: the parameters that differ.
        measures: what else was asked for.
        best: the place of the best run, or None.
        best_so_far: the best outcome of each run and those before it.
    """

    total: int
    runs: list[RunHead]
    objective: str
    goal: Literal["max", "min"]
    choices: list[str]
    outcomes: list[Any]
    columns: list[SweepColumn]
    measures: list[SweepColumn]
    best: int | None
    best_so_far: list[Any]


class SweepImportances(Shape, kw_only=True):
    """Which parameters of a sweep matter for its objective.

    Attributes:
        parameters: the most important first.
        runs: how many runs this was learned from.
        explained: the share of the variance that the parameters explain in runs not learned from.
        note: why there are no importances, or None.
    """

    parameters: list[SweepImportance]
    runs: int
    explained: float | None
    note: str | None
