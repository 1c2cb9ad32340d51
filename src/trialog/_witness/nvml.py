"""The library of NVIDIA's driver (NVML): used where it is there, and asked without errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def open_nvml(given: Any = None) -> Any:
    """The library, ready to be asked; None where it is missing, or there is no driver.

    Whoever opens it asks ``nvmlShutdown`` of it in the end.

    Args:
        given: what is asked, in place of the module ``pynvml``.
    """
    if given is None:
        try:
            import pynvml  # noqa: PLC0415 # needed where there are GPUs
        except ImportError:
            return None
        given = pynvml
    try:
        given.nvmlInit()
    except given.NVMLError:
        return None
    return given


def ask(nvml: Any, function: str, *given: Any) -> Any:
    """What the library answers; None where it cannot: not supported, a GPU lost, no right."""
    call: Callable[..., Any] | None = getattr(nvml, function, None)
    try:
        return None if call is None else call(*given)
    except nvml.NVMLError:
        return None
