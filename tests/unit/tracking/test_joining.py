"""Runs of several writers and attempts: ``id=``, ``resume=``, ``parent=``, and PENDING."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest

import trialog
from trialog import RunStatus, errors
from trialog._format.blocks import FIRST_BLOCK_BYTES
from trialog._format.encoding import encode_general
from trialog._format.facts import Start
from trialog._format.folders import Marker, StoreFolder, day_of
from trialog._format.records import Kind
from trialog._format.values import dump_json
from trialog._tracking import attempts
from trialog._tracking.presence import is_alive
from trialog._writing.claims import claim_attempt
from trialog._writing.identity import this_process


def start_of(journals, path):
    return Start.decode(journals.read(path)[0].payload)


# -- id= ---------------------------------------------------------------------------------------


def test_a_run_of_a_chosen_id(journals):
    """The id is the user's, and finds the run."""
    with trialog.init("p", name="r", id="train-2026_01.31") as run:
        run.log("x", 1.0)
    assert run.id == "train-2026_01.31"
    assert trialog.get_run("train-2026_01.31").name == "r"


@pytest.mark.parametrize("given", ["", "a/b", "../x", ".", "-x", "x" * 129, "ü", "a b", 3])
def test_an_id_that_cannot_be_one(store, given):
    """It becomes a folder: letters, digits, and little else."""
    with pytest.raises(errors.InvalidNameError, match="run id"):
        trialog.init("p", id=given)
    assert not store.exists()


def test_a_second_process_joins(script, journals):
    """Same id, same run: name, tags and description are the first's; each has its own journal."""
    with trialog.init("p", name="r", id="shared", tags=["a"]) as run:
        done = script("""
            import trialog
            with trialog.init("p", id="shared", name="ignored") as run:
                run.log("x", 2.0, 1)
                print(run.name, run.id, *run.tags)
        """)
        assert (done.returncode, done.stdout) == (0, "r shared a\n")
        assert run.status is RunStatus.RUNNING
        assert trialog.get_run("shared").status is RunStatus.RUNNING
        run.log("x", 1.0, 0)
    assert sorted(journals.points("x")) == [(0, 1.0), (1, 2.0)]
    assert sorted(start_of(journals, path).role for path in journals.paths()) == ["attach", "run"]
    assert trialog.get_run("shared").status is RunStatus.COMPLETED
    assert len(trialog.runs("p")) == 1


def test_one_that_joined_ends_its_own_part_only(script):
    """Its exception, its finish, its death are its own; the run is the first's to end."""
    with trialog.init("p", name="r", id="shared"):
        for body in ("raise ValueError", "run.finish('FAILED')", "os.kill(os.getpid(), 9)"):
            script(f"""
                import os, trialog
                with trialog.init("p", id="shared") as run:
                    run.log("x", 1.0)
                    {body}
            """)
            assert trialog.get_run("shared").status is RunStatus.RUNNING
    found = trialog.get_run("shared")
    assert (found.status, found.points) == (RunStatus.COMPLETED, 3)


def test_eight_ranks_of_one_run_that_start_at_once(tmp_path, store, journals):
    """One of them begins the run, seven join it: one name, one end, every point."""
    code = """
import os, sys, time, trialog
sys.stdin.readline()
with trialog.init("p", id="ranks", name="train") as run:
    for step in range(200): run.log("loss", float(sys.argv[1]), step)
    print(run.name, flush=True)
    sys.stdin.readline()
"""
    ranks = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(rank)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for rank in range(8)
    ]  # fmt: skip
    for rank in ranks:
        rank.stdin.write("go\n")
        rank.stdin.flush()
    names = {rank.stdout.readline().strip() for rank in ranks}
    roles = [start_of(journals, path).role for path in journals.paths()]
    for rank in ranks:
        rank.communicate("end\n")
        assert rank.returncode == 0
    assert names == {"train"}
    assert sorted(roles) == ["attach"] * 7 + ["run"]
    run = trialog.get_run("ranks")
    assert (run.name, run.status, run.points) == ("train", RunStatus.COMPLETED, 1600)
    assert len(journals.facts(Kind.END)) == 1


