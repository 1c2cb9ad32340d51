"""Which runs a filter finds, and in which order."""

from __future__ import annotations

import pytest

from trialog._catalog import queries, selections
from trialog._filters import RunFilter

SECOND_NS = 1_000_000_000


@pytest.fixture
def catalog(handmade):
    """Four runs, a second apart, the last one deleted."""
    described = {
        "run-a": {"name": "Straße_1", "tags": ["x", "y"]},
        "run-b": {"name": "100%", "tags": ["x"], "project": "demo"},
        "run-c": {"name": "plain", "tags": []},
        "run-d": {"name": "gone", "tags": ["x", "y"]},
    }
    endings = {"run-a": "COMPLETED", "run-b": "FAILED", "run-d": "COMPLETED"}
    for run, facts in described.items():
        data = handmade.start(run, f"{run}-w", **facts)
        if run in endings:
            data += handmade.end(endings[run])
        if run == "run-d":
            data += handmade.fact(handmade.kinds.EDIT, {"deleted": True, "by": "me"})
        handmade.write(data, run, f"{run}-w")
        handmade.now_ns += SECOND_NS
    catalog = handmade.open()
    catalog.refresh()
    return catalog


def found(catalog, **keywords):
    rows = catalog.ask(queries.find_runs, RunFilter.parse(**keywords))
    return [row.place.id for row in rows]


def test_no_run_is_compared_with_all_of_its_project(catalog):
    """Whether its experiment is deleted is looked up by the experiment's id."""

    def plan(connection):
        asked = selections.filtered(selections.all_runs(), RunFilter())
        text = asked.compile(connection, compile_kwargs={"literal_binds": True})
        return [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]

    steps = [step for step in catalog.ask(plan) if "runs_1" in step]
    assert steps == ["SEARCH runs_1 USING INDEX ix_runs_id (id=?)"]


def test_newest_first_without_deleted_ones(catalog):
    """All runs, unless something is asked for."""
    assert found(catalog) == ["run-c", "run-b", "run-a"]
    assert found(catalog, with_deleted=True)[0] == "run-d"


@pytest.mark.parametrize(
    "keywords, expected",
    [
        ({"name": "STRASSE_1"}, ["run-a"]),
        ({"name": "strasse"}, []),
        ({"name_contains": "ss"}, ["run-a"]),
        ({"name_contains": "%"}, ["run-b"]),
        ({"name_contains": "_"}, ["run-a"]),
        ({"name_contains": "LAI"}, ["run-c"]),
        ({"name_contains": ""}, ["run-c", "run-b", "run-a"]),
        ({"tags": "x"}, ["run-b", "run-a"]),
        ({"tags": ["y", "x"]}, ["run-a"]),
        ({"tags": []}, ["run-c", "run-b", "run-a"]),
        ({"tags": ["X"]}, []),
        ({"limit": 2}, ["run-c", "run-b"]),
        ({"limit": 0}, []),
        ({"namespace": "acme", "project": "demo"}, ["run-c", "run-b", "run-a"]),
        ({"project": "other"}, []),
        ({"namespace": "other"}, []),
        ({"name": "plain", "tags": ["x"]}, []),
    ],
)
def test_everything_asked_for_holds(catalog, keywords, expected):
    """Names without regard to case, taken literally; all tags; places by slug."""
    assert found(catalog, **keywords) == expected


def test_runs_without_an_end_are_left_to_the_caller(catalog):
    """Only who asks their writers knows their status: they are in every answer about statuses."""
    assert found(catalog, status="COMPLETED") == ["run-c", "run-a"]
    assert found(catalog, status=["failed", "done"], limit=1) == ["run-c", "run-b", "run-a"]


def test_ids_names_and_prefixes(catalog):
    """An id is found exactly, by its beginning, or by its run's name."""
    everywhere = RunFilter(with_deleted=True)
    ask = catalog.ask
    assert [row.place.id for row in ask(queries.runs_by_id, "run-d", everywhere)] == ["run-d"]
    assert ask(queries.runs_by_id, "run-", everywhere) == []
    assert len(ask(queries.runs_by_prefix, "run-", everywhere)) == 2
    assert ask(queries.runs_by_prefix, "RUN-a", everywhere) == []
    assert ask(queries.runs_by_prefix, "run%", everywhere) == []
    assert [row.place.id for row in ask(queries.runs_by_name, "100%", everywhere)] == ["run-b"]
    assert "gone" in ask(queries.names_and_ids, everywhere)


def test_runs_come_in_the_order_asked_for(catalog):
    """Unknown keys are left out."""
    rows = catalog.ask(queries.find_runs, RunFilter())
    keys = [row.key for row in rows]
    asked = [keys[2], 5, keys[0]]
    assert [row.key for row in catalog.ask(queries.runs_by_key, asked)] == [keys[2], keys[0]]


def test_projects_are_listed(catalog):
    """By their slugs, with the names as they were written."""
    (row,) = catalog.ask(queries.projects)
    assert (row.namespace, row.project) == ("acme", "demo")


@pytest.mark.parametrize("text", ['{"a":1}', '{"a":{"$float":"NaN"}}', '{"a":"{\\"$"}'])
def test_parameters_need_no_tags_to_be_parsed(text):
    """The quick way and the slow way give the same."""
    from trialog._format.values import load_json

    assert repr(queries.parse_parameters(text)) == repr(load_json(text.encode()))
