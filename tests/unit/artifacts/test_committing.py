"""Committing: what an artifact consists of, when it is refused, and that it is always the same."""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import pyarrow.parquet as pq
import pytest

import trialog
from trialog import errors
from trialog._artifacts import building, members
from trialog._artifacts.config import ARTIFACT_TYPE, CONFIG_TYPE, ExperimentConfig
from trialog._artifacts.journalpacks import PACK_TYPE, unpack_journals
from trialog._format.folders import StoreFolder
from trialog._format.records import Kind
from trialog._oci.descriptors import MANIFEST_TYPE, Manifest, digest_of
from trialog._tracking import active
from trialog._tracking.experiments import Address
from trialog._writing import claims


class Sealed:
    """An artifact as its blobs say it."""

    def __init__(self, home, digest):
        self.home = home
        self.data = self.blob(digest)
        self.manifest = Manifest.decode(self.data)
        self.config = ExperimentConfig.decode(self.blob(self.manifest.config.digest))

    def blob(self, digest):
        data = StoreFolder(self.home).blob(digest.removeprefix("sha256:")).read_bytes()
        assert digest_of(data) == digest
        return data

    @property
    def titles(self):
        return [layer.annotations.get("org.opencontainers.image.title") for layer in self.layers]

    @property
    def layers(self):
        return self.manifest.layers

    def file(self, title):
        return self.blob(self.layers[self.titles.index(title)].digest)

    def table(self, title):
        return pq.read_table(io.BytesIO(self.file(title)))

    def journals(self, title="journals.tar.zst"):
        pack = io.BytesIO(self.file(title))
        return {key: content.read() for key, _, content in unpack_journals(pack, "it", 1 << 30)}


def names(store):
    """All that stands in a store, but for what is a cache."""
    return {path for path in store.rglob("*") if "catalog" not in path.name}


# -- what it consists of ---------------------------------------------------------------------------


def test_an_artifact_has_all_that_was_recorded(store):
    """Tables for other tools, journals for us, every attachment with its type and a name."""
    experiment = trialog.Experiment("sweep", project="acme/demo", description="of rates")
    experiment.log_parameter("solver", "HiGHS")
    experiment.log_json("plan", [1, 2])
    experiment.set_annotation("org.example.ticket", "T-1")
    with experiment.run(tags="first") as run:
        run.log_parameters({"lr": 0.1, "epochs": 3})
        run.log({"loss": 0.5, "acc": 0.9}, step=4)
        run.log_attachment("weights", "application/x-weights", b"abc", filename="best.pt")
        run.log_attachment("weights", "application/x-weights", b"abcd", filename="best.pt")
    with contextlib.suppress(ZeroDivisionError), experiment.run() as run:
        run.log_parameter("lr", 1 / 0)
    digest = experiment.commit()

    sealed = Sealed(store, digest)
    manifest, config = sealed.manifest, sealed.config
    assert digest == experiment.digest == digest_of(sealed.data)
    assert manifest.artifact_type == ARTIFACT_TYPE
    assert manifest.config.media_type == CONFIG_TYPE
    assert manifest.subject is None
    assert sealed.titles == [
        "runs.parquet",
        "metrics.parquet",
        "journals.tar.zst",
        "plan.json",
        "runs/0/weights.pt",
        "runs/0/weights@1.pt",
    ]
    assert [layer.media_type for layer in sealed.layers[-3:]] == [
        "application/json",
        "application/x-weights",
        "application/x-weights",
    ]
    assert sealed.file("runs/0/weights.pt") == b"abcd"
    assert sealed.file("runs/0/weights@1.pt") == b"abc"
    annotations = dict(manifest.annotations)
    assert annotations.pop("org.opencontainers.image.created").endswith("Z")
    assert annotations == {
        "org.example.ticket": "T-1",
        "org.opencontainers.image.title": "sweep",
        "org.opencontainers.image.description": "of rates",
        "vnd.trialog.experiment": experiment.id,
        "vnd.trialog.runs": "2",
    }
    assert (config.id, config.name, config.namespace, config.project) == (
        experiment.id,
        "sweep",
        "acme",
        "demo",
    )
    assert config.parameters == {"solver": "HiGHS"}
    assert [(run.number, run.name, run.status, run.tags) for run in config.runs] == [
        (0, "sweep/0", "COMPLETED", ("first",)),
        (1, "sweep/1", "CRASHED", ()),
    ]
    assert [(one.number, one.name, one.version) for one in config.attachments] == [
        (None, "plan", 1),
        (0, "weights", 1),
        (0, "weights", 2),
    ]
    table = sealed.table("runs.parquet")
    assert table["run_id"].to_pylist() == [0, 1]
    assert table["epochs"].to_pylist() == [3, None]
    points = sealed.table("metrics.parquet").to_pydict()
    assert sorted(zip(points["metric"], points["step"], points["value"], strict=True)) == [
        ("acc", 4, 0.9),
        ("loss", 4, 0.5),
    ]
    assert set(points["run"]) == {experiment.runs[0].id}
    journals = sealed.journals()
    assert {key.run_id for key in journals} == {experiment.id, *(r.id for r in experiment.runs)}
    assert {(each.run_id, each.writer, each.size_bytes) for each in config.journals} == {
        (key.run_id, key.writer, len(data)) for key, data in journals.items()
    }


