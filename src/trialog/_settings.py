"""What the environment says, read once per call that starts something, never at import."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trialog._entities import RunStatus
from trialog.errors import UsageError

_MODES = ("local", "disabled")


@dataclass(frozen=True, slots=True)
class Settings:
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
            home=Path(home).expanduser().absolute() if home else Path.home() / ".trialog",
            mode=mode,
            namespace=environ.get("TRIALOG_NAMESPACE", "").strip() or None,
            project=environ.get("TRIALOG_PROJECT", "").strip() or None,
            at_exit=RunStatus.parse(at_exit) if at_exit else None,
        )
