"""What machine a process has: processors, memory, GPUs, and how much of it the process may use."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from trialog._witness.cgroups import cpu_limit, memory_limit
from trialog._witness.nvml import ask, open_nvml

_CPU_INFO = Path("/proc/cpuinfo")
_MODEL_KEYS = ("model name", "Model", "Hardware", "cpu model", "cpu")
_MAX_GPUS = 64


def read_hardware(pid: int) -> dict[str, Any]:
    """Processors and memory, as far as the system tells.

    Args:
        pid: the process whose share is asked for.
    """
    found: dict[str, Any] = {
        "architecture": platform.machine(),
        "cpu": cpu_model(),
        "physical_cores": _asked(lambda: psutil.cpu_count(logical=False)),
        "logical_cores": _asked(psutil.cpu_count),
        "usable_cores": usable_cores(pid),
    }
    memory_bytes = _asked(lambda: psutil.virtual_memory().total)
    found["memory_bytes"] = memory_bytes
    limit = memory_limit(pid, memory_bytes) if memory_bytes else None
    if limit is not None:
        found["memory_limit_bytes"] = limit.limit_bytes
    return {name: value for name, value in found.items() if value}


def cpu_model(info: Path = _CPU_INFO) -> str:
    """What the processors are called; empty where the system does not say it."""
    try:
        lines = info.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    said: dict[str, str] = {}
    for line in lines:
        key, _, value = line.partition(":")
        said.setdefault(key.strip(), " ".join(value.split()))
    return next((said[key] for key in _MODEL_KEYS if said.get(key)), platform.processor())


def usable_cores(pid: int) -> int | float | None:
    """How many processors a process may use at once: by its affinity and its control group."""
    try:
        allowed: int | None = len(os.sched_getaffinity(pid))
    except (AttributeError, OSError):  # another system; the process has gone
        allowed = os.cpu_count()
    share = cpu_limit(pid)
    if share is None or (allowed is not None and share >= allowed):
        return allowed
    return int(share) if share.is_integer() else round(share, 2)


def read_gpus(nvml: Any = None) -> dict[str, Any]:
    """The NVIDIA GPUs and their driver; nothing where there is none.

    Args:
        nvml: what is asked, in place of the module ``pynvml``.
    """
    nvml = open_nvml(nvml)
    if nvml is None:
        return {}
    try:
        return _gpus(nvml)
    finally:
        ask(nvml, "nvmlShutdown")


def _gpus(nvml: Any) -> dict[str, Any]:
    gpus: list[dict[str, Any]] = []
    for number in range(min(ask(nvml, "nvmlDeviceGetCount") or 0, _MAX_GPUS)):
        device = ask(nvml, "nvmlDeviceGetHandleByIndex", number)
        if device is None:
            continue
        memory = ask(nvml, "nvmlDeviceGetMemoryInfo", device)
        gpus.append(
            {
                "name": _text(ask(nvml, "nvmlDeviceGetName", device)),
                "memory_bytes": None if memory is None else memory.total,
                "uuid": _text(ask(nvml, "nvmlDeviceGetUUID", device)),
            }
        )
    cuda = ask(nvml, "nvmlSystemGetCudaDriverVersion")
    found = {
        "gpus": [{key: value for key, value in gpu.items() if value} for gpu in gpus],
        "gpu_driver": _text(ask(nvml, "nvmlSystemGetDriverVersion")),
        "cuda": f"{cuda // 1000}.{cuda % 1000 // 10}" if cuda else None,
    }
    return {name: value for name, value in found.items() if value}


def _text(said: str | bytes | None) -> str | None:
    """Older versions of the library answer in bytes."""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _asked(question: Callable[[], int | None]) -> int | None:
    try:
        return question()
    except (psutil.Error, OSError, RuntimeError, ValueError):
        return None
