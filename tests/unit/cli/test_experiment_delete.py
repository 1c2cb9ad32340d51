"""``trialog experiment delete`` and ``trialog experiment restore``."""

from __future__ import annotations

import pytest


def _names(answer):
    return [each["name"] for each in answer.json]


@pytest.mark.usefixtures("sweeps")
def test_deleted_experiments_are_hidden_and_come_back(call):
    """The line that deleting prints brings them back."""
    answer = call("experiment", "delete", "sweep-1", "sweep-2", "--table")
    assert answer.code == 0
    assert "deleted sweep-1 (acme/digits-sweep, " in answer.lines[0]
    assert _names(call("experiment", "list")) == ["実験"]
    assert _names(call("experiment", "list", "--deleted")) == ["sweep-2", "sweep-1"]
    restored = call(*answer.lines[-1].partition(": trialog ")[2].split())
    assert _names(restored) == ["sweep-1", "sweep-2"]
    assert all(each["deleted_ns"] is None for each in restored.json)
    assert len(call("experiment", "list").json) == 3


@pytest.mark.usefixtures("sweeps")
def test_committed_ones_too_and_twice(call):
    """A committed one is hidden as well; doing it twice is no error, and is said."""
    call("experiment", "commit", "sweep-1")
    (deleted,) = call("experiment", "delete", "sweep-1").json
    assert isinstance(deleted["deleted_ns"], int)
    answer = call("experiment", "delete", "sweep-1", "--table")
    assert (answer.code, "was deleted already" in answer.stdout) == (0, True)
    call("experiment", "restore", "sweep-1")
    answer = call("experiment", "restore", "sweep-1", "--table")
    assert (answer.code, "was not deleted" in answer.stdout) == (0, True)


@pytest.mark.usefixtures("sweeps")
def test_nothing_changes_where_one_is_not_found(call):
    """All experiments are found before the first one is deleted."""
    assert call("experiment", "delete", "sweep-1", "nothing-like-it").code == 1
    assert call("experiment", "list", "--deleted").json == []
