"""GPUs by NVML: beside a stand-in for the vendor's library, which needs a driver."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from trialog._witness.gpus import Gpus


class StandIn:
    """As much of ``pynvml`` as is called; what is in ``broken`` raises, as the library does."""

    NVML_TEMPERATURE_GPU = 0

    class NVMLError(Exception):
        pass

    def __init__(self, count=2):
        self.count = count
        self.calls = []
        self.broken = set()

    def _answer(self, name, value, device=None):
        self.calls.append(name)
        if name in self.broken or (name, device) in self.broken or device in self.broken:
            raise self.NVMLError(name)
        return value

    def nvmlInit(self):  # noqa: N802 # the vendor's names
        self._answer("init", None)

    def nvmlShutdown(self):  # noqa: N802
        self._answer("shutdown", None)

    def nvmlDeviceGetCount(self):  # noqa: N802
        return self._answer("count", self.count)

    def nvmlDeviceGetHandleByIndex(self, number):  # noqa: N802
        return self._answer("handle", f"gpu {number}", number)

    def nvmlDeviceGetUtilizationRates(self, device):  # noqa: N802
        return self._answer("rates", SimpleNamespace(gpu=75, memory=10), device)

    def nvmlDeviceGetMemoryInfo(self, device):  # noqa: N802
        return self._answer("memory", SimpleNamespace(total=1000, used=250, free=750), device)

    def nvmlDeviceGetTemperature(self, device, sensor):  # noqa: N802
        return self._answer("temperature", 61, device)

    def nvmlDeviceGetPowerUsage(self, device):  # noqa: N802
        return self._answer("power", 123_456, device)

    def nvmlDeviceGetComputeRunningProcesses(self, device):  # noqa: N802
        used = [SimpleNamespace(pid=1, usedGpuMemory=40), SimpleNamespace(pid=2, usedGpuMemory=50)]
        return self._answer("processes", used, device)


def test_each_gpu_is_measured():
    """Units in the names; the memory of the tree is summed up by its processes."""
    assert Gpus(StandIn(1)).measure({1, 2, 3}) == {
        "gpu.0/utilization_percent": 75,
        "gpu.0/memory_used_bytes": 250,
        "gpu.0/memory_percent": 25,
        "gpu.0/temperature_celsius": 61,
        "gpu.0/power_watts": 123.456,
        "gpu.0/tree_memory_bytes": 90,
    }


def test_memory_of_a_tree_that_is_not_seen_is_no_zero():
    """A container may not see the numbers of its own processes there."""
    assert "gpu.0/tree_memory_bytes" not in Gpus(StandIn(1)).measure({7})


@pytest.mark.parametrize("what", ["rates", "memory", "temperature", "power", "processes"])
def test_what_is_not_supported_is_left_out(what):
    """Of a card without a fan, a slice of a card, a user without the right."""
    whole = Gpus(StandIn(1)).measure({1})
    partly = StandIn(1)
    partly.broken.add(what)
    measured = Gpus(partly).measure({1})
    assert measured.items() < whole.items()
    assert len(measured) >= len(whole) - 2


def test_a_gpu_that_is_lost_takes_no_other_with_it():
    """It falls off the bus in the middle of a run, and may come back."""
    library = StandIn(2)
    gpus = Gpus(library)
    both = gpus.measure({1})
    library.broken.add("gpu 0")
    assert gpus.measure({1}) == {
        name: value for name, value in both.items() if name.startswith("gpu.1/")
    }
    library.broken.clear()
    assert gpus.measure({1}) == both


@pytest.mark.parametrize("broken", ["init", "count", "handle"])
def test_without_a_driver_it_is_asked_once(broken):
    """Neither an error nor another try: the library was not made for many."""
    library = StandIn()
    library.broken.add(broken)
    gpus = Gpus(library)
    for _ in range(3):
        assert gpus.measure({1}) == {}
    assert library.calls.count("init") == 1


def test_the_library_is_opened_and_closed_once():
    """With the first measurement; never without one."""
    library = StandIn()
    Gpus(library).close()
    assert library.calls == []
    gpus = Gpus(library)
    gpus.measure()
    gpus.measure()
    gpus.close()
    assert (library.calls.count("init"), library.calls.count("shutdown")) == (1, 1)
    assert gpus.measure() == {}


def test_a_function_that_the_library_lacks_is_left_out():
    """Older releases, and newer ones."""
    library = StandIn(1)
    library.nvmlDeviceGetPowerUsage = None
    assert "gpu.0/power_watts" not in Gpus(library).measure()
