"""The seam to where runs are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

import trialog
from trialog import LocalClient, errors
from trialog._tracking.client import check_client


@pytest.mark.parametrize(
    "home,kept",
    [
        (None, None),
        ("/a/b", Path("/a/b")),
        (Path("/a/b"), Path("/a/b")),
        ("~/store", Path.home() / "store"),
        ("store", Path.cwd() / "store"),
    ],
)
def test_the_folder_of_a_client(home, kept):
    """Absolute, as it is meant now; None is the default of the environment."""
    assert LocalClient(home).home == kept


def test_a_client_shows_how_it_was_made():
    """As Python would write it."""
    assert repr(LocalClient()) == "LocalClient()"
    assert repr(LocalClient("/a")) == "LocalClient('/a')"


def test_none_is_the_default_client():
    """A client is itself."""
    client = LocalClient("/a")
    assert check_client(client, "init") is client
    assert check_client(None, "init").home is None


@pytest.mark.parametrize("given", ["http://server", Path("/a"), LocalClient, 3, object()])
def test_what_is_no_client(given):
    """The message names the call and what came."""
    with pytest.raises(errors.InvalidTypeError, match=r"finish\(client=…\) takes a trialog.Local"):
        check_client(given, "finish")


def test_a_client_says_where_runs_are_kept(store, tmp_path):
    """And the default store stays as it was."""
    client = LocalClient(tmp_path / "other")
    with trialog.init("acme", "demo", client=client) as run:
        run.log("loss", 0.5, client=client)
    assert len(list((tmp_path / "other").glob("namespaces/acme/demo/runs/*/*/*.journal"))) == 1
    assert not store.exists()
