"""Who and where a run belongs to, as plain values."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError

import pytest

from trialog import RunOrg, RunProject, RunUser

OWNERS = [
    (RunOrg("acme", "Acme"), {"slug": "acme", "display_name": "Acme"}),
    (RunProject("u1", "Démo", "demo"), {"uuid": "u1", "display_name": "Démo", "slug": "demo"}),
    (RunUser("u2", "Ada", "ada"), {"uuid": "u2", "username": "Ada", "slug": "ada"}),
]


@pytest.mark.parametrize("owner,members", OWNERS, ids=lambda value: type(value).__name__)
def test_members_by_position_and_by_name(owner, members):
    """Both ways of making one give the same."""
    assert type(owner)(**members) == owner
    assert {name: getattr(owner, name) for name in members} == members


@pytest.mark.parametrize("owner,members", OWNERS, ids=lambda value: type(value).__name__)
def test_they_are_values(owner, members):
    """Equal ones are one key; copies and pickles are equal; nobody changes one."""
    assert len({owner, type(owner)(**members), copy.deepcopy(owner)}) == 1
    assert pickle.loads(pickle.dumps(owner)) == owner
    with pytest.raises(FrozenInstanceError):
        owner.slug = "other"


def test_a_namespace_needs_no_display_name():
    """Its slug is enough."""
    assert RunOrg("acme") == RunOrg("acme", "")
