"""Saying who asks: Basic and Bearer, each only once the registry has asked for it.

Tokens follow the distribution specification's token flow: the challenge names a realm, which
gives a token for scopes such as ``repository:team/name:pull,push``. The credentials of a registry
go to the registry itself and to the realm it names, which has to be https unless the registry is
spoken to over plain http; they go nowhere else.
"""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import orjson

from trialog._oci.challenges import Challenge, parse_challenges
from trialog._oci.credentials import Credentials, Found
from trialog._oci.refusals import Refusal, fit
from trialog.errors import RegistryError

Scope = frozenset[tuple[str, str]]
"""Pairs of a resource and what is done with it: ``("repository:team/name", "pull")``."""

CLIENT_ID = "trialog"
_DEFAULT_LIFE_S = 60.0  # what a token without a word about it is good for
_MARGIN_S = 10.0  # a token is renewed so long before its end
_TOKEN = re.compile(r"[!-~]{1,65536}")  # what a header may hold
_STATUS_OK = 200


class TokenAnswer(NamedTuple):
    """What a realm answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


FetchToken = Callable[[str, list[tuple[str, str]], Mapping[str, str], bool], TokenAnswer]
"""Asks a realm: its address, the parameters, the headers, and whether it is a POST."""


class _Token(NamedTuple):
    scope: Scope
    header: str
    ends_s: float


def scope_of(repository: str, *actions: str) -> Scope:
    """The scope of actions on a repository: ``pull``, ``push``, ``delete``."""
    return frozenset((f"repository:{repository}", action) for action in actions)


class Authorizer:
    """Gives requests to one registry their ``Authorization``."""

    def __init__(
        self,
        registry: str,
        find: Callable[[str], Found],
        fetch: FetchToken,
        *,
        is_plain: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start without knowing what the registry wants.

        Args:
            registry: its host, for messages.
            find: finds the credentials for a repository.
            fetch: asks a realm for a token.
            is_plain: whether the registry is spoken to over plain http.
            clock: seconds that only go forward.
        """
        self._registry = registry
        self._find = find
        self._fetch = fetch
        self._is_plain = is_plain
        self._clock = clock
        self._lock = threading.RLock()
        self._found: dict[str, Found] = {}
        self._challenge: Challenge | None = None
        self._tokens: list[_Token] = []

    def header(self, repository: str, scope: Scope) -> str | None:
        """The ``Authorization`` for a request; None as long as the registry asked for none."""
        with self._lock:
            if self._challenge is None:
                return None
            if self._challenge.scheme == "basic":
                return self._basic(repository)
            return self._known(scope) or self._renew(repository, scope)

    def take_up(self, asked: str, repository: str, scope: Scope, refused: str | None) -> bool:
        """Do what a 401 asks for.

        Args:
            asked: its ``WWW-Authenticate``.
            repository: whose credentials to use.
            scope: what is to be done.
            refused: the ``Authorization`` that was not enough.

        Returns:
            Whether there is something new to say, so that asking again is worthwhile.
        """
        challenges = {each.scheme: each for each in reversed(parse_challenges(asked))}
        with self._lock:
            self._tokens = [each for each in self._tokens if each.header != refused]
            if refused is not None:  # somebody may have logged in again meanwhile
                self._found.pop(repository, None)
            self._challenge = challenges.get("bearer") or challenges.get("basic")
            if self._challenge is None:
                return False
            if self._challenge.scheme == "basic":
                return self._basic(repository) not in (None, refused)
            scope |= _parse_scope(self._challenge.parameters.get("scope", ""))
            if self._known(scope) is None:  # else another thread was faster
                self._renew(repository, scope)
            return True

    def hint(self, repository: str) -> str:
        """Where the credentials come from, for the message of a refusal."""
        with self._lock:
            found = self._credentials(repository)
        if found.credentials is not None:
            who = found.credentials.username
            named = f" of {fit(who)!r}" if who else ""
            return f"with the credentials{named} from {found.credentials.origin}"
        places = ", ".join(found.places) or "no file"
        return (
            f"no credentials for {self._registry} were found, looked at: {places}; log in with "
            f"'docker login {self._registry}' or 'podman login {self._registry}'"
        )

    def _credentials(self, repository: str) -> Found:
        found = self._found.get(repository) or self._find(repository)
        if found.credentials is not None:  # else somebody may log in
            self._found[repository] = found
        return found

    def _basic(self, repository: str) -> str | None:
        credentials = self._credentials(repository).credentials
        if credentials is None or credentials.identity_token is not None:
            return None
        return _basic_header(credentials)

    def _known(self, scope: Scope) -> str | None:
        """A token that is good for a scope, and for a while."""
        now_s = self._clock()
        self._tokens = [each for each in self._tokens if each.ends_s > now_s]
        return next((each.header for each in self._tokens if scope <= each.scope), None)

    def _renew(self, repository: str, scope: Scope) -> str:
        """A new token of the realm that the last challenge named."""
        assert self._challenge is not None  # noqa: S101 # header() looked
        said = self._challenge.parameters
        realm = self._checked_realm(said.get("realm", ""))
        parameters = [("service", said["service"])] if "service" in said else []
        parameters += [("scope", each) for each in _write_scope(scope)]
        credentials = self._credentials(repository).credentials
        headers: dict[str, str] = {}
        token = credentials.identity_token if credentials is not None else None
        if token is not None:
            parameters = [
                ("grant_type", "refresh_token"),
                ("client_id", CLIENT_ID),
                ("refresh_token", token),
                *[each for each in parameters if each[0] != "scope"],
                ("scope", " ".join(_write_scope(scope))),
            ]
        elif credentials is not None:
            headers["Authorization"] = _basic_header(credentials)
        began_s = self._clock()
        answer = self._fetch(realm, parameters, headers, token is not None)
        if answer.status != _STATUS_OK:
            refusal = Refusal.read(answer.status, answer.headers, answer.body)
            asked = f"asking {urlsplit(realm).netloc} for a token for {self._registry}"
            hint = self.hint(repository)
            self._found.pop(repository, None)
            raise RegistryError(f"{asked}: it answers {refusal} ({hint})")
        header, life_s = self._read_token(realm, answer.body)
        self._tokens.append(_Token(scope, header, began_s + max(life_s - _MARGIN_S, life_s / 2)))
        return header

    def _read_token(self, realm: str, body: bytes) -> tuple[str, float]:
        try:
            content = orjson.loads(body)
            token = content.get("token") or content.get("access_token")
            life_s = content.get("expires_in")
        except (orjson.JSONDecodeError, AttributeError):
            token, life_s = None, None
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise RegistryError(
                f"{urlsplit(realm).netloc}, which {self._registry} names for its tokens, gave none "
                "that can be used"
            )
        is_number = isinstance(life_s, int | float) and not isinstance(life_s, bool) and life_s > 0
        return f"Bearer {token}", float(life_s) if is_number else _DEFAULT_LIFE_S

    def _checked_realm(self, realm: str) -> str:
        """Refuse a realm to which credentials must not go."""
        try:
            parts = urlsplit(realm)
            is_good = bool(parts.hostname) and parts.username is None
        except ValueError:
            is_good = False
        if not is_good or parts.scheme not in ("https", "http"):
            raise RegistryError(
                f"{self._registry} wants a token from {fit(realm)!r}, which is no web address"
            )
        if parts.scheme == "http" and not self._is_plain:
            raise RegistryError(
                f"{self._registry} wants the token fetched from {fit(realm)!r}: over plain http "
                "anybody on the way could read the password, so it was not sent"
            )
        return realm


def _basic_header(credentials: Credentials) -> str:
    pair = f"{credentials.username}:{credentials.password}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def _parse_scope(text: str) -> Scope:
    """``repository:team/name:pull,push`` as pairs; what is no scope is left out."""
    pairs: set[tuple[str, str]] = set()
    for each in text.split():
        resource, colon, actions = each.rpartition(":")
        if colon and ":" in resource:
            pairs |= {(resource, action) for action in actions.split(",") if action}
    return frozenset(pairs)


def _write_scope(scope: Scope) -> list[str]:
    """The scopes that pairs say, one for each resource."""
    resources = sorted({resource for resource, _ in scope})
    return [
        f"{each}:{','.join(sorted(action for name, action in scope if name == each))}"
        for each in resources
    ]
