"""References: which manifest of which repository in which registry is meant.

``registry[:port]/repository[:tag][@sha256:digest]``, the form of the distribution specification.
There is no default registry: a name without one belongs to this machine.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from trialog._oci.descriptors import is_digest
from trialog.errors import UsageError

DEFAULT_TAG = "latest"
_HOST = re.compile(
    r"(?P<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::(?P<port>[0-9]{1,5}))?"
)
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_MAX_NAME = 255  # registry and repository together: what registries are sure to take
_MAX_PORT = 65_535


class Reference(NamedTuple):
    """A manifest in a registry.

    Attributes:
        registry: the host, and the port if one was named: ``ghcr.io``, ``localhost:5000``.
        repository: the name in that registry, as in ``team/protein-folding``.
        tag: the tag, else None.
        digest: ``sha256:`` and 64 hexadecimal digits, else None.
    """

    registry: str
    repository: str
    tag: str | None = None
    digest: str | None = None

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag is not None else ""
        digest = f"@{self.digest}" if self.digest is not None else ""
        return f"{self.registry}/{self.repository}{tag}{digest}"

    @property
    def target(self) -> str:
        """What a registry is asked for: the digest, else the tag, else ``latest``."""
        return self.digest or self.tag or DEFAULT_TAG


def has_registry(text: str) -> bool:
    """Whether a name says a registry, so that it may be asked for over the network.

    It does if something follows its first ``/`` and what stands before is a host: it holds a ``.``
    or a ``:``, or is ``localhost``. A path such as ``./runs.tar`` says none.
    """
    first, slash, rest = text.partition("/")
    is_host = first == "localhost" or "." in first or ":" in first
    return bool(slash and rest) and is_host and _HOST.fullmatch(first) is not None


def parse_reference(text: str) -> Reference:
    """The manifest that a text means.

    Raises:
        UsageError: it is no reference, or says no registry; the message names the part.
    """
    if "://" in text:
        raise UsageError(
            f"the reference {text!r} begins with {text.partition('://')[0] + '://'!r}; leave that "
            "away, as in 'ghcr.io/team/name:tag'"
        )
    first, _, rest = text.partition("/")
    if not has_registry(text):
        name = rest or first or "name"
        raise UsageError(
            f"the reference {text[:200]!r} says no registry; write its host first, as in "
            f"'ghcr.io/team/{name[:80]}' or 'localhost:5000/{name[:80]}'"
        )
    check_registry(first, text)
    named, at, digest = rest.partition("@")
    if at and not is_digest(digest):
        raise _wrong(text, "digest", digest, "'sha256:' and 64 hexadecimal digits in lower case")
    repository, colon, tag = named.partition(":")
    if colon and not _TAG.fullmatch(tag):
        raise _wrong(
            text, "tag", tag, "up to 128 letters, digits, '_', '.' and '-', no '.' or '-' first"
        )
    check_repository(repository, text)
    if len(first) + 1 + len(repository) > _MAX_NAME:
        raise UsageError(
            f"the reference {text[:80]!r}… is too long: registry and repository have "
            f"{len(first) + 1 + len(repository)} characters together, and may have {_MAX_NAME}"
        )
    return Reference(first.lower(), repository, tag if colon else None, digest if at else None)


def check_registry(registry: str, text: str) -> None:
    """Refuse what is no host, or has a port that is none.

    Args:
        registry: the host, and the port if there is one.
        text: the reference that it stands in, for the message.

    Raises:
        UsageError: it is none.
    """
    found = _HOST.fullmatch(registry)
    if found is None:
        raise _wrong(text, "registry", registry, "a host, as in 'ghcr.io' or 'localhost:5000'")
    if not 0 < int(found["port"] or 1) <= _MAX_PORT:
        raise _wrong(text, "port", found["port"], f"a number from 1 to {_MAX_PORT}")


def check_repository(repository: str, text: str) -> None:
    """Refuse what is no name of a repository.

    Args:
        repository: the name.
        text: the reference that it stands in, for the message.

    Raises:
        UsageError: it is none.
    """
    if not _REPOSITORY.fullmatch(repository):
        words = (
            "lower-case letters and digits, parts of them joined by '/', '.', '_', '__' or '-', as "
            "in 'team/protein-folding'"
        )
        raise _wrong(text, "repository", repository, words)


def _wrong(text: str, part: str, found: str, wanted: str) -> UsageError:
    return UsageError(
        f"the {part} {found[:80]!r} in the reference {text[:200]!r} means nothing; it is {wanted}"
    )
