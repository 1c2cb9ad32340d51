"""The catalog's tables: one schema for SQLite and PostgreSQL.

Keys are made of what a row is about (``key_of`` in ``_journals.addresses``), not counted: a catalog
that was deleted and made again gives every run the key it had.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from trialog._format.records import FORMAT_VERSION

SCHEMA_VERSION = f"7.{FORMAT_VERSION}"  # another format may read what this one could not

_Int = BigInteger().with_variant(Integer, "sqlite")  # SQLite's INTEGER has 64 bits

METADATA = MetaData()


def _key(name: str = "key") -> Column[int]:
    return Column(name, _Int, primary_key=True, autoincrement=False)


def _of_run(*, is_key: bool = False) -> Column[int]:
    return Column("run", _Int, primary_key=is_key, nullable=False, autoincrement=False)


META = Table(
    "meta",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# Folders whose content is known as of a modification time.
FOLDERS = Table(
    "folders",
    METADATA,
    Column("path", Text, primary_key=True),  # within the store
    Column("mtime_ns", _Int, nullable=False),
)

PROJECTS = Table(
    "projects",
    METADATA,
    _key(),
    Column("namespace", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("namespace_name", Text, nullable=False),
    Column("project_name", Text, nullable=False),
)

RUNS = Table(
    "runs",
    METADATA,
    _key(),
    Column("project", _Int, ForeignKey("projects.key"), nullable=False),
    Column("id", Text, nullable=False, index=True),
    Column("day", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("folded_name", Text, nullable=False, index=True),  # casefold()
    Column("description", Text),
    Column("tags", Text, nullable=False),  # JSON, in the order they were added
    Column("parameters", Text, nullable=False),  # JSON, the newest of each name
    Column("created_ns", _Int, nullable=False, index=True),
    Column("updated_ns", _Int, nullable=False),  # the last fact, points aside
    Column("opened_as", Text, nullable=False),  # PENDING or RUNNING
    Column("status", Text),  # as written, or by a writer's certain death; NULL: ask the writers
    Column("reason", Text),
    Column("ended_ns", _Int),
    Column("exit_code", _Int),
    Column("exception", Text),  # JSON: type, message, traceback
    Column("missing", _Int, nullable=False),
    Column("missing_since_ns", _Int),
    Column("deleted_ns", _Int),
    Column("deleted_by", Text),
    Column("attempt", _Int, nullable=False),
    Column("stop_asked", Text),  # who has asked this attempt to stop, and why
    Column("parent", Text),
    Column("kind", Text, nullable=False),  # run or experiment
    Column("experiment", Text),  # the id of the one that a run is recorded in
    Column("number", _Int),
    Column("subject", Text),
    Column("annotations", Text, nullable=False),  # JSON
    Column("commit", Text),  # JSON: what sealed it, and where it came from
    Column("digest", Text, index=True),  # of the manifest that it was sealed as
    Column("username", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", _Int, nullable=False),
    Column("python", Text, nullable=False),
    Column("trialog", Text, nullable=False),
    Column("points", _Int, nullable=False),
    Column("damages", _Int, nullable=False),
    Column("is_final", Boolean, nullable=False),  # no writer can add anything
)
Index("runs_of_project", RUNS.c.project, RUNS.c.day)
# All that lists and their order need, so that no row is looked at that is not shown.
_LISTED = ("project", "kind", "created_ns", "id", "status", "ended_ns", "folded_name")
Index("runs_listed", *(RUNS.c[name] for name in _LISTED))
_IS_DELETED, _IS_UNENDED = RUNS.c.deleted_ns.is_not(None), RUNS.c.status.is_(None)
Index("runs_deleted", RUNS.c.project, sqlite_where=_IS_DELETED)
Index("runs_unended", RUNS.c.project, sqlite_where=_IS_UNENDED)
Index("runs_of_experiment", RUNS.c.experiment, RUNS.c.number)

TAGS = Table(
    "tags",
    METADATA,
    _of_run(is_key=True),
    Column("tag", Text, primary_key=True),
)
Index("tags_by_tag", TAGS.c.tag, TAGS.c.run)

JOURNALS = Table(
    "journals",
    METADATA,
    _key(),
    _of_run(),
    Column("writer", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("attempt", _Int, nullable=False),
    Column("rank", _Int),
    Column("local_rank", _Int),
    Column("world_size", _Int),
    Column("created_ns", _Int, nullable=False),
    Column("pid", _Int, nullable=False),
    Column("process_start", _Int, nullable=False),
    Column("pid_namespace", _Int, nullable=False),
    Column("boot", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("offset", _Int, nullable=False),
    Column("last_words", _Int, nullable=False),
    Column("order_ns", _Int, nullable=False),  # the latest time of a fact
    Column("news_ns", _Int, nullable=False),  # the latest time of anything
    Column("call_ns", _Int, nullable=False),  # the call before, for numbering
    Column("call_step", _Int, nullable=False),
    Column("has_left", Boolean, nullable=False),
    Column("is_final", Boolean, nullable=False),
    Column("fate", Text),  # why its writer is gone without a word, where that is certain
    Column("has_auto", Boolean, nullable=False),
    Column("has_exact", Boolean, nullable=False),
    Column("points", _Int, nullable=False),
    Column("error", Text),  # why it cannot be read
)
Index("journals_of_run", JOURNALS.c.run)
Index("journals_under_way", JOURNALS.c.is_final)

DAMAGE = Table(
    "damage",
    METADATA,
    Column("journal", _Int, primary_key=True, autoincrement=False),
    Column("offset", _Int, primary_key=True, autoincrement=False),
    _of_run(),
    Column("size", _Int, nullable=False),
    Column("reason", Text, nullable=False),
)
Index("damage_of_run", DAMAGE.c.run)

NAMES = Table(
    "names",
    METADATA,
    _key(),
    Column("name", Text, nullable=False),
)

# A row for each writer and name: its summary, and the highest step for numbering.
SERIES = Table(
    "series",
    METADATA,
    Column("journal", _Int, primary_key=True, autoincrement=False),
    Column("name", _Int, primary_key=True, autoincrement=False),
    _of_run(),
    Column("highest", _Int, nullable=False),
    Column("lowest_step", _Int),  # of points: there a later attempt cuts the earlier ones
    Column("count", _Int, nullable=False),  # 0: only JSON values have this name
    Column("nan_count", _Int, nullable=False),
    Column("first", Float),
    Column("last", Float),
    Column("min", Float),
    Column("max", Float),
    Column("total", Float),
    Column("step_of_min", _Int),
    Column("step_of_max", _Int),
    Column("first_ns", _Int),
    Column("last_ns", _Int),
    Column("min_ns", _Int),
    Column("max_ns", _Int),
    Column("exact", LargeBinary),  # JSON: what a REAL cannot hold (NaN, -0.0, large integers)
)
Index("series_of_run", SERIES.c.run)


# What follows is made for questions: a column is a parameter or metric of a project's runs, and has
# their values together, in the order of runs and in their own.


def _column_and_run() -> tuple[Column[int], ...]:
    return (
        Column("column", _Int, primary_key=True, autoincrement=False),
        _of_run(is_key=True),
    )


PARAMETER_VALUES = Table(
    "parameter_values",
    METADATA,
    *_column_and_run(),
    Column("form", _Int, nullable=False),  # see valuerows.Form
    Column("number", Float),  # the nearest double of a number
    Column("rest", _Int, nullable=False),  # an integer is the sum of both
    Column("text", Text),
    sqlite_with_rowid=False,
)
_by_value = [
    Index(
        "parameters_by_value",
        *(PARAMETER_VALUES.c[name] for name in ("column", "form", "number", "rest", "text")),
    )
]
Index("parameter_values_of_run", PARAMETER_VALUES.c.run)

# What a metric of a run comes to; NULL is NaN, and no step.
MEASURES = Table(
    "measures",
    METADATA,
    *_column_and_run(),
    Column("count", _Int, nullable=False),
    Column("first", Float),
    Column("last", Float),
    Column("min", Float),
    Column("max", Float),
    Column("mean", Float),
    Column("step_of_min", _Int),
    Column("step_of_max", _Int),
    Column("is_exact", Boolean, nullable=False),  # else: ask the points
    sqlite_with_rowid=False,
)
_by_value += [
    Index(f"measures_by_{name}", MEASURES.c.column, MEASURES.c[name])
    for name in ("last", "min", "max")
]
# All short facts of a run, so that no row is looked at for what is asked of very many.
_ASKED = (
    *("project", "kind", "name", "username", "host", "points", "attempt", "exit_code", "reason"),
    *("number", "parent", "experiment", "status", "created_ns", "updated_ns", "ended_ns", "id"),
)
_by_value.append(Index("runs_by_fact", *(RUNS.c[name] for name in _ASKED)))
BY_VALUE = tuple(_by_value)
"""Indexes that runs are put into anywhere: made last where many runs are read at once."""
Index("measures_of_run", MEASURES.c.run)
_IS_INEXACT = ~MEASURES.c.is_exact
Index("measures_inexact", MEASURES.c.column, sqlite_where=_IS_INEXACT)


def _fact_columns() -> tuple[Column[int], ...]:
    return (
        Column("journal", _Int, primary_key=True, autoincrement=False),
        Column("offset", _Int, primary_key=True, autoincrement=False),
        _of_run(),
        Column("order_ns", _Int, nullable=False),  # the writer's clock, never going back
        Column("time_ns", _Int, nullable=False),
    )


PARAMETERS = Table(
    "parameters",
    METADATA,
    *_fact_columns(),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),  # JSON
)
Index("parameters_of_run", PARAMETERS.c.run)

JSON_VALUES = Table(
    "json_values",
    METADATA,
    *_fact_columns(),
    Column("name", Text, primary_key=True),
    Column("step", _Int, nullable=False),
    Column("value", Text),  # JSON; NULL: in the blob
    Column("blob", Text),
)
Index("json_values_of_run", JSON_VALUES.c.run)

ATTACHMENTS = Table(
    "attachments",
    METADATA,
    *_fact_columns(),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False, index=True),
    Column("size_bytes", _Int, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("step", _Int),
    Column("codec", Text),
)
Index("attachments_of_run", ATTACHMENTS.c.run)

# Lines that a run printed, as they came.
CONSOLE = Table(
    "console",
    METADATA,
    *_fact_columns(),
    Column("stream", Text, nullable=False),
    Column("lines", Text, nullable=False),  # JSON: [[time_ns, text], …]
    Column("is_open", Boolean, nullable=False),  # the last of them is unfinished
    Column("dropped_bytes", _Int, nullable=False),
)
Index("console_of_run", CONSOLE.c.run)

# All other facts; a run's row is derived from some of them.
FACTS = Table(
    "facts",
    METADATA,
    *_fact_columns(),
    Column("kind", _Int, nullable=False),
    Column("content", Text, nullable=False),  # JSON
)
Index("facts_of_run", FACTS.c.run)

SEGMENTS = Table(
    "segments",
    METADATA,
    Column("filename", Text, primary_key=True),
    Column("size_bytes", _Int, nullable=False),
    Column("points", _Int, nullable=False),
    Column("trouble", Text),  # why it is not used
)

# Which segment holds a run's points, and what of its journals was read for it.
COVERAGE = Table(
    "coverage",
    METADATA,
    _of_run(is_key=True),
    Column("segment", Text, nullable=False, index=True),
    Column("journals", Text, nullable=False),  # JSON: writer -> offset
    Column("spans", LargeBinary, nullable=False),  # JSON: metric -> [[writer, first row, rows], …]
)

OF_RUN = (
    TAGS,
    DAMAGE,
    SERIES,
    PARAMETER_VALUES,
    MEASURES,
    PARAMETERS,
    JSON_VALUES,
    ATTACHMENTS,
    CONSOLE,
    FACTS,
    COVERAGE,
    JOURNALS,
)
"""Tables whose rows go with a run's."""
