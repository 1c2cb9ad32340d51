"""What the environment says, read once per call that starts something, never at import."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from trialog._entities import RunStatus
from trialog.errors import InvalidTypeError, UsageError

_MODES = ("local", "disabled")
CAPTURES = frozenset({"code", "environment", "console", "system"})


class Settings(NamedTuple):
    """The environment's choices.

    Attributes:
        home: the store's folder (``TRIALOG_HOME``, else ``~/.trialog``).
        mode: ``local``, or ``disabled`` to keep the API and write nothing (``TRIALOG_MODE``).
        namespace: the default namespace (``TRIALOG_NAMESPACE``), else None.
        project: the default project (``TRIALOG_PROJECT``), else None.
        at_exit: the status of a run left open at a clean exit (``TRIALOG_AT_EXIT``).
        run: the run that this process is to write to (``TRIALOG_RUN``), else None.
        capture: what a run keeps about itself (``TRIALOG_CAPTURE``: some of ``code``,
            ``environment``, ``console`` and ``system`` with commas, ``all`` or ``none``).
        system_interval_s: seconds from one measurement of the machine to the next
            (``TRIALOG_SYSTEM_INTERVAL``).
        hooks: whom to tell of starts, ends and alerts (``TRIALOG_HOOKS``), as it stands there.
        stalled_after_s: after so many seconds without a logged value a run has stalled; 0: never
            (``TRIALOG_STALLED_AFTER``).
    """

    home: Path
    mode: str = "local"
    namespace: str | None = None
    project: str | None = None
    at_exit: RunStatus | None = None
    capture: frozenset[str] = CAPTURES
    system_interval_s: float = 10.0
    run: str | None = None
    hooks: str = ""
    stalled_after_s: float = 1800.0

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from environment variables.

        Raises:
            UsageError: a variable holds a value that means nothing.
        """
        environ = os.environ if environ is None else environ
        mode = environ.get("TRIALOG_MODE", "").strip().lower() or "local"
        if mode not in _MODES:
            raise UsageError(
                f"TRIALOG_MODE={mode!r} means nothing; use one of: {', '.join(_MODES)}"
            )
        home = environ.get("TRIALOG_HOME", "").strip()
        at_exit = environ.get("TRIALOG_AT_EXIT", "").strip()
        interval = environ.get("TRIALOG_SYSTEM_INTERVAL", "").strip()
        stalled = environ.get("TRIALOG_STALLED_AFTER", "").strip()
        return cls(
            home=_home_of(home),
            mode=mode,
            namespace=environ.get("TRIALOG_NAMESPACE", "").strip() or None,
            project=environ.get("TRIALOG_PROJECT", "").strip() or None,
            at_exit=_end_of(at_exit) if at_exit else None,
            capture=parse_capture(
                environ.get("TRIALOG_CAPTURE", "").strip() or True, "TRIALOG_CAPTURE"
            ),
            system_interval_s=_seconds("TRIALOG_SYSTEM_INTERVAL", interval) if interval else 10.0,
            run=environ.get("TRIALOG_RUN", "").strip() or None,
            hooks=environ.get("TRIALOG_HOOKS", "").strip(),
            stalled_after_s=(
                _seconds("TRIALOG_STALLED_AFTER", stalled, may_be_none=True) if stalled else 1800.0
            ),
        )


def parse_capture(given: object, what: str) -> frozenset[str]:
    """What a run is to keep about itself.

    Args:
        given: True for all, False for nothing; or names, as a text with commas or several texts.
        what: where it was given, for messages.

    Raises:
        UsageError: a name means nothing.
        InvalidTypeError: it is neither.
    """
    if isinstance(given, bool):
        return CAPTURES if given else frozenset()
    if isinstance(given, str):
        given = given.split(",")
    if not isinstance(given, Iterable):
        raise InvalidTypeError(
            f"{what} must be True, False or names, not {type(given).__name__}: {given!r}"
        )
    names: set[str] = set()
    for each in given:
        word = each.strip().lower() if isinstance(each, str) else each
        if word in CAPTURES:
            names.add(word)
        elif word in ("all", "none"):
            names |= CAPTURES if word == "all" else set()
        else:
            raise UsageError(
                f"{what} has {each!r}, which means nothing; use some of "
                f"{', '.join(sorted(CAPTURES))}, or all, or none"
            )
    return frozenset(names)


def _seconds(variable: str, text: str, *, may_be_none: bool = False) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 < seconds < float("inf") and not (may_be_none and seconds == 0):
        never = ", or 0 for never" if may_be_none else ""
        raise UsageError(f"{variable}={text!r} means nothing; use a number of seconds{never}")
    return seconds


def _home_of(text: str) -> Path:
    """The store's folder that TRIALOG_HOME names, or the default one."""
    try:
        return Path(text).expanduser().absolute() if text else Path.home() / ".trialog"
    except RuntimeError:  # a container's user: no HOME, and unknown to the system
        raise UsageError(
            "your home folder is unknown here, so there is no default place for the store; set "
            "TRIALOG_HOME to a folder"
        ) from None


def _end_of(text: str) -> RunStatus:
    """The status that TRIALOG_AT_EXIT names: one that a run can end with."""
    ended = [status.value for status in RunStatus if status.is_end]
    if text.upper() not in ended:
        raise UsageError(f"TRIALOG_AT_EXIT={text!r} means nothing; use one of: {', '.join(ended)}")
    return RunStatus.parse(text)
