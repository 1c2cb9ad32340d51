"""Forks, names and deleting: what is done to an experiment that is there."""

from __future__ import annotations

import pytest

import trialog
from trialog import errors


def make(name, lrs=(0.1,), **options):
    with trialog.Experiment(name, **options) as experiment:
        for lr in lrs:
            experiment.run(parameters={"lr": lr}).finish()
    return experiment


def numbers(experiment):
    return [run.run_id for run in experiment.runs]


# -- forks -----------------------------------------------------------------------------------------


def test_a_fork_goes_on_with_its_parents_numbers():
    """The parent's runs belong to it; the parent stays as it was."""
    base = make("base", (0.1, 0.2))
    with base.fork("more") as more, more.run(parameters={"lr": 0.3}) as run:
        assert (run.run_id, run.name) == (2, "more/2")
    assert numbers(more) == [0, 1, 2]
    assert more.run_parameters_df()["lr"].tolist() == [0.1, 0.2, 0.3]
    assert more.parent == base.id
    assert numbers(base) == [0, 1]
    assert base.commit() == base.digest != more.digest


def test_two_forks_of_one_parent_do_not_meet():
    """Each goes on with the same numbers, in its own runs."""
    base = make("base")
    forks = [base.fork() for _ in range(2)]
    for number, fork in enumerate(forks):
        with fork:
            fork.run(parameters={"lr": float(number)}).finish()
    assert [fork.name for fork in forks] == ["base_1", "base_2"]
    assert [fork.run_parameters_df()["lr"].tolist() for fork in forks] == [[0.1, 0.0], [0.1, 1.0]]


def test_a_fork_of_a_fork_of_an_empty_one():
    """Numbers begin where the forebears' end, be it at 0."""
    first = make("first", ())
    with first.fork("second") as second, second.run():
        pass
    with second.fork("third", project="elsewhere") as third, third.run():
        pass
    assert (numbers(second), numbers(third)) == ([0], [0, 1])
    assert third.project.slug == "elsewhere"


def test_only_what_is_committed_is_forked():
    """What may still grow has no digest to refer to."""
    experiment = trialog.Experiment("open", commit=False)
    with pytest.raises(errors.UsageError, match="'open' is not committed.*commit"):
        experiment.fork()
    experiment.finish()


def test_a_fork_takes_what_an_experiment_takes():
    """Tags, parameters, a block that leaves it open."""
    base = make("base")
    with base.fork(tags="x", parameters={"solver": "HiGHS"}, commit=False, description="d") as fork:
        pass
    assert (fork.tags, fork.parameters, fork.description) == (("x",), {"solver": "HiGHS"}, "d")
    assert not fork.is_committed
    fork.finish()


def test_without_a_store_a_fork_counts_on(monkeypatch):
    """TRIALOG_MODE=disabled: the same calls, and nothing is kept."""
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    with trialog.Experiment("nothing") as base, base.run():
        pass
    with base.fork("more") as more, more.run() as run:
        assert run.run_id == 1


# -- names -----------------------------------------------------------------------------------------


def test_a_renamed_experiment_is_found_by_both_names(capfd):
    """Nobody else gets the old one."""
    experiment = make("old")
    assert experiment.rename("new") == "new"
    assert experiment.name == "new"
    for name in ("old", "new"):
        assert trialog.Experiment.open(name).id == experiment.id
    assert make("old").name == "old_1"
    capfd.readouterr()
    assert experiment.rename("old") == "old"
    assert capfd.readouterr().err == ""


def test_a_name_that_is_taken_gets_a_number(capfd):
    """And that is said."""
    make("taken")
    experiment = make("mine")
    assert experiment.rename("taken") == "taken_1" == experiment.name
    assert "another experiment is called 'taken': this one is called 'taken_1'" in (
        capfd.readouterr().err
    )


def test_an_open_experiment_is_renamed_too():
    """What is sealed later has the name it has then."""
    with trialog.Experiment("before") as experiment:
        experiment.rename("after")
    assert trialog.Experiment.open("after").digest == experiment.digest


def test_a_tag_is_one_more_name():
    """Of one experiment at a time; the same again is no error."""
    one, other = make("one"), make("other")
    one.tag("best")
    one.tag("best")
    assert trialog.Experiment.open("best").id == one.id
    assert one.name == "one"
    with pytest.raises(errors.UsageError, match=f"'best' leads to the experiment 'one' .{one.id}"):
        other.tag("best")
    with pytest.raises(errors.UsageError, match="'one'"):
        other.tag("one")
    with pytest.raises(errors.InvalidNameError):
        other.tag("")


def test_a_tag_in_several_projects_needs_the_project():
    """As a name does."""
    for project in ("a/x", "b/y"):
        make("of " + project[0], project=project).tag("best")
    with pytest.raises(errors.UsageError, match="'best': a/x, b/y; name the project"):
        trialog.Experiment.open("best")
    assert trialog.Experiment.open("best", "b/y").name == "of b"
    with pytest.raises(errors.NotFoundError):
        trialog.Experiment.open("best", "c/z")


# -- deleting --------------------------------------------------------------------------------------


def test_a_deleted_experiment_is_hidden_until_it_is_restored():
    """Its name stays its own; nothing of it is removed."""
    experiment = make("gone")
    experiment.delete()
    assert len(trialog.experiments()) == 0
    assert trialog.Experiment.open("gone").digest == experiment.digest
    experiment.restore()
    assert [each.name for each in trialog.experiments()] == ["gone"]
