"""All that a query says of the runs it asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from trialog._entities import RunStatus
from trialog._filters.expressions import Expression, Fact, SortKey, operands_of
from trialog._filters.parsing import parse_filter, parse_sort
from trialog.errors import InvalidTypeError, UsageError


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What a run must be like to be found; everything given must hold.

    Attributes:
        namespace: the namespace's slug, or None for all.
        project: the project's slug, or None for all.
        name: the whole name without regard to case, or None.
        name_contains: a part of the name without regard to case, taken literally, or None.
        statuses: one of these; None for any.
        tags: all of these.
        limit: at most so many, the newest; None for all.
        with_deleted: deleted runs too.
        kind: ``run`` or ``experiment``; None for both.
        experiments: only runs that were recorded in one of these, by id; None for any.
        where: what must be true of it; None for no such condition.
        sort: what to order by, before what is newest; missing values are last.
        offset: leave out so many of those found, the first ones.
    """

    namespace: str | None = None
    project: str | None = None
    name: str | None = None
    name_contains: str | None = None
    statuses: frozenset[RunStatus] | None = None
    tags: tuple[str, ...] = ()
    limit: int | None = None
    with_deleted: bool = False
    kind: str | None = "run"
    experiments: tuple[str, ...] | None = None
    where: Expression | None = None
    sort: tuple[SortKey, ...] = ()
    offset: int = 0

    @classmethod
    def parse(
        cls,
        *,
        namespace: str | None = None,
        project: str | None = None,
        name: Any = None,
        name_contains: Any = None,
        status: Any = None,
        tags: Any = None,
        limit: Any = None,
        with_deleted: bool = False,
        kind: str | None = "run",
        experiments: tuple[str, ...] | None = None,
        where: Any = None,
        sort: Any = None,
        offset: int = 0,
    ) -> RunFilter:
        """Take a query's keywords.

        Args:
            namespace: a namespace's slug.
            project: a project's slug.
            name: the whole name; upper and lower case are one.
            name_contains: a part of it; ``%`` and ``_`` mean themselves. With ``name``, both must
                hold.
            status: a status, its name in any case, a word of other trackers ("done", "error"), or
                several of them, as a list or with commas.
            tags: one or several, of which a run must have all; none matches every run.
            limit: at most so many; 0 finds nothing, None everything.
            with_deleted: find deleted runs too.
            kind: ``experiment`` to find experiments instead; None for both.
            experiments: only runs recorded in one of these, by id.
            where: a condition in the filter language. One that asks whether a run is ``deleted``
                finds deleted runs too.
            sort: what to order by, in the filter language: ``"-max(acc), lr"``.
            offset: leave out so many of those found, the first ones.

        Raises:
            FilterError: ``where`` or ``sort`` cannot be understood.
            UsageError: a status nobody knows, or a negative limit.
            InvalidTypeError: a value of a wrong type.

        Example:
            >>> RunFilter.parse(status="done", limit=3).statuses
            frozenset({<RunStatus.COMPLETED: 'COMPLETED'>})
        """
        condition = None if where is None else parse_filter(where)
        return cls(
            namespace=namespace,
            project=project,
            name=_text(name, "name"),
            name_contains=_text(name_contains, "name_contains"),
            statuses=_statuses(status),
            tags=_tags(tags),
            limit=_limit(limit),
            with_deleted=with_deleted or asks_for(condition, "deleted"),
            kind=kind,
            experiments=experiments,
            where=condition,
            sort=() if sort is None else parse_sort(sort),
            offset=offset,
        )

    def accepts(self, status: RunStatus) -> bool:
        """Whether runs of a status are asked for."""
        return self.statuses is None or status in self.statuses


def asks_for(condition: Expression | None, fact: str) -> bool:
    """Whether a condition asks for a fact."""
    return condition is not None and any(
        isinstance(each, Fact) and each.name == fact for each in operands_of(condition)
    )


def _text(value: object, keyword: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise InvalidTypeError(f"{keyword} must be text, not {type(value).__name__}: {value!r}")


def _statuses(value: object) -> frozenset[RunStatus] | None:
    if value is None:
        return None
    if isinstance(value, str | RunStatus):
        words = [word for word in value.split(",") if word.strip()] or [value]
        return frozenset(status for word in words for status in RunStatus.parse_query(word))
    if not isinstance(value, Iterable):
        raise InvalidTypeError(
            f"status must be a status, its name, or several, not {type(value).__name__}: {value!r}"
        )
    return frozenset(status for each in value for status in RunStatus.parse_query(each))


def _tags(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Iterable):
        raise InvalidTypeError(f"tags must be texts, not {type(value).__name__}: {value!r}")
    tags = list(value)
    for tag in tags:
        if not isinstance(tag, str):
            raise InvalidTypeError(f"tags must be texts; {tag!r} is {type(tag).__name__}")
    return tuple(dict.fromkeys(tags))


def _limit(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise InvalidTypeError(
            f"limit must be an integer or None, not {type(value).__name__}: {value!r}"
        )
    limit = int(value.__index__())
    if limit < 0:
        raise UsageError(f"limit is {limit}; use 0 for no run and None for all")
    return limit
