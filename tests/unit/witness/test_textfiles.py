"""Files that are kept with a run, and those that are not."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._names import check_path_name
from trialog._witness.textfiles import (
    attachment_name,
    keepsake_of,
    looks_secret,
    read_text_file,
)


@pytest.mark.parametrize(
    "path",
    [".env", "conf/.env.local", "prod.env", "certs/server.pem", "id_rsa", "id_ed25519.pub", "a.KEY",
     "credentials", "credentials.json", "aws/credentials.py", ".ssh/config", ".aws/x",
     "secrets.yaml", ".netrc", ".pypirc", "client_secret_12.json", "my_credentials.json", "x.p12"],
)  # fmt: skip
def test_a_name_that_says_secret(path):
    """Such a file is never opened."""
    assert looks_secret(path.encode())


@pytest.mark.parametrize(
    "path", ["train.py", "environment.yml", "keys.py", "secretary.py", "tokenizer.json", "env.py"]
)
def test_a_name_that_says_nothing(path):
    """Other files are."""
    assert not looks_secret(path.encode())


def test_only_text_that_fits_is_read(tmp_path):
    """The reason says why another is not."""
    cases = {
        "text.py": (b"x = 1\n", ""),
        "empty.txt": (b"", ""),
        "long.txt": (b"x" * 101, "too large"),
        "null.bin": (b"a\0b", "binary"),
        "latin.txt": (b"caf\xe9", "binary"),
    }
    for name, (data, reason) in cases.items():
        (tmp_path / name).write_bytes(data)
        found = read_text_file(os.fsencode(tmp_path / name), 100)
        assert (found.reason, found.data) == (reason, None if reason else data)


def test_what_is_no_file_is_not_opened(tmp_path):
    """Neither a pipe, which would never end, nor a link, which may lead to a secret."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "id_rsa").write_text("secret")
    (tmp_path / "link").symlink_to("id_rsa")
    (tmp_path / "folder").mkdir()
    reasons = {
        name: read_text_file(os.fsencode(tmp_path / name), 100).reason
        for name in ("pipe", "link", "folder", "gone")
    }
    assert reasons == {
        "pipe": "not a file",
        "link": "a link",
        "folder": "not a file",
        "gone": "No such file or directory",
    }


def test_a_secret_in_a_file_is_told(tmp_path):
    """The rest of the file is kept."""
    path = tmp_path / "train.py"
    path.write_text("password = 'hunter2'\nlr = 0.1\n")
    found = read_text_file(os.fsencode(path), 100)
    assert found.is_redacted
    assert found.data == b"password = '[redacted]'\nlr = 0.1\n"


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=60).map(lambda path: path.replace(b"\0", b"")))
def test_every_path_has_a_name_that_can_be_one(path):
    """Whatever bytes it is made of, folders above it aside, which git never names."""
    if {b"..", b""} & set(path.split(b"/")):
        return
    name = attachment_name("code/untracked/", path)
    assert check_path_name(name, "attachment") == name


def test_odd_letters_are_told_as_numbers():
    """Two names stay two; what is too long has none."""
    assert attachment_name("a/", b"\xff\n\\ b.py") == "a/%ff%0a%5c b.py"
    assert attachment_name("a/", "é.py".encode()) == "a/é.py"
    assert attachment_name("a/", b"x" * 2000) is None


@pytest.mark.parametrize(
    "name,media_type",
    [("code/a.py", "text/x-python"), ("code/a.ts", "text/plain"), ("code/Makefile", "text/plain"),
     ("code/a.yaml", "application/yaml"), ("code/a.ipynb", "application/x-ipynb+json")],
)  # fmt: skip
def test_a_media_type_is_one_of_text(name, media_type):
    """By the file's name; TypeScript is no film."""
    assert keepsake_of(name, b"x") == (name, media_type, b"x", name[5:])
