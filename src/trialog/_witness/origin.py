"""What the process beside the witness said of itself when a run began."""

from __future__ import annotations

from typing import Any, NamedTuple, Self


class Origin(NamedTuple):
    """The process that trains, as far as the witness cannot ask the system for it.

    Attributes:
        pid: its number.
        folder: its working directory when the run began.
        argv: ``sys.orig_argv``: the command line, interpreter and options too.
        main: the script's path, or None: a notebook, a console, ``-c``.
        sys_path: where it imports from.
        rank: its rank in a launch, or None.
        local_rank: its rank on this machine, or None.
        notebook: the path of the notebook that its cells are in, or None.
    """

    pid: int
    folder: str
    argv: tuple[str, ...]
    main: str | None
    sys_path: tuple[str, ...]
    rank: int | None = None
    local_rank: int | None = None
    notebook: str | None = None

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """The origin in a message."""
        known = {name: content[name] for name in cls._fields if name in content}
        for name in ("argv", "sys_path"):
            known[name] = tuple(known[name])
        return cls(**known)
