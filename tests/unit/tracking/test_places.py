"""Which namespace and project a run goes to, as far as the call says, and where it does not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from trialog._settings import Settings
from trialog._tracking.places import Belonging, asked_for, belonging
from trialog._writing.identity import user_name
from trialog.errors import InvalidNameError, UsageError

PLAIN = Settings(Path("/store"))
SET = PLAIN._replace(namespace="lab", project="Default")


@pytest.mark.parametrize(
    "first,second,settings,found",
    [
        ("acme", "Demo 1", PLAIN, ("acme", "acme", "demo-1", "Demo 1")),
        ("Acme Corp", "Demo", SET, ("acme-corp", "Acme Corp", "demo", "Demo")),
        ("Demo", None, SET, ("lab", "lab", "demo", "Demo")),
        ("Acme/Demo", None, SET, ("acme", "Acme", "demo", "Demo")),
        ("a/b/c", None, SET, ("lab", "lab", "a-b-c", "a/b/c")),
        ("acme", "a/b", SET, ("acme", "acme", "a-b", "a/b")),
        (None, "Demo", SET, ("lab", "lab", "demo", "Demo")),
        (None, None, SET, ("lab", "lab", "default", "Default")),
        (None, None, SET._replace(project="ns/p"), ("ns", "ns", "p", "p")),
    ],
)
def test_names_by_position(first, second, settings, found):
    """Two are namespace and project; one is a project, its namespace before a slash."""
    assert belonging(first, second, settings) == Belonging(*found)


def test_the_namespace_is_the_users_where_nobody_says():
    """Runs of two users of one machine do not mix."""
    assert belonging("demo", None, PLAIN).namespace_name == user_name()


@pytest.mark.parametrize(
    "first,second",
    [("", "demo"), ("acme", "!!!"), ("a\nb", None), (3, None), ("acme", 3), ("/demo", None)],
)
def test_what_cannot_be_one(first, second):
    """Named as namespace or project."""
    with pytest.raises(InvalidNameError, match=r"the (namespace|project) name"):
        belonging(first, second, SET)


@pytest.mark.parametrize(
    "first,second,namespace,project,found",
    [
        ("acme", "demo", None, None, ("acme", "demo")),
        ("demo", None, None, None, ("demo", None)),
        (None, None, None, None, (None, None)),
        (None, None, "acme", "demo", ("acme", "demo")),
        (None, None, None, "demo", ("demo", None)),
        (None, None, None, "acme/demo", ("acme/demo", None)),
        ("acme", None, None, "demo", ("acme", "demo")),
        ("demo", None, "acme", None, ("acme", "demo")),
        (None, "demo", "acme", None, ("acme", "demo")),
        (None, None, "acme", None, ("acme", "Default")),
    ],
)
def test_names_by_keyword(first, second, namespace, project, found):
    """In any mixture with positions; one name alone is a project."""
    assert asked_for(first, second, namespace, project, SET) == found


@pytest.mark.parametrize(
    "first,second,namespace,project,says",
    [
        ("acme", "demo", "other", None, "the namespace twice, as 'acme' and as namespace='other'"),
        ("acme", "demo", None, "other", "the project twice, as 'demo' and as project='other'"),
        ("demo", None, "acme", "other", "the project twice, as 'demo' and as project='other'"),
        (None, "demo", None, "other", "the project twice, as 'demo' and as project='other'"),
    ],
)
def test_a_name_given_twice(first, second, namespace, project, says):
    """Refused, even where both are alike: one of them is a mistake."""
    with pytest.raises(UsageError) as caught:
        asked_for(first, second, namespace, project, SET)
    assert says in str(caught.value)


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Says which file the process runs; None as at a prompt."""

    def place(path):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        monkeypatch.setattr(sys.modules["__main__"], "__file__", path and str(path), raising=False)

    return place


def test_the_project_is_named_by_the_repository_of_the_program(program, tmp_path):
    """Wherever in it the program lies; a worktree's .git is a file."""
    (tmp_path / "My Repo").mkdir()
    (tmp_path / "My Repo" / ".git").touch()
    program(tmp_path / "My Repo" / "src" / "deep" / "train.py")
    assert belonging(None, None, PLAIN)[2:] == ("my-repo", "My Repo")


def test_the_project_is_named_by_the_folder_of_the_program(program, tmp_path):
    """Where there is no repository; a link to it does not count."""
    program(tmp_path / "Some Folder" / "train.py")
    assert belonging(None, None, PLAIN)[2:] == ("some-folder", "Some Folder")
    link = tmp_path / "bin" / "train"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "Some Folder" / "train.py")
    program(link)
    assert belonging(None, None, PLAIN).project == "some-folder"


def test_the_project_is_named_by_the_folder_one_is_in(program, tmp_path, monkeypatch):
    """At a prompt and in a notebook there is no program's file."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    program(None)
    assert belonging(None, None, PLAIN).project == "here"


def test_a_folder_that_gives_no_name(program, tmp_path):
    """The message says how to give one."""
    program(tmp_path / "!!!" / "train.py")
    with pytest.raises(UsageError, match="set TRIALOG_PROJECT"):
        belonging(None, None, PLAIN)
