"""Bringing an experiment of OMMX's into a store: journals that say what its artifact says.

It becomes an experiment like one that was recorded here: it can be read, gone on with, committed.
Its ids are made of the digest, so the same artifact is the same experiment whoever loads it.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from trialog._artifacts.bringing import INCOMING
from trialog._artifacts.ommx import open_content
from trialog._artifacts.ommx_experiments import (
    OmmxAttachment,
    OmmxBlob,
    OmmxCall,
    OmmxExperiment,
    OmmxRun,
)
from trialog._artifacts.ommx_names import Names
from trialog._artifacts.sources import Artifact, hex_of
from trialog._entities import RunStatus
from trialog._format.facts import Attachment, End, Solve, Start
from trialog._format.folders import ProjectFolder, StoreFolder
from trialog._format.records import Kind
from trialog._tracking import writers
from trialog._tracking.earlier import read_starts
from trialog._tracking.experiments import Address
from trialog._tracking.facts import FactLog
from trialog._writing import claims
from trialog._writing import store as stores
from trialog._writing.blobs import BlobWriter
from trialog._writing.folders import make_folder, share, sync_folder
from trialog.errors import IntegrityError, TrialogError

SOURCE_KEY = "vnd.trialog.source"
_RESERVED = ("org.opencontainers.", "vnd.trialog.")
_ID_DIGITS = 32
_STATUSES = {
    "finished": RunStatus.COMPLETED,
    "failed": RunStatus.CRASHED,
    "interrupted": RunStatus.INTERRUPTED,
    "draft": RunStatus.COMPLETED,
}
_TRACE = "trace"


def id_of(digest: str) -> str:
    """The id of the experiment that an artifact of OMMX's becomes."""
    return f"ommx-{digest.removeprefix('sha256:')[:_ID_DIGITS]}"


def status_of(status: str) -> RunStatus:
    """What OMMX's word for a status is here."""
    return _STATUSES.get(status, RunStatus.FAILED)


def bring_in_ommx(artifact: Artifact, experiment: OmmxExperiment, start: Start, home: Path) -> None:
    """Write an experiment of OMMX's into a store. What was interrupted is done again.

    Attachments stay where they are until they are read, but for those that OMMX has packed: what
    they are once unpacked is known only then.

    Args:
        artifact: where it is.
        experiment: what it holds.
        start: the first record that the experiment is to have.
        home: the store.

    Raises:
        IntegrityError: a packed attachment is damaged, or the store has other runs of these ids.
        NotFoundError, RegistryError: a packed attachment cannot be fetched.
        StoreError: the store cannot be written.
    """
    store = stores.open_store(home, time.time_ns())
    try:
        _Bringing(artifact, experiment, start, store).run()
    except OSError as error:
        if isinstance(error, TrialogError):
            raise
        raise stores.unwritable(home, error) from error


def note_origin(address: Address, artifact: Artifact) -> None:
    """Remember where the attachments are, in case they have moved since."""
    if artifact.place is not None:
        with contextlib.suppress(OSError):  # it is remembered as before, then
            claims.note_origin(address.folder, address.experiment, artifact.place)


