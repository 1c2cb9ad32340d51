"""Frames and series as Parquet: back equal, or refused."""

import datetime
import decimal
import io
import math
import pickle
import subprocess
import sys
import uuid
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialog.codecs import PandasCodec
from trialog.errors import InvalidTypeError, UsageError

BERLIN = pd.date_range("2024-03-30", periods=3, tz="Europe/Berlin")
MONTHS = pd.period_range("2024-01", periods=3, freq="M")

WIDTHS = {"int": (8, 16, 32, 64), "uint": (8, 16, 32, 64), "float": (16, 32, 64)}
NULLABLE = {"Int": (8, 16, 32, 64), "UInt": (8, 16, 32, 64), "Float": (32, 64)}
DTYPES = [
    *(f"{kind}{bits}" for kind, widths in {**WIDTHS, **NULLABLE}.items() for bits in widths),
    *(
        f"{kind}64[{unit}]"
        for kind in ("datetime", "timedelta")
        for unit in ("s", "ms", "us", "ns")
    ),
    *("bool", "boolean", "str", "object", "category"),
    *("string", "string[pyarrow]", "string[python]", "int64[pyarrow]", "double[pyarrow]"),
]

CELLS = {
    "nullable integers beyond 2**53": pd.array([1, None, 2**60 + 1], dtype="Int64"),
    "nullable booleans": pd.array([True, None, False], dtype="boolean"),
    "nullable floats": pd.array([0.1, None, math.inf], dtype="Float32"),
    "text with missing": pd.array(["a", None, ""], dtype="string"),
    "floats of every kind": [math.nan, -math.inf, -0.0],
    "time zone over a change of clocks": BERLIN,
    "fixed offset": [pd.Timestamp("2024-01-01T00:00+02:00")] * 3,
    "time zone in seconds": BERLIN.as_unit("s"),
    "missing times": pd.to_datetime(["2024-01-01", None, "1900-01-01"]),
    "years beyond nanoseconds": np.array(["0001-01-01", "9999-01-01", "NaT"], "M8[s]"),
    "periods": MONTHS,
    "intervals": pd.interval_range(0, 3),
    "categories of text, ordered": pd.Categorical(list("bcb"), list("cba"), ordered=True),
    "categories of integers, out of order": pd.Categorical([1, 2, 1], [3, 1, 2]),
    "categories with missing": pd.Categorical([1, None, 2**60 + 1]),
    "categories of floats": pd.Categorical([0.5, 1.5, 0.5]),
    "categories of booleans": pd.Categorical([True, False, True]),
    "categories of times": pd.Categorical(BERLIN),
    "categories of periods": pd.Categorical(MONTHS),
    "categories of intervals": pd.cut(np.array([1, 2, np.nan]), [0, 1, 2]),
    "categories of objects": pd.Categorical(list("aba"), pd.Index(list("ab"), dtype=object)),
    "categories with a name": pd.Categorical(list("aba"), pd.Index(list("ab"), name="q")),
    "no category seen": pd.Categorical([None, None, None], ["a"]),
}

OBJECTS = {
    "text": ["a", "", "ü"],
    "text with None": ["a", None, "b"],
    "text with NaN": ["a", np.nan, "b"],
    "integers": [1, 2, 2**60 + 1],
    "integers with None": [1, None, 2**60 + 1],
    "floats with None": [0.5, None, 1.5],
    "integers and floats": [1, 2.5, 3],
    "booleans with None": [True, None, False],
    "nothing": [None, None, None],
    "bytes": [b"\x00\xff", None, b""],
    "dates": [datetime.date(2024, 1, 2), None, datetime.date(1, 1, 1)],
    "times of day": [datetime.time(1, 2, 3, 4), None, datetime.time()],
    "datetimes": [datetime.datetime(2024, 1, 2, 3, 4, 5, 6), None, datetime.datetime(1900, 1, 1)],  # noqa: DTZ001
    "spans": [datetime.timedelta(1, 2, 3), None, datetime.timedelta()],
    "decimals": [decimal.Decimal("1.10"), decimal.Decimal(2), None],
    "lists": [[1, 2], [], None],
    "lists of lists": [[["a"], []], [], [["b"]]],
    "arrays": [np.arange(2.0), np.arange(3.0), None],
    "dicts of one shape": [{"x": 1, "y": "a"}, None, {"x": 2, "y": None}],
}

