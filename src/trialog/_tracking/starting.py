"""``init()``: from names to a run that is open."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple, Never, TypeVar

from trialog import _names
from trialog._entities import OPENABLE, RunStatus
from trialog._format.facts import Start
from trialog._format.records import MAX_PAYLOAD_BYTES, Kind
from trialog._settings import Settings, parse_capture
from trialog._tracking import active, writers
from trialog._tracking.client import LocalClient, check_client
from trialog._tracking.destination import Pointers, check_id, counted_for, settle
from trialog._tracking.disabled import DisabledBlobs, DisabledJournal
from trialog._tracking.endings import Ends, check_end, check_ends
from trialog._tracking.facts import FactLog, check_description, check_tags
from trialog._tracking.foreign import INIT_KEYWORDS, RESUME, RESUME_WORDS
from trialog._tracking.handlers import handlers, in_notebook, is_interactive
from trialog._tracking.hook_calls import Hooks
from trialog._tracking.hooks import HookSet
from trialog._tracking.launch import read_launch
from trialog._tracking.lifecycle import Lifecycle
from trialog._tracking.notebook import notebook_path, notebook_text
from trialog._tracking.parameters import flatten
from trialog._tracking.places import Belonging, asked_for, belonging
from trialog._tracking.random_names import random_name
from trialog._tracking.run import Run
from trialog._tracking.spawning import describe_process
from trialog._writing import store as stores
from trialog._writing.blobs import BlobWriter
from trialog._writing.journal import Journal
from trialog._writing.trouble import tell_on_stderr
from trialog.errors import (
    InvalidTypeError,
    TrialogError,
    UsageError,
)

R = TypeVar("R", bound=Run)
_OTHERS = Belonging("", "", "", "")  # TRIALOG_RUN says where
_KEYWORDS = (
    "namespace_slug",
    "project_display_name",
    "name",
    "description",
    "status",
    "client",
    "tags",
    "parameters",
    "parent",
    "id",
    "resume",
    "ends",
    "at_exit",
    "supersede",
    "strict",
    "capture",
    "hooks",
    "namespace",
    "project",
)


def start_run(  # Tellurio's positions
    run_class: type[R],
    namespace_slug: str | None = None,
    project_display_name: str | None = None,
    name: str | None = None,
    description: str | None = None,
    status: RunStatus | str | None = RunStatus.RUNNING,
    client: LocalClient | None = None,
    *,
    namespace: str | None = None,
    project: str | None = None,
    tags: str | Iterable[str] = (),
    parameters: Any = None,
    parent: Run | str | None = None,
    id: str | None = None,  # noqa: A002 # the word for it
    resume: str | None = None,
    ends: Ends | None = None,
    at_exit: RunStatus | str | None = None,
    supersede: bool = True,
    strict: bool = False,
    capture: bool | str | Iterable[str] | None = None,
    hooks: Any = None,
    **unknown: Never,
) -> R:
    """Start a run of a class; :func:`trialog.init` says what the arguments mean."""
    _names.refuse_keywords("init", unknown, _KEYWORDS, INIT_KEYWORDS)
    _check_resume(resume, id)
    settings = Settings.from_environ()
    home = check_client(client, "init").home or settings.home
    rules = check_ends(ends)
    at_exit = settings.at_exit if at_exit is None else check_end(at_exit)
    asked = asked_for(namespace_slug, project_display_name, namespace, project, settings)
    run_id = check_id(id)
    named = settings.run if not run_id and resume is None and settings.mode == "local" else None
    owner = _OTHERS if named else belonging(*asked, settings)
    wish = Start(
        writer="",
        run=run_id,
        role="run",
        namespace=owner.namespace,
        namespace_name=owner.namespace_name,
        project=owner.project,
        project_name=owner.project_name,
        name="" if name is None else _names.normalise(_names.check_name(name, "run")),
        description=check_description(description),
        status=_check_initial(status).value,
        tags=check_tags(tags),
        parent=_check_parent(parent),
    )
    good, bad = flatten(parameters) if parameters is not None else ({}, [])
    if bad:
        raise bad[0]
    captured = settings.capture if capture is None else parse_capture(capture, "init(capture=…)")
    hook_set = _check_hooks(hooks, settings.hooks)
    place = active.this_place(is_notebook=in_notebook())
    if supersede and wish.run:
        _supersede(wish.run, place, run_id=wish.run)  # its own earlier attempt, in a notebook
    pointers = Pointers(resume, named, read_launch(os.environ), active.session.begun)
    is_kept = settings.mode != "disabled"
    opened = _open(home, wish, pointers, strict=strict) if is_kept else _nothing(wish)
    lifecycle = Lifecycle(
        opened.journal,
        opened.facts,
        place=place,
        ends=rules,
        at_exit=at_exit,
    )
    start = _as_wished(opened.journal.start, wish)
    run = run_class(start, lifecycle, opened.home)
    lifecycle.on_end = lambda: _on_end(lifecycle, opened)
    if supersede:
        _supersede(run.name, place)
    active.push(run)
    active.session.add(run, lifecycle)
    handlers.install()
    _attend(opened, run.url, captured, hook_set, settings)
    _tell(opened, start)
    if good:
        opened.facts.append_parameters(good)
    if opened.home is not None:
        _watch(run.url, lifecycle, opened.journal, hook_set, settings)
    return run


class _Opened(NamedTuple):
    """What a new run writes to."""

    journal: Journal | DisabledJournal
    facts: FactLog
    home: Path | None
    leave: Callable[[], None]


def _open(home: Path, wish: Start, pointers: Pointers, *, strict: bool) -> _Opened:
    now = time.time_ns()
    store = stores.open_store(home, now)
    try:
        project, start = settle(store, wish, pointers, now)
        if len(start.encode()) > MAX_PAYLOAD_BYTES // 2:
            start = replace(start, description=None, tags=[])  # as edits: see _tell
        journal = writers.open_journal(project, start, strict=strict)
    except OSError as error:
        if isinstance(error, TrialogError):
            raise
        raise stores.unwritable(home, error) from error
    active.session.begun.update(counted_for(wish, pointers, start))
    facts = FactLog(journal, BlobWriter(store))
    active.session.steward.adopt(journal)

    def leave() -> None:
        active.session.steward.release(journal)
        if journal.start.pid == os.getpid():  # not a child that has written nothing of its own
            writers.leave(project, journal.start)

    return _Opened(journal, facts, project.run(start.run), leave)


def _attend(
    opened: _Opened, url: str, captured: frozenset[str], hooks: HookSet, settings: Settings
) -> None:
    """Let the witness know of a run; without one, the run says so and does without."""
    if opened.home is None or not (captured or hooks.needs_witness):
        return
    start = opened.journal.start
    trouble = active.session.witness.open(
        {
            "folder": str(opened.home),
            "url": url,
            "start": asdict(start),
            "capture": sorted(captured),
            "interval_s": settings.system_interval_s,
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
    url: str,
    lifecycle: Lifecycle,
    journal: Journal | DisabledJournal,
    hooks: HookSet,
    settings: Settings,
) -> None:
    """Tell the hooks of the run from now on, and notice where it stalls."""
    writer = journal.start.writer

    def relay(event: dict[str, Any]) -> None:
        active.session.witness.tell({"do": "event", "writer": writer, "event": event})

    if any(hooks):
        lifecycle.hooks = Hooks(hooks, journal.start, url, relay)
        lifecycle.tell_started()
    limit_ns = round(settings.stalled_after_s * 1e9)
    if limit_ns and isinstance(journal, Journal) and not is_interactive():
        journal.watch_silence(limit_ns, lifecycle.alerts.note_silence)


def _as_wished(start: Start, wish: Start) -> Start:
    """The first record with the description and tags of the call; it may be another writer's."""
    more = [tag for tag in wish.tags if tag not in start.tags]
    description = start.description if wish.description is None else wish.description
    return replace(start, description=description, tags=[*start.tags, *more])


