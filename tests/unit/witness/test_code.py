"""The code of a run: real repositories, read as the witness reads them."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest

from trialog._witness.code import read_code
from trialog._witness.git import Git
from trialog._witness.origin import Origin


def origin_of(folder, *arguments, main="train.py", **facts):
    path = None if main is None else str(folder / main)
    argv = ("/usr/bin/python3", main or "-c", *arguments)
    return Origin(1, str(folder), argv, path, (), **facts)


def attached(found):
    return {each.name: each.data.decode() for each in found.attachments}


def test_a_clean_repository(repository, git):
    """Commit, branch, remote without its password, script and command line; nothing to attach."""
    git(repository, "remote", "add", "origin", "https://me:hunter2@example.com/a/b.git")
    found = read_code(origin_of(repository, "--lr", "0.1", "--token", "hunter2", "a b"))
    assert found.section == {
        "command": "/usr/bin/python3 train.py --lr 0.1 --token [redacted] 'a b'",
        "folder": str(repository),
        "root": str(repository),
        "commit": git(repository, "rev-parse", "HEAD"),
        "branch": "main",
        "remote": "https://example.com/a/b.git",
        "is_dirty": False,
        "script": "train.py",
    }
    (script,) = found.attachments
    assert script == ("code/train.py", "text/x-python", b"print(1)\n", "train.py")


def test_changes_become_a_patch_that_applies(repository, git, tmp_path):
    """The commit and the patch give the code that ran; staged, removed or renamed."""
    (repository / "a folder").mkdir()
    for name in ("a folder/b c.py", "gone.py", "old.py", 'qu"ote.py', "tab\there.py"):
        (repository / name).write_text("x = 1\n")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "second")
    (repository / "train.py").write_text("print(2)\n")
    (repository / "a folder/b c.py").write_text("x = 2\n")
    (repository / 'qu"ote.py').write_text("x = 3\n")
    (repository / "tab\there.py").write_text("x = 4\n")
    git(repository, "add", "train.py")
    (repository / "gone.py").unlink()
    git(repository, "mv", "old.py", "new.py")
    (repository / "train.py").chmod(0o755)
    found = read_code(origin_of(repository))
    assert found.section["is_dirty"] is True
    assert found.section["changed_files"] == 7
    copy = tmp_path / "copy"
    git(tmp_path, "clone", "-q", str(repository), str(copy))
    (tmp_path / "diff.patch").write_text(attached(found)["code/diff.patch"])
    git(copy, "apply", str(tmp_path / "diff.patch"))
    for name in ("train.py", "a folder/b c.py", "new.py", 'qu"ote.py', "tab\there.py"):
        assert (copy / name).read_text() == (repository / name).read_text()
    assert not (copy / "gone.py").exists()
    assert not (copy / "old.py").exists()


def test_new_files_are_kept_as_they_are(repository):
    """Text that is not ignored; the rest is named, and what looks like a secret only counted."""
    (repository / ".gitignore").write_text("*.log\nout/\n")
    (repository / "out").mkdir()
    (repository / "out/model.py").write_text("ignored")
    (repository / "x.log").write_text("ignored")
    (repository / "new").mkdir()
    (repository / "new/model.py").write_text("x = 1\n")
    os.mkfifo(repository / "new/pipe")
    (repository / "new/link").symlink_to("../train.py")
    (repository / "data.bin").write_bytes(b"\0\1")
    (repository / "large.csv").write_text("1,2\n" * 100_000)
    (repository / ".env").write_text("PASSWORD=hunter2")
    (repository / "server.key").write_text("hunter2")
    found = read_code(origin_of(repository))
    assert attached(found) == {
        "code/untracked/.gitignore": "*.log\nout/\n",
        "code/untracked/new/model.py": "x = 1\n",
        "code/train.py": "print(1)\n",
    }
    assert found.section["is_dirty"] is False
    assert found.section["withheld_files"] == 2
    assert sorted(found.section["left_out"]) == [
        "data.bin: binary",
        "large.csv: too large",
        "new/link: a link",
    ]
    assert "hunter2" not in str(found)


def test_secrets_are_taken_out_of_what_is_kept(repository, git):
    """Out of the patch, new files and the script; the section says of which."""
    token = "ghp_" + "a1B2" * 9
    (repository / "credentials.json").write_text("{}")
    git(repository, "add", "-f", "credentials.json")
    git(repository, "commit", "-q", "-m", "a secret in git")
    (repository / "credentials.json").write_text('{"a": "hunter2"}')
    (repository / "train.py").write_text(f"push({token!r})\n")
    (repository / "new.py").write_text(f"x = {token!r}\n")
    found = read_code(origin_of(repository, f"--name={token}"))
    assert "hunter2" not in str(found)
    assert token not in str(found)
    assert found.section["withheld_files"] == 1
    assert found.section["redacted"] == [
        "code/diff.patch", "code/untracked/new.py", "code/train.py",
    ]  # fmt: skip
    assert "+push('[redacted]')" in attached(found)["code/diff.patch"]


def test_the_patch_is_bounded_by_whole_files(repository, git):
    """What does not fit is named, binary files too; what comes after it is kept."""
    for name in ("a_large.txt", "b_binary.dat", "c_small.txt"):
        (repository / name).write_bytes(b"1\n")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "second")
    (repository / "a_large.txt").write_text("0123456789\n" * 120_000)
    (repository / "b_binary.dat").write_bytes(b"\0\1\2")
    (repository / "c_small.txt").write_text("2\n")
    found = read_code(origin_of(repository))
    patch = attached(found)["code/diff.patch"]
    assert patch.startswith("diff --git a/c_small.txt b/c_small.txt\n")
    assert patch.count("diff --git") == 1
    assert found.section["left_out"] == [
        "a_large.txt: too large a difference",
        "b_binary.dat: binary",
    ]


def test_a_patch_that_is_never_read_to_its_end(repository, git):
    """Of differences without end, the rest is named by git alone."""
    for name in ("a.txt", "b.txt"):
        (repository / name).write_text("1\n")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "second")
    (repository / "a.txt").write_text("0123456789abcdef\n" * 1_100_000)
    (repository / "b.txt").write_text("2\n")
    found = read_code(origin_of(repository))
    assert found.section["left_out"] == [
        "a.txt: too large a difference",
        "b.txt: not reached",
    ]
    assert list(attached(found)) == ["code/train.py"]


def test_many_new_files(repository):
    """Sources come first; at most 200 are kept, at most 200 others named."""
    for number in range(300):
        (repository / f"log{number}.txt").write_text("x")
        (repository / f"part{number}.py").write_text("x")
    found = read_code(origin_of(repository))
    kept = [name for name in attached(found) if name.startswith("code/untracked/")]
    assert len(kept) == 200
    assert all(name.endswith(".py") for name in kept)
    assert len(found.section["left_out"]) == 200
    assert found.section["left_out_files"] == 400
    assert found.section["untracked_files"] == 600


def test_names_of_odd_bytes(repository, git):
    """They are kept and told in letters that any text can hold."""
    root = os.fsencode(repository) + b"/"
    for name in (b"caf\xe9.py", b"line\nend.py", "日本.py".encode()):
        Path(os.fsdecode(root + name)).write_text("x = 1\n")
    assert {
        "code/untracked/caf%e9.py",
        "code/untracked/line%0aend.py",
        "code/untracked/日本.py",
    } < attached(read_code(origin_of(repository))).keys()
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "odd")
    for name in (b"caf\xe9.py", b"line\nend.py"):
        Path(os.fsdecode(root + name)).write_bytes(b"\0")
    section = read_code(origin_of(repository)).section
    assert sorted(section["left_out"]) == ["caf\\xe9.py: binary", "line\nend.py: binary"]


def test_before_the_first_commit(tmp_path, git):
    """There is a branch, and what is staged is a patch against nothing."""
    git(tmp_path, "init", "-q")
    (tmp_path / "train.py").write_text("print(1)\n")
    git(tmp_path, "add", ".")
    (tmp_path / "new.py").write_text("x = 1\n")
    found = read_code(origin_of(tmp_path))
    assert found.section["branch"] == "main"
    assert "commit" not in found.section
    assert "+print(1)" in attached(found)["code/diff.patch"]
    assert "code/untracked/new.py" in attached(found)


def test_a_detached_head_has_no_branch(repository, git):
    """Its commit is known."""
    git(repository, "checkout", "-q", "--detach")
    section = read_code(origin_of(repository)).section
    assert section["commit"] == git(repository, "rev-parse", "HEAD")
    assert "branch" not in section


def test_a_submodule(repository, git, tmp_path):
    """Inside, it is a repository of its own; from outside, its change is one of commit."""
    outer = tmp_path / "outer"
    git(tmp_path, "init", "-q", str(outer))
    git(outer, "submodule", "--quiet", "add", str(repository), "inner")
    git(outer, "commit", "-q", "-m", "with a submodule")
    (outer / "inner/train.py").write_text("print(2)\n")
    inside = read_code(origin_of(outer / "inner"))
    assert inside.section["root"] == str(outer / "inner")
    assert "+print(2)" in attached(inside)["code/diff.patch"]
    outside = read_code(origin_of(outer, main=None))
    assert outside.section["changed_files"] == 1
    assert "-dirty" in attached(outside)["code/diff.patch"]


def test_a_bare_repository(repository, git, tmp_path):
    """There is no working tree: the commit is known, and why there is no more."""
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(repository), str(bare))
    found = read_code(origin_of(bare, main=None))
    assert found.section["commit"] == git(repository, "rev-parse", "HEAD")
    assert "work tree" in found.section["git"]
    assert found.attachments == []


@pytest.mark.parametrize("content", [b"", b"nonsense"])
def test_a_broken_repository(repository, content):
    """What git says of it is told; the script is kept all the same."""
    (repository / ".git/HEAD").write_bytes(content)
    found = read_code(origin_of(repository))
    assert found.section["git"]
    assert "commit" not in found.section
    assert list(attached(found)) == ["code/train.py"]


def test_a_broken_index(repository, git):
    """The commit is read from the files."""
    (repository / ".git/index").write_bytes(b"nonsense")
    found = read_code(origin_of(repository))
    assert "index" in found.section["git"]
    assert found.section["commit"] == git(repository, "rev-parse", "HEAD")
    assert "is_dirty" not in found.section


def test_without_git(repository, git, monkeypatch, tmp_path):
    """Commit, branch and remote are read from the files."""
    git(repository, "remote", "add", "origin", "https://me:hunter2@example.com/a/b.git")
    commit = git(repository, "rev-parse", "HEAD")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = read_code(origin_of(repository))
    assert found.section["git"] == "git is not installed"
    assert found.section["commit"] == commit
    assert found.section["branch"] == "main"
    assert found.section["remote"] == "https://example.com/a/b.git"
    assert found.section["root"] == str(repository)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_user(repository, git):
    """It refuses to look: what its files say is told, and why there is no more."""
    commit = git(repository, "rev-parse", "HEAD")
    for path in [repository, *repository.rglob("*")]:
        os.chown(path, 12345, 12345)
    found = read_code(origin_of(repository))
    assert "dubious ownership" in found.section["git"]
    assert found.section["commit"] == commit


def test_without_a_repository(tmp_path):
    """Command line, folder and script are known; the folder may be gone."""
    (tmp_path / "train.py").write_text("print(1)\n")
    found = read_code(origin_of(tmp_path))
    assert found.section["script"] == str(tmp_path / "train.py")
    assert list(attached(found)) == ["code/train.py"]
    gone = read_code(origin_of(tmp_path / "gone"))
    assert gone.section["folder"] == str(tmp_path / "gone")
    assert gone.attachments == []
    assert read_code(Origin(1, "", (), None, ())).section == {}


def test_the_scripts_repository_counts(repository, tmp_path):
    """A script is run from anywhere; the folder is that of the process."""
    origin = origin_of(repository)._replace(folder=str(tmp_path))
    section = read_code(origin).section
    assert section["root"] == str(repository)
    assert section["folder"] == str(tmp_path)
    assert section["script"] == "train.py"


def test_a_notebook(repository):
    """Its path is told as seen from the root, whether it was told whole or not."""
    (repository / "study").mkdir()
    for told in ("study/a.ipynb", str(repository / "study/a.ipynb")):
        origin = origin_of(repository, main=None, notebook=told)
        assert read_code(origin).section["notebook"] == "study/a.ipynb"


def test_the_remote_is_the_one_of_the_branch(repository, git, tmp_path):
    """What it follows, else origin; a user alone is kept where it is no secret."""
    for name in ("origin", "fork"):
        git(repository, "remote", "add", name, f"ssh://git@example.com/{name}.git")
    remote = "ssh://git@example.com/{}.git"
    assert read_code(origin_of(repository)).section["remote"] == remote.format("origin")
    git(repository, "update-ref", "refs/remotes/fork/main", "HEAD")
    git(repository, "branch", "-q", "--set-upstream-to=fork/main")
    assert read_code(origin_of(repository)).section["remote"] == remote.format("fork")


def test_git_is_asked_without_locks_hooks_or_questions(repository, git, tmp_path):
    """It writes no index, starts nobody's program, and heeds no setting of the user's."""
    witness = tmp_path / "was here"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{witness}'\n")
    program.chmod(0o755)
    for setting in ("core.fsmonitor", "diff.external", "core.pager", "core.askpass"):
        git(repository, "config", setting, str(program))
    git(repository, "config", "diff.noprefix", "true")
    git(repository, "config", "color.ui", "always")
    (repository / "train.py").write_text("print(2)\n")
    os.utime(repository / "train.py", (1, 1))
    witness.unlink(missing_ok=True)  # setting it up may have asked for it
    index = (repository / ".git/index").read_bytes()
    patch = attached(read_code(origin_of(repository)))["code/diff.patch"]
    assert patch.startswith("diff --git a/train.py b/train.py\n")
    assert "\x1b" not in patch
    assert not witness.exists()
    assert (repository / ".git/index").read_bytes() == index


def test_a_git_that_hangs_is_left(repository, monkeypatch, tmp_path):
    """And ended, with what it has started; what is known is told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    started = tmp_path / "started"
    (folder / "git").write_text(f"#!/bin/sh\n/bin/sleep 60 &\necho $! > '{started}'\nwait\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    begin = perf_counter()
    found = read_code(origin_of(repository), timeout_s=0.5)
    assert perf_counter() - begin < 5
    assert found.section["git"] == "git took too long"
    assert found.section["branch"] == "main"
    assert _is_gone(int(started.read_text()))


def _is_gone(pid):
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(fd):
        return bool(select.select([fd], [], [], 10)[0])


def test_what_git_inherits_does_not_mislead_it(repository, monkeypatch, tmp_path):
    """A run started by a hook finds its own repository, not the hook's."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nowhere"))
    assert read_code(origin_of(repository)).section["is_dirty"] is False
    assert Git(str(repository), perf_counter() + 1e6).ask("rev-parse", "HEAD").is_whole


def test_a_repository_of_ten_thousand_files_takes_less_than_a_second(repository, git):
    """Of the witness's time, with changes and new files in it."""
    for number in range(10_000):
        folder = repository / f"folder{number // 500}"
        folder.mkdir(exist_ok=True)
        (folder / f"file{number}.py").touch()
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "large")
    for number in range(100):
        (repository / f"folder0/file{number}.py").write_text("x = 1\n")
        (repository / f"new{number}.py").write_text("x = 1\n")
    origin = origin_of(repository)
    took = []
    for _ in range(3):
        begin = perf_counter()
        section = read_code(origin).section
        took.append(perf_counter() - begin)
    assert section["changed_files"] == section["untracked_files"] == 100
    assert min(took) < 1


def test_it_works_where_children_are_not_waited_for(repository):
    """A process that ignores SIGCHLD has no exit codes of its children."""
    script = """
import signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
from trialog._witness.code import read_code
from trialog._witness.origin import Origin
print(read_code(Origin(1, sys.argv[1], ("x",), None, ())).section["commit"])
"""
    command = [sys.executable, "-c", script, str(repository)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(done.stdout.strip()) == 40
