"""Bringing an artifact's journals into a store: checked first, then whole, and only once.

Everything is unpacked beside the store's runs and looked at there. Then runs are renamed into
their places one by one, and an experiment's own record last, with the fact that it is committed:
what was interrupted before that is done again, and comes to the same.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from trialog._artifacts.arrivals import Arrival, check_start, missing_from, sort_out
from trialog._artifacts.config import ExperimentConfig
from trialog._artifacts.forebears import forebears
from trialog._artifacts.forgeries import Arrived, check_forebears, check_standing, leave_out
from trialog._artifacts.journalpacks import (
    PACK_TYPE,
    JournalKey,
    unpack_journals,
    unpacked_bytes,
)
from trialog._artifacts.keeping import BlobKeeper
from trialog._artifacts.mentions import holds_commit, read_spilled
from trialog._artifacts.sources import Artifact
from trialog._catalog import provenance
from trialog._format.facts import Commit, Start
from trialog._format.folders import JOURNAL_SUFFIX, ProjectFolder, StoreFolder
from trialog._journals.addresses import ProjectPlace
from trialog._journals.journals import JournalFile
from trialog._journals.payloads import start_in
from trialog._oci.descriptors import Descriptor, verified
from trialog._oci.documents import shown
from trialog._oci.progress import Progress
from trialog._reading import catalog_of
from trialog._tracking import writers
from trialog._tracking.experiments import Address, edit_experiment
from trialog._writing import claims
from trialog._writing import store as stores
from trialog._writing.folders import make_folder, share, sync_folder, sync_tree
from trialog._writing.identity import this_process
from trialog._writing.trouble import tell_on_stderr
from trialog.errors import IntegrityError, NotFoundError, StoreError, TrialogError

INCOMING = "incoming"
_CHUNK_BYTES = 1 << 20
_MAX_RATIO = 10_000  # of unpacked bytes to packed ones: more is no content but an attack
_LEAST_LIMIT_BYTES = 64 << 20


def bring_in(
    artifact: Artifact, config: ExperimentConfig, home: Path, progress: Progress | None = None
) -> Address:
    """Put the journals of an artifact's experiment into a store, unless they are there.

    Attachments stay where they are until they are read.

    Args:
        artifact: the artifact.
        config: its configuration.
        home: the store.
        progress: is told how far the journals are.

    Returns:
        Where the experiment is now.

    Raises:
        IntegrityError: the artifact is damaged, or would touch what is not its own.
        UsageError: the experiment is open in this store.
        NotFoundError, RegistryError: its journals cannot be fetched.
        StoreError: the store cannot be written.
    """
    address = Address(home, config.namespace, config.project, config.id)
    standing = _standing(home, [config.id])
    known = [entry for entry in standing if entry.digest == artifact.digest]
    if known and (known[0].namespace, known[0].project) == (config.namespace, config.project):
        check_standing(artifact, config, address.folder, StoreFolder(home))
        keeper = BlobKeeper(StoreFolder(home))
        keeper.keep_bytes(artifact.data, artifact.descriptor)
        keeper.keep(artifact.manifest.config, artifact.source)
        _note_source(address, artifact)
        if known[0].is_deleted:  # who loads it wants to see it
            edit_experiment(address, deleted=False)
        return address
    store = stores.open_store(home, time.time_ns())
    _Bringing(artifact, config, store, progress).run()
    return address


class _Bringing:
    """One artifact on its way into a store."""

    def __init__(
        self,
        artifact: Artifact,
        config: ExperimentConfig,
        store: StoreFolder,
        progress: Progress | None,
    ) -> None:
        self._artifact = artifact
        self._config = config
        self._store = store
        self._progress = progress
        self._keeper = BlobKeeper(store)
        self._where = f"the artifact from {artifact.place or artifact.source.name}"

    def run(self) -> None:
        artifact, keeper = self._artifact, self._keeper
        packs = [layer for layer in artifact.manifest.layers if layer.media_type == PACK_TYPE]
        keeper.keep_bytes(artifact.data, artifact.descriptor)
        keeper.keep_all(
            (artifact.manifest.config, *packs), artifact.source, progress=self._progress
        )
        with self._folder() as folder:
            found = self._unpack(packs, folder)
            keys = list(found)
            self._refuse_commits(folder, keys)
            self._keep_spilled(folder, keys)
            starts = {
                key: check_start(key, self._first_record(folder, key), self._where) for key in keys
            }
            arrivals = sort_out(self._config, artifact.digest, starts, self._where)
            ids = list({key.run_id: None for key in keys})
            entries = _standing(self._store.path, ids, [each.id for each in arrivals])
            wanted = missing_from(arrivals, entries)
            arrived = Arrived(starts=starts, packs=found, where=self._where)
            unknown = check_forebears(artifact, arrivals, arrived, self._store)
            for arrival in wanted:
                if arrival.id in unknown:
                    leave_out(arrival, self._where)
            if len(arrivals) > 1:
                self._keep_forebears()
            for arrival in wanted:
                self._settle(arrival, folder)

    # -- what arrives --------------------------------------------------------------------------

    @contextlib.contextmanager
    def _folder(self) -> Iterator[Path]:
        """A folder beside the runs, for what nobody may see yet."""
        folder = self._store.path / INCOMING / f"{os.getpid()}-{os.urandom(8).hex()}"
        try:
            with _writing(self._store):
                make_folder(folder)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _unpack(self, packs: Iterable[Descriptor], folder: Path) -> dict[JournalKey, str]:
        """Unpack every journal that the configuration lists, and no other.

        Returns:
            The digest of the pack that each one came in.
        """
        wanted = {
            JournalKey(each.run_id, each.writer): each.size_bytes for each in self._config.journals
        }
        packs = list(packs)
        limit = unpacked_bytes(wanted.values())
        self._check_room(limit, sum(pack.size_bytes for pack in packs))
        found: dict[JournalKey, str] = {}
        for pack in packs:
            path = self._store.blob(pack.digest.removeprefix("sha256:"))
            with verified(path.open("rb"), pack, str(path)) as stream:
                for key, size_bytes, content in unpack_journals(stream, self._where, limit):
                    if wanted.pop(key, None) != size_bytes:
                        raise IntegrityError(
                            f"{self._where} is refused: its configuration lists no "
                            f"{shown(key.member_name)} of {size_bytes} bytes, or a pack holds it "
                            "twice"
                        )
                    self._write(folder / key.run_id, key, content)
                    found[key] = pack.digest
        if wanted:
            key = next(iter(wanted))
            raise IntegrityError(f"{self._where} is refused: it lacks {key.member_name}")
        return found

    def _check_room(self, needed_bytes: int, packed_bytes: int) -> None:
        if needed_bytes > max(_LEAST_LIMIT_BYTES, packed_bytes * _MAX_RATIO):
            raise IntegrityError(
                f"{self._where} is refused: its {packed_bytes} bytes of journals are said to be "
                f"{needed_bytes} once they are unpacked"
            )
        free_bytes = shutil.disk_usage(self._store.path).free
        if needed_bytes > free_bytes:
            raise StoreError(
                f"the store {str(self._store.path)!r} has no room: the journals need "
                f"{needed_bytes} bytes, and {free_bytes} are free"
            )

    def _write(self, folder: Path, key: JournalKey, content: BinaryIO) -> None:
        with _writing(self._store):
            make_folder(folder)
            path = folder / f"{key.writer}{JOURNAL_SUFFIX}"
            with path.open("xb") as file:
                while chunk := content.read(_CHUNK_BYTES):
                    file.write(chunk)

    def _refuse_commits(self, folder: Path, keys: Iterable[JournalKey]) -> None:
        """What an artifact is follows from its bytes, never from what a journal in it says."""
        for key in keys:
            if holds_commit(_path(folder, key)):
                raise IntegrityError(
                    f"{self._where} is refused: its {key.member_name} says itself that something "
                    "is committed, and no journal that is sealed does"
                )

    def _keep_spilled(self, folder: Path, keys: Iterable[JournalKey]) -> None:
        """Fetch the facts that are too large for a journal: readers need them at once."""
        layers = {layer.digest: layer for layer in self._artifact.manifest.layers}
        spilled: set[str] = set()
        for key in keys:
            spilled |= read_spilled(_path(folder, key))
        blobs = [layers[f"sha256:{each}"] for each in spilled if f"sha256:{each}" in layers]
        self._keeper.keep_all(blobs, self._artifact.source, self._progress)

    def _first_record(self, folder: Path, key: JournalKey) -> Start | None:
        with JournalFile(_path(folder, key)) as file:
            return start_in(file.first_fact(), self._store)

    def _keep_forebears(self) -> None:
        """Keep the manifests of forebears too, where they are to be had: reading needs them not."""
        for each in forebears(self._artifact):
            self._keeper.keep_bytes(each.data, each.descriptor)
            with contextlib.suppress(NotFoundError):
                self._keeper.keep(each.manifest.config, each.source)

    # -- into place ----------------------------------------------------------------------------

    def _settle(self, arrival: Arrival, folder: Path) -> None:
        """Make the runs of an experiment visible, and itself last."""
        start = arrival.start or Start(
            writer="", run="", role="run", namespace=arrival.namespace, project=arrival.project
        )
        with _writing(self._store):
            project = writers.open_project(self._store, start, time.time_ns())
            sync_tree(folder)
            for run_id in arrival.runs:
                self._move(folder / run_id, project.run(run_id))
            if arrival.start is None:
                return
            claims.claim_sealing(project, arrival.id, arrival.digest)
            own = folder / arrival.id
            self._seal(own, arrival, arrival.start, project)
            sync_tree(own)
            for day in {project.run(run_id).parent for run_id in arrival.runs}:
                sync_folder(day)  # a loss of power must not leave a committed one without its runs
            self._move(own, project.run(arrival.id), is_whole=True)

    def _seal(self, folder: Path, arrival: Arrival, start: Start, project: ProjectFolder) -> None:
        is_own = arrival.id == self._config.id
        name = self._config.name if is_own else start.name
        claimed = _claimed_name(project, name, arrival.id)
        subject = self._artifact.manifest.subject
        size_bytes = len(self._artifact.data) if is_own else 0
        if not is_own and subject is not None and subject.digest == arrival.digest:
            size_bytes = subject.size_bytes
        commit = Commit(
            digest=arrival.digest,
            size_bytes=size_bytes,
            artifact_bytes=sum(blob.size_bytes for blob in self._artifact.blobs) if is_own else 0,
            source=self._artifact.place,
            by=this_process().user,
        )
        writers.write_commit(folder, start, commit, None if claimed == name else claimed)
        if claimed != name:
            tell_on_stderr(
                f"there is another experiment {name!r} in {arrival.namespace}/{arrival.project}: "
                f"the one that was loaded is called {claimed!r} here"
            )

    def _move(self, folder: Path, target: Path, *, is_whole: bool = False) -> None:
        """Give a run's folder its place, unless the same is there.

        Args:
            folder: the run's journals.
            target: its place.
            is_whole: an experiment's own record: who was first wrote a commit of its own too.
        """
        make_folder(target.parent)
        try:
            folder.rename(target)
        except OSError:
            if not target.is_dir():
                raise
            if is_whole:
                return
            names = {path.name for path in folder.iterdir()}
            names |= {path.name for path in target.glob(f"*{JOURNAL_SUFFIX}")}
            for name in sorted(names):
                if not _are_equal(folder / name, target / name):
                    raise IntegrityError(
                        f"{self._where} is refused: the store has another journal {name} of "
                        f"the run {target.name}"
                    ) from None
        else:
            share(target)


def _standing(
    home: Path, ids: list[str], experiments: list[str] | None = None
) -> list[provenance.Entry]:
    """What a store has of some ids, and of some experiments' runs."""
    catalog = catalog_of(home)
    catalog.refresh()
    return catalog.ask(provenance.entries_of, ids, experiments or ())


