"""All that is measured, as metrics."""

from __future__ import annotations

import math
import os
from types import SimpleNamespace

from trialog._witness.cgroups import MemoryLimit
from trialog._witness.system import Sampler

from_tree = {
    "system/cpu_percent",
    "system/memory_bytes",
    "system/memory_percent",
    "system/processes",
    "system/threads",
    "system/open_files",
    "system/disk_read_bytes_per_s",
    "system/disk_write_bytes_per_s",
}
UNITS = ("_bytes", "_percent", "_per_s", "_celsius", "_watts", "processes", "threads", "files")


def test_the_leader_measures_the_machine_too(tmp_path):
    """One rank of a machine does; all others measure their own tree."""
    parent = os.getppid()
    leader, follower = Sampler(parent, True, store=tmp_path), Sampler(parent, False)
    leader.sample()
    follower.sample()
    measured = leader.sample()
    assert follower.sample().keys() == from_tree
    assert from_tree < measured.keys()
    assert "system/machine/memory_used_bytes" in measured
    for name, value in measured.items():
        assert name.startswith("system/")
        assert name.endswith(UNITS), name
        assert type(value) is float, name
        assert math.isfinite(value), name
        assert value >= 0, name
    leader.close()


def test_whatever_a_driver_does_is_no_error():
    """The other parts are measured."""
    tries = []

    class Broken:
        NVMLError = ZeroDivisionError

        def nvmlInit(self):  # noqa: N802 # the vendor's name
            tries.append(1)
            raise MemoryError

    sampler = Sampler(os.getppid(), True, nvml=Broken())
    for _ in range(3):
        assert "system/memory_bytes" in sampler.sample()
    assert tries == [1]


def test_a_process_that_is_gone_is_no_error():
    """Nothing of it is measured."""
    assert Sampler(2**22 + 1, False).sample() == {}


def test_every_metric_is_documented(page_table, tmp_path):
    """The page names what is measured, and nothing else."""
    rows = [
        row
        for table in ("tree", "machine", "gpus")
        for row in page_table("how-to/system-metrics.md", table)
    ]
    documented = {name.strip("` ") for row in rows for name in row[0].split(",")}
    for name, text in {"current": "900", "stat": "inactive_file 100"}.items():
        (tmp_path / f"memory.{name}").write_text(text)
    sampler = Sampler(os.getppid(), True, store=tmp_path, nvml=StandIn({os.getppid()}))
    sampler._host._limit = MemoryLimit(tmp_path, 1000, is_old=False)
    measured = {}
    while "system/machine/cpu_percent" not in measured:  # the machine counts in hundredths
        measured = sampler.sample()
    swap = "system/machine/swap_used_bytes"  # where there is any
    assert measured.keys() | {swap} == documented


class StandIn:
    """As much of ``pynvml`` as is called, of one GPU."""

    NVMLError = RuntimeError
    NVML_TEMPERATURE_GPU = 0

    def __init__(self, pids):
        self._pids = pids

    def __getattr__(self, name):
        answers = {
            "nvmlDeviceGetCount": 1,
            "nvmlDeviceGetUtilizationRates": SimpleNamespace(gpu=75),
            "nvmlDeviceGetMemoryInfo": SimpleNamespace(total=1000, used=250),
            "nvmlDeviceGetTemperature": 61,
            "nvmlDeviceGetPowerUsage": 100_000,
            "nvmlDeviceGetComputeRunningProcesses": [
                SimpleNamespace(pid=pid, usedGpuMemory=40) for pid in self._pids
            ],
        }
        return lambda *_: answers.get(name, name)
