"""What facts say, checked: whatever a journal claims, what is taken has the types we expect.

A record's checksum says that its bytes are what was written, not that a sane program wrote them. So
nothing beyond this module has to ask whether a payload is an object, or a step fits 64 bits.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from trialog._format.checking import CHECKS, is_digest, start_of
from trialog._format.decoding import Fact
from trialog._format.facts import Start, spilled_to
from trialog._format.folders import StoreFolder
from trialog._format.records import Kind
from trialog._format.values import load_json
from trialog._journals.blobs import read_blob
from trialog.errors import IntegrityError

_MAX_DEPTH = 200  # what can be written can be written again
_PLAIN = frozenset({str, int, float, bool, type(None)})


def digest_of(fact: Fact) -> str | None:
    """The digest of the blob that a fact's payload was too large for, or None.

    Raises:
        ValueError: the payload stands for a blob, and does not say which.
    """
    try:
        digest = spilled_to(fact.payload)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"it does not name its blob: {error}") from None
    if digest is not None and not is_digest(digest):
        raise ValueError(f"{digest[:80]!r} is no digest")
    return digest


def read_content(fact: Fact, store: StoreFolder) -> dict[str, Any]:
    """The content of a fact, read from its blob where the payload was too large for a record.

    Raises:
        ValueError: it is not what facts of its kind hold.
        IntegrityError: the blob is missing or damaged.
        OSError: the blob cannot be read.
    """
    digest = digest_of(fact)
    if fact.kind is Kind.START and digest is None:
        return dict(_read_start(fact.payload)[0])
    content = load_json(fact.payload if digest is None else read_blob(store, digest))
    content = _shaped(content)
    check = CHECKS.get(fact.kind)
    if check is not None:
        check(content)
    return content


def _shaped(content: Any) -> dict[str, Any]:
    """A payload that is an object, and not too deep."""
    if not isinstance(content, dict):
        raise ValueError("it is not an object")  # noqa: TRY004 # unreadable is one thing here
    if not _PLAIN.issuperset(map(type, content.values())):
        _check_depth(content, 0)
    return content


@lru_cache(maxsize=8)  # who reads a journal asks for its first record several times in a row
def _read_start(payload: bytes) -> tuple[dict[str, Any], Start]:
    content = _shaped(load_json(payload))
    return content, start_of(content)


def start_in(fact: Fact | None, store: StoreFolder) -> Start | None:
    """The first record that a journal's first fact is, or None where it is not readable as one."""
    if fact is None or fact.kind is not Kind.START:
        return None
    try:
        if digest_of(fact) is None:
            return _read_start(fact.payload)[1]
        return start_of(read_content(fact, store))
    except (ValueError, OSError, IntegrityError):
        return None


def _check_depth(value: dict[str, Any] | list[Any], depth: int) -> None:
    if depth >= _MAX_DEPTH:
        raise ValueError(f"it is nested more than {_MAX_DEPTH} deep")
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, dict | list):
            _check_depth(each, depth + 1)
