"""Every error trialog raises, split by whose move it is.

::

    TrialogError
    ├── UsageError (ValueError)              the call cannot mean anything: change the call
    │   ├── InvalidNameError                   a name that is empty, too long or unprintable
    │   ├── RunFinishedError                   the run has ended and takes nothing more
    │   ├── FilterError                        a condition or an order that cannot be understood
    │   ├── SealedError                        the experiment is committed and takes nothing more
    │   └── NoActiveRunError                   no run is open here, or several are
    ├── InvalidTypeError (TypeError)         a value of a type that cannot be logged
    │   └── UnknownKeywordError                a keyword no parameter has
    ├── NotFoundError (LookupError)          nothing of that name or id is in the store
    ├── AttachmentExistsError (FileExistsError)  the name is taken and overwrite=False
    ├── MissingFileError (FileNotFoundError) the file to log is not there
    ├── UnreadableFileError (OSError)        the file to log is a directory or cannot be read
    ├── UnsafeCodecError (UsageError)        decoding could run code, and nobody said it may
    ├── StoreError (OSError)                 the store cannot be used: the environment's move
    │   └── StoreVersionError                  written by a newer trialog: upgrade
    ├── RegistryError (OSError)              a registry refuses, or cannot be reached
    └── IntegrityError                       bytes in the store are not what was written

Trouble of the environment while logging (a full disk, a lost network) raises
nothing: it is told once on stderr, counted, and shown in the run.
"""

import unicodedata

__all__ = [
    "AttachmentExistsError",
    "FilterError",
    "IntegrityError",
    "InvalidNameError",
    "InvalidTypeError",
    "MissingFileError",
    "NoActiveRunError",
    "NotFoundError",
    "RegistryError",
    "RunFinishedError",
    "SealedError",
    "StoreError",
    "StoreVersionError",
    "TrialogError",
    "UnknownKeywordError",
    "UnreadableFileError",
    "UnsafeCodecError",
    "UsageError",
]


_BESIDE = 40
_MARKED = 60


class TrialogError(Exception):
    """The base of every error that trialog raises on purpose."""


class UsageError(TrialogError, ValueError):
    """The call cannot mean anything; the message says what to change."""


class InvalidNameError(UsageError):
    """A name that is empty, too long, or holds characters a name may not have."""


class RunFinishedError(UsageError):
    """The run has ended: nothing more can be logged to it."""


class FilterError(UsageError):
    """A condition or an order of the filter language that cannot be understood.

    Printed, it shows the text with carets under what is wrong.

    Attributes:
        message: what is wrong, in one line.
        text: what was to be understood.
        start, end: the characters of it that are wrong.
        suggestion: what may be meant in their place, or None.

    Example:
        >>> import trialog
        >>> trialog.runs(where="lr = 0.1")
        Traceback (most recent call last):
        ...
        trialog.errors.FilterError: '=' does not compare: did you mean ==?
          lr = 0.1
             ^
    """

    def __init__(
        self, message: str, text: str, start: int, end: int, suggestion: str | None = None
    ) -> None:
        """Say what is wrong with ``text[start:end]``."""
        super().__init__(message, text, start, end, suggestion)
        self.message = message
        self.text = text
        self.start = start
        self.end = end
        self.suggestion = suggestion

    def __str__(self) -> str:
        hint = "" if self.suggestion is None else f": did you mean {self.suggestion.strip()}?"
        before, marked, after = _around(self.text, self.start, self.end)
        carets = " " * _columns(before) + "^" * max(_columns(marked), 1)
        return f"{self.message}{hint}\n  {before}{marked}{after}\n  {carets}"


def _around(text: str, start: int, end: int) -> tuple[str, str, str]:
    """What is marked and what stands beside it, in a line that is not too long."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    before, marked, after = line[:start], line[start:end], line[end:]
    if len(before) > _BESIDE:
        before = f"…{before[-_BESIDE:]}"
    if len(marked) > _MARKED:
        marked, after = f"{marked[:_MARKED]}…", ""
    if len(after) > _BESIDE:
        after = f"{after[:_BESIDE]}…"
    return before, marked, after


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(
        0
        if unicodedata.combining(letter)
        else 2
        if unicodedata.east_asian_width(letter) in "WF"
        else 1
        for letter in text
    )


class SealedError(UsageError):
    """The experiment is committed: it and its runs take nothing more; fork it to go on."""


class NoActiveRunError(UsageError):
    """No run is open in this context, or several are and none is meant."""


class InvalidTypeError(TrialogError, TypeError):
    """A value of a type that cannot be logged; the message names the key."""


class UnknownKeywordError(InvalidTypeError):
    """A keyword argument that no parameter has; the message names the nearest."""


class NotFoundError(TrialogError, LookupError):
    """Nothing of that name or id is in the store."""


class AttachmentExistsError(TrialogError, FileExistsError):
    """The name is taken, and the caller asked not to overwrite."""


class MissingFileError(TrialogError, FileNotFoundError):
    """The file to log does not exist."""


class UnreadableFileError(TrialogError, OSError):
    """The file to log is a directory, a device, or cannot be read."""


class UnsafeCodecError(UsageError):
    """Decoding could run code; the caller has to allow it."""


class StoreError(TrialogError, OSError):
    """The store cannot be opened, read or written."""


class StoreVersionError(StoreError):
    """The store was written by a newer trialog."""


class RegistryError(TrialogError, OSError):
    """A registry refuses what it was asked, answers what it may not, or cannot be reached."""


class IntegrityError(TrialogError):
    """Bytes in the store, an archive or a registry are not the bytes that were written."""


def __dir__() -> list[str]:
    return __all__
