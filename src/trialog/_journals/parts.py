"""What each process's part of a run came to, and how a run's reason names those that went wrong.

A run that ranks share has as many parts as processes. Its status is that of the process that began
it; that another one crashed, or died without a word, stands in the reason. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from trialog._entities import ENDED, RunStatus
from trialog._format.checking import is_int64
from trialog._format.records import Kind
from trialog._journals.liveness import KILLED

SPEAKING = frozenset({Kind.END, Kind.LEAVE, Kind.WITNESSED})
"""The facts that say how a process's part ended."""

_NAMED = 3  # so many kinds of trouble, and processes of each, a reason names
_REASON_LETTERS = 200
_ENDED = {status.value: status for status in ENDED}
_ORDER = {RunStatus.CRASHED: 0, RunStatus.FAILED: 1}


class Words(NamedTuple):
    """How a process's part of a run ended: in its own words, or in those of its witness.

    Attributes:
        status: FAILED where a witness speaks.
        reason: in words, or None.
        exit_code: what it gave to the system, or None.
        exception: type, message and traceback; None as a rule.
        time_ns: when it was said.
        is_witnessed: whether a witness speaks: the process itself has said nothing.
    """

    status: RunStatus
    reason: str | None
    exit_code: int | None
    exception: dict[str, Any] | None
    time_ns: int
    is_witnessed: bool


class Part(NamedTuple):
    """One process's part of a run.

    Attributes:
        writer: the writer's id.
        role: ``run``, ``attach`` or ``fork``.
        attempt: the attempt of the run that it belongs to.
        rank: None where it is no rank, or the only one.
        pid: the process.
        status: how it ended; None where it goes on, or where nobody knows how it ended.
        reason: in words, or None.
        is_dead: whether it ended without a word.
        words: what was said of its end, or None.
    """

    writer: str
    role: str
    attempt: int
    rank: int | None
    pid: int
    status: RunStatus | None
    reason: str | None
    is_dead: bool
    words: Words | None


class Spoken(Protocol):
    """A fact, and who says it."""

    @property
    def writer(self) -> str: ...

    @property
    def time_ns(self) -> int: ...

    @property
    def kind(self) -> Kind: ...

    @property
    def content(self) -> Mapping[str, Any]: ...


class Participant(Protocol):
    """A writer of a run, as far as its part depends on it."""

    @property
    def writer(self) -> str: ...

    @property
    def role(self) -> str: ...

    @property
    def attempt(self) -> int: ...

    @property
    def rank(self) -> int | None: ...

    @property
    def world_size(self) -> int | None: ...

    @property
    def pid(self) -> int: ...

    @property
    def has_left(self) -> bool: ...


def words_of(facts: Iterable[Spoken]) -> dict[str, Words]:
    """The last words of each writer; those of its witness where it has said none itself.

    Args:
        facts: of a run, in order; those of other kinds than :data:`SPEAKING` do not count.
    """
    said: dict[str, Words] = {}
    seen: dict[str, Words] = {}
    for fact in facts:
        content = fact.content
        reason, code = content.get("reason"), content.get("exit_code")
        reason = reason if isinstance(reason, str) and reason else None
        code = code if is_int64(code) else None
        if fact.kind is Kind.WITNESSED and isinstance(content.get("writer"), str):
            words = Words(RunStatus.FAILED, reason, code, None, fact.time_ns, is_witnessed=True)
            seen[content["writer"]] = words
        elif fact.kind in (Kind.END, Kind.LEAVE) and isinstance(content.get("status"), str):
            status = _ENDED.get(content["status"])
            exception = content.get("exception")
            if status is not None:
                exception = dict(exception) if isinstance(exception, Mapping) else None
                words = Words(status, reason, code, exception, fact.time_ns, is_witnessed=False)
                said[fact.writer] = words
    return seen | said


