"""The catalog heals itself, whatever is done to its files."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import threading

import pytest

import trialog
from trialog._catalog import Catalog, queries
from trialog._filters import RunFilter
from trialog._reading.catalogs import catalog_of, close_catalogs
from trialog.errors import StoreError, StoreVersionError


@pytest.fixture
def filled(store):
    for number in range(3):
        with trialog.init("acme", "demo", name=f"r{number}", parameters={"n": number}) as run:
            for step in range(10):
                run.log("loss", step * number)
    assert len(trialog.runs()) == 3
    return store


@pytest.fixture
def run_python():
    """Runs a piece of Python in a process of its own, and gives what it prints."""

    def run(source):
        command = [sys.executable, "-W", "error", "-c", textwrap.dedent(source)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def garbage(path):
    path.write_bytes(os.urandom(100_000))


def truncated(path):
    os.truncate(path, 5_000)


def empty(path):
    path.write_bytes(b"")


def of_another_version(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '0.0' WHERE name = 'schema'")
    connection.close()


def without_a_table(path):
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE runs")
    connection.close()


def with_nonsense(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE runs SET parameters = '{'")
    connection.close()


DAMAGES = [garbage, truncated, empty, of_another_version, without_a_table, with_nonsense]


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_is_made_again(filled, damage, is_open):
    """While it is open, and before it is opened: every answer is right."""
    if not is_open or damage is of_another_version:
        close_catalogs()
    damage(filled / "catalog.db")
    frame = trialog.runs("acme/demo").comparison_df().set_index("name")
    assert frame["n"].to_dict() == {"r0": 0, "r1": 1, "r2": 2}
    assert trialog.get_run("r2").metric("loss")["value"].max() == 18


def test_a_database_without_its_log_is_made_again(filled):
    """What stands in the log alone is lost with it."""
    (filled / "catalog.db-wal").unlink()
    assert len(trialog.runs()) == 3
    assert set(trialog.runs().parameters_df()["n"]) == {0, 1, 2}


def remove(path):
    path.unlink()


@pytest.mark.parametrize("damage", [remove, garbage, empty, lambda path: os.truncate(path, 700)])
def test_a_damaged_segment_is_done_without(filled, damage):
    """Points come from the journals, and the next compaction makes another one."""
    catalog = catalog_of(filled)
    keys = [record.key for record in trialog.runs()._records]
    before = trialog.runs().metrics_df("loss")
    catalog.compact(keys)
    (segment,) = filled.glob("segments/*.parquet")
    damage(segment)
    assert trialog.runs().metrics_df("loss").equals(before)
    assert catalog.compact(keys).runs == 3
    assert trialog.runs().metrics_df("loss").equals(before)


def test_segments_of_a_deleted_catalog_are_found_again(filled):
    """A segment says of itself what it holds."""
    keys = [record.key for record in trialog.runs()._records]
    catalog_of(filled).compact(keys)
    before = trialog.runs().metrics_df("loss")
    for path in filled.glob("catalog.db*"):
        path.unlink()
    assert trialog.runs().metrics_df("loss").equals(before)
    assert catalog_of(filled).compact(keys).points == 0


def test_a_question_after_a_loss_is_answered_in_full(filled):
    """Even where the caches are deleted between reading on and asking."""
    catalog = catalog_of(filled)
    catalog.refresh()
    for path in filled.glob("catalog.db*"):
        path.unlink()
    assert len(catalog.ask(queries.find_runs, RunFilter())) == 3


def test_a_watched_run_alone_is_read_again(filled):
    """Who reads one run in a large store does not wait for the others."""
    close_catalogs()
    for path in filled.glob("catalog.db*"):
        path.unlink()
    catalog = Catalog.open(filled)
    place = trialog.get_run("r1").record.place
    catalog.refresh_runs([place])
    for path in filled.glob("catalog.db*"):
        path.unlink()
    assert catalog.ask(queries.metric_names, [place.key]) == ["loss"]
    assert [row.place for row in catalog.ask(queries.find_runs, RunFilter())] == [place]
    catalog.close()


def test_a_deleted_run_folder_is_forgotten(filled):
    """The journals are the truth; what is gone is gone."""
    shutil.rmtree(trialog.get_run("r1").record.place.folder(catalog_of(filled).store))
    assert [run.name for run in trialog.runs()] == ["r2", "r0"]
    shutil.rmtree(filled / "namespaces/acme/demo/runs")
    assert len(trialog.runs()) == 0


def test_threads_share_a_catalog(filled):
    """Each sees whole answers."""
    answers = []

    def ask():
        answers.extend(len(trialog.runs().metrics_df("loss")) for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [30] * 40


def test_a_store_that_comes_later_is_found(store):
    """A reader may look before anybody writes; reading makes nothing."""
    assert len(trialog.runs()) == 0
    assert not store.exists()
    trialog.init("acme", "demo").finish()
    assert len(trialog.runs()) == 1


def test_a_file_is_no_store(tmp_path):
    """A message instead of a traceback from SQLite."""
    path = tmp_path / "file"
    path.write_text("text")
    with pytest.raises(StoreError, match="is a file"):
        Catalog.open(path)
    with pytest.raises(StoreError, match="lies in a file"):
        Catalog.open(path / "inside")


def test_a_newer_store_is_refused(tmp_path):
    """Its layout may be another."""
    (tmp_path / "store.json").write_text('{"format": 99, "id": "x"}')
    with pytest.raises(StoreVersionError, match="upgrade"):
        Catalog.open(tmp_path)


def test_rebuilding_gives_the_same_answers(filled):
    """Progress is told; nothing but caches is touched."""
    before = trialog.runs().comparison_df().drop(columns="duration")
    seen = []
    catalog_of(filled).rebuild(lambda done, count: seen.append((done, count)))
    assert seen[-1] == (3, 3)
    assert trialog.runs().comparison_df().drop(columns="duration").equals(before)


def test_a_database_without_its_index_is_made_again(filled):
    """Processes that share a log, and not its index, would write over each other."""
    (filled / "catalog.db-shm").unlink()
    before = catalog_of(filled)._opened.database.generation
    assert len(trialog.runs()) == 3
    assert catalog_of(filled)._opened.database.generation != before


def test_caches_deleted_while_segments_are_looked_at_are_filled_again(filled):
    """Bringing a catalog up to date is one thing, taking another one's place in between another."""
    catalog = catalog_of(filled)
    catalog.compact([record.key for record in trialog.runs()._records])
    opened = catalog._opened
    doomed = []

    class Vanishing(type(opened.caches)):
        @property
        def segments(self):
            while doomed:
                doomed.pop().unlink()
            return super().segments

    opened.caches = Vanishing(filled)
    os.utime(filled / "segments", ns=(0, 1_700_000_000_000_000_000))
    doomed += filled.glob("catalog.db*")
    catalog.refresh()
    assert len(catalog.ask(queries.find_runs, RunFilter())) == 3


