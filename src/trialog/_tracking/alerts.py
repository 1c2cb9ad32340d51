"""What a person should look at: the user's alerts, and what is noticed without being asked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from trialog._format.facts import Alert
from trialog._format.records import Kind
from trialog._format.times import utc_text
from trialog._names import shown
from trialog._writing.blockfile import JournalClosedError
from trialog._writing.trouble import tell_on_stderr
from trialog.errors import InvalidTypeError, TrialogError, UsageError

if TYPE_CHECKING:
    from trialog._tracking.facts import FactLog

LEVELS = ("info", "warning", "error")
_SYNONYMS = {"warn": "warning", "critical": "error", "fatal": "error"}
_MAX_TITLE = 1_000
_MAX_NOTED = 20
_MINUTE_S = 60
_BILLION = 1_000_000_000


class AlertLog:
    """Keeps a run's alerts, and tells of them on stderr and to the run's hooks."""

    def __init__(
        self, facts: Callable[[], FactLog], told: Callable[[Alert, int], None], *, who: str | None
    ) -> None:
        """Make it.

        Args:
            facts: gives the run's facts, or raises where the run has ended.
            told: tells the hooks of an alert and its time.
            who: the run, for stderr; None where nothing is kept, and nothing is told.
        """
        self._facts = facts
        self._told = told
        self._who = who
        self._noted: set[str] = set()

    def alert(self, title: object, text: object = "", level: object = "info") -> None:
        """Keep an alert of the user's.

        Raises:
            InvalidTypeError: the title or the text is no text.
            UsageError: the title is empty, or there is no such level.
            RunFinishedError: the run has ended.
        """
        alert = Alert(
            title=_check_title(title), text=_check_text(text, "text"), level=parse_level(level)
        )
        self._keep(alert)
        more = f": {alert.text}" if alert.text else ""
        self._tell(f"{alert.level}: {alert.title}{more}")

    # -- what is noticed -----------------------------------------------------------------------

    def note_value(self, name: Any, value: float, step: object) -> None:
        """A value that is no finite number: noted for the first of each metric; never an error.

        Two threads that log one at once may note it twice.
        """
        if name in self._noted or len(self._noted) > _MAX_NOTED:
            return
        self._noted.add(name)
        try:
            with suppress(TrialogError, OSError, JournalClosedError):
                self._note_value(name, value, step)
        except BaseException:  # a signal's handler has raised: the next one is noted
            self._noted.discard(name)
            raise

    def note_values(self, names: Iterable[str], values: Iterable[float], step: object) -> None:
        """As :meth:`note_value`, for those of a call's values that are not finite."""
        for name, value in zip(names, values, strict=False):
            if not math.isfinite(value):
                self.note_value(name, value, step)

    def _note_value(self, name: str, value: float, step: object) -> None:
        count = len(self._noted)
        if count > _MAX_NOTED:
            title = "more metrics are not finite"
            text = f"After {_MAX_NOTED} metrics no more are noted."
        else:
            where = "no step given" if step is None else f"step {step}"
            title, text = f"metric {name!r} is {_word(value)} ({where})", ""
        self._keep(Alert(title=title, text=text, level="warning", by="trialog"))
        if count == 1:
            self._tell(f"{title}. Such values are noted in the run's alerts.")

    def note_silence(self, since_ns: int, lasts_ns: int) -> Callable[[], None]:
        """Nothing has been logged for so long; called once for each such time.

        Args:
            since_ns: when something was logged last.
            lasts_ns: how long ago that was.

        Returns:
            What tells of it, once it has been noted.
        """
        title = f"nothing logged since {utc_text(since_ns)}"
        text = f"The process is there, but has logged nothing for {_duration(lasts_ns / _BILLION)}."
        alert = Alert(title=title, text=text, level="warning", by="trialog")
        try:
            time_ns = self._append(alert)
        except (TrialogError, OSError, JournalClosedError):
            return lambda: None

        def tell() -> None:
            self._told(alert, time_ns)
            self._tell(f"{title}: is it stuck?")

        return tell

    # -- inside --------------------------------------------------------------------------------

    def _keep(self, alert: Alert) -> None:
        self._told(alert, self._append(alert))

    def _append(self, alert: Alert) -> int:
        """Append the record; gives its time."""
        facts = self._facts()
        time_ns = facts.journal.now()
        facts.append(Kind.ALERT, asdict(alert), f"alert {alert.title!r}", time_ns)
        return time_ns

    def _tell(self, text: str) -> None:
        if self._who is not None:
            tell_on_stderr(f"run {self._who!r}: {' '.join(text.split())}")


def parse_level(given: object) -> str:
    """A level by its word, in any case; other trackers' words and enumerations too.

    Raises:
        UsageError: there is no such level.
    """
    value: Any = getattr(given, "value", given)
    word = value.strip().lower() if isinstance(value, str) else None
    level = None if word is None else _SYNONYMS.get(word, word)
    if level not in LEVELS:
        raise UsageError(f"alert(level=…) takes {', '.join(LEVELS)}, not {shown(given)}")
    return level


def _check_title(title: object) -> str:
    text = _check_text(title, "title")
    if not text.strip():
        raise UsageError("alert() needs a title that says what it is about")
    if len(text) > _MAX_TITLE:
        raise UsageError(
            f"the title of an alert has at most {_MAX_TITLE} letters; say the rest in text="
        )
    return text


def _check_text(text: object, what: str) -> str:
    if not isinstance(text, str):
        raise InvalidTypeError(f"the {what} of an alert must be text, not {type(text).__name__}")
    return text


def _word(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "infinite" if value > 0 else "minus infinite"


def _duration(seconds: float) -> str:
    minutes = round(seconds / _MINUTE_S)
    return f"{minutes} minutes" if minutes > 1 else f"{seconds:g} seconds"
