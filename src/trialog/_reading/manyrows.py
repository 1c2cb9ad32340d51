"""Rows of very many runs, read when they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from trialog._catalog import Catalog, queries
from trialog._catalog.selections import RunRow
from trialog.errors import NotFoundError

MANY = 2000
"""More runs than these are read in parts."""
_PART = 500


class ManyRows(Sequence[RunRow]):
    """The rows of runs, of which only keys are known until one is looked at."""

    def __init__(self, catalog: Catalog, keys: Sequence[int]) -> None:
        """Make it.

        Args:
            catalog: which knows them.
            keys: the runs, in order.
        """
        self._catalog = catalog
        self.keys = list(keys)
        self._read: dict[int, RunRow] = {}

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, index: int) -> RunRow: ...

    @overload
    def __getitem__(self, index: slice) -> ManyRows: ...

    def __getitem__(self, index: int | slice) -> RunRow | ManyRows:
        if isinstance(index, slice):
            return ManyRows(self._catalog, self.keys[index])
        key = self.keys[index]
        if key not in self._read:
            first = index % len(self.keys) // _PART * _PART
            part = self.keys[first : first + _PART]
            self._read.update(
                (row.key, row) for row in self._catalog.ask(queries.runs_by_key, part)
            )
        try:
            return self._read[key]
        except KeyError:
            raise NotFoundError("a run has gone from the store since it was asked for") from None

    def column(self, name: str) -> list[Any]:
        """One column of the table of runs: no row is made for it."""
        values = self._catalog.ask(queries.column_of, self.keys, name)
        return [values.get(key) for key in self.keys]
