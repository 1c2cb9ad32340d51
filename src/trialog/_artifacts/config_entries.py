"""The entries of an artifact's configuration, and how each is read from JSON of anybody.

What reads one raises IntegrityError, which names the field that is wrong and what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from trialog._entities.status import RunStatus
from trialog._format.folders import RUN_ID
from trialog._names import check_name, check_path_name
from trialog._oci.descriptors import is_digest
from trialog._oci.documents import MAX_INTEGER, Fields
from trialog.errors import InvalidNameError

_MIN_INTEGER = -MAX_INTEGER - 1
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,119}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentEntry:
    """The experiment that this one was forked from, and the first run that is not the parent's."""

    id: str
    name: str
    digest: str
    first_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEntry:
    """A run: its number in the experiment, and the experiment (an id) that it was started in."""

    number: int
    id: str
    name: str
    status: str
    reason: str | None = None
    created_ns: int
    ended_ns: int | None = None
    tags: tuple[str, ...] = ()
    experiment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentEntry:
    """An attachment of the run of a number; of the experiment itself where that is None."""

    number: int | None = None
    name: str
    version: int
    media_type: str
    digest: str
    size_bytes: int
    filename: str
    step: int | None = None
    codec: str | None = None
    time_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobEntry:
    """Bytes that a journal speaks of and that are no attachment: a large value."""

    digest: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """How much of a writer's journal of a run, or of the experiment itself, was sealed."""

    run_id: str
    writer: str
    size_bytes: int


def parent_of(value: object, where: str) -> ParentEntry | None:
    """The parent that a JSON value is; None where it is null."""
    if value is None:
        return None
    given = Fields(value, where)
    return ParentEntry(
        id=id_in(given, "id"),
        name=name_in(given, "name"),
        digest=digest_in(given),
        first_number=given.integer("first_number"),
    )


def run_of(value: object, where: str) -> RunEntry:
    """The run that a JSON value is."""
    given = Fields(value, where)
    return RunEntry(
        number=given.integer("number"),
        id=id_in(given, "id"),
        name=name_in(given, "name"),
        status=status_in(given),
        reason=given.text_or_none("reason"),
        created_ns=given.integer("created_ns"),
        ended_ns=given.integer_or_none("ended_ns"),
        tags=tuple(given.words("tags")),
        experiment=id_in(given, "experiment"),
    )


def attachment_of(value: object, where: str) -> AttachmentEntry:
    """The attachment that a JSON value is."""
    given = Fields(value, where)
    filename = given.text("filename")
    if filename in ("", ".", "..") or "/" in filename or "\0" in filename:
        raise given.wrong("filename", "the name of a file")
    return AttachmentEntry(
        number=given.integer_or_none("number"),
        name=name_in(given, "name", check_path_name),
        version=given.integer("version", least=1),
        media_type=given.text("media_type"),
        digest=digest_in(given),
        size_bytes=given.integer("size_bytes"),
        filename=filename,
        step=given.integer_or_none("step", least=_MIN_INTEGER),
        codec=given.text_or_none("codec"),
        time_ns=given.integer("time_ns"),
    )


def blob_of(value: object, where: str) -> BlobEntry:
    """The blob that a JSON value is."""
    given = Fields(value, where)
    return BlobEntry(digest=digest_in(given), size_bytes=given.integer("size_bytes"))


def journal_of(value: object, where: str) -> JournalEntry:
    """The journal that a JSON value is."""
    given = Fields(value, where)
    return JournalEntry(
        run_id=id_in(given, "run_id"),
        writer=id_in(given, "writer"),
        size_bytes=given.integer("size_bytes"),
    )


def id_in(given: Fields, name: str) -> str:
    """A field that is a run's, an experiment's or a writer's id, and so safe in a path."""
    return _matching(given, name, RUN_ID, "an id")


def slug_in(given: Fields, name: str) -> str:
    """A field that is a slug, and so safe in a path."""
    return _matching(given, name, _SLUG, "a slug such as 'protein-folding'")


def _matching(given: Fields, name: str, pattern: re.Pattern[str], wanted: str) -> str:
    text = given.text(name)
    if not pattern.fullmatch(text):
        raise given.wrong(name, wanted)
    return text


def name_in(given: Fields, name: str, check: Callable[[object, str], str] = check_name) -> str:
    """A field that is a name."""
    try:
        return check(given.text(name), name)
    except InvalidNameError:
        raise given.wrong(name, "a name") from None


def digest_in(given: Fields) -> str:
    """A field that is a digest."""
    digest = given.text("digest")
    if not is_digest(digest):
        raise given.wrong("digest", "'sha256:' and 64 hexadecimal digits")
    return digest


def status_in(given: Fields) -> str:
    """A field that is a status."""
    status = given.text("status")
    if status not in RunStatus.__members__:
        raise given.wrong("status", f"one of {', '.join(RunStatus.__members__)}")
    return status
