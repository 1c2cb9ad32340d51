"""Who and where a run belongs to follows from its first record, the same everywhere."""

from __future__ import annotations

import uuid

import pytest

from trialog._entities import RunOrg
from trialog._format import owners
from trialog._format.facts import Start


def start(**facts):
    given = {"writer": "w", "run": "r", "role": "run", "namespace": "acme", "project": "demo"}
    return Start(**(given | facts))


def test_names_are_shown_as_they_were_written():
    """Where nobody wrote one, the slug stands for it."""
    named = start(namespace_name="Acme Corp.", project_name="Démo")
    assert owners.organization(named) == RunOrg("acme", "Acme Corp.")
    assert owners.organization(start()) == RunOrg("acme", "acme")
    assert owners.project(named).display_name == "Démo"
    assert (owners.project(start()).display_name, owners.project(start()).slug) == ("demo", "demo")


def test_a_project_has_one_uuid():
    """Of its slugs alone: not of its display name, its runs or its writers."""
    one = owners.project(start()).uuid
    assert uuid.UUID(one).version == 5
    assert owners.project(start(run="s", writer="v", project_name="Other")).uuid == one
    others = [start(project="demo-2"), start(namespace="beta"), start(project="acme")]
    assert len({one, *(owners.project(each).uuid for each in others)}) == 4


def test_a_user_has_one_uuid():
    """Of the user name alone, which no project's name can imitate."""
    ada = owners.user(start(user="Ada L"))
    assert (ada.username, ada.slug) == ("Ada L", "ada-l")
    assert ada.uuid == owners.user(start(user="Ada L", namespace="beta")).uuid
    assert ada.uuid != owners.user(start(user="ada-l")).uuid
    assert ada.uuid != owners.project(start(namespace="user", project="Ada L")).uuid


@pytest.mark.parametrize("name", ["", "$$$"])
def test_a_user_without_a_letter_is_still_a_user(name):
    """Nobody chose the name here, and one such run must not hide the others of a list."""
    assert owners.user(start(user=name)).username == name
