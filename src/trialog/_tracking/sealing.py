"""Who may write to an experiment: nobody once it is sealed, nor while it is being sealed.

The claim to seal is a file. Who seals holds its lock; once that is done it says the digest. A file
that is neither was left by a process that died in the middle: the experiment is as open as it was,
or committed, where the record of that was written already.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from pathlib import Path
from types import TracebackType
from typing import Self

from trialog import _machine
from trialog._format.facts import Start
from trialog._format.folders import ProjectFolder
from trialog._tracking.earlier import read_commit
from trialog._tracking.presence import claimant, is_claimant_alive
from trialog._writing import claims
from trialog._writing.descriptors import open_above_standard
from trialog._writing.folders import make_folder, share
from trialog.errors import SealedError, UsageError

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_FORK = "Fork it to go on: experiment.fork(), or trialog experiment fork"
_MAX_BYTES = 4096


def check_unsealed(project: ProjectFolder, start: Start, way_out: str = _FORK) -> None:
    """Refuse to write to an experiment that is committed, and to its runs.

    Args:
        project: where it is.
        start: the first record of the experiment or of a run.
        way_out: what to do instead.

    Raises:
        SealedError: it is, or is just being committed.
    """
    experiment = start.run if start.kind == "experiment" else start.experiment
    if experiment is None or not is_sealed(project, experiment):
        return
    what = "experiment" if start.kind == "experiment" else "the experiment of run"
    raise SealedError(
        f"{what} {start.name!r} is committed: it and its runs take nothing more. {way_out}"
    )


def is_sealed(project: ProjectFolder, experiment: str) -> bool:
    """Whether an experiment takes nothing more: it is committed, or is being committed."""
    if not claims.is_sealing(project, experiment):
        return False
    claim = claims.sealing_claimed_by(project, experiment) or ""
    if _DIGEST.fullmatch(claim):
        return True
    is_held = _machine.is_locked(claims.sealing(project, experiment))
    if is_held or (is_held is None and is_claimant_alive(claim)):
        return True
    return read_commit(project.run(experiment)) is not None


class Seal:
    """The claim to seal an experiment, held by one process alone.

    As a context manager it is given up at the end of the block, where the experiment has not been
    committed until then.
    """

    def __init__(self, project: ProjectFolder, experiment: str) -> None:
        """Take it; where another process holds it, once that one is done or dead.

        Args:
            project: where the experiment is.
            experiment: its id.

        Raises:
            UsageError: another process seals it, and the file system has no locks to wait by.
            OSError: the folder cannot be written.
        """
        self._folder = project.run(experiment)
        self._path = claims.sealing(project, experiment)
        self._fd = _take(self._path)
        try:
            claim = os.pread(self._fd, _MAX_BYTES, 0).decode(errors="replace")
            if not _DIGEST.fullmatch(claim):
                self._write(claimant())
        except BaseException:
            os.close(self._fd)
            raise

    def __enter__(self) -> Self:
        """Begin the block that seals."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give it up, or leave the digest in it."""
        try:
            commit = read_commit(self._folder)
            if commit is None:
                self._path.unlink(missing_ok=True)
            else:
                with contextlib.suppress(OSError):  # the record says it too
                    self._write(commit.digest)
        finally:
            with contextlib.suppress(OSError):
                fcntl.flock(self._fd, fcntl.LOCK_UN)  # a forked child may have the file too
            os.close(self._fd)

    def _write(self, text: str) -> None:
        data = text.encode()
        if os.pread(self._fd, _MAX_BYTES, 0) == data:
            return
        os.pwrite(self._fd, data, 0)
        os.ftruncate(self._fd, len(data))
        os.fsync(self._fd)


def _take(path: Path) -> int:
    """Open the file of a claim, and wait for its lock."""
    while True:
        make_folder(path.parent)
        fd = open_above_standard(path, os.O_RDWR | os.O_CREAT)
        try:
            _lock(fd)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(fd), path.stat()):
                    share(path)
                    return fd
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)  # who held it has given it up: another file is the claim now


def _lock(fd: int) -> None:
    """Wait for the lock of a file.

    Raises:
        UsageError: the file system has none, and the process that the claim names lives.
    """
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
    except OSError:
        claim = os.pread(fd, _MAX_BYTES, 0).decode(errors="replace")
        if claim != claimant() and is_claimant_alive(claim):
            raise UsageError(f"the experiment is just being committed by {claim}") from None
