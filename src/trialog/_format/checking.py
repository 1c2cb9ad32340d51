"""What the contents of facts must be: checked before anybody believes another writer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from trialog._format.facts import Cancel, Start
from trialog._format.records import FORMAT_VERSION, Kind

_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_digest(text: object) -> bool:
    """Whether this is a SHA-256 digest as we write it; nothing else may become a path."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


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


def cancel_of(content: Mapping[str, Any]) -> Cancel:
    """A request to stop.

    Raises:
        ValueError: it is none.
    """
    for name, is_right in _CANCEL.items():
        if not is_right(content.get(name)):
            raise ValueError(f"its {name!r} is {str(content.get(name))[:80]!r}")
    return Cancel.from_json(dict(content))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_none(value: object) -> bool:
    return value is None or isinstance(value, str)


def is_int64(value: object) -> TypeGuard[int]:
    """Whether this is an integer that 64 bits hold."""
    return type(value) is int and -(2**63) <= value < 2**63


def _is_int64_or_none(value: object) -> bool:
    return value is None or is_int64(value)


def _is_size(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _is_blob(value: object) -> bool:
    return (
        isinstance(value, dict)
        and is_digest(value.get("sha256"))
        and _is_size(value.get("size_bytes"))
        and isinstance(value.get("media_type"), str)
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


_START: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(("writer", "run", "role", "namespace", "project"), _is_text),
    **dict.fromkeys(("namespace_name", "project_name", "name", "user"), _is_text),
    **dict.fromkeys(("boot", "host", "machine", "python", "trialog"), _is_text),
    **dict.fromkeys(("description", "parent", "experiment", "subject"), _is_text_or_none),
    **dict.fromkeys(("attempt", "created_ns", "pid", "process_start", "pid_namespace"), is_int64),
    **dict.fromkeys(("rank", "local_rank", "world_size", "number"), _is_int64_or_none),
    "kind": lambda value: value in ("run", "experiment"),
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
    "step": _is_int64_or_none,
    "codec": _is_text_or_none,
}
_OPTIONAL = frozenset({"step", "codec"})
_CANCEL = {"by": _is_text, "reason": _is_text_or_none, "signal": _is_text_or_none}


def _check_attachment(content: Mapping[str, Any]) -> None:
    for name, is_right in _ATTACHMENT.items():
        if not is_right(content.get(name)) and not (name in _OPTIONAL and name not in content):
            raise ValueError(f"its {name!r} is {str(content.get(name))[:80]!r}")


def _check_value(content: Mapping[str, Any]) -> None:
    if not isinstance(content.get("values"), dict):
        raise ValueError("it holds no values")  # noqa: TRY004 # unreadable is one thing here
    if "step" not in content or not _is_int64_or_none(content["step"]):
        raise ValueError(f"its step is {str(content.get('step'))[:80]!r}")


def _check_console(content: Mapping[str, Any]) -> None:
    lines = content.get("lines")
    if not isinstance(content.get("stream"), str) or not isinstance(lines, list):
        raise ValueError("it holds no lines")  # noqa: TRY004 # as above
    for line in lines:
        if not (isinstance(line, list) and len(line) == 2):  # noqa: PLR2004 # time and text
            raise ValueError(f"a line is {str(line)[:80]!r}")
        if not (is_int64(line[0]) and isinstance(line[1], str)):
            raise ValueError(f"a line is {str(line)[:80]!r}")


def _check_texts(*names: str) -> Callable[[Mapping[str, Any]], None]:
    """A check of a payload whose values, but for a few, are text or null."""

    def check(content: Mapping[str, Any]) -> None:
        for name in names:
            if not _is_text(content.get(name)):
                raise ValueError(f"its {name!r} is {str(content.get(name))[:80]!r}")

    return check


def _check_start(content: Mapping[str, Any]) -> None:
    start_of(content)


_SOLVE: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(("adapter", "status"), _is_text),
    "name": _is_text_or_none,
    "kind": lambda value: value in (None, "solve", "sample"),
    "options": lambda value: value is None or isinstance(value, dict),
    "input": _is_blob,
    **dict.fromkeys(("output", "diagnostics"), lambda value: value is None or _is_blob(value)),
    "objective": lambda value: value is None or type(value) in (int, float),
    **dict.fromkeys(("began_ns", "duration_ns"), is_int64),
    "exception": lambda value: value is None or isinstance(value, dict),
}
_COMMIT: dict[str, Callable[[object], bool]] = {
    "digest": lambda value: (
        isinstance(value, str)
        and value.startswith("sha256:")
        and is_digest(value.removeprefix("sha256:"))
    ),
    "size_bytes": _is_size,
    "artifact_bytes": lambda value: value is None or _is_size(value),
    "source": _is_text_or_none,
}

_VIEW: dict[str, Callable[[object], bool]] = {
    "name": _is_text,
    "content": lambda value: value is None or isinstance(value, dict),
}


def _check_each(
    rules: Mapping[str, Callable[[object], bool]],
) -> Callable[[Mapping[str, Any]], None]:
    """A check of a payload by a rule for each of its keys."""

    def check(content: Mapping[str, Any]) -> None:
        for name, is_right in rules.items():
            if not is_right(content.get(name)):
                raise ValueError(f"its {name!r} is {str(content.get(name))[:80]!r}")

    return check


def _check_cancel(content: Mapping[str, Any]) -> None:
    cancel_of(content)


CHECKS: dict[Kind, Callable[[Mapping[str, Any]], None]] = {
    Kind.START: _check_start,
    Kind.VALUE: _check_value,
    Kind.ATTACHMENT: _check_attachment,
    Kind.CONSOLE: _check_console,
    Kind.ALERT: _check_texts("title"),
    Kind.WITNESSED: _check_texts("writer"),
    Kind.CANCEL: _check_cancel,
    Kind.SOLVE: _check_each(_SOLVE),
    Kind.COMMIT: _check_each(_COMMIT),
    Kind.VIEW: _check_each(_VIEW),
}
