"""Where a process was put."""

from __future__ import annotations

import pytest

from trialog._witness.placement import read_placement

POD = "/kubepods.slice/kubepods-pod0a1b2c3d_0000_1111_2222_0a1b2c3d4e5f.slice/cri-containerd-"


def system(root, *files, groups=""):
    """A file system with some files in it."""
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    (root / "proc/7").mkdir(parents=True)
    (root / "proc/7/cgroup").write_text(groups)
    return root


@pytest.mark.parametrize(
    "files,groups,environ,expected",
    [
        ([], "0::/user.slice", {}, ("none", None)),
        ([".dockerenv"], "", {}, ("docker", "/.dockerenv")),
        (["run/.containerenv"], "", {}, ("podman", "/run/.containerenv")),
        ([".singularity.d/x"], "", {}, ("apptainer", "/.singularity.d")),
        ([], "", {"APPTAINER_CONTAINER": "/a.sif"}, ("apptainer", "APPTAINER_CONTAINER")),
        ([".dockerenv"], "", {"KUBERNETES_SERVICE_HOST": "10.0.0.1"},
         ("kubernetes", "KUBERNETES_SERVICE_HOST")),
        ([], f"0::{POD}", {}, ("kubernetes", "/proc/self/cgroup")),
        ([], "1:cpu:/docker/abc", {}, ("docker", "/proc/self/cgroup")),
        ([], "0::/", {"container": "lxc"}, ("lxc", "container")),
    ],
)  # fmt: skip
def test_a_container_is_told_by_what_it_leaves(tmp_path, files, groups, environ, expected):
    """And the section says by what."""
    found = read_placement(7, environ, root=system(tmp_path, *files, groups=groups))
    assert (found["container"], found.get("container_told_by")) == expected


def test_a_pod_has_a_name(tmp_path):
    """That of its host, a namespace, and the ids that the control group has."""
    root = system(tmp_path, groups=f"0::{POD}{'ab' * 32}.scope\n")
    namespace = root / "var/run/secrets/kubernetes.io/serviceaccount/namespace"
    namespace.parent.mkdir(parents=True)
    namespace.write_text("research\n")
    found = read_placement(7, {"JOB_NAME": "train"}, host="train-0", root=root)
    assert found["container_id"] == "ab" * 32
    assert found["kubernetes"] == {
        "pod": "train-0",
        "namespace": "research",
        "job": "train",
        "uid": "0a1b2c3d-0000-1111-2222-0a1b2c3d4e5f",
    }


def test_a_slurm_job_has_an_id(tmp_path):
    """An older name of it too; outside of Slurm there is none."""
    environ = {"SLURM_JOBID": "12", "SLURM_ARRAY_TASK_ID": "3", "SLURM_JOB_NAME": "sweep"}
    found = read_placement(7, environ, root=system(tmp_path))
    assert found["slurm"] == {"job_id": "12", "array_task_id": "3", "job_name": "sweep"}
    assert "slurm" not in read_placement(7, {}, root=tmp_path)


def test_where_nothing_can_be_read(tmp_path):
    """It is no container that could be told."""
    assert read_placement(8, {}, root=tmp_path / "nowhere") == {"container": "none"}