def _note_source(address: Address, artifact: Artifact) -> None:
    """Remember where the blobs of an experiment are, if they are elsewhere than before."""
    catalog = catalog_of(address.home)
    place = ProjectPlace(address.namespace, address.project)
    kept = catalog.ask(provenance.commit_of, place.key, address.experiment)
    if kept is None or kept.source in (None, artifact.place) or artifact.place is None:
        return
    commit = Commit(
        digest=artifact.digest,
        size_bytes=len(artifact.data),
        artifact_bytes=sum(blob.size_bytes for blob in artifact.blobs),
        source=artifact.place,
        by=this_process().user,
    )
    writers.note_commit(address.home, address.folder.run(address.experiment), commit)


def _claimed_name(project: ProjectFolder, name: str, experiment: str) -> str:
    """The name that an experiment gets: its own, or one with a number, the same each time."""
    candidate, number = name, 0
    while (holder := claims.experiment_claimed_by(project, candidate)) != experiment:
        if holder is None:
            return claims.claim_experiment(project, candidate, experiment)
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def _path(folder: Path, key: JournalKey) -> Path:
    return folder / key.run_id / f"{key.writer}{JOURNAL_SUFFIX}"


def _are_equal(path: Path, other: Path) -> bool:
    try:
        with path.open("rb") as one, other.open("rb") as two:
            while chunk := one.read(_CHUNK_BYTES):
                if two.read(_CHUNK_BYTES) != chunk:
                    return False
            return not two.read(1)
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _writing(store: StoreFolder) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, TrialogError):
            raise
        raise stores.unwritable(store.path, error) from error
