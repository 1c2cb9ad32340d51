"""The configuration of an experiment's artifact: who it is, and an index of all that is in it.

JSON with sorted keys: the same experiment gives the same bytes. What an attachment or a journal
holds stands in the layers; here is which of them is what.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

import orjson

from trialog._artifacts.config_entries import (
    AttachmentEntry,
    BlobEntry,
    JournalEntry,
    ParentEntry,
    RunEntry,
    attachment_of,
    blob_of,
    id_in,
    journal_of,
    name_in,
    parent_of,
    run_of,
    slug_in,
    status_in,
)
from trialog._format.values import dump_json, load_json
from trialog._oci.documents import Fields, shown
from trialog.errors import IntegrityError, StoreVersionError

ARTIFACT_TYPE = "application/vnd.trialog.experiment.v1"
CONFIG_TYPE = "application/vnd.trialog.experiment.config.v1+json"
FORMAT = 1
MAX_CONFIG_BYTES = 64 << 20  # of some 90,000 runs
_WHAT = "the configuration of the experiment"

Scalar: TypeAlias = bool | int | float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentConfig:
    """All of it. Names and slugs are as in a store; times are nanoseconds since 1970 UTC.

    Attributes:
        user: who started it; empty where that is unknown.
        trialog: the version of trialog that sealed it.
        parent: the experiment that it was forked from, or None.
        blobs: those of large values, which are in no attachment.
    """

    id: str
    name: str
    namespace: str
    namespace_name: str
    project: str
    project_name: str
    description: str | None = None
    status: str
    reason: str | None = None
    tags: tuple[str, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Scalar] = field(default_factory=dict)
    created_ns: int
    ended_ns: int | None = None
    user: str = ""
    trialog: str
    parent: ParentEntry | None = None
    runs: tuple[RunEntry, ...] = ()
    attachments: tuple[AttachmentEntry, ...] = ()
    blobs: tuple[BlobEntry, ...] = ()
    journals: tuple[JournalEntry, ...] = ()

    def encode(self) -> bytes:
        """The configuration's bytes, whatever the order of its entries."""
        members = _members(self)
        members["format"] = FORMAT
        members["parameters"] = {
            name: orjson.loads(dump_json(value, name)) for name, value in self.parameters.items()
        }
        members["parent"] = None if self.parent is None else _members(self.parent)
        for name, key in _KEYS.items():
            members[name] = [_members(entry) for entry in sorted(getattr(self, name), key=key)]
        return orjson.dumps(members, option=orjson.OPT_SORT_KEYS)

    @classmethod
    def decode(cls, data: bytes) -> ExperimentConfig:
        """The configuration that bytes are, whoever wrote them. Unknown keys are left alone.

        Raises:
            IntegrityError: they are none; the message names the field and what stands there.
            StoreVersionError: a newer trialog wrote them.
        """
        given = Fields.parse(data, _WHAT, MAX_CONFIG_BYTES)
        if (version := given.integer("format", least=1)) > FORMAT:
            raise StoreVersionError(
                f"{_WHAT} has format {version}, and this trialog reads {FORMAT}: upgrade trialog"
            )
        config = cls(
            id=id_in(given, "id"),
            name=name_in(given, "name"),
            namespace=slug_in(given, "namespace"),
            namespace_name=given.text("namespace_name"),
            project=slug_in(given, "project"),
            project_name=given.text("project_name"),
            description=given.text_or_none("description"),
            status=status_in(given),
            reason=given.text_or_none("reason"),
            tags=tuple(given.words("tags")),
            annotations=given.texts("annotations"),
            parameters=_parameters(given),
            created_ns=given.integer("created_ns"),
            ended_ns=given.integer_or_none("ended_ns"),
            user=given.text("user"),
            trialog=given.text("trialog"),
            parent=parent_of(given.raw("parent"), f"parent of {_WHAT}"),
            runs=tuple(given.each("runs", run_of)),
            attachments=tuple(given.each("attachments", attachment_of)),
            blobs=tuple(given.each("blobs", blob_of)),
            journals=tuple(given.each("journals", journal_of)),
        )
        _check_together(config)
        return config


_KEYS: dict[str, Callable[[Any], Any]] = {
    "runs": lambda run: run.number,
    "attachments": lambda one: (-1 if one.number is None else one.number, one.name, one.version),
    "blobs": lambda blob: blob.digest,
    "journals": lambda journal: (journal.run_id, journal.writer),
}


def _members(entry: Any) -> dict[str, Any]:
    return {each.name: getattr(entry, each.name) for each in fields(entry)}


def _check_together(config: ExperimentConfig) -> None:
    """Refuse what is there twice, and attachments of runs that are not there."""
    for name, key in _KEYS.items():
        _refuse_twice(name, map(key, getattr(config, name)))
    _refuse_twice("runs", (run.id for run in config.runs))
    numbers = {None, *(run.number for run in config.runs)}
    for attachment in config.attachments:
        if attachment.number not in numbers:
            raise IntegrityError(
                f"{_WHAT} has an attachment {shown(attachment.name)} of run {attachment.number}, "
                "which is not there"
            )


def _refuse_twice(name: str, keys: Iterable[Hashable]) -> None:
    seen = set()
    for key in keys:
        if key in seen:
            raise IntegrityError(f"{name!r} of {_WHAT} says {shown(key)} twice")
        seen.add(key)


def _parameters(given: Fields) -> dict[str, Scalar]:
    value = given.raw("parameters")
    if not isinstance(value, dict):
        raise given.wrong("parameters", "an object")
    inside = Fields(value, f"parameters of {_WHAT}")
    return {name: _scalar(inside, name) for name in value}


def _scalar(given: Fields, name: str) -> Scalar:
    value = given.raw(name)
    if isinstance(value, dict):  # a number that JSON has no form for
        try:
            value = load_json(orjson.dumps(value))
        except ValueError:
            value = None
        if not isinstance(value, int | float):
            raise given.wrong(name, "a scalar")
    if not isinstance(value, bool | int | float | str | None):
        raise given.wrong(name, "a scalar")
    return value
