"""Repositories: manifests by tag and digest, tags, and what refers to what."""

from __future__ import annotations

import json

import pytest

from trialog._oci.descriptors import (
    INDEX_TYPE,
    MANIFEST_TYPE,
    MAX_MANIFEST_BYTES,
    Descriptor,
    digest_of,
    verified,
)
from trialog._oci.referrers import fallback_tag
from trialog._oci.registry import Registry, is_loopback
from trialog.errors import IntegrityError, NotFoundError, RegistryError, UsageError

ARTIFACT = "application/vnd.trialog.test"


@pytest.fixture
def push(blobs):
    """Pushes an artifact of one layer, blobs and manifest; gives its descriptor."""

    def put(repository, tag, content, subject=None):
        manifest, needed = blobs.artifact(content, artifact_type=ARTIFACT, subject=subject)
        for blob in needed:
            repository.push_blob(blob, blobs.opener(blob))
        digest = repository.put_manifest(tag or digest_of(manifest), manifest)
        return Descriptor(MANIFEST_TYPE, digest, len(manifest), {}, ARTIFACT)

    return put


@pytest.fixture(params=["debian", "small", "small without the referrers API"])
def server(request):
    """Registries that every rule holds for."""
    if request.param == "debian":
        return request.getfixturevalue("debian")
    small = request.getfixturevalue("small")
    small.has_referrers = request.param == "small"
    return small


@pytest.fixture
def repository(server, connect, tmp_path):
    """A repository of the test's own."""
    return connect(server.host, f"manifests/{digest_of(str(tmp_path).encode())[7:20]}")


def test_manifest_comes_back(repository, push):
    """By its tag and by its digest, with its media type."""
    made = push(repository, "v1", b"one")
    by_tag, by_digest = repository.get_manifest("v1"), repository.get_manifest(made.digest)
    assert by_tag == by_digest
    assert (by_tag.digest, by_tag.media_type) == (made.digest, MANIFEST_TYPE)
    assert digest_of(by_tag.data) == made.digest
    assert repository.find_manifest("v1") == repository.find_manifest(made.digest) == made.digest


def test_manifest_that_is_not_there(repository, push):
    """Looking for it gives None; asking for it is an error that names the reference."""
    push(repository, "v1", b"one")
    assert repository.find_manifest("v2") is None
    with pytest.raises(NotFoundError, match=f"{repository.name}:v2.*MANIFEST_UNKNOWN"):
        repository.get_manifest("v2")
    with pytest.raises(NotFoundError, match=f"{repository.name}@{digest_of(b'x')}"):
        repository.get_manifest(digest_of(b"x"))


def test_every_tag_is_listed(repository, push):
    """Page after page; a repository that is not there is an error."""
    with pytest.raises(NotFoundError, match=repository.name):
        repository.list_tags()
    for number in range(5):
        push(repository, f"v{number}", b"one")
    assert sorted(repository.list_tags()) == ["v0", "v1", "v2", "v3", "v4"]


def test_referrers_are_listed(repository, push):
    """Through the API, and through the tag where there is none: each once, by type."""
    parent = push(repository, "parent", b"parent")
    assert repository.list_referrers(parent.digest) == ()
    children = {push(repository, tag, tag.encode(), parent) for tag in ("a", "b")}
    push(repository, "a-again", b"a", parent)
    assert set(repository.list_referrers(parent.digest)) == children
    assert set(repository.list_referrers(parent.digest, ARTIFACT)) == children
    assert repository.list_referrers(parent.digest, "application/vnd.other") == ()
    assert {each.artifact_type for each in repository.list_referrers(parent.digest)} == {ARTIFACT}


def test_deleted_manifest_is_gone(repository, push):
    """By its digest only; it is not listed as a referrer any more."""
    parent = push(repository, "parent", b"parent")
    child = push(repository, "child", b"child", parent)
    with pytest.raises(UsageError, match="say its digest"):
        repository.delete_manifest("child")
    repository.delete_manifest(child.digest)
    assert repository.find_manifest(child.digest) is None
    assert repository.list_referrers(parent.digest) == ()
    with pytest.raises(NotFoundError):
        repository.delete_manifest(child.digest)


