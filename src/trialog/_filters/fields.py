"""The facts that a filter may ask for: their names, types and meaning."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class FactType(StrEnum):
    """What a fact is, and what it compares with.

    Attributes:
        TEXT: str; with texts, by code points.
        NUMBER: int; with numbers.
        TIME: int, nanoseconds since 1970; with dates as text, and other times.
        LENGTH: int, nanoseconds; with texts as "1d12h", numbers of seconds, and other lengths.
        STATUS: a RunStatus; with its names and the words of ``RunStatus.parse_query``, by ``==``,
            ``!=``, ``in`` and ``not in`` alone.
        TAGS: texts in the order they were added; missing where there is none.
        FLAG: bool; stands alone, or is compared with True and False.
    """

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    LENGTH = "length of time"
    STATUS = "status"
    TAGS = "tags"
    FLAG = "true or false"


class Field(NamedTuple):
    """A fact.

    Attributes:
        type: what it compares with.
        meaning: for people, in a few words.
        may_lack: whether runs may have none; else ``is None`` is always False.
    """

    type: FactType
    meaning: str
    may_lack: bool = False


FIELDS: dict[str, Field] = {
    "id": Field(FactType.TEXT, "the run's id"),
    "name": Field(FactType.TEXT, "the run's name"),
    "description": Field(FactType.TEXT, "what the user wrote of it", may_lack=True),
    "status": Field(FactType.STATUS, "what is true of it now"),
    "reason": Field(FactType.TEXT, "why it ended so", may_lack=True),
    "exception": Field(FactType.TEXT, "the class of the exception that ended it", may_lack=True),
    "exit_code": Field(FactType.NUMBER, "the argument of sys.exit", may_lack=True),
    "tags": Field(FactType.TAGS, "its tags", may_lack=True),
    "namespace": Field(FactType.TEXT, "its namespace, as a slug"),
    "project": Field(FactType.TEXT, "its project, as a slug"),
    "username": Field(FactType.TEXT, "who began it"),
    "host": Field(FactType.TEXT, "where its latest attempt began"),
    "created": Field(FactType.TIME, "when it began"),
    "updated": Field(FactType.TIME, "when anything but points was last logged to it"),
    "ended": Field(FactType.TIME, "when it ended", may_lack=True),
    "duration": Field(FactType.LENGTH, "from its beginning to its end, or to now"),
    "age": Field(FactType.LENGTH, "from its beginning to now"),
    "attempt": Field(FactType.NUMBER, "1, and one more each time it was resumed"),
    "points": Field(FactType.NUMBER, "how many points it has"),
    "parent": Field(FactType.TEXT, "the id of the run it belongs to", may_lack=True),
    "experiment": Field(
        FactType.TEXT, "the id of the experiment it was recorded in", may_lack=True
    ),
    "number": Field(FactType.NUMBER, "which of the experiment's runs it is", may_lack=True),
    "deleted": Field(FactType.FLAG, "whether it was deleted"),
}
"""Every fact, in the order in which they are documented and offered.

``username`` is "unknown" where no name was known. ``deleted`` is of the run itself, not of its
experiment. ``duration`` and ``age`` are never negative.
"""
