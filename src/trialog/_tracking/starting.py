"""``init()``: from names to a run that is open."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, NamedTuple, Never, TypeVar

from trialog import _names
from trialog._entities import OPENABLE, RunStatus
from trialog._format.facts import Start
from trialog._settings import Settings, parse_capture
from trialog._tracking import active
from trialog._tracking.beginning import Manner, begin, end_unentered, open_nothing, open_run
from trialog._tracking.client import LocalClient, check_client
from trialog._tracking.destination import Pointers, check_id
from trialog._tracking.endings import Ends, check_end, check_ends
from trialog._tracking.facts import check_description, check_tags
from trialog._tracking.foreign import INIT_KEYWORDS, RESUME, RESUME_WORDS
from trialog._tracking.handlers import in_notebook
from trialog._tracking.hooks import HookSet
from trialog._tracking.launch import read_launch
from trialog._tracking.parameters import flatten
from trialog._tracking.places import Belonging, asked_for, belonging
from trialog._tracking.run import Run
from trialog.errors import (
    InvalidTypeError,
    UsageError,
)

R = TypeVar("R", bound=Run)


class Record(NamedTuple):
    """What makes a run the record of an experiment.

    Attributes:
        number: of the first run of its own; None but for a fork.
        subject: of a fork, the digest of its parent's manifest.
    """

    number: int | None = None
    subject: str | None = None


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
    record: Record | None = None,
    **unknown: Never,
) -> R:
    """Start a run of a class; :func:`trialog.init` says what the arguments mean.

    With ``record`` it is the record of an experiment: no rank of a launch, and nobody's other run.
    """
    _names.refuse_keywords("init", unknown, _KEYWORDS, INIT_KEYWORDS)
    _check_resume(resume, id)
    settings = Settings.from_environ()
    home = check_client(client, "init").home or settings.home
    rules = check_ends(ends)
    at_exit = settings.at_exit if at_exit is None else check_end(at_exit)
    asked = asked_for(namespace_slug, project_display_name, namespace, project, settings)
    run_id = check_id(id)
    is_led = not run_id and resume is None and settings.mode == "local" and record is None
    named = settings.run if is_led else None
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
        kind="run" if record is None else "experiment",
        number=None if record is None else record.number,
        subject=None if record is None else record.subject,
    )
    good, bad = flatten(parameters) if parameters is not None else ({}, [])
    if bad:
        raise bad[0]
    captured = settings.capture if capture is None else parse_capture(capture, "init(capture=…)")
    hook_set = hooks_of(hooks, settings.hooks)
    place = active.this_place(is_notebook=in_notebook())
    if supersede and wish.run:
        end_unentered(wish.run, place, run_id=wish.run)  # its own earlier attempt, in a notebook
    launch = read_launch(os.environ if record is None else {})
    pointers = Pointers(resume, named, launch, active.session.begun)
    is_kept = settings.mode != "disabled"
    opened = open_run(home, wish, pointers, strict=strict) if is_kept else open_nothing(wish)
    manner = Manner(
        ends=rules,
        at_exit=at_exit,
        place=place,
        supersede=supersede,
        captured=captured,
        hooks=hook_set,
        settings=settings,
    )
    return begin(run_class, opened, wish, manner, good)


def _check_resume(resume: object, run_id: object) -> None:
    """``resume=`` names a run."""
    if isinstance(resume, bool):
        raise InvalidTypeError(f"init(resume={resume!r}): {RESUME}")
    if resume in RESUME_WORDS and run_id is not None:
        raise UsageError(f"init(resume={resume!r}): leave it out; {RESUME}")
    if run_id is not None and resume is not None:
        raise UsageError("init() takes id= to join a run or resume= to go on with one, not both")


def hooks_of(given: object, environ: str) -> HookSet:
    """Whom to tell: those of a call, and those of TRIALOG_HOOKS."""
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
