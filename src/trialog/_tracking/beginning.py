"""From an open journal to a run: known to the process, attended by the witness, told to hooks."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from trialog._entities import RunStatus
from trialog._format.facts import Start
from trialog._format.folders import ProjectFolder, StoreFolder
from trialog._format.records import MAX_PAYLOAD_BYTES, Kind
from trialog._settings import Settings
from trialog._tracking import active, writers
from trialog._tracking.destination import Pointers, counted_for, settle
from trialog._tracking.disabled import DisabledBlobs, DisabledJournal
from trialog._tracking.facts import FactLog
from trialog._tracking.handlers import handlers, is_interactive
from trialog._tracking.hook_calls import Hooks
from trialog._tracking.hooks import HookSet
from trialog._tracking.lifecycle import Lifecycle
from trialog._tracking.notebook import notebook_path, notebook_text
from trialog._tracking.random_names import random_name
from trialog._tracking.run import Run
from trialog._tracking.spawning import describe_process
from trialog._writing import store as stores
from trialog._writing.blobs import BlobWriter
from trialog._writing.journal import Journal
from trialog._writing.trouble import tell_on_stderr
from trialog.errors import TrialogError

R = TypeVar("R", bound=Run)


class Opened(NamedTuple):
    """What a new run writes to."""

    journal: Journal | DisabledJournal
    facts: FactLog
    home: Path | None
    leave: Callable[[], None]


def open_run(home: Path, wish: Start, pointers: Pointers, *, strict: bool) -> Opened:
    """Open a journal of the run that a call is about.

    Args:
        home: the store.
        wish: what the call says of the run.
        pointers: what else leads to it.
        strict: raise where something cannot be kept.

    Raises:
        StoreError: the store cannot be written.
    """
    now = time.time_ns()
    store = stores.open_store(home, now)
    try:
        project, start = settle(store, wish, pointers, now)
        journal = writers.open_journal(project, fitting(start), strict=strict)
    except OSError as error:
        if isinstance(error, TrialogError):
            raise
        raise stores.unwritable(home, error) from error
    active.session.begun.update(counted_for(wish, pointers, start))
    return tended(journal, store, project)


def fitting(start: Start) -> Start:
    """A first record that fits into one: what is too long follows as an edit, see :func:`begin`."""
    if len(start.encode()) <= MAX_PAYLOAD_BYTES // 2:
        return start
    return replace(start, description=None, tags=[])


def tended(journal: Journal, store: StoreFolder, project: ProjectFolder) -> Opened:
    """An open journal, and a steward that tends it."""
    facts = FactLog(journal, BlobWriter(store))
    active.session.steward.adopt(journal)

    def mark_left() -> None:
        if journal.start.pid == os.getpid():  # not a child that has written nothing of its own
            writers.leave(project, journal.start)

    def leave() -> None:
        active.session.steward.release(journal)
        if not journal.is_complete:
            active.session.steward.complete_later(journal, mark_left)
            return
        mark_left()
        if journal.needs_sync:
            active.session.steward.sync_later(journal)

    return Opened(journal, facts, journal.folder, leave)


class Manner(NamedTuple):
    """How a run is recorded, and how it ends.

    Attributes:
        ends: the user's rules: exceptions to statuses.
        at_exit: the status where the interpreter exits and the run was left open.
        place: where it is started.
        supersede: whether a run of this place that nobody entered ends.
        captured: what it keeps about itself.
        hooks: whom to tell.
        settings: what the environment says.
        is_brief: it is one of many: nothing of it waits for the disk.
    """

    ends: Mapping[type[BaseException], RunStatus]
    at_exit: RunStatus | None
    place: active.Place
    supersede: bool
    captured: frozenset[str]
    hooks: HookSet
    settings: Settings
    is_brief: bool = False

    @property
    def is_attended(self) -> bool:
        """Whether there is anything for the witness to do."""
        return bool(self.captured) or self.hooks.needs_witness


def begin(
    run_class: type[R], opened: Opened, wish: Start, manner: Manner, parameters: Mapping[str, Any]
) -> R:
    """Make a run of an open journal: known to the process, the witness and its hooks.

    Args:
        run_class: what the user gets.
        opened: what it writes to.
        wish: what the call says of it, which its first record may lack.
        manner: how it is recorded.
        parameters: its first ones.
    """
    lifecycle = Lifecycle(
        opened.journal,
        opened.facts,
        place=manner.place,
        ends=manner.ends,
        at_exit=manner.at_exit,
        is_brief=manner.is_brief,
    )
    start = _as_wished(opened.journal.start, wish)
    run = run_class(start, lifecycle, opened.home)
    lifecycle.on_end = lambda: _on_end(lifecycle, opened, manner)
    if manner.supersede:
        end_unentered(run.name, manner.place)
    if start.kind == "run":
        active.push(run)
    active.session.add(run, lifecycle)
    if manner.is_brief:
        handlers.stay()
    else:
        handlers.install()
    _attend(opened, run, manner)
    _tell(opened, start)
    if parameters:
        opened.facts.append_parameters(parameters)
    if opened.home is not None:
        _watch(run, lifecycle, opened.journal, manner)
    return run


def _attend(opened: Opened, run: Run, manner: Manner) -> None:
    """Let the witness know of a run; without one, the run says so and does without."""
    captured, hooks = manner.captured, manner.hooks
    if opened.home is None or not manner.is_attended:
        return
    start = opened.journal.start
    trouble = active.session.witness.open(
        {
            "folder": str(opened.home),
            "url": run.url,
            "start": asdict(start),
            "capture": sorted(captured),
            "interval_s": manner.settings.system_interval_s,
            "commands": hooks.commands,
            "urls": hooks.urls,
            "origin": {
                **describe_process(),
                "rank": start.rank,
                "local_rank": start.local_rank,
                "notebook": notebook_path(),
            },
            "notebook": notebook_text(),
        },
        listens="console" in captured,
        # whoever types at a prompt needs the terminal itself; whatever kills process 1 kills all
        leads=not is_interactive() and os.getpid() != 1,
    )
    if trouble is not None:
        opened.facts.append(Kind.CONTEXT, {"witness": {"trouble": trouble}}, "the witness")


def _watch(
    run: Run,
    lifecycle: Lifecycle,
    journal: Journal | DisabledJournal,
    manner: Manner,
) -> None:
    """Tell the hooks of the run from now on, and notice where it stalls."""
    writer = journal.start.writer

    def relay(event: dict[str, Any]) -> None:
        active.session.witness.tell({"do": "event", "writer": writer, "event": event})

    if any(manner.hooks):
        lifecycle.hooks = Hooks(manner.hooks, journal.start, run.url, relay)
        lifecycle.tell_started()
    limit_ns = round(manner.settings.stalled_after_s * 1e9)
    if limit_ns and isinstance(journal, Journal) and not is_interactive():
        journal.watch_silence(limit_ns, lifecycle.alerts.note_silence)


def _as_wished(start: Start, wish: Start) -> Start:
    """The first record with the description and tags of the call; it may be another writer's."""
    more = [tag for tag in wish.tags if tag not in start.tags]
    description = start.description if wish.description is None else wish.description
    if not more and description == start.description:
        return start
    return replace(start, description=description, tags=[*start.tags, *more])


