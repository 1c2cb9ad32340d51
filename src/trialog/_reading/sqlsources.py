"""What SQL reads: tables that are made when they are scanned, of what a query asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads
from pyarrow import fs


class Wish:
    """What a scan asks of a view: the engine passes it on, and checks every row again.

    Attributes:
        columns: that are to be given; None for all.
    """

    def __init__(
        self, schema: pa.Schema, columns: Sequence[str] | None, condition: pc.Expression | None
    ) -> None:
        """Take what the engine says.

        Args:
            schema: of the view.
            columns: that it wants.
            condition: that rows must fulfil; None for all rows.
        """
        self.columns = columns
        self._schema = schema
        self._condition = condition
        self._said = "" if condition is None else str(condition)

    def needs(self, column: str) -> bool:
        """Whether a column is wanted, or may be asked for in the condition."""
        return self.columns is None or column in self.columns or column in self._said

    def kept(self, column: str, values: Sequence[str]) -> list[int]:
        """Where in some values of a column those are of which the condition may be true.

        Each stands for a file of rows that all have it, as folders do in data sets, and Arrow
        itself leaves out those that no row of can fulfil the condition.
        """
        if self._condition is None or column not in self._said:
            return list(range(len(values)))
        kind, disk, field = pads.ParquetFileFormat(), fs.LocalFileSystem(), pc.field(column)
        files = [
            kind.make_fragment(str(place), disk, partition_expression=field == value)
            for place, value in enumerate(values)
        ]
        data_set = pads.FileSystemDataset(files, self._schema, kind, disk)
        return sorted(int(each.path) for each in data_set.get_fragments(filter=self._condition))


class Source(pads.InMemoryDataset):  # type: ignore[misc] # Arrow has no types
    """A view as Arrow sees it: nothing is in it, and scanning it reads the store."""

    def __init__(self, schema: pa.Schema, read: Callable[[Wish], Iterable[pa.RecordBatch]]) -> None:
        """Make one.

        Args:
            schema: of the view.
            read: gives the rows that a scan asks for; others too where that is easier.
        """
        super().__init__(schema.empty_table())
        self._read = read
        self.trouble: BaseException | None = None

    def scanner(
        self,
        columns: Sequence[str] | None = None,
        filter: pc.Expression | None = None,  # noqa: A002 # Arrow's own name
        **_: Any,
    ) -> pads.Scanner:
        """What the engine calls to read the view."""
        batches = self._watched(Wish(self.schema, columns, filter))
        return pads.Scanner.from_batches(
            batches, schema=self.schema, columns=columns, filter=filter
        )

    def _watched(self, wish: Wish) -> Iterator[pa.RecordBatch]:
        """The rows; an error is kept, since the engine would make another of it."""
        try:
            yield from self._read(wish)
        except GeneratorExit:
            raise
        except BaseException as error:
            self.trouble = error
            raise
