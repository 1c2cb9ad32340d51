"""Writing OCI image layouts as tar archives: whole or not at all, always the same bytes.

The form is the image layout of the OCI image specification 1.1, in a tar archive as other tools
know it (``oci-archive:`` of skopeo and podman).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import orjson

from trialog._oci.descriptors import (
    INDEX_TYPE,
    SCHEMA_VERSION,
    BlobSource,
    Descriptor,
    verified,
)
from trialog._oci.members import END, header_of, padding_of
from trialog.errors import AttachmentExistsError, MissingFileError, UsageError

Progress = Callable[[int, int], object]
"""Told how many bytes of how many are written."""

LAYOUT_NAME, INDEX_NAME, BLOBS_NAME = "oci-layout", "index.json", "blobs/sha256/"
LAYOUT_VERSION = "1.0.0"
REFERENCE_KEY = "org.opencontainers.image.ref.name"
_CHUNK_BYTES = 1 << 20


def write_archive(
    path: Path,
    manifest: Descriptor,
    blobs: Iterable[Descriptor],
    source: BlobSource,
    *,
    reference: str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write a manifest and the blobs it names as an OCI image layout in a tar archive.

    The archive appears under its name once it is whole and on the disk. The same manifest, blobs
    and reference give the same bytes. Memory is constant.

    Args:
        path: where to; its folder must be there.
        manifest: the manifest, which is a blob of the source too.
        blobs: what else goes into the archive; each digest is written once.
        source: where the bytes are taken from; they are checked on the way.
        reference: the name that ``index.json`` gives to the manifest.
        overwrite: replace what stands there.
        progress: told after each piece.

    Raises:
        AttachmentExistsError: something stands there, and it is not to be overwritten.
        MissingFileError: the folder is not there.
        UsageError: a folder stands there.
        IntegrityError: a blob's bytes are not those that its digest is of.
        OSError: a blob cannot be read, or the archive not be written.
    """
    with _new_file(path, overwrite=overwrite) as file:
        _write_bytes(file, LAYOUT_NAME, orjson.dumps({"imageLayoutVersion": LAYOUT_VERSION}))
        _write_bytes(file, INDEX_NAME, _index_of(manifest, reference))
        others = {blob.digest: blob for blob in blobs}
        others.pop(manifest.digest, None)
        ordered = [manifest, *(others[digest] for digest in sorted(others))]
        done, total = 0, sum(blob.size_bytes for blob in ordered)
        for blob in ordered:
            file.write(header_of(_member_name(blob), blob.size_bytes))
            with verified(source.open(blob), blob, source.name) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    file.write(chunk)
                    done += len(chunk)
                    if progress is not None:
                        progress(done, total)
            file.write(bytes(padding_of(blob.size_bytes)))
        file.write(END)


def _member_name(blob: Descriptor) -> str:
    return BLOBS_NAME + blob.digest.removeprefix("sha256:")


def _index_of(manifest: Descriptor, reference: str | None) -> bytes:
    annotations = {**manifest.annotations}
    if reference is not None:
        annotations[REFERENCE_KEY] = reference
    index = {
        "schemaVersion": SCHEMA_VERSION,
        "mediaType": INDEX_TYPE,
        "manifests": [manifest._replace(annotations=annotations).to_json()],
    }
    return orjson.dumps(index, option=orjson.OPT_SORT_KEYS)


def _write_bytes(file: BinaryIO, name: str, data: bytes) -> None:
    file.write(header_of(name, len(data)) + data + bytes(padding_of(len(data))))


@contextlib.contextmanager
def _new_file(path: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """A file that gets its name once it is whole and on the disk."""
    _check_target(path, overwrite=overwrite)
    incoming = path.with_name(f".trialog-{os.getpid()}-{os.urandom(4).hex()}.part")
    try:
        with incoming.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            incoming.replace(path)
        else:
            _publish(incoming, path)
        _sync_folder(path.parent)
    finally:
        incoming.unlink(missing_ok=True)


def _check_target(path: Path, *, overwrite: bool) -> None:
    if path.is_dir():
        raise UsageError(f"cannot write {str(path)!r}: a folder stands there; give a file name")
    if not path.parent.is_dir():
        raise MissingFileError(f"cannot write {str(path)!r}: there is no folder {path.parent}")
    if not overwrite and os.path.lexists(path):
        raise _exists(path)


def _publish(incoming: Path, path: Path) -> None:
    """Name a file, unless somebody has taken the name meanwhile."""
    try:
        path.hardlink_to(incoming)
    except FileExistsError:
        raise _exists(path) from None
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise _exists(path) from None
        incoming.rename(path)


def _exists(path: Path) -> AttachmentExistsError:
    return AttachmentExistsError(
        f"cannot write {str(path)!r}: it exists; choose another name, or pass overwrite=True"
    )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
