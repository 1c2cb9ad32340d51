"""What bytes are: as told, else by their content, else by their file name."""

from __future__ import annotations

import mimetypes
import re
from pathlib import PurePath

import filetype

from trialog.errors import InvalidNameError

UNKNOWN = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[\w.+*!#$&^-]+/[\w.+*!#$&^-]+(\s*;.*)?", re.ASCII)
# what Python's own table does not know, in every version; not the machine's table, which varies
_TABLE = mimetypes.MimeTypes(filenames=())
for _suffix, _media_type in {
    ".ipynb": "application/x-ipynb+json",
    ".jsonl": "application/jsonl",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".npy": "application/vnd.numpy",
    ".parquet": "application/vnd.apache.parquet",
    ".toml": "application/toml",
    ".webp": "image/webp",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}.items():
    _TABLE.add_type(_media_type, _suffix)


def media_type_of(given: str | None, head: bytes, filename: str) -> str:
    """The media type of an attachment.

    Args:
        given: what the caller says, which wins.
        head: the first bytes of the content.
        filename: a file name whose suffix may tell.

    Raises:
        InvalidNameError: what the caller says is no media type.
    """
    if given is not None:
        return check_media_type(given)
    guess = filetype.guess(head) if head else None
    if guess is not None:
        return str(guess.mime)
    by_name, _ = _TABLE.guess_type(PurePath(filename).name)
    return by_name or UNKNOWN


def check_media_type(given: object) -> str:
    """A media type, as in ``text/plain; charset=utf-8``.

    Raises:
        InvalidNameError: it is none.
    """
    if not isinstance(given, str) or not _MEDIA_TYPE.fullmatch(given.strip()):
        raise InvalidNameError(
            f"{given!r} is no media type; use one like 'text/plain' or 'application/json'"
        )
    return given.strip()
