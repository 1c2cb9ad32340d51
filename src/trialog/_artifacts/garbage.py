"""What nobody needs any more in a store: found first, moved to the trash only if that is wanted.

A blob is needed where a journal names it, or a manifest that a journal names. What is new is never
touched: blobs are written before the facts that name them.
"""

from __future__ import annotations

import os
import time
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import overload

from trialog._artifacts.bringing import INCOMING
from trialog._artifacts.keeping import INCOMING as INCOMING_BLOBS
from trialog._artifacts.mentions import read_mentions
from trialog._artifacts.trash import Item, Trash, size_of
from trialog._catalog import provenance
from trialog._catalog.provenance import Deletable
from trialog._format.checking import is_digest
from trialog._format.folders import JOURNAL_SUFFIX, StoreFolder
from trialog._oci.descriptors import MAX_MANIFEST_BYTES, Manifest
from trialog._reading import catalog_of
from trialog.errors import IntegrityError

_DIGEST_START = 16  # of 64 hexadecimal digits: as many as 64 bits hold
_DIGEST_BYTES = 32
_NAMED = 3


class UnneededBlobs(Sequence[Item]):
    """Blobs that nothing names, in 40 bytes each."""

    def __init__(self) -> None:
        self._digests = bytearray()
        self._sizes = array("Q")

    def append(self, digest: str, size_bytes: int) -> None:
        """Add one."""
        self._digests += bytes.fromhex(digest)
        self._sizes.append(size_bytes)

    @property
    def size_bytes(self) -> int:
        """Of all of them."""
        return sum(self._sizes)

    def __len__(self) -> int:
        return len(self._sizes)

    @overload
    def __getitem__(self, index: int) -> Item: ...

    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...

    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        start = place * _DIGEST_BYTES
        digest = self._digests[start : start + _DIGEST_BYTES].hex()
        return Item(f"blobs/sha256/{digest[:2]}/{digest}", self._sizes[place])


@dataclass(slots=True, kw_only=True)
class Garbage:
    """What nobody needs in a store.

    Attributes:
        runs: the folders of deleted runs and experiments.
        blobs: blobs that nothing names but those.
        leftovers: files of what was interrupted.
        unreadable: journals that cannot be read in full: nobody knows what they name, so no blob
            goes.
        is_removed: whether it has been moved to the trash.
        freed_bytes: what an earlier time had moved there, and is gone for good now.
    """

    runs: list[Item] = field(default_factory=list)
    blobs: UnneededBlobs = field(default_factory=UnneededBlobs)
    leftovers: list[Item] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    is_removed: bool = False
    freed_bytes: int = 0

    @property
    def size_bytes(self) -> int:
        """Of all of it."""
        others = sum(item.size_bytes for item in (*self.runs, *self.leftovers))
        return self.blobs.size_bytes + others

    def __len__(self) -> int:
        return len(self.runs) + len(self.blobs) + len(self.leftovers)

    def __iter__(self) -> Iterator[Item]:
        """Everything, runs first."""
        yield from self.runs
        yield from self.blobs
        yield from self.leftovers

    def __str__(self) -> str:
        parts = [
            _counted(len(self.runs), "deleted run"),
            _counted(len(self.blobs), "blob that nothing names", "blobs that nothing names"),
            _counted(len(self.leftovers), "file left over", "files left over"),
        ]
        done = "moved to the trash" if self.is_removed else "not needed any more"
        text = f"{', '.join(parts)}: {self.size_bytes:,} bytes {done}"
        if self.unreadable:
            shown = ", ".join(self.unreadable[:_NAMED])
            text += f"; no blob can go, as nobody knows what these journals name: {shown}"
        return text


def collect_garbage(
    store: StoreFolder, older_than_ns: int, *, is_removed: bool = False, now_ns: int | None = None
) -> Garbage:
    """Find what nobody needs in a store, and move it to the trash if that is wanted.

    Args:
        store: the store.
        older_than_ns: what is newer than that is left alone.
        is_removed: move it, and delete for good what an earlier time moved.
        now_ns: nanoseconds since 1970; now where not given.

    Raises:
        StoreError: the store cannot be read.
        OSError: it cannot be written.
    """
    now_ns = time.time_ns() if now_ns is None else now_ns
    search = _Search(store, now_ns - older_than_ns)
    garbage = search.run()
    if is_removed:
        trash = Trash(store)
        garbage.freed_bytes = trash.empty(now_ns - older_than_ns)
        if len(garbage):
            trash.throw(garbage, now_ns, search.is_old)
        garbage.is_removed = True
    return garbage


