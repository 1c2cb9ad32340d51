"""What code a run ran: its commit, what differs from that, the script and the command line.

Whatever is missing (git, a repository, a first commit, the right to look), what else is known is
kept, and the section says what could not be asked. Nothing here raises.
"""

from __future__ import annotations

import os
import shlex
import time
from pathlib import Path
from typing import Any

from trialog._redaction import REDACTED, redact, redact_command
from trialog._witness.found import Found, Keepsake
from trialog._witness.git import Git
from trialog._witness.origin import Origin
from trialog._witness.repository import find_root, read_head, read_remotes
from trialog._witness.textfiles import (
    attachment_name,
    keepsake_of,
    looks_secret,
    read_text_file,
    shown_path,
)
from trialog._witness.workingtree import WorkingTree, read_working_tree

TIMEOUT_S = 10.0
_MAX_SCRIPT_BYTES = 1 << 20
_MAX_COMMAND_LETTERS = 20_000
_SEARCH_S = 2.0
_STATUS_S = 5.0


def read_code(origin: Origin, *, timeout_s: float = TIMEOUT_S) -> Found:
    """Everything that is known of the code of a process.

    Args:
        origin: the process.
        timeout_s: git is asked no longer than so.
    """
    section: dict[str, Any] = {"command": _command(origin), "folder": origin.folder}
    attachments: list[Keepsake] = []
    root = _repository(origin, section, attachments, time.monotonic() + timeout_s)
    if origin.notebook:
        section["notebook"] = _relative(origin.notebook, root, origin.folder)
    if origin.main:
        section["script"] = _relative(origin.main, root, origin.folder)
        attachments += _script(origin.main, origin.folder, section)
    known = {name: value for name, value in section.items() if value or value is False}
    return Found(redact(known), attachments)


def _command(origin: Origin) -> str:
    mark = "_redacted_"  # brackets would be quoted
    arguments = [each.replace(REDACTED, mark) for each in redact_command(origin.argv)]
    command = shlex.join(arguments).replace(mark, REDACTED)
    over = len(command) - _MAX_COMMAND_LETTERS
    return command if over <= 0 else f"{command[:_MAX_COMMAND_LETTERS]}… ({over} letters more)"


# -- the repository --------------------------------------------------------------------------------


def _repository(
    origin: Origin, section: dict[str, Any], attachments: list[Keepsake], deadline_s: float
) -> Path | None:
    """Tell of the repository that the script is in, else the one that the process works in.

    Returns:
        Its root, or None where there is none.
    """
    whereabouts = (Path(origin.folder or "/", origin.main).parent,) if origin.main else ()
    found = next(filter(None, map(find_root, (*whereabouts, Path(origin.folder or "/")))), None)
    if found is None:
        return None
    git = Git(str(found), deadline_s)
    answer = git.ask("rev-parse", "--show-toplevel", timeout_s=_SEARCH_S)
    if not answer.is_whole or not answer.output:
        section["git"] = answer.problem
        section["root"] = shown_path(os.fsencode(found))
        _describe_by_files(found, section)
        return found
    root = Path(os.fsdecode(answer.output.removesuffix(b"\n")))
    section["root"] = shown_path(os.fsencode(root))
    git = Git(str(root), deadline_s)
    _describe(git, root, section)
    tree = read_working_tree(git, root, has_commit="commit" in section)
    _describe_tree(tree, section)
    attachments += tree.attachments
    return root


def _describe_by_files(root: Path, section: dict[str, Any]) -> None:
    section["commit"], section["branch"] = read_head(root)
    section["remote"] = _remote_of(read_remotes(root), None)


def _describe(git: Git, root: Path, section: dict[str, Any]) -> None:
    """Commit, branch, remote, and whether anything has been changed since."""
    status = ("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=no", "--no-renames")
    answer = git.ask(*status, limit_bytes=16 << 20, timeout_s=_STATUS_S)
    upstream = None
    for line in answer.output.split(b"\0"):
        key, _, value = line.decode("utf-8", "backslashreplace").partition(" ")
        if key == "#":
            what, _, value = value.partition(" ")
            if what == "branch.oid" and value != "(initial)":
                section["commit"] = value
            elif what == "branch.head" and value != "(detached)":
                section["branch"] = value
            elif what == "branch.upstream":
                upstream = value
    if answer.is_whole:
        changed = sum(line[:2] in (b"1 ", b"2 ", b"u ") for line in answer.output.split(b"\0"))
        section["changed_files"] = changed
        section["is_dirty"] = changed > 0
    else:
        section["git"] = answer.problem
    if "commit" not in section and not answer.is_whole:
        _describe_by_files(root, section)
    answer = git.ask("config", "-z", "--get-regexp", r"^remote\..*\.url$")
    remotes: dict[str, str] = {}
    for entry in answer.output.split(b"\0"):
        key, _, value = entry.decode("utf-8", "backslashreplace").partition("\n")
        remotes.setdefault(key[len("remote.") : -len(".url")], value)
    section["remote"] = _remote_of(remotes, upstream) or section.get("remote")


def _remote_of(remotes: dict[str, str], upstream: str | None) -> str | None:
    """The remote that the branch follows, else ``origin``, else the first."""
    followed = [name for name in remotes if upstream and upstream.startswith(f"{name}/")]
    for name in (*sorted(followed, key=len, reverse=True), "origin", *remotes):
        if remotes.get(name):
            return _without_credentials(remotes[name])
    return None


def _without_credentials(url: str) -> str:
    scheme, found, rest = url.partition("://")
    if not found:
        return url
    host, slash, path = rest.partition("/")
    user, at, host = host.rpartition("@")
    keeps = scheme.lower().endswith("ssh") and at and ":" not in user  # git@host says no secret
    return f"{scheme}://{user + at if keeps else ''}{host}{slash}{path}"


def _describe_tree(tree: WorkingTree, section: dict[str, Any]) -> None:
    section["untracked_files"] = tree.untracked
    section["left_out"] = tree.left_out
    section["left_out_files"] = tree.left_out_files
    section["withheld_files"] = tree.withheld
    section["redacted"] = tree.redacted
    if tree.problem:
        section.setdefault("git", tree.problem)


# -- the script ------------------------------------------------------------------------------------


def _relative(path: str, root: Path | None, folder: str) -> str:
    """A path as seen from the repository, or whole where it is outside of it."""
    whole = Path(os.path.realpath(Path(folder or "/", path)))
    if root is not None and whole.is_relative_to(base := Path(os.path.realpath(root))):
        whole = whole.relative_to(base)
    return shown_path(os.fsencode(whole))


def _script(main: str, folder: str, section: dict[str, Any]) -> list[Keepsake]:
    path = os.fsencode(os.path.realpath(Path(folder or "/", main)))
    leaf = path.rpartition(b"/")[2]
    name = attachment_name("code/", leaf)
    if name is None or looks_secret(leaf):
        return []
    found = read_text_file(path, _MAX_SCRIPT_BYTES)
    if found.data is None:
        return []
    if found.is_redacted:
        section["redacted"] = [*section.get("redacted", []), name]
    return [keepsake_of(name, found.data)]
