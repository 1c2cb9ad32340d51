"""Whether journals are what a digest says: those that arrive, and those that are here already.

An artifact may come from anybody, and what a digest names is believed wherever it is named. So no
journal may say by itself that an experiment is committed, and of a forebear nothing counts as
sealed but what its own manifest holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trialog._artifacts.arrivals import Arrival, sort_out
from trialog._artifacts.config import MAX_CONFIG_BYTES, ExperimentConfig
from trialog._artifacts.forebears import read_manifest
from trialog._artifacts.journalpacks import PACK_TYPE, JournalKey
from trialog._artifacts.mentions import holds_commit
from trialog._artifacts.sources import Artifact, StoreSource, find_in_store, hex_of
from trialog._artifacts.verifying import changed_journals
from trialog._format.facts import OUTSIDE, Start
from trialog._format.folders import JOURNAL_SUFFIX, ProjectFolder, StoreFolder
from trialog._journals.journals import JournalFile
from trialog._journals.payloads import start_in
from trialog._oci.descriptors import Descriptor, Manifest, read_blob
from trialog._oci.repositories import Repository
from trialog.errors import IntegrityError, MissingFileError, NotFoundError

_CHEAP_BYTES = 4 << 20  # of packs: so much is read again each time they are loaded again


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """The journals that arrive with an artifact.

    Attributes:
        starts: the first record of each.
        packs: the digest of the pack that each came in.
        where: what they are from, for messages.
    """

    starts: Mapping[JournalKey, Start]
    packs: Mapping[JournalKey, str]
    where: str


def check_forebears(
    artifact: Artifact, arrivals: Sequence[Arrival], arrived: Arrived, store: StoreFolder
) -> set[str]:
    """Hold what arrives of forebears against their own manifests.

    Args:
        artifact: the fork.
        arrivals: the eldest forebear first, the fork itself last.
        arrived: all journals.
        store: the store, which may have the manifests.

    Returns:
        The ids of those whose manifest is not to be had: nothing vouches for them.

    Raises:
        IntegrityError: a journal of one of them is not what was sealed.
        RegistryError, OSError: the manifests cannot be read.
    """
    unknown, subject = set(), artifact.manifest.subject
    for arrival in reversed(arrivals[:-1]):
        sealed = _sealed(artifact, arrival.digest, subject, store)
        if sealed is None:
            unknown.add(arrival.id)
            subject = None
        else:
            manifest, config = sealed
            _check_forebear(arrival, manifest, config, arrived)
            subject = manifest.subject
    return unknown


def leave_out(arrival: Arrival, where: str) -> None:
    """Take a forebear's runs only: that it is committed cannot be said of it.

    Raises:
        IntegrityError: it is a fork itself, and without it the runs before it belong to nothing.
    """
    if arrival.start is None:
        return
    if arrival.start.subject is not None:
        raise IntegrityError(
            f"{where} is refused: the manifest {arrival.digest} of the experiment "
            f"{arrival.start.name!r} ({arrival.id}), which it goes on from, is missing, and that "
            "is a fork itself: load that one first, or copy the artifact with all that it refers to"
        )
    arrival.start = None


def check_standing(
    artifact: Artifact, config: ExperimentConfig, project: ProjectFolder, store: StoreFolder
) -> None:
    """Hold an experiment that is in a store under a digest against the artifact of that digest.

    Args:
        artifact: the artifact.
        config: its configuration.
        project: where the experiment is.
        store: the store.

    Raises:
        IntegrityError: a journal is not what was sealed; the message names it.
    """
    listed: dict[str, dict[str, int]] = {config.id: {}}
    for run in config.runs:
        if run.experiment == config.id:
            listed[run.id] = {}
    for each in config.journals:
        if each.run_id in listed:
            listed[each.run_id][each.writer] = each.size_bytes
    for run_id, sizes_bytes in listed.items():
        for problem in _problems(project, run_id, sizes_bytes, store, is_own=run_id == config.id):
            raise _differs(artifact, config, problem)
    for problem in _changed(artifact, config, project, store):
        raise _differs(artifact, config, problem)


# -- inside ------------------------------------------------------------------------------------


def _problems(
    project: ProjectFolder,
    run_id: str,
    sizes_bytes: Mapping[str, int],
    store: StoreFolder,
    *,
    is_own: bool,
) -> Iterator[str]:
    """What tells the journals of a run from those that were sealed, without their bytes."""
    here = {
        path.name.removesuffix(JOURNAL_SUFFIX): path
        for path in project.run(run_id).glob(f"*{JOURNAL_SUFFIX}")
    }
    for writer, size_bytes in sizes_bytes.items():
        path = here.pop(writer, None)
        if path is None:
            yield f"the journal {JournalKey(run_id, writer).member_name} is missing"
        elif path.stat().st_size < size_bytes:
            yield f"the journal {path} is shorter than was sealed"
        elif is_own and holds_commit(path):
            yield f"the journal {path} says itself what sealed it"
    for path in here.values():
        if _is_of_run(path, store):
            yield f"the journal {path} was not sealed"


def _sealed(
    artifact: Artifact, digest: str, subject: Descriptor | None, store: StoreFolder
) -> tuple[Manifest, ExperimentConfig] | None:
    """The manifest of a digest and its configuration; None where they are not to be had."""
    try:
        if store.blob(digest.removeprefix("sha256:")).exists():
            manifest = find_in_store(store, digest).manifest
        elif subject is not None and subject.digest == digest:
            manifest = Manifest.decode(read_manifest(artifact.source, subject))
        else:
            return None
        source = StoreSource(store, (artifact.source,))
        data = read_blob(source, manifest.config, MAX_CONFIG_BYTES)
    except (NotFoundError, MissingFileError):
        return None
    return manifest, ExperimentConfig.decode(data)


def _check_forebear(
    arrival: Arrival, manifest: Manifest, config: ExperimentConfig, arrived: Arrived
) -> None:
    """Refuse a forebear's journals that do not come, all of them, out of its own packs."""
    packs = {layer.digest for layer in manifest.layers if layer.media_type == PACK_TYPE}
    listed = {JournalKey(each.run_id, each.writer) for each in config.journals}
    found = {key for key, pack in arrived.packs.items() if pack in packs}
    of_it = {arrival.id, *arrival.runs}
    claimed = {key for key in arrived.packs if key.run_id in of_it}
    wrong = sorted((found ^ listed) | (claimed - found))
    if wrong:
        raise _is_no_forebear(arrival, arrived, f"its {wrong[0].member_name} is not what that has")
    starts = {key: arrived.starts[key] for key in listed}
    sealed = sort_out(config, arrival.digest, starts, arrived.where)[-1]
    if sealed.id != arrival.id:
        raise _is_no_forebear(arrival, arrived, f"that is the experiment {sealed.id}")
    if set(sealed.runs) != set(arrival.runs):
        strange = min(set(sealed.runs) ^ set(arrival.runs))
        raise _is_no_forebear(arrival, arrived, f"they do not agree about the run {strange}")


