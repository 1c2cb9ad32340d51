"""Addresses of files that only this server can have made: what they name is signed.

A picture or a video is fetched by the browser itself, which sends no token; and what was logged may
be a page with scripts. So files have addresses of their own, that say all and give no other right.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

import orjson

_SIGNATURE_BYTES = 16
_MOST_BYTES = 8 << 10  # servers and proxies take no address of more than some 64 KiB
_KEPT = 64
_KEPT_MARK = b"\0"  # JSON does not begin so


@dataclass(frozen=True, slots=True)
class Tickets:
    """Makes and reads tickets.

    Attributes:
        key: what they are signed with; another server's tickets mean nothing here.
        kept: what is too long to stand in an address, by its digest: the latest few.
    """

    key: bytes
    kept: dict[bytes, bytes] = field(default_factory=dict, repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @classmethod
    def new(cls) -> Tickets:
        """With a key of its own."""
        return cls(secrets.token_bytes(32))

    def make(self, content: dict[str, Any]) -> str:
        """A ticket for something: fit to stand in an address.

        Example:
            >>> tickets = Tickets.new()
            >>> tickets.read(tickets.make({"sha256": "ab"}))
            {'sha256': 'ab'}
        """
        data = orjson.dumps(content)
        if len(data) > _MOST_BYTES:
            data = self._keep(data)
        return base64.urlsafe_b64encode(self._sign(data) + data).rstrip(b"=").decode()

    def read(self, ticket: str) -> dict[str, Any] | None:
        """What a ticket is for; None where it was not made here."""
        try:
            found = base64.urlsafe_b64decode(ticket.encode() + b"=" * (-len(ticket) % 4))
        except ValueError:
            return None
        signature, data = found[:_SIGNATURE_BYTES], found[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(data)):
            return None
        if data.startswith(_KEPT_MARK):
            data = self.kept.get(data, b"null")
        content: dict[str, Any] | None = orjson.loads(data)
        return content

    def _keep(self, data: bytes) -> bytes:
        digest = _KEPT_MARK + hashlib.sha256(data).digest()
        with self._lock:
            self.kept.pop(digest, None)
            self.kept[digest] = data
            while len(self.kept) > _KEPT:
                del self.kept[next(iter(self.kept))]
        return digest

    def _sign(self, data: bytes) -> bytes:
        return hmac.digest(self.key, data, hashlib.sha256)[:_SIGNATURE_BYTES]