def test_what_it_says_is_written_beside_the_experiment(store, journals):
    """The COMMIT fact names the digest and sizes; the claim says the digest for who comes later."""
    with trialog.Experiment("said", project="acme/demo") as experiment:
        experiment.log_json("x", 1)
    (commit,) = journals.facts(Kind.COMMIT)
    sealed = Sealed(store, experiment.digest)
    named = {layer.digest: layer.size_bytes for layer in (sealed.manifest.config, *sealed.layers)}
    assert commit["digest"] == experiment.digest
    assert commit["size_bytes"] == len(sealed.data)
    assert commit["artifact_bytes"] == sum(named.values())
    assert (commit["source"], bool(commit["by"])) == (None, True)
    project = StoreFolder(store).project("acme", "demo")
    assert claims.sealing_claimed_by(project, experiment.id) == experiment.digest


def test_an_empty_experiment_has_no_metrics(store):
    """No run, no point: a table without rows, and the experiment's own journal."""
    with trialog.Experiment("empty") as experiment:
        pass
    sealed = Sealed(store, experiment.digest)
    assert sealed.titles == ["runs.parquet", "journals.tar.zst"]
    assert sealed.table("runs.parquet").num_rows == 0


def test_large_values_are_layers_too(store):
    """What was too large for a journal is read by whoever reads that journal elsewhere."""
    with trialog.Experiment("large") as experiment, experiment.run() as run:
        run.log_parameter("text", "x" * 50_000)
        run.log_json("same", "y")
    sealed = Sealed(store, experiment.digest)
    (blob,) = sealed.config.blobs
    (layer,) = [layer for layer in sealed.layers if layer.digest == blob.digest]
    assert (layer.size_bytes, layer.media_type) == (blob.size_bytes, "application/json")
    assert sealed.table("runs.parquet")["text"].to_pylist() == ["x" * 50_000]


def test_a_deleted_run_is_not_part_of_it(store):
    """Who deletes a run before the commit wants it gone."""
    with trialog.Experiment("without") as experiment:
        for lr in (0.1, 0.2):
            experiment.run(parameters={"lr": lr}).finish()
        experiment.runs[0].delete()
    sealed = Sealed(store, experiment.digest)
    assert [run.number for run in sealed.config.runs] == [1]
    assert sealed.table("runs.parquet")["lr"].to_pylist() == [0.2]
    gone = trialog.get_run("without/0")
    with pytest.raises(errors.SealedError):
        gone.restore()


