"""The run that is being recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialog._format.folders import day_of
from trialog._public.content import RunContent
from trialog._tracking.run import Run as RecordedRun
from trialog.errors import NotFoundError

if TYPE_CHECKING:
    from trialog._reading import ContentReader


class Run(RunContent, RecordedRun):
    """One execution: being recorded, and readable while it is.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo") as run:
        ...     run.log("loss", 0.5)
        ...     run.metric("loss")["value"].tolist()
        [0.5]
    """

    def _reader(self) -> ContentReader:
        if self._home is None:
            raise NotFoundError(f"run {self.name!r} keeps nothing (TRIALOG_MODE=disabled)")
        from trialog._catalog import ProjectPlace, RunPlace  # noqa: PLC0415 # loads SQL and numpy
        from trialog._reading import ContentReader, catalog_of  # noqa: PLC0415 # as above

        place = ProjectPlace(self._start.namespace, self._start.project)
        # namespaces/<namespace>/<project>/runs/<day>/<run id>
        catalog = catalog_of(self._home.parents[5])
        return ContentReader(catalog, RunPlace(place, day_of(self.id), self.id))
