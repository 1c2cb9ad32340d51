"""Writes a set of data with one tracker; run by the tracker's own interpreter.

python benchmarks/dashboard/write.py trackio A FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # where the package is

from dashboard import data, peers  # noqa: E402


def main() -> None:
    name, letter, folder = sys.argv[1:]
    peers.load(name, Path(folder)).write(data.runs_of(letter))


if __name__ == "__main__":
    main()
