"""SQL over the views of a store: true answers, and nothing but reading."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import pandas as pd
import pytest

import trialog
from trialog._public.queries import catalog_for
from trialog._reading import statements
from trialog._reading.sqlviews import SQL_TYPES, VIEWS
from trialog.errors import InvalidTypeError, UsageError


@pytest.fixture
def sweep():
    for number in range(3):
        with trialog.init("acme", "Digits", name=f"r{number}", tags=["good", f"t{number}"]) as run:
            run.log_parameters({"lr": 10.0**-number, "model/depth": number, "kind": "mlp"})
            for step in range(4):
                run.log({"loss": step + number, "val/acc": 0.5}, step=step)
            run.log_attachment("model", "text/plain", b"first")
            run.log_attachment("model", "text/plain", b"second!", step=3)
    with trialog.init("bob", "Other", name="odd") as run:
        run.log("loss", math.nan)
        run.log("loss", 2**60 + 1)
    trialog.init("acme", "Digits", name="gone").finish()
    trialog.delete_run("gone")


def rows(query):
    return trialog.sql(query, to="arrow").to_pylist()


def test_runs_have_their_parameters_as_a_structure(sweep):
    """Typed, so that they compare as numbers; quoted where the name is no SQL name."""
    found = rows(
        'SELECT name, parameters.lr, parameters."model/depth" AS depth FROM runs '
        "WHERE parameters.lr < 0.5 AND status = 'COMPLETED' ORDER BY name"
    )
    assert found == [{"name": "r1", "lr": 0.1, "depth": 1}, {"name": "r2", "lr": 0.01, "depth": 2}]


def test_deleted_runs_are_in_no_view(sweep):
    """As in ``trialog.runs()``."""
    assert rows("SELECT count(*) AS n FROM runs") == [{"n": len(trialog.runs())}] == [{"n": 4}]


def test_metrics_are_the_summaries(sweep):
    """The same numbers as ``summary_df``, sums of integers as integers."""
    found = rows(
        "SELECT name, last, min, step_of_max FROM metrics WHERE metric = 'loss' "
        "AND project = 'digits' ORDER BY name"
    )
    assert found[2] == {"name": "r2", "last": 5.0, "min": 2.0, "step_of_max": 3}
    frame = trialog.sql("SELECT sum(count) AS n FROM metrics")
    assert frame["n"].tolist() == [26]
    assert str(frame["n"].dtype) == "Int64"


def test_points_are_exact(sweep):
    """NaN stays NaN, and integers beyond doubles have their digits."""
    found = rows(
        "SELECT value, exact, time_ns, epoch_us(time) AS us FROM points WHERE name = 'odd'"
    )
    assert math.isnan(found[0]["value"])
    assert [each["exact"] for each in found] == [None, str(2**60 + 1)]
    assert [each["us"] for each in found] == [each["time_ns"] // 1000 for each in found]


def test_points_that_a_later_attempt_replaced_do_not_count():
    """As in ``metrics_df``; each says which attempt it is of."""
    for values, name in (((1.0, 2.0, 3.0), None), ((9.0,), "long")):
        with trialog.init(
            "acme", "demo", name="long" if name is None else None, resume=name
        ) as run:
            for place, value in enumerate(values):
                run.log("loss", value, step=place if name is None else 1)
    found = rows("SELECT step, value, attempt FROM points ORDER BY step")
    assert found == [
        {"step": 0, "value": 1.0, "attempt": 1},
        {"step": 1, "value": 9.0, "attempt": 2},
    ]


def test_the_other_views(sweep):
    """Parameters, tags, attachments with their versions, projects."""
    assert rows(
        "SELECT parameter, value, number FROM parameters WHERE name = 'r1' ORDER BY parameter"
    ) == [
        {"parameter": "kind", "value": "mlp", "number": None},
        {"parameter": "lr", "value": "0.1", "number": 0.1},
        {"parameter": "model/depth", "value": "1", "number": 1.0},
    ]
    assert rows("SELECT name FROM tags WHERE tag = 't2'") == [{"name": "r2"}]
    assert rows(
        "SELECT attachment, version, size_bytes, step FROM attachments WHERE name = 'r0'"
    ) == [
        {"attachment": "model", "version": 1, "size_bytes": 5, "step": None},
        {"attachment": "model", "version": 2, "size_bytes": 7, "step": 3},
    ]
    assert rows("SELECT namespace, project_name, runs FROM projects ORDER BY 1") == [
        {"namespace": "acme", "project_name": "Digits", "runs": 3},
        {"namespace": "bob", "project_name": "Other", "runs": 1},
    ]


def test_parameters_that_differ_in_case_alone_are_told_apart():
    """SQL does not tell them apart by itself."""
    with trialog.init("acme", "demo", parameters={"LR": 1, "lr": 2, "x": "a"}):
        pass
    with trialog.init("acme", "demo", parameters={"x": 2**70}):
        pass
    found = rows(
        "SELECT parameters.lr AS a, parameters.lr_1 AS b, parameters.x FROM runs ORDER BY created"
    )
    assert found == [{"a": 1, "b": 2, "x": "a"}, {"a": None, "b": None, "x": str(2**70)}]


def test_an_empty_store_has_empty_views():
    """Every one of them can be asked for."""
    for view in VIEWS:
        assert rows(f"SELECT * FROM {view}") == []


def test_only_the_points_that_are_asked_for_are_read(sweep):
    """The engine passes conditions on; what no row can fulfil is not opened."""
    told = []
    catalog = catalog_for(None)
    for query, read in {
        "SELECT avg(value) FROM points WHERE metric = 'loss' AND step > 1": 4,
        "SELECT avg(value) FROM points WHERE metric = 'val/acc'": 3,
        "SELECT avg(value) FROM points WHERE metric IN ('loss') AND name = 'r1'": 1,
        "SELECT avg(value) FROM points WHERE metric = 'acc'": 0,
        "SELECT count(*) FROM runs": 0,
    }.items():
        told.clear()
        statements.answer(catalog, query, lambda done, _: told.append(done))
        assert len(told) == read, query


@pytest.mark.parametrize(
    "statement",
    [
        "COPY runs TO '{file}'",
        "EXPLAIN ANALYZE COPY runs TO '{file}'",
        "ATTACH '{file}' AS other",
        "EXPORT DATABASE '{file}'",
        "CREATE TABLE x AS SELECT 1",
        "INSERT INTO runs SELECT * FROM runs",
        "DELETE FROM runs",
        "DROP VIEW runs",
        "SET memory_limit = '1TB'",
        "PRAGMA enable_profiling",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM sweep",
        "SELECT 1; SELECT 2",
        "SELECT 1; COPY runs TO '{file}'",
        "CALL pragma_version()",
        "",
    ],
)
def test_it_can_only_read_the_views(sweep, tmp_path, statement):
    """No file, no setting, no extension, no variable of the caller, no second statement."""
    file = tmp_path / "file.csv"
    if "FROM" in statement and "{file}" in statement:
        file.write_text("secret\n1\n")
    there = file.exists()
    with pytest.raises(UsageError):
        trialog.sql(statement.format(file=file))
    assert file.exists() == there


def test_more_memory_than_there_should_be_is_refused(sweep, monkeypatch):
    """Nothing is spilled to the disk."""
    monkeypatch.setattr(statements, "_memory_bytes", lambda: 64 * 2**20)
    before = set(Path.cwd().iterdir())
    with pytest.raises(UsageError, match=r"(?i)memory"):
        trialog.sql("SELECT list(a.range) FROM range(3000000) a, range(20) b GROUP BY a.range")
    assert set(Path.cwd().iterdir()) == before


@pytest.mark.parametrize(
    "query, said",
    [
        ("SELECT los FROM metrics", "Candidate bindings: "),
        ("SELECT * FROM run", "There are: runs, parameters, metrics"),
        ("SELEC 1", "syntax error"),
        ("PIVOT metrics ON metric USING first(last)", "ON metric IN"),
        ("CREATE TABLE x (a INT)", "the store is only read"),
        ("SELECT 1; SELECT 2", "one at a time"),
    ],
)
def test_mistakes_are_told_in_words(sweep, query, said):
    """By the engine, of our views."""
    with pytest.raises(UsageError) as caught:
        trialog.sql(query)
    assert said in str(caught.value)


def test_a_statement_is_text():
    """Anything else is a mistake of another kind."""
    with pytest.raises(InvalidTypeError, match="int"):
        trialog.sql(1)


def test_trouble_of_the_store_is_not_a_mistake_in_the_statement(sweep, monkeypatch):
    """What goes wrong while a view is read comes through as it is."""

    def break_off(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        statements.answer(catalog_for(None), "SELECT avg(value) FROM points", break_off)


def test_columns_have_our_types_and_names_of_their_own(sweep):
    """Nullable as in all frames; equal names are numbered; lengths of time are such."""
    frame = trialog.sql(
        "SELECT a.name, b.name, a.tags, now() - a.created AS age, a.exit_code IS NULL AS ok "
        "FROM runs a JOIN runs b USING (id)"
    )
    assert list(frame.columns) == ["name", "name_1", "tags", "age", "ok"]
    assert str(frame["ok"].dtype) == "boolean"
    assert frame["age"].dtype == "timedelta64[ns]"
    assert (frame["age"] > pd.Timedelta(0)).all()


def test_duckdb_that_is_not_there_is_told_with_the_way_to_it(monkeypatch):
    """The message can be copied into a shell."""
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UsageError, match=r'pip install "trialog\[sql\]"'):
        trialog.sql("FROM runs")


@pytest.mark.parametrize("view", VIEWS)
def test_the_page_has_every_column(page_table, view, sweep):
    """Names, types and meanings are documented as they are, and the engine agrees."""
    expected = [
        [f"`{each.name}`", SQL_TYPES[each.type], each.meaning] for each in VIEWS[view].columns
    ]
    assert page_table("reference/sql.md", view) == expected
    described = trialog.sql(f"DESCRIBE {view}")
    types = described["column_type"].replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")
    assert described["column_name"].tolist() == [each.name for each in VIEWS[view].columns]
    assert [each.partition("(")[0] for each in types] == [row[1] for row in expected]


def test_a_table_tells_nan_from_what_is_missing(sweep):
    """NaN was logged; NULL was not: both in one column of a DataFrame."""
    query = "SELECT 'nan'::DOUBLE AS x UNION ALL SELECT NULL UNION ALL SELECT 1.5"
    column = trialog.sql(query)["x"]
    assert str(column.dtype) == "Float64"
    assert column.isna().sum() == 1
    assert sorted(map(str, column)) == ["1.5", "<NA>", "nan"]
