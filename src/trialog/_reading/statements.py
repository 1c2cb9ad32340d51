"""SQL statements, answered by DuckDB over the views of a store. The one module that imports it.

The engine may read those views and nothing else: no file, no extension, no setting, and it has no
database of its own to write to.
"""

from __future__ import annotations

import os
from typing import Any

import pyarrow as pa

from trialog._catalog import Catalog
from trialog._reading.sqlreading import Progress, ViewReader
from trialog._reading.sqlviews import VIEWS
from trialog.errors import UsageError

_READING = frozenset({"SELECT", "EXPLAIN"})
_DAY_NS = 86_400 * 10**9
_LEAST_BYTES = 256 * 2**20


def answer(catalog: Catalog, query: str, progress: Progress | None = None) -> pa.Table:
    """What a statement comes to.

    Args:
        catalog: of the store.
        query: one statement that reads.
        progress: told of runs whose points are read, and of how many.

    Raises:
        UsageError: it is not one statement that reads, it is wrong, or it needs too much memory;
            DuckDB is not installed.
        StoreError: the store cannot be read.
    """
    duckdb = _duckdb()
    with duckdb.connect(":memory:", config=_configuration()) as connection:
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET lock_configuration = true")
        sources = {}
        try:
            _check(duckdb, query)
            reader = ViewReader(catalog, progress)
            for view in _named(duckdb, connection, query):
                sources[view] = reader.source(view)
                connection.register(view, sources[view])
            found = connection.sql(query)
            return _plain(pa.table({}) if found is None else found.to_arrow_table())
        except duckdb.Error as error:
            for source in sources.values():
                if source.trouble is not None:
                    raise source.trouble from None
            raise UsageError(_worded(str(error))) from None


def _configuration() -> dict[str, str]:
    """The least that the engine needs, and the most that it may."""
    return {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": f"{_memory_bytes()}B",
        "temp_directory": "",
    }


def _memory_bytes() -> int:
    """What a statement may take: half of what the machine has."""
    has_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(has_bytes // 2, _LEAST_BYTES)


def _check(duckdb: Any, query: str) -> None:
    """Refuse what is not one statement that reads.

    Raises:
        UsageError: it is another.
    """
    statements = duckdb.extract_statements(query)
    kinds = [str(each.type).partition(".")[2].partition(":")[0] for each in statements]
    if not statements:
        raise UsageError("there is no statement; one is 'SELECT * FROM runs'")
    is_pivot = kinds in (["MULTI"], ["CREATE", "SELECT"]) and ";" not in query.rstrip().rstrip(";")
    if is_pivot:
        raise UsageError(
            "PIVOT needs the values that become columns: PIVOT metrics ON metric IN ('loss', 'acc')"
            " USING first(last)"
        )
    if len(statements) > 1:
        raise UsageError(f"there are {len(statements)} statements; give one at a time")
    if kinds[0] not in _READING:
        raise UsageError(
            f"this is a statement of the kind {kinds[0]}, and the store is only read: begin with "
            "SELECT, FROM, WITH, DESCRIBE or SUMMARIZE"
        )


def _named(duckdb: Any, connection: Any, query: str) -> list[str]:
    """The views that a statement names; all of them where the engine cannot tell yet."""
    try:
        names = {name.casefold() for name in connection.get_table_names(query)}
    except duckdb.Error:
        return list(VIEWS)  # DESCRIBE wants to see them; mistakes are told later
    return [view for view in VIEWS if view in names] or list(VIEWS)  # SHOW TABLES names none


def _worded(message: str) -> str:
    """What the engine says, without its class; views are tables to it."""
    text = message.partition(" Error: ")[2] or message
    if text.startswith("Table with name"):
        return f"{text.splitlines()[0]} There are: {', '.join(VIEWS)}"
    return text


def _plain(table: pa.Table) -> pa.Table:
    """A table in types that every library has, and of which every column has its own name."""
    names: dict[str, None] = {}
    for name in table.column_names:
        heading, number = name, 1
        while heading in names:
            heading, number = f"{name}_{number}", number + 1
        names[heading] = None
    return pa.table([_plain_column(column) for column in table.columns], list(names))


def _plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_decimal(kind) and kind.scale == 0:  # the engine sums integers in 128 bits
        try:
            return column.cast(pa.int64())
        except pa.ArrowInvalid:
            return column
    if kind == pa.month_day_nano_interval():  # between two times it has no months
        lengths = [
            value and value.days * _DAY_NS + value.nanoseconds for value in column.to_pylist()
        ]
        return pa.chunked_array([pa.array(lengths, pa.duration("ns"))])
    return column


def _duckdb() -> Any:
    try:
        import duckdb  # noqa: PLC0415 # heavy, and not everybody's
    except ImportError as error:
        raise UsageError(
            'SQL is answered by DuckDB, which is not installed; install it by: pip install "trialog'
            '[sql]"'
        ) from error
    return duckdb
