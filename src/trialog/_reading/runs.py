"""Many runs: a sequence, and the DataFrames that compare them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload

from trialog._catalog import Catalog, Summary, queries
from trialog._names import nearest
from trialog._reading.headings import is_of_system
from trialog._reading.records import Records, RunRecord
from trialog._reading.selection import view_of
from trialog.errors import InvalidTypeError, NotFoundError, UsageError

if TYPE_CHECKING:
    import pandas as pd

R = TypeVar("R")


class Runs(Sequence[R], Generic[R]):
    """Runs as they were when they were asked for, newest first.

    The frames have one row for every run, also for failed, empty and running ones, in the order of
    the sequence; their points and summaries are read at the call.

    Example:
        >>> import trialog
        >>> getfixture("run").log("loss", 0.5)
        >>> runs = trialog.runs("acme/examples")
        >>> len(runs), runs[0].metrics
        (1, ['loss'])
    """

    def __init__(
        self,
        catalog: Catalog,
        records: Records,
        wrap: Callable[[Catalog, RunRecord], R],
        note: str = "",
    ) -> None:
        """Make a sequence.

        Args:
            catalog: where the runs' content is read.
            records: the runs.
            wrap: makes what users see of a record.
            note: why there are none, where that is known.
        """
        self._note = note
        self._catalog = catalog
        self._records = records
        self._wrap = wrap

    # -- a sequence ----------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, index: int) -> R: ...

    @overload
    def __getitem__(self, index: slice) -> Runs[R]: ...

    def __getitem__(self, index: int | slice) -> R | Runs[R]:
        if isinstance(index, slice):
            return Runs(self._catalog, self._records[index], self._wrap, self._note)
        return self._wrap(self._catalog, self._records[index])

    def __iter__(self) -> Iterator[R]:
        return (self._wrap(self._catalog, record) for record in self._records)

    def __repr__(self) -> str:
        names = ", ".join(record.name for record in self._records[:5])
        more = ", …" if len(self) > 5 else ""  # noqa: PLR2004 # enough to know them by
        if not self._records:
            return f"<Runs: none{self._why()}>"
        return f"<Runs: {len(self)} ({names}{more})>"

    @property
    def ids(self) -> list[str]:
        """The runs' ids."""
        return self._records.ids

    # -- frames --------------------------------------------------------------------------------

    def parameters_df(self) -> pd.DataFrame:
        """The parameters: a row for each run (index ``id``), a column for each parameter.

        bool, Int64, Float64 (also of ints and floats mixed) and string columns; other mixtures
        are object columns. A parameter called ``id`` is the column ``parameters.id``.

        Example:
            >>> import trialog
            >>> getfixture("run").log_parameter("lr", 0.1)
            >>> trialog.runs("acme/examples").parameters_df()["lr"].tolist()
            [0.1]
        """
        from trialog._reading import frames  # noqa: PLC0415 # loads pandas

        return frames.parameters_frame(self._records, self._parameters())

    def summary_df(self, metrics: str | Sequence[str] | None = None) -> pd.DataFrame:
        """What each metric comes to: a row for each run (index ``id``).

        The columns are ``last(loss)``, ``min(loss)``, ``max(loss)``, ``mean(loss)``,
        ``count(loss)``, ``first(loss)``, ``step_of_min(loss)``, ``step_of_max(loss)``, and so for
        each metric. Points that a later attempt replaced do not count.

        Args:
            metrics: only these; None for all but those of the machine (``system/…``).

        Raises:
            NotFoundError: no run has such a metric; the message names the nearest.

        Example:
            >>> import trialog
            >>> getfixture("run").log("loss", 0.5)
            >>> trialog.runs("acme/examples").summary_df()["mean(loss)"].tolist()
            [0.5]
        """
        from trialog._reading import frames  # noqa: PLC0415 # loads pandas

        return frames.summary_frame(self._records, self._summaries_asked(metrics))

    def comparison_df(self, metrics: str | Sequence[str] | None = None) -> pd.DataFrame:
        """Everything that tells runs apart: a row for each run (index ``id``).

        The columns are ``name``, ``status``, ``date_created``, ``duration`` (seconds), ``tags``;
        then the parameters; then ``last(…)``, ``min(…)`` and ``max(…)`` of each metric, since only
        its user knows which way is better. A parameter that clashes with another column is the
        column ``parameters.<its name>``.

        Args:
            metrics: only these; None for all but those of the machine (``system/…``).

        Raises:
            NotFoundError: no run has such a metric; the message names the nearest.

        Example:
            >>> import trialog
            >>> getfixture("run").log("loss", 0.5)
            >>> frame = trialog.runs("acme/examples").comparison_df()
            >>> frame[["status", "min(loss)"]].to_numpy().tolist()
            [['RUNNING', 0.5]]
        """
        from trialog._reading import frames  # noqa: PLC0415 # loads pandas

        summaries = self._summaries_asked(metrics)
        return frames.comparison_frame(self._records, self._parameters(), summaries)

    def metrics_df(
        self,
        metrics: str | Sequence[str] | None = None,
        *,
        wide: bool = False,
        attempt: int | Literal["all"] | None = None,
        rank: int | Iterable[int] | None = None,
    ) -> pd.DataFrame:
        """The points of some metrics.

        Args:
            metrics: one or several; None for all but those of the machine (``system/…``).
            wide: a row for each run and step (index ``id`` and ``step``) and a column for each
                metric, instead of a row for each point (``id``, ``name``, ``metric``, ``step``,
                ``time``, ``value``; then ``rank`` where any of the runs has ranks or ``rank=`` is
                given, and ``attempt`` where any has several or ``attempt=`` is given). Where a
                run has several points of a metric at one step, the last by time stands there,
                whichever rank logged it; the long form has them all. A metric called like the
                index, ``step``, is the column ``metrics.step``.
            attempt: of runs that were resumed. None: the latest attempt wins: of each metric, its
                points replace those of earlier attempts from its own lowest step on. "all": every
                point of every attempt. A number: that attempt alone.
            rank: only points of this rank or these ranks; None for all.

        Raises:
            NotFoundError: no run has such a metric, attempt or rank; the message names those
                there are.
            UsageError: ``attempt`` is another text than "all".
            InvalidTypeError: ``attempt`` or ``rank`` is no number.

        Example:
            >>> import trialog
            >>> getfixture("run").log("loss", 0.5, step=3)
            >>> frame = trialog.runs("acme/examples").metrics_df("loss")
            >>> frame[["metric", "step", "value"]].to_numpy().tolist()
            [['loss', 3, 0.5]]
        """
        from trialog._reading import frames  # noqa: PLC0415 # loads pandas

        names = self._known_of_training() if metrics is None else self._checked(metrics)
        view = view_of(self._catalog, self._keys(), attempt, rank)
        reading = self._catalog.points(self._keys(), names, view, tells=not wide)
        table = frames.PointsTable(self._records, names, reading.view)
        for run, stretches in reading:
            table.add(run, stretches)
        return table.wide() if wide else table.long()

    def best(self, metric: str, goal: str = "max") -> R:
        """The run that reached the greatest (or least) value of a metric at any step.

        NaN is no value. The oldest of equal runs is the best.

        Args:
            metric: its name.
            goal: ``max`` or ``min``.

        Raises:
            UsageError: another goal.
            NotFoundError: no run has a value of the metric.

        Example:
            >>> import trialog
            >>> getfixture("run").log("acc", 0.9)
            >>> trialog.runs("acme/examples").best("acc").summary["acc"]["max"]
            0.9
        """
        if goal not in ("max", "min"):
            raise UsageError(f"goal is {goal!r}; use 'max' or 'min'")
        (name,) = self._checked(metric)
        summaries = self._summaries([name])
        best: tuple[Any, int] | None = None
        for place, key in reversed(list(enumerate(self._keys()))):
            summary = summaries.get(key, {}).get(name)
            if summary is None:
                continue
            value = summary.max if goal == "max" else summary.min
            is_better = best is None or (value > best[0] if goal == "max" else value < best[0])
            if value == value and is_better:  # noqa: PLR0124 # not NaN
                best = value, place
        if best is None:
            raise NotFoundError(f"no run has a value of {metric!r} other than NaN")
        return self[best[1]]

    # -- inside --------------------------------------------------------------------------------

    def _keys(self) -> list[int]:
        return self._records.keys

    def _parameters(self) -> dict[int, dict[str, Any]]:
        self._catalog.refresh()
        return self._catalog.ask(queries.parameters_of, self._keys())

    def _summaries(self, names: Sequence[str] | None) -> dict[int, dict[str, Summary]]:
        self._catalog.refresh()
        return self._catalog.summaries(self._keys(), names)

    def _summaries_asked(
        self, metrics: str | Sequence[str] | None
    ) -> dict[int, dict[str, Summary]]:
        """Of the metrics asked for, or of all that say how the training did."""
        if metrics is not None:
            return self._summaries(self._checked(metrics))
        found = self._summaries(None)
        if not any(map(is_of_system, {name for each in found.values() for name in each})):
            return found
        return {
            run: {name: each for name, each in summaries.items() if not is_of_system(name)}
            for run, summaries in found.items()
        }

    def _known_of_training(self) -> list[str]:
        return [name for name in self._known() if not is_of_system(name)]

    def _known(self) -> list[str]:
        self._catalog.refresh()
        return self._catalog.ask(queries.metric_names, self._keys())

    def _why(self) -> str:
        return f"; {self._note}" if self._note else ""

    def _hint(self, name: str, known: Sequence[str]) -> str:
        """What somebody may have meant by a metric that no run has."""
        if not self._records:
            return self._why() or ": there are no runs"
        if self._catalog.ask(queries.have_json_values, self._keys(), name):
            return ": its values are no numbers; read them by the values() of a run"
        guess = nearest(name, known)
        return f"; did you mean {guess!r}?" if guess else f"; there are: {known}"

    def _checked(self, metrics: str | Sequence[str]) -> list[str]:
        """Metrics by name, each once.

        Raises:
            NotFoundError: no run has one of them.
        """
        names = [metrics] if isinstance(metrics, str) else list(dict.fromkeys(metrics))
        known = self._known()
        for name in names:
            if not isinstance(name, str):
                raise InvalidTypeError(f"a metric's name must be text, not {type(name).__name__}")
            if name not in known:
                raise NotFoundError(f"no run has a metric {name!r}{self._hint(name, known)}")
        return names
