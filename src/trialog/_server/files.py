"""The bytes of attachments and consoles: checked, in parts, and never as a page of ours.

What was logged may be anything: a page with scripts, a picture that says it is one. So every answer
has a policy that lets it do nothing, is never sniffed, and is saved rather than opened where a
browser might run it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from trialog._journals.blobs import hash_blob
from trialog._public.fetching import fetch_blob
from trialog._reading import RunRecord, resolve
from trialog._reading.console import ConsoleWish
from trialog._server.answers import refusal_of, refuse
from trialog._server.store import Store
from trialog.errors import IntegrityError, NotFoundError, TrialogError

POLICY = (
    "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; "
    "style-src 'unsafe-inline'; frame-ancestors 'self'"
)
_CHUNK_BYTES = 1 << 18
_TYPE = re.compile(r"[a-z0-9][\w.+-]*/[a-z0-9][\w.+-]*", re.IGNORECASE | re.ASCII)
# what a browser shows and cannot run
_HARMLESS = re.compile(
    r"image/(?:png|jpeg|gif|webp|bmp|avif|apng)|audio/.*|video/.*|text/plain", re.ASCII
)
_PAGES = ("text/html", "application/xhtml+xml")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
_OCTETS = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Portion:
    """Which bytes of a file are sent.

    Attributes:
        start, stop: the first one, and the one after the last.
        size: of the whole file.
    """

    start: int
    stop: int
    size: int

    @property
    def is_all(self) -> bool:
        """Whether it is the whole file."""
        return self.stop - self.start == self.size


class Files:
    """Serves what tickets name."""

    def __init__(self, store: Store) -> None:
        """Of a store."""
        self._store = store

    async def serve(self, request: Request) -> Response:
        """The file that a ticket is for, or a part of it."""
        ticket = self._store.tickets.read(request.path_params["ticket"])
        if ticket is None or not ("sha256" in ticket or "console" in ticket):
            return refuse(404, "NotFoundError", "there is no such file; reload the page")
        try:
            if "console" in ticket:
                return await run_in_threadpool(self._console, ticket)
            path = await run_in_threadpool(self.path_of, ticket)
        except TrialogError as error:
            return refusal_of(error)
        return _answer(request, path, ticket)

    def path_of(self, ticket: dict[str, str | int]) -> Path:
        """Where the bytes lie, once they are there and are what was logged."""
        digest, size = str(ticket["sha256"]), int(ticket["size"])
        if self._store.catalog.store.blob(digest).exists():
            return checked_blob(self._store, None, digest, size)
        record = resolve(
            self._store.catalog,
            str(ticket["run"]),
            namespace=str(ticket["namespace"]),
            project=str(ticket["project"]),
            is_id=True,
        )
        return checked_blob(self._store, record, digest, size)

    def _console(self, ticket: dict[str, str | int]) -> Response:
        catalog = self._store.catalog
        record = resolve(
            catalog,
            str(ticket["console"]),
            namespace=str(ticket["namespace"]),
            project=str(ticket["project"]),
            is_id=True,
        )
        wish = ConsoleWish.parse(
            stream=ticket.get("stream"), rank=ticket.get("rank"), attempt=ticket.get("attempt")
        )
        log = self._store.consoles.log_of(catalog, record.place, wish)
        name = f"{record.name}.log"
        return StreamingResponse(
            (f"{text}\n".encode() for text in log.texts()),
            media_type="text/plain; charset=utf-8",
            headers={
                "content-security-policy": POLICY,
                "content-disposition": disposition(name, is_shown=False),
                "cache-control": "no-store",
            },
        )


def checked_blob(store: Store, record: RunRecord | None, digest: str, size_bytes: int) -> Path:
    """Where a blob's bytes lie, once they are there and are what was logged.

    Args:
        store: the store.
        record: the run that it belongs to, whose experiment may keep it elsewhere; None where it
            is in the store.
        digest: its SHA-256.
        size_bytes: its size.

    Raises:
        IntegrityError: it is missing, or damaged.
        RegistryError, NotFoundError: it cannot be fetched.
    """
    if record is not None:
        fetch_blob(store.catalog, record.place, record.experiment, digest, size_bytes)
    path = store.catalog.store.blob(digest)
    try:
        status = path.stat()
    except FileNotFoundError:
        raise IntegrityError(f"the blob {digest} is missing from the store") from None
    if _digest(path, status.st_mtime_ns, status.st_size, status.st_ino) != digest:
        raise IntegrityError(f"the blob {digest} is damaged: its bytes are other ones")
    return path


def disposition(name: str, *, is_shown: bool) -> str:
    """How a file is called when it is saved, and whether it is shown instead.

    Example:
        >>> print(disposition('a "b".txt', is_shown=False))
        attachment; filename="a _b_.txt"; filename*=UTF-8''a%20%22b%22.txt
    """
    plain = re.sub(r"[^A-Za-z0-9 ._-]", "_", name)[:150].strip() or "file"
    kind = "inline" if is_shown else "attachment"
    quoted = quote(name[:200], safe="", errors="replace")
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quoted}"


def portion_of(header: str | None, size: int) -> Portion | None:
    """The part of a file that a ``Range`` header asks for; None for one that is not there.

    All of it where nothing is asked for, or several parts are, or what is asked is no range.

    Example:
        >>> portion_of("bytes=2-3", 10), portion_of("bytes=10-", 10)
        (Portion(start=2, stop=4, size=10), None)
    """
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or found[0] == "bytes=-":
        return Portion(0, size, size)
    first, last = found[1], found[2]
    if not first:
        start, stop = max(0, size - int(last[:20])), size
    else:
        start = int(first[:20])
        stop = min(int(last[:20]) + 1, size) if last else size
        if last and int(last[:20]) < start:
            return Portion(0, size, size)
    return Portion(start, stop, size) if start < stop else None


def _answer(request: Request, path: Path, ticket: dict[str, str | int]) -> Response:
    kind = str(ticket["type"]).partition(";")[0].strip().lower()
    kind = kind if _TYPE.fullmatch(kind) else _OCTETS
    tag = f'"{ticket["sha256"]}"'
    is_framed = kind in _PAGES and request.headers.get("sec-fetch-dest") == "iframe"
    is_shown = is_framed or _HARMLESS.fullmatch(kind) is not None
    headers = {
        "content-security-policy": POLICY,
        "content-disposition": disposition(str(ticket["name"]), is_shown=is_shown),
        "cache-control": "private, max-age=31536000, immutable",
        "accept-ranges": "bytes",
        "etag": tag,
        "vary": "sec-fetch-dest",
        "content-type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    wanted = request.headers.get("range")
    if request.headers.get("if-range", tag) != tag:
        wanted = None
    size = path.stat().st_size
    portion = portion_of(wanted, size)
    if portion is None:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{size}"})
    headers["content-length"] = str(portion.stop - portion.start)
    status = 200
    if wanted and not portion.is_all:
        status = 206
        headers["content-range"] = f"bytes {portion.start}-{portion.stop - 1}/{size}"
    return StreamingResponse(_bytes(path, portion), status, headers)


def _bytes(path: Path, portion: Portion) -> Iterator[bytes]:
    """A part of a file, in constant memory."""
    with path.open("rb") as file:
        file.seek(portion.start)
        left = portion.stop - portion.start
        while left > 0 and (data := file.read(min(_CHUNK_BYTES, left))):
            left -= len(data)
            yield data


@lru_cache(maxsize=4096)
def _digest(path: Path, mtime_ns: int, size_bytes: int, inode: int) -> str:
    """The digest of a file's bytes; the rest tells its versions apart."""
    del mtime_ns, size_bytes, inode
    try:
        return hash_blob(path)
    except OSError as error:
        raise NotFoundError(f"{str(path)!r} cannot be read: {error}") from error
