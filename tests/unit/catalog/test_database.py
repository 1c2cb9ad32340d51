"""The catalog's file: made where it is missing, replaced where it is of no use."""

from __future__ import annotations

import sqlite3
import threading

import pytest
import sqlalchemy
from sqlalchemy import select, text, update

from trialog._catalog.database import Database, ReplacedError, is_broken, is_stuck
from trialog._catalog.schema import META, NAMES, SCHEMA_VERSION


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalog.db"


@pytest.fixture
def opened(path):
    """Opens the file; closes it in the end."""
    made = []

    def open_again():
        made.append(Database(path))
        return made[-1]

    yield open_again
    for each in made:
        each.close()


def add_name(database, name="loss"):
    with database.write() as connection:
        connection.execute(NAMES.insert().values(key=len(name), name=name))


def names(database):
    with database.read() as connection:
        return connection.execute(select(NAMES.c.name)).scalars().all()


def test_a_new_catalog_is_empty_and_knows_its_version(opened, path):
    """Its tables are there, and it is read while it is written (WAL)."""
    database = opened()
    assert names(database) == []
    with database.read() as connection:
        rows = {row.name: row.value for row in connection.execute(select(META))}
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    assert rows == {"schema": SCHEMA_VERSION, "generation": database.generation}
    assert database.is_current
    assert path.exists()


def test_what_is_written_is_there_for_all(opened):
    """For other openings too, which know it as the same catalog."""
    one, two = opened(), opened()
    add_name(one)
    assert names(two) == names(one) == ["loss"]
    assert one.generation == two.generation


def test_a_transaction_that_fails_writes_nothing(opened):
    """All of it or none."""
    database = opened()

    def fail(connection):
        connection.execute(NAMES.insert().values(key=1, name="lost"))
        return 1 / 0

    with pytest.raises(ZeroDivisionError), database.write() as connection:
        fail(connection)
    assert names(database) == []


def test_a_reader_sees_one_state(opened):
    """What others write meanwhile comes with the next question."""
    one, two = opened(), opened()
    with one.read() as connection:
        assert connection.execute(select(NAMES)).all() == []
        add_name(two)
        assert connection.execute(select(NAMES)).all() == []
    assert names(one) == ["loss"]


def test_writers_take_turns(opened):
    """None fails because another writes: each waits, from the beginning of its transaction."""
    databases = [opened() for _ in range(4)]

    def write(database, number):
        for each in range(20):
            with database.write() as connection:
                found = len(connection.execute(select(NAMES)).all())
                row = {"key": found, "name": f"{number}/{each}"}
                connection.execute(NAMES.insert().values(row))

    threads = [
        threading.Thread(target=write, args=(database, number))
        for number, database in enumerate(databases)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names(databases[0]))) == 80


def test_a_deleted_file_is_noticed(opened, path):
    """Nothing is read from, nor written to, a file that nobody can see."""
    database = opened()
    add_name(database)
    path.unlink()
    assert not database.is_current
    with pytest.raises(ReplacedError):
        names(database)
    with pytest.raises(ReplacedError):
        add_name(database, "other")
    before = database.generation
    database.replace(is_broken=False)
    assert database.generation != before
    assert names(database) == []


def test_what_another_made_anew_is_taken(opened, path):
    """One that finds the file replaced goes on with the one that is there."""
    one = opened()
    path.unlink()
    two = opened()
    add_name(two)
    one.replace(is_broken=False)
    assert one.generation == two.generation
    assert names(one) == ["loss"]


def test_a_broken_file_is_removed_once(opened):
    """Whoever comes second keeps what the first has made."""
    one, two = opened(), opened()
    one.replace(is_broken=True)
    add_name(one)
    two.replace(is_broken=True)
    assert names(two) == ["loss"]
    assert one.is_current


@pytest.mark.parametrize(
    "content",
    [b"", b"no database", b"SQLite format 3\0" + bytes(5000)],
    ids=["empty", "text", "torn"],
)
def test_a_file_that_is_no_catalog_is_replaced(opened, path, content):
    """It is a cache: nothing in it is worth an error."""
    path.write_bytes(content)
    database = opened()
    add_name(database)
    assert names(database) == ["loss"]


def test_a_catalog_of_another_version_is_replaced(opened):
    """An older one and a newer one alike."""
    database = opened()
    add_name(database)
    with database.write() as connection:
        connection.execute(update(META).where(META.c.name == "schema").values(value="0.0"))
    database.close()
    assert names(opened()) == []


def test_a_catalog_in_memory_is_one_for_all_threads():
    """Where there is no place for a file."""
    database = Database(None)
    add_name(database)
    found = []
    thread = threading.Thread(target=lambda: found.append(names(database)))
    thread.start()
    thread.join()
    assert found == [["loss"]]
    assert database.is_current
    database.close()


def test_which_errors_mean_what(opened, path):
    """A missing table is a broken catalog; a lock is not; a user's error is neither."""
    database = opened()
    with pytest.raises(sqlalchemy.exc.DatabaseError) as missing, database.read() as connection:
        connection.execute(text("SELECT * FROM nowhere"))
    assert is_broken(missing.value)
    assert not is_stuck(missing.value)
    other = sqlite3.connect(path, timeout=0.01, isolation_level=None)
    with database.write(), pytest.raises(sqlite3.OperationalError) as locked:
        other.execute("BEGIN IMMEDIATE")
    other.close()
    wrapped = sqlalchemy.exc.OperationalError("BEGIN", None, locked.value)
    assert is_stuck(wrapped)
    assert not is_broken(wrapped)
    assert not is_broken(ValueError())
    assert not is_stuck(ValueError())


def test_its_state_differs_once_anybody_has_written(opened):
    """Through this opening or another one; reading changes nothing."""
    one, two = opened(), opened()
    seen = [one.state()]
    names(one)
    seen.append(one.state())
    add_name(one)
    seen.append(one.state())
    add_name(two, "accuracy")
    seen.append(one.state())
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3
    assert Database(None).state() is None


def test_its_state_is_of_its_generation(opened):
    """A database made anew is never taken for the old one."""
    database = opened()
    before = database.state()
    database.replace(is_broken=True)
    assert before != database.state() is not None
