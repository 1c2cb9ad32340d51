"""From a selection to runs."""

from __future__ import annotations

from trialog._catalog import Catalog
from trialog._catalog.operands import UNTIL_ENDED
from trialog._catalog.questions import operands_asked
from trialog._filters import RunFilter
from trialog._filters.expressions import Fact
from trialog._filters.parsing import parse_operand
from trialog._reading.finding import find, find_by_ids
from trialog._reading.records import Records
from trialog._server.shapes import Selection
from trialog.errors import UsageError

_PASSING = (*UNTIL_ENDED, "age")


def is_lasting(selection: Selection, *operands: str | None) -> bool:
    """Whether a selection finds the same until the catalog changes: no clock, no process is asked.

    Args:
        selection: of runs.
        operands: what else is asked of each, in the filter language.
    """
    wanted = filter_of(None, selection.where, selection.sort)
    asked = [*operands_asked(wanted), *(parse_operand(each) for each in operands if each)]
    return not any(isinstance(each, Fact) and each.name in _PASSING for each in asked)


def filter_of(project: str | None, where: str, sort: str, limit: int | None = None) -> RunFilter:
    """The runs of a project that a text asks for, in an order.

    Raises:
        FilterError: the text or the order cannot be understood.
        UsageError: the project is not written ``namespace/project``.
    """
    namespace, slug = None, None
    if project is not None:
        namespace, found, slug = project.partition("/")
        if not found:
            raise UsageError(f"a project is written namespace/project, not {project!r}")
    return RunFilter.parse(
        namespace=namespace, project=slug, where=where, sort=sort or None, limit=limit
    )


def select(catalog: Catalog, selection: Selection) -> Records:
    """The runs that are meant, in the order in which they are to be shown."""
    wanted = filter_of(
        selection.project or None, selection.where, selection.sort, limit=selection.limit
    )
    if selection.runs is None:
        return find(catalog, wanted)
    return find_by_ids(catalog, selection.runs, wanted)
