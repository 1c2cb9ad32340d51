"""The payloads of facts: JSON objects, one for each kind, and what their keys mean.

START        the first record of every journal; see :class:`Start`
PARAMETERS   ``{name: value, …}``; a name again replaces, history kept
VALUE        ``{"values": {name: any JSON, …}, "step": int | null, "continued": bool}``
ATTACHMENT   see :class:`Attachment`; a name again is a new version
EDIT         any of ``add_tags``, ``remove_tags`` (lists of text), ``description`` (text or null),
             ``name`` (text), ``deleted`` (bool), ``status`` ("RUNNING": a pending run began),
             ``annotations`` (``{key: text | null}``; null takes it away); ``by`` (user name)
TROUBLE      ``{"what": text, "missing": int, "since_ns": int, "until_ns": int}``: points that
             could not be kept
CELL         ``{"error": exception | null}``: how a notebook cell ended while the run was open
CONTEXT      what a writer knows about itself: ``{section: {key: any JSON, …}, …}``; a section again
             replaces the keys it has
CONSOLE      see :class:`Console`
ALERT        see :class:`Alert`
WITNESSED    see :class:`Witnessed`
CANCEL       see :class:`Cancel`
SOLVE        see :class:`Solve`
COMMIT       see :class:`Commit`
VIEW         see :class:`SavedView`; only in journals of a project
HEARTBEAT    no payload
SYNCED       u64: every byte of the file before this offset is on the disk
LEAVE        this writer has left and the run goes on: ``{}``, or the keys of :class:`End` where its
             part of the run has ended otherwise than well
END          see :class:`End`

A payload too large for a record is stored as a blob, and the record holds
``{"$blob": {"sha256": text, "size_bytes": int}}``. An object of a user's whose only key is
``$blob`` is written as ``{"$object": …}``; one with more keys is told by them.
"""

from __future__ import annotations

import struct
from dataclasses import asdict, dataclass, field, fields, replace
from functools import lru_cache
from typing import Any, Literal, Self

import orjson

from trialog._format.records import FORMAT_VERSION
from trialog._format.values import dump_json, load_json

Role = Literal["run", "attach", "fork", "edit", "witness", "project"]
EntryKind = Literal["run", "experiment"]
OUTSIDE: frozenset[str] = frozenset({"edit", "witness"})
"""Roles of writers that are not the run at work: it may have ended while they live."""
SYNCED = struct.Struct("<Q")
BLOB_KEY = "$blob"


def encode_spilled(sha256: str, size_bytes: int) -> bytes:
    """The payload that stands for one that became a blob; no other payload has this form."""
    return orjson.dumps({BLOB_KEY: {"sha256": sha256, "size_bytes": size_bytes}})


def spilled_to(payload: bytes) -> str | None:
    """The digest of the blob that holds the payload, or None where the payload is here."""
    if not payload.startswith(b'{"$blob"'):
        return None
    content = orjson.loads(payload)
    if len(content) > 1:
        return None  # somebody's keys, the first of them called "$blob"
    return str(content[BLOB_KEY]["sha256"])


class _Payload:
    """A payload that is a dataclass: unknown keys of later versions are ignored."""

    def encode(self) -> bytes:
        """The payload's bytes."""
        return dump_json(asdict(self), type(self).__name__)  # type: ignore[call-overload]

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """The payload of those bytes."""
        return cls.from_json(load_json(payload))

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """The payload of that JSON object."""
        known = _names_of(cls)  # type: ignore[arg-type]
        return cls(**{key: value for key, value in content.items() if key in known})


@lru_cache(maxsize=64)
def _names_of(kind: type) -> frozenset[str]:
    return frozenset(each.name for each in fields(kind))


