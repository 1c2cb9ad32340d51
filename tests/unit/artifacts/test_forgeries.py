"""Forged data under a genuine digest: none of it is ever taken for what was sealed."""

from __future__ import annotations

import shutil
import tarfile

import pytest

import trialog
from trialog._artifacts.config_entries import JournalEntry, ParentEntry
from trialog._artifacts.journalpacks import JournalKey, JournalPart
from trialog._format.encoding import encode_general
from trialog._format.facts import Commit, End, Start
from trialog._format.records import Kind
from trialog._format.values import dump_json
from trialog._oci.descriptors import MANIFEST_TYPE
from trialog.errors import IntegrityError, NotFoundError

GENUINE = "sha256:" + "7" * 64


@pytest.fixture
def journal(tmp_path):
    """Writes a journal that says whatever one wants."""

    def write(key: JournalKey, *facts: tuple[Kind, bytes], **said) -> JournalPart:
        said = {"role": "run", "namespace": "acme", "project": "demo", "created_ns": 1} | said
        start = Start(writer=key.writer, run=key.run_id, **said)
        records = (Kind.START, start.encode()), *facts, (Kind.END, End(status="COMPLETED").encode())
        data = b"".join(
            encode_general(kind, at + 1, data) for at, (kind, data) in enumerate(records)
        )
        path = tmp_path / f"{key.run_id}-{key.writer}"
        path.write_bytes(data)
        return JournalPart(key, path, len(data))

    return write


def listing(*parts):
    """The entries of journals in a configuration."""
    return tuple(
        JournalEntry(run_id=each.key.run_id, writer=each.key.writer, size_bytes=each.size_bytes)
        for each in parts
    )


def journals_of(client, run_id):
    """The journals of a run in a store."""
    return sorted(client.home.glob(f"namespaces/*/*/runs/*/{run_id}/*.journal"))


@pytest.fixture
def chain():
    """An experiment, one that was forked from it, and one that was forked from that."""
    with (
        trialog.Experiment("base", project="acme/demo") as base,
        base.run(parameters={"lr": 0.1}) as run,
    ):
        run.log_json("plan", [1])
    with base.fork("middle") as middle:
        middle.run(parameters={"lr": 0.2}).finish()
    with middle.fork("top") as top:
        top.run(parameters={"lr": 0.3}).finish()
    return base, middle, top


def without(path, digest, name):
    """An archive as a tool copies it that leaves out what a manifest refers to."""
    copy = path.with_name(name)
    with tarfile.open(path) as given, tarfile.open(copy, "w") as kept:
        for member in given:
            if digest.removeprefix("sha256:") not in member.name:
                kept.addfile(member, given.extractfile(member) if member.isfile() else None)
    return copy


@pytest.mark.parametrize("role", ["run", "attach", "edit"])
@pytest.mark.parametrize("whose", ["the experiment", "a run"])
def test_no_journal_says_by_itself_what_sealed_it(
    whose, role, recorded, sealer, elsewhere, journal
):
    """A COMMIT that arrives is refused, whatever journal it is in; the genuine one loads after."""
    experiment = recorded()
    config, parts = sealer.config(experiment)
    genuine = sealer.archive(experiment)
    commit = Kind.COMMIT, Commit(digest=GENUINE, size_bytes=1, source="evil.example/x:1").encode()
    own = {"kind": "experiment"} if whose == "the experiment" else {
        "experiment": experiment.id, "number": 0
    }  # fmt: skip
    run_id = experiment.id if whose == "the experiment" else experiment.runs[0].id
    forged = journal(JournalKey(run_id, "forged"), commit, role=role, attempt=2, **own)
    hostile = sealer.archive(
        experiment,
        parts=[*parts, forged],
        journals=(*config.journals, *listing(forged)),
        name="hostile.tar",
    )
    with pytest.raises(IntegrityError, match=r"forged\.journal says itself .* committed"):
        len(trialog.Experiment.load(hostile, client=elsewhere).runs)
    loaded = trialog.Experiment.load(genuine, client=elsewhere)
    assert [dict(run.parameters) for run in loaded.runs] == [{"lr": 0.1}, {"lr": 0.2}]
    assert trialog.Experiment.open("sweep", client=elsewhere).digest == loaded.digest


