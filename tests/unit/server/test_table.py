"""The table of runs over HTTP: pages, columns, groups, completions."""

from __future__ import annotations

import math

import pytest

import trialog

PROJECT = "acme/vision"


@pytest.fixture(autouse=True)
def some_runs():
    """Five runs: three learning rates, one crash, one without anything."""
    for number, rate in enumerate([0.1, 0.01, 0.001]):
        parameters = {"lr": rate, "model": {"depth": 18 + 16 * (number % 2)}, "big": 2**60}
        with trialog.init(
            PROJECT, name=f"run-{number}", tags=["sweep"], parameters=parameters
        ) as run:
            run.log("val/acc", 0.5 + number / 10, step=1)
            run.log("val/acc", math.nan, step=2)
    with pytest.raises(ZeroDivisionError), trialog.init(PROJECT, name="crashed", tags=["a", "b"]):
        _ = 1 / 0
    with trialog.init(PROJECT, name="bare"):
        pass


def ask(server, path, **query):
    answer = server.post(f"/api/v1{path}", json={"project": PROJECT, **query})
    return answer.status_code, answer.json()


def column(page, text):
    return next(each["values"] for each in page["columns"] if each["text"] == text)


def test_page(server):
    """A page has the runs of its place in the order, and says how many there are in all."""
    status, page = ask(server, "/runs", offset=1, limit=2, columns=["status", "name", "created"])
    assert status == 200
    assert page["total"] == 5
    assert page["names"] == ["crashed", "run-2"] == column(page, "name")
    assert page["statuses"] == ["CRASHED", "COMPLETED"] == column(page, "status")
    assert page["reasons"] == ["ZeroDivisionError: division by zero", None]
    assert page["paths"] == [PROJECT, PROJECT]
    assert all(isinstance(each, int) for each in column(page, "created"))


def test_columns_are_what_is_asked(server):
    """Parameters, measures and facts come as the filter language asks for them; missing is null."""
    asked = ["lr", "parameters['model/depth']", "max('val/acc')", "last('val/acc')", "big", "tags"]
    page = ask(server, "/runs", where="lr is not None", sort="lr", columns=asked)[1]
    assert column(page, "lr") == [0.001, 0.01, 0.1]
    assert column(page, 'parameters["model/depth"]') == [18, 34, 18]
    assert column(page, 'max("val/acc")') == [0.7, 0.6, 0.5]
    assert column(page, 'last("val/acc")') == ["NaN"] * 3
    assert column(page, "big") == [str(2**60)] * 3
    assert column(page, "tags") == [["sweep"]] * 3
    bare = ask(server, "/runs", where='name == "bare"', columns=asked)[1]
    assert [each["values"] for each in bare["columns"]] == [[None]] * 5 + [[[]]]


def test_columns_that_nobody_chose(server):
    """They tell runs apart: a parameter that is the same in all is not among them."""
    texts = [each["text"] for each in ask(server, "/runs")[1]["columns"]]
    assert texts[0] == "status"
    assert {"lr", 'parameters["model/depth"]', 'last("val/acc")', "tags"} <= set(texts)
    assert "big" not in texts


def test_every_fact_can_be_a_column(server):
    """Whatever the filter language knows of a run stands in a column too."""
    facts = server.get(f"/api/v1/projects/{PROJECT}").json()["facts"]
    status, page = ask(server, "/runs", columns=[each["name"] for each in facts])
    assert status == 200
    assert [each["name"] for each in page["columns"]] == [each["name"] for each in facts]
    assert column(page, "host")[0]
    assert column(page, "age")[0] >= 0


@pytest.mark.parametrize(
    "query, start, end",
    [({"where": "lr < "}, 3, 4), ({"where": "status == 'fnished'"}, 10, 19)],
)
def test_errors_show_where(server, query, start, end):
    """A filter that cannot be understood is refused with the part that is wrong."""
    status, answer = ask(server, "/runs", **query)
    assert (status, answer["error"]["kind"]) == (400, "FilterError")
    assert (answer["error"]["start"], answer["error"]["end"]) == (start, end)


@pytest.mark.parametrize(
    "where, told",
    [
        ("lrr > 0.1", ("no run has a parameter 'lrr': did you mean lr?", 0, 3, "lr")),
        (
            "lr > 9 or max(zzz) > 1",
            ("no run has a metric 'zzz'", 10, 18, None),
        ),
        ("lr > 9", None),
        ('status == "PENDING"', None),
        ("", None),
    ],
)
def test_a_filter_that_finds_none_says_which_name_is_wrong(server, where, told):
    """It is answered all the same; the nearest name is suggested."""
    status, page = ask(server, "/runs", where=where)
    problem = page["problem"]
    assert status == 200
    parts = ("message", "start", "end", "suggestion")
    assert (problem and tuple(problem[part] for part in parts)) == told


@pytest.mark.parametrize("query", [{"limit": -1}, {"offset": -1}, {"project": "vision"}])
def test_what_cannot_be(server, query):
    """Bounds below 0 and a project without its namespace are refused."""
    assert ask(server, "/runs", **query)[0] == 400


