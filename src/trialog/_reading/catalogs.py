"""The catalogs this process has opened, one for each store: the one place that keeps them."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from trialog._catalog import Catalog

_opened: dict[Path, Catalog] = {}
_lock = threading.Lock()


def catalog_of(home: Path) -> Catalog:
    """The catalog of the store at a path, opened the first time it is asked for.

    A catalog looks after itself in forked children and when its files are deleted.

    Raises:
        StoreError: the path is a file, or cannot be read.
        StoreVersionError: a newer trialog made the store.
    """
    path = home.absolute()
    with _lock:
        catalog = _opened.get(path)
        if catalog is None:
            catalog = _opened[path] = Catalog.open(path)
        return catalog


def close_catalogs() -> None:
    """Close all of them; they open again when they are asked for."""
    with _lock:
        while _opened:
            _opened.popitem()[1].close()


def _in_child() -> None:
    """In a forked child nobody holds the lock that a thread of the parent may have held."""
    global _lock  # noqa: PLW0603 # the one way to let it go
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
