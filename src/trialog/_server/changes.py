"""Changes to runs: tags, names, descriptions, deleting, restoring, asking to stop."""

from __future__ import annotations

from trialog._public.stored import StoredRun
from trialog._reading import resolve
from trialog._server.shapes import Change, Changed, ChangedRun
from trialog._server.store import Store
from trialog.errors import TrialogError, UsageError

_MANY = 10_000


def change_runs(store: Store, query: Change) -> Changed:
    """Change some runs, each by itself: one that cannot be changed does not keep the others.

    What is left out stays as it is. Restoring comes first, deleting last.
    """
    if len(query.runs) > _MANY:
        raise UsageError(f"{len(query.runs)} runs at once are too many; choose {_MANY} at most")
    if query.name is not None and len(query.runs) != 1:
        raise UsageError(f"one run can get the name {query.name!r}, not {len(query.runs)}")
    return Changed(runs=[_change(store, run_id, query) for run_id in query.runs])


def _change(store: Store, run_id: str, change: Change) -> ChangedRun:
    try:
        run = StoredRun(store.catalog, resolve(store.catalog, run_id, is_id=True))
        _apply(run, change)
    except TrialogError as error:
        return ChangedRun(id=run_id, name=None, error=str(error))
    return ChangedRun(id=run.id, name=run.name, error=None)


def _apply(run: StoredRun, change: Change) -> None:
    if change.restore:
        run.restore()
    if change.add_tags:
        run.add_tags(change.add_tags)
    if change.remove_tags:
        run.remove_tags(change.remove_tags)
    if change.description is not None:
        run.set_description(change.description or None)
    if change.name is not None:
        run.rename(change.name)
    if change.cancel:
        run.cancel(change.reason, change.signal)
    if change.delete:
        run.delete()
