"""The parameters of very many runs, by column: no Python object is made of a value.

Arrow reads the JSON, held to one type for each name. A part of the runs that does not fit its
types, or in which it might round, is read in Python. Where the values of a name are of several
kinds, nothing comes of it: then all is read in Python.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json
from numpy.typing import NDArray

from trialog._catalog import Catalog, queries
from trialog._catalog.queries import TAG_MARK, ParameterLines
from trialog._format.values import MAX_EXACT, MAX_SIGNED, MIN_SIGNED

_AHEAD = 4  # parts that wait to be read
_TYPES = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.large_string()}
_NONE = ":null"  # as JSON has it


class SeveralKindsError(Exception):
    """No one type has all values of a name."""


class ManyParameters(NamedTuple):
    """The parameters of some runs, in the order that was asked for.

    Attributes:
        ids: the runs' ids.
        columns: Arrow arrays by name, in the order in which the names first occur.
    """

    ids: list[str]
    columns: dict[str, Any]


def read_columns(catalog: Catalog, keys: Sequence[int]) -> ManyParameters | None:
    """The newest parameters of runs by key; None where a name has values of several kinds."""
    if not keys:
        return None
    gathering = Gathering()
    try:
        catalog.ask(queries.read_parameter_lines, keys, gathering.take)
        columns = gathering.columns()
    except SeveralKindsError:
        return None
    places = _places(gathering.keys, keys)
    if places is None:
        return None
    ordered = {name: column.take(pa.array(places)) for name, column in columns.items()}
    ids = np.array(gathering.ids, object)[places].tolist()
    names = _names_in_order(catalog, keys, ordered, gathering.with_none)
    return ManyParameters(ids, {name: ordered[name] for name in names})


class _Part(NamedTuple):
    """Some runs' columns; those that are not there have no values."""

    runs: int
    columns: Mapping[str, Any]


class Gathering:
    """Columns, as they grow by parts.

    Attributes:
        keys: of the runs, as they came.
        ids: of the runs.
        with_none: keys of the runs in which a name may have None, which no column tells.
    """

    def __init__(self) -> None:
        """Make empty ones."""
        self.keys: list[int] = []
        self.ids: list[str] = []
        self.with_none: set[int] = set()
        self._types: dict[str, Any] = {}
        self._parts: list[_Part] = []

    def take(self, parts: Iterable[ParameterLines]) -> None:
        """Take the parameters of runs, some at a time.

        Raises:
            SeveralKindsError: one type cannot have all values of a name.
        """
        with ThreadPoolExecutor(1) as reader:  # beside the database, which goes on meanwhile
            waiting: deque[Future[_Part]] = deque()
            for keys, ids, text in parts:
                self.keys += keys
                self.ids += ids
                if _NONE in text:
                    lines = zip(keys, text.split("\n"), strict=True)
                    self.with_none.update(key for key, line in lines if _NONE in line)
                waiting.append(reader.submit(self._read, len(keys), text))
                if len(waiting) == _AHEAD:
                    self._parts.append(waiting.popleft().result())
            self._parts += [each.result() for each in waiting]

    def columns(self) -> dict[str, Any]:
        """One array for each name.

        Raises:
            SeveralKindsError: integers are among doubles that cannot have them.
        """
        try:
            return {name: self._column(name, kind) for name, kind in self._types.items()}
        except pa.ArrowInvalid:
            raise SeveralKindsError from None

    def _column(self, name: str, kind: Any) -> Any:
        arrays = [
            pa.nulls(part.runs, kind)
            if (array := part.columns.get(name)) is None
            else array.cast(kind)
            for part in self._parts
        ]
        return pa.concat_arrays(arrays)

    def _read(self, runs: int, lines: str) -> _Part:
        if not self._types:
            self._read_in_python(lines.partition("\n")[0])
        return _Part(runs, self._columns_of(lines))

    def _columns_of(self, lines: str) -> Mapping[str, Any]:
        data = lines.encode()
        if TAG_MARK not in data and self._types:
            read = pa.json.ReadOptions(use_threads=True, block_size=len(data) // 2 + 1)
            parse = pa.json.ParseOptions(
                explicit_schema=pa.schema(list(self._types.items())),
                unexpected_field_behavior="error",
            )
            try:
                table = pa.json.read_json(pa.BufferReader(data), read, parse)
            except pa.ArrowInvalid:
                pass  # another name, or another type
            else:
                columns = {name: table[name].combine_chunks() for name in self._types}
                if not any(map(_may_be_rounded, columns.values())):
                    return columns
        return self._read_in_python(lines)

    def _read_in_python(self, lines: str) -> Mapping[str, Any]:
        rows = [queries.parse_parameters(line) for line in lines.split("\n")]
        columns = {}
        for name in dict.fromkeys(chain.from_iterable(rows)):
            values = [row.get(name) for row in rows]
            kind = self._types[name] = _common(self._types.get(name, pa.null()), values)
            columns[name] = pa.array(values, kind, from_pandas=False)
        return columns


def _common(known: Any, values: Iterable[Any]) -> Any:
    """The type that has these values, and those before."""
    kinds = set(map(type, values)) - {type(None)}
    if not kinds <= _TYPES.keys():
        raise SeveralKindsError
    types = {_TYPES[kind] for kind in kinds} | ({known} - {pa.null()})
    if not types:
        return pa.null()
    if types == {pa.int64(), pa.float64()}:
        _check_within(values, -MAX_EXACT, MAX_EXACT)
        return pa.float64()
    if len(types) > 1:
        raise SeveralKindsError
    _check_within(values, MIN_SIGNED, MAX_SIGNED)
    return types.pop()


def _check_within(values: Iterable[Any], low: int, high: int) -> None:
    if not all(low <= value <= high for value in values if type(value) is int):
        raise SeveralKindsError


def _may_be_rounded(column: Any) -> bool:
    """Whether a column of doubles may have an integer that no double has."""
    if column.type != pa.float64():
        return False
    least, most = pc.min_max(column).as_py().values()
    return least is not None and max(-least, most) >= MAX_EXACT


def _places(keys: Sequence[int], wanted: Sequence[int]) -> NDArray[np.int64] | None:
    """Where the wanted keys stand; None where one has gone from the store."""
    there, asked = np.array(keys, np.int64), np.array(wanted, np.int64)
    if len(there) != len(asked):
        return None
    order = np.argsort(there)
    places: NDArray[np.int64] = order[np.searchsorted(there[order], asked)]
    return places


def _names_in_order(
    catalog: Catalog, keys: Sequence[int], columns: Mapping[str, Any], with_none: Container[int]
) -> dict[str, None]:
    """The names as they occur first, of runs in order."""
    first = {0, *(place for place, key in enumerate(keys) if key in with_none)}
    for column in columns.values():
        if column.null_count:
            first.add(int(np.argmax(column.is_valid().to_numpy(zero_copy_only=False))))
    telling = [keys[place] for place in sorted(first)]
    given = catalog.ask(queries.parameters_of, telling)
    return dict.fromkeys([*chain.from_iterable(given[key] for key in telling), *columns])
