"""What a store remembers of registries: unfinished uploads, and which repositories have what.

::

    registries/uploads/<hash of the blob's name>      the address of an upload that was cut
    registries/repositories/<hash of the name>        its name, then digests of manifests it has

All of it may be deleted: something is sent again then that need not be.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from trialog._format.folders import StoreFolder
from trialog._oci.descriptors import MAX_MANIFEST_BYTES, Manifest, is_digest
from trialog._writing.folders import make_folder
from trialog.errors import IntegrityError

_FOLDER = "registries"
_MAX_REMEMBERED = 1_000


class Uploads:
    """The addresses of unfinished uploads; an address may be as good as a password."""

    def __init__(self, store: StoreFolder) -> None:
        self._folder = store.path / _FOLDER / "uploads"

    def load(self, blob: str) -> str | None:
        """The address that was saved last."""
        try:
            return self._path(blob).read_text(encoding="utf-8") or None
        except (OSError, UnicodeDecodeError):
            return None

    def save(self, blob: str, address: str) -> None:
        """Keep the address of an upload that goes on."""
        _replace(self._path(blob), address)

    def forget(self, blob: str) -> None:
        """The upload is finished, or cannot go on."""
        with contextlib.suppress(OSError):
            self._path(blob).unlink()

    def _path(self, blob: str) -> Path:
        return self._folder / _hash(blob)


class Repositories:
    """Which repositories have which manifests, as far as this store has sent or fetched them."""

    def __init__(self, store: StoreFolder) -> None:
        self._store = store
        self._folder = store.path / _FOLDER / "repositories"

    def note(self, name: str, digest: str) -> None:
        """Remember that a repository has a manifest.

        Args:
            name: the registry and the repository.
            digest: of the manifest.
        """
        path = self._folder / _hash(name)
        known = [each for each in _lines(path)[1:] if each != digest]
        _replace(path, "\n".join((name, *known[-_MAX_REMEMBERED:], digest)))

    def nearest(self, host: str, path: str, blobs: Iterable[str]) -> str | None:
        """Another repository of a registry that has blobs to mount; the one that has most.

        Args:
            host: the registry.
            path: the repository that they are sent to.
            blobs: their digests.

        Returns:
            Its path in the registry, or None.
        """
        wanted = set(blobs)
        counts: dict[str, int] = {}
        for name, digests in self._all():
            found_host, _, found_path = name.partition("/")
            if found_host == host and found_path != path:
                has: set[str] = set()
                for digest in digests:
                    has |= self._blobs_of(digest)
                counts[found_path] = len(has & wanted)
        best = max(counts, key=lambda each: (counts[each], each), default=None)
        return best if best is not None and counts[best] else None

    def _all(self) -> Iterator[tuple[str, list[str]]]:
        with contextlib.suppress(OSError):
            for path in sorted(self._folder.iterdir()):
                name, *digests = _lines(path) or [""]
                yield name, [digest for digest in digests if is_digest(digest)]

    def _blobs_of(self, digest: str) -> set[str]:
        """What a manifest names that the store has, too."""
        try:
            with self._store.blob(digest.removeprefix("sha256:")).open("rb") as file:
                manifest = Manifest.decode(file.read(MAX_MANIFEST_BYTES + 1))
        except (OSError, IntegrityError):
            return set()
        return {manifest.config.digest, *(layer.digest for layer in manifest.layers)}


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:40]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def _replace(path: Path, text: str) -> None:
    """Write a file that its owner alone reads; where that cannot be, it is not remembered."""
    temporary = path.with_name(f".{path.name}-{os.urandom(8).hex()}")
    with contextlib.suppress(OSError):
        make_folder(path.parent)
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)
        temporary.replace(path)
