"""``trialog gc``."""

from __future__ import annotations

import hashlib
import os

import pytest

import trialog

_OLD_S = 1_700_000_000


@pytest.fixture
def forgotten(store):
    """A blob that no journal names, and what was left of writing another, both long ago."""
    trialog.init("acme", "p", name="one").finish()
    digest = hashlib.sha256(b"forgotten").hexdigest()
    path = store / "blobs" / "sha256" / digest[:2] / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"forgotten")
    os.utime(path, (_OLD_S, _OLD_S))
    return path


def test_a_look_changes_nothing(call, forgotten):
    """Without ``--delete`` it is counted, in both answers, and stays where it is."""
    found = call("gc").json
    assert (found["is_removed"], found["blobs"], found["blobs_bytes"]) == (False, 1, 9)
    assert (found["runs"], found["unreadable"], found["size_bytes"]) == ([], [], 9)
    table = call("gc", "--table")
    assert table.lines[0] == "contents that nothing names: 1 blob, 9 B"
    assert table.lines[-1] == "9 B in all. Nothing was changed: --delete moves it to the trash"
    assert forgotten.exists()


def test_deleting_can_be_undone(call, forgotten):
    """``--delete`` moves it to the trash; the line that it prints gets it back."""
    answer = call("gc", "--delete", "--table")
    assert not forgotten.exists()
    assert answer.lines[-1] == "moved 9 B to the trash; to put back: trialog gc --undo"
    back = call("gc", "--undo").json
    assert [each["size_bytes"] for each in back["put_back"]] == [9]
    assert forgotten.read_bytes() == b"forgotten"
    assert call("gc", "--undo", "--table").stdout == "the trash is empty\n"


def test_what_is_new_is_left_alone(call, forgotten):
    """``--older-than`` says how old it must be."""
    assert call("gc", "--older-than", "52000w").json["blobs"] == 0
    assert call("gc", "--older-than", "7d").json["blobs"] == 1


def test_nothing_to_do(call):
    """A store in which everything is needed."""
    trialog.init("acme", "p", name="one").finish()
    assert call("gc", "--table").stdout == "there is nothing that nobody needs\n"


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--older-than", "soon"], "--older-than 'soon' is no duration"),
        (["--older-than", "1s"], "--older-than '1s' is too short"),
        (["--undo", "--delete"], "--undo puts everything back: give it alone"),
    ],
)
def test_misuse(call, arguments, said):
    """One line, exit code 2."""
    answer = call("gc", *arguments)
    assert (answer.code, answer.stdout) == (2, "")
    assert said in answer.stderr