def test_a_run_that_has_ended_gets_another_attempt_by_its_id(script):
    """The same script again: RUNNING while it runs, and its death is told of."""
    for _ in range(2):
        with trialog.init("p", name="r", id="fixed") as run:
            assert trialog.get_run("fixed").status is RunStatus.RUNNING
            run.log("x", 1.0)
        assert trialog.get_run("fixed").status is RunStatus.COMPLETED
    script("""
        import os, trialog
        run = trialog.init("p", id="fixed")
        run.log("x", 2.0)
        os._exit(1)
    """)
    found = trialog.get_run("fixed")
    assert (found.status, found.reason, found.attempt) == (RunStatus.FAILED, "killed", 3)
    with pytest.raises(KeyError), trialog.init("p", id="fixed"):
        raise KeyError
    found = trialog.get_run("fixed")
    assert (found.status, found.attempt, found.name) == (RunStatus.CRASHED, 4, "r")
    assert found.metric("x")["value"].tolist() == [1.0, 1.0, 2.0]


def test_a_cell_with_an_id_that_runs_again_begins_another_attempt(capfd):
    """The run that nobody finished ends first, and says so; nobody joins what is about to end."""
    trialog.init("p", id="cell").log("x", 1.0)
    run = trialog.init("p", id="cell")
    assert "superseded" in capfd.readouterr().err
    found = trialog.get_run("cell")
    assert (found.status, found.attempt) == (RunStatus.RUNNING, 2)
    run.finish()
    assert trialog.get_run("cell").status is RunStatus.COMPLETED


def test_two_writers_of_one_run_in_a_process_end_apart():
    """One that joined in the same process and ends leaves the other open."""
    with trialog.init("p", id="both") as first:
        with trialog.init("p", id="both") as second:
            second.log("x", 2.0)
        assert trialog.get_active_run() is first
        first.log("x", 1.0)
        assert trialog.get_run("both").status is RunStatus.RUNNING
    found = trialog.get_run("both")
    assert (found.status, found.attempt, found.points) == (RunStatus.COMPLETED, 1, 2)


def test_eight_ranks_that_go_on_at_once(tmp_path, store, journals):
    """Of a run that has ended: one of them begins attempt 2, seven join it."""
    trialog.init("p", id="ranks", name="train").finish()
    code = """
import sys, trialog
sys.stdin.readline()
with trialog.init("p", id="ranks") as run:
    run.log("loss", 1.0)
    print(run.name, flush=True)
    sys.stdin.readline()
"""
    ranks = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(8)
    ]
    for rank in ranks:
        rank.stdin.write("go\n")
        rank.stdin.flush()
    names = {rank.stdout.readline().strip() for rank in ranks}
    starts = [start_of(journals, path) for path in journals.paths()]
    assert trialog.get_run("ranks").status is RunStatus.RUNNING
    for rank in ranks:
        rank.communicate("end\n")
        assert rank.returncode == 0
    assert names == {"train"}
    assert sorted((start.role, start.attempt) for start in starts) == [
        *[("attach", 2)] * 7, ("run", 1), ("run", 2),
    ]  # fmt: skip
    run = trialog.get_run("ranks")
    assert (run.status, run.attempt, run.points) == (RunStatus.COMPLETED, 2, 8)


# -- resume= -----------------------------------------------------------------------------------


def test_a_run_that_lives_is_not_gone_on_with(script):
    """Else the end of the second would be that of the first, which still runs."""
    code = "import trialog; trialog.init('p', resume='r')"
    with trialog.init("p", name="r") as run:
        done = script(code)
        assert f"still RUNNING in process {os.getpid()} on " in done.stderr
        assert f"use id={run.id!r} to join it" in done.stderr
        with pytest.raises(errors.UsageError, match=r"open in this process; finish it first"):
            trialog.init("p", resume="r")
        assert trialog.get_run("r").status is RunStatus.RUNNING
    assert script(code + ".finish()").returncode == 0
    assert trialog.get_run("r").attempt == 2


