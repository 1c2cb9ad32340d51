"""Who may ask."""

from __future__ import annotations

import pytest

from trialog._server.security import Access, is_loopback

API = "/api/v1/server"


def test_token_is_needed(server):
    """Without the token nothing is told; with it, all."""
    assert server.get(API).status_code == 200
    del server.headers["authorization"]
    answer = server.get(API)
    assert answer.status_code == 401
    assert "trialog ui" in answer.json()["error"]["message"]
    assert "store" not in answer.text


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer wrong", "secret", "Basic secret", "bearer secret"]
)
def test_wrong_tokens(server, given):
    """Only the token itself lets in."""
    server.headers["authorization"] = given
    assert server.get(API).status_code == 401


@pytest.mark.parametrize("path", ["/", API, "/files/x/y", "/assets/1/main.js", "/acme/demo"])
def test_other_names_are_refused(server, path):
    """A name that somebody else's DNS leads here is not ours: no rebinding."""
    for host in ("evil.example", "127.0.0.1:1", "evil.example:7878", ""):
        assert server.get(path, headers={"host": host}).status_code == 421
    assert server.get(API, headers={"host": "localhost:7878"}).status_code == 200


def test_other_pages_are_refused(server):
    """A request that another page makes is refused, even with the token."""
    for origin in ("http://evil.example", "http://127.0.0.1:9999", "null"):
        for path in ("/", API, "/assets/1/main.js"):
            assert server.get(path, headers={"origin": origin}).status_code == 403
    assert server.get(API, headers={"origin": "http://127.0.0.1:7878"}).status_code == 200
    assert server.get(API, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert server.get("/", headers={"sec-fetch-site": "cross-site"}).status_code == 200  # a link


def test_every_answer_is_closed(server):
    """No answer may be sniffed, framed by others or sent on."""
    for path in ("/", API, "/api/v1/none", "/assets/1/none.js", "/favicon.ico"):
        headers = server.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == "no-referrer"


def test_page_policy(server):
    """A page may load from its own server alone, and run no script that is written in it."""
    policy = server.get("/").headers["content-security-policy"]
    rules = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["script-src"].startswith("'self' 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_hosts():
    """A server on loopback answers to its names; one elsewhere to its own."""
    access = Access.on("t", "127.0.0.1", 1)
    assert [access.knows(f"{each}:1") for each in ("localhost", "[::1]", "LOCALHOST", "a.b")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert not Access.on("t", "10.0.0.7", 1).knows("localhost:1")
    assert [is_loopback(each) for each in ("127.8.8.8", "::1", "0.0.0.0", "10.0.0.7")] == [
        True, True, False, False,
    ]  # fmt: skip
