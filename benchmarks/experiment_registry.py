"""Pushes and pulls the same bytes to a real registry on the loopback, with several clients.

    python benchmarks/experiment_registry.py CLIENT PORT SOURCE FOLDER

Started by `experiments.py`, for each client and round with a fresh registry: `trialog` (an
experiment with each file of the source an attachment), `oras` (the package of that name) and
`copy`, the floor: the same requests over plain connections, four at a time, no record of anything.
All compute the digests of what they send and check those of what they pull. trialog waits for the
disk for what it pulls, and so does `copy`, which also pulls without; `oras` does not.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Self

CONNECTIONS = 4
PIECE_BYTES = 1 << 20
LIMIT_SECONDS = 600
STARTING_SECONDS = 10
CONFIGURATION = """
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {root}}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""


def measure(
    scratch: Path, layers: int, layer_bytes: int, rounds: int, oras_python: str | None
) -> dict:
    """Measure every client that is there, in turns; nothing where there is no registry."""
    server = shutil.which("docker-registry") or shutil.which("registry")
    if server is None:
        print("no registry was found: install docker-registry, a package of Debian and others")
        return {}
    source = scratch / "source"
    source.mkdir()
    for number in range(layers):
        (source / f"layer-{number:03}.bin").write_bytes(os.urandom(layer_bytes))
    pythons = {"copy": sys.executable, "trialog": sys.executable}
    if oras_python != "none":
        import environments

        pythons["oras"] = oras_python or environments.interpreter("oras", "oras")
    found: dict[str, list[dict]] = {}
    for turn in range(rounds):
        for client, python in pythons.items():
            folder = scratch / f"{client}-{turn}"
            folder.mkdir()
            with running(server, folder) as port:
                command = [python, __file__, client, str(port), source, folder]
                done = subprocess.run(
                    command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
                )
            if done.returncode:
                raise RuntimeError(f"{client}: {done.stderr.strip()[-2_000:]}")
            found.setdefault(client, []).append(json.loads(done.stdout.splitlines()[-1]))
            shutil.rmtree(folder)  # a gigabyte or two in few files
    results = {
        client: {key: statistics.median(each[key] for each in turns) for key in turns[0]}
        for client, turns in found.items()
    }
    return {"layers": layers, "bytes": layers * layer_bytes, "of": results}


