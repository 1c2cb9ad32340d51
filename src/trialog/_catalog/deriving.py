"""A run's row, made of its journals' first records, edits and ends. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from trialog._entities import ENDED, RunStatus
from trialog._format.checking import cancel_of, is_int64
from trialog._format.facts import OUTSIDE, Start
from trialog._format.records import Kind
from trialog._format.values import MAX_SIGNED, dump_json
from trialog._journals.liveness import Derived, after_request, doubtful
from trialog._journals.parts import Part, death_of, part_of, told, words_of

_OPENED = tuple(status.value for status in RunStatus if not status.is_end)
_ENDED = tuple(status.value for status in ENDED)
_LAST = (Kind.END, Kind.LEAVE)
DERIVED_FROM = frozenset(
    {
        Kind.START,
        Kind.EDIT,
        Kind.END,
        Kind.TROUBLE,
        Kind.CELL,
        Kind.WITNESSED,
        Kind.CANCEL,
        Kind.LEAVE,
        Kind.COMMIT,
    }
)


class JournalFacts(NamedTuple):
    """What a run's row needs to know of a journal."""

    writer: str
    role: str
    attempt: int
    created_ns: int
    news_ns: int
    has_left: bool
    is_final: bool
    fate: str | None
    points: int
    rank: int | None = None
    world_size: int | None = None
    pid: int = 0


class PlacedFact(NamedTuple):
    """A fact and the writer it comes from; sorted, they are in the order of the run."""

    order_ns: int
    writer: str
    offset: int
    time_ns: int
    kind: Kind
    content: dict[str, Any]


def derive_run(
    run_id: str,
    journals: Sequence[JournalFacts],
    facts: Iterable[PlacedFact],
    *,
    is_damaged: bool = False,
    known: Mapping[str, Start] | None = None,
) -> dict[str, Any]:
    """The columns of a run's row that follow from its journals.

    Writers are merged by time: edits apply in order, whoever made them.

    Args:
        run_id: the run's id.
        journals: all of its journals, at least one.
        facts: those of :data:`DERIVED_FROM` kinds of all of them.
        is_damaged: whether bytes of any of them are not what was written.
        known: first records that have been made of their facts already, by writer.
    """
    known = known or {}
    facts = sorted(facts, key=lambda fact: fact[:3])
    starts = {
        fact.writer: known.get(fact.writer) or Start.from_json(fact.content)
        for fact in facts
        if fact.kind is Kind.START
    }
    owners = [journal for journal in journals if journal.role == "run"]
    attempt = max((journal.attempt for journal in owners), default=1)
    first = min(owners or journals, key=lambda each: (each.attempt, each.created_ns, each.writer))
    start = starts.get(first.writer)
    row = _described(run_id, start, first)
    row["attempt"] = attempt
    latest = max(owners or journals, key=lambda each: (each.attempt, each.created_ns, each.writer))
    if latest.writer in starts:
        row["opened_as"] = starts[latest.writer].status
    tags = dict.fromkeys(start.tags if start else ())
    annotations: dict[str, str] = {}
    committers = _committers(journals, row["kind"])
    for fact in facts:
        if fact.kind is Kind.EDIT:
            _edit(row, tags, fact)
            _annotate(annotations, fact.content.get("annotations"))
        elif fact.kind is Kind.COMMIT and fact.writer in committers:
            row["commit"] = dump_json(fact.content, "commit").decode()
            row["digest"] = fact.content["digest"]
    row["tags"] = dump_json(list(tags), "tags").decode()
    row["annotations"] = dump_json(annotations, "annotations").decode()
    row["points"] = sum(journal.points for journal in journals)
    row["is_final"] = all(journal.is_final for journal in journals)
    row["stop_asked"] = _stop_asked(journals, facts, attempt)
    row.update(_missing(facts))
    row.update(_ending(journals, facts, latest, row["stop_asked"], is_damaged=is_damaged))
    return row


def _committers(journals: Sequence[JournalFacts], kind: str) -> set[str]:
    """Whose word counts that something is committed: an experiment's edits, never its own log."""
    if kind != "experiment":
        return set()
    return {each.writer for each in journals if each.role == "edit"}


def _stop_asked(
    journals: Sequence[JournalFacts], facts: Sequence[PlacedFact], attempt: int
) -> str | None:
    """Who has asked the attempt to stop, and why: the latest request; None where nobody has."""
    concerned = {each.writer for each in journals if each.attempt == attempt}
    requests = [fact for fact in facts if fact.kind is Kind.CANCEL and fact.writer in concerned]
    return cancel_of(requests[-1].content).text if requests else None


def _described(run_id: str, start: Start | None, first: JournalFacts) -> dict[str, Any]:
    if start is None:  # the first record is damaged: the run is listed all the same
        start = Start(
            writer=first.writer, run=run_id, role="run", namespace="", project="",
            created_ns=first.created_ns,
        )  # fmt: skip
    return {
        "name": start.name or run_id,
        "description": start.description,
        "created_ns": start.created_ns,
        "opened_as": start.status,
        "parent": start.parent,
        "kind": start.kind,
        "experiment": start.experiment,
        "number": start.number,
        "subject": start.subject,
        "commit": None,
        "digest": None,
        "username": start.user,
        "host": start.host,
        "pid": start.pid,
        "python": start.python,
        "trialog": start.trialog,
        "deleted_ns": None,
        "deleted_by": None,
    }


