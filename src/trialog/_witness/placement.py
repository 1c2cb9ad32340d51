"""Where a process was put: in which container, by which job of Slurm or pod of Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_ROOT = Path("/")
_APPTAINER = ("APPTAINER_CONTAINER", "SINGULARITY_CONTAINER", "APPTAINER_NAME", "SINGULARITY_NAME")
_SLURM = {
    "job_id": ("SLURM_JOB_ID", "SLURM_JOBID"),
    "job_name": ("SLURM_JOB_NAME",),
    "array_job_id": ("SLURM_ARRAY_JOB_ID",),
    "array_task_id": ("SLURM_ARRAY_TASK_ID",),
    "step_id": ("SLURM_STEP_ID", "SLURM_STEPID"),
    "process_id": ("SLURM_PROCID",),
    "node": ("SLURMD_NODENAME",),
    "nodes": ("SLURM_JOB_NUM_NODES", "SLURM_NNODES"),
    "partition": ("SLURM_JOB_PARTITION",),
    "cluster": ("SLURM_CLUSTER_NAME",),
    "restart_count": ("SLURM_RESTART_COUNT",),
}
_POD = {
    "pod": ("POD_NAME", "HOSTNAME"),
    "namespace": ("POD_NAMESPACE",),
    "node": ("NODE_NAME",),
    "job": ("JOB_NAME",),
}
_KUBERNETES_HOST = "KUBERNETES_SERVICE_HOST"
_SERVICE_ACCOUNT = Path("var/run/secrets/kubernetes.io/serviceaccount/namespace")
_POD_UID = re.compile(r"pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})")
_CONTAINER_ID = re.compile(r"(?:^|[/:-])([0-9a-f]{64})(?:\.scope)?$", re.MULTILINE)


def read_placement(
    pid: int, environ: Mapping[str, str], *, host: str = "", root: Path = _ROOT
) -> dict[str, Any]:
    """Container, Slurm job and pod of a process; those that there are.

    Args:
        pid: of the process.
        environ: its environment.
        host: the machine's name; a pod's own name.
        root: of the file system.
    """
    groups = _read(root / "proc" / str(pid) / "cgroup")
    kind, told_by = _container(environ, groups, root)
    found: dict[str, Any] = {"container": kind}
    if told_by:
        found["container_told_by"] = told_by
    if container_id := _CONTAINER_ID.search(groups):
        found["container_id"] = container_id[1]
    if slurm := _told(environ, _SLURM):
        found["slurm"] = slurm
    if kind == "kubernetes":
        found["kubernetes"] = _kubernetes(environ, groups, host, root)
    return found


def _container(environ: Mapping[str, str], groups: str, root: Path) -> tuple[str, str]:
    """What container it is, and what says so; the outermost that can be told."""
    if environ.get(_KUBERNETES_HOST):
        return "kubernetes", _KUBERNETES_HOST
    for name in _APPTAINER:
        if environ.get(name):
            return "apptainer", name
    for kind, path in (
        ("apptainer", ".singularity.d"),
        ("podman", "run/.containerenv"),
        ("docker", ".dockerenv"),
    ):
        if (root / path).exists():
            return kind, f"/{path}"
    for kind, word in (("kubernetes", "kubepods"), ("podman", "libpod"), ("docker", "docker")):
        if word in groups:
            return kind, "/proc/self/cgroup"
    if environ.get("container"):  # as systemd's, LXC's and others say
        return environ["container"], "container"
    return "none", ""


def _told(environ: Mapping[str, str], names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What the first variable says that is set, for each key."""
    found = {
        key: next((environ[name] for name in candidates if environ.get(name)), "")
        for key, candidates in names.items()
    }
    return {key: value for key, value in found.items() if value}


def _kubernetes(environ: Mapping[str, str], groups: str, host: str, root: Path) -> dict[str, str]:
    uid = _POD_UID.search(groups)
    found = {
        "pod": host,
        "namespace": _read(root / _SERVICE_ACCOUNT).strip(),
        **_told(environ, _POD),
        "uid": uid[1].replace("_", "-") if uid else "",
    }
    return {key: value for key, value in found.items() if value}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
