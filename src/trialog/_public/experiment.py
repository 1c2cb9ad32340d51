"""Experiments: runs recorded together, read together, and sealed as one artifact."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Never, Self, TypeVar

from trialog import _names
from trialog._entities import RunStatus
from trialog._public.experiment_changes import ExperimentChanges
from trialog._public.experiment_facts import ExperimentFacts
from trialog._public.run import Run
from trialog._public.sharing import ExperimentSharing
from trialog._tracking.client import LocalClient
from trialog._tracking.experiments import (
    Address,
    ExperimentRecorder,
    check_annotation,
    edit_experiment,
    open_experiment,
    start_experiment,
)
from trialog._tracking.facts import check_description
from trialog._tracking.foreign import (
    EXPERIMENT_KEYWORDS,
    EXPERIMENT_NAMES,
    EXPERIMENT_RUN_KEYWORDS,
    own_names,
    point,
    pointing,
)
from trialog._tracking.solving import Solving
from trialog.errors import UsageError

if TYPE_CHECKING:
    from trialog._tracking.endings import Ends
    from trialog._tracking.facts import FactLog
    from trialog._tracking.hooks import Hook
    from trialog._tracking.run import Run as RecordedRun
    from trialog.codecs import AttachmentCodec

T = TypeVar("T")
_RUN_KEYWORDS = (
    "name",
    "description",
    "tags",
    "parameters",
    "ends",
    "at_exit",
    "capture",
    "hooks",
    "strict",
)
_KEYWORDS = (
    "name",
    "namespace",
    "project",
    "commit",
    "description",
    "client",
    "tags",
    "parameters",
    "capture",
    "hooks",
    "strict",
)


@pointing(EXPERIMENT_NAMES, lambda _, name: point("an experiment", name, EXPERIMENT_NAMES))
class Experiment(ExperimentSharing, ExperimentChanges, Solving):
    """Runs that are recorded together, read together, and sealed as one artifact.

    ``Experiment("sweep-1")`` starts one; :meth:`open` goes on with one that is there, whatever
    happened to the process that began it. Everything is kept when a call returns, so there is
    nothing to save in between. A block that ends normally commits it; one that ends with an
    error leaves it open to go on with.

    Args:
        name: among the experiments of its project; a taken one gets ``_1``, ``_2``, …; none given,
            a random one. It is settled now, not at the commit.
        namespace: as for :func:`trialog.init`.
        project: as for :func:`trialog.init`; ``"namespace/project"`` too.
        commit: False leaves it open after its block, for the next cell.
        description: what it is about.
        client: where it is kept; this machine's store where not given.
        tags: labels to find it by.
        parameters: the experiment's own, as for :meth:`Run.log_parameters`.
        capture: what it keeps about itself, once for all runs of this process, as for
            :func:`trialog.init`.
        hooks: whom to tell when it starts, ends or has an alert, as for :func:`trialog.init`.
        strict: raise where the store cannot take what is logged.
        unknown: none; a misspelt keyword is answered with the nearest.

    Raises:
        UsageError: a name or combination that cannot mean anything.
        StoreError: the store cannot be written.

    Example:
        >>> import trialog
        >>> with trialog.Experiment("sweep-1", project="acme/examples") as experiment:
        ...     for lr in (0.1, 0.2):
        ...         with experiment.run() as run:
        ...             run.log_parameter("lr", lr)
        >>> experiment.run_parameters_df()["lr"].tolist()
        [0.1, 0.2]
        >>> experiment.is_committed
        True
    """

    def __init__(
        self,
        name: str | None = None,
        namespace: str | None = None,
        project: str | None = None,
        commit: bool = True,  # OMMX's users give it by keyword
        *,
        description: str | None = None,
        client: LocalClient | None = None,
        tags: str | Iterable[str] = (),
        parameters: Any = None,
        capture: bool | str | Iterable[str] | None = None,
        hooks: Hook | Iterable[Hook] | None = None,
        strict: bool = False,
        **unknown: Never,
    ) -> None:
        _names.refuse_keywords("Experiment", unknown, _KEYWORDS, EXPERIMENT_KEYWORDS)
        namespace, project = _place(namespace, project)
        recorder = start_experiment(
            name,
            description,
            namespace=namespace,
            project=project,
            client=client,
            tags=tags,
            parameters=parameters,
            capture=capture,
            hooks=hooks,
            strict=strict,
        )
        super().__init__(recorder)
        self._commits = commit

    @classmethod
    def _of(cls, recorder: ExperimentRecorder | None, loaded: Any = None) -> Self:
        experiment = cls.__new__(cls)
        ExperimentFacts.__init__(experiment, recorder, loaded)
        experiment._commits = True  # noqa: SLF001 # its own
        return experiment

    @classmethod
    def open(
        cls,
        name_or_id: str,
        project: str | None = None,
        *,
        commit: bool = True,
        client: LocalClient | None = None,
    ) -> Self:
        """An experiment of the store, to read it and to go on with it where it is not committed.

        Nothing is written before a run is started or something is logged. One that was killed has
        all its runs as they were.

        Args:
            name_or_id: its name, another name by :meth:`tag`, its id, or at least 6 first letters
                of that.
            project: ``"project"`` or ``"namespace/project"``, where the name stands in several.
            commit: False leaves it open after its next block.
            client: the store; the default one where not given.

        Raises:
            NotFoundError: there is none; the message names the nearest. Nothing asks a network.
            UsageError: several are meant.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("long", commit=False) as experiment:
            ...     experiment.run().finish()
            >>> experiment.finish()
            >>> experiment = trialog.Experiment.open("long")
            >>> with experiment, experiment.run() as run:
            ...     run.run_id
            1
        """
        from trialog._public.experiments import find_experiment  # noqa: PLC0415 # loads SQL

        experiment = cls._of(open_experiment(find_experiment(name_or_id, project, client)))
        experiment._commits = commit  # noqa: SLF001 # its own
        return experiment

    def __dir__(self) -> list[str]:
        return own_names([*super().__dir__()], EXPERIMENT_NAMES)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self._address(), self._commits)

    # -- recording -----------------------------------------------------------------------------

    def run(
        self,
        name: str | None = None,
        description: str | None = None,
        *,
        tags: str | Iterable[str] = (),
        parameters: Any = None,
        ends: Ends | None = None,
        at_exit: RunStatus | str | None = None,
        capture: bool | str | Iterable[str] | None = None,
        hooks: Hook | Iterable[Hook] | None = None,
        strict: bool | None = None,
        **unknown: Never,
    ) -> Run:
        """Start the next run: ``run.run_id`` is 0, 1, 2, … in the order of the starts.

        Several may be open at once, nested, in threads, and in worker processes that were given
        the experiment.

        Args:
            name: its name; ``"experiment/run_id"`` where not given.
            description: what it is about.
            tags: labels to find it by.
            parameters: as for :meth:`Run.log_parameters`.
            ends: exception classes to the statuses they end the run with.
            at_exit: the status where the interpreter exits and the run was left open.
            capture: what the run keeps about itself. Where not given that is what the experiment
                keeps of this process, once for all; in a worker process, each run its own.
            hooks: whom to tell, beside those of TRIALOG_HOOKS.
            strict: raise where the store cannot take what is logged; as the experiment, where not
                given.
            unknown: none; a misspelt keyword is answered with the nearest.

        Raises:
            SealedError: the experiment is committed.
            StoreError: the store cannot be written.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("ids") as experiment:
            ...     with experiment.run() as one, experiment.run() as other:
            ...         ids = one.run_id, other.run_id
            >>> ids
            (0, 1)
        """
        _names.refuse_keywords("run", unknown, _RUN_KEYWORDS, EXPERIMENT_RUN_KEYWORDS)
        return self._recorder.run(
            Run,
            name,
            description,
            tags=tags,
            parameters=parameters,
            ends=ends,
            at_exit=at_exit,
            capture=capture,
            hooks=hooks,
            strict=strict,
        )

    def log_parameter(self, name: str, value: Any) -> None:
        """Log one parameter of the experiment itself, as :meth:`Run.log_parameter`.

        Raises:
            SealedError: the experiment is committed.
            InvalidNameError, InvalidTypeError: as :meth:`Run.log_parameter`.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("named") as experiment:
            ...     experiment.log_parameter("solver", "HiGHS")
            >>> experiment.parameters
            {'solver': 'HiGHS'}
        """
        self._record_of_process().log_parameter(name, value)

    def log_parameters(self, parameters: Any = None, /, **named: Any) -> None:
        """Log many parameters of the experiment itself, as :meth:`Run.log_parameters`.

        Raises:
            SealedError, InvalidNameError, InvalidTypeError: as :meth:`log_parameter`.
        """
        self._record_of_process().log_parameters(parameters, **named)

    def log_json(
        self, name: str, value: Any, *, step: int | None = None, overwrite: bool = True
    ) -> None:
        """Attach a JSON value to the experiment itself, as :meth:`Run.log_json`.

        Raises:
            SealedError: the experiment is committed.
            InvalidNameError, InvalidTypeError, AttachmentExistsError: as :meth:`Run.log_json`.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("noted-2") as experiment:
            ...     experiment.log_json("plan", ["first", "then"])
            >>> experiment.get_json("plan")
            ['first', 'then']
        """
        self._record_of_process().log_json(name, value, step=step, overwrite=overwrite)

    def log_file(
        self,
        name: str,
        path: str | os.PathLike[str],
        media_type: str | None = None,
        filename: str | None = None,
        *,
        step: int | None = None,
        overwrite: bool = True,
    ) -> None:
        """Attach a file to the experiment itself, as :meth:`Run.log_file`.

        Raises:
            SealedError: the experiment is committed.
            MissingFileError, UnreadableFileError: as :meth:`Run.log_file`.
        """
        self._record_of_process().log_file(
            name, path, media_type, filename, step=step, overwrite=overwrite
        )

    def log_directory(
        self,
        name: str,
        path: str | os.PathLike[str],
        pattern: str = "**/*",
        *,
        step: int | None = None,
        overwrite: bool = True,
    ) -> list[str]:
        """Attach the files of a directory to the experiment itself, as :meth:`Run.log_directory`.

        Raises:
            SealedError: the experiment is committed.
            MissingFileError, UnreadableFileError, UsageError: as :meth:`Run.log_directory`.
        """
        return self._record_of_process().log_directory(
            name, path, pattern, step=step, overwrite=overwrite
        )

    def log_attachment(
        self,
        name: str,
        media_type: str,
        bytes: bytes | bytearray | memoryview,  # noqa: A002 # OMMX's name for it
        *,
        filename: str | None = None,
        step: int | None = None,
        overwrite: bool = True,
    ) -> None:
        """Attach bytes to the experiment itself, as :meth:`Run.log_attachment`.

        Raises:
            SealedError: the experiment is committed.
            InvalidNameError, InvalidTypeError, AttachmentExistsError: as
                :meth:`Run.log_attachment`.
        """
        self._record_of_process().log_attachment(
            name, media_type, bytes, filename=filename, step=step, overwrite=overwrite
        )

    def log_with_codec(
        self,
        codec: type[AttachmentCodec[T]] | AttachmentCodec[T],
        name: str,
        value: T,
        *,
        step: int | None = None,
        overwrite: bool = True,
    ) -> None:
        """Attach what a codec makes of a value, as :meth:`Run.log_with_codec`.

        Raises:
            SealedError: the experiment is committed.
            InvalidTypeError: the codec lacks a member, or gave no bytes.
        """
        self._record_of_process().log_with_codec(codec, name, value, step=step, overwrite=overwrite)

    def log_value(
        self, name: str, value: Any, step: int | None = None, *, overwrite: bool = True
    ) -> None:
        """Attach a value with the codec of its type, as :meth:`Run.log_value`.

        Raises:
            SealedError: the experiment is committed.
            InvalidTypeError: no codec takes it.
        """
        self._record_of_process().log_value(name, value, step, overwrite=overwrite)

    def set_annotation(self, key: str, text: str | None) -> None:
        """Set a text by a key; it stands in the artifact's manifest. None takes it away.

        Keys like ``org.example.ticket`` are the custom; those of OCI (``org.opencontainers.``) and
        of trialog (``vnd.trialog.``) say themselves what they mean, and are refused.

        Raises:
            SealedError: the experiment is committed.
            InvalidNameError: the key cannot be one, or is reserved.
            InvalidTypeError: the text is no text.
        """
        self._recorder.edit(annotations=check_annotation(key, text))

    def add_tags(self, *tags: str | Iterable[str]) -> None:
        """Add tags, to find it by. Not part of what is sealed: a committed one takes them too.

        Raises:
            InvalidNameError: one of them cannot be a tag.
        """
        edit_experiment(self._address(), add_tags=list(tags))

    def remove_tags(self, *tags: str | Iterable[str]) -> None:
        """Remove tags; those it does not have are no error."""
        edit_experiment(self._address(), remove_tags=list(tags))

    def set_description(self, description: str | None) -> None:
        """Replace the description.

        Raises:
            SealedError: the experiment is committed.
            InvalidTypeError: neither text nor None.
        """
        self._recorder.edit(description=check_description(description))

    # -- how it ends ---------------------------------------------------------------------------

    def __enter__(self) -> Self:
        """Record it in a block; one that had ended goes on."""
        self._record_of_process()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Commit it, or leave it open as the exception says; the exception goes on.

        One that :meth:`finish` has ended in the block stays as that says.
        """
        if error is not None:
            self._recorder.leave(error)
        elif self._commits and not self._recorder.is_finished:
            self.commit()
        else:
            self._recorder.pause()

    def finish(self, status: RunStatus | str | None = None, reason: str | None = None) -> None:
        """End it without a commit; :meth:`open` goes on with it, and so does its next run.

        In a block too: the block commits nothing then.

        Args:
            status: COMPLETED where not given; FAILED, CRASHED, INTERRUPTED or CANCELED.
            reason: why, in words.

        Raises:
            UsageError: it cannot end with that status.
        """
        run = self._recorder.opened
        if run is not None:
            run.finish(status=status, reason=reason)

    def commit(self) -> str:
        """Seal it: it and its runs take nothing more, and the digest of the artifact names it.

        What is sealed is an OCI image manifest with everything that was recorded; docs/how-to/
        share-an-experiment.md says what is in it. One that is still recorded ends as COMPLETED; the
        status of one that has ended stays as it is. A second time changes nothing.

        Returns:
            The digest, ``sha256:…``.

        Raises:
            UsageError: runs are still open; the message names them. Or another process records it.
            StoreError: the store cannot be written; the experiment stays open.
            IntegrityError: something that was logged is missing from the store or damaged.

        Example:
            >>> import trialog
            >>> experiment = trialog.Experiment("by-hand")
            >>> experiment.run().finish()
            >>> experiment.commit().startswith("sha256:")
            True
        """
        if self._recorder.address is None:
            self.finish()
            return ""
        self._complete()
        from trialog._artifacts.committing import commit  # noqa: PLC0415 # loads SQL and pyarrow

        return commit(self._recorder, self._experiment_reader().catalog)

    # -- inside --------------------------------------------------------------------------------

    def _facts(self) -> FactLog:
        return self._record_of_process()._facts()  # noqa: SLF001 # its own

    def _refusing(self) -> AbstractContextManager[None]:
        return self._record_of_process()._refusing()  # noqa: SLF001 # its own

    def _record_of_process(self) -> RecordedRun:
        return self._recorder.recording()


def _place(namespace: str | None, project: str | None) -> tuple[str | None, str | None]:
    """Namespace and project; ``"namespace/project"`` may stand in one of the two places.

    Raises:
        UsageError: the namespace is said twice.
    """
    if namespace is not None and project is None and str(namespace).count("/") == 1:
        return None, namespace
    if namespace is not None and project is not None and "/" in str(project):
        raise UsageError(
            f"Experiment() was given the namespace twice, as {namespace!r} and in {project!r}"
        )
    return namespace, project


def _again(kind: type[Experiment], address: Address, commits: bool) -> Experiment:
    """The experiment in a process that it was sent to."""
    experiment = kind._of(open_experiment(address, joins=False))  # noqa: SLF001 # its own
    experiment._commits = commits  # noqa: SLF001 # as above
    return experiment
