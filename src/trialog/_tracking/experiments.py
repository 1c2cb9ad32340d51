"""Experiments: runs that are recorded together, numbered across threads and processes.

An experiment's own facts are kept as a run's are: its record is a run of kind ``experiment``, with
attempts where it was gone on with. Its runs are runs like all others, of the same project; what
makes them its own stands in their first records.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from trialog import _names
from trialog._entities import RunStatus
from trialog._format.facts import Start
from trialog._format.folders import ProjectFolder, StoreFolder
from trialog._format.records import Kind
from trialog._settings import Settings, parse_capture
from trialog._tracking import active, writers
from trialog._tracking.beginning import Manner, begin, fitting, open_nothing, tended
from trialog._tracking.client import LocalClient
from trialog._tracking.earlier import read_starts
from trialog._tracking.endings import Ends, check_end, check_ends, ending_of
from trialog._tracking.facts import check_description, check_tags
from trialog._tracking.handlers import in_notebook
from trialog._tracking.parameters import flatten
from trialog._tracking.run import Run
from trialog._tracking.sealing import check_unsealed, is_sealed
from trialog._tracking.starting import Record, hooks_of, start_run
from trialog._writing import claims
from trialog._writing import store as stores
from trialog._writing.filesystem import can_map
from trialog._writing.journal import Journal
from trialog._writing.trouble import tell_on_stderr
from trialog.errors import (
    InvalidNameError,
    InvalidTypeError,
    NotFoundError,
    SealedError,
    TrialogError,
    UsageError,
)

R = TypeVar("R", bound=Run)
_RESERVED = ("org.opencontainers.", "vnd.trialog.")


class Address(NamedTuple):
    """Where an experiment is: enough to find it from another process."""

    home: Path
    namespace: str
    project: str
    experiment: str

    @property
    def folder(self) -> ProjectFolder:
        """The folder of its project."""
        return StoreFolder(self.home).project(self.namespace, self.project)


class ExperimentRecorder:
    """Writes one experiment, for one process.

    Attributes:
        start: the first record of the experiment's first attempt.
        address: where it is; None where nothing is kept.
    """

    def __init__(
        self,
        start: Start,
        address: Address | None,
        recording: Run | None,
        *,
        captured: frozenset[str] | None = None,
        strict: bool = False,
        joins: bool = True,
    ) -> None:
        """Make one of an experiment that is there.

        Args:
            start: its first record.
            address: where it is; None where nothing is kept.
            recording: its record, where this process has opened that.
            captured: what it keeps about itself; as TRIALOG_CAPTURE says where not given.
            strict: raise where something cannot be kept.
            joins: whether a run of this process also opens the record.
        """
        self.start = start
        self.address = address
        self._folder = None if address is None else address.folder
        self._recording = recording
        self._joins = joins
        self._strict = strict
        self._settings = Settings.from_environ()
        self._captured = self._settings.capture if captured is None else captured
        self._first = self._next = start.number or 0
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._may_map: bool | None = None
        self._template = {each.name: getattr(start, each.name) for each in fields(start)} | {
            "writer": "",
            "role": "run",
            "kind": "run",
            "experiment": start.run,
            "subject": None,
            "parent": None,
            "attempt": 1,
            "status": RunStatus.RUNNING.value,
        }

    # -- its own record ------------------------------------------------------------------------

    @property
    def is_sealed(self) -> bool:
        """Whether it takes nothing more."""
        return self._folder is not None and is_sealed(self._folder, self.start.run)

    @property
    def opened(self) -> Run | None:
        """Its record, where this process has opened it and not left it."""
        run = self._recording
        return None if run is None or run.is_ended else run

    @property
    def next_number(self) -> int:
        """The number of the next run, as far as this process knows."""
        return self._next

    @property
    def is_finished(self) -> bool:
        """Whether its record was opened here and has ended."""
        return self._recording is not None and self._recording.is_ended

    def check_unsealed(self) -> None:
        """Refuse where it is committed.

        Raises:
            SealedError: it is.
        """
        if self._folder is not None:
            check_unsealed(self._folder, self.start)

    def recording(self) -> Run:
        """Its record, opened by this process where that is not so yet.

        Where the experiment lives elsewhere this process joins it; where it has ended, with an
        error or without, this is its next attempt.

        Raises:
            SealedError: it is committed.
            StoreError: the store cannot be written.
        """
        with self._lock:
            if (run := self.opened) is not None:
                return run
            self.check_unsealed()
            address = self.address
            if address is None:
                assert self._recording is not None  # noqa: S101 # nothing is kept: it is never lost
                return self._recording
            self._recording = start_run(
                Run,
                self.start.namespace,
                self.start.project,
                client=LocalClient(address.home),
                id=self.start.run,
                record=Record(),
                supersede=False,
                strict=self._strict,
                capture=self._captured,
            )
            return self._recording

    def edit(self, **changes: Any) -> None:
        """Change what is said of it: in its record where that is open, else beside it.

        Raises:
            SealedError: it is committed.
            InvalidTypeError: a change that cannot be made.
            StoreError: the store cannot be written.
        """
        run = self.opened
        if run is None and self.address is not None:
            edit_experiment(self.address, **changes)
        else:
            what = " and ".join(changes)
            (run or self.recording())._append_fact(Kind.EDIT, changes, what)  # noqa: SLF001 # its record

    def leave(self, error: BaseException) -> None:
        """A block of it ends with an error: it stays open to go on with, and says why."""
        if (run := self.opened) is not None:
            run._leave_block(error)  # noqa: SLF001 # its record

    def pause(self) -> None:
        """A block of it ends well, and more may come: an exit now is no failure."""
        if (run := self.opened) is not None:
            run._set_at_exit(RunStatus.COMPLETED)  # noqa: SLF001 # its record

    # -- its runs ------------------------------------------------------------------------------

    def run(
        self,
        run_class: type[R],
        name: str | None = None,
        description: str | None = None,
        *,
        tags: str | Iterable[str] = (),
        parameters: Any = None,
        ends: Ends | None = None,
        at_exit: RunStatus | str | None = None,
        capture: bool | str | Iterable[str] | None = None,
        hooks: Any = None,
        strict: bool | None = None,
    ) -> R:
        """Start the next run; :meth:`trialog.Experiment.run` says what the arguments mean."""
        rules = check_ends(ends)
        status = self._settings.at_exit if at_exit is None else check_end(at_exit)
        if name is not None:
            name = _names.normalise(_names.check_name(name, "run"))
        wish = self._template | {
            "name": name or "",
            "description": check_description(description),
            "tags": check_tags(tags),
        }
        good: Mapping[str, Any] = {}
        if parameters is not None:
            good, bad = flatten(parameters)
            if bad:
                raise bad[0]
        manner = Manner(
            ends=rules,
            at_exit=status,
            place=active.this_place(is_notebook=in_notebook()),
            supersede=False,
            captured=self._captured_by_run(capture),
            hooks=hooks_of(hooks, self._settings.hooks),
            settings=self._settings,
            is_brief=True,
        )
        strict = self._strict if strict is None else strict
        if self.address is None or self._folder is None:
            start = self._counted(wish)
            return begin(run_class, open_nothing(start), start, manner, good)
        if self._joins:
            self.recording()
        active.session.witness.hear_out()  # what was printed before is not this run's
        now = time.time_ns()
        run_id = writers.new_id(now)
        journal: Journal | None = None
        try:
            begun = self._claimed(self.address, self._folder, wish, run_id, now)
            journal = writers.open_journal(
                self._folder,
                fitting(begun) if begun.tags or begun.description else begun,
                strict=strict,
                may_map=self._maps(self._folder),
                is_brief=True,
            )
            self.check_unsealed()  # again: who was stopped in between has come too late
            opened = tended(journal, StoreFolder(self.address.home), self._folder)
            return begin(run_class, opened, begun, manner, good)
        except BaseException as error:  # a signal's handler may raise in the middle
            self._withdraw(self._folder, run_id, journal, error)
            if isinstance(error, OSError) and not isinstance(error, TrialogError):
                raise stores.unwritable(self.address.home, error) from error
            raise

    def _captured_by_run(self, capture: object) -> frozenset[str]:
        """What a run keeps about itself: nothing, where the experiment does so in this process."""
        if capture is not None:
            return parse_capture(capture, "experiment.run(capture=…)")
        is_attended = self.opened is not None and os.getpid() == self._pid
        return frozenset() if is_attended else self._captured

    def _claimed(
        self, address: Address, folder: ProjectFolder, wish: dict[str, Any], run_id: str, now: int
    ) -> Start:
        """A first record with the run's id, its number and its name.

        The number is claimed before it is looked whether the experiment is sealed; who seals it
        looks for numbers after the claim to do so. One of the two sees the other.
        """
        experiment = self.start.run
        try:
            number = claims.claim_number(
                folder, experiment, run_id, least=self._first, hint=self._next
            )
        except OSError as error:
            raise stores.unwritable(address.home, error) from error
        self._next = number + 1
        self.check_unsealed()
        name = wish["name"] or claims.member_name(self.start.name, number)
        if wish["name"] or claims.is_claimed(folder, name):
            name = claims.claim_name(folder, name, run_id)
        own = {"run": run_id, "number": number, "name": name, "created_ns": now}
        return Start(**wish | own | writers.identity(now))

    def _withdraw(
        self, folder: ProjectFolder, run_id: str, journal: Journal | None, error: BaseException
    ) -> None:
        """A run could not be begun, and nobody holds it: it has ended, or was never there."""
        if isinstance(error, SealedError) and (own := self.opened) is not None:
            own.finish()  # another object of this process has committed the experiment
        for run, lifecycle in active.session.open_pairs():
            if run.id == run_id:
                lifecycle.end_with(error)
                return
        if journal is not None and not isinstance(error, SealedError):
            journal.close(Kind.END, ending_of(error, {}))
            return
        if journal is not None:
            journal.close(Kind.LEAVE)
            shutil.rmtree(folder.run(run_id), ignore_errors=True)
        for number in (self._next - 1, self._next):  # the next run gets its number
            if claims.number_claimed_by(folder, self.start.run, number) == run_id:
                claims.give_back_number(folder, self.start.run, number)
                self._next = number

    def _counted(self, wish: dict[str, Any]) -> Start:
        """As :meth:`_claimed`, where nothing is kept."""
        number, self._next = self._next, self._next + 1
        name = wish["name"] or claims.member_name(self.start.name, number)
        return Start(**wish | {"name": name, "number": number, "run": "", "created_ns": 0})

    def _maps(self, folder: ProjectFolder) -> bool:
        """Whether the project's file system allows maps; looked up once, for a thousand runs."""
        if self._may_map is None:
            self._may_map = can_map(folder.path)
        return self._may_map


