"""``trialog run delete`` and ``trialog run restore``: hiding runs, and bringing them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from trialog._cli import options
from trialog._cli.output import write_array, write_text
from trialog._cli.session import Session, project_slugs
from trialog._cli.words import printable
from trialog.errors import NotFoundError

if TYPE_CHECKING:
    from trialog._catalog import Catalog
    from trialog._public.stored import StoredRun


@click.command(
    "delete",
    epilog="\b\nExamples:\n"
    "  trialog run delete brave_pasta_123\n"
    "  trialog run delete first second --project acme/digits",
)
@options.runs_argument
@options.project_option
@options.session_options
def delete_runs(session: Session, runs: Sequence[str], project: str | None) -> None:
    """Hide runs from lists, by id or name. Nothing is removed."""
    catalog = session.catalog()
    meant = _resolve_all(catalog, runs, project, is_restoring=False)

    def delete(run: StoredRun) -> str:
        if run.record.date_deleted is not None:
            return f"{_title(run)} was deleted already"
        run.delete()
        remark = "" if run.record.is_ended else " (it goes on, out of sight)"
        return f"deleted {_title(run)}{remark}"

    _apply(session, catalog, meant, delete, shows_way_back=True)


@click.command(
    "restore",
    epilog="\b\nExamples:\n  trialog run restore brave_pasta_123\n  trialog run list --deleted",
)
@options.runs_argument
@options.project_option
@options.session_options
def restore_runs(session: Session, runs: Sequence[str], project: str | None) -> None:
    """Bring deleted runs back, by id or name."""
    catalog = session.catalog()
    meant = _resolve_all(catalog, runs, project, is_restoring=True)

    def restore(run: StoredRun) -> str:
        if run.record.date_deleted is None:
            return f"{_title(run)} was not deleted"
        run.restore()
        return f"restored {_title(run)}"

    _apply(session, catalog, meant, restore, shows_way_back=False)


def _resolve_all(
    catalog: Catalog, runs: Sequence[str], project: str | None, *, is_restoring: bool
) -> list[StoredRun]:
    """All runs that are meant; where one of them is not found, nothing is changed."""
    from trialog._public.stored import StoredRun  # noqa: PLC0415 # loads sqlalchemy
    from trialog._reading import resolve  # noqa: PLC0415 # as above

    namespace, slug = project_slugs(catalog, project)

    def find(run: str, *, with_deleted: bool) -> StoredRun:
        record = resolve(catalog, run, namespace=namespace, project=slug, with_deleted=with_deleted)
        return StoredRun(catalog, record)

    found = []
    for run in runs:
        try:
            found.append(find(run, with_deleted=is_restoring))
        except NotFoundError:
            found.append(find(run, with_deleted=True))
    return list(dict.fromkeys(found))


def _apply(
    session: Session,
    catalog: Catalog,
    runs: Sequence[StoredRun],
    action: Callable[[StoredRun], str],
    *,
    shows_way_back: bool,
) -> None:
    from trialog._cli.found import facts_as_json, runs_of_records  # noqa: PLC0415 # loads sqlalchemy

    lines = [action(run) for run in runs]
    if session.is_json:
        catalog.refresh()
        found = runs_of_records(catalog, [run.record for run in runs])
        write_array((facts_as_json(run) for run in found), is_plain=True)
        return
    if shows_way_back:
        ids = " ".join(run.record.id for run in runs)
        lines.append(f"nothing is lost; to bring back: trialog run restore {ids}")
    write_text("\n".join(lines) + "\n")


def _title(run: StoredRun) -> str:
    record = run.record
    return f"{printable(record.name)} ({record.place.project.path}, {record.id})"