class _Flat(_Payload):
    """A payload of texts and numbers, which orjson writes by itself."""

    def encode(self) -> bytes:
        """The payload's bytes."""
        try:
            return orjson.dumps(self)
        except orjson.JSONEncodeError:  # what has a manner of its own, or is an error that is told
            return super().encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(_Flat):
    """Who writes this journal, to which run, and what the run is.

    Attributes:
        writer: the journal's id, also its file name.
        run: the run's id; empty for a project's journal.
        role: ``run`` began the run; ``attach`` and ``fork`` joined it; ``edit`` changes it from
            outside; ``witness`` is the process beside the run that keeps its console and sees
            its end; ``project`` is a project's own journal.
        attempt: 1, and one more each time the run is resumed by a new journal of role ``run``;
            the status is that of the latest attempt.
        created_ns: when the run began (role ``run``) or the writer did.
        rank, local_rank, world_size: which of how many processes of one launch this is; None
            where it is no rank.
        kind: ``run``, or ``experiment``: then all that is said of the run is the experiment's.
        experiment: the id of the experiment that a run is recorded in, or None.
        number: of a run of an experiment, which one it is, from 0 on; of an experiment that was
            forked, the number of the first run of its own.
        subject: of an experiment that was forked, the digest of its parent's manifest.
        pid, process_start, pid_namespace, boot, host, machine: who the writing process is;
            ``process_start`` is field 22 of /proc/<pid>/stat, ``pid_namespace`` its inode.
    """

    writer: str
    run: str
    role: Role
    namespace: str
    project: str
    namespace_name: str = ""
    project_name: str = ""
    name: str = ""
    description: str | None = None
    status: str = "RUNNING"
    tags: list[str] = field(default_factory=list)
    parent: str | None = None
    attempt: int = 1
    rank: int | None = None
    local_rank: int | None = None
    world_size: int | None = None
    kind: EntryKind = "run"
    experiment: str | None = None
    number: int | None = None
    subject: str | None = None
    created_ns: int = 0
    user: str = ""
    pid: int = 0
    process_start: int = 0
    pid_namespace: int = 0
    boot: str = ""
    host: str = ""
    machine: str = ""
    python: str = ""
    trialog: str = ""
    format: int = FORMAT_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment(_Payload):
    """Named bytes: where they lie and what they are."""

    name: str
    sha256: str
    size_bytes: int
    media_type: str
    filename: str
    step: int | None = None
    codec: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Console(_Payload):
    """Lines that a run printed, in order.

    Attributes:
        stream: ``stdout``, ``stderr``, or ``both`` where the two went to one place, in their order.
        lines: ``[time_ns, text]`` of each; no line end in the text.
        is_open: whether the last of them is unfinished: what comes next of this stream replaces it.
        dropped_bytes: how much could not be kept before the first of them, the run having printed
            more than its bound; 0 as a rule.
    """

    stream: str
    lines: list[list[Any]]
    is_open: bool = False
    dropped_bytes: int = 0

    def encode(self) -> bytes:
        """The payload's bytes, without copying every line first."""
        content = {each.name: getattr(self, each.name) for each in fields(self)}
        return dump_json(content, "lines of the console")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert(_Payload):
    """Something a person should look at.

    Attributes:
        title: what it is, in a line.
        text: more about it.
        level: ``info``, ``warning`` or ``error``.
        by: ``user``, or ``trialog`` where it noticed by itself.
    """

    title: str
    text: str = ""
    level: str = "info"
    by: str = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed(_Payload):
    """How the process of a writer ended, as the witness saw it; it said nothing itself.

    Attributes:
        writer: the writer whose process it was.
        reason: ``out of memory``, ``segmentation fault``, …; None where nothing more is known than
            that it is gone.
        signal: the name of the signal that ended it, or None.
        exit_code: what it gave to the system, or None where that is not known.
        traceback: where each thread was, as Python's faulthandler said; None as a rule.
    """

    writer: str
    reason: str | None = None
    signal: str | None = None
    exit_code: int | None = None
    traceback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(_Payload):
    """Somebody asks the run to stop.

    Attributes:
        by: the name of the user who asked.
        reason: why, in words, or None.
        signal: the signal that was sent besides, or None.
    """

    by: str
    reason: str | None = None
    signal: str | None = None

    @property
    def text(self) -> str:
        """The reason of a run that ends by it."""
        return f"canceled by {self.by}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Solve(_Payload):
    """A call of a solver or a sampler.

    Attributes:
        kind: ``solve`` or ``sample``.
        name: what the user calls it, or None.
        adapter: the dotted path of the adapter's class.
        options: what the adapter was called with, JSON.
        status: ``optimal``, ``feasible``, ``infeasible``, ``unbounded``, ``failed`` or
            ``interrupted``; ``finished`` of OMMX's own experiments, which say no more.
        input: the blob of the instance: ``{"sha256", "size_bytes", "media_type"}``.
        output: the blob of what came out, likewise, or None.
        objective: its objective value, or None.
        began_ns: when the call began; what was printed from then on is its console.
        duration_ns: how long it took.
        exception: the exception that ended it, or None.
        diagnostics: the blob of what the adapter told on the way, a JSON list, or None.
    """

    kind: Literal["solve", "sample"] = "solve"
    name: str | None = None
    adapter: str
    options: dict[str, Any] = field(default_factory=dict)
    status: str
    input: dict[str, Any]
    output: dict[str, Any] | None = None
    objective: float | None = None
    began_ns: int
    duration_ns: int
    exception: dict[str, str] | None = None
    diagnostics: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit(_Payload):
    """An experiment is sealed: its runs and itself take nothing more.

    Attributes:
        digest: of the artifact's manifest, ``sha256:…``.
        size_bytes: of the manifest.
        artifact_bytes: of all that it names.
        source: where blobs that are not in the store can be fetched: a reference of a registry, the
            path of an archive; None where it was sealed here.
        by: the name of the user who did it.
    """

    digest: str
    size_bytes: int
    artifact_bytes: int = 0
    source: str | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView(_Payload):
    """A way to look at a project's runs that somebody has kept under a name.

    Attributes:
        name: what it is called; the newest of a name counts.
        content: JSON that the dashboard understands; None takes the view away.
        by: the name of the user who did it.
    """

    name: str
    content: dict[str, Any] | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class End(_Flat):
    """How a run ended.

    Attributes:
        status: the name of an ended status.
        reason: in words, or None.
        exception: the exception that ended it, or None.
        exit_code: the argument of ``sys.exit``, or None.
        missing: how many points could not be kept (a full disk), 0 as a rule.
        missing_since_ns: when the first of them was logged, or None.
    """

    status: str
    reason: str | None = None
    exception: dict[str, str] | None = None
    exit_code: int | None = None
    missing: int = 0
    missing_since_ns: int | None = None

    def encode_within(self, limit_bytes: int) -> bytes:
        """The payload's bytes; long texts are shortened until they fit.

        The traceback loses its beginning, the message and the reason their end.
        """
        end = self
        while len(payload := end.encode()) > limit_bytes:
            texts = dict(end.exception or {}, reason=end.reason or "")
            longest = max(texts, key=lambda key: len(texts[key]))
            text = texts[longest]
            half = text[len(text) // 2 :] if longest == "traceback" else text[: len(text) // 2]
            if longest == "reason":
                end = replace(end, reason=half)
            else:
                end = replace(end, exception={**(end.exception or {}), longest: half})
        return payload
