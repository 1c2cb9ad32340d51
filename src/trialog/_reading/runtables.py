"""Many runs as tables that compare them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from trialog._catalog import Catalog, Summary, queries
from trialog._names import nearest
from trialog._reading.aligning import Axis, Fill, check_axis
from trialog._reading.headings import is_of_system
from trialog._reading.manyrows import MANY
from trialog._reading.records import Records
from trialog._reading.selection import view_of
from trialog.errors import InvalidTypeError, NotFoundError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from trialog._reading.libraries import Library


class RunTables:
    """The tables of a sequence of runs; mixed into :class:`trialog.Runs`."""

    def __init__(self, catalog: Catalog, records: Records, note: str = "") -> None:
        """As :class:`trialog.Runs`."""
        self._catalog = catalog
        self._records = records
        self._note = note

    @overload
    def parameters_df(self, *, to: Literal["pandas"] = "pandas") -> pd.DataFrame: ...

    @overload
    def parameters_df(self, *, to: Literal["polars"]) -> pl.DataFrame: ...

    @overload
    def parameters_df(self, *, to: Literal["arrow"]) -> pa.Table: ...

    def parameters_df(self, *, to: Library = "pandas") -> pd.DataFrame | pl.DataFrame | pa.Table:
        """The parameters: a row for each run (index ``id``), a column for each parameter.

        bool, Int64, Float64 (also of ints and floats mixed) and string columns; other mixtures
        are object columns. A parameter called ``id`` is the column ``parameters.id``.

        Args:
            to: the library whose table it is, "pandas", "polars" or "arrow"; the latter two have
                no index, but a first column ``id``.

        Raises:
            UsageError: polars is asked for and not installed.

        Example:
            >>> import trialog
            >>> getfixture("run").log_parameter("lr", 0.1)
            >>> trialog.runs("acme/examples").parameters_df()["lr"].tolist()
            [0.1]
        """
        from trialog._reading import frames  # noqa: PLC0415 # loads pandas
        from trialog._reading.libraries import (  # noqa: PLC0415 # loads pyarrow
            check_library,
            in_library,
        )

        check_library(to)
        if len(self._records) > MANY:
            from trialog._reading.manyparameters import read_columns  # noqa: PLC0415 # as above

            self._catalog.refresh()
            many = read_columns(self._catalog, self._keys())
            if many is not None:
                return in_library(frames.many_parameters_frame(*many), to)
        return in_library(frames.parameters_frame(self._records, self._parameters()), to)

    @overload
    def summary_df(
        self,
        metrics: str | Sequence[str] | None = None,
        *,
        to: Literal["pandas"] = "pandas",
    ) -> pd.DataFrame: ...

    @overload
    def summary_df(
        self,
        metrics: str | Sequence[str] | None = None,
        *,
        to: Literal["polars"],
    ) -> pl.DataFrame: ...

    @overload
    def summary_df(
        self,
        metrics: str | Sequence[str] | None = None,
        *,
        to: Literal["arrow"],
    ) -> pa.Table: ...

    def summary_df(
        self, metrics: str | Sequence[str] | None = None, *, to: Library = "pandas"
    ) -> pd.DataFrame | pl.DataFrame | pa.Table:
        """What each metric comes to: a row for each run (index ``id``).

        The columns are ``last(loss)``, ``min(loss)``, ``max(loss)``, ``mean(loss)``,
        ``count(loss)``, ``first(loss)``, ``step_of_min(loss)``, ``step_of_max(loss)``, and so for
        each metric. Points that a later attempt replaced do not count.

        Args:
            metrics: only these; None for all but those of the machine (``system/…``).
            to: the library whose table it is, as of :meth:`parameters_df`.

        Raises:
            NotFoundError: no run has such a metric; the message names the nearest.
            UsageError: polars is asked for and not installed.

        Example:
            >>> import trialog
            >>> getfixture("run").log("loss", 0.5)
            >>> trialog.runs("acme/examples").summary_df()["mean(loss)"].tolist()
            [0.5]
        """
        from trialog._reading import frames  # noqa: PLC0415 # loads pandas
        from trialog._reading.libraries import (  # noqa: PLC0415 # loads pyarrow
            check_library,
            in_library,
        )

        check_library(to)
        frame = frames.summary_frame(self._records, self._summaries_asked(metrics))
        return in_library(frame, to)

    @overload
    def comparison_df(
        self,
        metrics: str | Sequence[str] | None = None,
        *,
        to: Literal["pandas"] = "pandas",
    ) -> pd.DataFrame: ...

    @overload
    def comparison_df(
        self,
        metrics: str | Sequence[str] | None = None,
        *,
        to: Literal["polars"],
    ) -> pl.DataFrame: ...

    @overload
    def comparison_df(
        self,
        metrics: str | Sequence[str] | None = None,
        *,
        to: Literal["arrow"],
    ) -> pa.Table: ...

    def comparison_df(
        self, metrics: str | Sequence[str] | None = None, *, to: Library = "pandas"
    ) -> pd.DataFrame | pl.DataFrame | pa.Table:
        """Everything that tells runs apart: a row for each run (index ``id``).

        The columns are ``name``, ``status``, ``date_created``, ``duration`` (seconds), ``tags``;
        then the parameters; then ``last(…)``, ``min(…)`` and ``max(…)`` of each metric, since only
        its user knows which way is better. A parameter that clashes with another column is the
        column ``parameters.<its name>``.

        Args:
            metrics: only these; None for all but those of the machine (``system/…``).
            to: the library whose table it is, as of :meth:`parameters_df`.

        Raises:
            NotFoundError: no run has such a metric; the message names the nearest.
            UsageError: polars is asked for and not installed.

        Example:
            >>> import trialog
            >>> getfixture("run").log("loss", 0.5)
            >>> frame = trialog.runs("acme/examples").comparison_df()
            >>> frame[["status", "min(loss)"]].to_numpy().tolist()
            [['RUNNING', 0.5]]
        """
        from trialog._reading import frames  # noqa: PLC0415 # loads pandas
        from trialog._reading.libraries import (  # noqa: PLC0415 # loads pyarrow
            check_library,
            in_library,
        )

        check_library(to)
        summaries = self._summaries_asked(metrics)
        frame = frames.comparison_frame(self._records, self._parameters(), summaries)
        return in_library(frame, to)

    @overload
    def metrics_df(
        self,
        metrics: str | Sequence[str] | None = None,
        *,
        wide: bool = False,
        align: Axis | None = None,
        fill: Fill | None = None,
        attempt: int | Literal["all"] | None = None,
        rank: int | Iterable[int] | None = None,
        to: Literal["pandas"] = "pandas",
    ) -> pd.DataFrame: ...

    @overload
    def metrics_df(
        self,
        metrics: str | Sequence[str] | None = None,
        *,
        wide: bool = False,
        align: Axis | None = None,
        fill: Fill | None = None,
        attempt: int | Literal["all"] | None = None,
        rank: int | Iterable[int] | None = None,
        to: Literal["polars"],
    ) -> pl.DataFrame: ...

    @overload
    def metrics_df(
        self,
        metrics: str | Sequence[str] | None = None,
        *,
        wide: bool = False,
        align: Axis | None = None,
        fill: Fill | None = None,
        attempt: int | Literal["all"] | None = None,
        rank: int | Iterable[int] | None = None,
        to: Literal["arrow"],
    ) -> pa.Table: ...

    def metrics_df(
        self,
        metrics: str | Sequence[str] | None = None,
        *,
        wide: bool = False,
        align: Axis | None = None,
        fill: Fill | None = None,
        attempt: int | Literal["all"] | None = None,
        rank: int | Iterable[int] | None = None,
        to: Library = "pandas",
    ) -> pd.DataFrame | pl.DataFrame | pa.Table:
        """The points of some metrics: all of them, never a sample.

        Args:
            metrics: one or several; None for all but those of the machine (``system/…``).
            wide: a row for each run and step (index ``id`` and ``step``) and a column for each
                metric, instead of a row for each point (``id``, ``name``, ``metric``, ``step``,
                ``time``, ``value``; then ``rank`` where any of the runs has ranks or ``rank=`` is
                given, and ``attempt`` where any has several or ``attempt=`` is given). Where a
                run has several points of a metric at one step, the last by time stands there,
                whichever rank logged it; the long form has them all. A metric called like the
                index, ``step``, is the column ``metrics.step``.
            align: all runs on one x: a row for each that any of them has (the index, called like
                this), and a column for each metric and run that has points (``metric``, ``id``).
                "step"; "time", when it was logged; "relative", how long that was after the run
                began. Of several points at one x, the last by time stands there. It means the
                wide form.
            fill: what stands where a run has no point at an x, between its first and its last:
                None, NA; "previous", the value of the point before; "linear", a straight line
                to the point after.
            attempt: of runs that were resumed. None: the latest attempt wins: of each metric, its
                points replace those of earlier attempts from its own lowest step on. "all": every
                point of every attempt. A number: that attempt alone.
            rank: only points of this rank or these ranks; None for all.
            to: the library whose table it is, as of :meth:`parameters_df`. Integers beyond 2**53
                are doubles there, with their digits in a column ``exact(value)``; the columns of
                ``align`` are ``loss[<id>]``.

        Raises:
            NotFoundError: no run has such a metric, attempt or rank; the message names those
                there are.
            UsageError: ``attempt`` is another text than "all", there is no such ``align`` or
                ``fill``, the aligned table would be too large for memory, or polars is asked for
                and not installed.
            InvalidTypeError: ``attempt`` or ``rank`` is no number.

        Example:
            >>> import trialog
            >>> getfixture("run").log("loss", 0.5, step=3)
            >>> frame = trialog.runs("acme/examples").metrics_df("loss")
            >>> frame[["metric", "step", "value"]].to_numpy().tolist()
            [['loss', 3, 0.5]]
        """
        from trialog._reading import frames  # noqa: PLC0415 # loads pandas
        from trialog._reading.libraries import (  # noqa: PLC0415 # loads pyarrow
            check_library,
            in_library,
        )

        check_library(to)
        check_axis(align, fill)
        names = self._known_of_training() if metrics is None else self._checked(metrics)
        view = view_of(self._catalog, self._keys(), attempt, rank)
        reading = self._catalog.points(self._keys(), names, view, tells=not (wide or align))
        table = frames.PointsTable(self._records, names, reading.view)
        for run, stretches in reading:
            table.add(run, stretches)
        if align is not None:
            return in_library(table.aligned(align, fill), to)
        return in_library(table.wide() if wide else table.long(), to)

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
