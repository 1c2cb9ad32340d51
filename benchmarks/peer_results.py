"""The peers' figures, where `compare_peers.py` has measured them."""

from __future__ import annotations

from functools import reduce
from operator import getitem

from report import kept


def measured_peers() -> dict[str, dict]:
    """Return the results of every peer, without the floor and without trialog."""
    return {
        name: results
        for name, results in (kept("peers") or {}).items()
        if name not in ("bare", "trialog") and "failure" not in results
    }


def best_peer(*keys: str) -> tuple[str, float | None]:
    """Return the peer with the smallest figure under the nested keys, and the figure."""
    figures = {name: reduce(getitem, keys, each) for name, each in measured_peers().items()}
    return min(figures.items(), key=lambda item: item[1], default=("no peer measured", None))
