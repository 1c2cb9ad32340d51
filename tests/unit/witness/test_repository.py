"""What the files of a git repository say, without git."""

from __future__ import annotations

import pytest

from trialog._witness.repository import Head, find_root, read_head, read_remotes


def test_head_is_what_git_says(repository, git):
    """On a branch, with a slash in its name, packed, and detached."""
    commit = git(repository, "rev-parse", "HEAD")
    assert read_head(repository) == Head(commit, "main")
    git(repository, "checkout", "-q", "-b", "feature/x")
    assert read_head(repository) == Head(commit, "feature/x")
    git(repository, "pack-refs", "--all")
    assert not (repository / ".git/refs/heads/feature/x").exists()
    assert read_head(repository) == Head(commit, "feature/x")
    git(repository, "checkout", "-q", "--detach")
    assert read_head(repository) == Head(commit, None)


def test_a_worktree_and_a_submodule_have_their_own_head(repository, git, tmp_path):
    """A file says where the rest of them is."""
    commit = git(repository, "rev-parse", "HEAD")
    git(repository, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    assert read_head(tmp_path / "side") == Head(commit, "side")
    outer = tmp_path / "outer"
    git(tmp_path, "init", "-q", str(outer))
    git(outer, "submodule", "--quiet", "add", str(repository), "inner")
    assert read_head(outer / "inner").commit == commit
    assert find_root(outer / "inner") == outer / "inner"
    assert read_remotes(outer / "inner") == {"origin": str(repository)}


def test_before_the_first_commit_there_is_a_branch(tmp_path, git):
    """And no commit."""
    git(tmp_path, "init", "-q")
    assert read_head(tmp_path) == Head(None, "main")


def test_a_bare_repository_is_one(repository, git, tmp_path):
    """Its files stand in the folder itself."""
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(repository), str(bare))
    assert find_root(bare / "refs") == bare
    assert read_head(bare).commit == git(repository, "rev-parse", "HEAD")


@pytest.mark.parametrize("content", ["", "ref:", "nonsense", "ref: refs/heads/.invalid", "\0"])
def test_a_broken_head_says_nothing(repository, content):
    """No exception, no commit."""
    (repository / ".git/HEAD").write_text(content)
    assert read_head(repository).commit is None


def test_where_there_is_no_repository(tmp_path):
    """Nothing is found; a folder that is not there is no error."""
    assert find_root("/proc/self") is None
    assert find_root("/no/such/folder") is None
    assert read_head(tmp_path) == Head(None, None)
    assert read_remotes(tmp_path) == {}
