"""The table of runs: its columns, their types, and what is no type's."""

from __future__ import annotations

import io
import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trialog._artifacts.observations import Observed
from trialog._artifacts.tables import runs_table
from trialog._catalog.deriving import PlacedFact
from trialog._format.records import Kind
from trialog._format.values import load_json
from trialog._journals.addresses import ProjectPlace, RunPlace

ROW = {
    "name": "r",
    "status": "COMPLETED",
    "reason": None,
    "created_ns": 1_700_000_000_123_456_789,
    "ended_ns": 1_700_000_001_623_456_789,
    "description": None,
    "tags": '["a","b"]',
    "exit_code": None,
    "exception": None,
    "attempt": 1,
    "points": 0,
    "missing": 0,
    "username": "ada",
    "host": "h",
    "python": "3.12",
    "trialog": "1",
    "experiment": "e",
}


def run(number, parameters, **row):
    place = RunPlace(ProjectPlace("acme", "demo"), "named", f"run-{number}")
    facts = [PlacedFact(0, "w", 0, 0, Kind.PARAMETERS, parameters)]
    return Observed(place, {}, facts=facts, row={**ROW, **row}, number=number)


def table_of(*parameters):
    data = runs_table([run(number, each) for number, each in enumerate(parameters)])
    return pq.read_table(io.BytesIO(data))


def column_of(*values):
    """The column of a parameter that has these values; None where a run lacks it."""
    table = table_of(*({} if value is None else {"x": value} for value in values))
    return table.schema.field("x"), table["x"].to_pylist()


@pytest.mark.parametrize(
    "values, kind",
    [
        ([True, None, False], pa.bool_()),
        ([1, None, -(2**63)], pa.int64()),
        ([0.5, None, -math.inf], pa.float64()),
        ([1, 0.5], pa.float64()),
        (["a", None, ""], pa.string()),
    ],
)
def test_values_of_one_type_keep_it(values, kind):
    """Numbers are together where none loses a digit; missing is null."""
    field, found = column_of(*values)
    assert (field.type, field.metadata, found) == (kind, None, values)


@pytest.mark.parametrize(
    "values",
    [[1, "a"], [True, 1], [2**63], [2**70, 1], [2**53 + 1, 0.5], ["a", None, math.inf]],
)
def test_what_is_of_no_one_type_is_json_text(values):
    """The field says so, and every value can be had again."""
    field, found = column_of(*values)
    assert (field.type, field.metadata) == (pa.string(), {b"trialog.encoding": b"json"})
    assert [text and load_json(text.encode()) for text in found] == values


def test_not_a_number_is_not_missing():
    """NaN was logged; null was not."""
    _, found = column_of(math.nan, None)
    assert math.isnan(found[0])
    assert found[1] is None


def test_what_is_known_of_a_run_comes_first():
    """Fixed columns, then the parameters by name; a clash gets another name."""
    data = runs_table(
        [run(0, {"status": "mine", "parameters.status": 1, "lr": 0.1, "run_id": "x"}, reason="why")]
    )
    table = pq.read_table(io.BytesIO(data))
    names = table.schema.names
    assert names[:3] == ["run_id", "id", "name"]
    assert names[-4:] == [
        "lr",
        "parameters.status",
        "parameters.run_id",
        "parameters.parameters.status",
    ]
    row = table.to_pylist()[0]
    assert (row["run_id"], row["id"], row["status"], row["reason"]) == (
        0,
        "run-0",
        "COMPLETED",
        "why",
    )
    assert (row["tags"], row["duration_s"], row["user"]) == (["a", "b"], 1.5, "ada")
    assert table["date_created"].cast(pa.int64()).to_pylist() == [ROW["created_ns"]]
    assert (row["parameters.status"], row["parameters.parameters.status"]) == (1, "mine")


def test_the_same_runs_give_the_same_bytes():
    """Whatever the order of the parameters."""
    one = runs_table([run(0, {"a": 1, "b": 2.0})])
    assert runs_table([run(0, {"b": 2.0, "a": 1})]) == one
    assert runs_table([run(0, {"b": 2.5, "a": 1})]) != one
