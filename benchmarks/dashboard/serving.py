"""A dashboard's server, in a process of its own, and how much memory it takes."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import environments
import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dashboard.peers import Peer

START_S = 90


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        url: where.
        process: it; it may have children.
        start_s: from its start to its first answer.
    """

    url: str
    process: subprocess.Popen
    start_s: float

    def resident_bytes(self) -> int:
        """Return the memory of all its processes."""
        own = psutil.Process(self.process.pid)
        return sum(each.memory_info().rss for each in (own, *own.children(recursive=True)))


@contextmanager
def serving(peer: Peer, python: str, home: Path) -> Iterator[Server]:
    """Serve what a tracker keeps until the block ends.

    Raises:
        RuntimeError: the server does not start.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    log = home / "server.log"
    with log.open("w") as output:
        start = time.monotonic()
        process = subprocess.Popen(
            peer.command(python, port),
            env=environments.private_variables(home, peer.environment()),
            cwd=home,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            _wait(f"http://127.0.0.1:{port}/", process, start)
            yield Server(f"http://127.0.0.1:{port}", process, time.monotonic() - start)
        finally:
            _end(process)


def _wait(url: str, process: subprocess.Popen, start: float) -> None:
    while time.monotonic() - start < START_S:
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("its server does not answer")


def _end(process: subprocess.Popen) -> None:
    own = [process.pid]
    with suppress(psutil.NoSuchProcess):
        own += [each.pid for each in psutil.Process(process.pid).children(recursive=True)]
    for pid in own:
        try:
            psutil.Process(pid).terminate()
        except psutil.NoSuchProcess:
            continue
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        for pid in own:
            if psutil.pid_exists(pid):
                psutil.Process(pid).kill()
        process.wait()