INDEXES = {
    "a range": pd.RangeIndex(3, 12, 3),
    "a named range": pd.RangeIndex(3, name="step"),
    "integers": pd.Index([1, 2, 2], dtype="int32"),
    "text": pd.Index(["a", "b", "ü"], name="ü"),
    "floats": pd.Index([0.5, np.nan, 1.5]),
    "time zones": BERLIN.rename("t"),
    "periods": MONTHS,
    "categories": pd.CategoricalIndex([2, 1, 2], [2, 1, 3], ordered=True, name="c"),
    "missing categories": pd.CategoricalIndex([2, None, 2]),
    "intervals": pd.interval_range(0, 3),
    "two levels": pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["x", None]),
    "levels of time and category": pd.MultiIndex.from_arrays(
        [BERLIN, pd.Categorical(["a", "b", "a"], ["b", "a"])], names=["same", "same"]
    ),
    "one level of many": pd.MultiIndex.from_arrays([[1, 2, 3]], names=["x"]),
    "a number for a name": pd.Index([1, 2, 3], name=7),
    "a tuple for a name": pd.Index([1, 2, 3], name=("a", 1)),
    "the name of a column": pd.Index([1, 2, 3], name="a"),
}

LABELS = {
    "numbers": [10, 20],
    "a range": pd.RangeIndex(2),
    "text and numbers": ["a", 20],
    "booleans": [True, False],
    "floats": [0.5, np.nan],
    "None": ["a", None],
    "the same twice": ["a", "a"],
    "the same as text": ["1", 1],
    "text with a name": pd.Index(["a", "b"], name="metric"),
    "text with a tuple for a name": pd.Index(["a", "b"], name=("x", 1)),
    "objects": pd.Index(["a", "b"], dtype=object),
    "times": pd.DatetimeIndex(["2024-01-01", "2024-01-03"], name="day"),
    "periods": MONTHS[:2],
    "categories": pd.CategoricalIndex(["a", "b"], ["b", "a"], name="q"),
    "two levels": pd.MultiIndex.from_tuples([("loss", "min"), ("loss", "max")], names=["m", None]),
    "levels of many kinds": pd.MultiIndex.from_arrays(
        [[1, 2], BERLIN[:2], pd.Categorical(["x", "y"])], names=["n", 2, ("c", 1)]
    ),
    "text of no length": ["", "a"],
}

NAMES = [None, "x", "", 5, 0.5, True, ("a", 1), pd.Timestamp("2024-01-01", tz="UTC")]


def again(value):
    return PandasCodec.decode(PandasCodec.encode(value))


def assert_same(value):
    back = again(value)
    assert type(back) is type(value)
    if isinstance(value.index, pd.MultiIndex):  # what no row has is no part of the value
        value = value.set_axis(value.index.remove_unused_levels(), axis="index")
    check = (
        pd.testing.assert_series_equal
        if isinstance(value, pd.Series)
        else pd.testing.assert_frame_equal
    )
    check(value, back, check_exact=True, check_freq=False)
    assert back.attrs == value.attrs


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_comes_back(dtype):
    """With rows, and with none."""
    frame = pd.DataFrame({"a": pd.Series([0, 1, 1]).astype(dtype)})
    assert_same(frame)
    assert_same(frame.iloc[:0])


@pytest.mark.parametrize("name", CELLS)
def test_cells_come_back(name):
    """Missing, extreme and categorical values, in a frame and in a series."""
    frame = pd.DataFrame({"before": 1, "a": pd.Series(CELLS[name]), "after": "x"})
    assert_same(frame)
    assert_same(frame["a"])
    assert_same(frame.iloc[:0])


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_that_parquet_can_hold_come_back(name):
    """A column of objects stays one, its cells equal to what they were."""
    assert_same(pd.DataFrame({"a": pd.Series(OBJECTS[name], dtype=object)}))


def test_cells_of_objects_keep_their_kind():
    """Lists stay lists, arrays arrays, integers integers; what is missing is None."""
    for name, kind in {"lists": list, "arrays": np.ndarray, "integers with None": int}.items():
        cells = again(pd.Series(OBJECTS[name], dtype=object)).tolist()
        assert {type(cell) for cell in cells} <= {kind, type(None)}


@pytest.mark.parametrize("name", INDEXES)
def test_every_index_comes_back(name):
    """Levels, dtypes, order, repetitions and names of every kind."""
    frame = pd.DataFrame({"a": [0.5, 1.5, 2.5]}, index=INDEXES[name])
    assert_same(frame)
    assert_same(frame["a"])
    assert_same(frame.iloc[:0])
    assert_same(frame[[]])


