"""What the witness has found out about a run: facts, and bytes to keep with it."""

from __future__ import annotations

from typing import Any, NamedTuple


class Keepsake(NamedTuple):
    """Bytes to be kept with a run.

    Attributes:
        name: the attachment's name.
        media_type: what they are.
        data: the bytes.
        filename: what the file is called.
    """

    name: str
    media_type: str
    data: bytes
    filename: str


class Found(NamedTuple):
    """One section of what a run knows about itself.

    Attributes:
        section: its facts, by name; anything JSON can hold.
        attachments: what is to be kept beside them.
    """

    section: dict[str, Any]
    attachments: list[Keepsake]
