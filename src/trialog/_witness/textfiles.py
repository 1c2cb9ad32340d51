"""Files that are kept with a run: text that is not too large and whose name says no secret."""

from __future__ import annotations

import fnmatch
import os
import stat
from typing import NamedTuple

from trialog._names import MAX_NAME_BYTES
from trialog._redaction import redact_source
from trialog._tracking.media_types import UNKNOWN, media_type_of
from trialog._witness.found import Keepsake

_WITHHELD_NAMES = """
    .env .env.* *.env .envrc .netrc _netrc .pgpass .npmrc .pypirc .htpasswd .git-credentials
    .dockercfg id_rsa* id_dsa* id_ecdsa* id_ed25519* *.pem *.key *.p12 *.pfx *.jks *.keystore
    *.kdbx *.ppk *.asc *.gpg credential* .credential* *credentials.json secret.* secrets* .secret*
    *.secret *.secrets *.token token token.* tokens.* client_secret* service_account*.json
    service-account*.json *.tfstate *.tfvars kubeconfig *.kubeconfig password.* passwords*
    .password* *passwd vault.yml vault.yaml .vault*
"""
_WITHHELD = tuple(_WITHHELD_NAMES.split())
_SECRET_FOLDERS = frozenset({".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".gcloud"})
_HEAD_BYTES = 8192


class TextFile(NamedTuple):
    """A file that was looked at.

    Attributes:
        data: its content without secrets, or None where it is not kept.
        is_redacted: whether a secret was taken out.
        reason: why it is not kept; empty where it is.
    """

    data: bytes | None
    is_redacted: bool = False
    reason: str = ""


def looks_secret(path: bytes) -> bool:
    """Whether a file's name says that it holds secrets: such a file is never kept.

    Example:
        >>> [looks_secret(each) for each in (b"conf/.env", b"id_rsa", b"train.py")]
        [True, True, False]
    """
    *folders, name = os.fsdecode(path).lower().rstrip("/").split("/")
    if not _SECRET_FOLDERS.isdisjoint((*folders, name)):
        return True
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in _WITHHELD)


def read_text_file(path: bytes, limit_bytes: int) -> TextFile:
    """Read a file that is to be kept; nothing but a file is opened, and no link is followed there.

    Args:
        path: where it is.
        limit_bytes: larger ones are left out.
    """
    try:
        # neither a pipe that nobody writes to nor a link to a secret
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode):
                return TextFile(None, reason="not a file")
            if status.st_size > limit_bytes:
                return TextFile(None, reason="too large")
            with os.fdopen(fd, "rb", closefd=False) as file:
                data = file.read(limit_bytes + 1)
        finally:
            os.close(fd)
    except OSError as error:
        is_link = os.path.islink(path)  # noqa: PTH114 # its name may be any bytes
        return TextFile(None, reason="a link" if is_link else error.strerror or "unreadable")
    if len(data) > limit_bytes:
        return TextFile(None, reason="too large")
    if not is_text(data):
        return TextFile(None, reason="binary")
    kept = redact_source(data)
    return TextFile(kept, is_redacted=kept != data)


def is_text(data: bytes) -> bool:
    """Whether bytes are text: as git sees it, and as a reader of UTF-8 does."""
    if b"\0" in data[:_HEAD_BYTES]:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def keepsake_of(name: str, data: bytes) -> Keepsake:
    """A text file as it is kept."""
    filename = name.rpartition("/")[2]
    media_type = media_type_of(None, b"", filename)
    is_known = media_type != UNKNOWN and media_type.startswith(("text/", "application/"))
    return Keepsake(name, media_type if is_known else "text/plain", data, filename)


def shown_path(path: bytes) -> str:
    r"""A path as text; bytes that are none are told as ``\xff``."""
    return path.decode("utf-8", "backslashreplace")


def attachment_name(folder: str, path: bytes) -> str | None:
    """What a file's attachment is called; letters that no name can hold become ``%ff``.

    Args:
        folder: what the name begins with, and a slash.
        path: of the file, relative.

    Returns:
        The name, or None where it would be too long.
    """
    text = path.decode("utf-8", "surrogateescape")
    name = folder + "".join(map(_nameable, text))
    return name if len(name.encode()) <= MAX_NAME_BYTES else None


def _nameable(letter: str) -> str:
    number = ord(letter)
    if 0xDC80 <= number <= 0xDCFF:  # noqa: PLR2004 # a byte that is no text
        return f"%{number - 0xDC00:02x}"
    if number < 0x20 or 0x7F <= number <= 0x9F or letter in "\\\u2028\u2029":  # noqa: PLR2004
        return f"%{number:02x}"
    return letter
