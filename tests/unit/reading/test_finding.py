"""What a user types: ids, beginnings of ids, names; and what nearly was one."""

from __future__ import annotations

import pytest

import trialog
from trialog.errors import InvalidTypeError, NotFoundError, UsageError


def make(name, project="demo", **options):
    run = trialog.init("acme", project, name=name, **options)
    run.finish()
    return run


def test_an_id_its_beginning_or_a_name():
    """Six letters of an id are enough where they mean one run."""
    first = make("first", id="abcdef-one")
    make("second", id="xbcdef-two")
    assert trialog.get_run("abcdef-one").id == first.id
    assert trialog.get_run("abcdef").name == "first"
    assert trialog.get_run("second").id == "xbcdef-two"
    with pytest.raises(NotFoundError):
        trialog.get_run("abcde")


def test_a_beginning_of_several_ids_is_refused():
    """Both are named."""
    make("one", id="abcdef-one")
    make("two", id="abcdef-two")
    with pytest.raises(UsageError, match=r"abcdef-two and abcdef-one|abcdef-one and abcdef-two"):
        trialog.get_run("abcdef")


def test_an_id_goes_before_a_name():
    """A run may be called as another one's id."""
    make("other", id="the-id")
    make("the-id", project="elsewhere")
    assert trialog.get_run("the-id").name == "other"


def test_a_name_in_several_projects_needs_the_project():
    """The message lists them."""
    make("same")
    make("same", project="Other")
    with pytest.raises(UsageError, match="acme/demo, acme/other"):
        trialog.get_run("same")
    assert trialog.get_run("same", "Other").project.slug == "other"
    assert trialog.get_run("same", "acme/demo").project.slug == "demo"
    with pytest.raises(NotFoundError):
        trialog.get_run("same", "nowhere/demo")


def test_names_that_look_the_same_are_the_same():
    """Unicode has several ways to write é."""
    make("caf\u00e9")
    assert trialog.get_run("cafe\u0301").name == "caf\u00e9"


def test_deleted_runs_are_found_by_who_asks_for_them():
    """They are not in lists."""
    make("gone", id="abcdef-one")
    trialog.delete_run("abcdef-one")
    assert trialog.get_run("gone").date_deleted is not None
    assert list(trialog.runs()) == []


@pytest.mark.parametrize("wrong", ["frist", "abcdef-own"])
def test_the_nearest_name_or_id_is_offered(wrong):
    """A misspelt one is nearly always meant."""
    make("first", id="abcdef-one")
    with pytest.raises(NotFoundError, match=r"did you mean '(first|abcdef-one)'"):
        trialog.get_run(wrong)


def test_no_run_at_all_names_the_store(store):
    """The store may be the wrong one."""
    with pytest.raises(NotFoundError, match=str(store)):
        trialog.get_run("anything")
    with pytest.raises(InvalidTypeError, match="int"):
        trialog.get_run(3)
