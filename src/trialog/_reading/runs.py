"""Many runs: a sequence, and the DataFrames that compare them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, Literal, TypeVar, overload

from trialog._catalog import Catalog
from trialog._display.tables import table_document
from trialog._reading.records import Records, RunRecord
from trialog._reading.runtables import RunTables
from trialog.errors import NotFoundError, UsageError

R = TypeVar("R")


class Runs(RunTables, Sequence[R], Generic[R]):
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
        super().__init__(catalog, records, note)
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

    def _repr_html_(self) -> str:
        from trialog._reading.showing import runs_table  # noqa: PLC0415 # only notebooks need it

        self._catalog.refresh()
        return table_document(runs_table(self._catalog, self._records))

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

    # -- a picture of them -------------------------------------------------------------------------

    def plot(
        self,
        *metrics: str,
        group_by: str | None = None,
        x: str = "step",
        smoothing: str | None = None,
        log: bool = False,
        center: Literal["mean", "median"] = "mean",
        band: Literal["none", "std", "confidence", "minmax"] = "std",
        backend: Literal["matplotlib", "plotly"] = "matplotlib",
    ) -> Any:
        """Metrics of all runs as a figure, a panel for each metric, on one x axis.

        Every point of every run counts: of each column of pixels the least and the greatest value
        are drawn, NaN and infinities are marked, and so are the ends of runs that crashed or
        failed. Up to 12 runs have a name each; more are told apart by groups.

        Args:
            metrics: their names, at most 12; none for all but those of the machine.
            group_by: a parameter, or anything else of the filter language (``"lr"``,
                ``"status"``): runs with the same value become one line with a band, over all of
                them.
            x: ``step``, ``time``, ``relative`` (time since the start) or ``metric:<name>``.
            smoothing: ``ema:0.9``, ``time-ema:30s`` or ``window:25``, of all points.
            log: a logarithmic y axis.
            center: the line of a group, its ``mean`` or ``median``.
            band: the band of a group: ``std``, ``confidence`` (95 %, of the mean), ``minmax`` or
                ``none``.
            backend: ``matplotlib`` (``pip install "trialog[plot]"``) or ``plotly``.

        Returns:
            A matplotlib ``Figure``, which notebooks show and ``savefig`` keeps; or plotly's.

        Raises:
            NotFoundError: no run has such a metric; the message names the nearest.
            UsageError: a wish nobody knows, or the library is not installed.

        Example:
            >>> import trialog
            >>> run = getfixture("run")
            >>> for loss in (0.5, 0.3, 0.2):
            ...     run.log("loss", loss)
            >>> trialog.runs("acme/examples").plot("loss", log=True).axes[0].get_yscale()
            'log'
        """
        from trialog._reading.plotting import plot_records, title_of  # noqa: PLC0415 # rarely asked

        self._catalog.refresh()
        return plot_records(
            self._catalog,
            self._records,
            metrics,
            title=title_of(self._records),
            group_by=group_by,
            x=x,
            smoothing=smoothing,
            log=log,
            center=center,
            band=band,
            backend=backend,
        )

    # -- one of them -------------------------------------------------------------------------------

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
