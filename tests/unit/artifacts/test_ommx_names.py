"""Names that OMMX takes, and what becomes of them here."""

import pytest

from trialog._artifacts.ommx_names import attachment_names, parameter_names, usable_filename


@pytest.mark.parametrize("name", ["a", "runs/0/ünï", "a b", "..a", "a.b"])
def test_a_name_that_may_stand_here_stays(name):
    """Whatever can be kept is."""
    assert attachment_names().give(name) == name


@pytest.mark.parametrize(
    "name, given",
    [
        ("", "attachment"),
        (" \n", "_"),
        ("/etc/passwd", "etc/passwd"),
        ("a/../../b", "a/__/__/b"),
        ("a\\b", "a_b"),
        ("C:/x", "C_/x"),
        ("\ud800", "_"),
        ("///", "attachment"),
        ("é" * 999, "é" * 496),
    ],
)
def test_another_becomes_the_nearest_that_may(name, given):
    """No way out of a folder, nothing unprintable, not too long."""
    assert attachment_names().give(name) == given


def test_no_two_are_the_same():
    """The second gets a number, even where that one is taken."""
    names = attachment_names()
    given = [names.give(each) for each in ("a", "a", "a-2", "a\\", "a_")]
    assert given == ["a", "a-2", "a-2-2", "a_", "a_-2"]


def test_a_parameter_may_look_like_a_path():
    """It is never one."""
    assert parameter_names().give("/a\\..") == "/a\\.."


@pytest.mark.parametrize(
    "name, given",
    [
        ("a.txt", "a.txt"),
        ("docs/a.txt", "a.txt"),
        ("..\\a.txt", "a.txt"),
        ("..", None),
        (".", None),
        ("", None),
        (None, None),
        ("a\n", None),
    ],
)
def test_a_filename_is_no_path(name, given):
    """What stands before the last slash is not kept."""
    assert usable_filename(name) == given
