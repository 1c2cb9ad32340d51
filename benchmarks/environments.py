"""An interpreter for each tracker, and surroundings in which it sees nothing of the user's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ENVIRONMENTS = Path(__file__).resolve().parent.parent / ".cache" / "bench-venvs"


def interpreter(name: str, requirement: str | None) -> str:
    """Return a Python that has the tracker, made on first use.

    Raises:
        subprocess.CalledProcessError: pip could not install it; `stderr` says why.
    """
    if requirement is None:
        return sys.executable
    folder = ENVIRONMENTS / name
    python, marker = folder / "bin" / "python", folder / "installed.txt"
    if not marker.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        command = [python, "-m", "pip", "install", "--quiet", "--prefer-binary", requirement]
        subprocess.run(command, check=True, capture_output=True, text=True)
        marker.write_text(f"{requirement}\n")
    return str(python)


def private_variables(home: Path, additional: dict[str, str]) -> dict[str, str]:
    """Return all environment variables of a measured process: nothing leaks in or out."""
    shared = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return shared | {"HOME": str(home), "TMPDIR": str(home), "DO_NOT_TRACK": "1"} | additional
