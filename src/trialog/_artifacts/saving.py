"""Saving an artifact as an archive that any OCI tool reads."""

from __future__ import annotations

import os
from pathlib import Path

from trialog._artifacts.forebears import forebears
from trialog._artifacts.sources import Artifact
from trialog._oci.archives import write_archive
from trialog._oci.descriptors import Descriptor
from trialog._oci.progress import Progress, TransferState


def save(
    artifact: Artifact,
    path: str | os.PathLike[str],
    *,
    name: str,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Write an artifact as an archive: whole or not at all, the same one with the same bytes.

    What the store lacks is read from where it was loaded, and goes into the archive alone.

    Args:
        artifact: the artifact.
        path: where to.
        name: what the archive's index calls it.
        overwrite: replace what stands there.
        progress: is told of all of it as one blob.

    Raises:
        AttachmentExistsError: something stands there, and it is not to be overwritten.
        MissingFileError: the folder is not there.
        UsageError: a folder stands there.
        NotFoundError, IntegrityError, RegistryError: a blob is missing, or other bytes.
        OSError: the archive cannot be written.
    """
    target = Path(path)

    def tell(done_bytes: int, all_bytes: int) -> None:
        if progress is not None:
            is_done = done_bytes == all_bytes
            state = TransferState.DONE if is_done else TransferState.RECEIVING
            progress(_whole(artifact, all_bytes), done_bytes, all_bytes, state)

    blobs = [*artifact.blobs]
    for each in forebears(artifact, are_whole=True):  # what a fork was forked from comes with it
        blobs += (each.descriptor, *each.blobs)
    write_archive(
        target,
        artifact.descriptor,
        blobs,
        artifact.source,
        reference=name,
        overwrite=overwrite,
        progress=tell,
    )
    return target


def _whole(artifact: Artifact, size_bytes: int) -> Descriptor:
    return artifact.descriptor._replace(size_bytes=size_bytes)
