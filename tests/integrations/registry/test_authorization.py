"""Who asks: real registries that want a name and a password, or a token."""

from __future__ import annotations

import pytest

from trialog._oci.credentials import Credentials
from trialog._oci.progress import TransferState
from trialog.errors import RegistryError


def test_name_and_password_are_said(debian_basic, connect, blobs, log_in):
    """Those of Docker's file; afterwards every request has them from the start."""
    log_in(debian_basic.host)
    repository = connect(debian_basic.host, "basic/said")
    manifest, needed = blobs.artifact(b"abc")
    for blob in needed:
        repository.push_blob(blob, blobs.opener(blob))
    repository.put_manifest("v1", manifest)
    assert repository.get_manifest("v1").data == manifest
    refused = [
        path for _, path, status in debian_basic.requests() if status == 401 and "said" in path
    ]
    assert len(refused) == 1


def test_credentials_of_the_call_come_first(debian_basic, connect, log_in):
    """What the caller gives is not looked up."""
    log_in(debian_basic.host, password="old")
    given = Credentials("ada", "s3cret")
    assert connect(debian_basic.host, "basic/x", credentials=given).find_manifest("v1") is None


def test_missing_credentials_are_explained(debian_basic, connect, tmp_path):
    """The error says where was looked, and how to log in."""
    with pytest.raises(RegistryError) as caught:
        connect(debian_basic.host, "basic/x").list_tags()
    for words in ("401: UNAUTHORIZED", str(tmp_path / "docker" / "config.json"), "docker login"):
        assert words in str(caught.value)


def test_wrong_password_is_not_said(debian_basic, connect, log_in):
    """The error names the user and the file, never the password; it is tried once."""
    log_in(debian_basic.host, password="wr0ng")
    with pytest.raises(
        RegistryError, match="with the credentials of 'ada' from .*config.json"
    ) as caught:
        connect(debian_basic.host, "basic/wrong").list_tags()
    assert "wr0ng" not in str(caught.value)
    tried = [path for _, path, _ in debian_basic.requests() if "basic/wrong" in path]
    assert len(tried) == 2


def test_token_is_fetched_once_for_pushing(debian_token, connect, blobs, log_in):
    """One token with all that pushing needs, whatever the number of blobs."""
    server, tokens = debian_token
    log_in(server.host)
    tokens.asked.clear()
    repository = connect(server.host, "token/push")
    manifest, needed = blobs.artifact(b"abc", b"def", b"ghi")
    for blob in needed:
        assert repository.push_blob(blob, blobs.opener(blob)) is TransferState.DONE
    repository.put_manifest("v1", manifest)
    assert repository.get_manifest("v1").data == manifest
    assert tokens.asked == [("ada", ["repository:token/push:pull,push"])]


def test_mounting_needs_both_repositories(debian_token, connect, blobs, log_in):
    """The token for it is for pulling from the one and pushing to the other."""
    server, tokens = debian_token
    log_in(server.host)
    blob = blobs.add(b"to be mounted")
    connect(server.host, "token/from").push_blob(blob, blobs.opener(blob))
    to = connect(server.host, "token/to")
    assert to.push_blob(blob, blobs.opener(blob), mount_from="token/from") is TransferState.MOUNTED
    assert tokens.asked[-1] == (
        "ada",
        ["repository:token/from:pull", "repository:token/to:pull,push"],
    )


def test_anybody_may_read(debian_token, connect, blobs, log_in, tmp_path):
    """Without credentials a token is asked for without a name."""
    server, tokens = debian_token
    log_in(server.host)
    manifest, needed = blobs.artifact(b"public")
    repository = connect(server.host, "token/public")
    for blob in needed:
        repository.push_blob(blob, blobs.opener(blob))
    repository.put_manifest("v1", manifest)
    (tmp_path / "docker" / "config.json").unlink()
    nobody = connect(server.host, "token/public")
    assert nobody.get_manifest("v1").data == manifest
    assert tokens.asked[-1] == ("", ["repository:token/public:pull"])
    new = blobs.add(b"not public")
    with pytest.raises(RegistryError, match="no credentials for .* were found"):
        nobody.push_blob(new, blobs.opener(new))


def test_token_that_ends_is_renewed(debian_token, connect, log_in, monkeypatch):
    """A refused token is fetched again, and the request repeated."""
    server, tokens = debian_token
    log_in(server.host)
    repository = connect(server.host, "token/renewed")
    assert repository.find_manifest("v1") is None
    tokens.asked.clear()
    held = repository._transport.authorizer._tokens
    held[0] = held[0]._replace(header="Bearer of.nothing.good")
    assert repository.find_manifest("v1") is None
    assert len(tokens.asked) == 1


def test_wrong_password_for_tokens_is_explained(debian_token, connect, log_in):
    """The error says who refused, with whose credentials."""
    server, _ = debian_token
    log_in(server.host, password="wr0ng")
    with pytest.raises(RegistryError, match="for a token for .*401.*'ada' from") as caught:
        connect(server.host, "token/x").list_tags()
    assert "wr0ng" not in str(caught.value)
