"""Asking git: it is run here and nowhere else, and never for longer, or for more, than told.

It asks nobody for a password, loads nothing from elsewhere, takes no lock, writes no index, and
starts no programs of the user's but the filters that the repository needs.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from typing import NamedTuple

_OPTIONS = ("-c", "core.fsmonitor=false", "-c", "core.quotepath=off", "-c", "color.ui=false")
_KEPT = frozenset({"GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH"})
_READ_BYTES = 1 << 16
_ERROR_BYTES = 4096


class Answer(NamedTuple):
    """What git said.

    Attributes:
        output: what it wrote, as much of it as was asked for.
        is_whole: whether that is all of it, and git was content.
        problem: why there is no more, in its words or ours; empty where ``is_whole``.
    """

    output: bytes
    is_whole: bool
    problem: str


class Git:
    """git in one folder, within one span of time."""

    def __init__(
        self, folder: str, deadline_s: float, environ: Mapping[str, str] | None = None
    ) -> None:
        """Prepare; nothing is run yet.

        Args:
            folder: where git is asked.
            deadline_s: when the last answer has to be there, by ``time.monotonic()``.
            environ: the environment it runs in; ``os.environ`` where not given.
        """
        self._folder = folder
        self._deadline_s = deadline_s
        self._environ = _quiet(os.environ if environ is None else environ)

    def ask(self, *arguments: str, limit_bytes: int = 1 << 20, timeout_s: float = 60.0) -> Answer:
        """Run it once.

        Args:
            arguments: what follows ``git``.
            limit_bytes: of its answer, so much is read.
            timeout_s: it is stopped after so long, and at the deadline anyway.
        """
        until_s = min(self._deadline_s, time.monotonic() + timeout_s)
        if time.monotonic() >= until_s:
            return Answer(b"", is_whole=False, problem="git took too long")
        try:
            process = subprocess.Popen(  # noqa: S603 # our own words, and a folder
                ["git", "--no-pager", *_OPTIONS, "-C", self._folder, *arguments],  # noqa: S607
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environ,
                cwd="/",
                start_new_session=True,  # no terminal to ask at, and one group to end
            )
        except FileNotFoundError:
            return Answer(b"", is_whole=False, problem="git is not installed")
        except (OSError, ValueError) as error:
            return Answer(b"", is_whole=False, problem=f"git cannot be run: {error}")
        with process:
            try:
                return _read(process, limit_bytes, until_s)
            finally:
                with contextlib.suppress(OSError):
                    os.killpg(process.pid, signal.SIGKILL)  # its helpers too


def _read(process: subprocess.Popen[bytes], limit_bytes: int, until_s: float) -> Answer:
    assert process.stdout is not None  # noqa: S101 # as it was started
    assert process.stderr is not None  # noqa: S101 # as above
    output, errors = process.stdout.fileno(), process.stderr.fileno()
    said: dict[int, bytearray] = {output: bytearray(), errors: bytearray()}
    with selectors.DefaultSelector() as selector:
        for fd in said:
            selector.register(fd, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(max(until_s - time.monotonic(), 0))
            if not ready:
                return Answer(bytes(said[output]), is_whole=False, problem="git took too long")
            for key, _ in ready:
                data = os.read(key.fd, _READ_BYTES)
                if not data:
                    selector.unregister(key.fd)
                elif key.fd == output or len(said[key.fd]) < _ERROR_BYTES:
                    said[key.fd] += data
            if len(said[output]) > limit_bytes:
                return Answer(bytes(said[output][:limit_bytes]), is_whole=False, problem="too much")
    try:
        code = process.wait(max(until_s - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        return Answer(bytes(said[output]), is_whole=False, problem="git took too long")
    if code:
        words = said[errors].decode("utf-8", "backslashreplace").strip()
        return Answer(bytes(said[output]), is_whole=False, problem=_first_line(words, code))
    return Answer(bytes(said[output]), is_whole=True, problem="")


def _first_line(words: str, code: int) -> str:
    first = words.partition("\n")[0].removeprefix("fatal: ")
    return first or f"git ended with {code}"


def _quiet(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a git that is asked about this folder alone, and asks nobody itself."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(("GIT_", "SSH_ASKPASS"))
        or name in _KEPT
        or name.startswith("GIT_CONFIG")
    }
    return kept | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }
