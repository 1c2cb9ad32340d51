"""One small adapter a dashboard: how its data are written, how it is served, what its page is.

An adapter module defines a class `Adapter` as the protocol below says. It imports its tracker only
inside `write`, which runs in the tracker's own environment.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from dashboard.data import Run

NAMES = ("trialog", "tensorboard", "aim", "mlflow", "trackio")


class Peer(Protocol):
    """A tracker whose data lie in the folder it was made with."""

    title: str
    requirement: str | None
    """What pip installs into the tracker's own environment; None: the driver's interpreter."""

    letters: str
    """The sets of data it is measured with."""

    plots: str
    """A CSS selector of what its curves are drawn in."""

    limit_s: float
    """How long its page may take; one that never rests is looked at for so long."""

    def __init__(self, folder: Path) -> None:
        """Everything the tracker keeps goes below this folder."""

    def environment(self) -> dict[str, str]:
        """Return the variables that keep it off the network and inside its folder."""

    def write(self, runs: Iterable[Run]) -> None:
        """Log the runs."""

    def command(self, python: str, port: int) -> list[str]:
        """Return what serves the dashboard."""

    def address(self, server: str, letter: str, page: Any) -> str:
        """Return the page that shows curves of all runs; `page` is a browser to find it with."""

    def curves_of_few(self, server: str, letter: str) -> str | None:
        """Return the page with few runs, or with none, before `show_all`; None: the same page."""

    def show_all(self, page: Any) -> float | None:
        """From there, show all; return when the last step of it began, None: it is not measured."""


def load(name: str, folder: Path) -> Peer:
    """Make the adapter of one dashboard."""
    return import_module(f"dashboard.peers.{name}").Adapter(folder)
