"""Registries on the loopback: real ones that ask who is there, and one that misbehaves."""

from __future__ import annotations

import base64
import contextlib
import datetime
import hashlib
import io
import json
import re
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from trialog._oci.descriptors import INDEX_TYPE, Descriptor, Manifest, digest_of
from trialog._oci.registry import Registry

USER, PASSWORD = "ada", "s3cret"


@pytest.fixture(autouse=True)
def no_credentials(tmp_path, monkeypatch):
    """No credentials but those of the test; written by ``log_in``."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    monkeypatch.delenv("REGISTRY_AUTH_FILE", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)


@pytest.fixture
def log_in(tmp_path):
    """Writes what ``docker login`` would."""

    def write(host, username=USER, password=PASSWORD):
        pair = base64.b64encode(f"{username}:{password}".encode()).decode()
        (tmp_path / "docker").mkdir(exist_ok=True)
        config = {"auths": {host: {"auth": pair}}}
        (tmp_path / "docker" / "config.json").write_text(json.dumps(config))

    return write


class Blobs:
    """Blobs in memory, as a source."""

    name = "memory"

    def __init__(self):
        self.contents: dict[str, bytes] = {}
        self.opened: list[str] = []

    def add(self, content: bytes) -> Descriptor:
        digest = digest_of(content)
        self.contents[digest] = content
        return Descriptor("application/octet-stream", digest, len(content))

    def open(self, blob):
        self.opened.append(blob.digest)
        return io.BytesIO(self.contents[blob.digest])

    def opener(self, blob):
        return lambda: self.open(blob)

    def artifact(self, *contents: bytes, **more) -> tuple[bytes, list[Descriptor]]:
        """A manifest's bytes, and its configuration and layers."""
        blobs = [self.add(content) for content in (b"{}", *contents)]
        manifest = Manifest(config=blobs[0], layers=tuple(blobs[1:]), **more)
        return manifest.encode(), blobs


@pytest.fixture
def blobs():
    return Blobs()


@pytest.fixture(scope="session")
def debian_basic(start_debian, tmp_path_factory):
    """A real registry that asks for a name and a password."""
    import bcrypt

    folder = tmp_path_factory.mktemp("basic")
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    (folder / "htpasswd").write_text(f"{USER}:{hashed}\n")
    auth = {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}
    server = start_debian(folder, auth)
    yield server
    server.stop()


class TokenServer:
    """Gives tokens that a real registry believes; those who name nobody may only pull."""

    service = "registry.test"
    issuer = "tokens.test"

    def __init__(self, folder: Path) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.issuer)])
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self._chain = [
            base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
        ]
        self.bundle = folder / "bundle.pem"
        self.bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.asked: list[tuple[str, list[str]]] = []
        self.life_s = 300
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.realm = f"http://127.0.0.1:{self._server.server_port}/token"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, handler) -> None:
        import jwt

        query = parse_qs(urlsplit(handler.path).query)
        given = handler.headers.get("Authorization", "")
        known = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
        if given and given != known:
            handler.send_response(401)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        scopes = query.get("scope", [])
        self.asked.append((USER if given else "", scopes))
        access = []
        for scope in scopes:
            kind, name, actions = scope.split(":")
            allowed = [each for each in actions.split(",") if given or each == "pull"]
            access.append({"type": kind, "name": name, "actions": allowed})
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": USER if given else "",
            "aud": query["service"][0],
            "exp": now + self.life_s,
            "nbf": now - 5,
            "iat": now,
            "jti": uuid.uuid4().hex,
            "access": access,
        }
        token = jwt.encode(claims, self._key, algorithm="ES256", headers={"x5c": self._chain})
        body = json.dumps({"token": token, "expires_in": self.life_s}).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="session")
def debian_token(start_debian, tmp_path_factory):
    """A real registry that asks for tokens, and who gives them."""
    folder = tmp_path_factory.mktemp("token")
    tokens = TokenServer(folder)
    auth = {
        "token": {
            "realm": tokens.realm,
            "service": tokens.service,
            "issuer": tokens.issuer,
            "rootcertbundle": str(tokens.bundle),
        }
    }
    server = start_debian(folder, auth)
    yield server, tokens
    server.stop()
    tokens.stop()