class _Bringing:
    """One artifact on its way."""

    def __init__(
        self, artifact: Artifact, experiment: OmmxExperiment, start: Start, store: StoreFolder
    ) -> None:
        self._artifact = artifact
        self._experiment = experiment
        self._store = store
        self._blobs = BlobWriter(store)
        self._start = start
        self._moved: list[Path] = []
        self._unpacked: dict[str, dict[str, Any]] = {}

    def run(self) -> None:
        project = writers.open_project(self._store, self._start, time.time_ns())
        name = claims.claim_experiment(project, self._start.name, self._start.run)
        self._start = replace(self._start, name=name)
        with self._folder() as folder:
            for run in self._experiment.runs:
                self._bring_run(project, run, folder)
            self._write_own(folder / self._start.run)
            if self._artifact.place is not None:
                claims.note_origin(project, self._start.run, self._artifact.place)
            for day in {each.parent for each in self._moved}:
                sync_folder(day)  # a loss of power must not leave an experiment without its runs
            self._move(folder / self._start.run, project)

    @contextlib.contextmanager
    def _folder(self) -> Iterator[Path]:
        make_folder(self._store.path / INCOMING)
        folder = Path(tempfile.mkdtemp(dir=self._store.path / INCOMING))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    # -- what is written -----------------------------------------------------------------------

    def _bring_run(self, project: ProjectFolder, run: OmmxRun, folder: Path) -> None:
        experiment = self._start.run
        run_id = f"{experiment}-{run.number}"
        claimed = claims.number_claimed_by(project, experiment, run.number)
        if claimed is None:
            claims.claim_number(project, experiment, run_id, least=run.number, hint=run.number)
        start = replace(
            self._start,
            run=run_id,
            kind="run",
            experiment=experiment,
            number=run.number,
            name=claims.member_name(self._start.name, run.number),
            description=None,
        )
        log = self._begin(folder / run_id, start)
        if run.parameters:
            log.append_parameters(dict(run.parameters))
        attachments = list(run.attachments)
        if run.trace is not None:
            attachments.append(OmmxAttachment(_TRACE, run.trace))
        for call in run.calls:
            self._write_call(log, call)
            if call.diagnostics is not None:
                name = f"diagnostics/{call.kind}-{call.number}"
                attachments.append(OmmxAttachment(name, call.diagnostics))
        self._write_attachments(log, attachments)
        log.journal.close(Kind.END, _end(run.status, run.reason))
        self._move(folder / run_id, project)

    def _write_own(self, folder: Path) -> None:
        experiment = self._experiment
        log = self._begin(folder, self._start)
        annotations = {
            key: text
            for key, text in experiment.annotations.items()
            if not key.startswith(_RESERVED)
        }
        annotations[SOURCE_KEY] = self._artifact.digest
        log.append(Kind.EDIT, {"annotations": annotations}, "annotations")
        self._write_attachments(log, experiment.attachments)
        log.journal.close(Kind.END, _end(experiment.status, experiment.reason))

    def _begin(self, folder: Path, start: Start) -> FactLog:
        make_folder(folder)
        return FactLog(writers.begin_unseen(folder, start), self._blobs)

    def _write_attachments(
        self, log: FactLog, attachments: list[OmmxAttachment] | tuple[OmmxAttachment, ...]
    ) -> None:
        names = Names("attachment")
        for each in attachments:
            name = names.give(each.name)
            attachment = Attachment(
                name=name,
                filename=each.filename or name.rpartition("/")[2],
                **self._kept(each.content),
            )
            log.append(Kind.ATTACHMENT, asdict(attachment), f"attachment {name!r}")

    def _write_call(self, log: FactLog, call: OmmxCall) -> None:
        solve = Solve(
            kind=call.kind,
            adapter=call.adapter,
            options=dict(call.options),
            status=call.status,
            input=self._kept(call.input),
            output=None if call.output is None else self._kept(call.output),
            began_ns=self._start.created_ns,
            duration_ns=0,
        )
        log.append(Kind.SOLVE, asdict(solve), f"a call of {call.adapter}")

    def _kept(self, content: OmmxBlob) -> dict[str, Any]:
        """A blob as facts name it; what is packed is fetched, unpacked and kept."""
        blob = content.descriptor
        if content.compression is None:
            said = {"sha256": hex_of(blob), "size_bytes": blob.size_bytes}
        elif blob.digest in self._unpacked:
            said = self._unpacked[blob.digest]
        else:
            with tempfile.NamedTemporaryFile(dir=self._store.path / INCOMING) as file:
                with open_content(self._artifact.source, content) as stream:
                    shutil.copyfileobj(stream, file)
                file.flush()
                kept = self._blobs.put_file(Path(file.name))
            said = {"sha256": kept.sha256, "size_bytes": kept.size_bytes}
            self._unpacked[blob.digest] = said
        return {**said, "media_type": content.media_type}

    # -- into place ----------------------------------------------------------------------------

    def _move(self, folder: Path, project: ProjectFolder) -> None:
        """Give a run's folder its place; what an earlier time brought there stays."""
        target = project.run(folder.name)
        make_folder(target.parent)
        try:
            folder.rename(target)
        except OSError:
            starts = read_starts(target)
            own = self._start.run
            if not starts or own not in (starts[0].run, starts[0].experiment):
                raise IntegrityError(
                    f"the artifact brings the run {folder.name}, and the store has another one of "
                    f"that id, in {self._start.namespace}/{self._start.project}"
                ) from None
        else:
            share(target)
        self._moved.append(target)


def _end(status: str, reason: str | None) -> End:
    return End(status=status_of(status).value, reason=reason)
