"""Limits of memory by control groups, in trees of files as kernels show them."""

from __future__ import annotations

import pytest

from trialog._witness.cgroups import MemoryLimit, memory_limit

MACHINE = 64 << 30


@pytest.fixture
def kernel(tmp_path):
    """Writes files of a kernel's, and asks for the limit of process 7."""

    def ask(lines, files):
        (tmp_path / "proc/7").mkdir(parents=True)
        (tmp_path / "proc/7/cgroup").write_text(lines)
        for name, text in files.items():
            path = tmp_path / "cgroup" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(str(text))
        found = memory_limit(7, MACHINE, proc=tmp_path / "proc", cgroups=tmp_path / "cgroup")
        return found and (
            found.folder.relative_to(tmp_path / "cgroup").as_posix(), found.limit_bytes
        )  # fmt: skip

    return ask


@pytest.mark.parametrize(
    "lines,files,found",
    [
        ("0::/job/step\n", {"job/step/memory.max": 5}, ("job/step", 5)),
        ("0::/job/step\n", {"job/step/memory.max": "max", "job/memory.max": 9}, ("job", 9)),
        ("0::/job/step\n", {"job/step/memory.max": 12, "job/memory.max": 9}, ("job", 9)),
        ("0::/\n", {"memory.max": 3}, (".", 3)),  # a container that sees its own group at the top
        ("0::/docker/abc\n", {"memory.max": 3}, (".", 3)),  # one that sees the path outside
        ("0::/job\n", {"job/memory.max": "max\n"}, None),
        ("0::/job\n", {"job/memory.max": MACHINE}, None),
        ("0::/job\n", {}, None),
        ("", {"memory.max": 3}, None),
        (
            "4:memory:/job\n3:cpu:/x\n0::/\n",
            {"memory/job/memory.limit_in_bytes": 7, "x/memory.max": 1},
            ("memory/job", 7),
        ),
        ("9:cpu,memory:/a:b\n", {"memory/a:b/memory.limit_in_bytes": 7}, ("memory/a:b", 7)),
        ("4:memory:/job\n", {"memory/job/memory.limit_in_bytes": 2**63 - 4096}, None),
    ],
)
def test_the_tightest_limit_counts(kernel, lines, files, found):
    """Of both versions, of the groups around it too; what is not below the machine's is none."""
    assert kernel(lines, files) == found


def test_files_that_could_be_dropped_are_not_used_memory(tmp_path):
    """The page cache grows until the limit, and harms nobody."""
    (tmp_path / "memory.current").write_text("1000\n")
    (tmp_path / "memory.stat").write_text("anon 600\ninactive_file 300\nactive_file 100\n")
    assert MemoryLimit(tmp_path, 2000, is_old=False).used_bytes() == 700
    (tmp_path / "memory.usage_in_bytes").write_text("1000\n")
    (tmp_path / "memory.stat").write_text("inactive_file 1\ntotal_inactive_file 300\n")
    assert MemoryLimit(tmp_path, 2000, is_old=True).used_bytes() == 700
    (tmp_path / "memory.stat").write_text("")
    assert MemoryLimit(tmp_path, 2000, is_old=True).used_bytes() == 1000


def test_a_process_that_is_gone_has_none(tmp_path):
    """As where the kernel has no control groups."""
    assert memory_limit(7, MACHINE, proc=tmp_path) is None