def test_one_that_joined_and_lives_keeps_the_run_from_being_gone_on_with(script):
    """Also where the process that began it is gone."""
    script("import os, trialog; trialog.init('p', name='r', id='r'); os._exit(1)")
    with trialog.init("p", id="r"), pytest.raises(errors.UsageError, match="finish it first"):
        trialog.init("p", resume="r")


@pytest.mark.parametrize(
    "age_s, is_refused", [(0, True), (25, True), (40, False)], ids=["now", "lately", "silent"]
)
def test_a_run_of_another_host_lives_while_its_journal_is_fresh(store, journals, age_s, is_refused):
    """Nobody can ask its process: half a minute of silence is taken for its end."""
    first = trialog.init("p", name="r")
    first.finish()
    (path,) = journals.paths()
    start = replace(
        start_of(journals, path), writer="a" * 26, boot="another", host="far", machine="m", pid=7
    )
    record = encode_general(Kind.START, start.created_ns, start.encode())
    other = path.with_name(f"{start.writer}.journal")
    other.write_bytes(record.ljust(path.stat().st_size, b"\0"))
    at = time.time() - age_s
    os.utime(other, (at, at))
    marker = Marker(day_of(first.id), first.id, start.writer)
    (path.parents[3] / "open" / marker.filename).touch()
    if is_refused:
        with pytest.raises(errors.UsageError, match="RUNNING in process 7 on far; use id="):
            trialog.init("p", resume="r")
    else:
        trialog.init("p", resume="r").finish()


@pytest.mark.parametrize("machine, is_there", [("same", False), ("another", True)])
def test_a_run_from_before_a_reboot_has_ended(store, journals, machine, is_there):
    """Its machine is this one, its kernel is gone: however short ago it wrote, nobody is there."""
    first = trialog.init("p", name="r")
    first.finish()
    (path,) = journals.paths()
    os.utime(path, (1_000_000_000, 1_000_000_000))  # before this machine was started
    start = replace(start_of(journals, path), boot="earlier", machine="same")
    (path.parents[3] / "open" / Marker(day_of(first.id), first.id, start.writer).filename).touch()
    project = StoreFolder(store).project(first.organization.slug, "p")
    here = this_process()._replace(machine=machine)
    assert is_alive(project, start, here, 1_000_000_001 * 10**9) is is_there


def test_another_program_with_the_same_number_is_not_the_writer(journals):
    """A process number is used again: the time of its start tells them apart."""
    first = trialog.init("p", name="r")
    first.finish()
    (path,) = journals.paths()
    start = start_of(journals, path)
    start = replace(start, writer="a" * 26, process_start=start.process_start - 1)
    record = encode_general(Kind.START, start.created_ns, start.encode())
    path.with_name(f"{start.writer}.journal").write_bytes(record.ljust(64 * 1024, b"\0"))
    marker = Marker(day_of(first.id), first.id, start.writer)
    (path.parents[3] / "open" / marker.filename).touch()
    with trialog.init("p", id=first.id):
        assert trialog.get_run("r").attempt == 2


def test_a_claim_that_came_to_nothing_is_passed_over(store, monkeypatch):
    """Who claimed attempt 2 was killed before it began: attempt 3 it is."""
    monkeypatch.setattr(attempts, "FIRST_RECORD_S", 0.01)
    first = trialog.init("p", name="r")
    first.finish()
    project = StoreFolder(store).project(first.organization.slug, "p")
    assert claim_attempt(project, first.id, 2)
    with trialog.init("p", resume="r"):
        pass
    found = trialog.get_run("r")
    assert (found.status, found.attempt) == (RunStatus.COMPLETED, 3)