def _is_no_forebear(arrival: Arrival, arrived: Arrived, why: str) -> IntegrityError:
    return IntegrityError(
        f"{arrived.where} is refused: it brings the experiment {arrival.id} as {arrival.digest}, "
        f"and {why}"
    )


def _is_of_run(path: Path, store: StoreFolder) -> bool:
    """Whether a journal says what a run did, rather than what became of it since."""
    with JournalFile(path) as file:
        start = start_in(file.first_fact(), store)
    return start is not None and start.role not in OUTSIDE


def _changed(
    artifact: Artifact, config: ExperimentConfig, project: ProjectFolder, store: StoreFolder
) -> Sequence[str]:
    """Journals with other bytes than the packs', where those are few and at hand."""
    packs = [layer for layer in artifact.manifest.layers if layer.media_type == PACK_TYPE]
    if sum(pack.size_bytes for pack in packs) > _CHEAP_BYTES:
        return ()
    if all(store.blob(hex_of(pack)).exists() for pack in packs):
        artifact = artifact._replace(source=StoreSource(store))
    elif isinstance(artifact.source, Repository):
        return ()
    try:
        return list(changed_journals(artifact, config, project))
    except NotFoundError:
        return ()


def _differs(artifact: Artifact, config: ExperimentConfig, why: str) -> IntegrityError:
    return IntegrityError(
        f"the experiment {config.name!r} ({config.id}) is in this store as {artifact.digest}, and "
        f"it is not what was sealed: {why}. Load the artifact into another store "
        "(client=trialog.LocalClient(…)) to read it"
    )
