"""The cells that a notebook or an IPython console has run: the process itself alone knows them."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from typing import Any

import orjson

from trialog._format.values import writable_text

MAX_CELLS_BYTES = 1 << 20
_MAX_CELL_BYTES = 256 << 10
_SESSION = "JPY_SESSION_NAME"  # where Jupyter's servers put the notebook's path
_VSCODE = "__vsc_ipynb_file__"  # where VS Code puts it: among the user's own names


def notebook_text(next_cell: str | None = None) -> str | None:
    """The cells run so far, without outputs and secrets, as a notebook of format 4.5.

    Of more than fits, the newest are kept, and a first cell says how many came before.

    Args:
        next_cell: the one that is about to run, which the shell does not know yet.

    Returns:
        Its JSON, or None where this is no IPython, or nothing has been run.
    """
    shell = _shell()
    sources = [] if shell is None else _sources(shell)
    if shell is not None and next_cell is not None:
        sources = [*sources, next_cell]
    cells = [(number, each) for number, each in enumerate(sources) if number and each.strip()]
    if not cells:
        return None
    kept: list[dict[str, Any]] = []
    size = 0
    for number, source in reversed(cells):
        text = _readable(source)
        size += len(text.encode())
        if size > MAX_CELLS_BYTES:
            break
        kept.append(_code_cell(number, text))
    if len(kept) < len(cells):
        kept.append(_told_cell(f"{len(cells) - len(kept)} cells before these are not kept."))
    content = {
        "cells": kept[::-1],
        "metadata": {"language_info": {"name": "python", "version": platform.python_version()}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


def notebook_path() -> str | None:
    """Where the notebook lies, as VS Code or Jupyter say; None in a console, and where they do not.

    It is relative where the server says it so.
    """
    shell = _shell()
    if shell is None:
        return None
    told = getattr(shell, "user_ns", {}).get(_VSCODE) or os.environ.get(_SESSION)
    if not isinstance(told, str) or not told.endswith(".ipynb"):
        return None  # the session of a console has a name too
    return writable_text(told)


def _shell() -> Any:
    module = sys.modules.get("IPython")
    return module.get_ipython() if module is not None and hasattr(module, "get_ipython") else None


def _sources(shell: Any) -> Sequence[str]:
    """The text of each cell by its number, as it was typed where that is known."""
    history = getattr(shell, "history_manager", None)
    typed = getattr(history, "input_hist_raw", None)
    found = typed if isinstance(typed, list) else getattr(shell, "user_ns", {}).get("In")
    return [each if isinstance(each, str) else "" for each in found or ()]


def _readable(source: str) -> str:
    # its patterns take 2 ms to compile, and are needed in notebooks alone
    from trialog._redaction import redact_source  # noqa: PLC0415

    data = redact_source(source.encode("utf-8", "backslashreplace"))
    over = len(data) - _MAX_CELL_BYTES
    text = data[:_MAX_CELL_BYTES].decode("utf-8", "ignore")
    return text if over <= 0 else f"{text}\n# … and {over} bytes more"


def _code_cell(number: int, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": number,
        "id": f"cell-{number}",
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def _told_cell(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "cells-before", "metadata": {}, "source": text}
