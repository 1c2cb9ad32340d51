"""What a run knows about itself, in a few lines."""

from __future__ import annotations

import pytest

from trialog._cli.knowledge import code_lines, environment_lines

CODE = {
    "commit": "0123456789abcdef0123456789abcdef01234567",
    "branch": "main",
    "remote": "https://example.com/a/b.git",
    "root": "/home/eve/b",
    "folder": "/home/eve/b",
    "script": "train.py",
    "command": "python train.py --lr 0.1",
    "changed_files": 1,
    "untracked_files": 2,
    "is_dirty": True,
}
ENVIRONMENT = {
    "python": "3.12.3",
    "implementation": "CPython",
    "prefix": "/home/eve/b/.venv",
    "host": "node-1",
    "user": "me",
    "os": "Debian GNU/Linux 12",
    "kernel": "6.1",
    "cpu": "Some CPU",
    "logical_cores": 64,
    "usable_cores": 8,
    "memory_bytes": 512 << 30,
    "memory_limit_bytes": 64 << 30,
    "gpus": [{"name": "NVIDIA H200", "memory_bytes": 141 << 30}] * 2,
    "gpu_driver": "550.54",
    "cuda": "12.4",
    "container": "docker",
    "slurm": {"job_id": "12", "partition": "long"},
}


def test_code_in_a_few_lines():
    """A commit is short, and what differs from it is counted beside it."""
    assert code_lines(CODE) == {
        "commit": "0123456789ab + 1 changed file + 2 new files",
        "branch": "main",
        "remote": "https://example.com/a/b.git",
        "repository": "/home/eve/b",
        "script": "train.py",
        "command": "python train.py --lr 0.1",
    }
    assert code_lines({"folder": "/x", "git": "not a repository"}) == {
        "folder": "/x",
        "git said": "not a repository",
    }


def test_the_machine_in_a_few_lines():
    """Packages are counted, GPUs of one kind are one."""
    assert environment_lines(ENVIRONMENT, {"numpy": "2.0"}) == {
        "Python": "CPython 3.12.3",
        "installed in": "/home/eve/b/.venv",
        "packages": "1 package",
        "host": "node-1, as me",
        "system": "Debian GNU/Linux 12, 6.1",
        "processor": "Some CPU, 64 cores, 8 usable",
        "memory": "512 GiB, limited to 64 GiB",
        "GPUs": "2 × NVIDIA H200, 141 GiB, driver 550.54, CUDA 12.4",
        "container": "docker",
        "Slurm": "job id 12, partition long",
    }


@pytest.mark.parametrize("odd", [None, [], {}, "x", 1.5, [None], [1]])
def test_whatever_a_journal_says_is_shown(odd):
    """A section that somebody else wrote has other types in it."""
    code_lines(dict.fromkeys(CODE, odd))
    environment_lines(dict.fromkeys(ENVIRONMENT, odd), {})
    assert code_lines({}) == environment_lines({}, {}) == {}
