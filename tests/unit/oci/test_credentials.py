"""Credentials: found where Docker and Podman keep them, for the right host, never shown."""

from __future__ import annotations

import base64
import json
import stat

import pytest

from trialog._oci.credentials import Credentials, find_credentials
from trialog.errors import RegistryError


def encoded(username="ada", password="s3cret:x"):
    return base64.b64encode(f"{username}:{password}".encode()).decode()


@pytest.fixture
def environ(tmp_path):
    """An environment whose folders are the test's own."""
    return {
        "HOME": str(tmp_path / "home"),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "PATH": str(tmp_path / "bin"),
    }


def write(path, config):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(config if isinstance(config, str) else json.dumps(config))


@pytest.fixture
def docker(tmp_path):
    """Writes Docker's config.json."""
    return lambda config: write(tmp_path / "home" / ".docker" / "config.json", config)


@pytest.fixture
def helper(tmp_path):
    """Installs a credential helper: a shell script that keeps what it was told."""

    def install(name, body):
        path = tmp_path / "bin" / f"docker-credential-{name}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            f'#!/bin/sh\nread host || :\nprintf \'%s %s\' "$1" "$host" >{tmp_path}/told\n{body}\n'
        )
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    return install


@pytest.mark.parametrize(
    "key",
    [
        "h.example:5000",
        "https://h.example:5000",
        "https://h.example:5000/v1/",
        "h.example:5000/team",
    ],
)
def test_entry_of_docker_is_found(environ, docker, key):
    """Whatever of the usual forms the entry's key has; a password may hold a colon."""
    docker({"auths": {"other.example": {"auth": encoded("eve", "x")}, key: {"auth": encoded()}}})
    found = find_credentials("h.example:5000", "team/name", environ).credentials
    assert (found.username, found.password) == ("ada", "s3cret:x")
    assert key in found.origin


@pytest.mark.parametrize("key", ["h.example:5000", "example", "evil-h.example", "h.example.evil"])
def test_other_hosts_do_not_count(environ, docker, key):
    """An entry is for exactly its host and port."""
    docker({"auths": {key: {"auth": encoded()}}})
    found = find_credentials("h.example", "team/name", environ)
    assert found.credentials is None
    assert "config.json (has none for it)" in found.places[0]


def test_closest_path_counts(environ, docker):
    """Of several entries of a host, the one that says most of the repository's name."""
    docker(
        {
            "auths": {
                "h.example": {"auth": encoded("host")},
                "h.example/team": {"auth": encoded("team")},
                "h.example/team/name": {"auth": encoded("name")},
                "h.example/team/na": {"auth": encoded("wrong")},
            }
        }
    )
    names = {
        path: find_credentials("h.example", path, environ).credentials.username
        for path in ("team/name", "team/names", "other")
    }
    assert names == {"team/name": "name", "team/names": "team", "other": "host"}


def test_order_of_files(environ, docker, tmp_path):
    """REGISTRY_AUTH_FILE, then Docker's, then Podman's; DOCKER_CONFIG moves Docker's."""
    write(
        tmp_path / "run" / "containers" / "auth.json", {"auths": {"h": {"auth": encoded("podman")}}}
    )
    assert find_credentials("h", "x", environ).credentials.username == "podman"
    docker({"auths": {"h": {"auth": encoded("home")}}})
    assert find_credentials("h", "x", environ).credentials.username == "home"
    write(tmp_path / "docker" / "config.json", {"auths": {"h": {"auth": encoded("moved")}}})
    environ["DOCKER_CONFIG"] = str(tmp_path / "docker")
    assert find_credentials("h", "x", environ).credentials.username == "moved"
    write(tmp_path / "mine.json", {"auths": {"h": {"auth": encoded("mine")}}})
    environ["REGISTRY_AUTH_FILE"] = str(tmp_path / "mine.json")
    assert find_credentials("h", "x", environ).credentials.username == "mine"


def test_docker_hub_has_its_old_name(environ, docker):
    """Docker keeps the entry of docker.io under the address of its index."""
    docker({"auths": {"https://index.docker.io/v1/": {"auth": encoded()}}})
    assert find_credentials("docker.io", "team/name", environ).credentials.username == "ada"


def test_identity_token_is_found(environ, docker):
    """An entry may hold a token that is exchanged for others, instead of a password."""
    docker({"auths": {"h.example": {"identitytoken": "abc"}}})
    assert find_credentials("h.example", "x", environ).credentials.identity_token == "abc"


def test_helper_of_the_registry_comes_first(environ, docker, helper, tmp_path):
    """A helper is asked for the host; the one of the registry before the one for all."""
    helper("mine", 'echo \'{"ServerURL": "h", "Username": "ada", "Secret": "p"}\'')
    docker({"credsStore": "other", "credHelpers": {"h.example": "mine"}})
    found = find_credentials("h.example", "x", environ).credentials
    assert (found.username, found.password) == ("ada", "p")
    assert "docker-credential-mine" in found.origin
    assert (tmp_path / "told").read_text() == "get h.example"


def test_helper_gives_an_identity_token(environ, docker, helper):
    """The name <token> says that the secret is one."""
    helper("mine", 'echo \'{"Username": "<token>", "Secret": "abc"}\'')
    docker({"credsStore": "mine"})
    found = find_credentials("h.example", "x", environ).credentials
    assert (found.identity_token, found.password) == ("abc", "")


@pytest.mark.parametrize(
    "body, note",
    [
        ("echo credentials not found in native keychain; exit 1", "has none for it"),
        ("echo s3cret is no JSON", "has none for it"),
        ("echo '[]'", "has none for it"),
        (None, "is not installed"),
    ],
)
def test_helper_without_an_answer_is_told_of(environ, docker, helper, body, note):
    """A helper that knows nothing or is not there leaves the entry of the file, or a note."""
    if body is not None:
        helper("mine", body)
    docker({"credsStore": "mine", "auths": {"other.example": {"auth": encoded()}}})
    assert find_credentials("other.example", "x", environ).credentials.username == "ada"
    found = find_credentials("h.example", "x", environ)
    assert found.credentials is None
    assert note in found.places[0]
    assert "s3cret" not in str(found)


@pytest.mark.parametrize(
    "config",
    [
        '{"auths": {"h": {"auth": "s3cret',
        "[]",
        {"auths": ["s3cret"]},
        {"auths": {"h": {"auth": "s3cret"}}},
        {"auths": {"h": {"auth": base64.b64encode(b"s3cret").decode()}}},
        {"credsStore": "../s3cret"},
    ],
)
def test_file_that_means_nothing_is_named(environ, docker, tmp_path, config):
    """Its path is said, and nothing of what stands in it but a helper's name."""
    docker(config)
    with pytest.raises(RegistryError) as caught:
        find_credentials("h", "x", environ)
    assert str(tmp_path / "home" / ".docker" / "config.json") in str(caught.value)
    assert "s3cret" not in str(caught.value).replace("'../s3cret'", "")
    assert caught.value.__cause__ is None


def test_nothing_there_says_where_it_looked(environ):
    """Without any file there are no credentials, and the message can say where was looked."""
    found = find_credentials("h.example", "x", environ)
    assert found.credentials is None
    assert [place.rpartition("/")[2] for place in found.places] == [
        "config.json (not there)",
        "auth.json (not there)",
    ]


def test_secrets_are_not_shown():
    """Neither the password nor the token stands in a repr."""
    assert "s3cret" not in repr(Credentials("ada", "s3cret", "s3cret"))