class Fork:
    """A fork, made by hand, that names an experiment's digest and brings what it wants of it."""

    def __init__(self, parent, sealer, journal) -> None:
        self.parent, self.sealer, self.journal = parent, sealer, journal
        self.config, self.parts = sealer.config(parent)
        self.sealed = sealer.manifest(parent)
        self.genuine = sealer.write(self.sealed, "genuine.tar")
        self.subject = sealer.add(self.sealed.encode(), MANIFEST_TYPE)

    def archive(self, parts=None, *, with_manifest: bool, parent: str | None = None):
        """Its archive; the parent's journals are ``parts``, the ones that were sealed if None."""
        parts, parent = self.parts if parts is None else parts, parent or self.parent.id
        own = self.journal(
            JournalKey("fork", "w"), kind="experiment", name="fork", number=2, parent=parent,
            subject=self.subject.digest,
        )  # fmt: skip
        manifest = self.sealer.manifest(
            self.parent,
            id="fork",
            parent=ParentEntry(id=parent, name="sweep", digest=self.subject.digest, first_number=2),
            packs=[parts, [own]],
            journals=listing(*parts, own),
        )
        also = (self.subject, self.sealed.config) if with_manifest else ()
        return self.sealer.write(manifest, "fork.tar", also)


@pytest.fixture
def fork(recorded, sealer, journal):
    """A fork of an experiment of two runs."""
    return Fork(recorded(), sealer, journal)


@pytest.fixture
def forged(fork, journal):
    """The journals of the fork's parent, those of the first run other than they were sealed."""
    run_id = fork.parent.runs[0].id
    said = dump_json({"lr": 666.0}, "lr")
    other = journal(
        JournalKey(run_id, "forged"),
        (Kind.PARAMETERS, said),
        experiment=fork.parent.id,
        number=0,
    )
    return [*(part for part in fork.parts if part.key.run_id != run_id), other]


def test_a_fork_brings_its_forebear_as_it_was_sealed(fork, elsewhere):
    """With its manifest, and its packs as they were, the parent is there under its digest."""
    loaded = trialog.Experiment.load(fork.archive(with_manifest=True), client=elsewhere)
    assert len(loaded.runs) == 2
    parent = trialog.Experiment.open(fork.parent.id, client=elsewhere)
    assert parent.digest == fork.subject.digest


def test_a_forebears_journals_come_out_of_its_own_packs(fork, forged, elsewhere):
    """A fork that brings other journals as those of a digest is refused; the genuine one loads."""
    path = fork.archive(forged, with_manifest=True)
    with pytest.raises(IntegrityError, match=r"as sha256:.*\.journal is not what that has"):
        len(trialog.Experiment.load(path, client=elsewhere).runs)
    loaded = trialog.Experiment.load(fork.genuine, client=elsewhere)
    assert loaded.runs[0].parameters["lr"] == 0.1
    with pytest.raises(IntegrityError, match="is not what that has"):  # nor where it is here
        len(
            trialog.Experiment.load(
                fork.archive(forged, with_manifest=False), client=elsewhere
            ).runs
        )


def test_no_digest_is_claimed_for_what_nothing_vouches_for(fork, forged, elsewhere):
    """Without the manifest, forged runs are the fork's alone, and never read as the digest."""
    path = fork.archive(forged, with_manifest=False)
    loaded = trialog.Experiment.load(path, client=elsewhere)
    assert loaded.runs[0].parameters["lr"] == 666.0
    with pytest.raises(NotFoundError):
        trialog.Experiment.open(fork.parent.id, client=elsewhere)
    genuine = trialog.Experiment.load(fork.genuine, client=elsewhere)
    with pytest.raises(IntegrityError, match="the store has another journal"):
        len(genuine.runs)


def test_a_journal_more_is_another_run(fork, journal, elsewhere):
    """What a fork has planted beside genuine journals is not taken for sealed later on."""
    run_id = fork.parent.runs[0].id
    more = journal(
        JournalKey(run_id, "planted"), experiment=fork.parent.id, number=0, role="attach"
    )
    path = fork.archive([*fork.parts, more], with_manifest=False)
    assert len(trialog.Experiment.load(path, client=elsewhere).runs) == 2
    genuine = trialog.Experiment.load(fork.genuine, client=elsewhere)
    with pytest.raises(IntegrityError, match=r"another journal planted\.journal"):
        len(genuine.runs)


