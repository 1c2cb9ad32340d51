"""What a shell offers when the user presses tab: projects, runs, tags of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialog._cli.session import Session, project_paths
from trialog._filters import RunFilter, complete
from trialog.errors import TrialogError

if TYPE_CHECKING:
    import click

    from trialog._catalog import Catalog

_MOST = 200


def complete_project(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Projects, as ``namespace/project`` or ``project``."""
    catalog = _catalog(ctx)
    if catalog is None:
        return []
    paths = project_paths(catalog)
    slugs = [path.partition("/")[2] for path in paths]
    return [text for text in dict.fromkeys([*slugs, *paths]) if text.startswith(incomplete)]


def complete_run(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Names of runs, the newest first; ids once a name cannot be meant."""
    return _complete_entry(ctx, incomplete, "run")


def complete_experiment(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Names of experiments, the newest first; ids once a name cannot be meant."""
    return _complete_entry(ctx, incomplete, "experiment")


def complete_tag(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Tags of the newest runs and experiments."""
    catalog = _catalog(ctx)
    if catalog is None:
        return []
    from trialog._reading import find  # noqa: PLC0415 # loads sqlalchemy

    newest = find(catalog, RunFilter(limit=_MOST, kind=None))
    tags = {tag for record in newest for tag in record.tags}
    return sorted(tag for tag in tags if tag.startswith(incomplete))


def complete_filter(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """What may come next in a filter, by the names that the newest runs have."""
    catalog = _catalog(ctx)
    if catalog is None:
        return []
    from trialog._reading import find, read_known_names  # noqa: PLC0415 # loads sqlalchemy

    known = read_known_names(catalog, find(catalog, RunFilter(limit=_MOST)))
    found = complete(incomplete, len(incomplete), known)
    return [incomplete[: found.start] + item.text for item in found.items]


def _complete_entry(ctx: click.Context, incomplete: str, kind: str) -> list[str]:
    catalog = _catalog(ctx)
    if catalog is None:
        return []
    from trialog._reading import find  # noqa: PLC0415 # loads sqlalchemy

    records = find(catalog, RunFilter(limit=_MOST, with_deleted=True, kind=kind))
    for texts in (records.names, records.ids):
        found = [text for text in dict.fromkeys(texts) if text.startswith(incomplete)]
        if found:
            return found
    return []


def _catalog(ctx: click.Context) -> Catalog | None:
    """The catalog; None where there is none, since a shell is no place for an error."""
    try:
        catalog = ctx.ensure_object(Session).catalog_as_it_is()
        catalog.refresh()
    except (TrialogError, OSError):
        return None
    return catalog
