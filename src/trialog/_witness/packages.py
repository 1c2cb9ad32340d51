"""Which packages a process can import, and from which commits they are."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path
from urllib.parse import unquote, urlsplit

import orjson

from trialog._redaction import redact_argument
from trialog._witness.repository import find_root, read_head

_MAX_PACKAGES = 5_000
_SHOWN_COMMIT = 12


def read_packages(sys_path: Iterable[str], folder: str = "") -> dict[str, str]:
    """The version of each package that can be imported, by name, in the order of the alphabet.

    A package that was installed as a folder of source code says so, with the commit it is at.

    Args:
        sys_path: where packages are looked for; the first of a name is the one that counts.
        folder: what relative places are meant from.
    """
    places = [os.path.normpath(Path(folder or "/", each)) for each in sys_path]
    found: dict[str, tuple[str, str]] = {}
    for distribution in distributions(path=list(dict.fromkeys(places))):
        if len(found) >= _MAX_PACKAGES:
            break
        try:
            name, version = _name_and_version(distribution)
            key = name.lower().replace("_", "-").replace(".", "-")
            if name and key not in found:
                origin = distribution.read_text("direct_url.json")
                found[key] = name, version + (_told_origin(origin) if origin else "")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # what is broken on the disk
    return dict(found[key] for key in sorted(found))


def _name_and_version(distribution: Distribution) -> tuple[str, str]:
    """From the first lines of its metadata: parsing all of it takes most of the time."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    said: dict[str, str] = {}
    for line in text.partition("\n\n")[0].splitlines():
        key, _, value = line.partition(":")
        if key in ("Name", "Version"):
            said.setdefault(key, value.strip())
            if len(said) > 1:
                return said["Name"], said["Version"]
    metadata = distribution.metadata  # from 3.12 on, asking for what is not there is a warning
    name = metadata["Name"] if "Name" in metadata else ""  # noqa: SIM401 # it has no get()
    version = metadata["Version"] if "Version" in metadata else "unknown"  # noqa: SIM401 # as above
    return name, version


def _told_origin(text: str) -> str:
    """What a package's own note of its origin says, in brackets behind the version."""
    said = orjson.loads(text)
    url = str(said.get("url", ""))
    if said.get("dir_info", {}).get("editable"):
        root = find_root(unquote(urlsplit(url).path)) if url.startswith("file:") else None
        commit = None if root is None else read_head(root).commit
        return f" (editable, commit {commit[:_SHOWN_COMMIT]})" if commit else " (editable)"
    if "vcs_info" in said:
        commit = str(said["vcs_info"].get("commit_id", ""))
        return f" (from {redact_argument(url)}, commit {commit[:_SHOWN_COMMIT]})"
    return ""
