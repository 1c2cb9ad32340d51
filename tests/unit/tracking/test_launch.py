"""What the environment says of a launch: ranks, and what all of them share."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from trialog._format.folders import RUN_ID
from trialog._tracking import launch
from trialog._tracking.launch import Ranks, read_launch, shared_id

TORCH = {"RANK": "3", "LOCAL_RANK": "1", "WORLD_SIZE": "4"}
ELASTIC = {
    **TORCH,
    "LOCAL_WORLD_SIZE": "2",
    "TORCHELASTIC_RUN_ID": "none",
    "TORCHELASTIC_RESTART_COUNT": "0",
    "MASTER_ADDR": "node-0",
    "MASTER_PORT": "29500",
}
SLURM = {
    "SLURM_JOB_ID": "71",
    "SLURM_STEP_ID": "0",
    "SLURM_PROCID": "3",
    "SLURM_LOCALID": "1",
    "SLURM_NTASKS": "4",
}


@pytest.mark.parametrize(
    "environ, ranks",
    [
        ({}, Ranks()),
        (TORCH, Ranks(3, 1, 4)),
        ({"RANK": " 3 ", "WORLD_SIZE": "4"}, Ranks(3, None, 4)),
        ({"RANK": "3"}, Ranks(3, None, None)),
        ({"WORLD_SIZE": "4"}, Ranks()),
        ({**TORCH, "LOCAL_RANK": "9"}, Ranks(3, None, 4)),
        (SLURM, Ranks(3, 1, 4)),
        ({**SLURM, "SLURM_STEP_NUM_TASKS": "8"}, Ranks(3, 1, 8)),
        ({**SLURM, "RANK": "5", "WORLD_SIZE": "16"}, Ranks(5, None, 16)),
        (
            {
                "OMPI_COMM_WORLD_RANK": "2",
                "OMPI_COMM_WORLD_LOCAL_RANK": "0",
                "OMPI_COMM_WORLD_SIZE": "3",
                **SLURM,
            },
            Ranks(2, 0, 3),
        ),
        ({"PMI_RANK": "0", "PMI_SIZE": "2", "MPI_LOCALRANKID": "0"}, Ranks(0, 0, 2)),
    ],
    ids=str,
)
def test_which_of_how_many(environ, ranks):
    """What torchrun says comes before MPI, and that before Slurm: each may run below the next."""
    assert read_launch(environ).ranks == ranks


@pytest.mark.parametrize(
    "environ",
    [
        {"RANK": "gold", "WORLD_SIZE": "4"},
        {"RANK": "1.0", "WORLD_SIZE": "4"},
        {"RANK": "-1", "WORLD_SIZE": "4"},
        {"RANK": "4", "WORLD_SIZE": "4"},
        {"RANK": "0", "WORLD_SIZE": "0"},
        {"RANK": "", "WORLD_SIZE": ""},
        {"RANK": "1" * 30},
        {key: value for key, value in SLURM.items() if key != "SLURM_STEP_ID"},  # a batch script
        {**SLURM, "SLURM_STEP_ID": "4294967291"},  # the same, as newer Slurms say it
        {**SLURM, "SLURM_STEP_ID": "x"},
        {**SLURM, "SLURM_PROCID": "4"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_as_if_it_were_not_there(environ):
    """A variable of the user's that is called RANK is no rank."""
    assert read_launch(environ).ranks == Ranks()


@pytest.mark.parametrize(
    "environ",
    [
        TORCH,  # set by hand: nothing says of which launch
        {**ELASTIC, "RANK": "0", "WORLD_SIZE": "1"},
        {**SLURM, "SLURM_PROCID": "0", "SLURM_NTASKS": "1"},
        {"PMI_RANK": "0", "PMI_SIZE": "2", **SLURM},  # of another size than Slurm's step
        {**ELASTIC, "RANK": "x"},
    ],
    ids=str,
)
def test_launches_without_a_key(environ):
    """One process shares nothing, and ranks alone do not say with whom they run."""
    assert read_launch(environ).key == ""


