"""Credentials for registries: where Docker and Podman keep them, never on another host's word.

Looked at in this order, the first that knows the registry counts: the file of
``$REGISTRY_AUTH_FILE``, Docker's ``config.json``, Podman's ``auth.json``. This is the only module
of the package that runs a program: ``docker-credential-NAME``, where such a file names one.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from trialog.errors import RegistryError

_HELPER_TIMEOUT_S = 60.0  # some ask the user to unlock a keychain
_HELPER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TOKEN_USER = "<token>"  # noqa: S105 # what helpers say where the secret is an identity token
_DOCKER_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks: a name and a password, or an identity token.

    Attributes:
        username: the name; empty with an identity token.
        password: the password or access token.
        identity_token: what is exchanged for access tokens, else None.
        origin: where they come from, for messages.
    """

    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str | None = field(default=None, repr=False)
    origin: str = "the call"


class Found(NamedTuple):
    """What looking for credentials gave.

    Attributes:
        credentials: the credentials, else None.
        places: where was looked and what was wrong there, for messages.
    """

    credentials: Credentials | None
    places: tuple[str, ...]


def find_credentials(
    registry: str, repository: str, environ: Mapping[str, str] | None = None
) -> Found:
    """The credentials that Docker's or Podman's files hold for a repository.

    Args:
        registry: the host, and the port if there is one.
        repository: its name; Podman keeps some for a part of a registry.
        environ: the environment variables, else those of this process.

    Raises:
        RegistryError: a file is there and cannot be understood.
    """
    environ = os.environ if environ is None else environ
    places = []
    for path in _paths(environ):
        config = _read(path)
        if config is None:
            places.append(f"{path} (not there)")
            continue
        notes: list[str] = []
        credentials = _of_config(config, path, registry, repository, environ, notes)
        if credentials is not None:
            return Found(credentials, (credentials.origin,))
        places.append(f"{path} ({'; '.join(notes) or 'has none for it'})")
    return Found(None, tuple(places))


def _paths(environ: Mapping[str, str]) -> Iterator[Path]:
    if environ.get("REGISTRY_AUTH_FILE"):
        yield Path(environ["REGISTRY_AUTH_FILE"])
    if environ.get("DOCKER_CONFIG"):
        yield Path(environ["DOCKER_CONFIG"]) / "config.json"
    elif environ.get("HOME"):
        yield Path(environ["HOME"]) / ".docker" / "config.json"
    if environ.get("XDG_RUNTIME_DIR"):
        yield Path(environ["XDG_RUNTIME_DIR"]) / "containers" / "auth.json"


def _read(path: Path) -> Mapping[str, Any] | None:
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise RegistryError(
            f"the file with credentials {path} cannot be read: {error.strerror}"
        ) from None
    try:
        config = orjson.loads(data or b"{}")
    except orjson.JSONDecodeError:  # its text quotes the file, secrets included
        config = None
    if not isinstance(config, dict):
        raise RegistryError(
            f"the file with credentials {path} holds no JSON object; mend it, or name another with "
            "DOCKER_CONFIG or REGISTRY_AUTH_FILE"
        )
    return config


def _of_config(
    config: Mapping[str, Any],
    path: Path,
    registry: str,
    repository: str,
    environ: Mapping[str, str],
    notes: list[str],
) -> Credentials | None:
    """What one file knows; why it knows nothing is added to the notes."""
    helpers = _object(config, "credHelpers", path)
    names = [name for key, name in helpers.items() if _host_of(key) in _aliases(registry)]
    if not names:  # a helper of the registry's own comes before the one for all
        names = [config.get("credsStore")]
    for name in names:
        if isinstance(name, str) and name:
            found = _ask_helper(name, registry, path, environ, notes)
            if found is not None:
                return found
    entries = _object(config, "auths", path).items()
    covering = [
        (reach, key, entry)
        for key, entry in entries
        if (reach := _reach(key, registry, repository)) is not None and isinstance(entry, dict)
    ]
    for _, key, entry in sorted(covering, key=lambda each: -each[0]):  # the closest one first
        found = _of_entry(entry, key, path)
        if found is not None:
            return found
    return None


def _object(config: Mapping[str, Any], name: str, path: Path) -> Mapping[str, Any]:
    value = config.get(name) or {}
    if not isinstance(value, dict):
        raise RegistryError(f"{name!r} in the file with credentials {path} is no JSON object")
    return value


def _aliases(registry: str) -> tuple[str, ...]:
    return _DOCKER_HUB if registry in _DOCKER_HUB else (registry,)


def _host_of(key: str) -> str:
    return _without_scheme(key).partition("/")[0]


def _without_scheme(key: str) -> str:
    return key.removeprefix("https://").removeprefix("http://").rstrip("/")


def _reach(key: str, registry: str, repository: str) -> int | None:
    """How much of a repository's name an entry's key says; None where it means another.

    Keys are ``host``, ``host/path`` and ``https://host/v1/``.
    """
    host, _, path = _without_scheme(key).partition("/")
    if host not in _aliases(registry):
        return None
    path = "" if path in ("v1", "v2") else path
    return len(path) if f"{repository}/".startswith(f"{path}/" if path else "") else None


def _of_entry(entry: Mapping[str, Any], key: str, path: Path) -> Credentials | None:
    origin = f"{path}, entry {key!r}"
    token = entry.get("identitytoken")
    if isinstance(token, str) and token:
        return Credentials(identity_token=token, origin=origin)
    username, password = entry.get("username"), entry.get("password")
    encoded = entry.get("auth")
    if isinstance(encoded, str) and encoded:
        try:
            username, colon, password = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            colon = ""
        if not colon:
            raise RegistryError(f"'auth' in {origin} is no base64 of 'name:password'") from None
    if isinstance(username, str) and username and isinstance(password, str):
        return Credentials(username, password.rstrip("\0"), origin=origin)
    return None


def _ask_helper(
    name: str, registry: str, path: Path, environ: Mapping[str, str], notes: list[str]
) -> Credentials | None:
    program = f"docker-credential-{name}"
    if not _HELPER_NAME.fullmatch(name):
        raise RegistryError(f"the file {path} names a credential helper {name!r}, which is no name")
    asked = "https://index.docker.io/v1/" if registry in _DOCKER_HUB else registry
    try:
        done = subprocess.run(  # noqa: S603 # the user's own file names it
            [program, "get"],
            input=asked.encode(),
            capture_output=True,
            check=False,
            timeout=_HELPER_TIMEOUT_S,
            env=dict(environ),
        )
    except FileNotFoundError:
        notes.append(f"names the helper {program}, which is not installed")
        return None
    except (OSError, subprocess.TimeoutExpired) as error:
        why = "did not answer" if isinstance(error, subprocess.TimeoutExpired) else "cannot be run"
        notes.append(f"names the helper {program}, which {why}")
        return None
    try:
        answer = orjson.loads(done.stdout) if done.returncode == 0 else None
    except orjson.JSONDecodeError:
        answer = None
    if not isinstance(answer, dict):  # what it says instead is not repeated: it may be a secret
        notes.append(f"the helper {program} has none for it")
        return None
    username, secret = answer.get("Username"), answer.get("Secret")
    if not isinstance(username, str) or not isinstance(secret, str) or not secret:
        notes.append(f"the helper {program} has none for it")
        return None
    origin = f"the helper {program} that {path} names"
    if username == _TOKEN_USER:
        return Credentials(identity_token=secret, origin=origin)
    return Credentials(username, secret, origin=origin)
