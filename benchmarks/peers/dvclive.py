"""DVCLive: a line of a TSV file for each point, written by the calling thread."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

import csv
import uuid
from pathlib import Path


class Adapter:
    """`dvclive.Live.log_metric` and `next_step`, without a repository of DVC."""

    requirement = "dvclive"
    statement = "from dvclive import Live"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {"DVC_NO_ANALYTICS": "1"}

    def start(self) -> None:
        self._open(str(self.folder / uuid.uuid4().hex), resume=False)

    def _open(self, folder: str, *, resume: bool) -> None:
        from dvclive import Live

        self.live = Live(folder, resume=resume, save_dvc_exp=False, dvcyaml=None)

    def log_scalar(self, value: float, step: int) -> None:
        self.live.step = step
        self.live.log_metric("loss", value)
        self.live.next_step()

    def log_twenty(self, values: dict[str, float], step: int) -> None:
        self.live.step = step
        for name, value in values.items():
            self.live.log_metric(name, value)
        self.live.next_step()

    def finish(self) -> None:
        self.live.end()

    def ticket(self) -> str:
        return self.live.dir

    def join(self, ticket: str) -> None:
        self._open(ticket, resume=True)

    def points(self) -> list[tuple[int | None, float]]:
        found = []
        for file in self.folder.glob("*/plots/metrics/loss.tsv"):
            with file.open(encoding="utf-8", newline="") as lines:
                found += [point_of(row) for row in csv.DictReader(lines, delimiter="\t")]
        return found

    def runs(self) -> list[tuple[str, str]]:
        return [(Path(each).name, "none kept") for each in self.folder.iterdir() if each.is_dir()]


def point_of(row: dict[str, str]) -> tuple[int | None, float]:
    """Read a row; a torn one gives a value that nobody logged."""
    try:
        return int(row["step"]), float(row["loss"])
    except (TypeError, ValueError):
        return None, -1.0
