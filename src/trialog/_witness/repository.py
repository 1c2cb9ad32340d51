"""A git repository as its files say it: which commit and branch, where git itself cannot be asked.

git may not be installed, as in many containers, or refuse a folder that another user owns.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BRANCH = "refs/heads/"
_MAX_BYTES = 16 << 20  # of packed-refs: 100,000 of them
_URL = re.compile(r"^\s*url\s*=\s*(\S.*?)\s*$", re.IGNORECASE)
_REMOTE = re.compile(r"^\s*\[remote \"(.*)\"\]\s*$", re.IGNORECASE)


class Head(NamedTuple):
    """Where a repository stands.

    Attributes:
        commit: in full, or None where there is none yet or it is not known.
        branch: its name, or None where the head is detached.
    """

    commit: str | None
    branch: str | None


def find_root(folder: str | os.PathLike[str]) -> Path | None:
    """The nearest folder, this one or one above it, that is a repository's; bare ones too."""
    start = Path(folder)
    for each in (start, *start.parents):
        try:
            if (each / ".git").exists() or _is_git_folder(each):
                return each
        except OSError:
            continue
    return None


def read_head(root: Path) -> Head:
    """Where a repository stands, read from its files.

    Args:
        root: as :func:`find_root` gives it.
    """
    inside = _git_folder(root)
    said = _read(inside / "HEAD").strip()
    if not said.startswith("ref:"):
        return Head(said if _COMMIT.fullmatch(said) else None, None)
    ref = said.removeprefix("ref:").strip()
    branch = ref.removeprefix(_BRANCH) if ref.startswith(_BRANCH) else None
    if branch == ".invalid":  # its references are kept in another form
        return Head(None, None)
    shared = _shared(inside)
    for each in dict.fromkeys((inside, shared)):
        commit = _read(each / ref).strip()
        if _COMMIT.fullmatch(commit):
            return Head(commit, branch)
    for line in _read(shared / "packed-refs").splitlines():
        commit, _, name = line.partition(" ")
        if name == ref and _COMMIT.fullmatch(commit):
            return Head(commit, branch)
    return Head(None, branch)


def read_remotes(root: Path) -> dict[str, str]:
    """The URLs of a repository's remotes by their names, read from its own configuration."""
    found: dict[str, str] = {}
    remote = None
    for line in _read(_shared(_git_folder(root)) / "config").splitlines():
        if line.lstrip().startswith("["):
            heading = _REMOTE.match(line)
            remote = heading[1] if heading else None
        elif remote is not None and (url := _URL.match(line)):
            found.setdefault(remote, url[1])
    return found


def _git_folder(root: Path) -> Path:
    """Where the repository's own files are; in worktrees and submodules a file says where."""
    inside = root / ".git"
    if inside.is_dir():
        return inside
    said = _read(inside).strip()
    if said.startswith("gitdir:"):
        return root / said.removeprefix("gitdir:").strip()
    return root  # a bare one


def _shared(inside: Path) -> Path:
    """What the worktrees of a repository share."""
    said = _read(inside / "commondir").strip()
    return inside / said if said else inside


def _is_git_folder(folder: Path) -> bool:
    return (
        (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()
    )


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            return file.read(_MAX_BYTES)
    except (OSError, ValueError):
        return ""
