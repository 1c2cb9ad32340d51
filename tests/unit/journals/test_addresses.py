"""Where projects and runs lie, and the keys that a catalog made anew gives them again."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialog._format.folders import StoreFolder, make_id
from trialog._journals.addresses import ProjectPlace, RunPlace, is_ours

PROJECT = ProjectPlace("acme", "demo")
RUN = RunPlace(PROJECT, "2026-01-02", "r1")


def test_places_lie_in_the_store():
    """As the layout says; the day is the folder's, whatever the id says."""
    store = StoreFolder(Path("/s"))
    assert PROJECT.path == "acme/demo"
    assert str(PROJECT.folder(store).path) == "/s/namespaces/acme/demo"
    assert str(RUN.folder(store)) == "/s/namespaces/acme/demo/runs/2026-01-02/r1"
    assert str(RUN.journal(store, "w")) == f"{RUN.folder(store)}/w.journal"
    made = make_id(86_400 * 10**9, bytes(10))
    place = RunPlace(PROJECT, "1970-01-02", made)
    assert place.folder(store) == store.project("acme", "demo").run(made)


def test_keys_follow_from_the_place_alone():
    """63 bits, the same in every process, another for everything else."""
    keys = [
        PROJECT.key,
        ProjectPlace("acmed", "emo").key,
        ProjectPlace("demo", "acme").key,
        RUN.key,
        RunPlace(PROJECT, "2026-01-03", "r1").key,
        RunPlace(ProjectPlace("acme", "other"), "2026-01-02", "r1").key,
        RUN.journal_key("w"),
        RUN.journal_key("v"),
    ]
    assert len(set(keys)) == len(keys)
    assert all(0 <= key < 2**63 for key in keys)
    assert PROJECT.key == 6_747_731_554_419_534_906


@pytest.mark.parametrize(
    "name,is_one",
    [
        ("run-1", True),
        ("2026-01-02", True),
        (".nfs01", False),
        ("lost+found", False),
        ("~x", False),
    ],
)
def test_foreign_folders_are_passed_over(name, is_one):
    """Hidden ones, and those of file systems."""
    assert is_ours(name) is is_one
