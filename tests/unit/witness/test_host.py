"""The machine as a whole."""

from __future__ import annotations

import os

from trialog._witness.cgroups import MemoryLimit
from trialog._witness.host import Host


def test_what_the_machine_does(tmp_path):
    """Rates come with the second call; percentages are of the machine's whole."""
    now = [0.0]
    host = Host(os.getpid(), tmp_path, clock=lambda: now[0])
    first = host.measure()
    assert {
        "machine/memory_used_bytes",
        "machine/memory_percent",
        "machine/disk_free_percent",
    } <= first.keys()
    assert not any(name.endswith("_per_s") or "cpu" in name for name in first)
    until = os.times().user + 0.1
    while os.times().user < until:
        pass
    now[0] = 1.0
    second = host.measure()
    assert 0 < second["machine/cpu_percent"] <= 100
    assert second["machine/network_sent_bytes_per_s"] >= 0
    assert second["machine/network_received_bytes_per_s"] >= 0
    for name, value in second.items():
        assert not name.endswith("_percent") or 0 <= value <= 100, name


def test_one_part_that_fails_takes_no_other_with_it(tmp_path):
    """A disk that is gone, a control group that is gone."""
    host = Host(os.getpid(), tmp_path / "gone")
    host._limit = MemoryLimit(tmp_path, 100, is_old=False)
    measured = host.measure()
    assert "machine/memory_used_bytes" in measured
    assert "machine/disk_free_percent" not in measured
    assert "cgroup/memory_percent" not in measured


def test_the_limit_of_a_control_group(tmp_path):
    """How near the processes are to being killed for want of memory."""
    (tmp_path / "memory.current").write_text("900")
    (tmp_path / "memory.stat").write_text("inactive_file 100")
    host = Host(os.getpid(), None)
    host._limit = MemoryLimit(tmp_path, 1000, is_old=False)
    measured = host.measure()
    assert measured["cgroup/memory_used_bytes"] == 800
    assert measured["cgroup/memory_percent"] == 80
