"""Claims: files that must not exist before, so that of all who ask at once one gets a name.

Their folder is that of the project's names, and what is not a name holds a zero byte.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from trialog._format.folders import ProjectFolder
from trialog._writing.folders import make_folder, share

_MANY_DIGITS = 12
_MAX_BYTES = 4096
_GAP = 128  # numbers are given back one by one: no gap among them is so long


def is_claimed(project: ProjectFolder, name: str) -> bool:
    """Whether a run has claimed a name."""
    return os.path.exists(project.claim(name))  # a thousand times in a second


def claim_name(project: ProjectFolder, name: str, run_id: str) -> str:
    """Claim a run's name, or the first free one of ``name_1``, ``name_2``, ….

    Free numbers are found by galloping (1, 2, 4, 8, …, then halving), so that the 100,000th run of
    a name costs 34 looks, and claimed by making a file that must not exist.

    Raises:
        OSError: the folder cannot be written.
    """
    if not is_member_name(project, name) and _claim(project.name(name), run_id):
        return name
    number = first_free(lambda each: not project.name(f"{name}_{each}").exists())
    while not _claim(project.name(f"{name}_{number}"), run_id):
        number += 1
    return f"{name}_{number}"


def claim_attempt(project: ProjectFolder, run_id: str, attempt: int, mark: str = "") -> bool:
    """Claim an attempt of a run; False where another process has.

    Args:
        project: where the run is.
        run_id: its id.
        attempt: which one.
        mark: of the processes that begin it together, where there are several.

    Raises:
        OSError: the folder cannot be written.
    """
    return _claim(_attempt(project, run_id, attempt), mark or run_id)


def attempt_claimed_by(project: ProjectFolder, run_id: str, attempt: int) -> str | None:
    """The mark of the processes that have claimed an attempt together, or None."""
    return _read_claim(_attempt(project, run_id, attempt))


def claim_rank(project: ProjectFolder, run_id: str, rank: int, process: str) -> bool:
    """Claim to be a rank of a run; False where another process is, or has been.

    Args:
        project: where the run is.
        run_id: its id.
        rank: which one.
        process: what tells this process from all others.

    Raises:
        OSError: the folder cannot be written.
    """
    is_ours = _claim(_rank(project, run_id, rank), process)
    return is_ours or rank_claimed_by(project, run_id, rank) == process


def rank_claimed_by(project: ProjectFolder, run_id: str, rank: int) -> str | None:
    """The process that has claimed to be a rank of a run, or None."""
    return _read_claim(_rank(project, run_id, rank))


def _rank(project: ProjectFolder, run_id: str, rank: int) -> Path:
    return project.name(f"{run_id}\0rank {rank}")  # no name holds a zero


def _attempt(project: ProjectFolder, run_id: str, attempt: int) -> Path:
    return project.name(f"{run_id}\0{attempt}")  # as above


def claimed_by(project: ProjectFolder, name: str) -> str | None:
    """The id of the run that has the name, or None."""
    found = _read_claim(project.name(name))
    member = _member(project, name) if found is None else None
    return found if member is None else number_claimed_by(project, *member)


# -- experiments -----------------------------------------------------------------------------------


def claim_experiment(project: ProjectFolder, name: str, experiment: str) -> str:
    """Claim an experiment's name, or the first free one of ``name_1``, ``name_2``, ….

    Raises:
        OSError: the folder cannot be written.
    """
    if _claim(_experiment(project, name), experiment):
        return name
    number = first_free(lambda each: not _experiment(project, f"{name}_{each}").exists())
    while not _claim(_experiment(project, f"{name}_{number}"), experiment):
        number += 1
    return f"{name}_{number}"


def claim_alias(project: ProjectFolder, name: str, experiment: str) -> bool:
    """Claim one more name of an experiment; False where another has it.

    Raises:
        OSError: the folder cannot be written.
    """
    is_ours = _claim(_experiment(project, name), experiment)
    return is_ours or experiment_claimed_by(project, name) == experiment


def experiment_claimed_by(project: ProjectFolder, name: str) -> str | None:
    """The id of the experiment that has the name, or None."""
    return _read_claim(_experiment(project, name))


def claim_number(
    project: ProjectFolder, experiment: str, run_id: str, *, least: int, hint: int
) -> int:
    """Claim the next number of an experiment's runs, in whatever process they begin.

    Args:
        project: where the experiment is.
        experiment: its id.
        run_id: the run that gets it.
        least: the number of the experiment's first run.
        hint: the number that is free as far as this process knows.

    Raises:
        OSError: the folder cannot be written.
    """
    if _claim(project.claim(_number(experiment, hint)), run_id):
        return hint
    free = first_free(lambda each: not is_claimed(project, _number(experiment, least + each - 1)))
    number = least + free - 1
    while not _claim(project.claim(_number(experiment, number)), run_id):
        number += 1
    return number


def give_back_number(project: ProjectFolder, experiment: str, number: int) -> None:
    """Take the claim of a number back: its run could not be begun."""
    with contextlib.suppress(OSError):
        project.name(_number(experiment, number)).unlink()


def number_claimed_by(project: ProjectFolder, experiment: str, number: int) -> str | None:
    """The id of the run that has a number, or None."""
    return _read_claim(project.claim(_number(experiment, number)))


def number_claimed_at(project: ProjectFolder, experiment: str, number: int) -> int | None:
    """When a number was claimed, in nanoseconds since 1970; None where it is not."""
    try:
        return os.stat(project.claim(_number(experiment, number))).st_mtime_ns
    except OSError:
        return None


def numbers_claimed(
    project: ProjectFolder, experiment: str, first: int, known: Mapping[int, str]
) -> Iterator[tuple[int, str]]:
    """All claimed numbers of an experiment, ascending, and the ids of their runs.

    Args:
        project: where the experiment is.
        experiment: its id.
        first: the number of its first run.
        known: the ids of runs that are there, by number: nobody takes theirs away.
    """
    number, free = first, 0
    while free < _GAP:
        run_id = known.get(number) or number_claimed_by(project, experiment, number)
        if run_id is not None:
            yield number, run_id
        free = free + 1 if run_id is None else 0
        number += 1


def member_name(experiment: str, number: int) -> str:
    """What a run of an experiment is called where the user gives it no name."""
    return f"{experiment}/{number}"


def is_member_name(project: ProjectFolder, name: str) -> bool:
    """Whether a name may become that of a run of an experiment, which claims none."""
    return _member(project, name) is not None


def claim_sealing(project: ProjectFolder, experiment: str, digest: str) -> bool:
    """Say that an experiment is sealed that came so from elsewhere; False where that is said.

    Raises:
        OSError: the folder cannot be written.
    """
    return _claim(sealing(project, experiment), digest)


def sealing_claimed_by(project: ProjectFolder, experiment: str) -> str | None:
    """The digest of an experiment that is sealed; the process that seals it; or None."""
    return _read_claim(sealing(project, experiment))


def is_sealing(project: ProjectFolder, experiment: str) -> bool:
    """Whether anybody has begun to seal an experiment; what came of it is another question."""
    return is_claimed(project, _sealing(experiment))


def sealing(project: ProjectFolder, experiment: str) -> Path:
    """The claim to seal an experiment; who seals holds its lock."""
    return project.name(_sealing(experiment))


def _sealing(experiment: str) -> str:
    return f"{experiment}\0sealed"  # no name holds a zero


def note_origin(project: ProjectFolder, experiment: str, place: str) -> None:
    """Remember where the blobs are of an experiment that came from elsewhere and is not sealed.

    Raises:
        OSError: the folder cannot be written.
    """
    path = _origin(project, experiment)
    if _read_claim(path) != place:
        temporary = path.with_name(f".{path.name}-{os.urandom(8).hex()}")
        _claim(temporary, place)
        os.replace(temporary, path)


def origin_of(project: ProjectFolder, experiment: str) -> str | None:
    """Where the blobs of an experiment are that came from elsewhere and is not sealed, or None."""
    return _read_claim(_origin(project, experiment))


def _origin(project: ProjectFolder, experiment: str) -> Path:
    return project.name(f"{experiment}\0origin")  # no name holds a zero


def _member(project: ProjectFolder, name: str) -> tuple[str, int] | None:
    """The experiment's id and the number that a name of the form ``experiment/number`` means."""
    before, slash, digits = name.rpartition("/")
    if not (slash and digits.isdecimal() and digits.isascii() and len(digits) < _MANY_DIGITS):
        return None
    if str(int(digits)) != digits:
        return None
    experiment = experiment_claimed_by(project, before)
    return None if experiment is None else (experiment, int(digits))


