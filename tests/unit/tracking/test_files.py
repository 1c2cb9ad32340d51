"""Files and directories of every kind that people have."""

from __future__ import annotations

import os

import pytest

import trialog
from trialog import errors
from trialog._format.records import Kind


@pytest.fixture
def run():
    with trialog.init("acme", "demo") as run:
        yield run


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_link_is_followed_and_named_after_itself(run, folder):
    """``best.pt -> epoch-9.pt``: the bytes of the target, the name that was given."""
    (folder / "epoch-9.pt").write_bytes(b"weights")
    (folder / "best.pt").symlink_to("epoch-9.pt")
    run.log_file("best", "best.pt")
    (info,) = run.attachments.values()
    assert info.filename == "best.pt"
    assert run.get_attachment("best") == b"weights"


def test_a_dangling_link_is_a_missing_file(run, folder):
    """With the path that was asked for."""
    (folder / "best.pt").symlink_to("gone.pt")
    with pytest.raises(errors.MissingFileError, match=r"best\.pt"):
        run.log_file("best", "best.pt")


def test_a_directory_with_links_that_run_in_circles(run, folder):
    """Linked folders are not walked into; what is no file is left out; nothing hangs."""
    (folder / "ckpt/inner").mkdir(parents=True)
    (folder / "ckpt/a.txt").write_text("a")
    (folder / "ckpt/inner/b.txt").write_text("b")
    (folder / "ckpt/inner/up").symlink_to(folder / "ckpt", target_is_directory=True)
    (folder / "ckpt/self").symlink_to("self")
    (folder / "ckpt/dangling").symlink_to("nowhere")
    (folder / "ckpt/link.txt").symlink_to("a.txt")
    os.mkfifo(folder / "ckpt/fifo")
    assert run.log_directory("ckpt", "ckpt") == [
        "ckpt/a.txt",
        "ckpt/inner/b.txt",
        "ckpt/link.txt",
    ]


@pytest.mark.parametrize("pattern", ["../*", "../../**/*", "/*", "", 3])
def test_a_pattern_stays_in_its_directory(run, folder, pattern):
    """Nothing outside of the directory is taken, and the error is one of ours."""
    (folder / "ckpt").mkdir()
    (folder / "ckpt/a.txt").write_text("a")
    (folder / "outside.txt").write_text("secret")
    with pytest.raises((errors.UsageError, errors.InvalidTypeError)):
        run.log_directory("ckpt", "ckpt", pattern)
    assert run.attachments == {}


def test_patterns_choose(run, folder):
    """As pathlib has them."""
    for name in ("a.pt", "b.txt", "sub/c.pt"):
        (folder / "ckpt" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "ckpt" / name).write_text(name)
    assert run.log_directory("all", "ckpt", "**/*.pt") == ["all/a.pt", "all/sub/c.pt"]
    assert run.log_directory("top", "ckpt", "*.pt") == ["top/a.pt"]
    with pytest.raises(errors.UsageError, match=r"'\*\.zip'"):
        run.log_directory("none", "ckpt", "*.zip")


@pytest.mark.parametrize("name", ["new\nline", "tab\t", "\udcff", "back\\slash", "ümläut", "a b"])
def test_file_names_that_are_no_names(run, folder, name):
    """A file may be called anything: what a name may not hold is replaced, and the bytes kept."""
    with open(os.fsencode(folder) + b"/" + os.fsencode(name), "wb") as file:  # noqa: PTH123
        file.write(b"bytes")
    run.log_file("f", os.path.join(os.fsdecode(os.fsencode(folder)), name))  # noqa: PTH118
    assert run.get_attachment("f") == b"bytes"
    filename = run.attachments["f"].filename
    assert filename.isprintable()
    assert "\\" not in filename
    filename.encode()


@pytest.mark.parametrize(
    "filename", ["../x", "a/b", "/x", "..", ".", "", "a\0b", "C:\\x", "x" * 2000, 3]
)
def test_file_names_that_lead_out_of_a_folder(run, folder, filename):
    """They would when the file is written again: refused, and nothing is kept."""
    (folder / "f").write_text("text")
    with pytest.raises(errors.TrialogError):
        run.log_file("f", "f", filename=filename)
    with pytest.raises(errors.TrialogError):
        run.log_attachment("f", "text/plain", b"text", filename=filename)
    assert run.attachments == {}


def test_paths_of_every_kind(run, folder, monkeypatch):
    """Text, pathlib, bytes, os.PathLike, and the home folder's sign."""
    (folder / "f").write_text("text")
    monkeypatch.setenv("HOME", str(folder))

    class Path:
        def __fspath__(self):
            return str(folder / "f")

    for number, path in enumerate(["f", folder / "f", b"f", Path(), "~/f"]):
        run.log_file(f"f{number}", path)
    assert {info.sha256 for info in run.attachments.values()} == {run.attachments["f0"].sha256}


def test_the_path_of_a_file_is_not_kept(run, folder, journals):
    """It says where somebody's home is, and means nothing elsewhere."""
    (folder / "f").write_text("text")
    run.log_file("f", folder / "f")
    (fact,) = journals.facts(Kind.ATTACHMENT)
    assert str(folder) not in str(fact)


def test_the_run_goes_on_after_a_file_that_cannot_be_logged(run, folder):
    """The error is the call's alone."""
    for _ in range(3):
        with pytest.raises(FileNotFoundError):
            run.log_file("f", "missing")
    run.log("x", 1.0)
    assert run.status is trialog.RunStatus.RUNNING
    assert run.attachments == {}