def start_experiment(
    name: str | None = None,
    description: str | None = None,
    *,
    namespace: str | None = None,
    project: str | None = None,
    client: Any = None,
    tags: str | Iterable[str] = (),
    parameters: Any = None,
    capture: bool | str | Iterable[str] | None = None,
    hooks: Any = None,
    strict: bool = False,
    parent: str | None = None,
    record: Record | None = None,
) -> ExperimentRecorder:
    """Start an experiment; :class:`trialog.Experiment` says what the arguments mean.

    Raises:
        UsageError: a name or combination that cannot mean anything.
        StoreError: the store cannot be written.
    """
    if name is not None:
        _names.check_name(name, "experiment")
    if name is not None and str(name).startswith("sha256:"):
        raise InvalidNameError(
            f"the experiment name {name!r} is a digest's: those lead to what was committed"
        )
    run = start_run(
        Run,
        name=name,
        description=description,
        namespace=namespace,
        project=project,
        client=client,
        tags=tags,
        parameters=parameters,
        capture=capture,
        hooks=hooks,
        strict=strict,
        parent=parent,
        supersede=False,
        record=record or Record(),
    )
    if name is not None and run.name != name and run.home is not None:
        tell_on_stderr(
            f"there is an experiment {name!r} in {run.project.slug!r} already: this one is called "
            f"{run.name!r}; trialog.Experiment.open({name!r}) goes on with that one"
        )
    settings = Settings.from_environ()
    captured = settings.capture if capture is None else parse_capture(capture, "capture")
    return ExperimentRecorder(
        run.first_record, _address_of(run), run, captured=captured, strict=strict
    )