class _Search:
    """One look at a store."""

    def __init__(self, store: StoreFolder, before_ns: int) -> None:
        self._store = store
        self._before_ns = before_ns
        self._needed = array("Q")  # the first 64 bits of digests
        self._manifests: set[str] = set()
        self._garbage = Garbage()

    def run(self) -> Garbage:
        garbage = self._garbage
        doomed = self._deleted_runs()
        garbage.runs += [Item(self._within(path), size_of(path)) for path in sorted(doomed)]
        garbage.leftovers += self._leftovers()
        old = UnneededBlobs()
        for path, digest, size_bytes in self._each_old_blob():
            del path
            old.append(digest, size_bytes)
        if old:
            self._read_journals(doomed)
        if not garbage.unreadable:
            self._needed = array("Q", sorted(self._needed))
            for item in old:
                digest = item.path.rpartition("/")[2]
                if not self._is_needed(digest):
                    garbage.blobs.append(digest, item.size_bytes)
        return garbage

    def is_old(self, path: Path) -> bool:
        """Whether nobody has touched something since, as far as that can be told."""
        try:
            times = [path.stat().st_mtime_ns]
        except FileNotFoundError:
            return False  # it has just got its place
        if not path.is_dir():
            return times[0] < self._before_ns
        for folder, _, names in os.walk(path):
            with suppress(FileNotFoundError):
                times += [(Path(folder) / name).lstat().st_mtime_ns for name in names]
        return max(times) < self._before_ns

    # -- deleted runs --------------------------------------------------------------------------

    def _deleted_runs(self) -> set[Path]:
        """The folders of runs and experiments that may go."""
        catalog = catalog_of(self._store.path)
        catalog.refresh()
        rows = catalog.ask(provenance.deletable)
        going = _experiments_to_go([row for row in rows if row.is_experiment], self._before_ns)
        found = set()
        for row in rows:
            if row.is_experiment:
                goes = row.place.id in going
            elif row.experiment is not None:
                goes = row.experiment in going  # the runs of an experiment go with it
            else:
                goes = row.deleted_ns is not None and row.deleted_ns < self._before_ns
            path = row.place.folder(self._store)
            if goes and path.is_dir() and self.is_old(path):
                found.add(path)
        return found

    # -- blobs ---------------------------------------------------------------------------------

    def _each_old_blob(self) -> Iterator[tuple[str, str, int]]:
        for folder in _entries(self._store.path / "blobs" / "sha256"):
            for entry in _entries(folder.path):
                if is_digest(entry.name) and entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    if status.st_mtime_ns < self._before_ns:
                        yield entry.path, entry.name, status.st_size

    def _read_journals(self, doomed: set[Path]) -> None:
        for path in self._each_journal(doomed):
            try:
                for found in read_mentions(path, self._store):
                    self._need(found.digests)
                    self._manifests |= found.manifests
                    if found.damages:
                        self._garbage.unreadable.append(self._within(path))
                        break
            except FileNotFoundError:
                continue  # cleaned up meanwhile
            except OSError:
                self._garbage.unreadable.append(self._within(path))
        for digest in self._manifests:
            self._need({digest})
            self._need_contents(digest)

    def _need_contents(self, digest: str) -> None:
        """What a manifest names is needed as long as that is."""
        path = self._store.blob(digest)
        try:
            with path.open("rb") as file:
                manifest = Manifest.decode(file.read(MAX_MANIFEST_BYTES + 1))
        except FileNotFoundError:
            return
        except (OSError, IntegrityError):
            self._garbage.unreadable.append(self._within(path))
            return
        blobs = (manifest.config, *manifest.layers)
        self._need({blob.digest.removeprefix("sha256:") for blob in blobs})

    def _each_journal(self, doomed: set[Path]) -> Iterator[Path]:
        for namespace in _entries(self._store.namespaces):
            for project in _entries(namespace.path):
                for day in _entries(Path(project.path) / "runs"):
                    for run in _entries(day.path):
                        if Path(run.path) not in doomed:
                            for journal in _entries(run.path):
                                if journal.name.endswith(JOURNAL_SUFFIX):
                                    yield Path(journal.path)

    def _need(self, digests: set[str]) -> None:
        self._needed.extend(int(digest[:_DIGEST_START], 16) for digest in digests)

    def _is_needed(self, digest: str) -> bool:
        start = int(digest[:_DIGEST_START], 16)
        place = bisect_left(self._needed, start)
        return place < len(self._needed) and self._needed[place] == start

    # -- what was interrupted ------------------------------------------------------------------

    def _leftovers(self) -> list[Item]:
        home = self._store.path
        entries = [*_entries(home / "blobs" / INCOMING_BLOBS), *_entries(home / INCOMING)]
        entries += [each for each in _entries(home) if each.name.startswith(".store.json.")]
        paths = [Path(entry.path) for entry in entries]
        return [Item(self._within(path), size_of(path)) for path in paths if self.is_old(path)]

    def _within(self, path: Path) -> str:
        return str(path.relative_to(self._store.path))


def _experiments_to_go(experiments: list[Deletable], before_ns: int) -> set[str]:
    """The deleted experiments that no other one goes on from that stays."""
    parents = {row.place.id: row.parent for row in experiments}
    going = {
        row.place.id
        for row in experiments
        if row.deleted_ns is not None and row.deleted_ns < before_ns
    }
    for experiment in parents.keys() - going:
        at = parents[experiment]
        while at is not None and at in going:
            going.discard(at)
            at = parents.get(at)
    return going


def _entries(path: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _counted(count: int, word: str, words: str | None = None) -> str:
    return f"{count:,} {word if count == 1 else words or word + 's'}"
