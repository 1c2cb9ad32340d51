"""Many blobs at once, and whole artifacts: a few threads, which all stop where one fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from threading import Event
from typing import BinaryIO, NamedTuple

from trialog._oci.descriptors import MANIFEST_TYPE, BlobSource, Descriptor, digest_of
from trialog._oci.progress import Progress, TransferState
from trialog._oci.refusals import RefusedError
from trialog._oci.registry import DEFAULT_CONNECTIONS
from trialog._oci.repositories import Repository
from trialog._oci.uploads import UploadLedger
from trialog.errors import UsageError

_BLOB_UNKNOWN = "MANIFEST_BLOB_UNKNOWN"


class _StoppedError(Exception):
    """Another transfer failed, or the user has had enough."""


class Pushed(NamedTuple):
    """What pushing an artifact came to.

    Attributes:
        digest: of its manifest.
        sent: the blobs that were sent.
        mounted: those that the registry took over from another repository.
    """

    digest: str
    sent: tuple[Descriptor, ...]
    mounted: tuple[Descriptor, ...]


def push_artifact(
    repository: Repository,
    target: str,
    manifest: bytes,
    blobs: Iterable[Descriptor],
    source: BlobSource,
    *,
    media_type: str = MANIFEST_TYPE,
    mount_from: str | None = None,
    ledger: UploadLedger | None = None,
    progress: Progress | None = None,
    parallel: int = DEFAULT_CONNECTIONS,
) -> Pushed:
    """Push what is missing of an artifact, its manifest last.

    Where the repository has the manifest already, it has the blobs too: nothing but the manifest
    is sent.

    Args:
        repository: where to.
        target: the tag, or the manifest's digest.
        manifest: its bytes.
        blobs: its configuration and layers.
        source: where their bytes are.
        media_type: of the manifest.
        mount_from: another repository of the registry that may have the blobs.
        ledger: keeps addresses of unfinished uploads, for another process to go on with.
        progress: is told of every blob, from several threads.
        parallel: how many blobs are sent at once.

    Raises:
        IntegrityError: the bytes of a blob are not those of its digest, or the registry says so.
        RegistryError: the registry refuses, or cannot be reached for a while.
    """
    wanted = tuple(dict.fromkeys(blobs))
    digest = digest_of(manifest)
    if repository.find_manifest(digest, is_for_push=True) is not None:
        try:
            repository.put_manifest(target, manifest, media_type)
        except RefusedError as error:
            if _BLOB_UNKNOWN not in error.refusal.codes:  # the registry cleaned up too much
                raise
        else:
            for blob in wanted:
                if progress is not None:
                    progress(blob, blob.size_bytes, blob.size_bytes, TransferState.PRESENT)
            return Pushed(digest, (), ())
    states = push_blobs(
        repository,
        wanted,
        source,
        mount_from=mount_from,
        ledger=ledger,
        progress=progress,
        parallel=parallel,
    )
    repository.put_manifest(target, manifest, media_type)
    return Pushed(
        digest,
        tuple(blob for blob in wanted if states[blob.digest] is TransferState.DONE),
        tuple(blob for blob in wanted if states[blob.digest] is TransferState.MOUNTED),
    )


def push_blobs(
    repository: Repository,
    blobs: Iterable[Descriptor],
    source: BlobSource,
    *,
    mount_from: str | None = None,
    ledger: UploadLedger | None = None,
    progress: Progress | None = None,
    parallel: int = DEFAULT_CONNECTIONS,
) -> dict[str, TransferState]:
    """Send those blobs that a repository lacks, several at once.

    Returns:
        By digest, how each came there.

    Raises:
        IntegrityError: the bytes of a blob are not those of its digest, or the registry says so.
        RegistryError: the registry refuses, or cannot be reached for a while.
    """
    states: dict[str, TransferState] = {}

    def push(blob: Descriptor, stopped: Event) -> None:
        states[blob.digest] = repository.push_blob(
            blob,
            lambda: source.open(blob),
            mount_from=mount_from,
            ledger=ledger,
            progress=_stopping(progress, stopped),
        )

    _all_at_once(push, blobs, parallel)
    return states


def pull_blobs(
    repository: Repository,
    blobs: Iterable[Descriptor],
    open_target: Callable[[Descriptor], AbstractContextManager[BinaryIO]],
    *,
    progress: Progress | None = None,
    parallel: int = DEFAULT_CONNECTIONS,
) -> None:
    """Fetch blobs, several at once, and check them.

    Args:
        repository: where from.
        blobs: which ones.
        open_target: opens where the bytes of one go. It is left by the exception where fetching
            failed, and must keep nothing then.
        progress: is told of every blob, from several threads.
        parallel: how many are fetched at once.

    Raises:
        IntegrityError: the bytes of a blob are not those of its digest.
        NotFoundError: the repository lacks one.
        RegistryError: the registry refuses, or cannot be reached for a while.
    """

    def pull(blob: Descriptor, stopped: Event) -> None:
        with open_target(blob) as target:
            repository.pull_blob(blob, target, progress=_stopping(progress, stopped))

    _all_at_once(pull, blobs, parallel)


def _all_at_once(
    transfer: Callable[[Descriptor, Event], None], blobs: Iterable[Descriptor], parallel: int
) -> None:
    """Call a function for every blob, each once; the first error stops all of them."""
    if parallel < 1:
        raise UsageError(f"parallel={parallel!r} means nothing; use a number from 1")
    stopped = Event()
    pool = ThreadPoolExecutor(parallel, thread_name_prefix="trialog-transfer")
    try:
        wanted = dict.fromkeys(blobs)  # the largest first, so that none is left alone at the end
        ordered = sorted(wanted, key=lambda blob: -blob.size_bytes)
        futures = [pool.submit(transfer, blob, stopped) for blob in ordered]
        done = wait(futures, return_when=FIRST_EXCEPTION).done
        for future in done:
            if (error := future.exception()) is not None:
                raise error
    finally:  # a KeyboardInterrupt comes here too
        stopped.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _stopping(progress: Progress | None, stopped: Event) -> Progress:
    """What tells of the progress, and ends a transfer that nobody waits for."""

    def tell(blob: Descriptor, done_bytes: int, all_bytes: int, state: TransferState) -> None:
        if stopped.is_set():
            raise _StoppedError
        if progress is not None:
            progress(blob, done_bytes, all_bytes, state)

    return tell