def _address_of(run: Run) -> Address | None:
    start, home = run.first_record, run.home
    if home is None:
        return None
    return Address(StoreFolder.of_run(home).path, start.namespace, start.project, start.run)


def open_experiment(address: Address, *, joins: bool = True) -> ExperimentRecorder:
    """An experiment that is there. Nothing is written before something is logged.

    Args:
        address: where it is.
        joins: whether a run of this process also opens the experiment's own record; a worker's
            need not.

    Raises:
        NotFoundError: it is not.
    """
    starts = read_starts(address.folder.run(address.experiment))
    found = next((start for start in starts if start.kind == "experiment"), None)
    if found is None:
        raise NotFoundError(
            f"there is no experiment {address.experiment!r} in the store {str(address.home)!r}"
        )
    return ExperimentRecorder(found, address, None, joins=joins)


def check_annotation(key: object, text: object) -> dict[str, str | None]:
    """An annotation as edits have it; None takes it away.

    Raises:
        InvalidNameError: the key cannot be one, or is reserved.
        InvalidTypeError: the text is neither text nor None.
    """
    checked = _names.check_name(key, "annotation")
    if checked.startswith(_RESERVED):
        raise InvalidNameError(
            f"the annotation {checked!r} is reserved: {' and '.join(_RESERVED)} say themselves "
            "what they mean; use a key of your own, as 'org.example.ticket'"
        )
    if text is not None and not isinstance(text, str):
        raise InvalidTypeError(
            f"annotation {checked!r} must be text, not {type(text).__name__}: {_names.shown(text)}"
        )
    return {checked: text}