class Wire:
    """Stands between a client and a registry: counts what passes, and cuts it."""

    def __init__(self, host: str) -> None:
        self._to = host.split(":")
        self.sent_bytes = 0
        self.connections = 0
        self.cut_after_bytes: int | None = None  # of what a registry sends
        self.cut_when = lambda data: False  # of what a client sends: cut before it is passed on
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection((self._to[0], int(self._to[1])))
                self._open += [near, far]
                self.connections += 1
                for pair in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source, target, is_sending) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if is_sending and self.cut_when(data):
                    self.cut_when = lambda data: False
                    break
                if is_sending:
                    self.sent_bytes += len(data)
                elif self.cut_after_bytes is not None:
                    self.cut_after_bytes -= len(data)
                    if self.cut_after_bytes < 0:
                        self.cut_after_bytes = None
                        break
                target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self._listener.close()
        for each in self._open:
            each.close()


@pytest.fixture
def wire():
    """Puts a wire before a registry."""
    made = []

    def build(host):
        made.append(Wire(host))
        return made[-1]

    yield build
    for each in made:
        each.stop()


class SmallRegistry:
    """A registry in memory, to the letter of the specification, until ``faults`` say otherwise.

    Attributes:
        faults: ``(method, part of the path, what is done instead)``: a function of the request's
            handler that returns True if it answered; taken away once it did.
        has_referrers: whether it knows the referrers API.
    """

    def __init__(self) -> None:
        self.blobs: dict[tuple[str, str], bytes] = {}
        self.manifests: dict[tuple[str, str], tuple[str, bytes]] = {}
        self.uploads: dict[str, bytearray] = {}
        self.seen: list[tuple[str, str]] = []
        self.authorizations: list[str | None] = []
        self.connections: list[socket.socket] = []
        self.received_bytes = 0
        self.faults: list = []
        self.has_referrers = True
        self.page = 2
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def setup(self):
                super().setup()
                outer.connections.append(self.connection)

            def log_message(self, *_):
                pass

            def handle_one_request(self):
                with contextlib.suppress(OSError):  # clients that were cut off
                    super().handle_one_request()
                    return
                self.close_connection = True

            def do_any(self):
                outer.handle(self)
                self.wfile.flush()

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_any  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for each in self.connections:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def fail(self, method: str, part: str, action, times: int = 1) -> None:
        self.faults += [(method, part, action)] * times

    def handle(self, request) -> None:
        self.seen.append((request.command, request.path))
        self.authorizations.append(request.headers.get("Authorization"))
        for fault in self.faults:
            if fault[0] == request.command and fault[1] in request.path:
                self.faults.remove(fault)
                if fault[2](request):
                    return
                break
        parts = urlsplit(request.path)
        found = re.fullmatch(
            r"/v2/(.+)/(blobs/uploads|blobs|manifests|tags|referrers)/(.*)", parts.path
        )
        name, kind, last = found.groups()
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        getattr(self, "on_" + kind.replace("/", "_"))(request, name, last, query)

    def read(self, request, into: bytearray) -> None:
        """The body, kept as far as it came even if the client is cut off."""
        left = int(request.headers.get("Content-Length", 0))
        while left and (data := request.rfile.read1(min(left, 65_536))):
            into += data
            self.received_bytes += len(data)
            left -= len(data)
        if left:
            raise ConnectionResetError

    def on_blobs_uploads(self, request, name, upload, query) -> None:
        where = f"/v2/{name}/blobs/uploads/"
        if request.command == "POST":
            mounted = self.blobs.get((query.get("from", ""), query.get("mount", "")))
            if mounted is not None:
                self.blobs[name, query["mount"]] = mounted
                return answer(request, 201, {"Location": f"/v2/{name}/blobs/{query['mount']}"})
            upload = uuid.uuid4().hex
            self.uploads[upload] = bytearray()
            return answer(request, 202, {"Location": where + upload})
        held = self.uploads.get(upload)
        if held is None:
            return refuse(request, 404, "BLOB_UPLOAD_UNKNOWN")
        if request.command == "PATCH":
            start = int(request.headers["Content-Range"].partition("-")[0])
            if start != len(held):
                return refuse(request, 416, "RANGE_INVALID")
        body = bytearray() if request.command == "PUT" else held
        self.read(request, body)
        headers = {"Location": where + upload, "Range": f"0-{max(0, len(held) - 1)}"}
        if request.command != "PUT":
            return answer(request, 204 if request.command == "GET" else 202, headers)
        data = bytes(held + body)
        del self.uploads[upload]
        if digest_of(data) != query["digest"]:
            return refuse(request, 400, "DIGEST_INVALID")
        self.blobs[name, query["digest"]] = data
        return answer(request, 201, {"Docker-Content-Digest": query["digest"]})

    def on_blobs(self, request, name, digest, query) -> None:
        data = self.blobs.get((name, digest))
        if data is None:
            return refuse(request, 404, "BLOB_UNKNOWN")
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        if asked is None:
            return answer(request, 200, {}, data)
        start = int(asked[1])
        headers = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
        return answer(request, 206, headers, data[start:])

    def on_manifests(self, request, name, target, query) -> None:
        if request.command == "PUT":
            data = bytearray()
            self.read(request, data)
            digest = digest_of(bytes(data))
            kept = request.headers["Content-Type"], bytes(data)
            self.manifests[name, target] = self.manifests[name, digest] = kept
            headers = {"Docker-Content-Digest": digest}
            subject = json.loads(bytes(data)).get("subject")
            if subject and self.has_referrers:
                headers["OCI-Subject"] = subject["digest"]
            return answer(request, 201, headers)
        found = self.manifests.get((name, target))
        if found is None:
            return refuse(request, 404, "MANIFEST_UNKNOWN")
        if request.command == "DELETE":
            self.manifests = {key: value for key, value in self.manifests.items() if value != found}
            return answer(request, 202, {})
        headers = {"Content-Type": found[0], "Docker-Content-Digest": digest_of(found[1])}
        return answer(request, 200, headers, found[1])

    def on_tags(self, request, name, last, query) -> None:
        tags = sorted(tag for held, tag in self.manifests if held == name and ":" not in tag)
        if not tags:
            return refuse(request, 404, "NAME_UNKNOWN")
        start = query.get("last", "")
        tags = [each for each in tags if each > start]
        body = json.dumps({"name": name, "tags": tags[: self.page]}).encode()
        more = tags[self.page :]
        following = f"</v2/{name}/tags/list?last={tags[: self.page][-1]}>; rel=next"
        return answer(request, 200, {"Link": following} if more else {}, body)

    def on_referrers(self, request, name, digest, query) -> None:
        if not self.has_referrers:
            return answer(request, 404, {"Content-Type": "text/plain"}, b"404 page not found")
        listed = []
        for (held, target), (kind, data) in self.manifests.items():
            content = json.loads(data)
            subject = content.get("subject", {}).get("digest")
            if held == name and ":" in target and subject == digest:
                entry = {"mediaType": kind, "digest": target, "size": len(data)}
                listed.append(entry | {"artifactType": content.get("artifactType", "a/b")})
        index = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": listed}
        return answer(request, 200, {"Content-Type": INDEX_TYPE}, json.dumps(index).encode())


