"""Listening: a socket on loopback, uvicorn behind it, and the address to open."""

from __future__ import annotations

import contextlib
import re
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from trialog._server.app import make_app
from trialog._server.assets import Assets
from trialog._server.memory import keep_memory_small
from trialog._server.presence import said_open
from trialog._server.security import Access, is_loopback
from trialog._server.store import Store
from trialog.errors import TrialogError, UsageError

DEFAULT_PORT = 7878
_TRIES = 20
_TOKEN = re.compile(r"[\w-]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens.

    Attributes:
        host: the name or address it was given.
        port: the port it got.
        token: what lets somebody in.
    """

    host: str
    port: int
    token: str

    @property
    def url(self) -> str:
        """What to open; the token stands behind ``#``, which browsers send to nobody."""
        return f"{self.bare_url}/#token={self.token}"

    @property
    def bare_url(self) -> str:
        """The address alone."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def serve(
    home: Path,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    token: str | None = None,
    may_change: bool = True,
    announce: Callable[[Address], None],
) -> None:
    """Serve the dashboard of a store until Ctrl-C or SIGTERM.

    Args:
        home: the store's folder.
        host: where to listen.
        port: the port; None for the first free one from 7878 on, 0 for any.
        token: what lets somebody in; None for a random one.
        may_change: whether runs may be changed from there.
        announce: told the address once the server listens.

    Raises:
        UsageError: the port is taken, the host is not this machine, or the token fits no address.
        StoreError: the store cannot be read.
    """
    if token is not None and not _TOKEN.fullmatch(token):
        raise UsageError(f"the token {token!r} fits no address; use letters, digits, - and _")
    listener = listen(host, port)
    address = Address(host, listener.getsockname()[1], token or secrets.token_urlsafe(24))
    access = Access.on(address.token, host, address.port)
    if not is_loopback(host):
        access = Access(address.token, frozenset())  # its names are not known here
    keep_memory_small()
    store = Store.at(home, may_change=may_change)
    assets = Assets()
    app = make_app(store, access, lambda: server.should_exit, assets)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    with said_open(store.catalog, address.bare_url), _ends_by_signals(server):
        announce(address)
        threading.Thread(target=_prepare, args=(store, assets), daemon=True).start()
        server.run(sockets=[listener])


def _prepare(store: Store, assets: Assets) -> None:
    """While the browser starts, do what its first page would wait for; what fails is told there."""
    with contextlib.suppress(TrialogError, OSError):
        assets.prepare()
        store.prepare()


@contextlib.contextmanager
def _ends_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end a server that is just being started, too.

    Its own handlers come a moment after it has been announced, and a KeyboardInterrupt in between
    may be lost in what it starts.
    """

    def end(_number: int, _frame: object) -> None:
        server.should_exit = True

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def listen(host: str, port: int | None) -> socket.socket:
    """A socket that listens.

    Args:
        host: where.
        port: the port; None for the first free one from 7878 on, 0 for any.

    Raises:
        UsageError: the port is taken, or the host is not this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    wanted = range(DEFAULT_PORT, DEFAULT_PORT + _TRIES) if port is None else [port]
    for each in wanted:
        # TCP is named, or asyncio leaves TCP_NODELAY off, and each answer waits for 40 ms
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, each))
            listener.listen(128)
        except OSError as error:
            listener.close()
            trouble = error
        else:
            return listener
    raise UsageError(
        f"cannot listen on {host}:{wanted[0]}: {trouble.strerror}; name another --port"
    )
