"""What the layers of an artifact are called as files: a tool that pulls it writes them so."""

from __future__ import annotations

from collections.abc import Iterable

TITLE = "org.opencontainers.image.title"


class Titles:
    """Gives each layer a path that no other has, and that is no folder of another's."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """Make it.

        Args:
            taken: what other layers are called.
        """
        self._taken: set[str] = set()
        self._folders: set[str] = set()
        for each in taken:
            self._take(each)

    def give(self, wish: str) -> str:
        """A path for a layer: the one that is wished for, or that with ``@1``, ``@2``, …"""
        path, number = wish, 0
        while not self._is_free(path):
            number += 1
            path = f"{wish}@{number}"
        return self._take(path)

    def give_numbered(self, stem: str, suffix: str) -> str:
        """The first free path of ``metrics.parquet``, ``metrics-1.parquet``, …"""
        path, number = f"{stem}{suffix}", 0
        while not self._is_free(path):
            number += 1
            path = f"{stem}-{number}{suffix}"
        return self._take(path)

    def _is_free(self, path: str) -> bool:
        return (
            path not in self._taken
            and path not in self._folders
            and self._taken.isdisjoint(_folders_of(path))
        )

    def _take(self, path: str) -> str:
        self._taken.add(path)
        self._folders.update(_folders_of(path))
        return path


def _folders_of(path: str) -> list[str]:
    found = []
    at = path.find("/")
    while at >= 0:
        found.append(path[:at])
        at = path.find("/", at + 1)
    return found