def answer(request, status, headers=(), body=b"") -> bool:
    """Send an answer; True, as faults want it."""
    request.send_response_only(status)
    headers = dict(headers)
    if not {"Content-Length", "Transfer-Encoding"} & headers.keys():
        headers["Content-Length"] = str(len(body))
    for name, value in headers.items():
        request.send_header(name, value)
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)
    return True


def refuse(request, status, code="UNKNOWN", message="it will not", headers=()) -> bool:
    """Read what the client sends, and answer with an error document."""
    request.rfile.read(int(request.headers.get("Content-Length", 0)))
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
    return answer(request, status, {"Content-Type": "application/json", **dict(headers)}, body)


def cut(request) -> bool:
    """End the connection without a word."""
    with contextlib.suppress(OSError):
        request.connection.shutdown(socket.SHUT_RDWR)
    request.close_connection = True
    return True


@pytest.fixture
def small() -> Iterator[SmallRegistry]:
    server = SmallRegistry()
    yield server
    server.stop()


@pytest.fixture
def acts():
    """What a small registry can be made to do: ``answer``, ``refuse``, ``cut``."""

    class Acts:
        pass

    for each in (answer, refuse, cut):
        setattr(Acts, each.__name__, staticmethod(each))
    return Acts


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that clients would have waited."""
    return []


@pytest.fixture
def connect(pauses):
    """Opens a repository of a registry; nothing is waited for."""
    with contextlib.ExitStack() as stack:

        def open_repository(host, path="team/name", **options):
            options = {"pause": pauses.append, "timeout_s": 5.0} | options
            return stack.enter_context(Registry(host, **options)).repository(path)

        yield open_repository


@pytest.fixture
def noise():
    """Bytes that are the same for the same seed, and compress badly."""

    def make(size_bytes, seed=0):
        block = hashlib.sha512(str(seed).encode()).digest() * 1024
        return (block * (size_bytes // len(block) + 1))[:size_bytes]

    return make