@pytest.mark.parametrize("name", LABELS)
def test_every_label_comes_back(name):
    """Numbers, times, tuples, the same twice: labels need not be text."""
    columns = LABELS[name]
    assert_same(pd.DataFrame([[1, "x"], [2, "y"]], columns=columns))


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_series_comes_back(name):
    """Any label can be one."""
    back = again(pd.Series([1, 2], name=name))
    assert back.name == name
    assert_same(pd.Series([1, 2], name=name))


@pytest.mark.parametrize(
    "value",
    [
        pd.DataFrame(),
        pd.DataFrame(index=[1, 2]),
        pd.DataFrame(columns=["a"]),
        pd.Series(dtype="float64"),
        pd.DataFrame({"__index_level_0__": [1]}),
        pd.DataFrame({"values": [1]}, index=pd.Index([1], name="values")),
    ],
)
def test_nothing_and_odd_names_come_back(value):
    """No rows, no columns, and the names that Parquet writers like for themselves."""
    assert_same(value)


@pytest.mark.parametrize(
    "make",
    [
        lambda frame: frame.groupby("kind").agg(["min", "max"]),
        lambda frame: frame.pivot_table(index="step", columns="kind", values="loss"),
        lambda frame: pd.crosstab(frame["kind"], frame["step"] > 1),
        lambda frame: frame.pivot_table(index="step", columns=["kind", "loss"], aggfunc="size"),
        lambda frame: frame.describe(),
        lambda frame: frame["loss"].value_counts(),
        lambda frame: frame[["step", "loss"]].iloc[0],
        lambda frame: frame.groupby(pd.cut(frame["loss"], 2), observed=False)["loss"].mean(),
    ],
)
def test_what_people_compute_comes_back(make):
    """The shapes that pandas itself makes."""
    frame = pd.DataFrame({"kind": list("abab"), "step": [1, 1, 2, 2], "loss": [0.5, 0.4, 0.3, 0.2]})
    assert_same(make(frame))


def test_attributes_come_back():
    """``attrs`` are kept, as JSON."""
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"unit": "K", "limits": [0.0, math.inf]}
    assert_same(frame)
    assert_same(frame["a"])


def test_a_subclass_comes_back_as_a_plain_frame():
    """Its values are kept, its methods are not."""

    class Mine(pd.DataFrame):
        pass

    assert type(again(Mine({"a": [1]}))) is pd.DataFrame


def test_the_frame_is_left_alone():
    """Encoding copies what it has to change."""
    frame = pd.DataFrame([[1, 2]], columns=[1, 1], index=pd.CategoricalIndex(["x"], name=3))
    frame.attrs = {"k": 1}
    before = frame.copy()
    PandasCodec.encode(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert frame.attrs == {"k": 1}


scalars = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | st.booleans()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(scalars, min_size=3, max_size=3), max_size=4))
def test_a_frame_comes_back_equal_or_is_refused(rows):
    """There is no third case, whatever the cells are."""
    frame = pd.DataFrame(rows, columns=["a", "b", "c"])
    try:
        data = PandasCodec.encode(frame)
    except InvalidTypeError as error:
        assert "column" in str(error)  # noqa: PT017  # either way is right
        return
    back = PandasCodec.decode(data)
    pd.testing.assert_frame_equal(frame, back, check_exact=True)


@pytest.mark.parametrize(
    "cells, words",
    [
        ([1, "x"], r"column 'a' \(dtype object\) cannot be written as Parquet: Could not convert"),
        ([object()], "column 'a' .* did not recognize Python value type"),
        ([Path("x")], "column 'a' .* did not recognize"),
        ([2**70], "column 'a' .* cannot be written"),
        (["\ud800"], "column 'a' .* surrogates not allowed"),
        ([np.ones((2, 2))], "column 'a' .* 1-dimensional"),
        ([{}], "cannot be written as Parquet: Cannot write struct type"),
        ([{1, 2}], "would not come back from Parquet: .*values are different"),
        ([(1, 2)], "would not come back from Parquet"),
        ([{"x": 1}, {"y": 1}], "would not come back from Parquet"),
    ],
)
def test_cells_that_parquet_cannot_hold_are_refused(cells, words):
    """The message names the column, gives the reason and says what to do."""
    frame = pd.DataFrame({"fine": 1, "a": pd.Series(cells, dtype=object)})
    with pytest.raises(InvalidTypeError, match=words) as e:
        PandasCodec.encode(frame)
    assert "log it with PickleCodec" in str(e.value)


