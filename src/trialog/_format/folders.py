"""Where things lie in a store. Pure paths: nothing here looks at the disk.

::

    store.json                                              format version, store id
    namespaces/<namespace>/<project>/
        project/<writer>.journal                            facts about the project
        names/<hh>/<hash>                                   claimed run names
        runs/<day>/<run id>/<writer>.journal                the run, a file for each writer
        changes/<day>/<run day>~<run id>~<writer>           a later writer or an edit of a run
        open/<run day>~<run id>~<writer>                    a writer that has not left yet
    blobs/sha256/<hh>/<digest>                              attachments, and parts of artifacts
    blobs/incoming/, incoming/                              what is arriving
    registries/, trash/                                     notes on registries; what was cleaned up
    segments/<name>.parquet                                 finished runs, a cache
    catalog.db                                              a cache
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

STORE_VERSION = 1
JOURNAL_SUFFIX = ".journal"
NAMED_DAY = "named"  # runs whose id was chosen by the user
_ID_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32
_ID_PAIRS = [first + second for first in _ID_DIGITS for second in _ID_DIGITS]
_DAY_S = 86_400
_GENERATED_ID = re.compile(f"[0-7][{_ID_DIGITS}]{{25}}")
_TIME_DIGITS = 10
RUN_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


def make_id(time_ns: int, randomness: bytes) -> str:
    """A run's or writer's id: 48 bits of milliseconds and 80 random bits, sortable by time.

    Args:
        time_ns: when it is made.
        randomness: 10 bytes.
    """
    upper, lower = int.from_bytes(randomness[:5]), int.from_bytes(randomness[5:])
    return _time_digits(time_ns // 1_000_000) + "".join(
        [_ID_PAIRS[half >> shift & 1023] for half in (upper, lower) for shift in (30, 20, 10, 0)]
    )


@lru_cache(maxsize=1)  # the run's and its writer's, as a rule
def _time_digits(milliseconds: int) -> str:
    return "".join([_ID_DIGITS[milliseconds >> shift & 31] for shift in range(45, -1, -5)])


@lru_cache(maxsize=64)
def day_of(run_id: str) -> str:
    """The day folder of a run, from its id alone."""
    if not _GENERATED_ID.fullmatch(run_id):
        return NAMED_DAY
    milliseconds = 0
    for digit in run_id[:_TIME_DIGITS]:
        milliseconds = milliseconds << 5 | _ID_DIGITS.index(digit)
    try:
        return day_at(milliseconds * 1_000_000)
    except (OverflowError, ValueError, OSError):
        return NAMED_DAY


def day_at(time_ns: int) -> str:
    """The UTC day of a time."""
    return _day(time_ns // 1_000_000_000 // _DAY_S)


@lru_cache(maxsize=64)
def _day(number: int) -> str:
    return datetime.fromtimestamp(number * _DAY_S, UTC).strftime("%Y-%m-%d")


class Marker(NamedTuple):
    """An entry of ``open/`` or ``changes/``: which writer of which run."""

    day: str
    run_id: str
    writer: str

    @property
    def filename(self) -> str:
        """The entry's file name."""
        return "~".join(self)

    @classmethod
    def parse(cls, filename: str) -> Marker | None:
        """The marker of that file name, or None for a file that is not ours."""
        parts = filename.split("~")
        return cls(*parts) if len(parts) == len(cls._fields) else None


class ProjectFolder(NamedTuple):
    """The folder of a project."""

    path: Path

    @classmethod
    def of_run(cls, folder: Path) -> ProjectFolder:
        """The project that a run's folder lies in."""
        return cls(folder.parents[2])  # runs/<day>/<run id>

    @property
    def journals(self) -> Path:
        """Facts about the project itself."""
        return self.path / "project"

    @property
    def runs(self) -> Path:
        """The day folders of runs."""
        return self.path / "runs"

    @property
    def changes(self) -> Path:
        """The day folders that announce later writers and edits."""
        return self.path / "changes"

    @property
    def open(self) -> Path:
        """One marker for each writer that has not left."""
        return self.path / "open"

    def run(self, run_id: str) -> Path:
        """The folder of a run."""
        return self.path.joinpath("runs", day_of(run_id), run_id)

    def name(self, name: str) -> Path:
        """The claim of a run's name."""
        return Path(self.claim(name))

    def claim(self, name: str) -> str:
        """The claim of a run's name, as text: a thousand runs are begun in a second."""
        digest = hashlib.sha256(name.encode()).hexdigest()
        return f"{self.path}/names/{digest[:2]}/{digest[2:34]}"


class StoreFolder(NamedTuple):
    """The folder of a store."""

    path: Path

    @classmethod
    def of_run(cls, folder: Path) -> StoreFolder:
        """The store that a run's folder lies in."""
        return cls(folder.parents[5])  # namespaces/<namespace>/<project>/runs/<day>/<run id>

    @property
    def description(self) -> Path:
        """Format version and store id."""
        return self.path / "store.json"

    @property
    def namespaces(self) -> Path:
        """The folders of namespaces."""
        return self.path / "namespaces"

    @property
    def segments(self) -> Path:
        """Finished runs as Parquet."""
        return self.path / "segments"

    @property
    def charts(self) -> Path:
        """What was made of long series to draw them, a cache."""
        return self.path / "charts"

    @property
    def catalog(self) -> Path:
        """The SQLite catalog."""
        return self.path / "catalog.db"

    def project(self, namespace: str, project: str) -> ProjectFolder:
        """The folder of a project, by slugs."""
        return ProjectFolder(self.path.joinpath("namespaces", namespace, project))

    def blob(self, digest: str) -> Path:
        """The blob of that SHA-256 digest (hexadecimal)."""
        return self.path / "blobs" / "sha256" / digest[:2] / digest
