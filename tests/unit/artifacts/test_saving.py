"""Saving archives, and verifying what is in a store or elsewhere."""

from __future__ import annotations

import pytest

import trialog
from trialog.errors import (
    AttachmentExistsError,
    IntegrityError,
    MissingFileError,
    NotFoundError,
    UsageError,
)


@pytest.fixture
def loaded(recorded, sealer, elsewhere):
    """An experiment that was loaded from an archive into another store, and brought in there."""
    path = sealer.archive(recorded(attachment=b"weights" * 1000))
    experiment = trialog.Experiment.load(path, client=elsewhere)
    assert len(experiment.runs) == 2
    return experiment


def test_what_is_saved_is_the_same_artifact(loaded, elsewhere, tmp_path):
    """Same digest, same bytes each time; what was not fetched comes from where it is."""
    one = loaded.save(tmp_path / "one.tar")
    assert one == tmp_path / "one.tar"
    two = trialog.Experiment.open("sweep", client=elsewhere).save(tmp_path / "two.tar")
    assert one.read_bytes() == two.read_bytes()
    again = trialog.Experiment.load(one, client=trialog.LocalClient(tmp_path / "third"))
    assert again.digest == loaded.digest
    assert again.runs[0].get_attachment("weights") == b"weights" * 1000
    assert not [
        each for each in elsewhere.home.glob("blobs/sha256/*/*") if each.stat().st_size == 7000
    ]


def test_a_loaded_one_is_saved_without_a_store(recorded, sealer, tmp_path):
    """Copying an archive needs no store, and makes none."""
    path = sealer.archive(recorded())
    nowhere = trialog.LocalClient(tmp_path / "nowhere")
    experiment = trialog.Experiment.load(path, client=nowhere)
    copy = experiment.save(tmp_path / "copy.tar")
    assert trialog.Experiment.load(copy, client=nowhere).digest == experiment.digest
    assert not nowhere.home.exists()


def test_saving_says_what_stands_in_its_way(loaded, recorded, tmp_path):
    """A file that is there, a folder that is not, an experiment that is open."""
    path = loaded.save(tmp_path / "one.tar")
    with pytest.raises(AttachmentExistsError, match="overwrite=True"):
        loaded.save(path)
    assert loaded.save(str(path), overwrite=True) == path
    with pytest.raises(MissingFileError, match="no folder"):
        loaded.save(tmp_path / "no" / "one.tar")
    with pytest.raises(UsageError, match="is not committed, so it cannot be saved"):
        recorded("open").save(tmp_path / "open.tar")


def test_a_lost_source_leaves_nothing_behind(loaded, sealer, tmp_path):
    """Where attachments were never fetched and are gone: an error, and no half of an archive."""
    (sealer.folder / "a.tar").unlink()
    with pytest.raises((NotFoundError, MissingFileError)):
        loaded.save(tmp_path / "one.tar")
    assert not list(tmp_path.glob("*.tar*"))
    assert not list(tmp_path.glob(".trialog*"))


def test_verify_names_what_changed(loaded, sealer, elsewhere):
    """A changed byte is found, wherever it is, and it is said of which attachment it is."""
    assert loaded.verify() == (4, loaded.verify().size_bytes)
    archive = sealer.folder / "a.tar"
    whole = archive.read_bytes()
    archive.write_bytes(whole.replace(b"weights" * 1000, b"w3ights" * 1000))
    with pytest.raises(
        IntegrityError, match="attachment 'weights' of run 0 and 'weights' of run 1"
    ):
        loaded.verify()
    archive.write_bytes(whole)
    run = loaded.runs[0]
    run.get_attachment("weights")
    kept = elsewhere.home.joinpath("blobs", "sha256").glob(f"*/{run.attachments['weights'].sha256}")
    blob = next(iter(kept))
    blob.write_bytes(b"W" + blob.read_bytes()[1:])
    with pytest.raises(IntegrityError, match="attachment 'weights' of run 0"):
        loaded.verify()
    blob.unlink()
    loaded.verify()


def test_verify_compares_journals_too(loaded, elsewhere):
    """What readers read is what was sealed, to the byte."""
    run = loaded.runs[1]
    journal = next(elsewhere.home.glob(f"namespaces/*/*/runs/*/{run.id}/*.journal"))
    data = bytearray(journal.read_bytes())
    data[len(data) // 2] ^= 1
    journal.write_bytes(data)
    with pytest.raises(IntegrityError, match=f"the journal .* of the run {run.id}"):
        loaded.verify()
