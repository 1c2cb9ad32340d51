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
        """A path for a layer: the one that is wished for, or one with ``@1``, ``@2`` and so on.

        Where a folder of it is a file already, the folder is called so.
        """
        path = wish
        while blocked := next((each for each in _folders_of(path) if each in self._taken), None):
            path = self._first_free(blocked, self._taken) + path[len(blocked) :]
        return self._take(self._first_free(path, self._taken, self._folders))

    def give_numbered(self, stem: str, suffix: str) -> str:
        """The first free path of ``metrics.parquet``, ``metrics-1.parquet``, and so on."""
        path, number = f"{stem}{suffix}", 0
        while path in self._taken:
            number += 1
            path = f"{stem}-{number}{suffix}"
        return self._take(path)

    @staticmethod
    def _first_free(wish: str, *taken: set[str]) -> str:
        path, number = wish, 0
        while any(path in each for each in taken):
            number += 1
            path = f"{wish}@{number}"
        return path

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
