"""Experiments while they are recorded: numbers, names, processes, and how their blocks end."""

from __future__ import annotations

import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import trialog
from trialog import errors
from trialog._format.facts import Start
from trialog._format.folders import StoreFolder
from trialog._format.records import Kind
from trialog._tracking.experiments import Address, open_experiment
from trialog._writing import claims


def numbers(experiment):
    return [run.run_id for run in experiment.runs]


def work(experiment, value):
    """What a worker does: a run of its own."""
    with experiment.run() as run:
        run.log_parameter("value", value)
    return run.run_id


# -- numbers and names -----------------------------------------------------------------------------


def test_runs_are_numbered_in_the_order_of_their_starts():
    """Nested and side by side, each has its number, a global id and a name."""
    with trialog.Experiment("sweep", commit=False) as experiment:
        with experiment.run() as outer, experiment.run() as inner:
            assert (outer.run_id, inner.run_id) == (0, 1)
            assert trialog.get_active_run() is inner
        left_open = experiment.run("by name")
        with experiment.run() as last:
            last.log("loss", 0.5)
        left_open.finish()
    assert numbers(experiment) == [0, 1, 2, 3]
    assert [run.name for run in experiment.runs] == ["sweep/0", "sweep/1", "by name", "sweep/3"]
    assert len({run.id for run in experiment.runs}) == 4
    assert trialog.get_run("sweep/3").metrics == ["loss"]


def test_threads_share_an_experiment():
    """Eight threads of twenty runs: each number once, each value in its own run."""
    experiment = trialog.Experiment("threads")
    barrier = threading.Barrier(8)

    def twenty(thread):
        barrier.wait()
        return {work(experiment, f"{thread}-{each}"): f"{thread}-{each}" for each in range(20)}

    with ThreadPoolExecutor(8) as pool:
        logged = {}
        for part in pool.map(twenty, range(8)):
            logged |= part
    assert sorted(logged) == list(range(160))
    assert {run.run_id: run.parameters["value"] for run in experiment.runs} == logged
    experiment.finish()


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_worker_processes_share_an_experiment(script, method):
    """In a pool of whatever kind the runs are those of the experiment that was sent there."""
    done = script(f"""
    import multiprocessing
    import trialog

    def work(experiment, value):
        with experiment.run() as run:
            run.log_parameter("value", value)
        return run.run_id

    if __name__ == "__main__":
        with trialog.Experiment("pool", project="acme/demo", commit=False) as experiment:
            work(experiment, "here")
            with multiprocessing.get_context("{method}").Pool(2) as pool:
                got = pool.starmap(work, [(experiment, each) for each in range(6)])
            work(experiment, "here again")
        print(sorted(got))
    """)
    assert (done.stdout.strip(), done.stderr) == ("[1, 2, 3, 4, 5, 6]", "")
    experiment = trialog.Experiment.open("pool")
    assert numbers(experiment) == list(range(8))
    values = [run.parameters["value"] for run in experiment.runs]
    assert {*values} == {"here", "here again", *range(6)}
    assert {run.status.value for run in experiment.runs} == {"COMPLETED"}


def test_a_copy_in_the_same_process_is_the_same_experiment():
    """Pickled and back, as joblib does it; it opens no second record."""
    with trialog.Experiment("copied", commit=False) as experiment:
        copy = pickle.loads(pickle.dumps(experiment))  # our own
        assert (copy.id, copy.name) == (experiment.id, "copied")
        assert [work(copy, 1), work(experiment, 2), work(copy, 3)] == [0, 1, 2]
    assert len(experiment.writers) == 1


def test_names_are_settled_at_the_start(store):
    """A second experiment of a name gets a number at once; a run may have the same name."""
    first = trialog.Experiment("taken", project="acme/demo")
    second = trialog.Experiment("taken", project="acme/demo")
    elsewhere = trialog.Experiment("taken", project="acme/other")
    with trialog.init("acme", "demo", name="taken") as run:
        pass
    assert (first.name, second.name, elsewhere.name) == ("taken", "taken_1", "taken")
    assert run.name == "taken"
    assert trialog.Experiment.open("taken_1").id == second.id
    with pytest.raises(errors.UsageError, match="several projects"):
        trialog.Experiment.open("taken")
    for each in (first, second, elsewhere):
        each.finish()


