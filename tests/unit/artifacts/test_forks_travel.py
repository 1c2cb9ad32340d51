"""Forks that travel: what they were forked from comes with them, whole."""

from __future__ import annotations

import pytest

import trialog
from trialog.errors import NotFoundError


@pytest.fixture
def chain():
    """Three experiments, each forked from the one before, the second into another project."""
    with trialog.Experiment("base", project="acme/demo") as base:
        with base.run(parameters={"lr": 0.1}) as run:
            run.log_attachment("weights", "application/x", b"of base")
        base.log_json("plan", ["coarse"])
    with base.fork("middle", project="other/place") as middle, middle.run() as run:
        run.log_attachment("weights", "application/x", b"of middle")
    with middle.fork("top") as top, top.run() as run:
        run.log_attachment("weights", "application/x", b"of top")
    return base, middle, top


def test_a_fork_brings_its_forebears_whole(chain, elsewhere, tmp_path):
    """From one archive come three experiments, each with its digest, project, runs and bytes."""
    loaded = trialog.Experiment.load(chain[2].save(tmp_path / "top.tar"), client=elsewhere)
    assert [run.get_attachment("weights") for run in loaded.runs] == [
        b"of base",
        b"of middle",
        b"of top",
    ]
    for sealed in chain:
        found = trialog.Experiment.open(sealed.name, client=elsewhere)
        assert (found.id, found.digest) == (sealed.id, sealed.digest)
        assert found.project.slug == sealed.project.slug
        assert len(found.runs) == len(sealed.runs)
        assert found.verify().blobs == sealed.verify().blobs
    assert trialog.Experiment.open("base", client=elsewhere).get_json("plan") == ["coarse"]


def test_what_was_brought_in_is_forked_and_sent_on(chain, elsewhere, tmp_path):
    """A fork made elsewhere takes attachments that were never fetched from where they are."""
    archive = chain[1].save(tmp_path / "middle.tar")
    for name in ("base", "middle"):
        parent = trialog.Experiment.load(archive, client=elsewhere)
        if name == "base":
            assert len(parent.runs) == 2
            parent = trialog.Experiment.open("base", client=elsewhere)
        with parent.fork(f"{name} elsewhere") as fork, fork.run():
            pass
        assert fork.verify().blobs > 5
        path = fork.save(tmp_path / f"{name} elsewhere.tar")
        third = trialog.LocalClient(tmp_path / f"third {name}")
        again = trialog.Experiment.load(path, client=third)
        assert again.runs[0].get_attachment("weights") == b"of base"
    archive.unlink()
    with pytest.raises(NotFoundError, match=r"missing from the store.*middle\.tar"):
        fork.save(tmp_path / "again.tar")


def test_forks_of_one_parent_share_it(chain, elsewhere, tmp_path):
    """The second fork finds its parent here, and adds nothing to it."""
    base, middle, _ = chain
    with base.fork("side") as side, side.run():
        pass
    for fork in (middle, side):
        path = fork.save(tmp_path / f"{fork.name}.tar")
        assert len(trialog.Experiment.load(path, client=elsewhere).runs) == 2
    names = sorted(each.name for each in trialog.experiments(client=elsewhere))
    assert names == ["base", "middle", "side"]
    assert len(trialog.Experiment.open("base", client=elsewhere).runs) == 1


def test_a_fork_of_what_was_just_loaded_goes_on_with_its_numbers(tmp_path):
    """Nothing was asked of it before: its runs count all the same."""
    here = trialog.LocalClient(tmp_path / "here")
    there = trialog.LocalClient(tmp_path / "there")
    with trialog.Experiment("parent", project="acme/demo", client=here) as parent:
        for value in range(3):
            parent.run(parameters={"value": value}).finish()
    path = parent.save(tmp_path / "parent.tar")
    with trialog.Experiment.load(path, client=there).fork("child") as child, child.run() as run:
        assert run.run_id == 3
    assert child.run_parameters_df().index.tolist() == [0, 1, 2, 3]