def test_what_cannot_be_listed_is_an_error_and_forgets_nothing(filled):
    """To say that there are no runs would be wrong: the folder is there."""
    runs = filled / "namespaces/acme/demo/runs"
    kept = runs.rename(filled / "kept")
    runs.symlink_to(runs)
    with pytest.raises(StoreError, match="demo/runs"):
        trialog.runs()
    assert len(catalog_of(filled).ask(queries.find_runs, RunFilter())) == 3
    runs.unlink()
    kept.rename(runs)
    assert len(trialog.runs()) == 3


WITHOUT_FILES = """
    import os, resource, trialog
    from trialog.errors import StoreError
    runs = trialog.runs()
    assert len(runs.metrics_df("loss")) == 30
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    held = []
    try:
        while True:
            held.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    points = runs._catalog.points
    for ask in (trialog.runs, trialog.fetch_runs, lambda: list(points(runs._keys(), ["loss"]))):
        try:
            ask()
        except StoreError as error:
            assert "Too many open files" in str(error), error
        else:
            raise AssertionError("it says that there is nothing")
    for each in held:
        os.close(each)
    assert len(trialog.runs()) == 3
    assert len(runs.metrics_df("loss")) == 30
"""


def test_a_process_without_files_left_is_told_so(filled, run_python):
    """And answers as before once it has some."""
    run_python(WITHOUT_FILES)


WITHOUT_PYARROW = """
    import sys, trialog
    assert len(trialog.runs()) == 3
    print("pyarrow" in sys.modules, "sqlalchemy.dialects.postgresql" in sys.modules)
"""


def test_segments_that_are_known_load_nothing(filled, run_python):
    """The time of their folder is kept, once it is old enough to tell."""
    catalog_of(filled).compact([record.key for record in trialog.runs()._records])
    os.utime(filled / "segments", ns=(0, 1_700_000_000_000_000_000))
    assert [run_python(WITHOUT_PYARROW).split()[0] for _ in range(2)] == ["True", "False"]


def test_no_driver_of_another_database_is_loaded(filled, run_python):
    """They cost time at every start."""
    assert run_python(WITHOUT_PYARROW).split()[1] == "False"