def test_a_run_never_gets_the_name_of_a_run_to_come():
    """``sweep/0`` is the experiment's to give, whoever asks first."""
    with trialog.init("acme", "demo", name="sweep/1") as early:
        pass
    with trialog.Experiment("sweep", project="acme/demo", commit=False) as experiment:
        with trialog.init("acme", "demo", name="sweep/0") as late:
            pass
        names = []
        for _ in range(2):
            with experiment.run() as run:
                names.append(run.name)
    assert (early.name, late.name) == ("sweep/1", "sweep/0_1")
    assert names == ["sweep/0", "sweep/1_1"]


def test_no_name_at_all_is_a_random_one():
    """As of runs."""
    experiment = trialog.Experiment()
    assert experiment.name
    experiment.finish()


def test_a_number_whose_run_cannot_begin_is_given_back(monkeypatch):
    """A full disk in between leaves no hole."""
    import trialog._tracking.experiments as module

    with trialog.Experiment("holes", commit=False) as experiment:
        with monkeypatch.context() as patch:

            def full(*_, **__):
                raise OSError(28, "No space left on device")

            patch.setattr(module.writers, "open_journal", full)
            with pytest.raises(errors.StoreError, match="No space left"):
                experiment.run()
        with experiment.run() as run:
            assert run.run_id == 0


# -- how blocks end --------------------------------------------------------------------------------


def test_an_error_leaves_it_open_to_go_on_with():
    """Its status says so until it goes on; each time is an attempt."""
    experiment = trialog.Experiment("rough", commit=False)
    with pytest.raises(ZeroDivisionError), experiment, experiment.run() as run:
        run.log("loss", 1 / 0)
    assert (experiment.status.value, experiment.reason) == (
        "CRASHED",
        "ZeroDivisionError: division by zero",
    )
    assert not experiment.is_committed
    with experiment:
        assert experiment.status is trialog.RunStatus.RUNNING
        work(experiment, 2)
    experiment.finish()
    assert experiment.status is trialog.RunStatus.COMPLETED
    assert [run.status.value for run in experiment.runs] == ["CRASHED", "COMPLETED"]
    assert [each.status.value for each in experiment.attempts] == ["CRASHED", "COMPLETED"]


@pytest.mark.parametrize(
    "error,status",
    [
        (KeyboardInterrupt(), "INTERRUPTED"),
        (SystemExit(3), "CRASHED"),
        (ValueError("x"), "CRASHED"),
    ],
)
def test_what_ends_a_block_is_its_status(error, status):
    """As it is of runs."""
    experiment = trialog.Experiment("ended")
    with pytest.raises(type(error)), experiment:
        raise error
    assert experiment.status.value == status
    assert trialog.experiments(status=status)[0].id == experiment.id


def test_a_later_process_goes_on(script):
    """Opened by its name, with all runs as they were; the next number follows."""
    script("""
    import trialog
    experiment = trialog.Experiment("long", project="acme/demo")
    for each in range(3):
        with experiment.run() as run:
            run.log_parameter("each", each)
    experiment.log_json("plan", [1, 2])
    experiment.finish("FAILED", reason="no time")
    """)
    experiment = trialog.Experiment.open("long")
    assert (experiment.status.value, experiment.reason) == ("FAILED", "no time")
    assert experiment.get_json("plan") == [1, 2]
    assert numbers(experiment) == [0, 1, 2]
    with experiment:
        experiment._commits = False
        assert work(experiment, 3) == 3
    assert experiment.status is trialog.RunStatus.RUNNING
    experiment.finish()


def test_opening_writes_nothing(journals):
    """Who only reads leaves no trace."""
    trialog.Experiment("quiet").finish()
    before = journals.paths()
    experiment = trialog.Experiment.open("quiet")
    assert (numbers(experiment), experiment.parameters, experiment.tags) == ([], {}, ())
    assert journals.paths() == before


