"""What a run ran in, as its sections say it."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys

import psutil

from trialog._witness.environment import read_environment, read_variables
from trialog._witness.origin import Origin


def origin(**facts):
    given = {"pid": os.getpid(), "folder": os.getcwd(), "argv": (), "main": None,  # noqa: PTH109
             "sys_path": tuple(sys.path)} | facts  # fmt: skip
    return Origin(**given)


def test_both_sections_are_told():
    """Python, machine and packages are those of the process."""
    found = read_environment(origin(), {"OMP_NUM_THREADS": "4"})
    section = found["environment"]
    assert section["python"] == platform.python_version()
    assert section["implementation"] == "CPython"
    assert section["executable"] == sys.executable
    assert section["prefix"] == sys.prefix
    assert section["host"] == platform.node()
    assert section["kernel"] == platform.release()
    assert section["memory_bytes"] == psutil.virtual_memory().total
    assert section["variables"] == {"OMP_NUM_THREADS": "4"}
    assert section["container"]
    assert section["os"]
    assert section["user"]
    assert found["packages"]["pytest"]
    assert json.loads(json.dumps(found)) == found


def test_the_prefix_is_known_without_site():
    """The witness runs by ``python -I -S``, where the virtual environment is not known."""
    script = (
        "import json, sys; sys.path += json.loads(sys.argv[1])\n"
        "from trialog._witness.environment import read_environment\n"
        "from trialog._witness.origin import Origin\n"
        "print(read_environment(Origin(1, '/', (), None, ()))['environment']['prefix'])"
    )
    command = [sys.executable, "-I", "-S", "-c", script, json.dumps(sys.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == sys.prefix


def test_a_process_that_has_gone_leaves_its_machine():
    """Nothing raises where it cannot be asked any more."""
    found = read_environment(origin(pid=2**22 + 1, folder="", sys_path=("", "/no/such/folder")), {})
    assert found["environment"]["memory_bytes"] > 0
    assert "variables" in found["environment"]


def test_variables_that_matter_are_kept():
    """Those of a list, and those that TRIALOG_ENVIRON names; no others."""
    environ = {
        "CUDA_VISIBLE_DEVICES": "0,1",
        "SLURM_JOB_ID": "12",
        "NCCL_DEBUG": "INFO",
        "HOSTNAME": "node-1",
        "HOME": "/home/me",
        "PATH": "/usr/bin",
        "MINE_A": "1",
        "MINE_B": "2",
        "OTHER": "3",
        "NOT_NAMED": "4",
    }
    kept = {"CUDA_VISIBLE_DEVICES", "SLURM_JOB_ID", "NCCL_DEBUG", "HOSTNAME"}
    assert read_variables(environ).keys() == kept
    environ["TRIALOG_ENVIRON"] = " MINE_*, OTHER ,,"
    assert read_variables(environ).keys() == kept | {"MINE_A", "MINE_B", "OTHER", "TRIALOG_ENVIRON"}


def test_no_secret_is_among_the_variables():
    """Whoever asks for one gets to know that it was set."""
    environ = {
        "TRIALOG_ENVIRON": "*",
        "HF_TOKEN": "hunter2",
        "WANDB_API_KEY": "hunter2",
        "DATABASE_URL": "postgresql://me:hunter2@host/db",
        "SLURM_JWT": "hunter2",
        "SOMETHING": "ghp_hunter2hunter2hunter2",
        "OPTIONS": "--password=hunter2",
        "EMPTY_TOKEN": "",
    }
    found = read_variables(environ)
    assert "hunter2" not in str(found)
    assert found["HF_TOKEN"] == found["SLURM_JWT"] == "[redacted]"
    assert found["DATABASE_URL"] == "postgresql://[redacted]@host/db"
    assert found["EMPTY_TOKEN"] == ""


def test_variables_are_bounded_and_text():
    """A long value is cut, bytes that are no text are escapes, there are at most 300."""
    environ = {"TRIALOG_ENVIRON": "*", "LONG": "x" * 10_000, "ODD": os.fsdecode(b"caf\xe9")}
    found = read_variables(environ)
    assert found["LONG"] == "x" * 2000 + "…"
    assert found["ODD"] == "caf\\xe9"
    many = {f"OMP_{number}": "1" for number in range(1000)}
    assert len(read_variables(many)) == 300


def test_the_addresses_of_hooks_are_not_kept():
    """Whoever knows the address of a webhook may post to it."""
    kept = read_variables(
        {"TRIALOG_HOOKS": "https://hooks.example/T0/B0/a1", "TRIALOG_MODE": "local"}
    )
    assert kept == {"TRIALOG_HOOKS": "[redacted]", "TRIALOG_MODE": "local"}
