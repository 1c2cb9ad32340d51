"""Bringing blobs into a store: checked, whole or not at all, and going on where it was cut.

What has arrived of a blob lies in ``blobs/incoming/<digest>.part``, locked by who writes it:
others wait, and then have it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from typing import BinaryIO

from trialog._artifacts.sources import hex_of
from trialog._format.folders import StoreFolder
from trialog._oci.descriptors import BlobSource, Descriptor, verified
from trialog._oci.progress import Progress, TransferState
from trialog._oci.repositories import Repository
from trialog._writing.folders import make_folder, share, sync
from trialog._writing.store import unwritable
from trialog.errors import IntegrityError, TrialogError

INCOMING = "incoming"
_CHUNK_BYTES = 1 << 20
_AT_ONCE = 4


class BlobKeeper:
    """Puts blobs into a store's ``blobs/`` from elsewhere."""

    def __init__(self, store: StoreFolder) -> None:
        self._store = store

    def has(self, blob: Descriptor) -> bool:
        """Whether the blob is in the store, as far as its size tells; reading checks the rest.

        From now on it counts as new: what is new is not cleaned up.
        """
        path = self._store.blob(hex_of(blob))
        try:
            if path.stat().st_size != blob.size_bytes:
                return False
        except OSError:
            return False
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
        except OSError:  # another user's
            return True
        return True

    def keep(self, blob: Descriptor, source: BlobSource, progress: Progress | None = None) -> Path:
        """Bring a blob into the store, unless it is there.

        Of a registry what arrived before is not fetched again.

        Args:
            blob: which one.
            source: where it is.
            progress: is told how far it is.

        Returns:
            Its file.

        Raises:
            IntegrityError: the source gives other bytes.
            NotFoundError: the source does not have it.
            RegistryError: the registry refuses, or cannot be reached.
            StoreError: the store cannot be written.
        """
        target = self._store.blob(hex_of(blob))
        tell = _teller(blob, progress)
        if not self.has(blob):
            with self._part(blob) as (file, part):
                if not self.has(blob):  # who held it before may have brought it
                    self._receive(blob, source, file, tell)
                    with self._writing():
                        make_folder(target.parent)
                        sync(file.fileno())
                        share(part)
                        part.replace(target)
            tell(blob.size_bytes, TransferState.DONE)
        else:
            tell(blob.size_bytes, TransferState.PRESENT)
        return target

    def keep_all(
        self, blobs: Iterable[Descriptor], source: BlobSource, progress: Progress | None = None
    ) -> None:
        """Bring many blobs into the store, several at once; the first error ends it.

        Raises:
            IntegrityError, NotFoundError, RegistryError, StoreError: as :meth:`keep`.
        """
        wanted = {blob.digest: blob for blob in blobs}.values()
        ordered = sorted(wanted, key=lambda blob: -blob.size_bytes)
        is_stopped = False

        def fetch(blob: Descriptor) -> None:
            if not is_stopped:
                self.keep(blob, source, progress)

        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="trialog-fetch")
        try:
            futures = [pool.submit(fetch, blob) for blob in ordered]
            for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                future.result()
        finally:
            is_stopped = True
            pool.shutdown(wait=True, cancel_futures=True)

    def keep_bytes(self, data: bytes, blob: Descriptor) -> None:
        """Put bytes into the store that are here already, and checked."""
        self.keep(blob, _InMemory(data))

    # -- inside --------------------------------------------------------------------------------

    def _receive(
        self,
        blob: Descriptor,
        source: BlobSource,
        file: BinaryIO,
        tell: Callable[[int, TransferState], None],
    ) -> None:
        """Write the blob's bytes to a file that may hold the first of them."""
        arrived = os.fstat(file.fileno()).st_size
        if not (
            0 < arrived <= blob.size_bytes
            and isinstance(source, Repository)
            and self._go_on(blob, source, file, tell)
        ):
            with self._writing():
                file.seek(0)
                file.truncate()
            done = 0
            try:
                with verified(source.open(blob), blob, source.name) as stream:
                    while data := stream.read(_CHUNK_BYTES):
                        self._write(file, data)
                        done += len(data)
                        tell(done, TransferState.RECEIVING)
            except IntegrityError:  # nothing of it is worth keeping
                file.truncate(0)
                raise
        with self._writing():
            file.flush()

    def _go_on(
        self,
        blob: Descriptor,
        source: Repository,
        file: BinaryIO,
        tell: Callable[[int, TransferState], None],
    ) -> bool:
        """Fetch what is missing; False where what had arrived does not belong to the blob."""
        file.seek(0)
        hasher, done = hashlib.sha256(), 0
        while data := file.read(_CHUNK_BYTES):
            hasher.update(data)
            done += len(data)
        with source.open_blob(blob, done) as stream:
            while data := stream.read(_CHUNK_BYTES):
                hasher.update(data)
                self._write(file, data)
                done += len(data)
                tell(done, TransferState.RECEIVING)
        return done == blob.size_bytes and f"sha256:{hasher.hexdigest()}" == blob.digest

    @contextlib.contextmanager
    def _part(self, blob: Descriptor) -> Iterator[tuple[BinaryIO, Path]]:
        """The file where a blob arrives, for this thread alone."""
        folder = self._store.path / "blobs" / INCOMING
        with self._writing():
            make_folder(folder)
        path, is_shared = folder / f"{hex_of(blob)}.part", True
        while True:
            with self._writing():
                file = path.open("a+b")
            with file:
                if is_shared:
                    try:
                        fcntl.flock(file, fcntl.LOCK_EX)
                    except OSError:  # a file system without locks: a file of one's own, then
                        path = folder / f"{os.getpid()}-{os.urandom(8).hex()}"
                        is_shared = False
                        continue
                if not _is_same(file, path):
                    continue  # who held it before has finished: look again
                try:
                    yield file, path
                finally:
                    is_empty = not os.fstat(file.fileno()).st_size
                    if _is_same(file, path) and (is_empty or not is_shared):
                        path.unlink(missing_ok=True)
                return

    def _write(self, file: BinaryIO, data: bytes) -> None:
        with self._writing():
            file.write(data)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if isinstance(error, TrialogError):
                raise
            raise unwritable(self._store.path, error) from error


class _InMemory:
    name = "this process"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def open(self, _: Descriptor) -> BinaryIO:
        return io.BytesIO(self._data)


def _is_same(file: BinaryIO, path: Path) -> bool:
    """Whether an open file still has its name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _teller(blob: Descriptor, progress: Progress | None) -> Callable[[int, TransferState], None]:
    def tell(done_bytes: int, state: TransferState) -> None:
        if progress is not None:
            progress(blob, done_bytes, blob.size_bytes, state)

    return tell
