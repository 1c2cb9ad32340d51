"""Codecs of other packages, registered as entry points of the group ``trialog.codecs``.

They are looked for when a value is met that no codec here takes, or a media type that none here
reads; what is broken is told once on stderr and left out.
"""

from __future__ import annotations

import contextlib
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from trialog.codecs._media_types import parse_media_type
from trialog.codecs._protocol import AttachmentCodec, check_codec

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "trialog.codecs"


def registered_codec_for(value: object) -> AttachmentCodec[Any] | None:
    """The first codec of another package, by its name there, whose ``takes(value)`` is true."""
    for name, codec in _load_codecs():
        takes = getattr(codec, "takes", None)
        if takes is None:
            continue
        try:
            if takes(value):
                return codec
        except Exception as error:  # noqa: BLE001 # somebody else's code
            _tell_once(f"codec {name!r} failed in takes()", type(error).__name__, str(error))
    return None


def registered_codec_for_media_type(essence: str) -> AttachmentCodec[Any] | None:
    """The first codec of another package, by its name there, that reads a media type."""
    for _, codec in _load_codecs():
        if parse_media_type(codec.media_type).essence == essence:
            return codec
    return None


@cache
def _load_codecs() -> tuple[tuple[str, AttachmentCodec[Any]], ...]:
    """Name and codec of each entry point that can be loaded, by name."""
    from importlib.metadata import entry_points  # noqa: PLC0415 # loads email, zipfile, csv, …

    found = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        codec = _load(point)
        if codec is not None:
            found.append((point.name, codec))
    return tuple(found)


def _load(point: EntryPoint) -> AttachmentCodec[Any] | None:
    try:
        return check_codec(point.load())
    except Exception as error:  # noqa: BLE001 # somebody else's code
        where = f"codec {point.name!r} ({point.value}) cannot be used"
        _tell_once(where, type(error).__name__, str(error))
        return None


@cache
def _tell_once(where: str, kind: str, what: str) -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            print(f"trialog: the {where}: {kind}: {what}", file=sys.stderr)  # noqa: T201 # to a person
