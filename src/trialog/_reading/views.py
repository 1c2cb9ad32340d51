"""The views of a project that people have saved, read from the project's own journals."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from trialog._format.decoding import Fact
from trialog._format.folders import JOURNAL_SUFFIX, StoreFolder
from trialog._format.records import Kind
from trialog._format.times import date_of
from trialog._journals.journals import JournalFile
from trialog._journals.payloads import read_content
from trialog._journals.processes import Presence
from trialog.errors import IntegrityError


class ViewInfo(NamedTuple):
    """A saved view.

    Attributes:
        name: what it is called.
        content: what the dashboard makes of it.
        by: who saved it.
        date: when, UTC.
    """

    name: str
    content: dict[str, Any]
    by: str
    date: datetime


def read_views(store: StoreFolder, namespace: str, project: str) -> list[ViewInfo]:
    """The views of a project, by name; of each the newest.

    Args:
        store: where they are.
        namespace: the namespace's slug.
        project: the project's slug.
    """
    found: list[tuple[int, dict[str, Any]]] = []
    for path in _journals(store.project(namespace, project).journals):
        for fact in _facts(path):
            if fact.kind is Kind.VIEW:
                try:
                    found.append((fact.time_ns, read_content(fact, store)))
                except (ValueError, OSError, IntegrityError):
                    continue  # `trialog doctor` reports it
    newest = {content["name"]: (time_ns, content) for time_ns, content in sorted(found, key=_first)}
    return [
        ViewInfo(name, content["content"], str(content.get("by") or ""), date_of(time_ns))
        for name, (time_ns, content) in sorted(newest.items())
        if content.get("content") is not None
    ]


def _first(item: tuple[int, dict[str, Any]]) -> int:
    return item[0]


def _journals(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(each.path) for each in entries if each.name.endswith(JOURNAL_SUFFIX))
    except OSError:
        return []


def _facts(path: Path) -> Iterator[Fact]:
    try:
        with JournalFile(path) as file:
            for block in file.blocks(0, Presence.ELSEWHERE):
                yield from block.records.facts
    except OSError:
        return
