"""Claims: of all who ask at once one gets a name, a number, a rank."""

from __future__ import annotations

import pytest

from trialog._format.folders import ProjectFolder
from trialog._writing.claims import (
    attempt_claimed_by,
    claim_attempt,
    claim_experiment,
    claim_name,
    claim_number,
    claim_rank,
    claim_sealing,
    claimed_by,
    experiment_claimed_by,
    is_sealing,
    member_name,
    sealing_claimed_by,
)
from trialog._writing.store import open_store


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    return ProjectFolder(folder)


def test_taken_names_get_the_next_number(project):
    """One after the other, and beyond a thousand no slower than the logarithm."""
    names = [claim_name(project, "x", f"id-{number}") for number in range(40)]
    assert names == ["x", *(f"x_{number}" for number in range(1, 40))]
    assert claimed_by(project, "x_7") == "id-7"
    assert claimed_by(project, "y") is None


def test_names_that_differ_only_by_case_or_hold_slashes_are_names(project):
    """Claims are hashed: no name is a path, none clashes on a file system that folds case."""
    for name in ("x", "X", "a/b", "..", "../../x", "n" * 1000, "損失"):
        assert claim_name(project, name, "id") == name
    for each in (project.path / "names").rglob("*"):
        assert each.name.isalnum()


def test_a_rank_is_one_process(store):
    """It is so again and again; another process is not, whatever it calls itself."""
    project = open_store(store, 0).project("acme", "demo")
    assert claim_rank(project, "r", 0, "one")
    assert claim_rank(project, "r", 0, "one")
    assert not claim_rank(project, "r", 0, "two")
    assert claim_rank(project, "r", 1, "two")
    assert claim_rank(project, "s", 0, "two")


def test_an_attempt_is_claimed_by_those_who_begin_it(store):
    """Others can tell whether it is theirs."""
    project = open_store(store, 0).project("acme", "demo")
    assert attempt_claimed_by(project, "r", 2) is None
    assert claim_attempt(project, "r", 2, "mark")
    assert not claim_attempt(project, "r", 2, "other")
    assert attempt_claimed_by(project, "r", 2) == "mark"


def test_numbers_of_an_experiment_are_counted_from_the_first_of_its_own(project):
    """Whoever asks, and with whatever hint: each number is given once, without a gap."""
    assert [claim_number(project, "e", f"r{i}", least=0, hint=i) for i in range(5)] == [
        0,
        1,
        2,
        3,
        4,
    ]
    assert claim_number(project, "e", "late", least=0, hint=0) == 5
    assert claim_number(project, "fork", "r", least=6, hint=6) == 6
    assert claim_number(project, "fork", "s", least=6, hint=6) == 7


def test_runs_of_experiments_are_found_by_names_they_have_not_claimed(project):
    """A name that may become that of a run of an experiment is nobody else's."""
    assert claim_experiment(project, "sweep", "e") == "sweep"
    assert claim_experiment(project, "sweep", "f") == "sweep_1"
    assert experiment_claimed_by(project, "sweep_1") == "f"
    claim_number(project, "e", "r0", least=0, hint=0)
    assert claimed_by(project, member_name("sweep", 0)) == "r0"
    assert claimed_by(project, "sweep/7") is None
    assert claim_name(project, "sweep/7", "other") == "sweep/7_1"
    assert claim_name(project, "sweep/07", "other") == "sweep/07"
    assert claim_name(project, "else/7", "other") == "else/7"


def test_sealing_is_claimed_once(project):
    """It is said once what an experiment was sealed as."""
    assert not is_sealing(project, "e")
    assert claim_sealing(project, "e", "sha256:1")
    assert not claim_sealing(project, "e", "sha256:2")
    assert (is_sealing(project, "e"), sealing_claimed_by(project, "e")) == (True, "sha256:1")
