"""Two people, one store: neither locks the other out, whatever their umask."""

from __future__ import annotations

import os

import pytest

ALICE, BOB, GROUP = 54_001, 54_002, 54_100

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root may become two users")


@pytest.fixture(autouse=True)
def shared(open_folder, monkeypatch):
    """A store that a group shares: setgid, writable by the group."""
    store = open_folder / "store"
    store.mkdir()
    os.chown(store, ALICE, GROUP)
    store.chmod(0o2775)
    monkeypatch.setenv("TRIALOG_HOME", str(store))
    return store


@pytest.fixture
def act(act_as):
    """Runs code as a member of the group; what it printed."""
    return lambda uid, umask, code: act_as(uid, code, group=GROUP, umask=umask)


TRAIN = """
with trialog.init("acme", "Shared", name="x") as run:
    run.log("loss", 0.5)
    run.log_attachment("data", "text/plain", b"the same bytes")
print(run.name)
"""
READ = """
runs = trialog.runs("acme/shared")
print(sorted((run.name, run.get_attachment("data").decode(), run.points) for run in runs))
"""


@pytest.mark.parametrize("alices,bobs", [(0o022, 0o002), (0o002, 0o077), (0o077, 0o022)])
def test_both_log_to_one_project(act, shared, alices, bobs):
    """Names, blobs and folders are shared; each reads what the other wrote."""
    assert act(ALICE, alices, TRAIN) == "x"
    assert act(BOB, bobs, TRAIN) == "x_1"
    assert act(ALICE, alices, TRAIN) == "x_2"
    both = str([(name, "the same bytes", 1) for name in ("x", "x_1", "x_2")])
    assert act(ALICE, alices, READ) == both
    assert act(BOB, bobs, READ) == both
    assert len([each for each in (shared / "blobs/sha256").rglob("*") if each.is_file()]) == 1


def test_one_tags_and_deletes_the_runs_of_the_other(act):
    """An edit is a journal of its author's in the run's folder."""
    act(ALICE, 0o022, TRAIN)
    act(BOB, 0o022, "run = trialog.get_run('x'); run.add_tags('good'); run.delete()")
    assert act(ALICE, 0o022, "run = trialog.get_run('x'); print(run.tags, run.deleted_by)") == (
        f"('good',) user{BOB}"
    )


def test_a_private_store_stays_private(act_as, open_folder):
    """Without a group that may write, the umask decides alone."""
    home = open_folder / "private"
    home.mkdir(mode=0o700)
    os.chown(home, ALICE, ALICE)
    environ = os.environ | {"TRIALOG_HOME": str(home)}
    act_as(ALICE, TRAIN, umask=0o077, environ=environ)
    found = [home, *home.rglob("*")]
    assert len(found) > 10
    assert {each.stat().st_mode & 0o077 for each in found} == {0}
