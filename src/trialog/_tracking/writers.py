"""Opening journals: of new runs, of further writers, of forked children, of edits from outside."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from trialog._format.facts import Cancel, Commit, End, SavedView, Start, Witnessed
from trialog._format.folders import (
    Marker,
    ProjectFolder,
    StoreFolder,
    day_at,
    day_of,
    make_id,
)
from trialog._format.records import FORMAT_VERSION, Kind
from trialog._format.values import dump_json
from trialog._tracking.earlier import read_starts
from trialog._tracking.facts import FactLog, check_description, check_tags
from trialog._tracking.presence import is_marked
from trialog._tracking.sealing import check_unsealed
from trialog._version import __version__
from trialog._writing import store as stores
from trialog._writing.blobs import BlobWriter
from trialog._writing.filesystem import can_map
from trialog._writing.folders import make_folder
from trialog._writing.identity import this_process
from trialog._writing.journal import Journal
from trialog._writing.trouble import Trouble
from trialog.errors import NotFoundError

_ID_BYTES = 10
_WAY_OUT = "Fork it to go on, by experiment.fork(); or delete it as a whole, by experiment.delete()"


def new_id(time_ns: int) -> str:
    """A new id for a run or a writer."""
    return make_id(time_ns, os.urandom(_ID_BYTES))


def identified(start: Start, time_ns: int) -> Start:
    """A first record with a writer's id of its own, and who this process is."""
    return replace(start, created_ns=start.created_ns or time_ns, **identity(time_ns))


def identity(time_ns: int) -> dict[str, Any]:
    """What a first record says of who writes it: an id of its own, and this process."""
    return {
        "writer": new_id(time_ns),
        "trialog": __version__,
        "format": FORMAT_VERSION,
        **this_process()._asdict(),
    }


def open_project(store: StoreFolder, start: Start, time_ns: int) -> ProjectFolder:
    """The project's folder, made where there is none."""
    project = store.project(start.namespace, start.project)
    if make_folder(project.path):
        make_folder(project.journals)
        _write_once(project.journals, identified(_of_project(start), time_ns))
    return project


def open_journal(
    project: ProjectFolder,
    start: Start,
    *,
    strict: bool = False,
    may_map: bool | None = None,
    is_brief: bool = False,
) -> Journal:
    """A journal in a run's folder, marked as open.

    Args:
        project: where the run is.
        start: the journal's first record; who writes it is added where that is not said.
        strict: raise where something cannot be kept.
        may_map: whether the file system allows maps; looked up where not given.
        is_brief: one of many that are short as a rule.

    Raises:
        OSError: the store cannot be written.
    """
    folder = project.run(start.run)

    def reborn(parent: Start) -> Start:
        """The first record of a forked child's journal."""
        check_unsealed(project, parent)  # its parent may have committed the experiment since
        now = time.time_ns()
        child = identified(replace(parent, role="fork", created_ns=now), now)
        with contextlib.suppress(OSError):  # in the middle of log(): a full disk is no reason
            _mark(project, child)
        return child

    make_folder(folder)
    if not start.writer:
        now = time.time_ns()
        if start.role != "run" or start.attempt > 1:
            start = replace(start, created_ns=now)
        start = identified(start, now)
    _mark(project, start)
    try:
        return Journal(
            folder,
            start,
            clock=time.time_ns,
            may_map=can_map(folder) if may_map is None else may_map,
            reborn=reborn,
            trouble=Trouble(f"run {start.name!r}", strict=strict),
            is_brief=is_brief,
        )
    except OSError:
        leave(project, start)
        raise


def leave(project: ProjectFolder, start: Start) -> None:
    """This writer is done: take its marker away."""
    if not is_marked(start):
        return
    stores.mark_left(project, _marker(start))


def edit_run(store: StoreFolder, run: Start, changes: dict[str, Any]) -> None:
    """Write an edit of a run from outside, as a journal of its own in the run's folder.

    Args:
        store: the store, opened for writing.
        run: the first record of the run.
        changes: the payload of the edit; see ``_format.facts``.

    Raises:
        OSError: the store cannot be written.
    """
    changes = {**changes, "by": this_process().user}
    _write_beside(store, run, [(Kind.EDIT, changes)], f"an edit of {run.name!r}")


def write_request(store: StoreFolder, run: Start, request: Cancel) -> None:
    """Write a request to stop a run, as :func:`edit_run` writes an edit.

    Args:
        store: the store, opened for writing.
        run: the first record of the attempt that is to stop.
        request: who asks, and why.

    Raises:
        OSError: the store cannot be written.
    """
    facts = [(Kind.CANCEL, asdict(request))]
    _write_beside(store, run, facts, f"a request to stop {run.name!r}")


def write_fates(store: StoreFolder, run: Start, fates: Iterable[Witnessed], time_ns: int) -> None:
    """Write how writers of a run ended that said nothing themselves, as :func:`edit_run` writes.

    Args:
        store: the store, opened for writing.
        run: the first record of the run.
        fates: of each, what is known.
        time_ns: when they ended.

    Raises:
        OSError: the store cannot be written.
    """
    what = f"the end of {run.name!r}"
    facts = [(Kind.WITNESSED, asdict(fate)) for fate in fates]
    _write_beside(store, run, facts, what, time_ns)


def write_view(store: StoreFolder, owner: Start, view: SavedView) -> None:
    """Write a view of a project, in a journal of its own in the project's folder.

    Args:
        store: the store, opened for writing.
        owner: the first record of what is written about the project.
        view: what is kept.

    Raises:
        OSError: the store cannot be written.
    """
    now = time.time_ns()
    project = open_project(store, owner, now)
    journal = _short_journal(project.journals, identified(_of_project(owner), now))
    journal.append_fact(Kind.VIEW, view.encode())
    journal.close(Kind.LEAVE)


