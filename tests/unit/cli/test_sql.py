"""``trialog sql``: the store answers in SQL, for people and as files."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet
import pytest
from click.testing import CliRunner

import trialog
from trialog._cli.commands import command_line
from trialog._reading.sqlviews import VIEWS

QUERY = "SELECT name, min, step_of_min FROM metrics WHERE metric = 'loss' ORDER BY name"


def test_piped_it_answers_in_json(zoo, call):
    """An array of objects; non-finite numbers are tagged as everywhere."""
    answer = call("sql", "SELECT name, last FROM metrics WHERE metric = 'loss' ORDER BY name")
    assert answer.code == 0
    found = json.loads(answer.stdout)
    assert [row["name"] for row in found] == ["crashed", "good_0", "good_1", "good_2"]
    assert found[0]["last"] == {"$float": "NaN"}


def test_times_lists_and_structures_are_json_too(zoo, call):
    """Times as ISO 8601 in UTC, lengths of time in seconds."""
    query = "SELECT created, tags, parameters, now() - created AS age FROM runs WHERE name='good_1'"
    (row,) = json.loads(call("sql", query).stdout)
    assert row["created"].endswith("+00:00")
    assert row["tags"] == ["good"]
    assert row["parameters"]["lr"] == 0.1
    assert row["age"] > 0


def test_on_a_terminal_it_is_a_table(zoo, terminal):
    """Numbers to the right; times are without their zone."""
    answer = terminal("sql", QUERY, TERM="dumb")
    lines = [line for line in answer.stdout.splitlines() if line.strip()]
    assert lines[0].split() == ["name", "min", "step_of_min"]
    assert lines[3].split() == ["good_0", "0.3333333", "2"]
    assert answer.code == 0


def test_what_is_too_wide_or_too_long_is_told(zoo, call):
    """Nothing is left out silently."""
    answer = call("sql", "SELECT * FROM runs", "--table", "--limit", "2", columns=60)
    assert "not shown, for want of room: " in answer.stdout
    assert "… and 4 more rows: --limit 6 shows all" in answer.stdout
    assert "no rows" in call("sql", "SELECT * FROM runs WHERE name = 'x'", "--table").stdout
    assert len(json.loads(call("sql", "SELECT * FROM runs", "--limit", "2").stdout)) == 2


def test_without_a_statement_it_shows_the_views(zoo, call):
    """Every column with its meaning."""
    found = json.loads(call("sql").stdout)
    assert [(row["view"], row["column"]) for row in found] == [
        (name, column.name) for name, view in VIEWS.items() for column in view.columns
    ]
    assert "points" in call("sql", "--table").stdout


def test_a_statement_may_come_from_stdin(zoo):
    """As a file, or from another program."""
    result = CliRunner().invoke(command_line, ["sql", "-"], input="SELECT 1 AS one\n;")
    assert json.loads(result.stdout) == [{"one": 1}]


def test_files_have_the_format_of_their_name(zoo, call, tmp_path):
    """CSV, JSON, Parquet and Arrow; what is nested is JSON in CSV."""
    expected = trialog.sql(QUERY, to="arrow").to_pylist()
    for suffix in ("csv", "json", "parquet", "arrow"):
        path = tmp_path / f"answer.{suffix}"
        answer = call("sql", QUERY, "--output", str(path))
        assert (answer.code, answer.stdout) == (0, "")
        assert "wrote 4 rows" in answer.stderr
    assert pyarrow.parquet.read_table(tmp_path / "answer.parquet").to_pylist()[1:] == expected[1:]
    with pa.ipc.open_file(tmp_path / "answer.arrow") as reader:
        assert reader.read_all().to_pylist()[1:] == expected[1:]
    assert (tmp_path / "answer.csv").read_text().splitlines()[0] == '"name","min","step_of_min"'
    assert len(json.loads((tmp_path / "answer.json").read_text())) == 4
    nested = call("sql", "SELECT tags FROM runs WHERE name = 'good_0'", "--format", "csv").stdout
    assert nested.splitlines()[1] == '"[""good""]"'


def test_parquet_goes_through_a_pipe(zoo):
    """Bytes as they are."""
    result = CliRunner().invoke(command_line, ["sql", QUERY, "--format", "parquet"])
    assert pyarrow.parquet.read_table(io.BytesIO(result.stdout_bytes)).num_rows == 4


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["SELECT los FROM metrics"], "Candidate bindings: "),
        (["DROP VIEW runs"], "the store is only read"),
        ([QUERY, "--format", "csv", "--json"], "either --format"),
        ([QUERY, "--output", "answer.txt"], "end it in .csv"),
        ([QUERY, "--output", "answer.csv", "--table"], "a table is for people"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_line(zoo, call, arguments, said):
    """And nothing is written."""
    answer = call("sql", *arguments)
    assert answer.code == 2
    assert answer.stdout == ""
    assert said in answer.stderr.splitlines()[-1]


def test_a_mistake_in_the_text_is_pointed_at(zoo, call):
    """The engine's picture of where it is, above the error."""
    lines = call("sql", "SELECT nam FRM runs").stderr.splitlines()
    assert lines[0] == "SELECT nam FRM runs"
    assert lines[1].strip(" ^") == ""
    assert lines[-1].startswith("error: syntax error")


def test_binary_formats_are_not_for_terminals(zoo, terminal):
    """They would only spoil it."""
    answer = terminal("sql", QUERY, "--format", "parquet")
    assert answer.code == 2
    assert "give --output FILE" in answer.stdout
