"""What goes back over HTTP: shapes as JSON, bytes as they are, errors with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.responses import Response

from trialog._server.shapes import Problem, Refusal
from trialog.errors import (
    InvalidTypeError,
    NotFoundError,
    RunFinishedError,
    StoreError,
    TrialogError,
    UsageError,
)

JSON = "application/json"
_ENCODER = msgspec.json.Encoder()
# the most telling first: a class stands before those it is made of
_CODES: tuple[tuple[type[TrialogError], int], ...] = (
    (RunFinishedError, 409),
    (NotFoundError, 404),
    (UsageError, 400),
    (InvalidTypeError, 400),
    (StoreError, 503),
    (TrialogError, 500),
)


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is no JSON.

    Attributes:
        data: its bytes.
        media_type: what they are.
        headers: what is to be said beside.
    """

    data: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


def answer_of(value: Any) -> Response:
    """The response that carries what a handler gave."""
    if isinstance(value, Response):
        return value
    if isinstance(value, Raw):
        return Response(value.data, media_type=value.media_type, headers=dict(value.headers))
    return Response(_ENCODER.encode(value), media_type=JSON, headers={"cache-control": "no-store"})


def refuse(status: int, kind: str, message: str, **more: Any) -> Response:
    """The response that says no."""
    refusal = Refusal(error=Problem(kind=kind, message=message, **more))
    return Response(_ENCODER.encode(refusal), status, media_type=JSON)


def refusal_of(error: TrialogError) -> Response:
    """The response that tells of one of our errors."""
    status = next(code for kind, code in _CODES if isinstance(error, kind))
    span = {name: getattr(error, name, None) for name in ("start", "end", "suggestion")}
    return refuse(status, type(error).__name__, str(error), **span)