@pytest.mark.parametrize("by", ["name", "id"])
def test_a_finished_run_is_gone_on_with(by, journals):
    """Attempt 2: history is kept, the status is that of the latest attempt."""
    first = trialog.init("p", name="r", parameters={"lr": 0.1})
    first.log("x", 1.0, 0)
    first.finish("FAILED", reason="infeasible")
    before = trialog.get_run("r")
    assert before.status is RunStatus.FAILED
    with trialog.init("p", resume=getattr(first, by)) as second:
        assert (second.id, second.name) == (first.id, "r")
        assert trialog.get_run("r").status is RunStatus.RUNNING
        second.log("x", 2.0, 1)
        second.log_parameter("lr", 0.2)
    run = trialog.get_run("r")
    assert (run.status, run.attempt, run.reason, run.exception) == (
        RunStatus.COMPLETED, 2, None, None,
    )  # fmt: skip
    assert run.metric("x")["value"].tolist() == [1.0, 2.0]
    assert run.parameters == {"lr": 0.2}
    assert [each.value for each in run.parameter_history("lr")] == [0.1, 0.2]
    assert run.date_created == before.date_created


def test_a_killed_run_is_gone_on_with(script):
    """No end was ever written: attempt 2 all the same, and a third after that."""
    script("""
        import os, trialog
        run = trialog.init("p", name="r")
        run.log("x", 1.0, 0)
        os._exit(9)
    """)
    assert trialog.get_run("r").reason == "killed"
    for attempt in (2, 3):
        with trialog.init("p", resume="r") as run:
            run.log("x", float(attempt), attempt)
        found = trialog.get_run("r")
        assert (found.status, found.attempt) == (RunStatus.COMPLETED, attempt)
    assert trialog.get_run("r").metric("x")["step"].tolist() == [0, 2, 3]


@pytest.mark.parametrize(
    "end, status",
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", RunStatus.FAILED),
        ("signal.raise_signal(signal.SIGTERM)", RunStatus.INTERRUPTED),
        ("raise ValueError('x')", RunStatus.CRASHED),
        ("run.finish()", RunStatus.COMPLETED),
    ],
    ids=["killed", "preempted", "crashed", "completed"],
)
def test_however_a_run_ended_it_is_gone_on_with(script, end, status):
    """A new attempt with its own start and end; how the one before ended is still known."""
    script(f"""
        import os, signal, trialog
        run = trialog.init("p", name="r")
        for step in range(10):
            run.log("x", 1.0, step)
        {end}
    """)
    before = trialog.get_run("r")
    assert before.status is status
    with trialog.init("p", resume="r") as run:
        run.log("x", 2.0, 8)
    run = trialog.get_run("r")
    assert (run.status, run.reason, run.attempt) == (RunStatus.COMPLETED, None, 2)
    one, two = run.attempts
    assert (one.status, one.reason, one.date_ended) == (status, before.reason, before.date_ended)
    assert one.date_created < one.date_ended <= two.date_created < two.date_ended
    assert run.metric("x")["value"].tolist() == [1.0] * 8 + [2.0]
    assert len(run.metric("x", attempt="all")) == 11


def test_ranks_go_on_together(script):
    """Each logs on from where the attempt before ended; none of them cuts what another logs."""
    code = """
        import multiprocessing, trialog

        def work(rank, barrier):
            import os
            os.environ["RANK"], os.environ["WORLD_SIZE"] = str(rank), "3"
            with trialog.init("p", id="ranks") as run:
                barrier.wait()  # all have begun
                run.log("x", rank)
                run.log("x", rank)
                barrier.wait()

        if __name__ == "__main__":
            context = multiprocessing.get_context("fork")
            barrier = context.Barrier(3)
            ranks = [context.Process(target=work, args=(rank, barrier)) for rank in range(3)]
            for rank in ranks: rank.start()
            for rank in ranks: rank.join()
    """
    for _ in range(2):
        done = script(code)
        assert not done.stderr
    run = trialog.get_run("ranks")
    assert (run.status, run.attempt) == (RunStatus.COMPLETED, 2)
    frame = run.metric("x").sort_values(["rank", "step"])
    assert frame["rank"].tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert frame["step"].tolist() == [0, 1, 2, 3] * 3
    assert frame["attempt"].tolist() == [1, 1, 2, 2] * 3
    assert run.metric("x", rank=1)["value"].tolist() == [1.0] * 4
    assert run.summary["x"]["count"] == 12
    assert [(each.attempt, each.points) for each in run.attempts] == [(1, 6), (2, 6)]


