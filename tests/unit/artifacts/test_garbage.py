"""Cleaning up: nothing that is reachable ever goes, and what goes can be put back."""

from __future__ import annotations

import os
import random
import time
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest

import trialog
from trialog._artifacts.garbage import collect_garbage
from trialog._format.folders import StoreFolder
from trialog._tracking import active
from trialog.errors import InvalidTypeError, UsageError

DAY_NS = 86_400 * 10**9


def age(home, days=3):
    """Let everything in a store be so old."""
    if active.session.steward is not None:
        active.session.steward.drain()
    then = time.time() - days * 86_400
    for folder, folders, names in os.walk(home):
        if "catalog" in folder or "segments" in folder:
            continue
        for name in (*folders, *names):
            if not name.startswith("catalog.db"):
                os.utime(Path(folder) / name, (then, then))


def content(home):
    """Every file but the caches, and what it holds."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for folder in ("namespaces", "blobs")
        for path in (home / folder).rglob("*")
        if path.is_file()
    }


def blob_of(home, data):
    """Put bytes into a store that nothing names."""
    from trialog._writing.blobs import BlobWriter

    return BlobWriter(StoreFolder(home)).put(data)


def later(home, **options):
    """Clean up as it will be in five days: the times of deleted runs stand in their journals."""
    now_ns = time.time_ns() + 5 * DAY_NS
    return collect_garbage(StoreFolder(home), DAY_NS, now_ns=now_ns, **options)


def test_a_look_touches_nothing(store):
    """Without delete=True it says what would go, and leaves it."""
    with trialog.init("acme", "demo") as run:
        run.log_json("kept", 1)
    blob_of(store, b"orphan")
    (store / "blobs" / "incoming" / "1-abc").write_bytes(b"half")
    age(store)
    before = content(store)
    found = trialog.gc()
    assert (len(found.blobs), len(found.leftovers), len(found.runs)) == (1, 1, 0)
    assert found.size_bytes == 10
    assert [item.size_bytes for item in found] == [6, 4]
    assert str(found) == (
        "0 deleted runs, 1 blob that nothing names, 1 file left over: 10 bytes not needed any more"
    )
    assert content(store) == before
    assert not (store / "trash").exists()


def test_what_is_new_is_left_alone(store):
    """A blob is written before the fact that names it: what is younger than a day stays."""
    blob_of(store, b"about to be named")
    assert not len(trialog.gc(delete=True))
    age(store)
    blob_of(store, b"about to be named")  # logged again: it is new again
    assert not len(trialog.gc(delete=True))
    assert not len(trialog.gc(delete=True, older_than=timedelta(days=1)))
    age(store)
    assert len(trialog.gc(delete=True, older_than="1d")) == 1


def test_it_can_be_put_back_and_goes_for_good_later(store):
    """What went is in the trash until a later time empties it."""
    with trialog.init("acme", "demo", name="good") as good:
        good.log_json("plan", {"a": "x" * 30_000})
    with trialog.init("acme", "demo", name="bad") as bad:
        bad.log_json("plan", {"b": "y" * 30_000})
        bad.log("loss", 0.5)
    trialog.get_run("bad").delete()
    before = content(store)
    found = later(store, is_removed=True)
    assert (len(found.runs), len(found.blobs)) == (1, 1)
    with pytest.raises(trialog.errors.NotFoundError):
        trialog.get_run("bad")
    assert trialog.get_run("good").get_json("plan") == {"a": "x" * 30_000}
    assert len(trialog.gc_undo()) == 2
    assert content(store) == before
    trialog.get_run("bad").restore()
    assert trialog.get_run("bad").get_json("plan") == {"b": "y" * 30_000}
    assert trialog.gc_undo() == []
    trialog.get_run("bad").delete()
    later(store, is_removed=True)
    assert (store / "trash").exists()
    now_ns = time.time_ns() + 9 * DAY_NS
    freed = collect_garbage(StoreFolder(store), DAY_NS, is_removed=True, now_ns=now_ns)
    assert freed.freed_bytes > 30_000
    assert trialog.gc_undo() == []


def test_a_deleted_experiment_goes_with_its_runs_unless_it_has_a_fork(recorded, store):
    """Runs of an experiment go with it; one whose runs another goes on from stays."""
    experiment, other = recorded("one"), recorded("two")
    other.runs[0].delete()
    assert not later(store).runs
    from trialog._tracking.experiments import edit_experiment

    edit_experiment(experiment._address(), deleted=True)
    assert len(later(store).runs) == 3
    edit_experiment(other._address(), deleted=True)
    found = later(store)
    assert len(found.runs) == 6
    from trialog._artifacts.garbage import _experiments_to_go
    from trialog._catalog.provenance import Deletable

    def row(name, parent=None, deleted_ns=None):
        from trialog._catalog import ProjectPlace, RunPlace

        place = RunPlace(ProjectPlace("a", "b"), "named", name)
        return Deletable(place, None, True, parent, deleted_ns)

    chain = [row("a", deleted_ns=1), row("b", "a", 1), row("c", "b"), row("d", "a", 1)]
    assert _experiments_to_go(chain, 2) == {"d"}
    assert _experiments_to_go(chain[:2], 2) == {"a", "b"}


def test_where_a_journal_cannot_be_read_no_blob_goes(store):
    """What a damaged journal named, nobody knows: blobs stay, and it is said why."""
    with trialog.init("acme", "demo") as run:
        run.log_json("plan", 1)
    blob_of(store, b"orphan")
    age(store)
    assert len(trialog.gc().blobs) == 1
    journal = next(store.glob("namespaces/*/*/runs/*/*/*.journal"))
    data = bytearray(journal.read_bytes())
    data[700] ^= 255
    journal.write_bytes(data)
    age(store)
    found = trialog.gc()
    assert not len(found.blobs)
    assert found.unreadable == [str(journal.relative_to(store))]
    assert "nobody knows what these journals name" in str(found)


def test_durations(store):
    """Too short an age is refused: what is being written could go."""
    for wrong in ("soon", "24", "-1h", "1y"):
        with pytest.raises(UsageError, match="is no duration"):
            trialog.gc(older_than=wrong)
    with pytest.raises(UsageError, match="too short"):
        trialog.gc(older_than="9m")
    with pytest.raises(InvalidTypeError):
        trialog.gc(older_than=24)
    assert not len(trialog.gc(older_than="1.5w"))


@pytest.mark.parametrize("seed", range(6))
def test_nothing_reachable_ever_goes(store, seed):
    """Random stores: what a run that was not deleted holds can be read after every clean-up."""
    chance = random.Random(seed)
    pool = [os.urandom(chance.randrange(1, 60)) * chance.randrange(1, 900) for _ in range(8)]
    kept: dict[str, dict[str, bytes]] = {}
    for number in range(12):
        with trialog.init("acme", chance.choice(["one", "two"]), id=f"run-{number}") as run:
            held = kept[f"run-{number}"] = {}
            for each in range(chance.randrange(4)):
                held[f"a{each}"] = chance.choice(pool)
                run.log_attachment(f"a{each}", "application/x", held[f"a{each}"])
            if chance.random() < 0.5:
                run.log_value("table", ["z" * chance.randrange(1, 40_000)])
            if chance.random() < 0.3:
                run.log_parameter("text", "p" * 20_000)
    for data in pool[:3]:
        blob_of(store, data)
    for number in range(5):
        blob_of(store, b"%d orphan" % number)
    gone = chance.sample(sorted(kept), 4)
    for run_id in gone:
        trialog.get_run(run_id).delete()
    before = content(store)
    found = later(store, is_removed=True)
    assert len(found.runs) == 4
    assert len(found.blobs) >= 5
    for run_id in kept.keys() - set(gone):
        run = trialog.get_run(run_id)
        assert {name: run.get_attachment(name) for name in kept[run_id]} == kept[run_id]
        if run.parameters:
            assert run.parameters["text"] == "p" * 20_000
    from trialog._reading import catalog_of

    catalog_of(store).rebuild()
    assert catalog_of(store).verify().is_sound
    trialog.gc_undo()
    assert content(store) == before
    for run_id, held in kept.items():
        run = trialog.get_run(run_id)
        assert {name: run.get_attachment(name) for name in held} == held


@pytest.mark.slow
def test_many_blobs_cost_little_memory(store):
    """100,000 blobs that nothing names are found in a few megabytes."""
    with trialog.init("acme", "demo") as run:
        run.log_json("plan", 1)
    folder = store / "blobs" / "sha256"
    then = time.time() - 3 * 86_400
    for first in range(256):
        (folder / f"{first:02x}").mkdir(exist_ok=True)
        for number in range(400):
            path = folder / f"{first:02x}" / f"{first:02x}{number:062x}"
            path.touch()
            os.utime(path, (then, then))
    trialog.gc()
    tracemalloc.start()
    found = trialog.gc()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.blobs) == 256 * 400
    assert most < 30 << 20


@pytest.mark.parametrize("is_undone", [True, False])
def test_a_loaded_experiment_that_went_is_loaded_again(
    recorded, sealer, elsewhere, tmp_path, is_undone
):
    """Deleted, cleaned up, put back or not: loading brings it back as it was."""
    path = sealer.archive(recorded())
    loaded = trialog.Experiment.load(path, client=elsewhere)
    assert len(loaded.runs) == 2
    loaded.delete()
    assert len(trialog.experiments(client=elsewhere)) == 0
    assert len(later(elsewhere.home, is_removed=True).runs) == 3
    if is_undone:
        trialog.gc_undo(client=elsewhere)
    again = trialog.Experiment.load(path, client=elsewhere)
    assert [run.get_attachment("weights") for run in again.runs] == [b"noise"] * 2
    assert [each.name for each in trialog.experiments(client=elsewhere)] == ["sweep"]
    assert again.verify().blobs == 4
