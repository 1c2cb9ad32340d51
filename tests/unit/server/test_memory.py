"""What large arrays took goes back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

SCRIPT = """
import os, numpy as np
from trialog._server.memory import keep_memory_small
keep_memory_small()
def rss_mb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
np.ones(1_000_000)  # glibc would learn from this that 8 MB are worth keeping
before, kept, small = rss_mb(), [], []
for _ in range(20):
    kept.append(np.ones(1_000_000))
    small.append(np.ones(100))
del kept
print(rss_mb() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and sets up glibc")
def test_freed_arrays_do_not_stay_with_the_process():
    """Of 160 MB, nothing is left, though small pieces were asked for in between."""
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )
    assert int(found.stdout) < 20


PIECES = """
import os
from trialog._server.memory import give_memory_back, keep_memory_small
keep_memory_small()
def rss_mb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
pieces = [b"x" * 100_000 for _ in range(1_000)]
before, pieces = rss_mb(), pieces[::50]
give_memory_back()
print(before - rss_mb())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="others have no such thing to ask")
def test_what_lies_free_between_kept_pieces_goes_back():
    """Of 100 MB, of which every fiftieth piece is kept, nearly all."""
    found = subprocess.run(
        [sys.executable, "-c", PIECES], capture_output=True, text=True, check=True, timeout=60
    )
    assert int(found.stdout) > 80