def test_steps_go_on_after_a_resume():
    """A step left out is one more than the highest step so far of the names in the call."""
    with trialog.init("p", name="r") as run:
        for _ in range(3):
            run.log("x", 1.0)
        run.log("y", 1.0, step=40)
    with trialog.init("p", resume="r") as run:
        run.log("x", 2.0)
        run.log({"x": 3.0, "y": 3.0})
    found = trialog.get_run("r")
    assert found.metric("x")["step"].tolist() == [0, 1, 2, 3, 41]
    assert found.metric("y")["step"].tolist() == [40, 41]


def test_an_attempt_that_is_killed_does_not_inherit_the_end_before(script):
    """COMPLETED was the word of attempt 1: attempt 2 has its own fate."""
    trialog.init("p", name="r").finish()
    script("import os, trialog; run = trialog.init('p', resume='r'); os._exit(1)")
    run = trialog.get_run("r")
    assert (run.status, run.reason, run.attempt) == (RunStatus.FAILED, "killed", 2)


def test_what_cannot_be_resumed():
    """A name or id that is not there; another project's; both id= and resume=."""
    trialog.init("p", name="r").finish()
    for project, resume in (("p", "nobody"), ("q", "r")):
        with pytest.raises(errors.NotFoundError, match=resume):
            trialog.init(project, resume=resume)
    with pytest.raises(errors.UsageError, match="not both"):
        trialog.init("p", resume="r", id="x")
    for resume in ("../x", ""):
        with pytest.raises(errors.TrialogError):
            trialog.init("p", resume=resume)


# -- parent= -----------------------------------------------------------------------------------


def test_a_run_may_belong_to_another():
    """Given as a run, a stored run or an id; it is kept as the id."""
    with trialog.init("p", name="study") as study:
        for number, parent in enumerate([study, study.id, trialog.get_run("study")]):
            with trialog.init("p", name=f"trial-{number}", parent=parent):
                pass
            assert trialog.get_run(f"trial-{number}").parent == study.id
    assert trialog.get_run("study").parent is None


@pytest.mark.parametrize("parent", [3, object(), ["x"]])
def test_what_is_no_parent(store, parent):
    """Told at the call."""
    with pytest.raises(errors.InvalidTypeError, match="parent"):
        trialog.init("p", parent=parent)
    assert not store.exists()


# -- PENDING -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        lambda run: run.log("x", 1.0),
        lambda run: run.log({"x": 1.0, "y": 2.0}),
        lambda run: run.log("x", "text"),
        lambda run: run.log_parameter("lr", 0.1),
        lambda run: run.log_json("j", {}),
        lambda run: run.add_tags("a"),
        lambda run: run.__enter__().__exit__(None, None, None),
    ],
    ids=["log", "log of a dict", "log of text", "parameter", "json", "tags", "block"],
)
def test_a_pending_run_begins_with_the_first_thing_it_is_given(journals, act):
    """Until then every reader sees PENDING; from then on RUNNING."""
    run = trialog.init("p", name="r", status="pending")
    assert run.status is trialog.get_run("r").status is RunStatus.PENDING
    act(run)
    assert journals.facts(Kind.EDIT)[0] == {"status": "RUNNING"}
    if run.status is not RunStatus.COMPLETED:
        assert run.status is trialog.get_run("r").status is RunStatus.RUNNING
        run.finish()
    assert trialog.get_run("r").status is RunStatus.COMPLETED


