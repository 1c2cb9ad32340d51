"""What is known of a project's runs: the names to choose from. Kept until the store changes."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass

from trialog._catalog import Catalog
from trialog._filters import KnownNames
from trialog._reading import find, read_known_names
from trialog._reading.knownnames import MOST_RUNS
from trialog._server.overviews import parameter_heads
from trialog._server.selecting import filter_of
from trialog._server.shapes import ParameterHead

_MOST_PROJECTS = 64


@dataclass(frozen=True, slots=True)
class Known:
    """What the newest runs of a project have.

    Attributes:
        names: parameters, metrics, tags, and values.
        heads: the parameters, those that differ first.
        runs: how many runs were looked at.
        is_whole: whether these are all of them.
    """

    names: KnownNames
    heads: list[ParameterHead]
    runs: int
    is_whole: bool


class Knowledge:
    """Looks at the newest runs of projects, once for every state of the store."""

    def __init__(self, catalog: Catalog) -> None:
        """Look at a store's catalog."""
        self._catalog = catalog
        self._kept: dict[str | None, tuple[Hashable, Known]] = {}
        self._lock = threading.Lock()

    def of(self, project: str | None) -> Known:
        """What is known of a project, as the catalog knows it: it is not brought up to date here.

        Args:
            project: as ``namespace/project``; None for all of them.
        """
        with self._lock:  # who asks meanwhile waits for the same
            state = self._catalog.state()  # before: what is read may be newer, not older
            before, known = self._kept.get(project, (None, None))
            if known is None or state is None or before != state:
                known = self._read(project)
                self._kept.pop(project, None)
                self._kept[project] = (state, known)
                if len(self._kept) > _MOST_PROJECTS:
                    del self._kept[next(iter(self._kept))]
            return known

    def _read(self, project: str | None) -> Known:
        newest = find(self._catalog, filter_of(project, "", "", limit=MOST_RUNS + 1))
        some = newest[:MOST_RUNS]
        return Known(
            names=read_known_names(self._catalog, some),
            heads=parameter_heads(self._catalog, some),
            runs=len(some),
            is_whole=len(newest) <= MOST_RUNS,
        )
