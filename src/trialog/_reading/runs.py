"""Many runs: a sequence, and the DataFrames that compare them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

from trialog._catalog import Catalog
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