def test_an_exit_without_a_commit_loses_nothing(script):
    """What was recorded is there; one line says what to do."""
    done = script("""
    import trialog
    experiment = trialog.Experiment("forgotten")
    experiment.log_parameter("solver", "HiGHS")
    run = experiment.run()
    run.log_parameter("lr", 0.1)
    run.finish()
    """)
    assert "experiment 'forgotten' was left uncommitted" in done.stderr
    assert "trialog.Experiment.open('forgotten')" in done.stderr
    experiment = trialog.Experiment.open("forgotten")
    assert experiment.status.value == "FAILED"
    assert experiment.parameters == {"solver": "HiGHS"}
    assert experiment.run_parameters_df()["lr"].tolist() == [0.1]


def test_an_exit_after_a_block_that_keeps_it_open_is_no_failure(script):
    """``commit=False``: a script that leaves it for the next one."""
    done = script("""
    import trialog
    with trialog.Experiment("kept", commit=False) as experiment:
        experiment.run().finish()
    """)
    assert done.stderr == ""
    assert trialog.Experiment.open("kept").status is trialog.RunStatus.COMPLETED


# -- what is logged to it --------------------------------------------------------------------------


def test_an_experiment_has_parameters_attachments_and_annotations_of_its_own(tmp_path):
    """Beside those of its runs."""
    path = tmp_path / "plan.txt"
    path.write_text("first")
    with trialog.Experiment("own", commit=False, tags="a", parameters={"n": 1}) as experiment:
        experiment.log_parameters({"solver": {"name": "HiGHS"}}, seed=3)
        experiment.log_file("plan", path)
        experiment.log_attachment("raw", "application/x-raw", b"123")
        experiment.log_value("note", "warm")
        experiment.log_with_codec(trialog.codecs.TextCodec, "text", "cold")
        assert experiment.log_directory("all", tmp_path, "*.txt") == ["all/plan.txt"]
        experiment.set_annotation("org.example.ticket", "T-1")
        experiment.set_annotation("org.example.old", "x")
        experiment.set_annotation("org.example.old", None)
        experiment.set_description("about it")
        experiment.add_tags("b", "c")
        experiment.remove_tags("a")
    assert experiment.parameters == {"n": 1, "solver/name": "HiGHS", "seed": 3}
    assert list(experiment.attachments) == ["plan", "raw", "note", "text", "all/plan.txt"]
    assert experiment.get_attachment("plan") == b"first"
    assert experiment.annotations == {"org.example.ticket": "T-1"}
    assert (experiment.description, experiment.tags) == ("about it", ("b", "c"))
    assert trialog.experiments(tags=["b", "c"])[0].id == experiment.id
    assert numbers(experiment) == []


@pytest.mark.parametrize(
    "key,text,error,said",
    [
        ("org.opencontainers.image.title", "x", errors.InvalidNameError, "reserved"),
        ("vnd.trialog.x", "x", errors.InvalidNameError, "reserved"),
        ("", "x", errors.InvalidNameError, "empty"),
        ("a\nb", "x", errors.InvalidNameError, "control character"),
        (3, "x", errors.InvalidNameError, "must be text"),
        ("k", 3, errors.InvalidTypeError, "annotation 'k' must be text, not int: 3"),
    ],
)
def test_annotations_that_cannot_be(key, text, error, said):
    """Each is refused at the call, by its name."""
    with trialog.Experiment("bad", commit=False) as experiment:
        with pytest.raises(error, match=said):
            experiment.set_annotation(key, text)
        assert experiment.annotations == {}


