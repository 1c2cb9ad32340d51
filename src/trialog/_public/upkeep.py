"""Looking after a store: ``gc`` and ``gc_undo``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from trialog._settings import Settings
from trialog._tracking.client import LocalClient, check_client
from trialog.errors import InvalidTypeError, UsageError

if TYPE_CHECKING:
    from trialog._artifacts.garbage import Garbage
    from trialog._artifacts.trash import Item
    from trialog._format.folders import StoreFolder

_AGE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([smhdw])\s*")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_LEAST_S = 600.0  # a writer names what it has written long before


def gc(
    delete: bool = False,
    older_than: str | timedelta = "24h",
    *,
    client: LocalClient | None = None,
) -> Garbage:
    """Find what nobody needs in the store: a look, unless ``delete=True``.

    That is: deleted runs and experiments, blobs that nothing names, and what was left behind by
    processes that were killed. It is moved to the store's trash, where :func:`gc_undo` gets it
    back; a later ``gc(delete=True)`` empties the trash of what is older than ``older_than``.

    Args:
        delete: move it to the trash.
        older_than: what is newer is left alone: ``"24h"``, ``"7d"``, or a timedelta.
        client: the store; the default one where not given.

    Returns:
        What it is: ``str()`` of it counts it, iterating gives path and size of each.

    Raises:
        UsageError: less than ten minutes, or no duration.
        StoreError: the store cannot be read or written.

    Example:
        >>> import trialog
        >>> print(trialog.gc())
        0 deleted runs, 0 blobs that nothing names, 0 files left over: 0 bytes not needed any more
    """
    from trialog._artifacts.garbage import collect_garbage  # noqa: PLC0415 # loads SQL

    age_s = _seconds_of(older_than)
    return collect_garbage(_store_of(client), int(age_s * 1e9), is_removed=delete)


def gc_undo(*, client: LocalClient | None = None) -> list[Item]:
    """Put back what the last ``gc(delete=True)`` moved to the trash.

    Args:
        client: the store; the default one where not given.

    Returns:
        What came back: path and size of each; nothing where the trash is empty.

    Raises:
        StoreError: the store cannot be written.

    Example:
        >>> import trialog
        >>> trialog.gc_undo()
        []
    """
    from trialog._artifacts.trash import Trash  # noqa: PLC0415 # loads requests

    return Trash(_store_of(client)).put_back()


def _store_of(client: LocalClient | None) -> StoreFolder:
    from trialog._format.folders import StoreFolder  # noqa: PLC0415 # beside the others

    return StoreFolder(check_client(client, "gc").home or Settings.from_environ().home)


def _seconds_of(age: object) -> float:
    if isinstance(age, timedelta):
        seconds = age.total_seconds()
    elif isinstance(age, str):
        found = _AGE.fullmatch(age)
        if found is None:
            raise UsageError(
                f"older_than={age!r} is no duration; use a number and s, m, h, d or w, as '24h'"
            )
        seconds = float(found[1]) * _SECONDS[found[2]]
    else:
        raise InvalidTypeError(
            f"older_than must be text or a timedelta, not {type(age).__name__}: {age!r}"
        )
    if seconds < _LEAST_S:
        raise UsageError(
            f"older_than={age!r} is too short: a run that goes on may be about to name what it has "
            "just written; use '10m' or more"
        )
    return seconds
