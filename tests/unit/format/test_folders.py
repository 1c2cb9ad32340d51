"""Where things lie in a store: ids that sort, days that follow from them, markers, paths."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._format.folders import (
    NAMED_DAY,
    RUN_ID,
    Marker,
    ProjectFolder,
    StoreFolder,
    day_at,
    day_of,
    make_id,
)

SECOND_NS = 1_000_000_000
LAST_NS = 253_402_300_799 * SECOND_NS  # the end of the year 9999
TIMES = st.integers(0, LAST_NS)
RANDOM = st.binary(min_size=10, max_size=10)
ID_TEXT = st.text(string.ascii_letters + string.digits + "_", min_size=1, max_size=12)


@settings(deadline=None)
@given(TIMES, TIMES, RANDOM, RANDOM)
def test_ids_sort_by_time(one_ns, two_ns, one, two):
    """To the millisecond; within it by chance."""
    ids = make_id(one_ns, one), make_id(two_ns, two)
    milliseconds = one_ns // 1_000_000, two_ns // 1_000_000
    assert (ids[0] < ids[1]) == ((milliseconds[0], one) < (milliseconds[1], two))


@settings(deadline=None)
@given(TIMES, RANDOM)
def test_an_id_says_its_day(time_ns, randomness):
    """Where a run lies follows from its id alone."""
    made = make_id(time_ns, randomness)
    assert RUN_ID.fullmatch(made)
    assert len(made) == 26
    assert day_of(made) == day_at(time_ns)


@settings(deadline=None)
@given(TIMES)
def test_a_day_is_utc(time_ns):
    """Whatever the machine's time zone."""
    date = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=time_ns // SECOND_NS)
    assert day_at(time_ns) == date.date().isoformat()


@pytest.mark.parametrize(
    "given",
    [
        "sweep-1",
        "",
        make_id(SECOND_NS, bytes(10))[:-1],
        make_id(SECOND_NS, bytes(10)) + "0",
        make_id(SECOND_NS, bytes(range(10))).upper(),
        "8" + "0" * 25,
        "7" + "z" * 25,  # made in the year 10,889
    ],
)
def test_ids_that_users_chose_have_a_folder_of_their_own(given):
    """What is not one of ours says no day."""
    assert day_of(given) == NAMED_DAY


@settings(deadline=None)
@given(ID_TEXT, ID_TEXT, ID_TEXT)
def test_a_marker_comes_back_from_its_file_name(day, run_id, writer):
    """No id holds the sign between its parts."""
    marker = Marker(day, run_id, writer)
    assert Marker.parse(marker.filename) == marker


@pytest.mark.parametrize("filename", ["", "a", "a~b", "a~b~c~d", ".nfs0001"])
def test_other_files_are_no_markers(filename):
    """A file system's own files are passed over."""
    assert Marker.parse(filename) is None


@pytest.mark.parametrize(
    "given,is_one",
    [
        ("a", True),
        ("_x", True),
        ("sweep-1.b_2", True),
        ("a" * 128, True),
        ("a" * 129, False),
        ("", False),
        (".hidden", False),
        ("-x", False),
        ("a/b", False),
        ("a~b", False),
        ("é", False),
        ("a\n", False),
        ("a b", False),
    ],
)
def test_what_may_be_an_id(given, is_one):
    """A file name on every system, no hidden one, no option of a command."""
    assert (RUN_ID.fullmatch(given) is not None) is is_one


def test_the_layout_of_a_store():
    """Every path of the picture in the module's docstring."""
    store = StoreFolder(Path("/s"))
    project = store.project("acme", "demo")
    run = make_id(86_400 * SECOND_NS, bytes(10))
    found = [
        store.description,
        store.catalog,
        store.segments,
        store.blob("abcd"),
        project.path,
        project.journals,
        project.open,
        project.changes,
        project.run(run),
        project.run("mine"),
    ]
    assert [str(path) for path in found] == [
        "/s/store.json",
        "/s/catalog.db",
        "/s/segments",
        "/s/blobs/sha256/ab/abcd",
        "/s/namespaces/acme/demo",
        "/s/namespaces/acme/demo/project",
        "/s/namespaces/acme/demo/open",
        "/s/namespaces/acme/demo/changes",
        f"/s/namespaces/acme/demo/runs/1970-01-02/{run}",
        "/s/namespaces/acme/demo/runs/named/mine",
    ]


def test_a_runs_folder_leads_back():
    """To its project and its store: whoever has the folder needs to be told neither."""
    store = StoreFolder(Path("/s"))
    project = store.project("acme", "demo")
    for run in ("mine", make_id(0, bytes(10))):
        folder = project.run(run)
        assert (StoreFolder.of_run(folder), ProjectFolder.of_run(folder)) == (store, project)


@settings(deadline=None)
@given(st.text(max_size=6), st.text(max_size=6))
def test_the_claim_of_a_name_is_a_file_of_its_own(one, two):
    """Any text is safe as a file name, and no two names share one, however alike they look."""
    project = ProjectFolder(Path("/p"))
    assert (project.name(one) == project.name(two)) is (one == two)
    assert all(part.isalnum() for part in project.name(one).relative_to("/p").parts)