def test_a_pending_run_may_end_without_beginning(script):
    """By the user's word, or by its process: killed is killed."""
    run = trialog.init("p", name="r", status="pending")
    run.finish("CANCELED", reason="no machine was free")
    found = trialog.get_run("r")
    assert (found.status, found.reason) == (RunStatus.CANCELED, "no machine was free")
    script("import os, trialog; run = trialog.init('p', name='s', status='PENDING'); os._exit(1)")
    assert trialog.get_run("s").status is RunStatus.FAILED


def test_init_writes_nothing_into_the_environment():
    """What a run's children should know, they are told by the user."""
    before = dict(os.environ)
    with trialog.init("p", id="x"):
        assert dict(os.environ) == before
    assert dict(os.environ) == before


def test_an_attachment_of_an_earlier_attempt_is_not_overwritten():
    """``overwrite=False`` knows what other writers of the run have logged."""
    with trialog.init("p", name="r") as first:
        first.log_json("plan", 1)
    with trialog.init("p", resume="r") as second:
        with pytest.raises(errors.AttachmentExistsError, match="plan"):
            second.log_json("plan", 2, overwrite=False)
        second.log_json("other", 3, overwrite=False)
    assert trialog.get_run("r").get_json("plan") == 1


def test_a_resumed_run_gets_the_new_tags_and_description():
    """What the call says beside ``resume=`` is said of the run; its name and parent stay."""
    with trialog.init("p", name="r", description="first", tags=["a"]):
        pass
    with trialog.init("p", name="x", resume="r", description="second", tags=["a", "b"]) as again:
        assert (again.name, again.description, again.tags) == ("r", "second", ("a", "b"))
    kept = trialog.get_run("r")
    assert (kept.name, kept.description, kept.tags) == ("r", "second", ("a", "b"))


def test_a_long_description_is_known_to_the_run_and_its_readers():
    """What is too long for a journal's first record is kept as an edit."""
    text = "long " * 10_000
    with trialog.init("p", name="r", description=text, tags=["a"]) as run:
        assert (run.description, run.tags) == (text, ("a",))
    kept = trialog.get_run("r")
    assert (kept.description, kept.tags) == (text, ("a",))


def test_parameters_of_init_do_not_begin_a_pending_run():
    """A pending run begins with its block, or with the first thing logged."""
    run = trialog.init("p", name="r", status="PENDING", parameters={"lr": 0.1}, tags=["a"])
    assert run.status is trialog.RunStatus.PENDING
    assert trialog.get_run("r").status is trialog.RunStatus.PENDING
    run.log("loss", 0.5)
    assert run.status is trialog.RunStatus.RUNNING
    run.finish()
    assert trialog.get_run("r").parameters == {"lr": 0.1}


def started(folder, **facts):
    """The journal of a writer that says this of itself."""
    content = {"writer": "w", "run": "mine", "role": "run", "namespace": "ns", "project": "p"}
    folder.mkdir(parents=True)
    record = encode_general(Kind.START, 1, dump_json(content | facts, "a first record"))
    (folder / "w.journal").write_bytes(record.ljust(FIRST_BLOCK_BYTES, b"\0"))


def test_a_run_of_a_newer_format_is_not_joined(store):
    """Our records would not be understood beside its own."""
    started(store / "namespaces/ns/p/runs/named/mine", format=99)
    with pytest.raises(errors.StoreVersionError, match="format 99, this trialog knows 1"):
        trialog.init("ns", "p", id="mine")


def test_a_first_record_that_says_nonsense_is_no_writer(store):
    """It is reported by readers; a run of that id can be started all the same."""
    started(store / "namespaces/ns/p/runs/named/mine", namespace=3)
    with trialog.init("ns", "p", id="mine") as run:
        run.log("x", 0.5)
    assert run.status == "COMPLETED"
