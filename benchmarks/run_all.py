"""Runs the peers' comparison and every benchmark of trialog, or only those named.

    python benchmarks/run_all.py [compare_peers log_cost kill start bytes memory files frames …]

Prints their tables and keeps their results in `benchmarks/results/`. A goal that is missed is
shown in its row; only a script that breaks makes the exit code non-zero.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPTS = (
    *("compare_peers", "log_cost", "kill", "start", "bytes", "memory", "files", "frames"),
    *("system_cost", "experiments", "queries", "dashboards"),
)


def main() -> None:
    folder, broken = Path(__file__).resolve().parent, []
    for name in sys.argv[1:] or SCRIPTS:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, folder / f"{name}.py"], check=False).returncode:
            broken.append(name)
    if broken:
        raise SystemExit(f"these benchmarks broke: {', '.join(broken)}")


if __name__ == "__main__":
    main()