def test_repository_is_a_source_of_blobs(repository, blobs):
    """What reads from archives and stores reads from it too."""
    blob = blobs.add(b"something")
    repository.push_blob(blob, blobs.opener(blob))
    with verified(repository.open(blob), blob, repository.name) as stream:
        assert stream.read() == b"something"


def test_tag_of_referrers_is_kept_by_the_client(debian, connect, push):
    """In a registry without the API, any client finds them behind the specification's tag."""
    repository = connect(debian.host, "manifests/fallback")
    parent = push(repository, "parent", b"parent")
    child = push(repository, None, b"child", parent)
    fetched = repository.get_manifest(fallback_tag(parent.digest))
    assert fetched.media_type == INDEX_TYPE
    assert json.loads(fetched.data)["manifests"] == [child.to_json()]


def test_registry_with_the_api_needs_no_tag(small, connect, push):
    """It says so itself: nothing more is written."""
    repository = connect(small.host)
    parent = push(repository, "parent", b"parent")
    push(repository, "child", b"child", parent)
    assert repository.list_tags() == ["child", "parent"]


def test_page_of_a_proxy_is_no_list(small, connect, acts):
    """A registry that answers the API with a web page has no API."""
    page = {"Content-Type": "text/html"}
    small.fail("GET", "referrers", lambda request: acts.answer(request, 200, page, b"<html>"))
    assert connect(small.host).list_referrers(digest_of(b"x")) == ()


def test_unknown_blobs_are_refused(debian, connect, blobs):
    """A manifest of blobs that were not pushed is an error with the registry's own words."""
    manifest, _ = blobs.artifact(b"never pushed")
    with pytest.raises(RegistryError, match=r"manifests/unknown:v1.*MANIFEST_BLOB_UNKNOWN"):
        connect(debian.host, "manifests/unknown").put_manifest("v1", manifest)


def test_manifest_that_is_too_large(small, connect, acts):
    """Ours is refused before it is sent; a registry that takes less says how much this was."""
    repository = connect(small.host)
    with pytest.raises(UsageError, match="at most 4194304 bytes"):
        repository.put_manifest("v1", b" " * (MAX_MANIFEST_BYTES + 1))
    assert small.seen == []
    small.fail("PUT", "manifests", lambda request: acts.refuse(request, 413, "SIZE_INVALID"))
    with pytest.raises(
        RegistryError, match=r"of 1000 bytes.*413: SIZE_INVALID.*more than it takes"
    ):
        repository.put_manifest("v1", b" " * 1000)


def test_digest_of_another_is_refused(small, connect):
    """A manifest is not put under a digest that is not its own."""
    with pytest.raises(UsageError, match=digest_of(b"{}")):
        connect(small.host).put_manifest(digest_of(b"other"), b"{}")
    assert small.seen == []


def test_registry_that_keeps_another_manifest_is_found(small, connect, acts):
    """The digest that comes back is checked."""
    lie = {"Docker-Content-Digest": digest_of(b"other")}

    def answer(request):
        request.rfile.read(int(request.headers["Content-Length"]))
        return acts.answer(request, 201, lie)

    small.fail("PUT", "manifests", answer)
    with pytest.raises(IntegrityError, match=digest_of(b"other")):
        connect(small.host).put_manifest("v1", b"{}")


@pytest.mark.parametrize("target", ["v1", digest_of(b"right")])
def test_registry_that_lies_about_a_manifest_is_found(small, connect, acts, target):
    """Other bytes than the digest says, whether it was asked for or is said only."""
    said = {"Docker-Content-Digest": digest_of(b"right"), "Content-Type": MANIFEST_TYPE}
    for method in ("GET", "HEAD"):
        small.fail(method, "manifests", lambda request: acts.answer(request, 200, said, b"wrong"))
    with pytest.raises(IntegrityError, match=digest_of(b"wrong")):
        connect(small.host).get_manifest(target)
    if target != "v1":
        said["Docker-Content-Digest"] = digest_of(b"other")
        with pytest.raises(IntegrityError, match=digest_of(b"other")):
            connect(small.host).find_manifest(target)


