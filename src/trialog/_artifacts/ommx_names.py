"""Names that OMMX takes, made into names that may stand here; OMMX takes any text."""

from __future__ import annotations

import re
from collections.abc import Callable

from trialog._names import MAX_NAME_BYTES, check_name, check_path_name
from trialog.errors import InvalidNameError

_UNUSABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\\]")
_ROOM_BYTES = 32  # for a number behind it


class Names:
    """Gives each name out once: a name that may not stand here, or a second time, is changed."""

    def __init__(self, what: str, check: Callable[[object, str], str] = check_path_name) -> None:
        """Make it.

        Args:
            what: what is named; also the name of what has none.
            check: says what may be a name.
        """
        self._what = what
        self._check = check
        self._given: set[str] = set()

    def give(self, name: str) -> str:
        """The name itself, or the nearest to it that may stand here and is free."""
        try:
            usable = self._check(name, self._what)
        except InvalidNameError:
            usable = self._tidy(name)
        found, number = usable, 1
        while found in self._given:
            number += 1
            found = f"{usable}-{number}"
        self._given.add(found)
        return found

    def _tidy(self, name: str) -> str:
        tidy = _UNUSABLE.sub("_", name).strip()
        parts = [part if part.strip(".") else "_" * len(part) for part in tidy.split("/")]
        tidy = "/".join(parts).strip("/").replace(":", "_")
        cut = tidy.encode()[: MAX_NAME_BYTES - _ROOM_BYTES].decode(errors="ignore")
        return cut if cut.strip() else self._what


def parameter_names() -> Names:
    """Parameters have names that are no paths."""
    return Names("parameter", check_name)


def attachment_names() -> Names:
    """Attachments have names that may become paths."""
    return Names("attachment")


def usable_filename(name: str | None) -> str | None:
    """A file's own name, without the folders before it; None where nothing of it may stay."""
    leaf = "" if name is None else name.replace("\\", "/").rpartition("/")[2]
    try:
        checked = check_path_name(leaf, "file")
    except InvalidNameError:
        return None
    return None if checked in (".", "..") else checked
