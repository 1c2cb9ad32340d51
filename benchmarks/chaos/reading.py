"""The reader: a process of its own that says what a tracker's own reader finds in a folder.

python -m chaos.reading TRACKER STORE RESULT
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import peers


def read(name: str, store: Path) -> dict:
    """Return points, runs and, of trialog, what else a run knows."""
    peer = peers.load(name, store)
    found = {"points": peer.points(), "runs": peer.runs()}
    if name == "trialog":
        found |= know_more(store)
    return found


def know_more(store: Path) -> dict:
    """Return what only trialog's runs say."""
    import trialog

    runs = trialog.runs(client=trialog.LocalClient(store))
    return {
        "missing": sum(run.missing for run in runs),
        "has_missing_since": any(run.missing_since is not None for run in runs),
        "damages": sum(run.damages for run in runs),
        "files": [
            int(name.rpartition("/")[2])
            for run in runs
            for name in run.attachments
            if name.startswith("weights/") and is_whole(run, name)
        ],
    }


def is_whole(run: object, name: str) -> bool:
    """Say whether a logged file has the bytes that its number stands for."""
    data = run.get_attachment(name)
    return data[8192:] == b"%d" % (int(name.rpartition("/")[2]) & 0xFFFF)


def main() -> None:
    name, store, result = sys.argv[1:]
    Path(result).write_text(json.dumps(read(name, Path(store))))


if __name__ == "__main__":
    main()