def test_endless_manifest_ends(small, connect, acts):
    """No more than a manifest may have is read."""

    def send(request):
        acts.answer(request, 200, {"Transfer-Encoding": "chunked"})
        while True:
            request.wfile.write(b"%x\r\n%s\r\n" % (1 << 20, b" " * (1 << 20)))

    small.fail("GET", "manifests", send)
    with pytest.raises(IntegrityError, match="more than the 4194304 bytes"):
        connect(small.host).get_manifest("v1")


def test_registry_without_digests_is_asked_for_the_bytes(small, connect, push, acts):
    """Where a HEAD says no digest, the manifest is fetched and hashed."""
    repository = connect(small.host)
    made = push(repository, "v1", b"one")
    small.fail("HEAD", "manifests", lambda request: acts.answer(request, 200))
    assert repository.find_manifest("v1") == made.digest


@pytest.mark.parametrize(
    "link, words",
    [
        ("<http://127.0.0.1:1/v2/team/name/tags/list>; rel=next", "on another host"),
        ("<https://evil.example/>; rel=next", "on another host"),
        ("</v2/team/name/tags/list?last=x>; rel=next", "more than 1000 pages"),
        ("<ftp://x/>; rel=next", "as an address"),
    ],
)
def test_next_page_leads_nowhere_else(small, connect, acts, link, words):
    """A list goes on in the same registry, and ends."""
    page = {"Link": link}
    small.fail(
        "GET", "tags", lambda request: acts.answer(request, 200, page, b'{"tags": ["a"]}'), 2000
    )
    with pytest.raises(RegistryError, match=words):
        connect(small.host).list_tags()


@pytest.mark.parametrize("body", [b"", b"[]", b'{"tags": 3}', b'{"tags": [3]}', b"<html>"])
def test_list_that_is_none_is_named(small, connect, acts, body):
    """What is no list of tags is an error that says whose."""
    small.fail("GET", "tags", lambda request: acts.answer(request, 200, {}, body))
    with pytest.raises(IntegrityError, match="the list of tags of .*team/name"):
        connect(small.host).list_tags()


def test_registry_that_deletes_nothing_says_so(small, connect, push, acts):
    """Many registries have it turned off."""
    repository = connect(small.host)
    made = push(repository, "v1", b"one")
    small.fail("DELETE", "manifests", lambda request: acts.refuse(request, 405, "UNSUPPORTED"))
    with pytest.raises(RegistryError, match="lets nothing be deleted"):
        repository.delete_manifest(made.digest)


@pytest.mark.parametrize("path", ["", "Team", "../x", "a//b", "a?b", "a#b", "a b"])
def test_names_are_checked(path):
    """What is no name of a repository never gets into an address."""
    with Registry("localhost:1") as registry, pytest.raises(UsageError, match="repository"):
        registry.repository(path)


@pytest.mark.parametrize("host", ["", "a/b", "http://h", "user@h", "h:0", "h:x", "h?x"])
def test_hosts_are_checked(host):
    """What is no host is refused before anything is asked."""
    with pytest.raises(UsageError):
        Registry(host)


@pytest.mark.parametrize(
    "host, expected",
    [
        ("localhost", True),
        ("localhost:5000", True),
        ("127.0.0.1:5000", True),
        ("127.1.2.3", True),
        ("[::1]:5000", True),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("10.0.0.1", False),
        ("ghcr.io", False),
    ],
)
def test_only_this_machine_speaks_plain_http(host, expected):
    """Everybody else speaks https, unless the caller says otherwise."""
    assert is_loopback(host) is expected
