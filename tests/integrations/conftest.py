"""A real registry on the loopback, for everything that pushes and pulls."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class DebianRegistry:
    """``docker-registry`` of Debian's packages, in a folder of its own."""

    def __init__(self, folder: Path, auth: dict | None = None) -> None:
        program = shutil.which("docker-registry")
        if program is None:
            pytest.fail("these tests need a real registry: apt install docker-registry")
        folder.mkdir(parents=True, exist_ok=True)
        self.host = f"127.0.0.1:{free_port()}"
        self.folder = folder
        self._log = folder / "log"
        config = {
            "version": "0.1",
            "log": {"level": "error"},
            "storage": {
                "filesystem": {"rootdirectory": str(folder / "data")},
                "delete": {"enabled": True},
            },
            "http": {"addr": self.host},
        }
        if auth is not None:
            config["auth"] = auth
        (folder / "config.yml").write_text(json.dumps(config))  # JSON is YAML
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [program, "serve", str(folder / "config.yml")], stdout=log, stderr=log
            )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                return self._ask("/v2/")
            time.sleep(0.01)
        pytest.fail(f"docker-registry did not start: {self._log.read_text()}")

    def _ask(self, path: str) -> None:
        connection = http.client.HTTPConnection(self.host, timeout=1)
        connection.request("GET", path)
        connection.getresponse().read()
        connection.close()

    def requests(self) -> list[tuple[str, str, int]]:
        """Method, path and status of every request so far, as its access log has them."""
        mark = f"/v2/?mark={uuid.uuid4().hex}"
        self._ask(mark)
        deadline = time.monotonic() + 10
        while mark not in self._log.read_text() and time.monotonic() < deadline:
            time.sleep(0.01)  # it is written after the answer
        found = re.findall(r'"([A-Z]+) (\S+) HTTP/1\.1" (\d+)', self._log.read_text())
        return [(method, path, int(status)) for method, path, status in found]

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="session")
def start_debian():
    """Starts a real registry in a folder, with what its configuration says of ``auth``."""
    return DebianRegistry


@pytest.fixture(scope="session")
def debian(start_debian, tmp_path_factory) -> Iterator[DebianRegistry]:
    """A real registry that lets anyone do anything."""
    server = start_debian(tmp_path_factory.mktemp("registry"))
    yield server
    server.stop()
