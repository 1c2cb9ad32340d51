"""Experiments in real registries: sent once, fetched lazily, gone on with where they were cut."""

from __future__ import annotations

import os
import uuid
from collections import Counter

import pytest

import trialog
from trialog.errors import NotFoundError, RegistryError, UsageError


@pytest.fixture
def elsewhere(tmp_path):
    """Another store, that of somebody else."""
    return trialog.LocalClient(tmp_path / "elsewhere")


@pytest.fixture
def name():
    """A repository of the test's own."""
    return f"team/{uuid.uuid4().hex}"


@pytest.fixture
def committed():
    """A committed experiment whose runs have large attachments, all different."""

    def commit(name="sweep", runs=3, size_bytes=20_000):
        with trialog.Experiment(name, project="acme/demo") as experiment:
            for number in range(runs):
                with experiment.run(parameters={"number": number}) as run:
                    run.log("loss", number / 2)
                    run.log_attachment("weights", "application/x", os.urandom(size_bytes))
        return experiment

    return commit


def since(registry, before):
    """The requests after some others: method and what they were for."""
    found = registry.requests()[len(before) :]
    return [(method, path.split("/v2/", 1)[1], status) for method, path, status in found]


def blob_gets(requests):
    return [path for method, path, _ in requests if method == "GET" and "/blobs/" in path]


def test_pushed_and_loaded_it_is_the_same(debian, name, committed, elsewhere):
    """A reference leads to the same digest, runs and bytes, in another store."""
    experiment = committed()
    reference = experiment.push(f"{debian.host}/{name}:v1")
    assert reference == f"{debian.host}/{name}:v1@{experiment.digest}"
    for text in (f"{debian.host}/{name}:v1", reference):
        loaded = trialog.Experiment.load(text, client=elsewhere)
        assert loaded.digest == experiment.digest
        assert loaded.run_parameters_df()["number"].tolist() == [0, 1, 2]
        assert [run.get_attachment("weights") for run in loaded.runs] == [
            run.get_attachment("weights") for run in experiment.runs
        ]
        assert loaded.runs[2].metric("loss")["value"].tolist() == [1.0]
    assert experiment.push(f"{debian.host}/{name}").startswith(f"{debian.host}/{name}:latest@")
    assert trialog.Experiment.load(f"{debian.host}/{name}", client=elsewhere).id == experiment.id


def test_loading_asks_for_manifest_and_index_only(debian, name, committed, elsewhere):
    """Two requests for blobs and manifests; the journals come with the first question."""
    experiment = committed()
    text = experiment.push(f"{debian.host}/{name}:v1")
    before = debian.requests()
    loaded = trialog.Experiment.load(text, client=elsewhere)
    assert (loaded.name, loaded.status, loaded.digest) == ("sweep", "COMPLETED", experiment.digest)
    asked = since(debian, before)
    assert [method for method, path, _ in asked if "mark=" not in path] == ["GET", "GET"]
    assert len(blob_gets(asked)) == 1
    before = debian.requests()
    assert len(loaded.runs) == 3
    assert len(blob_gets(since(debian, before))) == 2  # the journals; the configuration to keep
    before = debian.requests()
    loaded.runs[1].get_attachment("weights")
    assert len(blob_gets(since(debian, before))) == 1
    before = debian.requests()
    loaded.runs[1].get_attachment("weights")
    assert not blob_gets(since(debian, before))


def test_a_second_push_sends_the_manifest_only(debian, name, committed):
    """What is there is not even asked for, blob by blob."""
    experiment = committed()
    experiment.push(f"{debian.host}/{name}:v1")
    before = debian.requests()
    experiment.push(f"{debian.host}/{name}:v2")
    asked = [(method, path) for method, path, _ in since(debian, before) if "mark=" not in path]
    assert asked == [
        ("HEAD", f"{name}/manifests/{experiment.digest}"),
        ("PUT", f"{name}/manifests/v2"),
    ]


def test_another_repository_of_the_registry_is_mounted_from(debian, name, committed, elsewhere):
    """What the registry has is not sent: known from a push, and from where it was loaded."""
    experiment = committed()
    text = experiment.push(f"{debian.host}/{name}:v1")
    before = debian.requests()
    experiment.push(f"{debian.host}/{name}-2:v1")
    counts = Counter(method for method, _, _ in since(debian, before))
    assert counts["PATCH"] == 0
    assert counts["PUT"] == 1
    loaded = trialog.Experiment.load(text, client=elsewhere)
    before = debian.requests()
    loaded.push(f"{debian.host}/{name}-3:v1")
    assert Counter(method for method, _, _ in since(debian, before))["PUT"] == 1
    assert not blob_gets(since(debian, before))
    assert not elsewhere.home.exists()  # copied from registry to registry: no store is needed


