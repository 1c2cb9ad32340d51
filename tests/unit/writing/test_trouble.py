"""What users are told when the environment fails: once, by name, never by an exception."""

from __future__ import annotations

import errno
import sys

import pytest

from trialog import errors
from trialog._writing.trouble import Trouble, tell_on_stderr

FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def told():
    return []


def test_each_kind_of_trouble_is_told_once(told):
    """A disk that is full for a day is one line, and says whose run it is."""
    trouble = Trouble("run 'r'", tell=told.append)
    for _ in range(100):
        trouble.tell_full(FULL)
        trouble.tell_failing(ValueError("x"))
        trouble.tell_unkept("attachment 'a'", FULL)
        trouble.tell_lost_fact("parameters")
    assert len(told) == 4
    assert all(line.startswith("run 'r': ") for line in told)
    trouble.tell_unkept("attachment 'b'", FULL)
    assert len(told) == 5


def test_a_disk_that_can_only_be_read_is_told_once_and_not_called_full(told):
    """Whoever meets it first tells it: the thread that syncs, or the one that needs room."""
    trouble = Trouble("run 'r'", tell=told.append)
    trouble.tell_failing(OSError(errno.EROFS, "Read-only file system"))
    trouble.tell_full(OSError(errno.EROFS, "Read-only file system"))
    (line,) = told
    assert "cannot be written (Read-only file system)" in line
    assert "room" not in line


def test_nothing_lost_is_nothing_told(told):
    """The number of missing points is told where there are any."""
    trouble = Trouble("run 'r'", tell=told.append)
    trouble.add_missing(0, 5)
    trouble.tell_lost()
    assert told == []
    trouble.add_missing(3, 70)
    trouble.add_missing(4, 60)
    trouble.tell_lost()
    assert (trouble.missing, trouble.missing_since_ns) == (7, 60)
    assert told == ["run 'r': 7 points could not be kept and are missing."]


def test_a_child_begins_with_nothing_missing_and_is_not_told_again(told):
    """The parent's losses are the parent's."""
    trouble = Trouble("run 'r'", tell=told.append)
    trouble.tell_full(FULL)
    trouble.add_missing(3, 70)
    trouble.reset()
    trouble.tell_full(FULL)
    assert (trouble.missing, trouble.missing_since_ns, len(told)) == (0, None, 1)


def test_only_the_strict_are_refused(told):
    """With the number of the system's error, so that code can tell what it was."""
    Trouble("run 'r'", tell=told.append).refuse(FULL)
    with pytest.raises(errors.StoreError, match="run 'r'.*no room") as caught:
        Trouble("run 'r'", strict=True, tell=told.append).refuse(FULL)
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.__cause__ is FULL


def _raising(error):
    class Broken:
        def write(self, text):
            raise error

        def flush(self):
            raise error

    return Broken()


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EPIPE, "Broken pipe"),
        ValueError("I/O operation on closed file."),
        RuntimeError("reentrant call inside <_io.BufferedWriter name='<stderr>'>"),
        TypeError("bytes, please"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_stderr_that_is_broken_is_nobody_to_tell(monkeypatch, error):
    """Telling never raises: it is done by calls of log() and by the steward."""
    monkeypatch.setattr(sys, "stderr", _raising(error))
    tell_on_stderr("text")
    monkeypatch.setattr(sys, "stderr", object())
    tell_on_stderr("text")
