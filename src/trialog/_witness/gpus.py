"""NVIDIA GPUs, by the driver's own library (NVML); nothing where there are none."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from trialog._witness.nvml import ask, open_nvml

_MILLIWATTS = 1000


class Gpus:
    """Measures the GPUs of the machine; what one of them does not say is left out."""

    def __init__(self, nvml: Any = None) -> None:
        """Make it; the library is loaded and asked with the first measurement.

        Args:
            nvml: what is called, in place of the module ``pynvml``.
        """
        self._nvml = nvml
        self._devices: dict[int, Any] | None = None

    def measure(self, pids: Collection[int] = ()) -> dict[str, float]:
        """What each GPU does, by names of metrics.

        Args:
            pids: the processes whose memory on the GPUs is summed up.
        """
        if self._devices is None:
            self._devices = {}  # whatever comes, there is no second try
            self._devices = self._find()
        measured: dict[str, float] = {}
        for number, device in self._devices.items():
            found = self._measure(device, pids)
            measured |= {f"gpu.{number}/{name}": value for name, value in found.items()}
        return measured

    def close(self) -> None:
        """Let the library go."""
        if self._devices:
            self._ask("nvmlShutdown")
        self._devices = {}

    def _find(self) -> dict[int, Any]:
        self._nvml = open_nvml(self._nvml)
        if self._nvml is None:
            return {}
        devices = {
            number: self._ask("nvmlDeviceGetHandleByIndex", number)
            for number in range(self._ask("nvmlDeviceGetCount") or 0)
        }
        return {number: device for number, device in devices.items() if device is not None}

    def _measure(self, device: Any, pids: Collection[int]) -> dict[str, float]:
        measured: dict[str, float] = {}
        rates = self._ask("nvmlDeviceGetUtilizationRates", device)
        if rates is not None:
            measured["utilization_percent"] = float(rates.gpu)
        memory = self._ask("nvmlDeviceGetMemoryInfo", device)
        if memory is not None:
            measured["memory_used_bytes"] = float(memory.used)
            if memory.total:
                measured["memory_percent"] = 100 * memory.used / memory.total
        celsius = self._ask("nvmlDeviceGetTemperature", device, self._nvml.NVML_TEMPERATURE_GPU)
        if celsius is not None:
            measured["temperature_celsius"] = float(celsius)
        milliwatts = self._ask("nvmlDeviceGetPowerUsage", device)
        if milliwatts is not None:
            measured["power_watts"] = milliwatts / _MILLIWATTS
        processes = self._ask("nvmlDeviceGetComputeRunningProcesses", device) or ()
        ours = [each.usedGpuMemory for each in processes if each.pid in pids]
        if any(used is not None for used in ours):
            measured["tree_memory_bytes"] = float(sum(used or 0 for used in ours))
        return measured

    def _ask(self, function: str, *given: Any) -> Any:
        return ask(self._nvml, function, *given)
