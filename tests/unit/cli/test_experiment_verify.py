"""``trialog experiment verify``."""

from __future__ import annotations

import pytest


@pytest.mark.usefixtures("sweeps")
def test_what_is_sound(call):
    """Exit code 0, and how much was read."""
    call("experiment", "commit", "sweep-1", "sweep-2")
    answers = call("experiment", "verify", "sweep-1", "sweep-2").json
    assert [(each["name"], each["is_sound"], each["problem"]) for each in answers] == [
        ("sweep-1", True, None),
        ("sweep-2", True, None),
    ]
    assert all(each["blobs"] > 3 for each in answers)
    line = call("experiment", "verify", "sweep-1", "--table").stdout
    assert line.startswith("sweep-1 (acme/digits-sweep, ")
    assert line.endswith(": nothing is damaged\n")


@pytest.mark.usefixtures("sweeps")
def test_a_changed_byte_is_found_and_named(call, store):
    """Exit code 1; what is damaged is named, and the other experiments are looked at too."""
    call("experiment", "commit", "sweep-1", "sweep-2")
    plan = call("experiment", "show", "sweep-1").json["attachments"]["plan"][0]["sha256"]
    path = store / "blobs" / "sha256" / plan[:2] / plan
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().swapcase())
    answer = call("experiment", "verify", "sweep-1", "sweep-2")
    assert answer.code == 1
    assert [each["is_sound"] for each in answer.json] == [False, True]
    assert "plan" in answer.json[0]["problem"]
    table = call("experiment", "verify", "sweep-1", "--table")
    assert table.code == 1
    assert table.lines[0].startswith("error sweep-1 (")
    assert any("plan" in line for line in table.lines[1:])
