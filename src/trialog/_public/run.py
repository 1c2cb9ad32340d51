"""The run that is being recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialog._format.folders import StoreFolder, day_of
from trialog._public.content import RunContent
from trialog._public.plotting import Plotting
from trialog._public.unkept import UnkeptReader
from trialog._tracking.client import LocalClient
from trialog._tracking.foreign import RUN_NAMES, own_names, point, pointing
from trialog._tracking.run import Run as RecordedRun

if TYPE_CHECKING:
    from trialog._catalog import Catalog
    from trialog._display.cards import Card
    from trialog._reading import ContentReader, RunRecord


@pointing(RUN_NAMES, lambda _, name: point("a run", name, RUN_NAMES))
class Run(Plotting, RunContent, RecordedRun):
    """One execution: being recorded, and readable while it is.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo") as run:
        ...     run.log("loss", 0.5)
        ...     run.metric("loss")["value"].tolist()
        [0.5]
    """

    @property
    def client(self) -> LocalClient:
        """Where it is kept, for calls that take it: ``trialog.runs(client=run.client)``.

        Example:
            >>> import trialog
            >>> run = getfixture("run")
            >>> trialog.get_run(run.id, client=run.client).name == run.name
            True
        """
        return LocalClient(None if self._home is None else StoreFolder.of_run(self._home).path)

    def __dir__(self) -> list[str]:
        return own_names([*super().__dir__()], RUN_NAMES)

    def _card(self) -> Card | None:
        found = self._found()
        if found is None:
            return None
        from trialog._reading.showing import run_card  # noqa: PLC0415 # loads SQL and numpy

        return run_card(*found)

    def _found(self) -> tuple[Catalog, RunRecord] | None:
        if self._home is None:
            return None
        from trialog._reading import catalog_of, resolve  # noqa: PLC0415 # loads SQL and numpy

        catalog = catalog_of(StoreFolder.of_run(self._home).path)
        place = self._start.namespace, self._start.project
        record = resolve(catalog, self.id, namespace=place[0], project=place[1], is_id=True)
        return catalog, record

    def _reader(self) -> ContentReader | UnkeptReader:
        if self._home is None:
            return UnkeptReader(self.name)
        from trialog._catalog import ProjectPlace, RunPlace  # noqa: PLC0415 # loads SQL and numpy
        from trialog._reading import ContentReader, catalog_of  # noqa: PLC0415 # as above

        place = ProjectPlace(self._start.namespace, self._start.project)
        catalog = catalog_of(StoreFolder.of_run(self._home).path)
        return ContentReader(catalog, RunPlace(place, day_of(self.id), self.id))