def test_files_of_one_name_are_told_apart(store):
    """No layer has the path of another, or of a folder of another's."""
    with trialog.Experiment("files") as experiment:
        experiment.log_attachment("runs.parquet", "text/plain", b"0", filename="runs.parquet")
        with experiment.run() as run:
            run.log_attachment("a", "text/plain", b"1", filename="a")
            run.log_attachment("a/b", "text/plain", b"2", filename="b")
    sealed = Sealed(store, experiment.digest)
    assert sealed.titles[2:] == ["runs.parquet@1", "runs/0/a", "runs/0/a@1/b"]
    for title in sealed.titles:
        assert not any(other.startswith(f"{title}/") for other in sealed.titles)


def test_a_manifest_that_would_be_too_large_does_without_names(store, monkeypatch):
    """Registries take 4 MiB: then files have no names, and each content is one layer."""
    monkeypatch.setattr("trialog._oci.descriptors.MAX_LAYERS", 11)
    with trialog.Experiment("many") as experiment:
        for _ in range(5):
            with experiment.run() as run:
                run.log_json("same", [1])
                run.log_json("other", [2])
    sealed = Sealed(store, experiment.digest)
    assert sealed.titles == ["runs.parquet", "journals.tar.zst", None, None]
    assert len(sealed.config.attachments) == 10


def test_journals_come_in_several_packs(store, monkeypatch):
    """Each layer stays small enough to send again."""
    monkeypatch.setattr(building, "PACK_BYTES", 2_000)
    with trialog.Experiment("packs") as experiment:
        for _ in range(3):
            experiment.run().finish()
    sealed = Sealed(store, experiment.digest)
    packs = [layer for layer in sealed.layers if layer.media_type == PACK_TYPE]
    assert len(packs) > 1
    assert sealed.titles[1:3] == ["journals.tar.zst", "journals-1.tar.zst"]
    keys = [key for title in sealed.titles if "journals" in title for key in sealed.journals(title)]
    assert len(keys) == len(set(keys)) == 4


# -- the same journals, the same bytes -------------------------------------------------------------


def test_copies_of_the_same_journals_give_the_same_digest(tmp_path, store):
    """Nothing of the clock, of a path or of an order by chance is in it."""
    experiment = trialog.Experiment("copied", project="acme/demo")
    for lr in (0.1, 0.2, 0.3):
        with experiment.run(tags=["a", "b"]) as run:
            run.log_parameters({"lr": lr, "mixed": lr if lr < 0.2 else "x"})
            run.log({"loss": lr, "acc": 1.0})
            run.log_json("x", {"lr": lr})
    experiment.runs[1].add_tags("later")
    experiment.finish()
    active.session.steward.drain()  # else journals are being closed while they are copied
    other = tmp_path / "some" / "other folder"
    shutil.copytree(store, other)
    first = experiment.commit()
    client = trialog.LocalClient(other)
    second = trialog.Experiment.open("copied", client=client).commit()
    assert second == first
    assert Sealed(other, second).data == Sealed(store, first).data


def test_a_second_commit_changes_nothing(store):
    """It gives the digest again, from whatever object."""
    with trialog.Experiment("twice") as experiment:
        pass
    before = names(store)
    assert experiment.commit() == experiment.digest
    assert trialog.Experiment.open("twice").commit() == experiment.digest
    assert names(store) == before


# -- when it is refused ----------------------------------------------------------------------------


def test_open_runs_are_named_and_nothing_is_written(store):
    """With name, id and process; all goes on, and the next commit takes them in."""
    experiment = trialog.Experiment("open", project="acme/demo")
    running = experiment.run("at work")
    before = names(store)
    with pytest.raises(errors.UsageError) as refused:
        experiment.commit()
    assert f"'at work' ({running.id}, RUNNING, process {os.getpid()} on " in str(refused.value)
    assert names(store) == before
    running.log("loss", 0.5)
    running.finish()
    experiment.run().finish()
    assert len(Sealed(store, experiment.commit()).config.runs) == 2


def test_of_many_open_runs_ten_are_named():
    """The rest is counted."""
    experiment = trialog.Experiment("many")
    runs = [experiment.run() for _ in range(13)]
    with pytest.raises(errors.UsageError, match=r"'many/9' \(.*\) and 3 more\. Finish them"):
        experiment.commit()
    for run in runs:
        run.finish()
    experiment.commit()


