"""``trialog ui``: a server that is started, announced and stopped."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from trialog._server.serving import Address, listen
from trialog.errors import UsageError


@pytest.fixture
def dashboard(store):
    """Starts ``trialog ui`` with some options; the process, and what it has said first."""
    processes = []

    def start(*options: str):
        command = [sys.executable, "-m", "trialog", "ui", "--no-browser", *options]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        processes.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in processes:
        process.kill()
        process.communicate(timeout=10)


def ask(url: str, path: str, token: str | None = None) -> bytes:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    request = urllib.request.Request(url.partition("/#")[0] + path, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def test_the_printed_address_lets_in(dashboard, store):
    """The address holds the token behind ``#``; with it everything is told, without it nothing."""
    _, url = dashboard("--port", "0")
    token = url.partition("#token=")[2]
    assert len(token) > 20
    assert url.startswith("http://127.0.0.1:")
    assert str(store).encode() in ask(url, "/api/v1/server", token)
    assert b"<div id=" in ask(url, "/")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        ask(url, "/api/v1/server", "wrong")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_asked(dashboard, number):
    """Ctrl-C and SIGTERM end it, quickly and without a word."""
    process, _ = dashboard("--port", "0")
    process.send_signal(number)
    _, said = process.communicate(timeout=10)
    assert said == ""
    assert process.returncode in (0, 130, -number)


def test_it_is_not_reachable_from_outside(dashboard):
    """It listens on loopback alone."""
    _, url = dashboard("--port", "0")
    port = int(url.partition("/#")[0].rpartition(":")[2])
    listening = [
        line.split()[1]
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    ]
    assert listening == [f"0100007F:{port:04X}"]


def test_taken_ports():
    """A port that is asked for and taken is told; else the next free one is taken."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"127.0.0.1:{taken}.*--port"):
            listen("127.0.0.1", taken)
    first, second = listen("127.0.0.1", None), listen("127.0.0.1", None)
    assert first.getsockname()[1] != second.getsockname()[1]
    first.close()
    second.close()


def test_hosts_that_are_none():
    """A host that is not this machine is told by name."""
    with pytest.raises(UsageError, match="203.0.113.7"):
        listen("203.0.113.7", 0)


def test_addresses():
    """Addresses of both families."""
    assert Address("127.0.0.1", 80, "t").url == "http://127.0.0.1:80/#token=t"
    assert Address("::1", 80, "t").bare_url == "http://[::1]:80"


def test_a_token_that_fits_no_address(call):
    """A token of signs that an address cannot hold is refused before anything is served."""
    answer = call("ui", "--token", "a b", "--no-browser")
    assert (answer.code, "'a b'" in answer.stderr) == (2, True)
