"""One small adapter a tracker, so that one worker can measure them all alike.

An adapter module defines a class `Adapter` as the protocol below says. It may import its tracker
only inside the methods: the driver reads `requirement`, `statement` and `environment` without
having any peer installed. Start reading in `bare.py`, the floor.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("bare", "trialog", "trackio", "tensorboardX", "wandb", "aim", "mlflow")
OTHERS = ("swanlab", "dvclive", "neptune-scale")  # measured by the chaos suite alone
Point = tuple[int | None, float]


class Peer(Protocol):
    """A tracker that logs one run at a time into the folder it was made with."""

    requirement: str | None
    """What pip installs into the tracker's own environment; None: the driver's interpreter."""

    statement: str
    """The import that a user's script makes."""

    def __init__(self, folder: Path) -> None:
        """Everything the tracker keeps goes below this folder."""

    def environment(self) -> dict[str, str]:
        """Return the variables that keep it off the network and inside its folder."""

    def start(self) -> None:
        """Start a run, as a user's script does."""

    def log_scalar(self, value: float, step: int) -> None:
        """Log one value of the metric `loss`."""

    def log_twenty(self, values: dict[str, float], step: int) -> None:
        """Log twenty metrics of one step in the tracker's own bulk call."""

    def finish(self) -> None:
        """Finish the run, as a user's script does."""

    def ticket(self) -> str | None:
        """Return what another process needs to log to the same run; None: it cannot."""

    def join(self, ticket: str) -> None:
        """Log to a run that another process has started, as the tracker's users do."""

    def points(self) -> list[Point]:
        """Return step and value of each `loss` that another process can read from the folder.

        The step is None where the tracker keeps none.
        """

    def runs(self) -> list[tuple[str, str]]:
        """Return the runs in the folder: the name, and what the tracker says of how it ended."""


def load(name: str, folder: Path) -> Peer:
    """Make the adapter of one tracker."""
    return import_module(f"peers.{name.lower().replace('-', '_')}").Adapter(folder)
