"""Who may ask: the token, the names this server answers to, and what a page may do.

The server listens on loopback, where every page in the user's browser can send requests to. So a
request must name this server (no DNS rebinding), must not come from another page, and must carry
the token, which no other page can read.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trialog._server.answers import refuse

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'{script_hashes}; style-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; "
    "frame-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask.

    Attributes:
        token: what an API request must carry.
        hosts: the names, with port, that the server answers to; none for any, behind a proxy that
            checks them.
    """

    token: str
    hosts: frozenset[str]

    @classmethod
    def on(cls, token: str, host: str, port: int) -> Access:
        """Of a server at an address: it answers to this and, on loopback, its names."""
        names = {host}
        if is_loopback(host):
            names |= {"127.0.0.1", "localhost", "[::1]"}
        return cls(token, frozenset(f"{name}:{port}" for name in names))

    def knows(self, host: str) -> bool:
        """Whether a request's host is this server."""
        return not self.hosts or host.lower() in self.hosts

    def allows(self, authorization: str) -> bool:
        """Whether a header carries the token."""
        return hmac.compare_digest(authorization.encode(), f"Bearer {self.token}".encode())


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    return host in ("localhost", "::1", "[::1]") or host.startswith("127.")


class Guard:
    """Lets only those requests through that may be answered; adds what every answer says."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        """Stand before an application."""
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope["path"], headers)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    answered.setdefault(name, value)
            await send(message)

        if refusal is not None:
            status, message = refusal
            answer = refuse(status, "Forbidden", message)
            await answer(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)

    def _refusal(self, path: str, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if not self._access.knows(host):
            return 421, f"this server does not answer to {host!r}"
        origin = headers.get("origin")
        if origin is not None and not self._is_own(origin, host):
            return 403, f"pages of {origin} may not use this server"
        if headers.get("sec-fetch-site", "same-origin") not in _OWN_SITES and not is_page(path):
            return 403, "pages of other sites may not use this server"
        if path.startswith("/api/") and not self._access.allows(headers.get("authorization", "")):
            return 401, "the token is missing or wrong: open the address that `trialog ui` prints"
        return None

    def _is_own(self, origin: str, host: str) -> bool:
        return origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


_OWN_SITES: Iterable[str] = frozenset({"same-origin", "none"})


def is_page(path: str) -> bool:
    """Whether an address is one of pages, to which other sites may link."""
    return not path.startswith(("/api/", "/files/", "/exports/", "/assets/"))
