"""Which points users ask for: the attempts and ranks of runs, checked against those there are."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from trialog._catalog import Catalog, queries
from trialog._catalog.views import View
from trialog.errors import InvalidTypeError, NotFoundError, UsageError

ALL: Literal["all"] = "all"
_NAMED = 10  # so many are listed where another was asked for


def origins_of(catalog: Catalog, runs: Sequence[int]) -> queries.Origins:
    """The attempts and ranks of runs that the catalog knows."""
    return catalog.ask(queries.origins_of, runs)


def view_of(catalog: Catalog, runs: Sequence[int], attempt: Any, rank: Any) -> View:
    """The view that ``attempt=`` and ``rank=`` ask for, of runs that the catalog knows.

    Args:
        catalog: which is up to date.
        runs: run keys.
        attempt: None, "all" or a number.
        rank: None, a number, or several.

    Raises:
        InvalidTypeError: neither of these.
        UsageError: another text than "all".
        NotFoundError: no run has such an attempt or rank.
    """
    view = View(_check_attempt(attempt), _check_ranks(rank))
    if isinstance(view.attempt, int) or view.ranks:
        _check_known(origins_of(catalog, runs), view, is_one=len(runs) == 1)
    return view


def _check_known(origins: queries.Origins, view: View, *, is_one: bool) -> None:
    if isinstance(view.attempt, int) and view.attempt not in origins.attempts:
        raise _unknown("attempt", view.attempt, origins.attempts, is_one=is_one)
    for rank in sorted(view.ranks or ()):
        if rank not in origins.ranks:
            raise _unknown("rank", rank, origins.ranks, is_one=is_one)


def _check_attempt(attempt: Any) -> int | Literal["all"] | None:
    if attempt is None:
        return None
    if isinstance(attempt, str):
        if attempt != ALL:
            raise UsageError(f"attempt is {attempt!r}; use a number, 'all', or None for the latest")
        return ALL
    return _whole("attempt", attempt, "a number, 'all' or None")


def _check_ranks(rank: Any) -> frozenset[int] | None:
    if rank is None:
        return None
    form = "a number, a list of numbers, or None"
    if isinstance(rank, Iterable) and not isinstance(rank, str | bytes):
        return frozenset(_whole("rank", each, form) for each in rank)
    return frozenset({_whole("rank", rank, form)})


def _whole(what: str, given: Any, form: str) -> int:
    if isinstance(given, bool):
        raise InvalidTypeError(f"{what} must be {form}, not {given}")
    try:
        return operator.index(given)
    except TypeError:
        raise InvalidTypeError(f"{what} must be {form}, not {type(given).__name__}") from None


def _unknown(what: str, given: int, known: Sequence[int], *, is_one: bool) -> NotFoundError:
    listed = ", ".join(map(str, known[:_NAMED])) or "none"
    if len(known) > _NAMED:
        listed += f", … {known[-1]}"
    subject = "the run has" if is_one else "the runs have"
    return NotFoundError(f"{subject} no {what} {given}; there are: {listed}")
