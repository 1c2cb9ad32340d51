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


def test_the_id_of_one_and_the_name_of_another_means_neither():
    """The message names both and the ways out, which lead to them."""
    first = make("other", id="the-id")
    second = make("the-id", project="elsewhere")
    with pytest.raises(UsageError, match=r"of acme/demo \('other'\).*of acme/elsewhere") as caught:
        trialog.get_run("the-id")
    assert "name the project (project='acme/demo' or 'acme/elsewhere')" in str(caught.value)
    assert trialog.get_run("the-id", "acme/demo").id == first.id
    assert trialog.get_run("the-id", "acme/elsewhere").id == second.id
    assert trialog.get_run(second.id).name == "the-id"


def test_the_id_of_one_and_the_name_of_another_of_its_project_means_neither():
    """The project cannot tell them apart: the one goes by its name, the other by its id."""
    first = make("other", id="the-id")
    second = make("the-id")
    with pytest.raises(UsageError, match=f"say which by 'other' or '{second.id}'"):
        trialog.get_run("the-id", "acme/demo")
    with pytest.raises(UsageError, match=f"give '{second.id}' or 'other'"):
        trialog.init("acme", "demo", resume="the-id")
    trialog.delete_run("other")
    trialog.get_run("other").add_tags("found")
    assert trialog.get_run("other").tags == ("found",)
    assert trialog.runs().ids == [second.id]
    trialog.delete_run(trialog.get_run(second.id))
    assert len(trialog.runs()) == 0
    trialog.get_run(first.name).restore()
    trialog.delete_run(first)
    assert len(trialog.runs()) == 0


def test_a_run_whose_name_is_its_id_is_that_run():
    """One run, one meaning."""
    make("exp1", id="exp1")
    assert trialog.get_run("exp1").name == "exp1"


def test_a_whole_name_goes_before_the_beginning_of_an_id():
    """Who types a name in full means it."""
    make("one", id="abcdef-one")
    make("two", id="abcdef-two")
    make("abcdef")
    assert trialog.get_run("abcdef").name == "abcdef"


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


def test_an_id_in_several_projects_is_told_apart_by_the_project_alone():
    """Giving the id is no way out: it was given."""
    make("one", id="same-id")
    make("two", id="same-id", project="elsewhere")
    with pytest.raises(UsageError, match=r"name the project$"):
        trialog.get_run("same-id")


def test_a_name_in_other_letters_is_a_hint():
    """However short it is."""
    make("w")
    with pytest.raises(NotFoundError, match="did you mean 'w'"):
        trialog.get_run("W")
