"""A reader that is killed at its work: it compacts the store, or reads journals into the catalog.

python -m chaos.tending compact|refresh STORE MARK
"""

from __future__ import annotations

import sys
from pathlib import Path

import trialog
from trialog._reading import frames  # noqa: F401 # pandas is loaded before the mark
from trialog._reading.catalogs import catalog_of


def main() -> None:
    task, store, mark = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    catalog_of(store)
    mark.touch()
    runs = trialog.runs(client=trialog.LocalClient(store))
    if task == "compact":
        catalog_of(store).compact([record.key for record in runs._records])  # noqa: SLF001


if __name__ == "__main__":
    main()
