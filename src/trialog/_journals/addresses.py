"""Where projects and runs lie in their store, and their keys in the catalog."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from trialog._format.folders import JOURNAL_SUFFIX, RUN_ID, ProjectFolder, StoreFolder


class ProjectPlace(NamedTuple):
    """A project, by slugs."""

    namespace: str
    project: str

    @property
    def key(self) -> int:
        """Its key in the catalog."""
        return key_of("project", *self)

    @property
    def path(self) -> str:
        """Its folder within ``namespaces/``."""
        return f"{self.namespace}/{self.project}"

    def folder(self, store: StoreFolder) -> ProjectFolder:
        """Its folder in a store."""
        return store.project(self.namespace, self.project)


class RunPlace(NamedTuple):
    """A run, by project, day folder and id."""

    project: ProjectPlace
    day: str
    id: str

    @property
    def key(self) -> int:
        """Its key in the catalog."""
        return key_of("run", *self.project, self.day, self.id)

    def journal_key(self, writer: str) -> int:
        """The key of one of its journals."""
        return key_of("journal", *self.project, self.day, self.id, writer)

    def folder(self, store: StoreFolder) -> Path:
        """Its folder in a store."""
        return _day_folder(store, self.project, self.day) / self.id

    def journal(self, store: StoreFolder, writer: str) -> Path:
        """The file of one of its journals."""
        return self.folder(store) / f"{writer}{JOURNAL_SUFFIX}"


@lru_cache(maxsize=64)  # a day may have thousands of runs
def _day_folder(store: StoreFolder, project: ProjectPlace, day: str) -> Path:
    return project.folder(store).runs / day


def is_ours(name: str) -> bool:
    """Whether trialog gives folders and writers such names: no hidden or foreign file has one."""
    return RUN_ID.fullmatch(name) is not None


def key_of(*parts: str) -> int:
    """The key of what these texts name together: 63 bits."""
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1