def test_a_digest_stands_for_one_experiment(fork, journal, elsewhere):
    """The digest of an artifact cannot be claimed for an experiment of another id."""
    other = journal(JournalKey("other", "w"), kind="experiment", name="other")
    path = fork.archive([*fork.parts, other], with_manifest=True, parent="other")
    with pytest.raises(IntegrityError, match="is refused"):
        len(trialog.Experiment.load(path, client=elsewhere).runs)
    assert not journals_of(elsewhere, "other")


def test_a_parent_is_whole_once_it_is_loaded_itself(chain, elsewhere, tmp_path):
    """A fork that arrives alone has its parent's runs; the parent's archive makes that whole."""
    base, middle, _ = chain
    alone = without(middle.save(tmp_path / "middle.tar"), base.digest, "alone.tar")
    loaded = trialog.Experiment.load(alone, client=elsewhere)
    assert [run.parameters["lr"] for run in loaded.runs] == [0.1, 0.2]
    path = base.save(tmp_path / "base.tar")
    for number in range(2):
        again = trialog.Experiment.load(path, client=elsewhere)
        assert again.runs[0].get_json("plan") == [1]
        assert again.verify().blobs == base.verify().blobs
        again.save(tmp_path / f"again{number}.tar")
        with trialog.Experiment.open("base", client=elsewhere).fork(f"fork{number}") as fork:
            fork.run().finish()
        assert fork.digest is not None


def test_loading_again_keeps_the_manifest_again(chain, elsewhere, tmp_path):
    """A manifest and a configuration that a store has lost come back with the next load."""
    base = chain[0]
    path = base.save(tmp_path / "base.tar")
    assert len(trialog.Experiment.load(path, client=elsewhere).runs) == 1
    shutil.rmtree(elsewhere.home / "blobs" / "sha256")
    loaded = trialog.Experiment.load(path, client=elsewhere)
    assert len(loaded.runs) == 1
    assert loaded.verify().blobs == base.verify().blobs


def test_a_fork_of_a_fork_needs_the_manifest_between(chain, elsewhere, tmp_path):
    """Without it the eldest runs would belong to nothing: that is said, and what to do."""
    base, middle, top = chain
    path = without(top.save(tmp_path / "top.tar"), middle.digest, "alone.tar")
    with pytest.raises(IntegrityError, match="is a fork itself: load that one first"):
        len(trialog.Experiment.load(path, client=elsewhere).runs)
    assert not journals_of(elsewhere, base.runs[0].id)
    assert len(trialog.Experiment.load(middle.save(tmp_path / "m.tar"), client=elsewhere).runs) == 2
    loaded = trialog.Experiment.load(path, client=elsewhere)
    assert [run.parameters["lr"] for run in loaded.runs] == [0.1, 0.2, 0.3]


@pytest.mark.parametrize("harm", ["missing", "shorter", "changed", "more"])
def test_what_is_here_is_held_against_what_is_loaded(harm, chain, elsewhere, tmp_path):
    """A digest that the store knows is believed only if its journals are those of the digest."""
    base = chain[0]
    path = base.save(tmp_path / "base.tar")
    loaded = trialog.Experiment.load(path, client=elsewhere)
    (here,) = journals_of(elsewhere, loaded.runs[0].id)
    data = here.read_bytes()
    said = here.name
    if harm == "missing":
        here.rename(here.with_name("gone"))
    elif harm == "more":
        start = Start(
            writer="planted", run=loaded.runs[0].id, role="attach", namespace="acme",
            project="demo", experiment=base.id, number=0,
        )  # fmt: skip
        here.with_name("planted.journal").write_bytes(encode_general(Kind.START, 1, start.encode()))
        said = "planted.journal"
    else:
        here.write_bytes(data[:-8] if harm == "shorter" else data[:-8] + b"12345678")
    with pytest.raises(IntegrityError, match=f"not what was sealed: .*{said}"):
        len(trialog.Experiment.load(path, client=elsewhere).runs)
