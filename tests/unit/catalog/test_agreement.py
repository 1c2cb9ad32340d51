"""What the catalog says otherwise than the journals is found, and made again."""

from __future__ import annotations

import sqlite3

import pytest

import trialog
from trialog._reading.catalogs import catalog_of, close_catalogs

LIES = {
    "runs": "UPDATE runs SET name = 'another'",
    "projects": "UPDATE projects SET project_name = 'another'",
    "names": "UPDATE names SET name = 'another'",
    "series": "UPDATE series SET last = 7.25",
    "parameters": "UPDATE parameters SET value = '7.25'",
    "parameter_values": "UPDATE parameter_values SET number = 7.25",
    "measures": "UPDATE measures SET last = 7.25",
    "json_values": "DELETE FROM json_values",
    "attachments": "UPDATE attachments SET filename = 'another'",
    "tags": "DELETE FROM tags",
    "facts": "UPDATE facts SET content = '{}'",
}


@pytest.fixture
def known(store):
    """A store with a run of everything, which the catalog knows."""
    with trialog.init("acme", "demo", name="one", tags=["good"], parameters={"lr": 0.5}) as run:
        run.log("loss", 0.25)
        run.log("note", "warm")
        run.log_attachment("x", "text/plain", b"bytes")
    assert trialog.get_run("one").metrics == ["loss"]
    return store


def problems(home):
    return [(each.path, each.problem) for each in catalog_of(home).verify().findings]


@pytest.mark.parametrize("table,lie", LIES.items(), ids=list(LIES))
def test_a_lie_in_any_table_is_found_and_rebuilt(known, table, lie):
    """The doctor names the catalog and the table; a rebuild makes it true again."""
    assert problems(known) == []
    close_catalogs()
    with sqlite3.connect(known / "catalog.db") as connection:
        connection.execute(lie)
    connection.close()
    (found,) = problems(known)
    assert found[0] == "catalog.db"
    assert repr(table) in found[1]
    catalog_of(known).rebuild()
    assert problems(known) == []
    assert trialog.get_run("one").parameters == {"lr": 0.5}


def test_what_the_catalog_has_not_read_yet_is_no_lie(known):
    """Runs that came since, and a store that nobody has read, are sound."""
    with trialog.init("acme", "demo", name="two") as run:
        run.log("loss", 1.0)
    assert problems(known) == []
    close_catalogs()
    for path in known.glob("catalog.db*"):
        path.unlink()
    assert problems(known) == []


def test_a_page_that_is_overwritten_is_found_or_healed(known):
    """A file that is no sound database any more stops neither the doctor nor a reader."""
    close_catalogs()
    path = known / "catalog.db"
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 4] = b"\xff" * 4096
    path.write_bytes(data)
    assert all("catalog" in problem for _, problem in problems(known))
    catalog_of(known).rebuild()
    assert problems(known) == []
    assert trialog.get_run("one").summary["loss"]["last"] == 0.25