def edit_experiment(address: Address, **changes: Any) -> None:
    """Change what is said of an experiment in this store; a committed one may be changed so too.

    Raises:
        InvalidNameError, InvalidTypeError: a change that cannot be made.
        NotFoundError: it is not there.
        StoreError: the store cannot be written.
    """
    writers.edit_recorded(address.home, address.folder.run(address.experiment), changes)


def rename_experiment(address: Address, name: object) -> str:
    """Give an experiment another name; the old one goes on leading to it.

    Returns:
        The name that it has now: a taken one gets a number, and that is said.

    Raises:
        InvalidNameError: it cannot be a name.
        StoreError: the store cannot be written.
    """
    wish = _names.normalise(_names.check_name(name, "experiment"))
    given = wish
    if claims.experiment_claimed_by(address.folder, wish) != address.experiment:
        try:
            given = claims.claim_experiment(address.folder, wish, address.experiment)
        except OSError as error:
            raise stores.unwritable(address.home, error) from error
    edit_experiment(address, name=given)
    if given != wish:
        tell_on_stderr(f"another experiment is called {wish!r}: this one is called {given!r} now")
    return given


def tag_experiment(address: Address, name: object) -> None:
    """Let one more name lead to an experiment.

    Raises:
        InvalidNameError: it cannot be a name.
        UsageError: it leads to another experiment.
        StoreError: the store cannot be written.
    """
    wish = _names.normalise(_names.check_name(name, "experiment"))
    try:
        is_ours = claims.claim_alias(address.folder, wish, address.experiment)
    except OSError as error:
        raise stores.unwritable(address.home, error) from error
    if not is_ours:
        other = claims.experiment_claimed_by(address.folder, wish) or ""
        starts = read_starts(address.folder.run(other)) if other else []
        called = f" {starts[0].name!r}" if starts else ""
        raise UsageError(
            f"the name {wish!r} leads to the experiment{called} ({other}) already; take another, "
            "or rename this one"
        )