@pytest.mark.parametrize(
    "column",
    [
        np.array([1j]),
        np.array([1], "longdouble"),
        np.array([1], ">f8"),
        pd.arrays.SparseArray([0, 1]),
        pd.Categorical([1, "x"]),
    ],
)
def test_dtypes_that_parquet_does_not_have_are_refused(column):
    """Complex, extended, byte-swapped, sparse, and categories of several types."""
    with pytest.raises(InvalidTypeError, match=r"column 'a' .* cannot be written as Parquet"):
        PandasCodec.encode(pd.DataFrame({"a": column}))


def test_an_index_that_parquet_cannot_hold_is_named():
    """The culprit may be a level of the index."""
    frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index([1, "x"], name="mixed"))
    with pytest.raises(InvalidTypeError, match="index level 'mixed'"):
        PandasCodec.encode(frame)


@pytest.mark.parametrize("label", [pd.Timestamp("2024-01-01"), uuid.UUID(int=1), frozenset()])
def test_labels_of_mixed_kinds_are_refused(label):
    """Text, numbers and None may stand side by side, other objects only among their own kind."""
    with pytest.raises(InvalidTypeError, match="stands among labels of other types"):
        PandasCodec.encode(pd.DataFrame([[1, 2]], columns=["a", label]))


def test_attributes_that_are_not_json_are_refused():
    """Nothing is left out without a word."""
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"k": object()}
    with pytest.raises(InvalidTypeError, match=r"\['attrs'\]\['k'\] is a builtins.object"):
        PandasCodec.encode(frame)


@pytest.mark.parametrize("wrong", [None, [1], {"a": [1]}, np.zeros(2), pd.Index([1])])
def test_what_is_no_frame_is_refused(wrong):
    """An index is one step from a series, and the message says which."""
    with pytest.raises(InvalidTypeError, match="takes a pandas DataFrame or Series, not a"):
        PandasCodec.encode(wrong)


def test_a_fresh_process_reads_them_all(tmp_path):
    """Nothing that the writer happened to load is needed to read."""
    frames = [pd.DataFrame({"a": pd.Series(cells)}) for cells in CELLS.values()]
    frames += [pd.DataFrame({"a": [0.5, 1.5, 2.5]}, index=index) for index in INDEXES.values()]
    frames += [pd.DataFrame([[1, "x"]], columns=labels) for labels in LABELS.values()]
    (tmp_path / "encoded").write_bytes(pickle.dumps([PandasCodec.encode(f) for f in frames]))
    code = (
        "import pickle, sys; from trialog.codecs import PandasCodec\n"
        "encoded = pickle.load(open(sys.argv[1] + '/encoded', 'rb'))\n"
        "for position, data in enumerate(encoded):\n"
        "    pickle.dump(PandasCodec.decode(data), open(f'{sys.argv[1]}/{position}', 'wb'))\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60)
    for position, frame in enumerate(frames):
        back = pickle.loads((tmp_path / str(position)).read_bytes())
        pd.testing.assert_frame_equal(frame, back, check_exact=True, check_freq=False)


def test_other_readers_see_a_plain_table():
    """Text for names, values instead of category codes, and the index as pandas writes it."""
    frame = pd.DataFrame(
        {("a", 1): pd.Categorical([20, 10]), ("a", 2): [0.5, 1.5]},
        index=pd.Index(["x", "y"], name="run"),
    )
    data = io.BytesIO(PandasCodec.encode(frame))
    assert pq.read_table(data).to_pydict() == {
        "('a', 1)": [20, 10],
        "('a', 2)": [0.5, 1.5],
        "run": ["x", "y"],
    }
    assert pd.read_parquet(data).index.name == "run"


def test_parquet_from_elsewhere_is_read():
    """As pandas reads it."""
    buffer = io.BytesIO()
    frame = pd.DataFrame({"a": [1, 2]}, index=["x", "y"])
    frame.to_parquet(buffer)
    pd.testing.assert_frame_equal(PandasCodec.decode(buffer.getvalue()), frame)


@pytest.mark.parametrize("data", [b"", b"garbage" * 9, PandasCodec.encode(pd.Series([1]))[:-9]])
def test_bytes_that_are_no_parquet_file_are_refused(data):
    """Cut short or foreign."""
    with pytest.raises(
        UsageError, match="PandasCodec reads Parquet files, and these bytes are not"
    ):
        PandasCodec.decode(data)
