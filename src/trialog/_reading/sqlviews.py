"""The views that SQL sees: their columns, the types of these, and what they mean."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa

TEXT, WHOLE, REAL = pa.string(), pa.int64(), pa.float64()
TEXTS, TIME = pa.list_(pa.string()), pa.timestamp("us", "UTC")

SQL_TYPES = {
    TEXT: "VARCHAR",
    WHOLE: "BIGINT",
    REAL: "DOUBLE",
    TEXTS: "VARCHAR[]",
    TIME: "TIMESTAMPTZ",
    None: "STRUCT",
}
"""What SQL calls the types of columns."""


class ViewColumn(NamedTuple):
    """A column of a view.

    Attributes:
        name: as SQL has it.
        type: as Arrow has it; None for a structure whose fields the store decides.
        meaning: for people.
    """

    name: str
    type: pa.DataType | None
    meaning: str


class View(NamedTuple):
    """A view.

    Attributes:
        meaning: what a row is.
        columns: of each row.
    """

    meaning: str
    columns: tuple[ViewColumn, ...]


_RUN = (
    ViewColumn("id", TEXT, "the run's id"),
    ViewColumn("namespace", TEXT, "its namespace, as a slug"),
    ViewColumn("project", TEXT, "its project, as a slug"),
    ViewColumn("name", TEXT, "the run's name"),
)

VIEWS: dict[str, View] = {
    "runs": View(
        "a run; deleted ones are left out, here and in all views",
        (
            *_RUN,
            ViewColumn("status", TEXT, "what is true of it now"),
            ViewColumn("reason", TEXT, "why it ended so"),
            ViewColumn("created", TIME, "when it began"),
            ViewColumn("ended", TIME, "when it ended"),
            ViewColumn("duration", REAL, "seconds from its beginning to its end, or to now"),
            ViewColumn("tags", TEXTS, "its tags"),
            ViewColumn("description", TEXT, "what the user wrote of it"),
            ViewColumn("parameters", None, "its parameters, a field each: parameters.lr"),
            ViewColumn("exception", TEXT, "the class of the exception that ended it"),
            ViewColumn("exit_code", WHOLE, "the argument of sys.exit"),
            ViewColumn("updated", TIME, "when anything but points was last logged to it"),
            ViewColumn("username", TEXT, "who began it"),
            ViewColumn("host", TEXT, "where its latest attempt began"),
            ViewColumn("attempt", WHOLE, "1, and one more each time it was resumed"),
            ViewColumn("points", WHOLE, "how many points it has"),
            ViewColumn("parent", TEXT, "the id of the run it belongs to"),
            ViewColumn("experiment", TEXT, "the id of the experiment it was recorded in"),
            ViewColumn("number", WHOLE, "which of the experiment's runs it is"),
        ),
    ),
    "parameters": View(
        "a parameter of a run",
        (
            *_RUN,
            ViewColumn("parameter", TEXT, "the parameter's name"),
            ViewColumn("value", TEXT, "its newest value as text: also `0.1`, `true`, `NaN`"),
            ViewColumn("number", REAL, "the same as a number; NULL for text, true and false"),
        ),
    ),
    "metrics": View(
        "a metric of a run: what its points come to, those that count",
        (
            *_RUN,
            ViewColumn("metric", TEXT, "the metric's name"),
            ViewColumn("last", REAL, "the last value"),
            ViewColumn("min", REAL, "the least value; NaN is none"),
            ViewColumn("max", REAL, "the greatest value; NaN is none"),
            ViewColumn("mean", REAL, "the mean of the values but NaN"),
            ViewColumn("count", WHOLE, "how many points, NaN too"),
            ViewColumn("first", REAL, "the first value"),
            ViewColumn("step_of_min", WHOLE, "the step of the least value"),
            ViewColumn("step_of_max", WHOLE, "the step of the greatest value"),
        ),
    ),
    "points": View(
        "a point that counts, of any metric of any run",
        (
            *_RUN,
            ViewColumn("metric", TEXT, "the metric's name"),
            ViewColumn("step", WHOLE, "its step"),
            ViewColumn("time", TIME, "when it was logged, to the microsecond"),
            ViewColumn("time_ns", WHOLE, "the same in nanoseconds since 1970 UTC, exactly"),
            ViewColumn("value", REAL, "its value"),
            ViewColumn("exact", TEXT, "the digits of an integer that a DOUBLE cannot hold"),
            ViewColumn("rank", WHOLE, "the rank of the process that logged it"),
            ViewColumn("attempt", WHOLE, "the attempt of the run that logged it"),
        ),
    ),
    "attachments": View(
        "a version of an attachment of a run",
        (
            *_RUN,
            ViewColumn("attachment", TEXT, "the attachment's name"),
            ViewColumn("version", WHOLE, "1 for the first of that name"),
            ViewColumn("media_type", TEXT, "what the bytes are"),
            ViewColumn("size_bytes", WHOLE, "how many"),
            ViewColumn("sha256", TEXT, "their digest, hexadecimal"),
            ViewColumn("filename", TEXT, "what the file was called, without its folder"),
            ViewColumn("step", WHOLE, "what it belongs to"),
            ViewColumn("codec", TEXT, "what made it of an object"),
            ViewColumn("created", TIME, "when it was logged"),
        ),
    ),
    "tags": View(
        "a tag of a run",
        (*_RUN, ViewColumn("tag", TEXT, "the tag")),
    ),
    "projects": View(
        "a project that has had runs",
        (
            ViewColumn("namespace", TEXT, "its namespace, as a slug"),
            ViewColumn("project", TEXT, "the project, as a slug"),
            ViewColumn("namespace_name", TEXT, "the namespace as it was first written"),
            ViewColumn("project_name", TEXT, "the project as it was first written"),
            ViewColumn("runs", WHOLE, "how many runs it has"),
        ),
    ),
}
"""Every view, in the order in which they are documented."""


def schema_of(view: str, parameters: pa.DataType | None = None) -> pa.Schema:
    """The columns of a view, as Arrow has them.

    Args:
        view: its name.
        parameters: the type of the structure of parameters.
    """
    return pa.schema(
        [
            (column.name, parameters if column.type is None else column.type)
            for column in VIEWS[view].columns
        ]
    )
