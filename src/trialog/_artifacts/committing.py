"""Committing an experiment: from journals that may grow to one artifact that never changes.

Everything is prepared before anybody sees it: blobs first, then the one record that says that the
experiment is sealed as a digest. Whatever cuts it off, the experiment is open as before, or it is
committed.
"""

from __future__ import annotations

import os
import time

from trialog._artifacts.building import build
from trialog._artifacts.descriptions import Material
from trialog._artifacts.fates import await_witnesses, settle
from trialog._artifacts.inheritance import read_inheritance
from trialog._artifacts.members import Members, read_members, refuse_open
from trialog._artifacts.observations import Observed, Observer
from trialog._catalog import Catalog
from trialog._format.facts import Commit
from trialog._format.folders import StoreFolder, day_of
from trialog._journals.addresses import ProjectPlace, RunPlace
from trialog._tracking import active, writers
from trialog._tracking.attempts import find_alive
from trialog._tracking.earlier import read_commit, read_writers
from trialog._tracking.experiments import Address, ExperimentRecorder
from trialog._tracking.run import Run
from trialog._tracking.sealing import Seal
from trialog._writing import store as stores
from trialog._writing.blobs import BlobWriter
from trialog._writing.identity import this_process
from trialog.errors import NotFoundError, SealedError, TrialogError, UsageError

_WITNESS_S = 3.0  # so long a commit waits for the last lines of a console


def commit(recorder: ExperimentRecorder, catalog: Catalog) -> str:
    """Seal an experiment.

    Args:
        recorder: writes it, for this process.
        catalog: of its store.

    Returns:
        The digest of the artifact, ``sha256:…``; of one that is committed the one it has.

    Raises:
        UsageError: runs are still open; the message names them. Or another process records it.
        IntegrityError: something that was logged is missing from the store, or damaged.
        StoreError: the store cannot be written; the experiment stays open.
    """
    address = recorder.address
    assert address is not None  # noqa: S101 # where nothing is kept there is nothing to commit
    folder = address.folder.run(address.experiment)
    if (found := read_commit(folder)) is not None:
        return found.digest
    try:
        try:
            return _Committing(recorder, catalog, address).run()
        except SealedError:  # another process is just at it: what comes of that is ours too
            with Seal(address.folder, address.experiment):
                found = read_commit(folder)
            return _Committing(recorder, catalog, address).run() if found is None else found.digest
    except OSError as error:
        if isinstance(error, TrialogError):
            raise
        raise stores.unwritable(address.home, error) from error


class _Committing:
    """One commit."""

    def __init__(self, recorder: ExperimentRecorder, catalog: Catalog, address: Address) -> None:
        self._recorder = recorder
        self._catalog = catalog
        self._address = address
        self._store = StoreFolder(address.home)
        self._first = recorder.start.number or 0
        self._known: dict[str, Observed] = {}

    def run(self) -> str:
        address = self._address
        active.session.steward.drain()
        self._members()  # what is refused now has changed nothing
        records = self._records()
        with Seal(address.folder, address.experiment):
            found = read_commit(address.folder.run(address.experiment))
            if found is not None:  # by another process, while this one waited
                return found.digest
            members = self._members()  # who came before the claim is here; nobody comes after it
            for record in records:
                record.finish()
            return self._seal(members)

    # -- before --------------------------------------------------------------------------------

    def _observer(self) -> Observer:
        return Observer(self._store, time.time_ns())

    def _own(self) -> Observed:
        address = self._address
        project = ProjectPlace(address.namespace, address.project)
        place = RunPlace(project, day_of(address.experiment), address.experiment)
        own = self._observer().observe(place)
        if own is None:
            raise NotFoundError(f"the experiment {address.experiment!r} is not there any more")
        return own

    def _members(self) -> Members:
        """The runs, all of them ended.

        Raises:
            UsageError: some are open.
        """
        members = read_members(self._observer(), self._address, self._first, self._known)
        refuse_open(self._recorder.start.name, members, self._catalog)
        return members

    # -- the record ----------------------------------------------------------------------------

    def _records(self) -> list[Run]:
        """What this process has opened of the experiment itself, by whatever object.

        The last of them ends the experiment; there are none where it has ended already, and its
        status is sealed as it is.

        Raises:
            UsageError: another process records the experiment.
        """
        opened = [run for run in active.session.open_runs() if run.id == self._address.experiment]
        opened.sort(key=_is_owner)
        if opened and _is_owner(opened[-1]):
            return opened
        self._check_ours()
        for run in opened:
            run.finish()  # it joined a process that has ended since
        if self._own().row["status"] is not None:
            return []
        run = self._recorder.recording()
        if not _is_owner(run):
            self._check_ours()
        return [run]

    def _check_ours(self) -> None:
        """Refuse where another process records the experiment.

        Raises:
            UsageError: one does.
        """
        project, here = self._address.folder, this_process()
        others = [
            start
            for start in read_writers(project.run(self._address.experiment))
            if (start.pid, start.boot, start.pid_namespace)
            != (here.pid, here.boot, here.pid_namespace)
        ]
        alive = find_alive(project, others)
        if alive is not None:
            raise UsageError(
                f"experiment {self._recorder.start.name!r} is recorded by process {alive.pid} on "
                f"{alive.host}: that one commits it, or has to end before another can"
            )

    # -- the artifact --------------------------------------------------------------------------

    def _seal(self, members: Members) -> str:
        active.session.steward.drain()
        until = time.monotonic() + _WITNESS_S
        observer = self._observer()
        everything = await_witnesses(observer, [self._own(), *members.runs], until)
        own, *runs = settle(observer, self._catalog, everything)
        self._check_ended(own, runs)
        inheritance = read_inheritance(self._store, self._catalog, observer, own.start)
        built = build(self._store, Material(own, runs, inheritance))
        BlobWriter(self._store).put(built.data)
        said = Commit(
            digest=built.digest,
            size_bytes=len(built.data),
            artifact_bytes=built.artifact_bytes,
            by=this_process().user,
        )
        address = self._address
        writers.note_commit(address.home, address.folder.run(address.experiment), said)
        return built.digest

    def _check_ended(self, own: Observed, runs: list[Observed]) -> None:
        """Refuse where somebody has gone on just before the claim.

        Raises:
            UsageError: somebody has.
        """
        for entry in (own, *runs):
            if entry.row["status"] is None:
                start = entry.starts("run")[-1]
                raise UsageError(
                    f"{entry.row['name']!r} has just been gone on with by process {start.pid} on "
                    f"{start.host}: commit once that has ended"
                )


def _is_owner(run: Run) -> bool:
    """Whether this very process has begun the attempt that a record belongs to."""
    start = run.first_record
    return start.role == "run" and start.pid == os.getpid()
