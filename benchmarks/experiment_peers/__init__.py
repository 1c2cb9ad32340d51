"""One small adapter a tracker of experiments, so that one worker can measure them all alike.

An adapter module defines a class `Adapter` as the protocol below says. It may import its tracker
only inside the methods: the driver reads `requirement` and `manners` without having any installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

NAMES = ("trialog", "ommx")


class Manner(NamedTuple):
    """A way to use a tracker.

    Attributes:
        name: what it is called in tables.
        durability: what it keeps of a run by when.
    """

    name: str
    durability: str


class Peer(Protocol):
    """A tracker that records one experiment at a time into the folder it was made with."""

    requirement: str | None
    """What pip installs into the tracker's own environment; None: the driver's interpreter."""

    statement: str
    """The import that a user's script makes."""

    manners: tuple[Manner, ...]
    """The ways it is measured in, the default first."""

    def __init__(self, folder: Path, manner: str) -> None:
        """Everything the tracker keeps goes below this folder."""

    def environment(self) -> dict[str, str]:
        """Return the variables that keep it off the network and inside its folder."""

    def begin(self, name: str) -> AbstractContextManager[Any]:
        """Begin an experiment; as a context manager it commits, as a user's does."""

    def run(self) -> Any:
        """Begin a run of it; a context manager with `log_parameter` and `log_attachment`."""

    def settle(self) -> None:
        """Wait for what the tracker has put off, so that its processor time can be counted."""

    def commit(self) -> None:
        """Seal the experiment."""

    def frame(self) -> Any:
        """Return the table of the runs' parameters."""

    def load(self, name: str) -> Any:
        """Find a committed experiment of that name, and return the table of its runs."""

    def survivors(self, name: str) -> Any:
        """Return the tables of what is there of experiments of that name, whatever happened."""


def load(name: str, folder: Path, manner: str = "") -> Peer:
    """Make the adapter of one tracker."""
    return import_module(f"experiment_peers.{name}").Adapter(folder, manner)
