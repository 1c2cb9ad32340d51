"""What committed experiments mean for a store's blobs, while that is verified.

A manifest needs the blobs that it names. An attachment of an experiment that was loaded may be
elsewhere: it is fetched when it is read, so it is not lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from trialog._catalog.examination import Examined
from trialog._format.facts import Start
from trialog._format.folders import StoreFolder
from trialog._oci.descriptors import MAX_MANIFEST_BYTES, Manifest
from trialog.errors import IntegrityError

_KEPT = 100  # of one experiment: who has more does not read them
Problem = TypeVar("Problem")


@dataclass(slots=True)
class Missing(Generic[Problem]):
    """The blobs of an experiment that are not in the store.

    Attributes:
        experiment: its id.
        source: where they are, or None.
        count: how many.
        problems: what to say of the first of them.
    """

    experiment: str
    source: str | None = None
    count: int = 0
    problems: list[Problem] = field(default_factory=list)


class Sealings(Generic[Problem]):
    """What the journals of a store say of artifacts."""

    def __init__(self, store: StoreFolder) -> None:
        self._store = store
        self._manifests: set[str] = set()
        self._sources: dict[str, str] = {}
        self._missing: dict[str, Missing[Problem]] = {}

    def take(self, found: Examined) -> None:
        """Note what a journal says."""
        start = found.start
        if start is None or start.kind != "experiment":
            return
        if start.subject is not None:
            self._manifests.add(start.subject.removeprefix("sha256:"))
        for sealed in found.sealed:
            self._manifests.add(sealed.digest)
            if sealed.source is not None:
                self._sources[start.run] = sealed.source
                if start.subject is not None and start.parent is not None:
                    self._sources.setdefault(start.parent, sealed.source)

    def note_missing(self, start: Start, problem: Problem) -> bool:
        """Note a blob that is not here; False where it is of no experiment."""
        owner = start.run if start.kind == "experiment" else start.experiment
        if owner is None:
            return False
        missing = self._missing.setdefault(owner, Missing(owner))
        missing.count += 1
        if len(missing.problems) < _KEPT:
            missing.problems.append(problem)
        project = self._store.project(start.namespace, start.project)
        origin = project.name(f"{owner}\0origin")  # of one of OMMX's: no name holds a zero
        if missing.source is None and origin.is_file():
            missing.source = origin.read_text(encoding="utf-8", errors="replace").strip()
        return True

    def missing(self) -> Iterator[Missing[Problem]]:
        """What is not here, by experiment."""
        for missing in self._missing.values():
            missing.source = self._sources.get(missing.experiment, missing.source)
            yield missing

    def needed(self) -> Iterator[str]:
        """The blobs that manifests need, and they themselves: hexadecimal digests."""
        for digest in self._manifests:
            yield digest
            try:
                with self._store.blob(digest).open("rb") as file:
                    manifest = Manifest.decode(file.read(MAX_MANIFEST_BYTES + 1))
            except (OSError, IntegrityError):
                continue  # whoever looks at blobs reports it
            for blob in (manifest.config, *manifest.layers):
                yield blob.digest.removeprefix("sha256:")