def test_a_run_that_is_just_starting_is_waited_for(store, monkeypatch):
    """A number that was claimed a moment ago is a run; an old one without a run is burned."""
    monkeypatch.setattr(members, "_STARTING_S", 0.05)
    experiment = trialog.Experiment("burned", project="acme/demo")
    experiment.run().finish()
    project = StoreFolder(store).project("acme", "demo")
    claims.claim_number(project, experiment.id, "of-a-killed-process", least=0, hint=1)
    with pytest.raises(errors.UsageError, match="run 1, which is just starting"):
        experiment.commit()
    monkeypatch.setattr(members, "BURNED_NS", 0)
    experiment.run().finish()
    assert [run.number for run in Sealed(store, experiment.commit()).config.runs] == [0, 2]


def test_what_is_missing_from_the_store_is_named(store):
    """The experiment stays open: once the bytes are back it is committed."""
    experiment = trialog.Experiment("missing", project="acme/demo")
    with experiment.run() as run:
        run.log_attachment("weights", "text/plain", b"precious")
    path = StoreFolder(store).blob(run_digest := experiment.runs[0].attachments["weights"].sha256)
    path.rename(path.with_suffix(".away"))
    with pytest.raises(errors.IntegrityError, match=f"'weights' of run 0 is missing.*{run_digest}"):
        experiment.commit()
    path.write_bytes(b"too short")
    with pytest.raises(errors.IntegrityError, match="has 9 bytes instead of 8"):
        experiment.commit()
    path.with_suffix(".away").rename(path)
    assert not experiment.is_committed
    experiment.run().finish()
    assert len(Sealed(store, experiment.commit()).config.runs) == 2


def hold(address, told, done):
    """Another process that records an experiment."""
    experiment = trialog.Experiment("held", project="acme/demo", commit=False)
    told.put((experiment.id, os.getpid()))
    done.get()
    experiment.finish()


def test_another_process_that_records_it_is_named(store):
    """Only one that has begun the record, or comes after it, may end that."""
    context = multiprocessing.get_context("spawn")
    told, done = context.Queue(), context.Queue()
    process = context.Process(target=hold, args=(None, told, done))
    process.start()
    try:
        experiment_id, pid = told.get()
        experiment = trialog.Experiment.open(experiment_id)
        with pytest.raises(errors.UsageError, match=f"'held' is recorded by process {pid} on"):
            experiment.commit()
        experiment.log_parameter("joined", 1)  # this process is a writer of it now
        with pytest.raises(errors.UsageError, match=f"process {pid}"):
            experiment.commit()
    finally:
        done.put(None)
        process.join()
    assert Sealed(store, experiment.commit()).config.parameters == {"joined": 1}


def test_a_record_that_another_object_has_opened_is_ours(store):
    """In a notebook: one cell begins it, another opens it by name and commits."""
    first = trialog.Experiment("cells", commit=False)
    digest = trialog.Experiment.open("cells").commit()
    assert first.digest == digest
    assert first.status is trialog.RunStatus.COMPLETED
    with pytest.raises(errors.SealedError):
        first.run()


def test_the_status_of_one_that_has_ended_is_sealed_as_it_is(store, script):
    """A crash, a failure somebody said, a kill: a commit makes none of them well."""
    with pytest.raises(ZeroDivisionError), trialog.Experiment("crashed"):
        1 / 0  # noqa: B018
    trialog.Experiment("failed").finish("FAILED", reason="no time")
    script("""
    import os, signal, trialog
    experiment = trialog.Experiment("killed", project="acme/demo")
    os.kill(os.getpid(), signal.SIGKILL)
    """)
    for name, status, reason in (
        ("crashed", "CRASHED", "ZeroDivisionError: division by zero"),
        ("failed", "FAILED", "no time"),
        ("killed", "FAILED", "killed"),
    ):
        sealed = Sealed(store, trialog.Experiment.open(name).commit())
        assert (sealed.config.status, sealed.config.reason) == (status, reason)
        assert trialog.Experiment.open(name).status.value == status


