"""Attachments: versions, streams, files; every byte is checked on its way."""

from __future__ import annotations

import pytest

import trialog
from trialog.errors import AttachmentExistsError, IntegrityError, NotFoundError, UsageError


@pytest.fixture
def run():
    with trialog.init("acme", "demo", name="r") as run:
        run.log_attachment("model", "text/plain", b"one", filename="m.txt", step=1)
        run.log_attachment("model", "text/plain", b"two", step=2)
        run.log_attachment("other", "application/octet-stream", b"x" * 3_000_000)
    return trialog.get_run("r")


def blob_of(store, run, name, version=None):
    digest = run.attachments.find(name, version).sha256
    return store / "blobs" / "sha256" / digest[:2] / digest


def test_the_newest_version_is_meant(run):
    """Older ones are there, counted from 1."""
    assert run.get_attachment("model") == b"two"
    assert run.get_attachment("model", 1) == b"one"
    assert [each.version for each in run.attachments.versions("model")] == [1, 2]
    info = run.attachments["model"]
    assert (info.version, info.step, info.size_bytes, info.media_type) == (2, 2, 3, "text/plain")
    assert dict(run.attachments) == {
        "model": run.attachments["model"],
        "other": run.attachments["other"],
    }
    assert repr(run.attachments) == "<Attachments: model, other>"


@pytest.mark.parametrize("version", [0, 3, -1])
def test_a_version_that_is_not_there_is_told(run, version):
    """With those that are."""
    with pytest.raises(NotFoundError, match="versions 1 to 2"):
        run.get_attachment("model", version)


def test_an_unknown_name_is_answered_with_the_nearest(run):
    """By every way to ask for it."""
    for ask in (run.get_attachment, run.get_json, run.open_attachment):
        with pytest.raises(NotFoundError, match="did you mean 'model'"):
            ask("modle")


def test_a_stream_is_checked_at_its_end(run, store):
    """Bytes come as they are read; the last read says whether they are the ones logged."""
    with run.open_attachment("other") as stream:
        assert stream.read(10) == b"x" * 10
        assert len(stream.read()) == 2_999_990
    blob_of(store, run, "other").write_bytes(b"x" * 2_999_999 + b"y")
    with (
        run.open_attachment("other") as stream,
        pytest.raises(IntegrityError, match="damaged"),
    ):
        stream.read()


def test_missing_bytes_are_told(run, store):
    """With the attachment's name."""
    blob_of(store, run, "model", 1).unlink()
    with pytest.raises(IntegrityError, match="'model'.*missing"):
        run.get_attachment("model", 1)
    with pytest.raises(IntegrityError, match="missing"):
        run.open_attachment("model", 1)
    assert run.get_attachment("model") == b"two"


def test_a_file_is_written_whole_or_not_at_all(run, store, tmp_path):
    """A damaged blob leaves no file, and no half of one."""
    blob_of(store, run, "other").write_bytes(b"damaged")
    with pytest.raises(IntegrityError):
        run.write_attachment("other", tmp_path / "file")
    assert [path for path in tmp_path.iterdir() if path != store] == []


def test_a_folder_gets_the_stored_file_name(run, tmp_path):
    """A file that is there is kept, unless it may be replaced."""
    assert run.write_attachment("model", tmp_path, version=1) == tmp_path / "m.txt"
    with pytest.raises(AttachmentExistsError):
        run.write_attachment("model", tmp_path / "m.txt")
    assert (tmp_path / "m.txt").read_bytes() == b"one"
    run.write_attachment("model", tmp_path / "m.txt", overwrite=True)
    assert (tmp_path / "m.txt").read_bytes() == b"two"


def test_folders_on_the_way_are_made(run, tmp_path):
    """A path that ends in a slash is a folder; for what is not there none is made."""
    written = run.write_attachment("model", tmp_path / "a" / "b" / "model.txt")
    assert written.read_bytes() == b"two"
    assert run.write_attachment("model", f"{tmp_path}/c/", version=1) == tmp_path / "c" / "m.txt"
    with pytest.raises(NotFoundError):
        run.write_attachment("missing", tmp_path / "d" / "other")
    assert not (tmp_path / "d").exists()


def test_a_dangling_link_is_a_file_that_is_there(run, tmp_path):
    """What it points to is not written."""
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        run.write_attachment("model", tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_what_is_not_json_is_told(run):
    """With its media type, and the way to read it."""
    with pytest.raises(UsageError, match="text/plain"):
        run.get_json("model")
