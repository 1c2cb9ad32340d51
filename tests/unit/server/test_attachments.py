"""Attachments over HTTP: what there is, and what tables and arrays hold."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

import trialog

PATH = "/api/v1/projects/acme/demo/runs/r"


@pytest.fixture
def get(server):
    """What the API says of a part of the run."""

    def get(part, expected=200, **query):
        answer = server.get(f"{PATH}{part}", params=query)
        assert answer.status_code == expected, answer.text
        return answer.json()

    return get


@pytest.fixture
def run():
    with trialog.init("acme", "demo", name="r") as run:
        yield run


def test_files_have_all_their_versions(get, run):
    """Oldest first, each with its own address and step; names of JSON values beside them."""
    run.log_attachment("a.txt", "text/plain", b"one")
    run.log_attachment("a.txt", "text/plain", b"two", step=5)
    run.log("note", {"a": 1})
    found = get("/files")
    (file,) = [each for each in found["attachments"] if each["name"] == "a.txt"]
    assert [(each["version"], each["step"]) for each in file["versions"]] == [(1, None), (2, 5)]
    assert file["versions"][0]["file"] != file["versions"][1]["file"]
    assert found["values"] == ["note"]


def test_the_first_rows_of_a_frame(get, run):
    """1,000 of them, as texts; how many there are in all."""
    frame = pd.DataFrame({"n": range(1500), "text": ["a", None, "b" * 500] * 500})
    run.log_value("frame", frame)
    found = get("/table", name="frame")
    assert (found["columns"], found["total"], len(found["rows"])) == (["n", "text"], 1500, 1000)
    assert found["rows"][1] == ["1", None]
    assert len(found["rows"][2][1]) < 310


def test_the_first_rows_of_a_csv(get, run):
    """With what it holds as it is: HTML stays a text."""
    run.log_attachment("t.csv", "text/csv", b'x,y\n1,"<b>\nc"\n2,\n')
    found = get("/table", name="t.csv")
    assert found["rows"] == [["1", "<b>\nc"], ["2", ""]]
    run.log_attachment("t.tsv", "text/tab-separated-values", b"x\ty\n1\t2\n")
    assert get("/table", name="t.tsv")["columns"] == ["x", "y"]
    run.log_attachment("empty.csv", "text/csv", b"")
    assert get("/table", name="empty.csv")["rows"] == []


def test_wide_tables_are_cut(get, run):
    """200 columns are told of ten thousand."""
    heads = ",".join(f"c{at}" for at in range(10_000))
    run.log_attachment("w.csv", "text/csv", f"{heads}\n".encode())
    found = get("/table", name="w.csv")
    assert (len(found["columns"]), found["total_columns"]) == (200, 10_000)


@pytest.mark.parametrize("name", ["ragged.csv", "no.parquet"])
def test_what_is_no_table_is_told(get, run, name):
    """In words, with 400."""
    kind = "text/csv" if name.endswith("csv") else "application/vnd.apache.parquet"
    run.log_attachment(name, kind, b"a,b\n1\n2,3,4\n")
    assert "is no table" in get("/table", expected=400, name=name)["error"]["message"]


def test_an_array_in_short(get, run):
    """Shape, extremes without what is not finite, a histogram of all the rest."""
    array = np.arange(12.0).reshape(3, 4)
    array[0, 0], array[0, 1] = np.nan, np.inf
    run.log_value("array", array)
    found = get("/array", name="array")
    assert (found["shape"], found["dtype"], found["size"]) == ([3, 4], "float64", 12)
    assert (found["least"], found["greatest"], found["mean"]) == (2.0, 11.0, 6.5)
    assert (found["nan"], found["infinite"], sum(found["counts"])) == (1, 1, 10)
    assert len(found["edges"]) == len(found["counts"]) + 1
    run.log_value("words", np.array(["a", "b"]))
    assert get("/array", name="words")["sample"] == ["a", "b"]
    run.log_value("none", np.zeros((0, 3)))
    assert get("/array", name="none")["counts"] == []


@pytest.mark.parametrize(
    "values, mean",
    [
        ([1e16, 1e16 + 2], 1e16),
        ([5e-324, 0.0], 0.0),
        ([1.7e308, 1.6e308, -1.7e308], 1.6e308 / 3),
        ([1.7e308, 1.7e308], 1.7e308),
        ([1e17], 1e17),
    ],
)
def test_an_array_where_doubles_are_far_apart(get, run, values, mean):
    """Each value is in a bin, whatever its size, and the mean is a number."""
    run.log_value("array", np.array(values))
    found = get("/array", name="array")
    assert sum(found["counts"]) == len(values)
    assert found["edges"] == sorted(found["edges"])
    assert found["edges"][0] <= min(values) <= max(values) <= found["edges"][-1]
    assert found["mean"] == pytest.approx(mean)


def test_an_array_of_objects_is_not_opened(get, run):
    """It could run code; nothing is unpickled."""
    file = io.BytesIO()
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    run.log_attachment("evil.npy", "application/vnd.numpy", file.getvalue())
    assert "no plain array" in get("/array", expected=400, name="evil.npy")["error"]["message"]
