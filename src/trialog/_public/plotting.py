"""A run's metrics as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from trialog.errors import NotFoundError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from trialog._catalog import Catalog
    from trialog._reading import RunRecord


class Plotting:
    """Draws itself; mixed into runs that are being recorded and into stored ones."""

    def _found(self) -> tuple[Catalog, RunRecord] | None:
        """Where it is read, and its facts as they are now; None where nothing is kept."""
        raise NotImplementedError

    @overload
    def plot(
        self,
        *metrics: str,
        x: str = "step",
        smoothing: str | None = None,
        log: bool = False,
        backend: Literal["matplotlib"] = "matplotlib",
    ) -> Figure: ...

    @overload
    def plot(
        self,
        *metrics: str,
        x: str = "step",
        smoothing: str | None = None,
        log: bool = False,
        backend: Literal["plotly"],
    ) -> Any: ...

    def plot(
        self,
        *metrics: str,
        x: str = "step",
        smoothing: str | None = None,
        log: bool = False,
        backend: Literal["matplotlib", "plotly"] = "matplotlib",
    ) -> Any:
        """Metrics as a figure, a panel for each, on one x axis.

        Every point counts: of each column of pixels the least and the greatest value are drawn,
        NaN and infinities are marked, and so is the end of a run that crashed or failed.

        Args:
            metrics: their names, at most 12; none for all but those of the machine.
            x: ``step``, ``time``, ``relative`` (time since the start) or ``metric:<name>``.
            smoothing: ``ema:0.9``, ``time-ema:30s`` or ``window:25``; the line as logged is drawn
                faintly behind. It is of all points, whatever the figure's size.
            log: a logarithmic y axis.
            backend: ``matplotlib`` (``pip install "trialog[plot]"``) or ``plotly``.

        Returns:
            A matplotlib ``Figure``, which notebooks show and ``savefig`` keeps; or plotly's.

        Raises:
            NotFoundError: there is no such metric; the message names the nearest.
            UsageError: an axis or smoothing nobody knows, or the library is not installed.

        Example:
            >>> run = getfixture("run")
            >>> for loss in (0.5, 0.3, 0.2):
            ...     run.log("loss", loss)
            >>> run.plot("loss").axes[0].get_ylabel()
            'loss'
        """
        found = self._found()
        if found is None:
            raise NotFoundError("there is nothing to plot: TRIALOG_MODE=disabled keeps nothing")
        from trialog._reading.plotting import plot_record  # noqa: PLC0415 # loads numpy

        return plot_record(*found, metrics, x=x, smoothing=smoothing, log=log, backend=backend)
