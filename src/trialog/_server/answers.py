"""What goes back over HTTP: shapes as JSON, bytes as they are, errors with what to do."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from trialog._charts.encoding import Encoded
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
_COMPRESSED_BYTES = 1 << 10  # smaller ones do not gain
_LEVEL = 1
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
        data: its bytes; or what has them, and the same compressed.
        media_type: what they are.
        headers: what is to be said beside.
    """

    data: bytes | Encoded
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """Its bytes as they are."""
        return self.data.data if isinstance(self.data, Encoded) else self.data


def answer_of(value: Any, *, is_compressed: bool = False) -> Response:
    """The response that carries what a handler gave.

    Args:
        value: a shape, or what is no JSON.
        is_compressed: bytes that are kept compressed may come so.
    """
    if isinstance(value, Response):
        return value
    if isinstance(value, Raw):
        headers = dict(value.headers)
        if is_compressed and isinstance(value.data, Encoded):
            headers |= {"content-encoding": "gzip", "vary": "accept-encoding"}
            return Response(value.data.gzipped(), media_type=value.media_type, headers=headers)
        return Response(value.content, media_type=value.media_type, headers=headers)
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


def takes_gzip(request: Request) -> bool:
    """Whether an answer may come compressed."""
    return "gzip" in request.headers.get("accept-encoding", "")


def compressed(answer: Response) -> Response:
    """The same, smaller where that is worth it; quickly, for the network may be none at all."""
    body = bytes(answer.body)
    if len(body) < _COMPRESSED_BYTES or "content-encoding" in answer.headers:
        return answer
    answer.body = gzip.compress(body, _LEVEL, mtime=0)
    answer.headers["content-encoding"] = "gzip"
    answer.headers["content-length"] = str(len(answer.body))
    answer.headers["vary"] = "accept-encoding"
    return answer
