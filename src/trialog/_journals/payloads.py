"""What facts say, checked: whatever a journal claims, what is taken has the types we expect.

A record's checksum says that its bytes are what was written, not that a sane program wrote them. So
nothing beyond this module has to ask whether a payload is an object, or a step fits 64 bits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from trialog._format.decoding import Fact
from trialog._format.facts import Start, spilled_to
from trialog._format.folders import StoreFolder
from trialog._format.records import FORMAT_VERSION, Kind
from trialog._format.values import load_json
from trialog._journals.blobs import read_blob
from trialog.errors import IntegrityError

_DIGEST = re.compile(r"[0-9a-f]{64}")
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


def is_digest(text: object) -> bool:
    """Whether this is a SHA-256 digest as we write it; nothing else may become a path."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def read_content(fact: Fact, store: StoreFolder) -> dict[str, Any]:
    """The content of a fact, read from its blob where the payload was too large for a record.

    Raises:
        ValueError: it is not what facts of its kind hold.
        IntegrityError: the blob is missing or damaged.
        OSError: the blob cannot be read.
    """
    digest = digest_of(fact)
    content = load_json(fact.payload if digest is None else read_blob(store, digest))
    if not isinstance(content, dict):
        raise ValueError("it is not an object")  # noqa: TRY004 # unreadable is one thing here
    if not _PLAIN.issuperset(map(type, content.values())):
        _check_depth(content, 0)
    check = _CHECKS.get(fact.kind)
    if check is not None:
        check(content)
    return content


def start_in(fact: Fact | None, store: StoreFolder) -> Start | None:
    """The first record that a journal's first fact is, or None where it is not readable as one."""
    if fact is None or fact.kind is not Kind.START:
        return None
    try:
        return start_of(read_content(fact, store))
    except (ValueError, OSError, IntegrityError):
        return None


def start_of(content: Mapping[str, Any]) -> Start:
    """A first record. One in a newer format keeps what can be understood.

    Raises:
        ValueError: it is none.
    """
    version = content.get("format", FORMAT_VERSION)
    is_newer = type(version) is int and version > FORMAT_VERSION
    taken: dict[str, Any] = {"writer": "", "run": "", "role": "run", "namespace": "", "project": ""}
    for name, is_right in _START.items():
        if name in content and is_right(content[name]):
            taken[name] = content[name]
        elif not is_newer and (name in content or name in taken):
            raise ValueError(f"the first record's {name!r} is {str(content.get(name))[:80]!r}")
    return Start(**taken)


def _check_depth(value: object, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise ValueError(f"it is nested more than {_MAX_DEPTH} deep")
    if isinstance(value, dict):
        for each in value.values():
            _check_depth(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _check_depth(each, depth + 1)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_none(value: object) -> bool:
    return value is None or isinstance(value, str)


def is_int64(value: object) -> TypeGuard[int]:
    """Whether this is an integer that 64 bits hold."""
    return type(value) is int and -(2**63) <= value < 2**63


def _is_step(value: object) -> bool:
    return value is None or is_int64(value)


def _is_size(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


_START: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(("writer", "run", "role", "namespace", "project"), _is_text),
    **dict.fromkeys(("namespace_name", "project_name", "name", "user"), _is_text),
    **dict.fromkeys(("boot", "host", "machine", "python", "trialog"), _is_text),
    **dict.fromkeys(("description", "parent"), _is_text_or_none),
    **dict.fromkeys(("attempt", "created_ns", "pid", "process_start", "pid_namespace"), is_int64),
    "status": lambda value: value in ("PENDING", "RUNNING"),
    "tags": _are_texts,
    "format": is_int64,
}
_ATTACHMENT: dict[str, Callable[[object], bool]] = {
    "name": _is_text,
    "sha256": is_digest,
    "size_bytes": _is_size,
    "media_type": _is_text,
    "filename": _is_text,
    "step": _is_step,
    "codec": _is_text_or_none,
}
_OPTIONAL = frozenset({"step", "codec"})


def _check_attachment(content: Mapping[str, Any]) -> None:
    for name, is_right in _ATTACHMENT.items():
        if not is_right(content.get(name)) and not (name in _OPTIONAL and name not in content):
            raise ValueError(f"its {name!r} is {str(content.get(name))[:80]!r}")


def _check_value(content: Mapping[str, Any]) -> None:
    if not isinstance(content.get("values"), dict):
        raise ValueError("it holds no values")  # noqa: TRY004 # unreadable is one thing here
    if "step" not in content or not _is_step(content["step"]):
        raise ValueError(f"its step is {str(content.get('step'))[:80]!r}")


def _check_start(content: Mapping[str, Any]) -> None:
    start_of(content)


_CHECKS: dict[Kind, Callable[[Mapping[str, Any]], None]] = {
    Kind.START: _check_start,
    Kind.VALUE: _check_value,
    Kind.ATTACHMENT: _check_attachment,
}
