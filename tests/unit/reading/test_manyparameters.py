"""Parameters of very many runs: the same table as of few, without an object for each value."""

from __future__ import annotations

import math

import orjson
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import trialog
from trialog._catalog.queries import ParameterLines, read_parameter_lines
from trialog._format.values import dump_json
from trialog._reading import frames
from trialog._reading.manyparameters import Gathering, SeveralKindsError, read_columns

BIG = 2**53
NUMBERS = st.sampled_from([0, 1, -0.0, 0.5, BIG, BIG + 1, -BIG - 1, float(BIG), 2**63, 1e300])
OTHERS = st.sampled_from([None, True, "a", "2026-01-01", "ü\n", math.nan, math.inf, [1], {"a": 1}])
RUNS = st.lists(st.dictionaries(st.sampled_from(["a", "b", "ü/d"]), NUMBERS | OTHERS), max_size=7)
ALIKE = st.sampled_from([int, float, bool, str]).flatmap(
    lambda kind: st.lists(st.fixed_dictionaries({"a": st.none() | st.from_type(kind)}), max_size=7)
)


@given(RUNS | ALIKE)
@example([{"a": 0.5}, {}, {"a": BIG + 1}])
@example([{"a": BIG + 1}, {}, {"a": 0.5}])
@example([{"a": 0.5}, {"a": 1}, {"a": 1}, {"a": BIG}])
@example([{"a": 2**70}])
@settings(max_examples=60, deadline=None)
def test_columns_are_those_that_python_makes(rows):
    """Whatever the values, a part at a time, with the same types; else nothing comes of it."""
    gathering = Gathering()
    texts = [dump_json(row, "parameters").decode() for row in rows]
    parts = [
        ParameterLines(
            [*keys], [f"id{key}" for key in keys], "\n".join(texts[keys[0] : keys[0] + 2])
        )
        for keys in (range(len(rows))[first : first + 2] for first in range(0, len(rows), 2))
    ]
    names = dict.fromkeys(name for row in rows for name in row)
    expected = {
        name: frames.column([row.get(name, frames.MISSING) for row in rows]) for name in names
    }
    try:
        gathering.take(parts)
        columns = gathering.columns()
    except SeveralKindsError:
        assert any(each.dtype == object for each in expected.values())
        return
    found = frames.many_parameters_frame(gathering.ids, columns)
    wanted = pd.DataFrame(expected, index=pd.Index(gathering.ids, name="id", dtype=object))
    pd.testing.assert_frame_equal(found, wanted[list(columns)], check_exact=True)
    for name in names:  # -0.0 and NaN too
        assert list(map(repr, found[name])) == list(map(repr, wanted[name]))


@pytest.fixture
def runs():
    described = [{"lr": 0.1, "n": 1}, {"b": "x", "lr": 2}, {"a": None, "n": 3}, {"a": True}]
    for parameters in described:
        trialog.init("acme", "demo", parameters=parameters).finish()
    return trialog.runs("acme/demo")


def test_rows_and_columns_stand_in_the_order_of_the_runs(runs):
    """Not in that in which the catalog has them."""
    catalog = runs._catalog
    for keys in (runs._records.keys, runs._records.keys[::-1]):
        parameters = runs._parameters()
        expected = frames.bare_run_parameters_frame(range(4), [parameters[key] for key in keys])
        many = read_columns(catalog, keys)
        found = frames.many_parameters_frame(*many)
        ids = runs.ids if keys == runs._records.keys else runs.ids[::-1]
        assert found.index.tolist() == ids
        pd.testing.assert_frame_equal(found.reset_index(drop=True), expected.reset_index(drop=True))


@pytest.mark.usefixtures("store")
def test_a_name_stands_where_it_occurs_first_though_it_has_no_value_there():
    """None is given, and so counts."""
    for parameters in ({"x": 1}, {"a": None, "x": 1}, {"b": 1}, {"a": 1}):
        trialog.init("acme", "demo", parameters=parameters).finish()
    runs = trialog.runs("acme/demo", sort="created")
    many = read_columns(runs._catalog, runs._records.keys)
    assert list(many.columns) == ["x", "a", "b"] == list(runs.parameters_df())


@pytest.mark.parametrize("part", [1, 2, 3, 100])
def test_parts_of_any_size_hold_the_same(runs, part):
    """However many runs the database joins, each has its own line."""
    catalog, keys, found = runs._catalog, runs._records.keys, []
    catalog.ask(read_parameter_lines, [*keys, 12345], found.extend, part=part)
    ids, parameters = {}, {}
    for each in found:
        ids.update(zip(each.keys, each.ids, strict=True))
        texts = map(orjson.loads, each.text.split("\n"))
        parameters.update(zip(each.keys, texts, strict=True))
    assert ids == dict(zip(keys, runs.ids, strict=True))
    assert parameters == runs._parameters()


def test_a_run_that_has_gone_is_left_to_whoever_knows_what_then(runs):
    """No row is made up for it."""
    assert read_columns(runs._catalog, [*runs._records.keys, 12345]) is None
