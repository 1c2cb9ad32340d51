"""A registry: the connection to it, and who asks. What it holds is in its repositories."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from trialog._oci.credentials import Credentials, Found, find_credentials
from trialog._oci.references import check_registry, check_repository
from trialog._oci.repositories import Repository
from trialog._oci.tokens import Authorizer
from trialog._oci.transport import Transport

DEFAULT_CONNECTIONS = 4
_DOCKER_HUB = {"docker.io": "registry-1.docker.io", "index.docker.io": "registry-1.docker.io"}


class Registry:
    """A registry, spoken to over https; on this machine itself, over http.

    Nothing is sent before the first question. Credentials are looked for once the registry asks
    for them: those given, else those that Docker's or Podman's files hold.
    """

    def __init__(
        self,
        host: str,
        *,
        credentials: Credentials | None = None,
        insecure: bool | None = None,
        timeout_s: float = 60.0,
        connections: int = DEFAULT_CONNECTIONS,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        """Connect to nothing yet.

        Args:
            host: the host, and the port if there is one, as in ``localhost:5000``.
            credentials: who asks; else it is looked up.
            insecure: whether to speak plain http; if None, to this machine itself only.
            timeout_s: for how long an answer may stay away.
            connections: how many are kept open.
            pause: waits so many seconds before something is asked again.

        Raises:
            UsageError: the host is none.
        """
        check_registry(host, host)
        self.host = host.lower()
        is_here = is_loopback(self.host)
        scheme = "http" if (is_here if insecure is None else insecure) else "https"
        self._transport = Transport(
            f"{scheme}://{_DOCKER_HUB.get(self.host, self.host)}",
            connections=connections,
            timeout_s=timeout_s,
            pause=pause,
            is_proxied=not is_here,
        )
        self._credentials = credentials
        self._transport.authorizer = Authorizer(
            self.host, self._find, self._transport.fetch_token, is_plain=self._transport.is_plain
        )

    def repository(self, path: str) -> Repository:
        """One of its repositories; whether it is there shows when it is used.

        Raises:
            UsageError: it is no name of a repository.
        """
        check_repository(path, f"{self.host}/{path}")
        return Repository(self._transport, self.host, path)

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _find(self, repository: str) -> Found:
        if self._credentials is not None:
            return Found(self._credentials, ())
        return find_credentials(self.host, repository)


def is_loopback(host: str) -> bool:
    """Whether a host, with a port or without, is this machine itself."""
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
