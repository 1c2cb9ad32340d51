"""References: which manifest of which registry a text means, or which part of it is wrong."""

from __future__ import annotations

import pytest

from trialog._oci.references import Reference, has_registry, parse_reference
from trialog.errors import UsageError

DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    "text, expected",
    [
        ("ghcr.io/team/name:v1", Reference("ghcr.io", "team/name", "v1")),
        ("localhost/name", Reference("localhost", "name")),
        ("localhost:5000/a/b/c:1.0-rc_1", Reference("localhost:5000", "a/b/c", "1.0-rc_1")),
        ("[::1]:5000/name:x", Reference("[::1]:5000", "name", "x")),
        (f"host.example/name@{DIGEST}", Reference("host.example", "name", None, DIGEST)),
        (
            f"h.example/a__b/c-d--e.f:t@{DIGEST}",
            Reference("h.example", "a__b/c-d--e.f", "t", DIGEST),
        ),
        ("127.0.0.1:5000/name:" + "t" * 128, Reference("127.0.0.1:5000", "name", "t" * 128)),
    ],
)
def test_parts_are_found(text, expected):
    """Registry, repository, tag and digest; the reference says the same text again."""
    assert parse_reference(text) == expected
    assert str(expected) == text


def test_hosts_are_compared_without_case():
    """A host is the same in capitals; nothing else of a reference is."""
    assert parse_reference("GHCR.io/team/name").registry == "ghcr.io"


def test_digest_comes_before_tag():
    """A registry is asked for the digest, else for the tag, else for latest."""
    assert parse_reference(f"h.example/name:t@{DIGEST}").target == DIGEST
    assert parse_reference("h.example/name:t").target == "t"
    assert parse_reference("h.example/name").target == "latest"


@pytest.mark.parametrize(
    "text, part",
    [
        ("http://h.example/name", "'http://'"),
        ("name", "no registry"),
        ("team/name:tag", "no registry"),
        ("", "no registry"),
        ("name:tag", "no registry"),
        ("./runs.tar", "no registry"),
        ("h.example/", "no registry"),
        ("h.example/Team/name", "repository 'Team/name'"),
        ("h.example/team//name", "repository 'team//name'"),
        ("h.example/../name", "repository '../name'"),
        ("h.example/team/name/", "repository 'team/name/'"),
        ("h.example/na me", "repository 'na me'"),
        ("h.example/name\n", "repository 'name\\n'"),
        ("h.example/:tag", "repository ''"),
        ("h.example/name:", "tag ''"),
        ("h.example/name:-t", "tag '-t'"),
        ("h.example/name:" + "t" * 129, "tag 'ttt"),
        ("h.example/name@sha256:0a", "digest 'sha256:0a'"),
        ("h.example/name@" + DIGEST.upper(), "digest 'SHA256"),
        ("h.example:0/name", "port '0'"),
        ("h.example:99999/name", "port '99999'"),
        ("h.example/" + "n" * 250, "too long"),
    ],
)
def test_wrong_part_is_named(text, part):
    """A text that is no reference is refused with the part that is wrong."""
    with pytest.raises(UsageError) as caught:
        parse_reference(text)
    assert part in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["name", "team/name", "name:tag", "/abs/path.tar", "./a/b", "../a.b/c", "host.io", ".x/y"],
)
def test_local_names_have_no_registry(text):
    """What names no host never reaches the network: plain names and paths."""
    assert not has_registry(text)


@pytest.mark.parametrize("text", ["ghcr.io/x", "localhost/x", "h:1/x", "127.0.0.1:5000/x/y:z"])
def test_hosts_are_seen(text):
    """A first part with a dot or a colon, or localhost, is a registry."""
    assert has_registry(text)
