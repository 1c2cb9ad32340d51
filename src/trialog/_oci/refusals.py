"""What a registry says where it does not do what it was asked, and the errors made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import orjson

from trialog.errors import NotFoundError, RegistryError

MAX_REFUSAL_BYTES = 65_536
_MAX_SAID = 300
_STATUS_NOT_FOUND = 404
_STATUS_TOO_LARGE = 413
_UNAUTHORIZED = (401, 403)


class RefusedError(RegistryError):
    """A registry answered, and will not do it."""

    def __init__(self, text: str, refusal: Refusal) -> None:
        super().__init__(text)
        self.refusal = refusal


class Refusal(NamedTuple):
    """An answer that is none of those hoped for.

    Attributes:
        status: of HTTP.
        codes: the registry's own, as in ``MANIFEST_INVALID``.
        said: what it says of them, made fit for a message.
    """

    status: int
    codes: tuple[str, ...]
    said: str

    @classmethod
    def read(cls, status: int, headers: Mapping[str, str], body: bytes) -> Refusal:
        """Read an answer: the JSON of the distribution specification, or any short text."""
        try:
            content = orjson.loads(body)
            errors = content["errors"]
            errors = [each for each in errors if isinstance(each, dict)]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            is_text = headers.get("Content-Type", "").startswith("text/plain")
            return cls(status, (), fit(body.decode(errors="replace")) if is_text else "")
        codes = tuple(fit(str(each.get("code", ""))) for each in errors)
        said = [
            fit(
                ": ".join(
                    str(each[part]) for part in ("code", "message", "detail") if each.get(part)
                )
            )
            for each in errors
        ]
        return cls(status, codes, fit("; ".join(said)))

    def __str__(self) -> str:
        return f"{self.status}{': ' if self.said else ''}{self.said}"

    def error(self, asked: str, hint: str = "") -> NotFoundError | RefusedError:
        """The error to raise.

        Args:
            asked: what was asked for, as in ``reading the manifest host/name:tag``.
            hint: what to know where the registry wants to know who asks.
        """
        text = f"{asked}: the registry answers {self}"
        if self.status == _STATUS_NOT_FOUND:
            return NotFoundError(text)
        if self.status in _UNAUTHORIZED and hint:
            text += f" ({hint})"
        if self.status == _STATUS_TOO_LARGE:
            text += " (this is more than it takes in one piece)"
        return RefusedError(text, self)


def fit(text: str) -> str:
    """A server's text made fit for a message: one bounded line that no terminal obeys."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _MAX_SAID]).split())
    return line if len(line) <= _MAX_SAID else f"{line[:_MAX_SAID]}…"