def test_pull_fetches_everything(debian, name, committed, elsewhere):
    """After it nothing is fetched any more, and what is there is not fetched again."""
    experiment = committed()
    text = experiment.push(f"{debian.host}/{name}:v1")
    pulled = trialog.Experiment.pull(text, client=elsewhere)
    before = debian.requests()
    assert [run.get_attachment("weights") for run in pulled.runs] == [
        run.get_attachment("weights") for run in experiment.runs
    ]
    again = trialog.Experiment.pull(text, client=elsewhere)
    assert again.verify().blobs == experiment.verify().blobs
    assert len(blob_gets(since(debian, before))) == 1  # its configuration
    trialog.Experiment.open("sweep", client=elsewhere).push(f"{debian.host}/{name}:again")
    assert since(debian, before)[-2][0] == "PUT"


def test_a_cut_pull_goes_on_where_it_was(debian, name, committed, elsewhere, wire):
    """Blobs that arrived are kept, and of the one that was cut, what had arrived."""
    experiment = committed(runs=2, size_bytes=3_000_000)
    experiment.push(f"{debian.host}/{name}:v1")
    between = wire(debian.host)
    text = f"{between.host}/{name}:v1"
    loaded = trialog.Experiment.load(text, client=elsewhere)
    assert len(loaded.runs) == 2
    between.cut_after_bytes = 2_000_000
    pulled = trialog.Experiment.pull(text, client=elsewhere)
    assert between.cut_after_bytes is None  # it was cut, and went on
    assert pulled.verify().blobs == experiment.verify().blobs
    assert not list(elsewhere.home.glob("blobs/incoming/*"))


def test_what_had_arrived_is_not_fetched_again(debian, name, committed, elsewhere):
    """A process that was killed leaves the first bytes; the next one fetches the others."""
    experiment = committed(runs=1, size_bytes=3_000_000)
    text = experiment.push(f"{debian.host}/{name}:v1")
    loaded = trialog.Experiment.load(text, client=elsewhere)
    run = loaded.runs[0]
    info = run.attachments["weights"]
    data = experiment.runs[0].get_attachment("weights")
    incoming = elsewhere.home / "blobs" / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    for first in (data[:2_900_000], b"x" * 2_900_000, data):  # right, wrong, and all of it
        part = incoming / f"{info.sha256}.part"
        part.write_bytes(first)
        assert run.get_attachment("weights") == data
        assert not part.exists()
        kept = elsewhere.home / "blobs" / "sha256" / info.sha256[:2] / info.sha256
        kept.unlink()


def test_a_killed_push_goes_on(debian, name, committed, script):
    """Layers that arrived are not sent again; the manifest comes last, so nobody saw a half."""
    experiment = committed(runs=12)
    done = script(f"""
        import os, signal, sys
        import trialog

        opened = 0

        def kill(event, args):
            global opened
            if event == "open" and "/blobs/sha256/" in str(args[0]):
                opened += 1
                if opened == 12:
                    os.kill(os.getpid(), signal.SIGKILL)

        experiment = trialog.Experiment.open("sweep")
        experiment.digest
        sys.addaudithook(kill)
        experiment.push("{debian.host}/{name}:v1")
    """)
    assert done.returncode == -9, done.stderr
    with pytest.raises(NotFoundError):
        trialog.Experiment.load(f"{debian.host}/{name}:v1")
    before = debian.requests()
    experiment.push(f"{debian.host}/{name}:v1")
    sent = [path for method, path, _ in since(debian, before) if method == "PUT"]
    assert 1 < len(sent) < 12
    assert sent[-1].endswith("/manifests/v1")


def test_a_tag_at_the_registry(debian, name, committed, elsewhere):
    """Another name for what is there; where it is not, it is to be pushed first."""
    experiment = committed()
    with pytest.raises(NotFoundError, match="does not have the experiment yet.*push it"):
        experiment.tag(f"{debian.host}/{name}:best")
    experiment.push(f"{debian.host}/{name}:v1")
    experiment.tag(f"{debian.host}/{name}:best")
    loaded = trialog.Experiment.load(f"{debian.host}/{name}:best", client=elsewhere)
    assert loaded.digest == experiment.digest


