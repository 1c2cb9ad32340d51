"""The status that is true of a run, derived from its writers where nobody wrote one.

Nothing here is ever written to a journal: it is worked out again by every reader, and another
reader, elsewhere or later, may know more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from trialog._entities import RunStatus
from trialog._format.times import utc_text
from trialog._journals.processes import Presence

SILENCE_NS = 600 * 1_000_000_000  # a writer elsewhere that says nothing for so long is lost
QUIET_NS = 30 * 1_000_000_000  # three heartbeats missed: worth a note
KILLED = "killed"
FATES = {Presence.GONE: KILLED, Presence.REBOOTED: "host rebooted"}
BY_SIGNAL = "ended by "  # what a witness says of a signal that is no crash
_HOST_LOST = "host lost"
_SILENT_ENDS = frozenset({*FATES.values(), _HOST_LOST})


class Writer(NamedTuple):
    """What is known of one of a run's writers (edits from outside are none).

    Attributes:
        is_owner: it began the run's latest attempt.
        has_left: it said that it is done.
        presence: whether it lives.
        news_ns: when it last gave a sign of life.
        fate: how it ended, where its witness saw that; None as a rule.
    """

    is_owner: bool
    has_left: bool
    presence: Presence
    news_ns: int
    fate: str | None = None


class Derived(NamedTuple):
    """A status without an end record, why, and since when."""

    status: RunStatus
    reason: str | None = None
    ended_ns: int | None = None


def derive(opened_as: RunStatus, writers: Iterable[Writer], now_ns: int) -> Derived:
    """The status of a run that nobody has ended.

    Args:
        opened_as: PENDING or RUNNING.
        writers: all that ever wrote it.
        now_ns: the reader's time.
    """
    writers = list(writers)
    away = [writer for writer in writers if not writer.has_left]
    if not away or any(writer.presence is Presence.HERE for writer in away):
        return Derived(opened_as)
    news_ns = max(writer.news_ns for writer in writers)
    if any(writer.presence is Presence.ELSEWHERE for writer in away):
        silence_ns = now_ns - news_ns
        if silence_ns >= SILENCE_NS:
            return Derived(RunStatus.FAILED, _HOST_LOST, news_ns)
        note = f"no news since {utc_text(news_ns)}" if silence_ns >= QUIET_NS else None
        return Derived(opened_as, note)
    blamed = next((writer for writer in away if writer.is_owner), away[0])
    return Derived(RunStatus.FAILED, blamed.fate or FATES[blamed.presence], news_ns)


def after_request(derived: Derived, asked: str | None, words: str | None = None) -> Derived:
    """The status of a run that was asked to stop, by what it would be otherwise.

    Args:
        derived: what its writers come to.
        asked: who asked, and why; None where nobody has.
        words: the reason in full, where that says more than how a process died.
    """
    words = words or derived.reason
    if asked is None:
        return derived._replace(reason=words)
    if not derived.status.is_end:
        status = RunStatus.CANCELING
    elif derived.status is RunStatus.FAILED and _is_silent(derived.reason):
        status = RunStatus.CANCELED
    else:
        return derived._replace(reason=words)
    note = f" ({words})" if words else ""
    return derived._replace(status=status, reason=f"{asked}{note}")


def _is_silent(reason: str | None) -> bool:
    """Whether a process died as one does that is told to, without a word of its own."""
    return reason in _SILENT_ENDS or (reason or "").startswith(BY_SIGNAL)


def doubtful(reason: str | None) -> str:
    """The reason where a journal is damaged: an end may have stood there."""
    return f"{reason}, or the record of its end is damaged"
