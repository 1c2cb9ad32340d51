"""The way to a registry: what is repeated, followed and said, and what is not."""

from __future__ import annotations

import contextlib
import socket
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from trialog.errors import NotFoundError, RegistryError, TrialogError


def test_busy_registry_is_asked_again(small, connect, acts, pauses):
    """After the time it says, or after longer and longer ones."""
    soon = {"Retry-After": "7"}
    small.fail("GET", "tags", lambda request: acts.refuse(request, 429, headers=soon))
    small.fail("GET", "tags", lambda request: acts.refuse(request, 503))
    small.fail("GET", "tags", acts.cut)
    with pytest.raises(NotFoundError):
        connect(small.host).list_tags()
    assert pauses[0] == 7
    assert 0.25 < pauses[1] < pauses[2] < 2
    assert len(small.seen) == 4


def test_date_to_come_back_is_understood(small, connect, acts, pauses):
    """Retry-After may be a date."""
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    small.fail(
        "GET", "tags", lambda request: acts.refuse(request, 429, headers={"Retry-After": later})
    )
    with pytest.raises(NotFoundError):
        connect(small.host).list_tags()
    assert 25 < pauses[0] <= 30


def test_registry_that_wants_an_hour_is_not_waited_for(small, connect, acts, pauses):
    """The error says how long it wants."""
    hour = {"Retry-After": "3600"}
    small.fail("GET", "tags", lambda request: acts.refuse(request, 429, headers=hour))
    with pytest.raises(RegistryError, match="come back in 3600 seconds"):
        connect(small.host).list_tags()
    assert pauses == []


def test_registry_that_stays_busy_is_given_up(small, connect, acts, pauses):
    """After five attempts, with its own words."""
    small.fail("GET", "tags", lambda request: acts.refuse(request, 503, "BUSY", "later"), times=100)
    with pytest.raises(RegistryError, match=f"{small.host}/team/name.*503: BUSY: later"):
        connect(small.host).list_tags()
    assert len(small.seen) == 5


def test_refusal_is_final(small, connect, acts, pauses):
    """What the registry will not do is not asked again, and its words are the message's."""
    small.fail("GET", "tags", lambda request: acts.refuse(request, 400, "NAME_INVALID", "bad name"))
    with pytest.raises(RegistryError, match="listing the tags of .*400: NAME_INVALID: bad name"):
        connect(small.host).list_tags()
    assert (len(small.seen), pauses) == (1, [])


def test_nobody_there_is_said_at_once(connect, pauses):
    """A host that refuses the connection is named; nobody waits for one that never answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{probe.getsockname()[1]}"
        with pytest.raises(RegistryError, match=f"{host} cannot be reached: Connection refused"):
            connect(host).list_tags()
    assert pauses == []


def test_unknown_host_is_named(connect, pauses, monkeypatch):
    """A name that no name server knows."""

    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(RegistryError, match="the host registry.invalid is unknown"):
        connect("registry.invalid").list_tags()
    assert pauses == []


def test_registry_that_goes_away_is_waited_for(small, connect, pauses):
    """Once it has answered, a refused connection may be a restart."""
    repository = connect(small.host)
    repository.find_manifest("v1")
    small.stop()
    with pytest.raises(RegistryError, match="cannot be reached|broke"):
        repository.find_manifest("v1")
    assert len(pauses) == 4


def test_plain_http_is_not_spoken_to_others(small, connect, pauses):
    """Https where http answers: the connection is not trusted, and not asked again."""
    with pytest.raises(RegistryError, match=f"{small.host} cannot be trusted"):
        connect(small.host, insecure=False).list_tags()
    assert pauses == []


def test_silent_registry_is_left(connect, pauses):
    """One that takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(RegistryError, match=f"{host} does not answer in time"):
            connect(host, timeout_s=0.05).list_tags()


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 10_000 + b"\r\n",
        b"x" * 200_000 + b"\r\n\r\n",
        b"\0\xff\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffff\r\n",
    ],
)
def test_nonsense_is_an_error(connect, said):
    """Huge headers and what is no HTTP: an error that names the host, whatever comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            for _ in range(5):
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65_536)
                    with contextlib.suppress(OSError):
                        connection.sendall(said)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        host = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(TrialogError, match=f"{host}/team/name"):
            connect(host).list_tags()
        server.close()


def redirecting(acts, location, status=307):
    return lambda request: acts.answer(request, status, {"Location": location})


def test_redirect_is_followed_without_the_password(small, connect, acts, log_in, blobs):
    """Object stores get the request, and not who asks."""
    blob = blobs.add(b"elsewhere")
    elsewhere = []

    def serve(request):
        elsewhere.append(dict(request.headers))
        return acts.answer(request, 200, {}, b"elsewhere")

    small.fail("GET", "tags", serve)
    log_in(small.host)
    small.fail(
        "GET", "blobs", lambda request: acts.answer(request, 401, {"WWW-Authenticate": "Basic"})
    )
    port = small.host.partition(":")[2]
    small.fail("GET", "blobs", redirecting(acts, f"http://localhost:{port}/v2/a/tags/list"))
    with connect(small.host).open_blob(blob) as stream:
        assert stream.read() == b"elsewhere"
    assert "Basic" in small.authorizations[1]
    assert "Authorization" not in elsewhere[0]


def test_redirect_within_the_registry_keeps_who_asks(small, connect, acts, log_in):
    """The same scheme, host and port are the same registry."""
    log_in(small.host)
    small.fail(
        "GET", "tags", lambda request: acts.answer(request, 401, {"WWW-Authenticate": "Basic"})
    )
    small.fail("GET", "tags", redirecting(acts, "/v2/other/name/tags/list"))
    with pytest.raises(NotFoundError):
        connect(small.host).list_tags()
    assert small.seen[-1] == ("GET", "/v2/other/name/tags/list")
    assert small.authorizations[-1] == small.authorizations[-2] is not None


def test_redirects_end(small, connect, acts):
    """A loop is left after five."""
    small.fail("GET", "tags", redirecting(acts, "/v2/team/name/tags/list"), times=100)
    with pytest.raises(RegistryError, match="redirects more than 5 times"):
        connect(small.host).list_tags()
    assert len(small.seen) == 6


def test_uploads_are_not_redirected(small, connect, acts, blobs):
    """Bytes go where they were meant to go."""
    small.fail("POST", "uploads", redirecting(acts, "http://localhost:1/"))
    blob = blobs.add(b"abc")
    with pytest.raises(RegistryError, match="sends POST on to 'http://localhost:1/'"):
        connect(small.host).push_blob(blob, blobs.opener(blob))


def test_way_from_https_to_http_is_not_taken(connect):
    """Neither for a redirect nor for an upload."""
    transport = connect("registry.example")._transport
    with pytest.raises(RegistryError, match="from https to plain http, 'registry.example'"):
        transport.checked("http://registry.example/v2/", transport.base, "asking")
    assert transport.checked("/v2/x", transport.base, "") == "https://registry.example/v2/x"


def test_netrc_is_not_read(small, connect, tmp_path, monkeypatch):
    """Other programs' passwords stay where they are."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login eve password s3cret\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    connect(small.host).find_manifest("v1")
    assert small.authorizations == [None]


def test_proxy_is_not_asked_for_this_machine(small, connect, monkeypatch):
    """The loopback is never behind a proxy."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    assert connect(small.host).find_manifest("v1") is None


def test_docker_hub_is_asked_where_it_lives(connect):
    """docker.io is a name only: its registry has another host."""
    assert connect("docker.io")._transport.base == "https://registry-1.docker.io"
