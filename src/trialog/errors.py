"""Every error trialog raises, split by whose move it is.

::

    TrialogError
    ├── UsageError (ValueError)              the call cannot mean anything: change the call
    │   ├── InvalidNameError                   a name that is empty, too long or unprintable
    │   ├── RunFinishedError                   the run has ended and takes nothing more
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

__all__ = [
    "AttachmentExistsError",
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


class TrialogError(Exception):
    """The base of every error that trialog raises on purpose."""


class UsageError(TrialogError, ValueError):
    """The call cannot mean anything; the message says what to change."""


class InvalidNameError(UsageError):
    """A name that is empty, too long, or holds characters a name may not have."""


class RunFinishedError(UsageError):
    """The run has ended: nothing more can be logged to it."""


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