def test_runs_keep_what_init_would_keep():
    """Tags, description, parameters, mapped exceptions: as of any run."""
    with trialog.Experiment("full", commit=False) as experiment:
        with (
            pytest.raises(KeyError),
            experiment.run(
                "one",
                "about it",
                tags=["a", "b"],
                parameters={"model": {"depth": 3}},
                ends={KeyError: "COMPLETED"},
            ) as run,
        ):
            raise KeyError("pruned")
        found = trialog.get_run("one")
    assert (found.description, found.tags) == ("about it", ("a", "b"))
    assert found.parameters == {"model/depth": 3}
    assert found.status.value == "COMPLETED"
    assert found.run_id == run.run_id == 0
    assert [each.id for each in trialog.runs(status="done")] == [run.id]


def test_a_bad_argument_of_a_run_is_refused_before_it_has_a_number():
    """Nothing is used up by it."""
    with trialog.Experiment("strict", commit=False) as experiment:
        for arguments in ({"name": ""}, {"parameters": 3}, {"ends": {3: "x"}}, {"capture": "gpu"}):
            with pytest.raises(errors.TrialogError):
                experiment.run(**arguments)
        with experiment.run() as run:
            assert run.run_id == 0


def test_a_description_of_any_length_is_kept():
    """What does not fit into the first record follows it."""
    experiment = trialog.Experiment("described", project="acme/demo", commit=False)
    with experiment, experiment.run(description="long " * 4_000, tags=["a"]) as run:
        assert run.description == "long " * 4_000
    assert experiment.runs[0].description == "long " * 4_000
    assert experiment.runs[0].tags == ("a",)


def test_a_run_after_one_that_ended_in_a_thread_is_watched(script):
    """Uncaught errors are heard in it too, though the last run took the hook away elsewhere."""
    done = script("""
    import pickle, sys, threading, trialog
    experiment = trialog.Experiment("watched", project="acme/demo", commit=False)
    experiment.finish()
    copy = pickle.loads(pickle.dumps(experiment))  # its runs do not open the experiment's record
    thread = threading.Thread(target=copy.run().finish)
    thread.start()
    thread.join()
    assert sys.excepthook is sys.__excepthook__
    run = copy.run()
    assert sys.excepthook is not sys.__excepthook__
    run.finish()
    """)
    assert (done.returncode, done.stderr) == (0, "")


def test_misspelt_keywords_are_named():
    """The nearest one is."""
    with pytest.raises(errors.UnknownKeywordError, match="did you mean 'project'"):
        trialog.Experiment("x", projct="acme")


def test_the_record_of_an_experiment_is_no_run():
    """It is nobody's active run, in no list of runs, and cannot be joined as one."""
    with trialog.Experiment("record", commit=False) as experiment:
        with pytest.raises(errors.NoActiveRunError):
            trialog.log("loss", 0.5)
        assert len(trialog.runs()) == 0
        assert trialog.fetch_runs() == []
        with pytest.raises(errors.NotFoundError, match="an experiment of that name"):
            trialog.get_run("record")
        with pytest.raises(errors.UsageError, match="is an experiment"):
            trialog.init(id=experiment.id)
        with (
            trialog.init("acme", "demo") as run,
            pytest.raises(errors.NotFoundError, match="a run of that name"),
        ):
            trialog.Experiment.open(run.name)


def test_nothing_is_kept_where_that_is_asked_for(monkeypatch, store):
    """The same API, no files."""
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    with trialog.Experiment("nothing") as experiment:
        for each in range(3):
            with experiment.run() as run:
                run.log_parameter("each", each)
                assert (run.run_id, run.name) == (each, f"nothing/{each}")
        experiment.log_parameter("x", 1)
        assert experiment.parameters == {}
    assert experiment.digest is None
    assert not store.exists()


# -- the recorder itself ---------------------------------------------------------------------------


def test_a_sealed_experiment_takes_no_run_and_no_fact(store):
    """Whoever asks: the object, a copy of it, an init() that names a run of it."""
    experiment = trialog.Experiment("sealed", project="acme/demo")
    with experiment.run() as run:
        pass
    experiment.finish()
    project = StoreFolder(store).project("acme", "demo")
    assert claims.claim_sealing(project, experiment.id, f"sha256:{0:064}")
    copy = open_experiment(Address(store, "acme", "demo", experiment.id))
    assert copy.is_sealed
    for call in (
        experiment.run,
        copy.recording,
        lambda: experiment.log_parameter("x", 1),
        lambda: trialog.init("acme", "demo", resume=run.name),
        lambda: trialog.init("acme", "demo", id=run.id),
    ):
        with pytest.raises(errors.SealedError, match="Fork it"):
            call()
    assert claims.number_claimed_by(project, experiment.id, 1) is None