def _experiment(project: ProjectFolder, name: str) -> Path:
    return project.name(f"experiment\0{name}")  # no name holds a zero


def _number(experiment: str, number: int) -> str:
    return f"{experiment}\0number {number}"  # as above


# -- inside ----------------------------------------------------------------------------------------


def _read_claim(path: Path | str) -> str | None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)  # a thousand of them are asked at once
    except OSError:
        return None
    try:
        return os.read(fd, _MAX_BYTES).decode(errors="replace").strip() or None
    except OSError:
        return None
    finally:
        os.close(fd)


def _claim(path: Path | str, content: str) -> bool:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        fd = os.open(path, flags, 0o666)
    except FileExistsError:
        return False
    except FileNotFoundError:
        make_folder(Path(path).parent)
        return _claim(path, content)
    try:
        os.write(fd, content.encode())
    except BaseException:  # a signal's handler may raise here: nobody has it then
        os.unlink(path)
        raise
    finally:
        os.close(fd)
    share(path)  # whoever goes on with the run looks here for its id
    return True


def first_free(is_free: Callable[[int], bool]) -> int:
    """The lowest free number, supposing that all below a free one are taken."""
    high = 1
    while not is_free(high):
        high *= 2
    low = high // 2  # taken, or 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_free(middle) else (middle, high)
    return high
