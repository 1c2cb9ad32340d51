"""Whether every byte of an artifact is what its digest says, wherever it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from trialog._artifacts.config import ExperimentConfig
from trialog._artifacts.journalpacks import PACK_TYPE, unpack_journals, unpacked_bytes
from trialog._artifacts.sources import Artifact
from trialog._format.folders import JOURNAL_SUFFIX, ProjectFolder
from trialog._oci.descriptors import Descriptor, verified
from trialog._oci.progress import Progress, TransferState
from trialog.errors import IntegrityError, NotFoundError

_CHUNK_BYTES = 1 << 20
_TITLE = "org.opencontainers.image.title"
_NAMED = 10


class Verified(NamedTuple):
    """What was looked at, and found to be as it was.

    Attributes:
        blobs: how many blobs.
        size_bytes: of all of them.
    """

    blobs: int
    size_bytes: int


def verify(
    artifact: Artifact,
    config: ExperimentConfig,
    project: ProjectFolder | None = None,
    progress: Progress | None = None,
) -> Verified:
    """Read every blob that an artifact names, and the journals that are in the store.

    Args:
        artifact: the artifact.
        config: its configuration.
        project: where its journals are in the store; None where they are not.
        progress: is told of every blob.

    Raises:
        IntegrityError: something is missing or not what it was; the message names all of it.
        RegistryError: blobs are in a registry that refuses, or cannot be reached.
    """
    titles = _titles(artifact, config)
    problems = []
    for blob in artifact.blobs:
        problem = _look_at(artifact, blob, progress)
        if problem is not None:
            problems.append(f"{titles.get(blob.digest, blob.media_type)}: {problem}")
    if project is not None and not problems:
        problems += changed_journals(artifact, config, project)
    if problems:
        more = f"\nand {len(problems) - _NAMED} more" if len(problems) > _NAMED else ""
        raise IntegrityError(
            f"of the experiment {config.name!r} ({artifact.digest}) "
            f"{'this is' if len(problems) == 1 else 'these are'} not what was sealed:\n"
            + "\n".join(problems[:_NAMED])
            + more
        )
    return Verified(len(artifact.blobs), sum(blob.size_bytes for blob in artifact.blobs))


def _look_at(artifact: Artifact, blob: Descriptor, progress: Progress | None) -> str | None:
    try:
        with verified(artifact.source.open(blob), blob, artifact.source.name) as stream:
            done = 0
            while data := stream.read(_CHUNK_BYTES):
                done += len(data)
                if progress is not None and done < blob.size_bytes:
                    progress(blob, done, blob.size_bytes, TransferState.RECEIVING)
    except (IntegrityError, NotFoundError) as error:
        return str(error)
    if progress is not None:
        progress(blob, blob.size_bytes, blob.size_bytes, TransferState.DONE)
    return None


def changed_journals(
    artifact: Artifact, config: ExperimentConfig, project: ProjectFolder
) -> Iterator[str]:
    """What is wrong with the journals of an experiment's own runs in a store.

    Args:
        artifact: what was sealed.
        config: its configuration.
        project: where the experiment is.

    Yields:
        What is missing, or does not begin with what was sealed, in words.

    Raises:
        IntegrityError: what was sealed is damaged.
        NotFoundError, RegistryError: it cannot be read.
    """
    own = {config.id, *(run.id for run in config.runs if run.experiment == config.id)}
    limit = unpacked_bytes(each.size_bytes for each in config.journals)
    for layer in artifact.manifest.layers:
        if layer.media_type != PACK_TYPE:
            continue
        with verified(artifact.source.open(layer), layer, artifact.source.name) as stream:
            for key, _, content in unpack_journals(stream, artifact.source.name, limit):
                path = project.run(key.run_id) / f"{key.writer}{JOURNAL_SUFFIX}"
                if key.run_id in own and not _begins_with(path, content):
                    yield f"the journal {path} of the run {key.run_id} is missing or changed"


def _begins_with(path: Path, content: BinaryIO) -> bool:
    try:
        with path.open("rb") as file:
            while chunk := content.read(_CHUNK_BYTES):
                if file.read(len(chunk)) != chunk:
                    return False
    except FileNotFoundError:
        return False
    return True


def _titles(artifact: Artifact, config: ExperimentConfig) -> dict[str, str]:
    """What each blob is, in words."""
    titles = {artifact.manifest.config.digest: "the configuration"}
    for layer in artifact.manifest.layers:
        if _TITLE in layer.annotations:
            titles[layer.digest] = layer.annotations[_TITLE]
    names: dict[str, list[str]] = {}
    for each in config.attachments:
        whose = "the experiment" if each.number is None else f"run {each.number}"
        version = f", version {each.version}" if each.version > 1 else ""
        names.setdefault(each.digest, []).append(f"{each.name!r} of {whose}{version}")
    for digest, words in names.items():
        titles[digest] = "attachment " + " and ".join(words[:3])
    return titles