def _tell(opened: _Opened, wished: Start) -> None:
    """Write, as edits, what the first record does not say."""
    said = opened.journal.start
    if more := wished.tags[len(said.tags) :]:  # see _as_wished
        opened.facts.append(Kind.EDIT, {"add_tags": more}, "tags")
    if wished.description != said.description:
        opened.facts.append(Kind.EDIT, {"description": wished.description}, "description")


def _nothing(wish: Start) -> _Opened:
    """What a run of the disabled mode writes to."""
    now = time.time_ns()
    start = replace(
        wish, run=wish.run or writers.new_id(now), name=wish.name or random_name(), created_ns=now
    )
    journal = DisabledJournal(writers.identified(start, now))
    return _Opened(journal, FactLog(journal, DisabledBlobs()), None, lambda: None)


def _supersede(name: str, place: active.Place, run_id: str | None = None) -> None:
    """End the runs of this place that nobody entered: the one of that name takes over.

    Args:
        name: of the run that takes over.
        place: where it is started.
        run_id: end only this one.
    """
    for run, other in active.session.open_pairs():
        if other.place == place and not other.was_entered and run_id in (None, run.id):
            other.supersede(name)
            if other.has_ended_run and run.url:
                tell_on_stderr(
                    f"run {run.name!r} was not finished and is kept as {run.status}, superseded by "
                    f"{name!r}. Use `with trialog.init(…) as run:`, call run.finish(), or pass "
                    "supersede=False."
                )


def _on_end(lifecycle: Lifecycle, opened: _Opened) -> None:
    active.session.remove(lifecycle)
    active.session.witness.close({"writer": opened.journal.start.writer})
    opened.leave()
    if not active.session.lifecycles():
        handlers.remove()


def _check_resume(resume: object, run_id: object) -> None:
    """``resume=`` names a run."""
    if isinstance(resume, bool):
        raise InvalidTypeError(f"init(resume={resume!r}): {RESUME}")
    if resume in RESUME_WORDS and run_id is not None:
        raise UsageError(f"init(resume={resume!r}): leave it out; {RESUME}")
    if run_id is not None and resume is not None:
        raise UsageError("init() takes id= to join a run or resume= to go on with one, not both")


def _check_hooks(given: object, environ: str) -> HookSet:
    if given is None and not environ:
        return HookSet()
    from trialog._tracking.hook_checks import check_hooks  # noqa: PLC0415 # loads shlex, shutil

    return check_hooks(given, environ)


def _check_initial(status: object) -> RunStatus:
    parsed = RunStatus.RUNNING if status is None else RunStatus.parse(status)  # type: ignore[arg-type]
    if parsed not in OPENABLE:
        raise UsageError(f"a run cannot begin as {parsed}; use PENDING or RUNNING")
    return parsed


def _check_parent(parent: Any) -> str | None:
    if parent is None or isinstance(parent, str):
        return parent
    identity = getattr(parent, "id", None)
    if not isinstance(identity, str):
        raise InvalidTypeError(f"parent must be a run or its id, not {type(parent).__name__}")
    return identity
