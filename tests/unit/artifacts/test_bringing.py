"""Artifacts from anybody: what they bring is their own, or nothing is brought."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

import trialog
from trialog._artifacts.journalpacks import JournalKey, JournalPart
from trialog._format.encoding import encode_general
from trialog._format.facts import End, Start
from trialog._format.records import Kind
from trialog.errors import IntegrityError, StoreVersionError, UsageError


class Forger:
    """Writes journals that say whatever one wants."""

    def __init__(self, folder) -> None:
        self.folder = folder
        folder.mkdir()

    def part(self, key: JournalKey, **start) -> JournalPart:
        said = {
            "writer": key.writer,
            "run": key.run_id,
            "role": "run",
            "namespace": "acme",
            "project": "demo",
            "created_ns": 1,
        } | start
        data = encode_general(Kind.START, 1, Start(**said).encode())
        data += encode_general(Kind.END, 2, End(status="COMPLETED").encode())
        path = self.folder / f"{key.run_id}-{key.writer}"
        path.write_bytes(data)
        return JournalPart(key, path, len(data))


@pytest.fixture
def forger(tmp_path):
    return Forger(tmp_path / "forged")


def visible(client):
    """What of runs is in a store."""
    return sorted(client.home.glob("namespaces/*/*/runs/*/*"))


@pytest.mark.parametrize(
    "start, said",
    [
        ({"run": "other-run"}, "says that it is the journal"),
        ({"writer": "other"}, "says that it is the journal"),
        ({"namespace": "evil"}, "do not agree whose it is"),
        ({"project": "other"}, "do not agree whose it is"),
        ({"experiment": "other"}, "do not agree whose it is"),
        ({"experiment": None}, "do not agree whose it is"),
        ({"role": "project"}, "no journal of a run"),
    ],
)
def test_a_journal_is_that_of_its_run(start, said, recorded, sealer, elsewhere, forger):
    """One more journal of a run must be of that run, experiment and project."""
    experiment = recorded()
    _, parts = sealer.config(experiment)
    run_id = experiment.runs[0].id
    given = {"experiment": experiment.id, "number": 0, "role": "attach"} | start
    forged = forger.part(JournalKey(run_id, "forged"), **given)
    path = sealer.archive(experiment, parts=[*parts, forged], change=listing(forged))
    with pytest.raises(IntegrityError, match=said):
        len(trialog.Experiment.load(path, client=elsewhere).runs)
    assert not visible(elsewhere)


def listing(*parts, runs=()):
    """Adds journals and runs to a configuration."""
    from trialog._artifacts.config_entries import JournalEntry

    def change(config):
        entries = tuple(
            JournalEntry(run_id=each.key.run_id, writer=each.key.writer, size_bytes=each.size_bytes)
            for each in parts
        )
        return replace(config, journals=config.journals + entries, runs=config.runs + tuple(runs))

    return change


def test_what_is_not_listed_is_refused(recorded, sealer, elsewhere, forger):
    """The pack and the list of journals agree, both ways, to the byte."""
    experiment = recorded()
    config, parts = sealer.config(experiment)
    forged = forger.part(JournalKey("stranger", "forged"))
    lies = (
        {"parts": [*parts, forged]},
        {"parts": parts[1:]},
        {"journals": config.journals[1:]},
        {"journals": (replace(config.journals[0], size_bytes=7), *config.journals[1:])},
    )
    for lie in lies:
        path = sealer.archive(experiment, **lie)
        with pytest.raises(IntegrityError, match="is refused"):
            len(trialog.Experiment.load(path, client=elsewhere).runs)
    assert not visible(elsewhere)


def test_strangers_are_refused(recorded, sealer, elsewhere, forger):
    """Runs of other experiments, other experiments, and runs that are in none."""
    from trialog._artifacts.config_entries import RunEntry

    experiment = recorded()
    _, parts = sealer.config(experiment)
    for start in (
        {"experiment": "another", "number": 2},
        {"experiment": None, "number": 2},
        {"kind": "experiment"},
        {"experiment": experiment.id, "number": 2, "namespace": "evil"},
        {"experiment": experiment.id, "number": 9},
    ):
        forged = forger.part(JournalKey("stranger", "forged"), **start)
        run = RunEntry(
            number=2,
            id="stranger",
            name="x",
            status="COMPLETED",
            created_ns=0,
            experiment=start.get("experiment") or "none",
        )
        path = sealer.archive(
            experiment, parts=[*parts, forged], change=listing(forged, runs=[run])
        )
        with pytest.raises(IntegrityError, match="is refused"):
            len(trialog.Experiment.load(path, client=elsewhere).runs)
    assert not visible(elsewhere)


def test_nothing_can_be_added_to_my_experiments(recorded, sealer, forger):
    """An artifact that brings another run of an experiment of mine changes nothing, ever."""
    from trialog._artifacts.config_entries import RunEntry

    experiment = recorded()
    _, parts = sealer.config(experiment)
    forged = forger.part(JournalKey("stranger", "forged"), experiment=experiment.id, number=2)
    run = RunEntry(
        number=2, id="stranger", name="x", status="COMPLETED", created_ns=0,
        experiment=experiment.id,
    )  # fmt: skip
    hostile = sealer.archive(
        experiment, parts=[*parts, forged], change=listing(forged, runs=[run]), name="hostile.tar"
    )
    with pytest.raises(UsageError, match="'sweep'.* is open in this store"):
        len(trialog.Experiment.load(hostile).runs)
    mine = trialog.LocalClient(sealer.folder / "mine")
    good = trialog.Experiment.load(sealer.archive(experiment), client=mine)
    assert len(good.runs) == 2
    before = visible(mine)
    with pytest.raises(IntegrityError, match="is in this store as sha256"):
        len(trialog.Experiment.load(hostile, client=mine).runs)
    assert visible(mine) == before
    assert len(good.runs) == 2


def test_nothing_can_be_added_from_another_project(recorded, sealer, elsewhere, forger):
    """The id of an experiment means one in the whole store, whatever project is claimed."""
    from trialog._artifacts.config_entries import RunEntry

    experiment = recorded()
    start = {"namespace": "evil", "project": "evil", "kind": "experiment"}
    own = forger.part(JournalKey(experiment.id, "forged"), **start)
    run_start = {"namespace": "evil", "project": "evil", "number": 0, "experiment": experiment.id}
    run = forger.part(JournalKey("stranger", "forged"), **run_start)
    entry = RunEntry(
        number=0, id="stranger", name="x", status="COMPLETED", created_ns=0,
        experiment=experiment.id,
    )  # fmt: skip
    path = sealer.archive(
        experiment,
        parts=[own, run],
        namespace="evil",
        project="evil",
        runs=(entry,),
        attachments=(),
        journals=(),
        change=listing(own, run),
    )
    with pytest.raises(IntegrityError, match="the store has another experiment of that id"):
        len(trialog.Experiment.load(path).runs)
    assert not list(sealer.home.glob("namespaces/evil/*/runs/*/*"))
    assert len(experiment.runs) == 2
    assert len(trialog.Experiment.load(path, client=elsewhere).runs) == 1  # harms nobody there


def test_a_run_of_mine_is_never_touched(recorded, sealer, elsewhere, forger):
    """An artifact whose run has the id of a run of mine is refused."""
    from trialog._artifacts.config_entries import RunEntry

    experiment = recorded()
    with trialog.init("acme", "demo", id="mine", client=elsewhere):
        pass
    _, parts = sealer.config(experiment)
    forged = forger.part(JournalKey("mine", "forged"), experiment=experiment.id, number=2)
    run = RunEntry(
        number=2, id="mine", name="x", status="COMPLETED", created_ns=0, experiment=experiment.id
    )
    path = sealer.archive(experiment, parts=[*parts, forged], change=listing(forged, runs=[run]))
    before = visible(elsewhere)
    with pytest.raises(IntegrityError, match="the run mine, and the store has another run"):
        len(trialog.Experiment.load(path, client=elsewhere).runs)
    assert visible(elsewhere) == before


def test_a_journal_that_is_there_must_be_the_same(recorded, sealer, elsewhere):
    """What is left of an interrupted load is gone on with only if it is equal."""
    experiment = recorded()
    path = sealer.archive(experiment)
    loaded = trialog.Experiment.load(path, client=elsewhere)
    run_id = loaded.runs[0].id
    shutil.rmtree(next(elsewhere.home.glob(f"namespaces/*/*/runs/*/{loaded.id}")))
    assert len(trialog.Experiment.load(path, client=elsewhere).runs) == 2
    shutil.rmtree(next(elsewhere.home.glob(f"namespaces/*/*/runs/*/{loaded.id}")))
    journal = next(elsewhere.home.glob(f"namespaces/*/*/runs/*/{run_id}/*.journal"))
    journal.write_bytes(journal.read_bytes()[:-8] + b"12345678")
    with pytest.raises(IntegrityError, match="the store has another journal"):
        len(trialog.Experiment.load(path, client=elsewhere).runs)


def test_a_newer_format_is_said_to_be_one(recorded, sealer, elsewhere, forger):
    """Upgrade, rather than a guess at what newer journals say."""
    experiment = recorded()
    _, parts = sealer.config(experiment)
    run_id = experiment.runs[0].id
    forged = forger.part(
        JournalKey(run_id, "forged"), experiment=experiment.id, number=0, role="attach", format=99
    )
    path = sealer.archive(experiment, parts=[*parts, forged], change=listing(forged))
    with pytest.raises(StoreVersionError, match="format 99"):
        len(trialog.Experiment.load(path, client=elsewhere).runs)


def test_journals_of_absurd_size_are_refused(recorded, sealer, elsewhere):
    """A small pack that is said to become terabytes is not unpacked."""
    experiment = recorded()
    config, _ = sealer.config(experiment)
    lie = tuple(replace(each, size_bytes=1 << 50) for each in config.journals)
    path = sealer.archive(experiment, journals=lie)
    with pytest.raises(IntegrityError, match="once they are unpacked"):
        len(trialog.Experiment.load(path, client=elsewhere).runs)


class Forked:
    """An experiment that says that it was forked from another."""

    def __init__(self, parent, digest, forger, sealer) -> None:
        self.parent, self.digest, self.forger, self.sealer = parent, digest, forger, sealer

    def archive(self, **start):
        from trialog._artifacts.config_entries import ParentEntry, RunEntry

        _, parts = self.sealer.config(self.parent)
        said = {
            "kind": "experiment", "name": "fork", "number": 2,
            "parent": self.parent.id, "subject": self.digest,
        } | start  # fmt: skip
        own = self.forger.part(JournalKey("fork", "w"), **said)
        run = self.forger.part(JournalKey("fork-run", "w"), experiment="fork", number=2)
        entry = RunEntry(
            number=2, id="fork-run", name="x", status="COMPLETED", created_ns=0, experiment="fork"
        )
        parent = ParentEntry(id=self.parent.id, name="sweep", digest=self.digest, first_number=2)
        return self.sealer.archive(
            self.parent,
            name="fork.tar",
            id="fork",
            parent=parent,
            packs=[parts, [own, run]],
            change=listing(own, run, runs=[entry]),
        ).absolute(), parts


def test_a_fork_alone_brings_its_parents_runs_only(recorded, sealer, elsewhere, forger):
    """What nothing vouches for is not said to be sealed: the parent itself is not there."""
    experiment = recorded()
    digest = "sha256:" + "7" * 64
    path, _ = Forked(experiment, digest, forger, sealer).archive()
    loaded = trialog.Experiment.load(path, client=elsewhere)
    assert [run.run_id for run in loaded.runs] == [0, 1, 2]
    assert loaded.runs[0].get_attachment("weights") == b"noise"
    with pytest.raises(trialog.errors.NotFoundError):
        trialog.Experiment.open(experiment.id, client=elsewhere)
    assert loaded.parent == experiment.id


def test_a_parent_that_is_here_is_left_alone(recorded, sealer, elsewhere, forger):
    """Of a parent that the store has, the very artifact must be meant, and nothing is added."""
    experiment = recorded()
    good = trialog.Experiment.load(sealer.archive(experiment), client=elsewhere)
    assert len(good.runs) == 2
    path, _ = Forked(experiment, "sha256:" + "7" * 64, forger, sealer).archive()
    with pytest.raises(IntegrityError, match="is in this store as sha256"):
        len(trialog.Experiment.load(path, client=elsewhere).runs)
    path, _ = Forked(experiment, good.digest, forger, sealer).archive()
    assert len(trialog.Experiment.load(path, client=elsewhere).runs) == 3
    assert len(good.runs) == 2


def test_a_fork_without_its_parents_record_has_the_runs_all_the_same(
    recorded, sealer, elsewhere, forger
):
    """The runs of a parent whose own journals are not in the artifact are the fork's."""
    experiment = recorded()
    forked = Forked(experiment, "sha256:" + "7" * 64, forger, sealer)
    path, parts = forked.archive()
    own = {part.key for part in parts if part.key.run_id == experiment.id}

    def without(config):
        config = listing(*forged)(config)
        kept = tuple(each for each in config.journals if each.run_id != experiment.id)
        return replace(config, journals=kept)

    forged = [
        forger.part(
            JournalKey("fork", "w"), kind="experiment", name="fork", number=2,
            parent=experiment.id, subject=forked.digest,
        )
    ]  # fmt: skip
    from trialog._artifacts.config_entries import ParentEntry

    parent = ParentEntry(id=experiment.id, name="sweep", digest=forked.digest, first_number=2)
    path = sealer.archive(
        experiment,
        id="fork",
        parent=parent,
        parts=[*(part for part in parts if part.key not in own), *forged],
        change=without,
    )
    loaded = trialog.Experiment.load(path, client=elsewhere)
    assert [run.run_id for run in loaded.runs] == [0, 1]
    assert loaded.runs[1].get_attachment("weights") == b"noise"
