"""What the environment says of the launch that this process is a part of: torchrun, Slurm, MPI.

Two things are asked of it: which of how many processes this is (its rank), and what all processes
of this one launch share and no other launch has (its key), so that they can find each other's run
without a word. Ranks set by hand, or by MPI alone, have no key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import NamedTuple

from trialog import _machine

_NUMBER = re.compile(r"\d{1,9}")
_SPECIAL_STEPS = 2**32 - 16  # Slurm's numbers of batch scripts, interactive shells and the like
_MAX_ANCESTORS = 16
_ID_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LETTERS = 20  # 100 bits


class _Names(NamedTuple):
    """The variables of one launcher that say which of how many processes this is."""

    rank: tuple[str, ...]
    local_rank: tuple[str, ...]
    world_size: tuple[str, ...]


_TORCH = _Names(("RANK",), ("LOCAL_RANK",), ("WORLD_SIZE",))
_OPEN_MPI = _Names(
    ("OMPI_COMM_WORLD_RANK",), ("OMPI_COMM_WORLD_LOCAL_RANK",), ("OMPI_COMM_WORLD_SIZE",)
)
_PMI = _Names(("PMI_RANK",), ("MPI_LOCALRANKID",), ("PMI_SIZE",))
_SLURM = _Names(("SLURM_PROCID",), ("SLURM_LOCALID",), ("SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"))


class Ranks(NamedTuple):
    """Which of how many processes of one launch this is; None where nobody says.

    Attributes:
        rank: from 0, among all.
        local_rank: from 0, among those of this machine.
        world_size: how many they are.
    """

    rank: int | None = None
    local_rank: int | None = None
    world_size: int | None = None


class Launch(NamedTuple):
    """The launch that this process is a part of.

    Attributes:
        ranks: which of how many processes it is.
        key: what all of them share; empty where they are no more than one, or it is not known.
        may_repeat: whether another launch, or this one started again, may have the same key later.
    """

    ranks: Ranks = Ranks()
    key: str = ""
    may_repeat: bool = False


def read_launch(environ: Mapping[str, str]) -> Launch:
    """The launch that environment variables tell of.

    torchrun's own word comes first, for it may run below Slurm, as may MPI. A value that makes no
    sense (no integer, a rank that is not below the number of ranks) is as if it were not there.
    """
    slurm = _slurm_ranks(environ)
    found = (_ranks(environ, names) for names in (_TORCH, _OPEN_MPI, _PMI))
    ranks = next((each for each in found if each.rank is not None), slurm)
    if ranks.rank is None or ranks.world_size is None or ranks.world_size < 2:  # noqa: PLR2004
        return Launch(ranks)
    if "TORCHELASTIC_RUN_ID" in environ and ranks == _ranks(environ, _TORCH):
        return Launch(ranks, _torchrun_key(environ, ranks.world_size), may_repeat=True)
    if ranks[::2] == slurm[::2]:  # RANK and its like were set from Slurm's
        return Launch(ranks, _slurm_key(environ))
    return Launch(ranks)


def shared_id(key: str, namespace: str, project: str, ordinal: int, repetition: int) -> str:
    """The id of a run that all ranks of a launch share, without a word between them.

    Args:
        key: the launch's.
        namespace: its slug.
        project: its slug.
        ordinal: which of the runs that each rank starts in this project, from 0.
        repetition: how many launches of the same key there have been before.
    """
    said = "\0".join((key, namespace, project, str(ordinal), str(repetition)))
    number = int.from_bytes(hashlib.sha256(said.encode()).digest())
    return "launch-" + "".join(_ID_DIGITS[number >> 5 * each & 31] for each in range(_ID_LETTERS))


def _ranks(environ: Mapping[str, str], names: _Names) -> Ranks:
    rank, local_rank, world_size = (_number(environ, variables) for variables in names)
    if world_size is not None and (world_size < 1 or (rank is not None and rank >= world_size)):
        return Ranks()
    if rank is None:
        return Ranks()
    if local_rank is not None and local_rank > rank:
        local_rank = None
    return Ranks(rank, local_rank, world_size)


def _number(environ: Mapping[str, str], variables: tuple[str, ...]) -> int | None:
    """The first of some variables that is there; None where it is no number from 0."""
    for variable in variables:
        text = _text(environ, variable)
        if text:
            return int(text) if _NUMBER.fullmatch(text) else None
    return None


def _slurm_ranks(environ: Mapping[str, str]) -> Ranks:
    """The ranks of a step that ``srun`` started.

    In a batch script and an interactive shell the same variables tell of processes to come.
    """
    step = _text(environ, "SLURM_STEP_ID")
    if not (step.isascii() and step.isdigit()) or int(step) >= _SPECIAL_STEPS:
        return Ranks()
    return _ranks(environ, _SLURM) if _text(environ, "SLURM_JOB_ID") else Ranks()


def _slurm_key(environ: Mapping[str, str]) -> str:
    """A job's number is not used again, nor a step's within it; a requeued job counts restarts."""
    return _joined(
        environ,
        "slurm",
        "SLURM_CLUSTER_NAME",
        "SLURM_JOB_ID",
        "SLURM_ARRAY_TASK_ID",
        "SLURM_RESTART_COUNT",
        "SLURM_STEP_ID",
    )


def _torchrun_key(environ: Mapping[str, str], world_size: int) -> str:
    """What torchrun's workers share.

    Its run id is the user's word, "none" where there is none, and a shell loop gives the same word
    to every launch. On one machine the process that launches the workers is another each time. On
    several there is nothing of the kind, and each counts restarts for itself, those that another
    one began left out: what is known of the place and the Slurm job is added.
    """
    key = _joined(
        environ,
        "torchrun",
        "TORCHELASTIC_RUN_ID",
        "WORLD_SIZE",
        "MASTER_ADDR",
        "MASTER_PORT",
        "SLURM_CLUSTER_NAME",
        "SLURM_JOB_ID",
        "SLURM_RESTART_COUNT",
    )
    if _number(environ, ("LOCAL_WORLD_SIZE",)) == world_size:
        key += f"\0{_text(environ, 'TORCHELASTIC_RESTART_COUNT')}\0{_launcher()}"
    return key


def _launcher() -> str:
    """The process that launched the workers: the nearest ancestor that is none itself.

    Between it and a worker there may be a shell, which has got the worker's variables.
    """
    pid = _machine.parent_of()
    for _ in range(_MAX_ANCESTORS):
        if pid <= 1 or not _machine.has_variable(pid, "TORCHELASTIC_RUN_ID"):
            break
        pid = _machine.parent_of(pid)
    start = _machine.process_start(pid)
    return f"{_machine.boot_id()} {_machine.pid_namespace()} {pid} {start}"


def _joined(environ: Mapping[str, str], *parts: str) -> str:
    kind, *variables = parts
    return "\0".join([kind, *(_text(environ, variable) for variable in variables)])


def _text(environ: Mapping[str, str], variable: str) -> str:
    return environ.get(variable, "").strip()
