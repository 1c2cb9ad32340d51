"""HTTP to one registry: requests that are repeated, authorized, redirected and bounded."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NoReturn, Protocol
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from trialog._oci.failures import (
    InterruptedTransferError,
    asked_pause_s,
    is_passing,
    is_unmet,
    reason,
)
from trialog._oci.refusals import MAX_REFUSAL_BYTES, Refusal, fit
from trialog._oci.tokens import Authorizer, Scope, TokenAnswer
from trialog._version import __version__
from trialog.errors import IntegrityError, RegistryError

BLOCK_BYTES = 1 << 20  # what is read and sent at once; the 8 KiB of http.client are slow
ATTEMPTS = 5
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 60.0
_CONNECT_TIMEOUT_S = 10.0
_MAX_REDIRECTS = 5
_MAX_CHALLENGES = 2  # a token that has ended, and one of too small a scope
_MAX_TOKEN_BYTES = 1 << 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_UNAUTHORIZED = 401


class SizedBlocks(Protocol):
    """What is sent block by block, as large as the blocks are; its length is known before."""

    def __len__(self) -> int:
        """How many bytes there are."""

    def __iter__(self) -> Iterator[bytes]:
        """All of them, in blocks."""


Body = bytes | Callable[[], SizedBlocks]
"""What is sent: bytes, or what gives them in blocks, again for each attempt."""


class _Unsigned(requests.auth.AuthBase):
    """No authorization but ours: without this, requests sends what ``~/.netrc`` holds."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class Transport:
    """Sends requests to one registry, and to where it redirects them."""

    def __init__(
        self,
        base: str,
        *,
        connections: int,
        timeout_s: float,
        pause: Callable[[float], object] = time.sleep,
        is_proxied: bool = True,
    ) -> None:
        """Connect to nothing yet.

        Args:
            base: the registry's address, as in ``https://ghcr.io``.
            connections: how many are kept open at once.
            timeout_s: for how long an answer may stay away.
            pause: waits so many seconds.
            is_proxied: whether the environment's proxies and certificates count.
        """
        self.base = base
        self.host = urlsplit(base).netloc
        self.is_plain = base.startswith("http://")
        self.authorizer: Authorizer | None = None
        self._pause = pause
        self._connect_timeout_s = min(_CONNECT_TIMEOUT_S, timeout_s)
        self._timeout_s = timeout_s
        self._has_answered = False
        self._session = requests.Session()
        self._session.trust_env = is_proxied
        self._session.headers.update(
            {"User-Agent": f"trialog/{__version__}", "Accept-Encoding": "identity"}
        )
        for scheme in ("https://", "http://"):
            self._session.mount(
                scheme, HTTPAdapter(pool_connections=4, pool_maxsize=connections, max_retries=0)
            )

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    def send(
        self,
        method: str,
        address: str,
        *,
        asked: str,
        repository: str,
        scope: Scope,
        expected: Collection[int],
        headers: Mapping[str, str] | None = None,
        body: Body = b"",
        may_repeat: bool = True,
        longer_s: float = 0.0,
    ) -> requests.Response:
        """Ask, until there is an answer.

        Args:
            method: of HTTP.
            address: a path of the registry, or a whole address that it gave.
            asked: what is done, for messages.
            repository: whose credentials to use.
            scope: what has to be allowed.
            expected: the statuses that are no refusal.
            headers: more headers.
            body: what is sent.
            may_repeat: whether sending it twice does no harm; if not, the caller hears of it.
            longer_s: how much longer than usual the answer may stay away.

        Returns:
            The answer, its body not read yet: give it to :meth:`take`, or close it.

        Raises:
            InterruptedTransferError: it may be asked again, and the caller has to say so.
            NotFoundError: there is no such thing.
            RegistryError: the registry refuses, or cannot be reached.
        """
        url = self.checked(address, self.base, asked)
        for _ in range(_MAX_REDIRECTS + 1):
            response = self._send_authorized(
                method,
                url,
                asked,
                repository,
                scope,
                dict(headers or {}),
                body,
                may_repeat,
                longer_s,
            )
            if response.status_code not in _REDIRECTS:
                break
            location = response.headers.get("Location", "")
            response.close()
            if method not in ("GET", "HEAD"):
                raise RegistryError(f"{asked}: {self.host} sends {method} on to {fit(location)!r}")
            url = self.checked(location, url, asked)
        else:
            raise RegistryError(f"{asked}: {self.host} redirects more than {_MAX_REDIRECTS} times")
        if response.status_code in expected:
            return response
        refusal = self.refusal(response)
        if refusal.status in _TRANSIENT:
            wait_s = asked_pause_s(response.headers)
            raise InterruptedTransferError(f"{asked}: {self.host} answers {refusal}", wait_s)
        is_signed = self.authorizer is not None and refusal.status in (_UNAUTHORIZED, 403)
        hint = self.authorizer.hint(repository) if self.authorizer and is_signed else ""
        raise refusal.error(asked, hint)

    def checked(self, address: str, base: str, asked: str) -> str:
        """A whole address that may be asked, of one that a server gave.

        Raises:
            RegistryError: it is none, or leads from https to plain http.
        """
        try:
            url = urljoin(base, address)
            parts = urlsplit(url)
            is_address = bool(parts.hostname) and parts.username is None and parts.port != 0
        except ValueError:
            is_address = False
        if not address or not is_address or parts.scheme not in ("http", "https"):
            raise RegistryError(f"{asked}: {self.host} names {fit(address)!r} as an address")
        if parts.scheme == "http" and not base.startswith("http://"):
            raise RegistryError(
                f"{asked}: {self.host} leads from https to plain http, {fit(parts.netloc)!r}; this "
                "is not followed"
            )
        return url

    def is_own(self, url: str) -> bool:
        """Whether an address is the registry's own."""
        return _origin(url) == _origin(self.base)

    def take(self, response: requests.Response, limit_bytes: int, asked: str) -> bytes:
        """A whole body, and the connection free again.

        Raises:
            IntegrityError: it is larger than the limit.
            InterruptedTransferError: the connection broke.
        """
        data = bytearray()
        try:
            for piece in self.pieces(response, asked):
                data += piece
                if len(data) > limit_bytes:
                    raise IntegrityError(
                        f"{asked}: {self.host} sends more than the {limit_bytes} bytes that this "
                        "may have"
                    )
        except requests.RequestException as error:
            raise InterruptedTransferError(f"{asked}: {reason(error, self.host)}") from None
        finally:
            response.close()
        return bytes(data)

    def pieces(
        self, response: requests.Response, asked: str, piece_bytes: int = BLOCK_BYTES
    ) -> Iterator[bytes]:
        """A body in pieces; of one that is cut off, the last piece is lost."""
        coding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if coding not in ("identity", ""):
            response.close()
            raise RegistryError(f"{asked}: {self.host} answers in {fit(coding)!r}, unasked")
        return response.iter_content(piece_bytes)

    def finish(self, response: requests.Response) -> None:
        """Read a body that says nothing, so that the connection can be used again."""
        self.refusal(response)

    def refusal(self, response: requests.Response) -> Refusal:
        """What an answer says that is none of those hoped for; its body is read."""
        said = b""
        try:
            for piece in self.pieces(response, ""):
                said += piece
                if len(said) > MAX_REFUSAL_BYTES:
                    break
        except (requests.RequestException, RegistryError):
            pass  # the status says enough
        finally:
            response.close()
        return Refusal.read(response.status_code, response.headers, said[:MAX_REFUSAL_BYTES])

    def wait(self, attempt: int, wait_s: float | None) -> None:
        """Wait before asking again: as long as the registry says, else longer each time.

        Raises:
            RegistryError: it says a time that is too long to wait.
        """
        if wait_s is not None and wait_s > _LONGEST_PAUSE_S:
            raise RegistryError(f"{self.host} asks to come back in {wait_s:.0f} seconds")
        spread = random.uniform(0.75, 1.25)  # noqa: S311 # so that many do not come back at once
        self._pause(wait_s if wait_s is not None else _FIRST_PAUSE_S * 2**attempt * spread)

    def fetch_token(
        self,
        realm: str,
        parameters: list[tuple[str, str]],
        headers: Mapping[str, str],
        is_post: bool,
    ) -> TokenAnswer:
        """Ask a realm for a token: redirects are not followed, as the password would be."""
        asked = f"asking {urlsplit(realm).netloc} for a token for {self.host}"
        if is_post:
            response = self._exchange(
                "POST", realm, asked, dict(headers), b"", True, form=parameters
            )
        else:
            response = self._exchange(
                "GET", realm, asked, dict(headers), b"", True, parameters=parameters
            )
        body = self.take(response, _MAX_TOKEN_BYTES, asked)
        return TokenAnswer(response.status_code, response.headers, body)

    def _send_authorized(
        self,
        method: str,
        url: str,
        asked: str,
        repository: str,
        scope: Scope,
        headers: dict[str, str],
        body: Body,
        may_repeat: bool,
        longer_s: float,
    ) -> requests.Response:
        """Send with what the registry wants to know; to another host, without."""
        authorizer = self.authorizer if self.is_own(url) else None
        for challenges in range(_MAX_CHALLENGES + 1):
            header = authorizer.header(repository, scope) if authorizer is not None else None
            if header is not None:
                headers["Authorization"] = header
            response = self._exchange(
                method, url, asked, headers, body, may_repeat, longer_s=longer_s
            )
            if response.status_code != _UNAUTHORIZED or authorizer is None:
                return response
            asked_for = response.headers.get("WWW-Authenticate", "")
            is_last = challenges == _MAX_CHALLENGES
            try:
                is_hopeless = is_last or not authorizer.take_up(
                    asked_for, repository, scope, header
                )
            except BaseException:
                response.close()
                raise
            if is_hopeless:
                return response
            self.finish(response)
        raise AssertionError("the last round returns")

    def _exchange(
        self,
        method: str,
        url: str,
        asked: str,
        headers: dict[str, str],
        body: Body,
        may_repeat: bool,
        *,
        longer_s: float = 0.0,
        parameters: list[tuple[str, str]] | None = None,
        form: list[tuple[str, str]] | None = None,
    ) -> requests.Response:
        """One request and its answer, repeated where that helps and does no harm."""
        for attempt in range(ATTEMPTS):
            is_last = attempt == ATTEMPTS - 1 or not may_repeat
            wait_s = None
            try:
                response = self._session.request(
                    method,
                    url,
                    params=parameters,
                    data=form or (body() if callable(body) else body) or None,
                    headers=headers,
                    auth=_Unsigned(),
                    timeout=(self._connect_timeout_s, self._timeout_s + longer_s),
                    stream=True,
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                if is_last or not self._may_help(error):
                    self._raise(error, asked)
            else:
                self._has_answered = True
                if is_last or response.status_code not in _TRANSIENT:
                    return response
                wait_s = asked_pause_s(response.headers)
                self.finish(response)
            self.wait(attempt, wait_s)
        raise AssertionError("the last attempt returns or raises")

    def _may_help(self, error: requests.RequestException) -> bool:
        """Whether asking again may help: not where nobody ever answered."""
        return is_passing(error) and (self._has_answered or not is_unmet(error))

    def _raise(self, error: requests.RequestException, asked: str) -> NoReturn:
        text = f"{asked}: {reason(error, self.host)}"
        if self._may_help(error):
            raise InterruptedTransferError(text) from None
        raise RegistryError(text) from None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    default = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default
