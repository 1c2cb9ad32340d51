"""What is kept about a project as such: the views of its runs that people save."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from trialog import _names
from trialog._format.facts import SavedView
from trialog._format.records import MAX_PAYLOAD_BYTES
from trialog._format.values import dump_json
from trialog._tracking import writers
from trialog._tracking.earlier import read_writers
from trialog._writing import store as stores
from trialog._writing.identity import this_process
from trialog.errors import InvalidTypeError, NotFoundError, UsageError


def save_view(
    home: Path, namespace: str, project: str, name: object, content: dict[str, Any] | None
) -> None:
    """Keep a view of a project under a name, in place of the one that has it; None removes it.

    Args:
        home: the store.
        namespace: the namespace's slug.
        project: the project's slug.
        name: what the view is called.
        content: JSON.

    Raises:
        InvalidNameError: it cannot be a name.
        InvalidTypeError: the content is not a JSON object.
        UsageError: it is too large.
        NotFoundError: there is no such project.
        StoreError: the store cannot be written.
    """
    called = _names.normalise(_names.check_name(name, "view"))
    if not (content is None or isinstance(content, dict)):
        raise InvalidTypeError(
            f"view {called!r} must be an object, not {type(content).__name__}: {content!r}"
        )
    view = SavedView(name=called, content=content, by=this_process().user)
    if len(dump_json({"content": content}, f"view {called!r}")) > MAX_PAYLOAD_BYTES // 2:
        raise UsageError(
            f"view {called!r} is larger than {MAX_PAYLOAD_BYTES // 2} bytes; choose fewer runs "
            "or columns by name"
        )
    store = stores.open_store(home, time.time_ns())
    known = read_writers(store.project(namespace, project).journals)
    if not known:
        raise NotFoundError(f"there is no project '{namespace}/{project}'")
    owner = replace(known[0], created_ns=0)
    try:
        writers.write_view(store, owner, view)
    except OSError as error:
        raise stores.unwritable(home, error) from error
