"""Words of other trackers: nothing is swallowed, each is answered with the way it is done here."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

import trialog
from trialog import errors
from trialog._tracking import foreign

# -- assigning and changing -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, said",
    [
        ("config", "run.config cannot be assigned to; use run.log_parameters(mapping)"),
        ("notes", "use run.set_description(text)"),
        ("description", "use run.set_description(text)"),
        ("tags", "use run.add_tags(*texts)"),
        ("summary", "use run.log(name, value)"),
        ("parameters", "use run.log_parameters(mapping)"),
        ("name", "trialog.init(name=…)"),
        ("lr", "a run has no attribute 'lr' that could be set"),
    ],
)
def test_nothing_is_assigned_to_a_run(name, said):
    """What would be lost in silence is an error that names the call which keeps it."""
    with trialog.init("p") as run, pytest.raises(AttributeError) as caught:
        setattr(run, name, {"lr": 0.1})
    assert said in str(caught.value)
    with pytest.raises(AttributeError):
        setattr(trialog.get_run(run.id), name, {"lr": 0.1})


def test_what_is_read_is_not_changed():
    """Parameters and summaries are dicts to read, equal to plain ones, whole and inside."""
    with trialog.init("p", parameters={"lr": 0.1}) as run:
        run.log("loss", 0.5)
    for each in (run, trialog.get_run(run.id)):
        for change in (
            lambda run: run.summary.__setitem__("best", 0.9),
            lambda run: run.summary.update(best=0.9),
            lambda run: run.summary["loss"].update(min=0),
            lambda run: run.summary["loss"].pop("min"),
            lambda run: run.parameters.setdefault("depth", 3),
            lambda run: run.parameters.clear(),
        ):
            with pytest.raises(errors.UsageError, match=r"would be lost; log it: run\.log"):
                change(each)
        assert each.parameters == {"lr": 0.1}
        assert each.summary["loss"]["min"] == 0.5


@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        lambda given: pickle.loads(pickle.dumps(given)),
        lambda given: json.loads(json.dumps(given)),
        lambda given: given.copy(),
        lambda given: given | {},
    ],
    ids=["copy", "deepcopy", "pickle", "json", "method", "union"],
)
def test_a_copy_of_what_is_read_is_ones_own(copied):
    """It is a plain dict, and may be changed."""
    with trialog.init("p", parameters={"lr": 0.1}) as run:
        pass
    own = copied(run.parameters)
    assert type(own) is dict
    own["lr"] = 0.2
    assert run.parameters == {"lr": 0.1}


# -- names and keywords ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", foreign.RUN_NAMES)
def test_a_run_answers_for_the_names_of_others(name):
    """Reading one says what to use; it is not there for ``hasattr`` and ``dir``."""
    with trialog.init("p") as run:
        with pytest.raises(AttributeError) as caught:
            getattr(run, name)
        assert (
            str(caught.value)
            == f"a run has no attribute {name!r}; use " + (foreign.RUN_NAMES[name])
        )
        assert not hasattr(run, name)
        assert name not in dir(run)
        assert "log_parameter" in dir(run)


@pytest.mark.parametrize("name", foreign.MODULE_NAMES)
def test_the_package_answers_for_the_names_of_others(name):
    """``trialog.log_metric`` and its kin; a name that nobody has is just not there."""
    with pytest.raises(AttributeError) as caught:
        getattr(trialog, name)
    assert f"; use {foreign.MODULE_NAMES[name]}" in str(caught.value)
    with pytest.raises(AttributeError, match=r"^module 'trialog' has no attribute 'xyz'$"):
        trialog.xyz  # noqa: B018 # this is the question


@pytest.mark.parametrize("name", ["log", "log_parameter", "log_metric", "finish"])
def test_a_stored_run_takes_nothing_more(name):
    """It says how to go on with it."""
    with trialog.init("acme", "p", name="w"):
        pass
    with pytest.raises(AttributeError) as caught:
        getattr(trialog.get_run("w"), name)
    assert "go on with it by trialog.init('acme/p', resume='w')" in str(caught.value)
    with trialog.init("acme/p", resume="w") as run:
        assert run.name == "w"
    with pytest.raises(AttributeError, match="no attribute 'xyz'"):
        trialog.get_run("w").xyz  # noqa: B018 # this is the question


@pytest.mark.parametrize("keyword", foreign.INIT_KEYWORDS)
def test_init_answers_for_the_keywords_of_others(store, keyword):
    """What to give instead, before anything is written."""
    with pytest.raises(errors.UnknownKeywordError) as caught:
        trialog.init("p", **{keyword: "x"})
    said = f"init() has no keyword {keyword!r}; {foreign.INIT_KEYWORDS[keyword]}"
    assert str(caught.value) == said
    assert not store.exists()


def test_log_and_finish_answer_for_the_keywords_of_others():
    """``commit=`` and ``exit_code=``; a misspelt keyword is still answered with the nearest."""
    with trialog.init("p") as run:
        with pytest.raises(errors.UnknownKeywordError, match="give both calls the same step="):
            run.log({"loss": 0.1}, commit=False)
        with pytest.raises(errors.UnknownKeywordError, match="status='FAILED'"):
            run.finish(exit_code=1)
        with pytest.raises(errors.UnknownKeywordError, match="did you mean 'step'"):
            run.log("loss", 0.1, stp=3)


@pytest.mark.parametrize("resume", [True, False, "allow", "must", "never", "auto"])
def test_resume_takes_a_run_and_no_mode(resume):
    """The message says what ``id=`` and ``resume=`` do."""
    for options in ({}, {"id": "x"}):
        with pytest.raises(errors.TrialogError, match="id= begins a run of that id, joins it"):
            trialog.init("p", resume=resume, **options)


def test_a_run_that_is_called_like_a_mode_is_gone_on_with():
    """Words are names first."""
    trialog.init("p", name="allow").finish()
    with trialog.init("p", resume="allow") as run:
        assert run.name == "allow"


# -- namespace and project ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "positions, keywords, expected",
    [
        (("digits",), {}, "me/digits"),
        (("acme/digits",), {}, "acme/digits"),
        (("acme", "digits"), {}, "acme/digits"),
        ((), {"project": "digits"}, "me/digits"),
        ((), {"project": "acme/digits"}, "acme/digits"),
        ((), {"namespace": "acme", "project": "digits"}, "acme/digits"),
        (("acme",), {"project": "digits"}, "acme/digits"),
        (("digits",), {"namespace": "acme"}, "acme/digits"),
        ((), {"namespace": "acme"}, "acme/mine"),
        ((), {}, "me/mine"),
    ],
)
def test_where_a_run_goes(monkeypatch, positions, keywords, expected):
    """By position, by keyword, by both, and by the environment."""
    monkeypatch.setenv("TRIALOG_NAMESPACE", "me")
    monkeypatch.setenv("TRIALOG_PROJECT", "mine")
    with trialog.init(*positions, **keywords) as run:
        assert f"{run.organization.slug}/{run.project.slug}" == expected


def test_a_default_project_of_another_namespace_gives_its_name_alone(monkeypatch):
    """``TRIALOG_PROJECT=bob/mine`` and a namespace of the call."""
    monkeypatch.setenv("TRIALOG_PROJECT", "bob/mine")
    with trialog.init(namespace="acme") as run:
        assert (run.organization.slug, run.project.slug) == ("acme", "mine")


@pytest.mark.parametrize(
    "positions, keywords, what",
    [
        (("acme", "digits"), {"project": "x"}, "the project twice"),
        (("acme", "digits"), {"namespace": "x"}, "the namespace twice"),
        (("digits",), {"namespace": "acme", "project": "x"}, "the project twice"),
    ],
)
def test_what_is_named_twice_is_refused(positions, keywords, what):
    """By position and by keyword: nobody knows which is meant."""
    with pytest.raises(errors.UsageError, match=what):
        trialog.init(*positions, **keywords)


@pytest.mark.parametrize("name", foreign.EXPERIMENT_NAMES)
def test_an_experiment_answers_for_words_of_ommx(name):
    """The object and the class say what to write instead, and neither lists them."""
    experiment = trialog.Experiment("words")
    said = f"an experiment has no attribute {name!r}; use {foreign.EXPERIMENT_NAMES[name]}"
    for owner in (experiment, trialog.Experiment):
        with pytest.raises(AttributeError) as caught:
            getattr(owner, name)
        assert said in str(caught.value)
    assert name not in dir(experiment)
    experiment.finish()


@pytest.mark.parametrize("keyword", foreign.EXPERIMENT_RUN_KEYWORDS)
def test_a_run_of_an_experiment_answers_for_keywords_of_init(keyword):
    """Nothing is begun by it."""
    with trialog.Experiment("words", commit=False) as experiment:
        with pytest.raises(trialog.errors.UnknownKeywordError, match=keyword):
            experiment.run(**{keyword: "x"})
        assert len(experiment.runs) == 0
    experiment.finish()