@pytest.mark.parametrize(
    "environ, changes, is_same",
    [
        (ELASTIC, {"RANK": "0", "LOCAL_RANK": "0"}, True),
        (ELASTIC, {"TORCHELASTIC_RUN_ID": "other"}, False),
        (ELASTIC, {"TORCHELASTIC_RESTART_COUNT": "1"}, True),  # other machines count otherwise
        (ELASTIC, {"MASTER_ADDR": "node-9"}, False),
        (ELASTIC, {"MASTER_PORT": "29501"}, False),
        (ELASTIC, {"SLURM_JOB_ID": "71"}, False),
        (SLURM, {"SLURM_PROCID": "0", "SLURM_LOCALID": "0"}, True),
        (SLURM, {"SLURM_JOB_ID": "72"}, False),
        (SLURM, {"SLURM_STEP_ID": "1"}, False),
        (SLURM, {"SLURM_RESTART_COUNT": "1"}, False),
        (SLURM, {"SLURM_ARRAY_TASK_ID": "1"}, False),
        (SLURM, {"RANK": "3", "WORLD_SIZE": "4"}, True),  # set from Slurm's by the user's script
        (SLURM, {"PMI_RANK": "3", "PMI_SIZE": "4"}, True),  # as srun does
    ],
    ids=str,
)
def test_what_the_key_depends_on(environ, changes, is_same):
    """The same for all ranks of one launch; another for another launch, and for a restart."""
    first, second = read_launch(environ), read_launch({**environ, **changes})
    assert first.key
    assert (second.key == first.key) is is_same


def test_on_one_machine_another_launcher_is_another_launch():
    """Its run id is "none" as a rule: there it is the launching process that tells."""
    code = "import os; from trialog._tracking.launch import read_launch as read; "
    code += "print(repr(read(os.environ).key))"
    environ = {**os.environ, **ELASTIC, "LOCAL_WORLD_SIZE": "4"}
    worker = [sys.executable, "-c", code]
    launcher = "import subprocess, sys; subprocess.run(sys.argv[1:], check=True)"

    def key(command, env=environ):
        return subprocess.run(
            command, env=env, capture_output=True, text=True, check=True
        ).stdout.strip()

    direct = key(worker)
    assert key(["sh", "-c", f'"{worker[0]}" -c "$0"; true', code]) == direct  # a wrapper script
    unset = ["env", *(f"--unset={name}" for name in ELASTIC)]
    relaunch = [sys.executable, "-c", launcher, "env", *(f"{k}={v}" for k, v in environ.items())]
    assert key([*unset, *relaunch, *worker]) != direct
    assert key(worker, {**environ, "TORCHELASTIC_RESTART_COUNT": "1"}) != direct


def test_ids_that_ranks_derive():
    """Each part counts; the id can be one, and is the same in every process."""
    parts = [("k", "a", "b", 0, 0), ("l", "a", "b", 0, 0), ("k", "b", "a", 0, 0)]
    parts += [("k", "a", "b", 1, 0), ("k", "a", "b", 0, 1)]
    ids = [shared_id(*each) for each in parts]
    assert len(set(ids)) == len(ids)
    assert all(RUN_ID.fullmatch(each) for each in ids)
    assert ids[0] == "launch-6r58nw9pqq9yn7brfmek"


def test_every_variable_of_a_launch_is_documented(page_table):
    """Those of the code and those of the page are the same."""
    used = set(re.findall(r"""["']([A-Z]+(?:_[A-Z]+)*)["']""", Path(launch.__file__).read_text()))
    rows = [
        *page_table("reference/environment.md", "ranks"),
        *page_table("reference/environment.md", "launches"),
    ]
    assert set(re.findall(r"`([A-Z_]+)`", str(rows))) == used
