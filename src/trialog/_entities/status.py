"""The eight states of a run, and the words other systems use for them."""

from __future__ import annotations

from enum import StrEnum

from trialog.errors import InvalidTypeError, UsageError


class RunStatus(StrEnum):
    """What is true of a run. Each is also text: ``run.status == "COMPLETED"``.

    A run starts PENDING or RUNNING and ends once. CRASHED is an exception, FAILED
    is the user's word or a process that vanished, INTERRUPTED is a signal,
    CANCELED was asked for by a person.

    Example:
        >>> RunStatus.CRASHED.is_end, RunStatus.RUNNING.is_end
        (True, False)
        >>> print(RunStatus.COMPLETED)
        COMPLETED
    """

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CRASHED = "CRASHED"
    FAILED = "FAILED"
    INTERRUPTED = "INTERRUPTED"
    CANCELING = "CANCELING"
    CANCELED = "CANCELED"

    @property
    def is_end(self) -> bool:
        """Whether a run of this status has ended."""
        return self in ENDED

    @classmethod
    def parse(cls, text: RunStatus | str) -> RunStatus:
        """Take a status, or its name in any case.

        Raises:
            UsageError: no status has that name.
            InvalidTypeError: neither a status nor text.

        Example:
            >>> RunStatus.parse("completed")
            <RunStatus.COMPLETED: 'COMPLETED'>
        """
        if isinstance(text, cls):
            return text
        if not isinstance(text, str):
            raise InvalidTypeError(
                f"status must be a RunStatus or its name, not {type(text).__name__}: {text!r}"
            )
        word = text.strip().upper()
        if word in cls.__members__:
            return cls[word]
        names = ", ".join(cls.__members__)
        raise UsageError(f"status {text!r} is unknown; use one of: {names}")

    @classmethod
    def parse_end(cls, text: RunStatus | str) -> RunStatus:
        """Take a status that a run can end with, or a word of other trackers for just one.

        Raises:
            UsageError: no run can end so.
            InvalidTypeError: neither a status nor text.

        Example:
            >>> RunStatus.parse_end("done"), RunStatus.parse_end("Failed").value
            (<RunStatus.COMPLETED: 'COMPLETED'>, 'FAILED')
        """
        found = _END_WORDS.get(str(text).strip().lower())
        if found is not None:
            return found
        ended = ", ".join(each.value for each in cls if each.is_end)
        try:
            found = cls.parse(text)
        except UsageError:
            raise UsageError(f"a run cannot end as {text!r}; use one of: {ended}") from None
        if not found.is_end:
            raise UsageError(f"a run cannot end as {found}; use one of: {ended}")
        return found

    @classmethod
    def parse_query(cls, text: RunStatus | str) -> tuple[RunStatus, ...]:
        """The statuses a query word stands for: our own names, or words of other trackers.

        Raises:
            UsageError: no system has that word.

        Example:
            >>> [str(status) for status in RunStatus.parse_query("error")]
            ['CRASHED', 'FAILED', 'INTERRUPTED']
        """
        return _QUERY_WORDS.get(str(text).strip().lower()) or (cls.parse(text),)


ENDED = frozenset(
    {
        RunStatus.COMPLETED,
        RunStatus.CRASHED,
        RunStatus.FAILED,
        RunStatus.INTERRUPTED,
        RunStatus.CANCELED,
    }
)
OPENABLE = frozenset({RunStatus.PENDING, RunStatus.RUNNING})

_END_WORDS = {
    "done": RunStatus.COMPLETED,
    "success": RunStatus.COMPLETED,
    "succeeded": RunStatus.COMPLETED,
    "finished": RunStatus.COMPLETED,
    "killed": RunStatus.INTERRUPTED,
    "cancelled": RunStatus.CANCELED,
}
_QUERY_WORDS = {
    "done": (RunStatus.COMPLETED,),
    "succeeded": (RunStatus.COMPLETED,),
    "finished": (RunStatus.COMPLETED,),
    "error": (RunStatus.CRASHED, RunStatus.FAILED, RunStatus.INTERRUPTED),
    "cancelled": (RunStatus.CANCELED,),
    "draft": (RunStatus.PENDING,),
}
