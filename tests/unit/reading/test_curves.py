"""The few curves that say what memory and GPUs did."""

from __future__ import annotations

import pytest

import trialog
from trialog._reading import catalog_of
from trialog._reading.curves import choose_metrics, read_curves

PROCESS = "system/memory_bytes"
MACHINE = "system/machine/memory_percent"
LIMITED = "system/cgroup/memory_percent"


def logged(**metrics):
    """A run with these points, and its catalog."""
    with trialog.init("acme", "demo") as run:
        for name, values in metrics.items():
            for value in values:
                run.log(name, value)
    stored = trialog.get_run(run.id)
    return catalog_of(run.client.home or stored._catalog.store.path), stored.record.key


def chosen(*names, **peaks):
    catalog, key = logged(**{name: [peaks.get(name, 1.0)] for name in [*names, *peaks]})
    return choose_metrics(catalog.summaries([key]).get(key, {}))


@pytest.mark.parametrize(
    "names, metrics",
    [
        ([], []),
        (["loss", "memory"], []),
        ([PROCESS, MACHINE, "system/cpu_percent"], [PROCESS, MACHINE]),
        ([PROCESS, MACHINE, LIMITED], [LIMITED, PROCESS]),
        (
            ["system/their_memory", "system/gpu_load", "system/x"],
            ["system/gpu_load", "system/their_memory"],
        ),
        (
            [
                PROCESS,
                MACHINE,
                "system/gpu.0/memory_used_bytes",
                "system/gpu.0/utilization_percent",
            ],
            [PROCESS, "system/gpu.0/memory_used_bytes", "system/gpu.0/utilization_percent"],
        ),
    ],
)
def test_what_explains_most_is_chosen(names, metrics):
    """Three at most: the limit that kills, the process, the GPU; else the machine."""
    assert chosen(*names) == metrics


def test_of_several_gpus_the_fullest_is_chosen():
    """The one that ran out of memory is the one to look at."""
    peaks = {
        "system/gpu.0/memory_percent": 10.0,
        "system/gpu.0/utilization_percent": 99.0,
        "system/gpu.1/memory_percent": 98.0,
        "system/gpu.1/utilization_percent": 3.0,
    }
    assert chosen(**peaks) == ["system/gpu.1/memory_percent", "system/gpu.1/utilization_percent"]


def test_a_curve_keeps_its_peaks():
    """However many values it has; those that are no numbers are left out."""
    values = [1.0] * 500 + [9.0] + [2.0] * 499 + [float("nan")]
    catalog, key = logged(**{PROCESS: values})
    (curve,) = read_curves(catalog, key, [PROCESS], 10)
    assert len(curve.values) == 10
    assert max(curve.values) == 9.0
    assert (curve.least, curve.greatest, curve.last) == (1.0, 9.0, 2.0)
    assert curve.first_ns < curve.last_ns


def test_a_curve_of_few_values_is_short():
    """Nothing is made up between them; what has no value at all is no curve."""
    catalog, key = logged(**{PROCESS: [3.0], MACHINE: [float("nan")]})
    (curve,) = read_curves(catalog, key, [PROCESS, MACHINE], 10)
    assert curve.values == (3.0,)
    assert read_curves(catalog, key, [], 10) == []