def part_of(writer: Participant, words: Words | None, fate: str | None) -> Part:
    """What a writer's part has come to.

    Args:
        writer: the writer.
        words: what was said of its end, or None.
        fate: how it died, as far as its journal and the system tell; None where it may live.
    """
    status: RunStatus | None = None
    reason: str | None = None
    is_dead = False
    if words is not None and not words.is_witnessed:
        status, reason = words.status, words.reason
    elif writer.has_left:
        status, words = RunStatus.COMPLETED, None
    elif words is not None or fate is not None:
        is_dead = True
        reason = (words and words.reason) or fate or KILLED
        if writer.role != "fork" or words is not None:  # forked workers go without a word
            status = RunStatus.FAILED
    rank = writer.rank if writer.world_size != 1 else None
    return Part(
        writer.writer, writer.role, writer.attempt, rank, writer.pid, status, reason, is_dead, words
    )


def death_of(part: Part) -> str:
    """The reason of a run that ends by the death of a process; a rank is named."""
    reason = part.reason or KILLED
    return reason if part.rank is None else _said("rank", [part], reason)


def told(
    reason: str | None, own: Part | None, status: RunStatus, parts: Sequence[Part]
) -> str | None:
    """A run's reason, with the processes that went wrong.

    Args:
        reason: the run's own, or None.
        own: the part that the reason is about, or None.
        status: the run's.
        parts: of all its processes.
    """
    others = [part for part in parts if part != own and _is_trouble(part, status)]
    if not others:
        return reason
    others.sort(key=_gravity)
    groups: dict[tuple[Any, ...], list[Part]] = {}
    for part in others:
        groups.setdefault((part.rank is None, part.status, part.reason, part.is_dead), []).append(
            part
        )
    texts = [_text(group, own) for group in list(groups.values())[:_NAMED]]
    left = sum(len(group) for group in list(groups.values())[_NAMED:])
    if left:
        texts.append(f"and {left} more")
    text = "; ".join(texts)
    return text if reason is None else f"{reason} ({text})"


def _is_trouble(part: Part, status: RunStatus) -> bool:
    """Whether a run's reason is to name a process.

    What stops the others, once the run ends otherwise, is no news: torchrun does it by SIGTERM.
    """
    if part.role == "fork" or part.status in (None, RunStatus.COMPLETED):
        return False
    if part.status in _ORDER:
        return True
    return part.rank is not None and status is RunStatus.COMPLETED


def _gravity(part: Part) -> tuple[int, bool, int]:
    order = 3 if part.status is None else _ORDER.get(part.status, 3)
    return order + part.is_dead, part.rank is None, part.pid if part.rank is None else part.rank


def _text(group: Sequence[Part], own: Part | None) -> str:
    """What became of some processes that ended alike."""
    first = group[0]
    kind = "process" if first.rank is None else "rank"
    if own is not None and (own.status, own.reason) == (first.status, first.reason):
        return f"{_who(kind, group)} too"
    if first.is_dead:
        return _said(kind, group, first.reason or KILLED)
    reason = first.reason or ""
    if len(reason) > _REASON_LETTERS:
        reason = f"{reason[:_REASON_LETTERS]}…"
    said = f"{_who(kind, group)} {first.status}"
    return f"{said}: {reason}" if reason else said


def _said(kind: str, group: Sequence[Part], fate: str) -> str:
    who = _who(kind, group)
    return f"{who} killed" if fate == KILLED else f"{who}: {fate}"


def _who(kind: str, group: Sequence[Part]) -> str:
    """``rank 3``, ``ranks 0 and 2``, ``ranks 0, 1, 2 and 5 more``."""
    numbers = [str(part.pid if part.rank is None else part.rank) for part in group]
    if len(numbers) == 1:
        return f"{kind} {numbers[0]}"
    more = len(numbers) - _NAMED
    listed = [*numbers[:_NAMED], f"{more} more"] if more > 0 else numbers
    plural = "ranks" if kind == "rank" else "processes"
    return f"{plural} {', '.join(listed[:-1])} and {listed[-1]}"
