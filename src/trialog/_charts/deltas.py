"""What has changed between two answers to one wish: the slots from the first that differs on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialog._charts.charts import Chart

_CURVES = ("y", "raw", "center", "low", "high", "members")
_WHOLE = ("breaks", "facts")


def delta_of(before: Chart, after: Chart) -> Chart | None:
    """What turns one answer into a later one; None where that is as long as the answer itself.

    Args:
        before: a whole answer.
        after: a whole answer to the same wish.
    """
    old, new = before.arrays, after.arrays
    if set(old) - {"breaks"} != set(new) - {"breaks"} or "x" not in new or "count" in new:
        return None
    if any(len(old[name]) != len(new[name]) for name in _CURVES if name in new):
        return None
    if any(old[name].dtype != new[name].dtype for name in _CURVES if name in new):
        return None
    if ("breaks" in old) and ("breaks" not in new):
        return None
    keep = _common(old["x"], new["x"])
    for name in _CURVES:
        if name in new:
            keep = min(keep, _common_columns(old[name], new[name], keep))
    if keep < len(new["x"]) // 4:
        return None
    arrays: dict[str, NDArray[Any]] = {"x": new["x"][keep:]}
    for name in _CURVES:
        if name not in new:
            continue
        tail = new[name][:, keep:]
        rows = np.flatnonzero((_bits(tail) != _bits(_stretched(old[name], keep, new[name]))).any(1))
        arrays[f"{name}_rows"] = rows.astype(np.uint32)
        arrays[name] = np.ascontiguousarray(tail[rows])
    arrays |= {name: new[name] for name in _WHOLE if name in new}
    return Chart({**after.header, "answer": "delta", "keep": keep}, arrays)


def apply_delta(before: Chart, delta: Chart) -> Chart:
    """The answer that a delta stands for; what the page does, too."""
    keep = delta.header["keep"]
    arrays: dict[str, NDArray[Any]] = {}
    arrays["x"] = np.concatenate([before.arrays["x"][:keep], delta.arrays["x"]])
    slots = len(arrays["x"])
    for name in _CURVES:
        if name not in delta.arrays:
            continue
        old = before.arrays[name]
        filler = 0 if old.dtype.kind == "u" else np.nan
        whole = np.full((len(old), slots), filler, old.dtype)
        kept = min(old.shape[1], slots)
        whole[:, :kept] = old[:, :kept]
        whole[delta.arrays[f"{name}_rows"], keep:] = delta.arrays[name]
        arrays[name] = whole
    arrays |= {name: delta.arrays[name] for name in _WHOLE if name in delta.arrays}
    header = {name: value for name, value in delta.header.items() if name != "keep"}
    return Chart({**header, "answer": "whole"}, arrays)


def _common(old: NDArray[Any], new: NDArray[Any]) -> int:
    """How many leading elements are the same."""
    count = min(len(old), len(new))
    differs = np.flatnonzero(_bits(old[:count]) != _bits(new[:count]))
    return int(differs[0]) if len(differs) else count


def _common_columns(old: NDArray[Any], new: NDArray[Any], limit: int) -> int:
    differs = np.flatnonzero((_bits(old[:, :limit]) != _bits(new[:, :limit])).any(axis=0))
    return int(differs[0]) if len(differs) else limit


def _stretched(old: NDArray[Any], keep: int, new: NDArray[Any]) -> NDArray[Any]:
    """The old slots from one on, as many as there are new ones."""
    filler = 0 if old.dtype.kind == "u" else np.nan
    found = np.full((len(new), new.shape[1] - keep), filler, new.dtype)
    kept = min(old.shape[1], new.shape[1])
    found[:, : kept - keep] = old[:, keep:kept]
    return found


def _bits(values: NDArray[Any]) -> NDArray[Any]:
    """Values that are equal where their bits are; all NaN are one."""
    if values.dtype.kind != "f":
        return values
    found = np.ascontiguousarray(values)
    found = np.where(np.isnan(found), np.array(np.nan, found.dtype), found)
    return found.view(f"u{found.dtype.itemsize}")
