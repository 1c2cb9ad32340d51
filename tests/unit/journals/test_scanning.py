"""What changed in a store is found by the times of folders, and found again until it is read."""

from __future__ import annotations

import os

import pytest

from trialog._format.folders import Marker, StoreFolder
from trialog._journals.addresses import ProjectPlace, RunPlace
from trialog._journals.scanning import ORPHAN_NS, QUIET_NS, Expected, Known, Scanner

PROJECT, DAY = ProjectPlace("acme", "demo"), "2026-01-02"
NOW_NS = 1_800_000_000_000_000_000


class Scene:
    """A store's folders, with the times that a test gives them, and what is known of them."""

    def __init__(self, home):
        self.store = StoreFolder(home)
        self.project = PROJECT.folder(self.store)
        self.known = set()
        self.seen = {}
        self.now_ns = NOW_NS
        self.scanner = Scanner(self.store, self.seen, lambda: self.now_ns)

    def place(self, run):
        return RunPlace(PROJECT, DAY, run)

    def add_run(self, run, age_ns=QUIET_NS * 2):
        folder = self.place(run).folder(self.store)
        folder.mkdir(parents=True)
        self.age(folder.parent, age_ns)

    def mark(self, folder, run, writer, age_ns=QUIET_NS * 2):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / Marker(DAY, run, writer).filename).touch()
        self.age(folder, age_ns)

    def age(self, folder, age_ns):
        os.utime(folder, ns=(self.now_ns - age_ns, self.now_ns - age_ns))

    def learn(self, *expected):
        """The catalog knows these runs and journals from now on."""
        self.known.update(expected)

    def ask(self):
        runs = {each for each in self.known if each.writer is None}
        keys = {each.key for each in self.known}
        return Known(
            lambda project, day: {
                each.run.id for each in runs if (each.run.project, each.run.day) == (project, day)
            },
            lambda: {(each.run.project, each.run.day) for each in runs},
            lambda asked: set(asked) - keys,
        )

    def scan(self):
        return self.scanner.scan(self.ask())

    def settle(self, found):
        return self.scanner.settle(found, self.ask())


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path / "store")


def test_an_empty_store_has_nothing(scene):
    """One that is not there, too."""
    found = scene.scan()
    assert (found.runs, found.gone, found.projects, found.days) == ([], [], [], set())


def test_a_new_run_is_found_until_it_is_known(scene):
    """Its day's folder is not settled before; after that it is not listed again."""
    scene.add_run("r1")
    for _ in range(2):
        found = scene.scan()
        assert found.runs == [scene.place("r1")]
        assert found.days == {(PROJECT, DAY)}
        assert scene.settle(found) == {}
    scene.learn(Expected(scene.place("r1")))
    found = scene.scan()
    assert found.runs == []
    assert list(scene.settle(found)) == [f"namespaces/acme/demo/runs/{DAY}"]
    assert scene.scan().changed == []


def test_a_folder_that_changed_a_moment_ago_is_looked_at_again(scene):
    """Another run may come within the same tick of its clock."""
    scene.add_run("r1", age_ns=QUIET_NS // 2)
    scene.learn(Expected(scene.place("r1")))
    found = scene.scan()
    assert found.runs == []
    assert scene.settle(found) == {}
    scene.now_ns += QUIET_NS
    assert scene.settle(scene.scan())
    assert scene.scan().changed == []


def test_a_settled_folder_that_changes_is_listed_again(scene):
    """By its time alone, forwards or backwards."""
    scene.add_run("r1")
    scene.learn(Expected(scene.place("r1")))
    scene.settle(scene.scan())
    scene.add_run("r2", age_ns=QUIET_NS * 9)
    assert scene.scan().runs == [scene.place("r2")]


def test_a_run_that_never_comes_is_given_up(scene):
    """After ten minutes; its folder costs no look any more."""
    scene.add_run("r1", age_ns=ORPHAN_NS * 2)
    found = scene.scan()
    assert found.runs == [scene.place("r1")]
    assert scene.settle(found)
    assert scene.scan().changed == []


def test_known_runs_that_are_gone(scene):
    """One of a day, and a whole day."""
    scene.add_run("r1")
    gone = RunPlace(PROJECT, "2025-01-01", "r0")
    scene.learn(*map(Expected, [scene.place("r1"), scene.place("r2"), gone]))
    found = scene.scan()
    assert found.gone == [scene.place("r2"), gone]


def test_each_project_is_announced_until_it_is_settled(scene):
    """Hidden and foreign folders are none."""
    scene.add_run("r1")
    (scene.store.namespaces / "acme" / ".hidden" / "runs" / DAY / "r9").mkdir(parents=True)
    (scene.store.namespaces / "lost+found").mkdir()
    found = scene.scan()
    assert found.projects == [PROJECT]
    scene.settle(found)
    assert scene.scan().projects == []


@pytest.mark.parametrize("where", ["open", "changes"])
def test_a_marker_announces_a_writer_until_its_journal_is_known(scene, where):
    """A later writer or an edit of a run of any day; files that are no markers do not count."""
    folder = scene.project.open if where == "open" else scene.project.changes / DAY
    scene.mark(folder, "r1", "w1")
    (folder / ".nfs~0~1").touch()
    (folder / "other").touch()
    scene.age(folder, QUIET_NS * 2)
    found = scene.scan()
    assert [each.unknown for each in found.changed] == [[Expected(scene.place("r1"), "w1")]]
    assert scene.settle(found) == {}
    scene.learn(Expected(scene.place("r1"), "w1"))
    found = scene.scan()
    assert found.runs == []
    assert scene.settle(found)


def test_a_run_announced_twice_is_read_once(scene):
    """By its folder, and by the markers of two writers."""
    scene.add_run("r1")
    scene.mark(scene.project.open, "r1", "w1")
    scene.mark(scene.project.open, "r1", "w2")
    assert scene.scan().runs == [scene.place("r1")]