@contextmanager
def running(server: str, folder: Path) -> Iterator[int]:
    """Run a registry on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = folder / "registry.yml"
    path.write_text(CONFIGURATION.format(root=folder / "registry", port=port))
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([server, "serve", path], stdout=quiet, stderr=quiet)
    try:
        until = time.monotonic() + STARTING_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)
        yield port
    finally:
        process.kill()
        process.wait()


# -- clients ---------------------------------------------------------------------------------------


def with_trialog(port: int, source: Path, folder: Path) -> dict:
    """Push an experiment with as many attachments, again, and pull it into another store."""
    os.environ |= {"TRIALOG_HOME": str(folder / "store"), "TRIALOG_CAPTURE": "none"}
    import trialog

    experiment = trialog.Experiment("pushed", project="bench/registry")
    for path in sorted(source.iterdir()):
        with experiment.run() as run:
            run.log_file("layer", path)
    experiment.commit()
    reference = f"127.0.0.1:{port}/bench/pushed:v1"
    begin = time.perf_counter()
    experiment.push(reference)
    pushed = time.perf_counter()
    experiment.push(reference)
    again = time.perf_counter()
    pulled = trialog.Experiment.pull(reference, client=trialog.LocalClient(folder / "other"))
    end = time.perf_counter()
    assert len(pulled.runs) == len(list(source.iterdir()))
    with Counted(port) as counted:
        experiment.push(f"127.0.0.1:{counted.port}/bench/pushed:v1")  # it must come to know it
        first = counted.taken()
        experiment.push(f"127.0.0.1:{counted.port}/bench/pushed:v1")
        requests, sent = counted.taken()
    assert first[0], "nothing went by"
    return {
        "push_s": pushed - begin,
        "again_s": again - pushed,
        "pull_s": end - again,
        "again_requests": requests,
        "again_bytes": sent,
    }


def with_oras(port: int, source: Path, folder: Path) -> dict:
    """Push the files, again, and pull them."""
    import oras.client

    os.chdir(source)
    client = oras.client.OrasClient(hostname=f"127.0.0.1:{port}", insecure=True)
    target, files = (
        f"127.0.0.1:{port}/bench/pushed:v1",
        sorted(each.name for each in source.iterdir()),
    )
    begin = time.perf_counter()
    client.push(target=target, files=files, disable_path_validation=True)
    pushed = time.perf_counter()
    client.push(target=target, files=files, disable_path_validation=True)
    again = time.perf_counter()
    client.pull(target=target, outdir=str(folder / "pulled"))
    end = time.perf_counter()
    return {"push_s": pushed - begin, "again_s": again - pushed, "pull_s": end - again}


def with_copy(port: int, source: Path, folder: Path) -> dict:
    """Send and fetch the bytes, and nothing else."""
    paths = sorted(source.iterdir())
    digests: dict[Path, str] = {}
    out = folder / "pulled"
    out.mkdir()
    local = threading.local()

    def connection() -> http.client.HTTPConnection:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", port)
        return local.connection

    def asked(method: str, path: str, body: object = None) -> http.client.HTTPResponse:
        connection().request(method, path, body=body)
        return connection().getresponse()

    def send(path: Path) -> None:
        content = path.read_bytes()
        digest = digests[path] = hashlib.sha256(content).hexdigest()
        with asked("HEAD", f"/v2/bench/pushed/blobs/sha256:{digest}") as answer:
            answer.read()
        with asked("POST", "/v2/bench/pushed/blobs/uploads/") as answer:
            answer.read()
            place = urllib.parse.urlsplit(answer.getheader("Location"))
        put = f"{place.path}?{place.query}&digest=sha256:{digest}"
        with asked("PUT", put, content) as answer:
            answer.read()
            assert answer.status == http.client.CREATED, answer.status

    def fetch(path: Path, *, syncs: bool) -> None:
        digest, hashed = digests[path], hashlib.sha256()
        piece = memoryview(bytearray(PIECE_BYTES))
        with (
            asked("GET", f"/v2/bench/pushed/blobs/sha256:{digest}") as answer,
            (out / f"{path.name}-{syncs}").open("wb") as file,
        ):
            while size := answer.readinto(piece):
                hashed.update(piece[:size])
                file.write(piece[:size])
            file.flush()
            if syncs:
                os.fdatasync(file.fileno())
        assert hashed.hexdigest() == digest

    begin = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(send, paths))
    pushed = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(partial(fetch, syncs=False), paths))
    pulled = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(partial(fetch, syncs=True), paths))
    return {
        "push_s": pushed - begin,
        "pull_s": time.perf_counter() - pulled,
        "unsynced_pull_s": pulled - pushed,
    }


class Counted:
    """A port that passes everything on to another one, and counts what goes there."""

    METHODS = (b"HEAD ", b"GET ", b"POST ", b"PUT ", b"PATCH ", b"DELETE ")

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._lock = threading.Lock()
        self._requests = self._bytes = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def taken(self) -> tuple[int, int]:
        """Return the requests and the bytes since the last time."""
        with self._lock:
            taken, self._requests, self._bytes = (self._requests, self._bytes), 0, 0
        return taken

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, start: socket.socket, end: socket.socket) -> None:
        is_forth = end.getpeername() == self._target
        while True:
            try:
                data = start.recv(1 << 16)
                if data and is_forth:
                    with self._lock:
                        self._bytes += len(data)
                        self._requests += data.startswith(self.METHODS)
                end.sendall(data) if data else end.shutdown(socket.SHUT_WR)
            except OSError:
                return
            if not data:
                return


CLIENTS = {"trialog": with_trialog, "oras": with_oras, "copy": with_copy}


if __name__ == "__main__":
    name, port, source, folder = sys.argv[1:]
    print(json.dumps(CLIENTS[name](int(port), Path(source), Path(folder))))
