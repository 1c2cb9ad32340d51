"""Places where harm can be done to a store without harming the machine: mounts, limits, spaces.

Each needs root and a kernel that allows it; where it does not, `CannotError` says what is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY_CGROUPS = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
MIB = 1 << 20


class CannotError(Exception):
    """This machine, or this tracker, cannot have that harm done."""


def do(*command: object) -> None:
    """Run a command of the system.

    Raises:
        CannotError: it is not there, or not permitted.
    """
    try:
        subprocess.run([str(each) for each in command], check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise CannotError(f"{command[0]} is not installed") from error
    except subprocess.CalledProcessError as error:
        raise CannotError(f"{command[0]}: {error.stderr.strip()}") from error


def need_root() -> None:
    """Only root may mount.

    Raises:
        CannotError: somebody else.
    """
    if os.geteuid():
        raise CannotError("only root may do this")


@contextmanager
def folder(scratch: Path) -> Iterator[Path]:
    """A folder like any other."""
    yield scratch / "disk" / "store"


@contextmanager
def mounted(scratch: Path, *arguments: object) -> Iterator[Path]:
    """A file system of its own."""
    need_root()
    place = scratch / "disk"
    place.mkdir()
    do("mount", *arguments, place)
    try:
        yield place / "store"
    finally:
        subprocess.run(["umount", "--lazy", place], check=False, capture_output=True)


@contextmanager
def small_disk(scratch: Path, mebibytes: int) -> Iterator[Path]:
    """A tmpfs of so many MiB."""
    with mounted(scratch, "-t", "tmpfs", "-o", f"size={mebibytes}m", "chaos") as store:
        yield store


@contextmanager
def unknown_disk(scratch: Path) -> Iterator[Path]:
    """A ramfs, which nobody maps: it reserves nothing."""
    with mounted(scratch, "-t", "ramfs", "chaos") as store:
        yield store


@contextmanager
def fuse_disk(scratch: Path) -> Iterator[Path]:
    """A folder seen through bindfs, a FUSE file system."""
    if not shutil.which("bindfs") or not Path("/dev/fuse").exists():
        raise CannotError("bindfs is not installed")
    behind, place = scratch / "behind", scratch / "disk"
    behind.mkdir()
    place.mkdir()
    do("bindfs", behind, place)
    try:
        yield place / "store"
    finally:
        subprocess.run(["umount", "--lazy", place], check=False, capture_output=True)


@contextmanager
def failing_disk(scratch: Path) -> Iterator[Path]:
    """An ext4 in a file: the kernel makes it read-only after an error (`break_disk`)."""
    need_root()
    image = scratch / "image"
    with image.open("wb") as file:
        file.truncate(64 * MIB)
    do("mkfs.ext4", "-q", "-E", "lazy_itable_init=0", image)
    with mounted(scratch, "-o", "loop", image) as store:
        yield store


def break_disk(store: Path) -> None:
    """Do to a file system what an error of its disk does: it is read-only from now on."""
    do("mount", "-o", "remount,abort", store.parent)


@contextmanager
def memory_limit(mebibytes: int) -> Iterator[Path]:
    """A control group whose processes may have so much memory together."""
    need_root()
    above = next((each for each in MEMORY_CGROUPS if (each / "cgroup.procs").exists()), None)
    if above is None:
        raise CannotError("there is no control group for memory")
    group = above / f"chaos-{os.getpid()}-{time.monotonic_ns()}"
    names = ("memory.limit_in_bytes", "memory.max")
    try:
        group.mkdir()
        limits = [group / name for name in names if (group / name).exists()]
        limits[0].write_text(str(mebibytes * MIB))
    except (OSError, IndexError) as error:
        with suppress(OSError):
            group.rmdir()
        raise CannotError(f"no control group may be made: {error}") from error
    try:
        yield group
    finally:
        empty(group)


def empty(group: Path) -> None:
    """Remove a control group once its processes are gone."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            group.rmdir()
        except OSError:
            time.sleep(0.05)
        else:
            return


def within(group: Path) -> tuple[str, ...]:
    """Return the command that starts another one in a control group."""
    return ("sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "sh")


def rebooted(scratch: Path) -> list[str]:
    """Return the command that starts another one as if this machine had been started just now.

    It sees another boot id, and a clock that begins now; such a clock can be set to whole seconds.
    """
    need_root()
    other = scratch / "boot_id"
    other.write_text("0f0f0f0f-0000-4000-8000-0f0f0f0f0f0f\n")
    time.sleep(1 - time.clock_gettime(time.CLOCK_BOOTTIME) % 1)
    offset = int(time.clock_gettime(time.CLOCK_BOOTTIME))
    command = f'mount --bind {other} {BOOT_ID}; exec "$@"'
    start = ["unshare", "--mount", "--time", "--boottime", f"-{offset}", "sh", "-c", command, "sh"]
    do(*start, "true")
    return start


def renamed() -> tuple[str, ...]:
    """Return the command that starts another one on a host whose name may be changed."""
    need_root()
    do("unshare", "--uts", "true")
    return ("unshare", "--uts")


def python_in_own_pids(program: str, *arguments: object) -> str:
    """Run a piece of Python in a space of process numbers of its own; return what it prints."""
    need_root()
    command = ["unshare", "--pid", "--fork", "--mount-proc", sys.executable, "-c", program]
    command += [str(each) for each in arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise CannotError(done.stderr.strip().rpartition("\n")[2])
    return done.stdout.strip()
