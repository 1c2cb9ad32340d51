"""The machine of a process."""

from __future__ import annotations

import os
from types import SimpleNamespace

import psutil

from trialog._witness.cgroups import cpu_limit
from trialog._witness.hardware import cpu_model, read_gpus, read_hardware, usable_cores


def test_processors_and_memory_are_told():
    """As psutil counts them; fewer may be usable."""
    found = read_hardware(os.getpid())
    assert found["logical_cores"] == psutil.cpu_count()
    assert found["memory_bytes"] == psutil.virtual_memory().total
    assert 0 < found["usable_cores"] <= found["logical_cores"]
    assert found["architecture"] == os.uname().machine
    assert found["cpu"]


def test_affinity_counts():
    """Of the process that is asked about."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert usable_cores(os.getpid()) <= 1
    finally:
        os.sched_setaffinity(0, before)


def test_a_quota_of_a_control_group_counts(tmp_path):
    """The tightest of the group and those around it, in both versions of control groups."""
    proc, groups = tmp_path / "proc", tmp_path / "groups"
    (proc / "7").mkdir(parents=True)
    (groups / "a/b").mkdir(parents=True)
    (groups / "cpu/c").mkdir(parents=True)
    (proc / "7/cgroup").write_text("0::/a/b\n")
    assert cpu_limit(7, proc=proc, cgroups=groups) is None
    (groups / "a/b/cpu.max").write_text("max 100000\n")
    (groups / "a/cpu.max").write_text("250000 100000\n")
    assert cpu_limit(7, proc=proc, cgroups=groups) == 2.5
    (proc / "7/cgroup").write_text("3:cpu,cpuacct:/c\n")
    (groups / "cpu/c/cpu.cfs_quota_us").write_text("-1\n")
    (groups / "cpu/c/cpu.cfs_period_us").write_text("100000\n")
    assert cpu_limit(7, proc=proc, cgroups=groups) is None
    (groups / "cpu/c/cpu.cfs_quota_us").write_text("50000\n")
    assert cpu_limit(7, proc=proc, cgroups=groups) == 0.5


def test_the_model_of_the_processor(tmp_path):
    """What the system says, in one line; elsewhere whatever Python knows."""
    info = tmp_path / "cpuinfo"
    info.write_text("processor\t: 0\nmodel name\t: Some  CPU @ 2.50GHz\n\nmodel name\t: other\n")
    assert cpu_model(info) == "Some CPU @ 2.50GHz"
    info.write_text("processor : 0\nHardware : Board\n")
    assert cpu_model(info) == "Board"
    assert isinstance(cpu_model(tmp_path / "nowhere"), str)


class Driver:
    """A driver's library in the words of NVML; some of its answers fail."""

    class NVMLError(Exception):
        pass

    def __init__(self, *, is_there=True):
        self.is_there = is_there
        self.is_open = False

    def nvmlInit(self):  # noqa: N802
        if not self.is_there:
            raise self.NVMLError
        self.is_open = True

    def nvmlShutdown(self):  # noqa: N802
        self.is_open = False

    def nvmlDeviceGetCount(self):  # noqa: N802
        return 3

    def nvmlDeviceGetHandleByIndex(self, number):  # noqa: N802
        if number == 1:
            raise self.NVMLError  # lost
        return number

    def nvmlDeviceGetName(self, device):  # noqa: N802
        return b"NVIDIA H200" if device else "NVIDIA H200"

    def nvmlDeviceGetMemoryInfo(self, device):  # noqa: N802
        if device == 2:
            raise self.NVMLError
        return SimpleNamespace(total=151_000_000_000)

    def nvmlSystemGetDriverVersion(self):  # noqa: N802
        return "550.54.15"

    def nvmlSystemGetCudaDriverVersion(self):  # noqa: N802
        return 12040


def test_gpus_are_told_by_their_driver():
    """Name, memory, driver, CUDA; what one of them does not say is left out."""
    driver = Driver()
    assert read_gpus(driver) == {
        "gpus": [{"name": "NVIDIA H200", "memory_bytes": 151_000_000_000}, {"name": "NVIDIA H200"}],
        "gpu_driver": "550.54.15",
        "cuda": "12.4",
    }
    assert not driver.is_open


def test_without_a_driver_there_are_no_gpus():
    """And nothing raises."""
    assert read_gpus(Driver(is_there=False)) == {}
    assert isinstance(read_gpus(), dict)