def test_names(server):
    """Ids and names alone come for all runs, in the table's order."""
    page = ask(server, "/runs", sort="name", columns=[])[1]
    names = ask(server, "/names", sort="name", limit=3)[1]
    assert names == {"total": 5, "ids": page["ids"][:3], "names": ["bare", "crashed", "run-0"]}


def test_groups(server):
    """A group has what its numbers come to, and a condition that finds its runs."""
    by, depth = 'parameters["model/depth"]', [None, 18, 34]
    table = ask(server, "/groups", by=by, columns=["lr", "max('val/acc')", "tags", "name"])[1]
    assert (table["total"], table["runs"]) == (3, 5)
    groups = {each["value"]: each for each in table["groups"]}
    assert set(groups) == set(depth)
    rate, accuracy, tags, name = groups[18]["cells"]
    assert (rate["count"], rate["least"], rate["greatest"]) == (2, 0.001, 0.1)
    assert rate["mean"] == pytest.approx(0.0505)
    assert rate["std"] == pytest.approx(0.099 / math.sqrt(2))
    assert accuracy["mean"] == pytest.approx(0.6)
    assert (tags["value"], name["distinct"]) == (["sweep"], 0)
    assert groups[None]["statuses"] == {"COMPLETED": 1, "CRASHED": 1}
    for group in table["groups"]:
        assert ask(server, "/runs", where=group["where"])[1]["total"] == group["runs"]


def test_groups_in_the_order_of_their_values(server):
    """Numbers follow one another as numbers, texts as texts; runs without a value come last."""
    for value in (9, 10, "b", "a", True, math.nan):
        trialog.init(PROJECT, parameters={"x": value}).finish()
    groups = ask(server, "/groups", by="x", where="lr is None")[1]["groups"]
    assert [each["value"] for each in groups] == [True, 9, 10, "a", "b", "NaN", None]
    few = ask(server, "/groups", by="x", limit=2)[1]
    assert ([each["value"] for each in few["groups"]], few["total"]) == ([True, 9], 7)


def test_groups_of_tags(server):
    """A run with two tags is in a group of each; one without any is in the group of none."""
    groups = ask(server, "/groups", by="tags")[1]["groups"]
    assert {each["value"]: each["runs"] for each in groups} == {None: 1, "a": 1, "b": 1, "sweep": 3}
    for group in groups:
        assert ask(server, "/runs", where=group["where"])[1]["total"] == group["runs"]


def test_groups_of_nan(server):
    """Runs whose value is NaN are a group, and its condition finds them alone."""
    groups = ask(server, "/groups", by="last('val/acc')")[1]["groups"]
    assert {each["value"]: each["runs"] for each in groups} == {None: 2, "NaN": 3}
    for group in groups:
        assert ask(server, "/runs", where=group["where"])[1]["total"] == group["runs"]


def test_groups_in_the_order_of_runs(server):
    """The group of the first run comes first."""
    groups = ask(server, "/groups", by="lr", sort="-lr")[1]["groups"]
    assert [each["value"] for each in groups] == [0.1, 0.01, 0.001, None]


@pytest.mark.parametrize("by", ["created", "duration"])
def test_no_groups_of_times(server, by):
    """What is each run's own makes no groups."""
    status, answer = ask(server, "/groups", by=by)
    assert (status, by in answer["error"]["message"]) == (400, True)


def test_completions(server):
    """What may come next is offered, and a name that no run has is told of with the nearest."""
    query = {"project": PROJECT, "text": "lr < 0.1 and dpth > 3", "cursor": 17}
    found = server.get("/api/v1/complete", params=query).json()
    assert (found["problem"]["start"], found["problem"]["end"]) == (13, 17)
    assert found["problem"]["suggestion"] == 'parameters["model/depth"]'
    offered = server.get("/api/v1/complete", params={"project": PROJECT, "text": "max(v"}).json()
    assert offered["items"][0]["text"] == '"val/acc"'
    assert server.get("/api/v1/complete", params={"project": PROJECT}).json()["problem"] is None


def test_groups_know_their_curves(server):
    """A group says which curve of a chart is its; one that is not drawn says none."""
    selection = {"project": PROJECT, "where": "lr is not None", "sort": "lr"}
    groups = ask(server, "/groups", by="parameters['model/depth']", drawn=selection)[1]["groups"]
    assert {each["value"]: each["curve"] for each in groups} == {18: 0, 34: 1, None: None}
    groups = ask(server, "/groups", by="tags", drawn=selection)[1]["groups"]
    assert {each["value"]: each["curve"] for each in groups}["sweep"] == 0
    assert {each["curve"] for each in ask(server, "/groups", by="lr")[1]["groups"]} == {None}


def test_counts_are_within_the_filter(server):
    """Runs are counted by status within a filter; deleted ones beside them."""
    assert ask(server, "/counts")[1] == {"statuses": {"COMPLETED": 4, "CRASHED": 1}, "deleted": 0}
    trialog.get_run("run-2").delete()
    counts = ask(server, "/counts", where="lr is not None")[1]
    assert counts == {"statuses": {"COMPLETED": 2}, "deleted": 1}
    assert ask(server, "/counts", where="lr <")[0] == 400