def test_one_that_went_on_after_a_crash_is_committed_as_completed(store):
    """What counts is how its last attempt ended."""
    experiment = trialog.Experiment("rough")
    with pytest.raises(ZeroDivisionError), experiment:
        1 / 0  # noqa: B018
    with experiment:
        pass
    assert Sealed(store, experiment.digest).config.status == "COMPLETED"


def test_two_who_commit_at_once_get_one_digest():
    """One of them does it; the others wait, and get what it came to."""
    experiment = trialog.Experiment("contested")
    for _ in range(20):
        experiment.run().finish()
    barrier = threading.Barrier(4)

    def commit(_):
        barrier.wait()
        return trialog.Experiment.open("contested").commit()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(commit, range(4)))) == 1


def test_runs_that_begin_while_it_is_committed_are_in_it_or_refused(store):
    """Nobody gets a run that the artifact does not have."""
    experiment = trialog.Experiment("race")
    for _ in range(5):
        experiment.run().finish()
    begun, is_sealed = [5], threading.Event()

    def go_on():
        other = trialog.Experiment.open("race")
        while not is_sealed.is_set():
            try:
                other.run().finish()
            except errors.SealedError:
                is_sealed.set()
            else:
                begun[0] += 1
                is_sealed.wait(0.003)  # else there is always one that is open

    thread = threading.Thread(target=go_on)
    thread.start()
    digest = None
    while digest is None:
        try:
            digest = experiment.commit()
        except errors.UsageError as error:
            assert "open runs" in str(error)  # noqa: PT017 # it may happen, and need not
    thread.join()
    assert is_sealed.is_set()
    assert len(Sealed(store, digest).config.runs) == begun[0]


# -- afterwards ------------------------------------------------------------------------------------


def test_nothing_more_is_written_to_it_or_its_runs(store):
    """By no way; what is a fact about this store alone is taken."""
    with trialog.Experiment("done", project="acme/demo") as experiment:
        experiment.run("member").finish()
    run = trialog.get_run("member")
    for call in (
        experiment.run,
        lambda: experiment.log_parameter("x", 1),
        lambda: experiment.log_json("x", 1),
        lambda: experiment.set_description("x"),
        lambda: experiment.set_annotation("a", "b"),
        lambda: trialog.init("acme", "demo", resume="member"),
        lambda: trialog.init("acme", "demo", id=run.id),
        lambda: run.add_tags("x"),
        lambda: run.remove_tags("x"),
        lambda: run.set_description("x"),
        run.delete,
        lambda: trialog.delete_run(run.id),
    ):
        with pytest.raises(errors.SealedError, match="is committed: it and its runs take nothing"):
            call()
    with pytest.raises(errors.SealedError, match=r"experiment\.delete\(\)"):
        run.delete()
    with pytest.raises(errors.RunFinishedError):
        run.cancel()
    experiment.add_tags("good")
    experiment.remove_tags("good")
    experiment.delete()
    experiment.restore()
    experiment.rename("done well")
    assert experiment.commit() == experiment.digest


def test_a_process_that_is_led_to_a_member_is_refused(store, monkeypatch):
    """TRIALOG_RUN names a run of it."""
    with trialog.Experiment("led", project="acme/demo") as experiment:
        run = experiment.run()
        environ = run.environ()
        run.finish()
    monkeypatch.setenv("TRIALOG_RUN", environ["TRIALOG_RUN"])
    with pytest.raises(errors.SealedError):
        trialog.init()


# -- forks -----------------------------------------------------------------------------------------


