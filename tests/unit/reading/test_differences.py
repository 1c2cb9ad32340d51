"""What differs between two runs."""

from __future__ import annotations

import math

import pytest

from trialog._reading.differences import Difference, RunKnowledge, differences_between


def knowledge(parameters=None, digests=None, **sections):
    return RunKnowledge(parameters or {}, sections, digests or {})


@pytest.mark.parametrize(
    "before,after,is_same",
    [(1, 1.0, True), (1, True, False), (math.nan, math.nan, True), (0.1, 0.2, False),
     ("a", "a", True), (1, "1", False), (None, None, True), (False, 0, False)],
)  # fmt: skip
def test_parameters_are_compared_by_value_and_kind(before, after, is_same):
    """NaN is NaN, 1 is 1.0, and True is not 1."""
    found = differences_between(knowledge({"p": before}), knowledge({"p": after}))
    assert (found.parameters == []) is is_same
    assert bool(found) is not is_same


def test_what_came_and_went():
    """One side of it is None; the order is that of the alphabet."""
    found = differences_between(knowledge({"b": 1, "same": 0}), knowledge({"a": None, "same": 0}))
    assert found.parameters == [Difference("a", None, None), Difference("b", 1, None)]


def test_code_differs_by_its_commit_and_its_files():
    """Not by the folder it lies in, nor by attachments that are no code."""
    old = knowledge(
        code={"commit": "a", "branch": "main", "folder": "/x", "command": "python a.py"},
        digests={"code/diff.patch": "1" * 64, "model": "2" * 64},
    )
    new = knowledge(
        code={"commit": "b", "branch": "main", "folder": "/y", "command": "python a.py"},
        digests={"code/diff.patch": "3" * 64, "model": "4" * 64, "code/untracked/a.py": "5" * 64},
    )
    assert differences_between(old, new).code == [
        ("code/diff.patch", "1" * 12, "3" * 12),
        ("code/untracked/a.py", None, "5" * 12),
        ("commit", "a", "b"),
    ]


def test_packages_added_removed_and_changed():
    """By name, with their versions."""
    old = knowledge(packages={"numpy": "1.26", "old": "1", "same": "1"})
    new = knowledge(packages={"numpy": "2.0", "new": "1", "same": "1"})
    assert differences_between(old, new).packages == [
        ("new", None, "1"),
        ("numpy", "1.26", "2.0"),
        ("old", "1", None),
    ]


def test_the_environment_differs_by_what_may_matter():
    """Ids of jobs differ always and explain nothing; of GPUs the names count."""
    gpu = {"name": "NVIDIA H200", "uuid": "1"}
    old = knowledge(
        environment={
            "host": "a",
            "gpus": [gpu],
            "slurm": {"job_id": "1", "partition": "long"},
            "variables": {"OMP_NUM_THREADS": "1", "SLURM_JOB_ID": "1"},
        }
    )
    new = knowledge(
        environment={
            "host": "b",
            "gpus": [{**gpu, "uuid": "2"}],
            "slurm": {"job_id": "2", "partition": "short"},
            "variables": {"OMP_NUM_THREADS": "8", "SLURM_JOB_ID": "2"},
        }
    )
    assert differences_between(old, new).environment == [
        ("host", "a", "b"),
        ("slurm.partition", "long", "short"),
        ("variables.OMP_NUM_THREADS", "1", "8"),
    ]


def test_what_one_of_them_has_not_kept_tells_nothing():
    """A run without a capture of packages has not uninstalled them all."""
    kept = knowledge(packages={"a": "1"}, code={"commit": "a"}, environment={"host": "h"})
    assert not differences_between(kept, knowledge())
    assert not differences_between(knowledge(), kept)
