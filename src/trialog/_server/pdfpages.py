"""PDFs for the preview: how many pages, and pictures of them, drawn by a process with limits.

PDFium never runs in the server: ``pdfprocess.py`` is started for each question, and whatever
becomes of it, what comes back here is a picture, or words why there is none.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Final

import msgspec

from trialog._server import pdfprocess
from trialog.errors import UsageError

WIDTHS: Final = range(200, 2001)
"""The widths, in pixels, that a picture may have."""

MOST_BYTES: Final = 256 << 20
"""Larger files are not opened."""

MISSING: Final = 'that needs PDFium; install it by: pip install "trialog[pdf]"'
_LIBRARY = "pypdfium2"
_AT_ONCE = 2
_WAIT_S = 20.0
_KEPT = 256
_PNG = b"\x89PNG\r\n\x1a\n"
_NEEDED = ("LD_LIBRARY_PATH",)  # where Python's own libraries may be


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a document.

    Attributes:
        pages: how many it has.
        sizes: width and height of the first ones, in points of 1/72 inch.
    """

    pages: int
    sizes: list[tuple[float, float]]


class _Answer(msgspec.Struct, frozen=True):
    facts: Facts | None = None
    refusal: str | None = None
    picture: bool = False


class PdfPages:
    """Reads PDFs; keeps what it knows of the last ones.

    Safe to use from several threads.
    """

    def __init__(
        self,
        program: Path = Path(pdfprocess.__file__),
        limit_s: float = pdfprocess.SECONDS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """Make one that knows nothing yet.

        Args:
            program: what opens a file.
            limit_s: how long that may take.
            most_bytes: of a file.
        """
        self._program = program
        self._limit_s = limit_s
        self._most_bytes = most_bytes
        self._known: OrderedDict[str, Facts] = OrderedDict()
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def facts(self, path: Path, digest: str) -> Facts:
        """How many pages a file has, and of what size.

        Args:
            path: of the file.
            digest: of its bytes.

        Raises:
            UsageError: nothing of it can be shown.
        """
        with self._lock:
            known = self._known.get(digest)
            if known is not None:
                self._known.move_to_end(digest)
                return known
        found = self._ask(path, 0, 0)[0].facts
        if found is None:
            raise UsageError("what reads it gave no answer")
        with self._lock:
            self._known[digest] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def picture(self, path: Path, page: int, width: int) -> bytes:
        """A page as PNG.

        Args:
            path: of the file.
            page: from 1 on.
            width: in pixels; a page that is very high comes narrower.

        Raises:
            UsageError: it cannot be shown, or not of that width.
        """
        if width not in WIDTHS:
            raise UsageError(f"a page is {WIDTHS[0]} to {WIDTHS[-1]} pixels wide, not {width}")
        if page < 1:
            raise UsageError(f"it has no page {page}: the first is 1")
        answer, data = self._ask(path, page, width)
        if not answer.picture or not data.startswith(_PNG):
            raise UsageError("what reads it gave no picture")
        return data

    def _ask(self, path: Path, page: int, width: int) -> tuple[_Answer, bytes]:
        """What the process says of a file, and what comes after it."""
        if importlib.util.find_spec(_LIBRARY) is None:
            raise UsageError(MISSING)
        if path.stat().st_size > self._most_bytes:
            raise UsageError(f"it is too large: more than {self._most_bytes >> 20} MiB")
        if not self._turns.acquire(timeout=_WAIT_S):
            raise UsageError("too many pages are drawn at this time; try again")
        try:
            said = self._run(path, page, width)
        finally:
            self._turns.release()
        line, _, rest = said.partition(b"\n")
        try:
            answer = msgspec.json.decode(line, type=_Answer)
        except msgspec.MsgspecError as error:
            raise UsageError("what reads it gave no answer") from error
        if answer.refusal is not None:
            raise UsageError(answer.refusal)
        return answer, rest

    def _run(self, path: Path, page: int, width: int) -> bytes:
        places = "\n".join(each for each in sys.path if each)
        arguments = [str(path), str(page), str(width), places]
        # into a file, whose size the system bounds: a pipe would take whatever is sent
        with tempfile.TemporaryFile() as output:
            try:
                done = subprocess.run(  # noqa: S603 # Python itself, and our own script
                    [sys.executable, "-I", "-S", str(self._program), *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.DEVNULL,
                    env={name: os.environ[name] for name in _NEEDED if name in os.environ},
                    timeout=self._limit_s,
                    check=False,
                    start_new_session=True,  # Ctrl-C is for the server
                )
            except subprocess.TimeoutExpired:
                raise UsageError(self._too_long()) from None
            except OSError as error:
                raise UsageError(f"what reads it cannot be started: {error}") from error
            if done.returncode == -signal.SIGXCPU:
                raise UsageError(self._too_long())
            if done.returncode != 0:
                raise UsageError(f"what reads it {_end(done.returncode)}: it may be damaged")
            output.seek(0)
            return output.read(pdfprocess.OUTPUT_BYTES)

    def _too_long(self) -> str:
        return f"it takes too long to be read: more than {self._limit_s:g} s"


def _end(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
