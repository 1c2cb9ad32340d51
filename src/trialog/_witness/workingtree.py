"""What differs from the commit: changed files as one difference, new files as they are. Bounded."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from trialog._redaction import redact_source
from trialog._witness.found import Keepsake
from trialog._witness.git import Git
from trialog._witness.textfiles import (
    attachment_name,
    keepsake_of,
    looks_secret,
    read_text_file,
    shown_path,
)

PATCH = "code/diff.patch"
UNTRACKED = "code/untracked/"
MAX_PATCH_BYTES = 1 << 20
MAX_FILE_BYTES = 256 << 10
MAX_FILES_BYTES = 2 << 20
MAX_FILES = 200
MAX_NAMED = 200

_READ_PATCH_BYTES = 16 << 20
_READ_NAMES_BYTES = 4 << 20
_MAX_TRIED = 2_000
_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames",
         "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short")  # fmt: skip
_DIFF_S, _NEW_FILES_S = 5.0, 3.0
_PART = re.compile(rb"^(?=diff --git )", re.MULTILINE)
_BINARY = re.compile(rb"^(Binary files .* differ|GIT binary patch)$", re.MULTILINE)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_ESCAPED = {
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
}
_SOURCES = (b".py", b".pyx", b".ipynb", b".sh", b".toml", b".yaml", b".yml", b".json", b".cfg",
            b".ini", b".c", b".cc", b".cpp", b".cu", b".h", b".jl", b".rs", b".sql")  # fmt: skip


@dataclass
class WorkingTree:
    """What is not in the commit.

    Attributes:
        attachments: the difference, and new files.
        untracked: how many new files there are.
        left_out: ``path: reason`` of what is not kept, the first of them.
        left_out_files: how many those are.
        withheld: how many were not kept for what their names say.
        redacted: the attachments out of which a secret was taken.
        problem: what could not be asked; empty as a rule.
    """

    attachments: list[Keepsake] = field(default_factory=list)
    untracked: int = 0
    left_out: list[str] = field(default_factory=list)
    left_out_files: int = 0
    withheld: int = 0
    redacted: list[str] = field(default_factory=list)
    problem: str = ""

    def leave_out(self, path: bytes, reason: str) -> None:
        """Name a file that is not kept, while there is room to name it."""
        self.left_out_files += 1
        if len(self.left_out) < MAX_NAMED:
            self.left_out.append(f"{shown_path(path)}: {reason}")


def read_working_tree(git: Git, root: Path, *, has_commit: bool) -> WorkingTree:
    """What is not in the commit of a repository.

    Args:
        git: to ask, in the root.
        root: where the repository is.
        has_commit: whether there is a commit to compare with.
    """
    tree = WorkingTree()
    _take_patch(tree, git, has_commit=has_commit)
    _take_new_files(tree, git, os.fsencode(root))
    return tree


# -- changed files ---------------------------------------------------------------------------------


def _take_patch(tree: WorkingTree, git: Git, *, has_commit: bool) -> None:
    base = "HEAD"
    if not has_commit:  # what is staged, then, against nothing
        nothing = git.ask("hash-object", "-t", "tree", "/dev/null")
        base = nothing.output.decode("ascii", "replace").strip()
        if not nothing.is_whole or not base:
            return
    answer = git.ask(*_DIFF, base, "--", limit_bytes=_READ_PATCH_BYTES, timeout_s=_DIFF_S)
    tree.problem = answer.problem
    parts = [part for part in _PART.split(answer.output) if part.startswith(b"diff --git ")]
    if not answer.is_whole and parts:
        parts[-1] = parts[-1][: parts[-1].find(b"\n") + 1]  # torn: it is only named
        tree.problem = "" if answer.problem == "too much" else answer.problem
    kept: list[bytes] = []
    size = 0
    for part in parts:
        path = _path_in(part)
        is_torn = part is parts[-1] and not answer.is_whole
        if looks_secret(path):
            tree.withheld += 1
        elif _BINARY.search(part):
            tree.leave_out(path, "binary")
        elif is_torn or size + len(part) > MAX_PATCH_BYTES:
            tree.leave_out(path, "too large a difference")
        else:
            kept.append(part)
            size += len(part)
    if kept:
        _keep_patch(tree, b"".join(kept))
    if not answer.is_whole:
        names = git.ask("diff", "--name-only", "--no-renames", "-z", base, "--", timeout_s=_DIFF_S)
        seen = {_path_in(part) for part in parts}
        for path in names.output.split(b"\0")[:-1]:
            if path not in seen:
                tree.leave_out(path, "not reached")


def _keep_patch(tree: WorkingTree, patch: bytes) -> None:
    without = redact_source(patch)
    if without != patch:
        tree.redacted.append(PATCH)
    tree.attachments.append(Keepsake(PATCH, "text/x-diff", without, "diff.patch"))


def _path_in(part: bytes) -> bytes:
    """The path in ``diff --git a/PATH b/PATH``, where both are the same, and may hold spaces."""
    said = part[len(b"diff --git ") : part.find(b"\n")]
    half = said[: len(said) // 2]
    if half.startswith(b'"'):
        half = _ESCAPE.sub(_unescape, half.strip(b'"'))
    return half[len(b"a/") :]


def _unescape(found: re.Match[bytes]) -> bytes:
    said = found[1]
    return bytes([int(said, 8) & 0xFF]) if len(said) > 1 else _ESCAPED.get(said, said)


# -- new files -------------------------------------------------------------------------------------


def _take_new_files(tree: WorkingTree, git: Git, root: bytes) -> None:
    asked = ("ls-files", "--others", "--exclude-standard", "-z")
    answer = git.ask(*asked, limit_bytes=_READ_NAMES_BYTES, timeout_s=_NEW_FILES_S)
    *paths, _ = answer.output.split(b"\0")
    if not answer.is_whole:
        tree.problem = tree.problem or f"new files: {answer.problem}"
    tree.untracked = len(paths)
    reason = "in a home folder" if _is_wide(root) else ""
    size = files = 0
    for number, path in enumerate(sorted(paths, key=_urgency)):
        if looks_secret(path):
            tree.withheld += 1
            continue
        if path.endswith(b"/"):
            tree.leave_out(path, "a repository of its own")
            continue
        name = attachment_name(UNTRACKED, path)
        if reason or name is None or files >= MAX_FILES or number >= _MAX_TRIED:
            tree.leave_out(path, reason or ("too many" if name else "its name is too long"))
            continue
        found = read_text_file(root + b"/" + path, MAX_FILE_BYTES)
        if found.data is None:
            tree.leave_out(path, found.reason)
        elif size + len(found.data) > MAX_FILES_BYTES:
            tree.leave_out(path, "too much together")
        else:
            size, files = size + len(found.data), files + 1
            tree.attachments.append(keepsake_of(name, found.data))
            if found.is_redacted:
                tree.redacted.append(name)


def _urgency(path: bytes) -> tuple[bool, bytes]:
    """Sources come first, while there is room."""
    return not path.lower().endswith(_SOURCES), path


def _is_wide(root: bytes) -> bool:
    """Whether a repository is a whole home or system: what is new there is nobody's code."""
    try:
        home = os.fsencode(Path.home())
    except RuntimeError:
        home = b"/"
    return root in (b"/", home)