def test_a_fork_repeats_its_parents_layers(store):
    """Its manifest refers to the parent's; the parent's files are the same blobs."""
    with trialog.Experiment("base", project="acme/demo") as base:
        base.log_json("plan", ["base"])
        with base.run(parameters={"lr": 0.1}) as run:
            run.log("loss", 0.5)
            run.log_json("x", 1)
    parent = Sealed(store, base.digest)
    with base.fork("more") as more:
        more.log_json("plan", ["more"])
        with more.run(parameters={"lr": 0.2}) as run:
            run.log("loss", 0.4)
            run.log_json("x", 2)
    sealed = Sealed(store, more.digest)
    assert sealed.manifest.subject.digest == base.digest
    assert sealed.manifest.subject.media_type == MANIFEST_TYPE
    assert sealed.manifest.subject.size_bytes == len(parent.data)
    assert sealed.titles == [
        "metrics.parquet",
        "journals.tar.zst",
        f"parents/{base.id}/plan.json",
        "runs/0/x.json",
        "runs.parquet",
        "metrics-1.parquet",
        "journals-1.tar.zst",
        "plan.json",
        "runs/1/x.json",
    ]
    kept = [layer.digest for layer in parent.layers if layer.digest != parent.layers[0].digest]
    assert [layer.digest for layer in sealed.layers][: len(kept)] == kept
    assert sealed.table("runs.parquet")["lr"].to_pylist() == [0.1, 0.2]
    assert sealed.table("runs.parquet")["experiment"].to_pylist() == [base.id, more.id]
    config = sealed.config
    assert (config.parent.id, config.parent.digest, config.parent.first_number) == (
        base.id,
        base.digest,
        1,
    )
    assert [(run.number, run.experiment) for run in config.runs] == [(0, base.id), (1, more.id)]
    assert [(one.number, one.name) for one in config.attachments] == [
        (None, "plan"),
        (0, "x"),
        (1, "x"),
    ]
    assert {each.run_id for each in config.journals} >= {base.id, more.id}
    with more.fork() as third:
        third.run().finish()
    deep = Sealed(store, third.digest)
    assert [run.number for run in deep.config.runs] == [0, 1, 2]
    assert f"parents/{base.id}/plan.json" in deep.titles
    assert f"parents/{more.id}/plan.json" in deep.titles


def test_a_fork_of_what_is_gone_says_so(store):
    """Its parent's manifest is not in the store any more: it stays open."""
    with trialog.Experiment("base") as base:
        pass
    fork = base.fork("orphan", commit=False)
    StoreFolder(store).blob(base.digest.removeprefix("sha256:")).unlink()
    with pytest.raises(errors.IntegrityError, match=f"forked from {base.id}, sealed as sha256:"):
        fork.commit()
    assert not fork.is_committed
    fork.finish()


# -- what is in it is what is read elsewhere -------------------------------------------------------


def test_what_was_sealed_is_what_others_read(store, tmp_path):
    """Every byte is right, and another store reads the same of it."""
    with trialog.Experiment("whole", project="acme/demo") as experiment:
        for lr in (0.1, 0.2):
            with experiment.run(parameters={"lr": lr, "big": 2**70}) as run:
                for step in range(50):
                    run.log("loss", lr * step, step=step)
                run.log_json("x", {"lr": lr})
    assert experiment.verify().blobs > 4
    path = experiment.save(tmp_path / "whole.tar")
    other = trialog.Experiment.load(path, client=trialog.LocalClient(tmp_path / "other"))
    options = {"status": True, "times": True, "metrics": True}
    ours, theirs = (each.run_parameters_df(**options) for each in (experiment, other))
    assert ours.equals(theirs)
    assert json.dumps(other.runs[1].get_json("x")) == '{"lr": 0.2}'
    assert Address(store, "acme", "demo", other.id).folder.run(other.id).is_dir()


def test_a_digest_or_its_beginning_leads_to_the_experiment():
    """As long as it is that of one alone."""
    experiments = [trialog.Experiment(f"e{number}") for number in range(3)]
    digests = [experiment.commit() for experiment in experiments]
    for experiment, digest in zip(experiments, digests, strict=True):
        assert trialog.Experiment.open(digest).id == experiment.id
        assert trialog.Experiment.open(digest[:25]).id == experiment.id
    with pytest.raises(errors.NotFoundError, match="sha256:000000"):
        trialog.Experiment.open("sha256:000000000000")
