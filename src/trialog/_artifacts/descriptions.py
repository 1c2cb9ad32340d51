"""What an artifact says of itself: its configuration, and the annotations of its manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from trialog._artifacts.config import ExperimentConfig
from trialog._artifacts.config_entries import (
    AttachmentEntry,
    BlobEntry,
    JournalEntry,
    ParentEntry,
    RunEntry,
)
from trialog._artifacts.inheritance import Inheritance
from trialog._artifacts.observations import Observed
from trialog._format.times import date_of
from trialog._format.values import load_json
from trialog._version import __version__

_BILLION = 1_000_000_000


class Material(NamedTuple):
    """What an artifact is made of.

    Attributes:
        own: the experiment itself.
        runs: those that were started in it, in the order of their numbers.
        inheritance: what it takes over of the experiment that it was forked from, or None.
    """

    own: Observed
    runs: Sequence[Observed]
    inheritance: Inheritance | None


@dataclass(slots=True)
class Index:
    """What an artifact consists of.

    Attributes:
        attachments: of its runs, and of the experiment itself.
        blobs: of large values and of solver calls, by digest.
        journals: how much of each was sealed.
    """

    attachments: list[AttachmentEntry] = field(default_factory=list)
    blobs: dict[str, BlobEntry] = field(default_factory=dict)
    journals: list[JournalEntry] = field(default_factory=list)


def config_of(material: Material, index: Index) -> ExperimentConfig:
    """The configuration of an artifact."""
    own, runs, inheritance = material
    start, row = own.start, own.row
    entries = () if inheritance is None else inheritance.config.runs
    return ExperimentConfig(
        id=own.place.id,
        name=row["name"],
        namespace=own.place.project.namespace,
        namespace_name=start.namespace_name or own.place.project.namespace,
        project=own.place.project.project,
        project_name=start.project_name or own.place.project.project,
        description=row["description"],
        status=row["status"],
        reason=row["reason"],
        tags=tuple(load_json(row["tags"].encode())),
        annotations=load_json(row["annotations"].encode()),
        parameters=own.parameters(),
        created_ns=row["created_ns"],
        ended_ns=row["ended_ns"],
        user=row["username"],
        trialog=__version__,
        parent=None if inheritance is None else _parent(inheritance, start.number or 0),
        runs=(*entries, *map(_run_entry, runs)),
        attachments=tuple(index.attachments),
        blobs=tuple(index.blobs.values()),
        journals=tuple(index.journals),
    )


def annotations_of(material: Material) -> dict[str, str]:
    """The annotations of a manifest: the user's, and what OCI's tools look for."""
    own, runs, inheritance = material
    forebears = [] if inheritance is None else inheritance.runs
    last_ns = max(run.last_ns for run in (own, *runs, *forebears))
    said = {
        "org.opencontainers.image.title": own.row["name"],
        "org.opencontainers.image.created": _rfc3339(last_ns or own.row["created_ns"]),
        "org.opencontainers.image.description": own.row["description"] or "",
        "vnd.trialog.experiment": own.place.id,
        "vnd.trialog.runs": str(len(runs) + len(forebears)),
    }
    annotations: dict[str, str] = load_json(own.row["annotations"].encode())
    return {**annotations, **{key: text for key, text in said.items() if text}}


def _parent(inheritance: Inheritance, first_number: int) -> ParentEntry:
    config = inheritance.config
    return ParentEntry(
        id=config.id,
        name=config.name,
        digest=inheritance.subject.digest,
        first_number=first_number,
    )


def _run_entry(run: Observed) -> RunEntry:
    row = run.row
    return RunEntry(
        number=run.number or 0,
        id=run.place.id,
        name=row["name"],
        status=row["status"],
        reason=row["reason"],
        created_ns=row["created_ns"],
        ended_ns=row["ended_ns"],
        tags=tuple(load_json(row["tags"].encode())),
        experiment=run.start.experiment or "",
    )


def _rfc3339(time_ns: int) -> str:
    return f"{date_of(time_ns):%Y-%m-%dT%H:%M:%S}.{time_ns % _BILLION:09d}Z"
