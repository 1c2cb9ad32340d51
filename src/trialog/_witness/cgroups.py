"""The limits that a container or a job sets for its processes: those of control groups."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import NamedTuple

CGROUPS = Path("/sys/fs/cgroup")
PROC = Path("/proc")


class MemoryLimit(NamedTuple):
    """A control group that limits memory.

    Attributes:
        folder: where the kernel shows it.
        limit_bytes: how much its processes may have together.
        is_old: whether it is of the first version of control groups.
    """

    folder: Path
    limit_bytes: int
    is_old: bool

    def used_bytes(self) -> int:
        """What its processes hold, without files that could be dropped from memory.

        Raises:
            OSError: the system does not say it any more.
            ValueError: as above.
        """
        name = "memory.usage_in_bytes" if self.is_old else "memory.current"
        used = int((self.folder / name).read_text())
        key = "total_inactive_file" if self.is_old else "inactive_file"
        for line in (self.folder / "memory.stat").read_text().splitlines():
            name, _, number = line.partition(" ")
            if name == key:
                return max(0, used - int(number))
        return used


def memory_limit(
    pid: int, machine_bytes: int, *, proc: Path = PROC, cgroups: Path = CGROUPS
) -> MemoryLimit | None:
    """The tightest limit that the groups of a process set; None where there is none.

    Args:
        pid: of the process.
        machine_bytes: the machine's memory; what is not below it is no limit.
        proc: where the kernel shows processes.
        cgroups: where the kernel shows control groups.
    """
    limits = [
        limit
        for folder, is_old in _folders(pid, "memory", proc, cgroups)
        if (limit := _limit(folder, is_old=is_old)) and limit.limit_bytes < machine_bytes
    ]
    return min(limits, key=lambda limit: limit.limit_bytes, default=None)


def cpu_limit(pid: int, *, proc: Path = PROC, cgroups: Path = CGROUPS) -> float | None:
    """How many processors the groups of a process let it use at once; None where they set no limit.

    Args:
        pid: of the process.
        proc: where the kernel shows processes.
        cgroups: where the kernel shows control groups.
    """
    shares = [_share(folder, is_old=old) for folder, old in _folders(pid, "cpu", proc, cgroups)]
    return min((share for share in shares if share is not None), default=None)


def _share(folder: Path, *, is_old: bool) -> float | None:
    try:
        if is_old:
            quota = (folder / "cpu.cfs_quota_us").read_text()
            period = (folder / "cpu.cfs_period_us").read_text()
        else:
            quota, period = (folder / "cpu.max").read_text().split()
        return int(quota) / int(period) if int(quota) > 0 else None
    except (OSError, ValueError, ZeroDivisionError):  # not there, or "max"
        return None


def groups_of(pid: int, controller: str, proc: Path = PROC) -> list[tuple[str, bool]]:
    """The groups of a process that a controller watches; none where nobody says.

    Returns:
        The path of each, and whether it is of the first version of control groups.
    """
    try:
        lines = (proc / str(pid) / "cgroup").read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        is_old = controller in controllers.split(",")
        if is_old or not controllers:
            found.append((path, is_old))
    return found


def _folders(pid: int, controller: str, proc: Path, cgroups: Path) -> list[tuple[Path, bool]]:
    """The groups of a process and those that they are in.

    In a container the paths may be those outside of it; its own group is then at the top.
    """
    found: dict[tuple[Path, bool], None] = {}
    for path, is_old in groups_of(pid, controller, proc):
        top = cgroups / controller if is_old else cgroups
        steps = PurePosixPath(path)
        for step in (steps, *steps.parents):
            found[top.joinpath(*step.parts[1:]), is_old] = None
    return list(found)


def _limit(folder: Path, *, is_old: bool) -> MemoryLimit | None:
    name = "memory.limit_in_bytes" if is_old else "memory.max"
    try:
        return MemoryLimit(folder, int((folder / name).read_text()), is_old)
    except (OSError, ValueError):  # not there, or "max"
        return None