def test_what_is_not_committed_or_not_there(debian, name, committed, elsewhere):
    """Clear errors before anything is sent, and for what nobody pushed."""
    with trialog.Experiment("open", commit=False) as experiment:
        pass
    with pytest.raises(UsageError, match="not committed, so it cannot be pushed"):
        experiment.push(f"{debian.host}/{name}:v1")
    with pytest.raises(NotFoundError, match="manifest"):
        trialog.Experiment.load(f"{debian.host}/{name}:v1")
    with pytest.raises(UsageError, match="says no registry"):
        committed().push("team/name:v1")
    with pytest.raises(UsageError, match="is another artifact"):
        trialog.Experiment.open("sweep").push(f"{debian.host}/{name}@sha256:{'0' * 64}")


def test_a_lost_registry_is_named(small, name, committed, elsewhere):
    """Attachments that were not fetched: what is missing, where it was, and what to do."""
    experiment = committed(runs=1)
    loaded = trialog.Experiment.load(experiment.push(f"{small.host}/{name}:v1"), client=elsewhere)
    run = loaded.runs[0]
    held = dict(small.blobs)
    small.blobs.clear()
    with pytest.raises(NotFoundError, match=f"was to be fetched from '{small.host}/{name}:v1@"):
        run.get_attachment("weights")
    small.blobs.update(held)
    assert len(run.get_attachment("weights")) == 20_000


def test_with_a_password(debian_basic, name, committed, elsewhere, log_in):
    """The credentials are those of docker login."""
    experiment = committed()
    with pytest.raises(RegistryError):
        experiment.push(f"{debian_basic.host}/{name}:v1")
    log_in(debian_basic.host)
    trialog.Experiment.load(experiment.push(f"{debian_basic.host}/{name}:v1"), client=elsewhere)
    pulled = trialog.Experiment.pull(f"{debian_basic.host}/{name}:v1", client=elsewhere)
    assert len(pulled.runs) == 3


def test_a_fork_sends_what_is_new(debian, name, elsewhere):
    """Its parent's layers are there; the parent itself is sent before it, and leads to it."""
    with trialog.Experiment("base", project="acme/demo") as base, base.run() as run:
        run.log_attachment("weights", "application/x", os.urandom(50_000))
    base.push(f"{debian.host}/{name}:base")
    with base.fork("fork") as fork, fork.run() as run:
        run.log_attachment("weights", "application/x", os.urandom(50_000))
    before = debian.requests()
    reference = fork.push(f"{debian.host}/{name}:fork")
    sent = [path for method, path, _ in since(debian, before) if method == "PUT"]
    assert sum("/blobs/" in path for path in sent) == 4  # index, journals, table, attachment
    with_parent = f"{debian.host}/{name}-2:fork"
    fork.push(with_parent)
    for text in (reference, with_parent):
        client = trialog.LocalClient(elsewhere.home / text.rpartition("/")[2].partition("@")[0])
        assert len(trialog.Experiment.pull(text, client=client).runs) == 2
        parent = trialog.Experiment.load(base.digest, client=client)
        assert parent.verify().blobs == base.verify().blobs


def test_an_artifact_of_ommx_in_a_registry(debian, name, elsewhere):
    """It is read from there as from its archive."""
    from pathlib import Path

    from trialog._artifacts.pushing import push
    from trialog._artifacts.sources import find_archived
    from trialog._format.folders import StoreFolder
    from trialog._oci.references import parse_reference

    golden = Path(__file__).parents[2] / "unit" / "artifacts" / "golden"
    artifact = find_archived(golden / "ommx-3.0.0b7-experiment.ommx")
    store = StoreFolder(elsewhere.home)
    text = push(store, artifact, parse_reference(f"{debian.host}/{name}:v1"))
    experiment = trialog.Experiment.load(text, client=elsewhere)
    assert experiment.name == name.rpartition("/")[2]
    assert [run.run_id for run in experiment.runs] == [0, 1, 2]
    before = debian.requests()
    assert len(experiment.get_attachment("problem")) == 200
    assert len(blob_gets(since(debian, before))) == 1
    assert len(trialog.Experiment.pull(text, client=elsewhere).runs) == 3
