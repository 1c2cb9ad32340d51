"""Throw-away trialog stores, for measuring without touching anyone's own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def scratch_store() -> Iterator[Path]:
    """Make a store that this process and its children use until the block ends."""
    with tempfile.TemporaryDirectory(prefix="trialog-bench-") as folder:
        os.environ["TRIALOG_HOME"] = folder
        os.environ["TRIALOG_CAPTURE"] = "none"  # what that costs: capture.py
        yield Path(folder)


def compact() -> None:
    """Compact all finished runs of the store."""
    subprocess.run([sys.executable, "-m", "trialog", "compact"], check=True, capture_output=True)


def stored_bytes(store: Path, pattern: str) -> int:
    """Sum the sizes of the store's files that match a pattern."""
    return sum(file.stat().st_size for file in store.rglob(pattern))
