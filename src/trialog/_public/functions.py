"""The module-level functions: ``trialog.init`` and what acts on the active run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Never, TypeVar, cast

from trialog._entities import RunStatus
from trialog._public.run import Run
from trialog._tracking import active
from trialog._tracking.calls import MISSING
from trialog._tracking.client import LocalClient
from trialog._tracking.endings import Ends
from trialog._tracking.hooks import Hook
from trialog._tracking.starting import start_run

if TYPE_CHECKING:
    from trialog.codecs import AttachmentCodec

T = TypeVar("T")


def init(
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
    hooks: Hook | Iterable[Hook] | None = None,
    **unknown: Never,
) -> Run:
    """Start a run. Needs no server and no account.

    ``init("digits")`` and ``init("acme/digits")`` name the project, the latter its namespace too.
    Two names are the namespace and the project: ``init("acme", "digits")``. The namespace is else
    TRIALOG_NAMESPACE, else the user's name; the project is else TRIALOG_PROJECT, else the folder of
    the git repository or script.

    Ranks of one torchrun or Slurm launch share a run: whoever comes first begins it. A process that
    finds TRIALOG_RUN (see :meth:`Run.environ`) writes to that run, whatever it is called here.

    Args:
        namespace_slug: an organisation or a user; alone, the project.
        project_display_name: the project, found or created by its slug.
        name: the run's name; a taken one gets ``_1``, ``_2``, …; none given, a random one.
        description: what it is about.
        status: RUNNING, or PENDING until its block or the first thing logged.
        client: where runs are kept; this machine's store where not given.
        namespace: the namespace, by keyword.
        project: the project, by keyword; ``"namespace/project"`` too.
        tags: labels to find it by.
        parameters: as for :meth:`Run.log_parameters`.
        parent: the run, or its id, that this one belongs to.
        id: the run's id; where a run of that id lives, this process joins it; where it has ended,
            this is its next attempt. It comes before TRIALOG_RUN and the launch, as ``resume``.
        resume: the id or name of an ended run of the project to go on with; its name and parent
            stay, tags and a description are added to it.
        ends: exception classes to the statuses they end the run with.
        at_exit: the status where the interpreter exits and the run was left open. A
            ``sys.exit(n)`` outside of a block counts as such an exit: Python tells nobody of it.
        supersede: whether a run of this place that nobody entered ends as FAILED.
        strict: raise where the store cannot take what is logged, instead of telling it once.
        capture: what the run keeps about itself beside what is logged: True for all, False for
            nothing, or some of ``code``, ``environment``, ``console`` and ``system``; as
            TRIALOG_CAPTURE says where not given, else all.
        hooks: whom to tell when the run starts, ends or has an alert: a callable that takes a
            dict, a command as a list of texts, a web address, or several of these; those of
            TRIALOG_HOOKS are told too. See docs/how-to/alerts-and-hooks.md.
        unknown: none; a misspelt keyword is answered with the nearest.

    Raises:
        UsageError: a name, status or combination that cannot mean anything; a run to resume that
            is still open; a TRIALOG_RUN that means nothing.
        NotFoundError: there is no run to resume, or none that TRIALOG_RUN names.
        StoreError: the store cannot be written.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "Protein folding", tags=["demo"]) as run:
        ...     run.log("loss", 0.3)
        >>> run.project.slug
        'protein-folding'
    """
    return start_run(
        Run,
        namespace_slug,
        project_display_name,
        name,
        description,
        status,
        client,
        namespace=namespace,
        project=project,
        tags=tags,
        parameters=parameters,
        parent=parent,
        id=id,
        resume=resume,
        ends=ends,
        at_exit=at_exit,
        supersede=supersede,
        strict=strict,
        capture=capture,
        hooks=hooks,
        **unknown,
    )


def get_active_run() -> Run:
    """The run that module-level functions log to.

    Raises:
        NoActiveRunError: none is open here, or several are and none was entered here.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo") as run:
        ...     trialog.get_active_run() is run
        True
    """
    return cast("Run", active.get_active_run())


def log(
    name: str | Mapping[str, Any],
    value: Any = MISSING,
    step: int | None = None,
    client: LocalClient | None = None,
    **unknown: Never,
) -> None:
    """:meth:`Run.log` of the active run.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo"):
        ...     trialog.log("loss", 0.3, step=1)
    """
    active.get_active_run().log(name, value, step, client, **unknown)


def log_parameter(name: str, value: Any) -> None:
    """:meth:`Run.log_parameter` of the active run.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo"):
        ...     trialog.log_parameter("lr", 1e-3)
    """
    active.get_active_run().log_parameter(name, value)


def log_parameters(parameters: Any = None, /, **named: Any) -> None:
    """:meth:`Run.log_parameters` of the active run.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo"):
        ...     trialog.log_parameters({"model": {"depth": 3}}, lr=1e-3)
    """
    active.get_active_run().log_parameters(parameters, **named)


def log_json(name: str, value: Any, *, step: int | None = None, overwrite: bool = True) -> None:
    """:meth:`Run.log_json` of the active run.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo"):
        ...     trialog.log_json("confusion", {"cat": [9, 1]})
    """
    active.get_active_run().log_json(name, value, step=step, overwrite=overwrite)


def log_file(
    name: str,
    path: str | os.PathLike[str],
    media_type: str | None = None,
    filename: str | None = None,
    *,
    step: int | None = None,
    overwrite: bool = True,
) -> None:
    """:meth:`Run.log_file` of the active run.

    Example:
        >>> import trialog
        >>> run = getfixture("run")
        >>> trialog.log_file("readme", "README.md")
    """
    active.get_active_run().log_file(
        name, path, media_type, filename, step=step, overwrite=overwrite
    )


def log_directory(
    name: str,
    path: str | os.PathLike[str],
    pattern: str = "**/*",
    *,
    step: int | None = None,
    overwrite: bool = True,
) -> list[str]:
    """:meth:`Run.log_directory` of the active run.

    Example:
        >>> import trialog
        >>> run = getfixture("run")
        >>> trialog.log_directory("plots", "plots", "*.svg")
        ['plots/loss.svg']
    """
    return active.get_active_run().log_directory(
        name, path, pattern, step=step, overwrite=overwrite
    )


def log_attachment(
    name: str,
    media_type: str,
    bytes: bytes | bytearray | memoryview,  # noqa: A002 # OMMX's name for it
    *,
    filename: str | None = None,
    step: int | None = None,
    overwrite: bool = True,
) -> None:
    """:meth:`Run.log_attachment` of the active run.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo"):
        ...     trialog.log_attachment("solver.log", "text/plain", b"optimal")
    """
    active.get_active_run().log_attachment(
        name, media_type, bytes, filename=filename, step=step, overwrite=overwrite
    )


def log_with_codec(
    codec: type[AttachmentCodec[T]] | AttachmentCodec[T],
    name: str,
    value: T,
    *,
    step: int | None = None,
    overwrite: bool = True,
) -> None:
    """:meth:`Run.log_with_codec` of the active run.

    Example:
        >>> import trialog
        >>> from trialog.codecs import TextCodec
        >>> with trialog.init("acme", "demo"):
        ...     trialog.log_with_codec(TextCodec, "note", "warm")
    """
    active.get_active_run().log_with_codec(codec, name, value, step=step, overwrite=overwrite)


def log_value(name: str, value: Any, step: int | None = None, *, overwrite: bool = True) -> None:
    """:meth:`Run.log_value` of the active run.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo"):
        ...     trialog.log_value("note", "warm")
    """
    active.get_active_run().log_value(name, value, step, overwrite=overwrite)


def alert(title: str, text: str = "", level: str = "info") -> None:
    """:meth:`Run.alert` of the active run.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo"):
        ...     trialog.alert("the loss goes up", level="warning")
    """
    active.get_active_run().alert(title, text, level)


def add_tags(*tags: str | Iterable[str]) -> None:
    """:meth:`Run.add_tags` of the active run.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo"):
        ...     trialog.add_tags("baseline", "gpu")
    """
    active.get_active_run().add_tags(*tags)


def set_description(description: str | None) -> None:
    """:meth:`Run.set_description` of the active run.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo"):
        ...     trialog.set_description("with a warm start")
    """
    active.get_active_run().set_description(description)


def finish(
    client: LocalClient | RunStatus | str | None = None,
    status: RunStatus | str | None = None,
    *,
    reason: str | None = None,
) -> None:
    """:meth:`Run.finish` of the active run.

    Example:
        >>> import trialog
        >>> run = trialog.init("acme", "demo")
        >>> trialog.finish("FAILED", reason="infeasible")
        >>> run.reason
        'infeasible'
    """
    active.get_active_run().finish(client, status, reason=reason)