def _tell(opened: Opened, wished: Start) -> None:
    """Write, as edits, what the first record does not say."""
    said = opened.journal.start
    if more := wished.tags[len(said.tags) :]:  # see _as_wished
        opened.facts.append(Kind.EDIT, {"add_tags": more}, "tags")
    if wished.description != said.description:
        opened.facts.append(Kind.EDIT, {"description": wished.description}, "description")


def open_nothing(wish: Start) -> Opened:
    """What a run of the disabled mode writes to."""
    now = time.time_ns()
    start = replace(
        wish, run=wish.run or writers.new_id(now), name=wish.name or random_name(), created_ns=now
    )
    journal = DisabledJournal(writers.identified(start, now))
    return Opened(journal, FactLog(journal, DisabledBlobs()), None, lambda: None)


def end_unentered(name: str, place: active.Place, run_id: str | None = None) -> None:
    """End the runs of this place that nobody entered: the one of that name takes over.

    Those of an experiment stay open: several are, as a rule.

    Args:
        name: of the run that takes over.
        place: where it is started.
        run_id: end only this one.
    """
    for run, other in active.session.open_pairs():
        if run.is_of_experiment:
            continue
        if other.place == place and not other.was_entered and run_id in (None, run.id):
            other.supersede(name)
            if other.has_ended_run and run.url:
                tell_on_stderr(
                    f"run {run.name!r} was not finished and is kept as {run.status}, superseded by "
                    f"{name!r}. Use `with trialog.init(…) as run:`, call run.finish(), or pass "
                    "supersede=False."
                )


def _on_end(lifecycle: Lifecycle, opened: Opened, manner: Manner) -> None:
    active.session.remove(lifecycle)
    if opened.home is not None and manner.is_attended:
        active.session.witness.close({"writer": opened.journal.start.writer})
    opened.leave()
    if not active.session.lifecycles():
        handlers.remove()