def _edit(row: dict[str, Any], tags: dict[str, None], fact: PlacedFact) -> None:
    edit = fact.content
    tags.update(dict.fromkeys(_texts(edit.get("add_tags"))))
    for tag in _texts(edit.get("remove_tags")):
        tags.pop(tag, None)
    for key in ("description", "name"):
        if key in edit and isinstance(edit[key], str | None):
            row[key] = edit[key] if key == "description" else edit[key] or row[key]
    if edit.get("status") in _OPENED:
        row["opened_as"] = edit["status"]
    if "deleted" in edit:
        row["deleted_ns"] = fact.time_ns if edit["deleted"] else None
        row["deleted_by"] = str(edit.get("by") or "") if edit["deleted"] else None


def _annotate(annotations: dict[str, str], given: object) -> None:
    if not isinstance(given, Mapping):
        return
    for key, text in given.items():
        if isinstance(text, str):
            annotations[key] = text
        else:
            annotations.pop(key, None)


def _texts(given: object) -> list[str]:
    return [each for each in given if isinstance(each, str)] if isinstance(given, list) else []


def _missing(facts: Sequence[PlacedFact]) -> dict[str, Any]:
    """Points that could not be kept: each writer's END or LEAVE counts all of its own."""
    by_writer: dict[str, tuple[int, int | None]] = {}
    for fact in facts:
        missing, since = _int_or_none(fact.content.get("missing")), None
        if missing is None or fact.kind not in (*_LAST, Kind.TROUBLE):
            continue
        before, before_since = by_writer.get(fact.writer, (0, None))
        if fact.kind in _LAST:
            since = fact.content.get("missing_since_ns")
            by_writer[fact.writer] = (missing, since if missing else None)
        else:
            since = before_since or fact.content.get("since_ns")
            by_writer[fact.writer] = (before + missing, since if before + missing else None)
    since_all = [since for _, since in by_writer.values() if is_int64(since)]
    return {
        "missing": min(sum(missing for missing, _ in by_writer.values()), MAX_SIGNED),
        "missing_since_ns": min(since_all, default=None),
    }


def _ending(
    journals: Sequence[JournalFacts],
    facts: Sequence[PlacedFact],
    latest: JournalFacts,
    asked: str | None,
    *,
    is_damaged: bool,
) -> dict[str, Any]:
    """The written end of the latest attempt, else the certain death of all its writers."""
    row: dict[str, Any] = dict.fromkeys(("status", "reason", "ended_ns", "exit_code", "exception"))
    parts = _parts(journals, facts)
    end = _written_end(journals, facts, latest)
    if end is not None:
        exception = end.content.get("exception")
        status = RunStatus[end.content["status"]]
        own = parts.get(end.writer) or parts.get(latest.writer)
        concerned = _parts_until(journals, parts, latest, end.time_ns)
        row["status"] = status.value
        row["reason"] = told(_text_or_none(end.content.get("reason")), own, status, concerned)
        row["ended_ns"] = end.time_ns
        row["exit_code"] = _int_or_none(end.content.get("exit_code"))
        if isinstance(exception, Mapping):
            row["exception"] = dump_json(dict(exception), "exception").decode()
        return row
    writers = [each for each in journals if each.role not in OUTSIDE]
    dead = [parts[each.writer] for each in writers if parts[each.writer].is_dead]
    if not dead or not all(each.is_final or parts[each.writer].is_dead for each in writers):
        return row
    blamed = next((part for part in dead if part.writer == latest.writer), dead[0])
    concerned = _parts_until(journals, parts, latest, MAX_SIGNED)
    words = told(death_of(blamed), blamed, RunStatus.FAILED, concerned)
    died = after_request(Derived(RunStatus.FAILED, blamed.reason), asked, words)
    row["status"] = died.status.value
    row["reason"] = doubtful(died.reason) if is_damaged else died.reason
    deaths = [part.words.time_ns for part in dead if part.words is not None]
    row["ended_ns"] = max(*deaths, *(max(each.news_ns, each.created_ns) for each in writers), 0)
    row["exit_code"] = blamed.words and blamed.words.exit_code
    return row


def _written_end(
    journals: Sequence[JournalFacts], facts: Sequence[PlacedFact], latest: JournalFacts
) -> PlacedFact | None:
    """The last end that the latest attempt wrote; else one that was written from outside since."""
    attempts = {each.writer: each.attempt for each in journals if each.role == "run"}
    from_outside = {each.writer for each in journals if each.role == "edit"}
    ends = [fact for fact in facts if fact.kind is Kind.END and _is_end(fact.content)]
    written = [fact for fact in ends if attempts.get(fact.writer) == latest.attempt] or [
        fact for fact in ends if fact.writer in from_outside and fact.time_ns >= latest.created_ns
    ]
    return written[-1] if written else None


def _parts(journals: Sequence[JournalFacts], facts: Sequence[PlacedFact]) -> dict[str, Part]:
    """What each process's part came to, by writer."""
    words = words_of(facts)
    return {
        each.writer: part_of(each, words.get(each.writer), each.fate)
        for each in journals
        if each.role not in OUTSIDE
    }


def _parts_until(
    journals: Sequence[JournalFacts],
    parts: Mapping[str, Part],
    latest: JournalFacts,
    ended_ns: int,
) -> list[Part]:
    """The parts of the latest attempt, without processes that came when it had ended."""
    return [
        parts[each.writer]
        for each in journals
        if each.writer in parts
        and each.attempt == latest.attempt
        and (each.rank is not None or each.created_ns <= ended_ns)
    ]


def _is_end(content: Mapping[str, Any]) -> bool:
    return content.get("status") in _ENDED  # a tuple: what is asked for may not be hashable


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _int_or_none(value: object) -> int | None:
    return value if is_int64(value) else None
