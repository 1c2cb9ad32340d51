"""Sets of runs, and what is left of all runs without some: what conditions come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, Text, cast, func, select

Keys = NDArray[np.int64]
"""Run keys, ascending, each once."""

NO_KEYS: Keys = np.empty(0, np.int64)
FEW = 2000
"""So many runs are looked up one by one rather than all others with them."""


class RunSet(NamedTuple):
    """Some runs, or all others: who asks for few is not told of all.

    Attributes:
        keys: the runs.
        is_rest: those without them are meant.
    """

    keys: Keys
    is_rest: bool = False

    def __invert__(self) -> RunSet:
        """All others."""
        return RunSet(self.keys, not self.is_rest)

    def __and__(self, other: RunSet) -> RunSet:
        """Those in both.

        Example:
            >>> (set_of([1, 2, 3]) & ~set_of([2])).keys.tolist()
            [1, 3]
        """
        if self.is_rest and other.is_rest:
            return RunSet(_united(self.keys, other.keys), is_rest=True)
        if self.is_rest:
            return RunSet(other.keys[~are_among(other.keys, self.keys)])
        if other.is_rest:
            return RunSet(self.keys[~are_among(self.keys, other.keys)])
        few, many = sorted((self.keys, other.keys), key=len)
        return RunSet(few[are_among(few, many)])

    def __or__(self, other: RunSet) -> RunSet:
        """Those in any of both."""
        return ~(~self & ~other)

    def has(self, keys: Keys) -> NDArray[np.bool_]:
        """Which of some runs, in any order, are in it."""
        return are_among(keys, self.keys) ^ self.is_rest


NONE = RunSet(NO_KEYS)
ALL = ~NONE


def _united(some: Keys, others: Keys) -> Keys:
    """Keys that ascend, of both: most sets are joined with one that has none."""
    if not len(some) or not len(others):
        return some if len(some) else others
    both = np.concatenate([some, others])
    both.sort(kind="stable")  # merges what ascends already
    is_new = np.ones(len(both), np.bool_)
    np.not_equal(both[1:], both[:-1], out=is_new[1:])
    return both[is_new]


def set_of(keys: Iterable[int]) -> RunSet:
    """The set of some runs."""
    return RunSet(np.unique(np.fromiter(keys, np.int64)))


def are_among(keys: Keys, among: Keys) -> NDArray[np.bool_]:
    """Which of some keys are among others, which ascend."""
    if not len(among):
        return np.zeros(len(keys), np.bool_)
    places = np.searchsorted(among, keys)
    places[places == len(among)] = 0
    return np.equal(among[places], keys)


def fetch_keys(connection: Connection, statement: Select[Any]) -> Keys:
    """The one column of a statement, ascending; no object is made of a row."""
    (column,) = statement.subquery().c
    return keys_in([connection.execute(select(joined(column))).scalar_one()])


def joined(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """All values of a column of keys as one text, for :func:`keys_in`; NULL where there is none."""
    return func.aggregate_strings(cast(column, Text), ",")


def keys_in(texts: Iterable[str | None]) -> Keys:
    """The keys in what :func:`joined` has made, ascending."""
    text = ",".join(filter(None, texts))
    return np.sort(np.fromstring(text, np.int64, sep=",")) if text else NO_KEYS


def fetch_ordered(connection: Connection, statement: Select[Any]) -> Keys:
    """The one column of a statement, as it comes."""
    return np.fromiter(chain.from_iterable(bare_rows(connection, statement)), np.int64)


def bare_rows(connection: Connection, statement: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement as the driver gives them, when they are asked for."""
    cursor: Any = connection.execute(statement).cursor
    return iter(cursor)