def _of_project(start: Start) -> Start:
    """The first record of a journal about a project."""
    return replace(start, run="", role="project", name="", description=None, tags=[])


def _write_beside(
    store: StoreFolder,
    run: Start,
    facts: Iterable[tuple[Kind, dict[str, Any]]],
    what: str,
    time_ns: int | None = None,
) -> None:
    """Write facts about a run in a journal of their own, and announce it."""
    project = store.project(run.namespace, run.project)
    now = time.time_ns()
    start = identified(_beside(run, now), now)
    journal = _short_journal(project.run(run.run), start)
    log = FactLog(journal, BlobWriter(store))
    for kind, content in facts:
        log.append(kind, content, what, time_ns)
    journal.close(Kind.LEAVE)
    stores.announce(project, _marker(start), day_at(now))


def note_commit(home: Path, folder: Path, commit: Commit) -> None:
    """Write that an experiment in the store is committed, beside its own journals.

    Args:
        home: the store.
        folder: the experiment's.
        commit: the artifact it was committed to, and where that is.

    Raises:
        NotFoundError: there is no such experiment.
        StoreError: the store cannot be written.
    """
    store = stores.open_store(home, time.time_ns())
    starts = read_starts(folder)
    if not starts:
        raise NotFoundError(f"there is no experiment in {str(folder)!r}")
    what = f"the commit of {starts[0].name!r}"
    try:
        _write_beside(store, starts[0], [(Kind.COMMIT, asdict(commit))], what)
    except OSError as error:
        raise stores.unwritable(home, error) from error


def write_commit(folder: Path, experiment: Start, commit: Commit, name: str | None = None) -> None:
    """Write that an experiment is committed into a folder that nobody sees yet.

    Args:
        folder: where.
        experiment: its first record.
        commit: the artifact it was committed to, and where that is.
        name: what it is called in this store, if otherwise.

    Raises:
        OSError: it cannot be written.
    """
    journal = begin_unseen(folder, _beside(experiment, time.time_ns()))
    if name is not None:
        edit = {"name": name, "by": this_process().user}
        journal.append_fact(Kind.EDIT, dump_json(edit, "name"))
    journal.append_fact(Kind.COMMIT, commit.encode())
    journal.close(Kind.LEAVE)


def begin_unseen(folder: Path, start: Start) -> Journal:
    """A journal in a folder that nobody sees yet, to be written in one go.

    Args:
        folder: where.
        start: its first record, but for who writes it.

    Raises:
        OSError: it cannot be written.
    """
    return _short_journal(folder, identified(start, time.time_ns()))


def end_orphan(run: Start, folder: Path, end: End) -> None:
    """Write the end of a run whose process has left it to a child, as daemons do.

    Args:
        run: the first record of the run.
        folder: the run's folder.
        end: how it ended.

    Raises:
        OSError: the store cannot be written.
    """
    now = time.time_ns()
    start = identified(_beside(run, now), now)
    _short_journal(folder, start).close(Kind.END, end)
    stores.announce(ProjectFolder.of_run(folder), _marker(start), day_at(now))


def edit_recorded(home: Path, folder: Path, changes: dict[str, Any]) -> None:
    """Check and write an edit of a run that is in the store.

    Args:
        home: the store.
        folder: the run's folder.
        changes: ``add_tags``, ``remove_tags``, ``description``, ``annotations``, ``name`` or
            ``deleted``.

    Raises:
        InvalidNameError, InvalidTypeError: a change that cannot be made.
        NotFoundError: there is no such run.
        SealedError: its experiment is committed; what was sealed of that itself is kept too.
        StoreError: the store cannot be written.
    """
    for key in ("add_tags", "remove_tags"):
        if key in changes:
            changes = {**changes, key: check_tags(changes[key])}
    if "description" in changes:
        check_description(changes["description"])
    store = stores.open_store(home, time.time_ns())
    starts = read_starts(folder)
    if not starts:
        raise NotFoundError(f"there is no run in {str(folder)!r}")
    if starts[-1].kind == "run" or {"description", "annotations"} & changes.keys():
        check_unsealed(ProjectFolder.of_run(folder), starts[-1], _WAY_OUT)
    try:
        edit_run(store, starts[-1], changes)
    except OSError as error:
        raise stores.unwritable(home, error) from error


def _beside(run: Start, time_ns: int) -> Start:
    """The first record of who writes about a run from outside: no rank of it."""
    ours = replace(run, role="edit", created_ns=time_ns, tags=[], description=None)
    return replace(ours, rank=None, local_rank=None, world_size=None)


def _mark(project: ProjectFolder, start: Start) -> None:
    if not is_marked(start):
        return
    marker = _marker(start)
    stores.mark_open(project, marker)
    if start.role != "run" or start.attempt > 1:
        stores.announce(project, marker, day_at(time.time_ns()))


def _marker(start: Start) -> Marker:
    return Marker(day_of(start.run), start.run, start.writer)


def _write_once(folder: Path, start: Start) -> None:
    """A journal that is written in one go."""
    _short_journal(folder, start).close(Kind.LEAVE)


def _short_journal(folder: Path, start: Start) -> Journal:
    return Journal(
        folder,
        start,
        clock=time.time_ns,
        may_map=False,
        reborn=lambda parent: parent,
        trouble=Trouble(f"run {start.name!r}"),
    )
