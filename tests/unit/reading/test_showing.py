"""What notebooks show of runs, experiments and lists of them."""

import math

import pytest

import trialog
from trialog._display.tables import MAX_BYTES


def rows(html):
    return html.count("<tr>") - 1


@pytest.fixture
def sweep(store):
    for number in range(25):
        parameters = {"batch": 32, "lr": 0.1 / (number + 1), "deep": number % 2 == 0}
        with trialog.init(
            "acme", "shown", name=f"run-{number}", parameters=parameters, capture=False
        ) as run:
            for step in range(5):
                run.log("loss", 1 / (step + 1), step)
                run.log("system/cpu", 50.0, step)


def test_a_run_says_how_it_is_and_what_it_came_to(store):
    """Status, reason, description, tags, metrics with curves, parameters."""
    run = trialog.init(
        "acme",
        "shown",
        name="one",
        tags=["a"],
        description="why",
        parameters={"lr": 0.1},
        capture=False,
    )
    for loss in (1.0, math.nan, 0.25):
        run.log("loss", loss)
    with pytest.raises(ValueError, match="boom"), run:
        raise ValueError("boom")
    for shown in (run._repr_html_(), trialog.get_run("one")._repr_html_()):
        assert "CRASHED" in shown
        assert "ValueError: boom" in shown
        assert ">why</div>" in shown
        assert '<span class="tl-tag">a</span>' in shown
        assert ">0.25</td>" in shown
        assert "3, 1 NaN" in shown
        assert 'class="tl-nan"' in shown
        assert "lr" in shown
        assert "as of" not in shown


def test_a_run_that_goes_on_says_of_when_it_is(store):
    """What a notebook keeps is read much later."""
    with trialog.init("acme", "shown", capture=False) as run:
        kept = trialog.get_run(run.id)
        run.log("loss", 0.5)
        assert "as of" in run._repr_html_()
        assert ">0.5</td>" in kept._repr_html_()
    assert "COMPLETED" in kept._repr_html_()
    assert kept.status == "RUNNING"  # its facts are of the moment it was read


def test_runs_are_a_table_of_what_tells_them_apart(sweep):
    """Twenty at most; what is the same in all stands above, the machine's metrics nowhere."""
    shown = trialog.runs("acme/shown")._repr_html_()
    assert rows(shown) == 20
    assert "… and 5 more" in shown
    assert "in all: batch = 32" in shown
    heads = shown.partition("</thead>")[0].split("<th scope=col")[1:]
    titles = [head.partition(">")[2].partition("<")[0] for head in heads]
    assert titles == ["name", "status", "lr", "deep", "loss", "loss", "duration"]
    assert shown.count("<svg") == 20
    assert "system/cpu" not in shown
    assert len(shown.encode()) <= MAX_BYTES


def test_no_runs_are_no_table(store):
    """And not an error."""
    assert "0 runs" in trialog.runs("acme/none")._repr_html_()
    assert "0 experiments" in trialog.experiments()._repr_html_()


def test_an_experiment_shows_its_runs(store):
    """While it goes on, sealed, and in a list."""
    with trialog.Experiment("sweep", project="acme/shown") as experiment:
        for lr in (0.1, 0.2):
            with experiment.run(parameters={"lr": lr}) as run:
                run.log("loss", lr)
        assert "RUNNING" in experiment._repr_html_()
    shown = experiment._repr_html_()
    assert rows(shown) == 2
    assert "2 runs" in shown
    assert "committed as sha256:" in shown
    listed = trialog.experiments()._repr_html_()
    assert rows(listed) == 1
    assert "committed" in listed


def test_a_loaded_experiment_is_shown_without_bringing_it_in(store, tmp_path, monkeypatch):
    """To look at an artifact writes nothing."""
    with trialog.Experiment("sent", project="acme/shown") as experiment:
        experiment.run().finish()
    experiment.save(tmp_path / "sent.tar")
    monkeypatch.setenv("TRIALOG_HOME", str(tmp_path / "other"))
    loaded = trialog.Experiment.load(tmp_path / "sent.tar")
    assert "loaded, not in the store" in loaded._repr_html_()
    assert len(trialog.runs()) == 0


def test_attachments_are_a_table(store):
    """Name, media type, size."""
    with trialog.init("acme", "shown", capture=False) as run:
        run.log_json("<i>", {"a": 1})
        shown = run.attachments._repr_html_()
    assert "&lt;i&gt;" in shown
    assert "application/json" in shown


def test_the_plain_text_stays_as_it_was(sweep, capsys):
    """In a terminal: the line that repr gives."""
    run = trialog.get_run("run-0")
    run.show()
    assert capsys.readouterr().out == "<StoredRun 'run-0' COMPLETED acme/shown>\n"
    with pytest.raises(NotImplementedError):
        run._ipython_display_()