def test_an_experiment_that_is_not_there(store):
    """An address that leads nowhere."""
    trialog.Experiment("there").finish()
    with pytest.raises(errors.NotFoundError, match="did you mean 'there'"):
        trialog.Experiment.open("thre")
    with pytest.raises(errors.NotFoundError, match="no experiment 'x'"):
        open_experiment(Address(store, "a", "b", "x"))


def test_first_records_say_whose_run_it_is(journals):
    """The experiment's id and the number stand in the journal itself."""
    with trialog.Experiment("starts", commit=False) as experiment, experiment.run() as run:
        pass
    starts = {start["run"]: Start.from_json(start) for start in journals.facts(Kind.START)}
    assert (starts[run.id].experiment, starts[run.id].number) == (experiment.id, 0)
    assert starts[run.id].kind == "run"
    assert starts[experiment.id].kind == "experiment"


def test_an_edit_of_one_that_has_ended_does_not_go_on_with_it():
    """A description, an annotation, a tag: facts beside it; its status stays."""
    trialog.Experiment("done").finish()
    experiment = trialog.Experiment.open("done")
    experiment.set_description("about it")
    experiment.set_annotation("org.example.ticket", "T-1")
    experiment.add_tags("good")
    assert experiment.status is trialog.RunStatus.COMPLETED
    assert (experiment.description, experiment.tags) == ("about it", ("good",))
    assert experiment.annotations == {"org.example.ticket": "T-1"}
    assert len(experiment.attempts) == 1


@pytest.mark.parametrize("status", ["FAILED", "CANCELED", "COMPLETED"])
def test_finish_in_the_block_sticks(status):
    """The block commits nothing then; an error that follows counts."""
    with trialog.Experiment("said") as experiment:
        experiment.finish(status, "bad data")
    assert (experiment.status.value, experiment.reason) == (status, "bad data")
    assert not experiment.is_committed
    experiment.commit()
    assert (experiment.status.value, experiment.reason) == (status, "bad data")


def test_the_place_may_be_said_as_of_init():
    """``namespace/project`` in either place; the namespace once."""
    places = []
    for arguments in (("acme", "demo"), ("acme/demo",), (None, "acme/demo")):
        experiment = trialog.Experiment("placed", *arguments)
        places.append((experiment.organization.slug, experiment.project.slug))
        experiment.finish()
    assert places == [("acme", "demo")] * 3
    with pytest.raises(errors.UsageError, match="the namespace twice, as 'other'"):
        trialog.Experiment("placed", "other", "acme/demo")


def test_a_taken_name_is_told(capsys):
    """And how to go on with the one that has it."""
    trialog.Experiment("twice").finish()
    assert capsys.readouterr().err == ""
    trialog.Experiment("twice").finish()
    said = capsys.readouterr().err
    assert "is called 'twice_1'" in said
    assert "trialog.Experiment.open('twice') goes on" in said


def test_a_run_is_found_by_its_number():
    """Not by its place, which moves when another is deleted."""
    with trialog.Experiment("numbered", commit=False) as experiment:
        for number in range(4):
            experiment.run(parameters={"number": number}).finish()
        experiment.get_run(1).delete()
        assert experiment.get_run(3).parameters == {"number": 3}
        assert experiment.runs[1].run_id == 2
        for wrong in (1, 4):
            with pytest.raises(errors.NotFoundError, match=f"no run {wrong}: it has 3"):
                experiment.get_run(wrong)
        with pytest.raises(errors.InvalidTypeError, match=r"trialog\.get_run\(name\)"):
            experiment.get_run("numbered/3")
    experiment.finish()
