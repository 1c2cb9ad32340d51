"""What every handler is given: the store that is looked at, and what may be done there."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from trialog._catalog import Catalog
from trialog._reading import catalog_of
from trialog._reading.charting import ChartReader
from trialog._reading.consolelogs import ConsoleLogs
from trialog._server.knowledge import Knowledge
from trialog._server.pdfpages import PdfPages
from trialog._server.tickets import Tickets
from trialog._tracking.client import LocalClient


@dataclass(frozen=True, slots=True)
class Store:
    """A store behind the server.

    Attributes:
        catalog: where runs are read.
        tickets: signs the addresses of files.
        may_change: whether runs may be changed from here.
        clock: nanoseconds since 1970.
        charts: draws, and keeps what it read.
        knowledge: the names that projects have.
        consoles: those that are looked at.
        documents: reads PDFs.
    """

    catalog: Catalog
    tickets: Tickets
    may_change: bool = True
    clock: Callable[[], int] = field(default=time.time_ns)
    charts: ChartReader = field(init=False)
    knowledge: Knowledge = field(init=False)
    consoles: ConsoleLogs = field(default_factory=ConsoleLogs)
    documents: PdfPages = field(default_factory=PdfPages)

    def __post_init__(self) -> None:
        object.__setattr__(self, "charts", ChartReader(self.catalog))
        object.__setattr__(self, "knowledge", Knowledge(self.catalog))

    @classmethod
    def at(cls, home: Path, *, may_change: bool = True) -> Store:
        """The store at a path.

        Raises:
            StoreError: the path is a file, or cannot be read.
        """
        return cls(catalog_of(home), Tickets.new(), may_change)

    def prepare(self) -> None:
        """Read what changed since somebody looked, and load what charts need.

        Raises:
            StoreError: the store cannot be read.
        """
        self.catalog.refresh()
        importlib.import_module("trialog._catalog.pointreading")  # which loads Arrow

    @property
    def client(self) -> LocalClient:
        """The store, for the public functions."""
        return LocalClient(self.catalog.store.path)
