"""What the environment says, read once per call that starts something, never at import."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from trialog._entities import RunStatus
from trialog.errors import UsageError

_MODES = ("local", "disabled")


class Settings(NamedTuple):
    """The environment's choices.

    Attributes:
        home: the store's folder (``TRIALOG_HOME``, else ``~/.trialog``).
        mode: ``local``, or ``disabled`` to keep the API and write nothing (``TRIALOG_MODE``).
        namespace: the default namespace (``TRIALOG_NAMESPACE``), else None.
        project: the default project (``TRIALOG_PROJECT``), else None.
        at_exit: the status of a run left open at a clean exit (``TRIALOG_AT_EXIT``).
    """

    home: Path
    mode: str = "local"
    namespace: str | None = None
    project: str | None = None
    at_exit: RunStatus | None = None

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
        return cls(
            home=_home_of(home),
            mode=mode,
            namespace=environ.get("TRIALOG_NAMESPACE", "").strip() or None,
            project=environ.get("TRIALOG_PROJECT", "").strip() or None,
            at_exit=_end_of(at_exit) if at_exit else None,
        )


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
