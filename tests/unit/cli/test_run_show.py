"""``trialog run show``."""

from __future__ import annotations

import pytest

import trialog


@pytest.mark.usefixtures("zoo")
def test_json_has_everything(call):
    """Facts, parameters, summaries, values and all versions of attachments are in the object."""
    run = call("run", "show", "good_2").json
    assert run["status"] == "COMPLETED"
    assert run["project_name"] == "Digits sweep"
    assert run["parameters"] == {"model": "mlp", "lr": 0.01, "batch": 32}
    assert run["metrics"]["loss"]["last"] == pytest.approx(0.2)
    assert run["metrics"]["loss"]["step_of_min"] == 2
    assert run["metrics"]["val/acc"]["count"] == 3
    versions = run["attachments"]["model"]
    assert [each["version"] for each in versions] == [1, 2]
    assert [each["size_bytes"] for each in versions] == [5, 5000]
    assert versions[1]["media_type"] == "application/octet-stream"
    assert versions[1]["filename"] == "m.bin"
    assert isinstance(versions[1]["created_ns"], int)
    assert run["attachments"]["confusion"][0]["step"] == 2
    assert run["damage"] == []


@pytest.mark.usefixtures("zoo")
def test_numbers_that_json_lacks_are_tagged(call):
    """NaN, infinities and integers beyond 64 bits survive as tagged objects."""
    run = call("run", "show", "crashed").json
    assert run["parameters"]["lr"] == {"$float": "Infinity"}
    assert run["parameters"]["big"] == {"$int": str(2**70)}
    assert run["metrics"]["loss"]["last"] == {"$float": "NaN"}
    assert run["values"] == ["note"]


@pytest.mark.usefixtures("zoo")
def test_a_crash_is_shown_with_its_traceback(call):
    """Type, message and traceback of the exception are in both answers, harmless in the table."""
    exception = call("run", "show", "crashed").json["exception"]
    assert exception["type"] == "ValueError"
    assert exception["message"].startswith("too \x1b[31mred")
    assert exception["traceback"].startswith("Traceback (most recent call last):")
    sheet = call("run", "show", "crashed", "--table").stdout
    assert "✗ CRASHED" in sheet
    assert "Traceback (most recent call last):" in sheet
    assert r"ValueError: too \x1b[31mred" in sheet
    assert "Over the edge" in sheet
    assert "\x1b" not in sheet


@pytest.mark.usefixtures("zoo")
def test_the_sheet_has_every_section(call):
    """On a terminal: how it ended, parameters, metrics with their steps, attachments with sizes."""
    sheet = call("run", "show", "good_2", "--table").stdout
    assert "good_2  ✓ COMPLETED" in sheet
    for heading in ("Parameters (3)", "Metrics (2)", "Attachments (2)"):
        assert heading in sheet
    assert "0.2 @2" in sheet
    assert "4.88 KiB" in sheet
    assert "application/octet-stream" in sheet
    assert "acme/digits-sweep (Digits sweep)" in sheet
    assert "Trouble" not in sheet


@pytest.mark.usefixtures("zoo")
def test_reason_and_exit_code(call):
    """The user's reason and the argument of sys.exit are shown."""
    assert "infeasible" in call("run", "show", "empty", "--table").stdout
    with pytest.raises(SystemExit), trialog.init("acme", "demo", name="exits"):
        raise SystemExit(3)
    assert call("run", "show", "exits").json["exit_code"] == 3
    lines = call("run", "show", "exits", "--table").lines
    assert any(line.split() == ["exit", "code", "3"] for line in lines)


def test_attempts_are_shown_where_there_are_several(call):
    """A row for each: how it ended and when; in JSON always."""
    trialog.init("acme", "demo", name="r").finish("FAILED", reason="no [bold]room\x1b")
    (only,) = call("run", "show", "r").json["attempts"]
    assert (only["status"], only["reason"]) == ("FAILED", "no [bold]room\x1b")
    assert isinstance(only["ended_ns"], int)
    assert "Attempts" not in call("run", "show", "r", "--table").stdout
    with trialog.init("acme", "demo", resume="r") as run:
        run.log("loss", 0.5)
        lines = call("run", "show", "r", "--table").lines
    (start,) = [place for place, line in enumerate(lines) if line == "Attempts (2)"]
    assert lines[start + 1].split() == [
        "attempt", "status", "started", "duration", "points", "reason",
    ]  # fmt: skip
    first, second = lines[start + 3 : start + 5]
    assert first.split()[:3] == ["1", "!", "FAILED"]
    assert r"no [bold]room\x1b" in first
    assert second.split()[:3] == ["2", "●", "RUNNING"]
    assert "so far" in second
    attempts = call("run", "show", "r").json["attempts"]
    assert [(each["attempt"], each["points"]) for each in attempts] == [(1, 0), (2, 1)]


def test_metrics_of_the_machine_have_a_section_of_their_own(call):
    """Below those of the training."""
    with trialog.init("acme", "demo", name="r") as run:
        run.log({"loss": 0.5, "system/cpu": 3.0})
    lines = call("run", "show", "r", "--table").lines
    metrics, system = lines.index("Metrics (1)"), lines.index("System (1)")
    assert metrics < system
    assert lines[metrics + 3].split()[0] == "loss"
    assert lines[system + 3].split()[0] == "system/cpu"
    assert list(call("run", "show", "r").json["metrics"]) == ["loss", "system/cpu"]


def test_damage_is_shown(call, store):
    """What cannot be read of a run's journals is told with its place; the rest is shown."""
    with trialog.init("acme", "demo", name="hurt") as run:
        for step in range(20_000):
            run.log("loss", step, step=step)
    (path,) = store.glob("namespaces/*/*/runs/*/*/*.journal")
    data = bytearray(path.read_bytes())
    data[100 * 1024] ^= 0xFF  # in the second block
    path.write_bytes(data)
    found = call("run", "show", "hurt").json
    assert found["damages"] == 1
    assert found["damage"][0]["writer"] == path.stem
    sheet = call("run", "show", "hurt", "--table").stdout
    assert "Trouble" in sheet
    assert path.stem in sheet
    assert "1 damaged place" in call("run", "list", "--table", columns=200).stdout


@pytest.mark.usefixtures("zoo")
def test_a_run_is_found_by_id_prefix_and_name(call):
    """The id, its beginning, and the name all lead to the run."""
    run = call("run", "show", "good_1").json
    assert call("run", "show", run["id"]).json["name"] == "good_1"
    assert call("run", "show", run["id"][:-1]).json["name"] == "good_1"
    assert call("run", "show", "good_1", "--project", "acme/digits-sweep").json["id"] == run["id"]


def test_a_name_in_several_projects_needs_the_project(call):
    """An ambiguous name is misuse and names the projects; ``--project`` decides."""
    for project in ("one", "two"):
        with trialog.init("acme", project, name="same"):
            pass
    answer = call("run", "show", "same")
    assert answer.code == 2
    assert "acme/one, acme/two" in answer.stderr
    assert call("run", "show", "same", "--project", "two").json["project"] == "two"


@pytest.mark.usefixtures("zoo")
def test_an_unknown_run_names_the_nearest(call):
    """A run that is not there ends with 1 and says what was probably meant."""
    answer = call("run", "show", "good_7")
    assert answer.code == 1
    assert answer.stderr.startswith("error: there is no run 'good_7'; did you mean 'good_")


@pytest.mark.usefixtures("zoo")
@pytest.mark.parametrize("columns", [60, 80, 200])
def test_the_sheet_fits_the_terminal(call, columns):
    """No line of a sheet is wider than the terminal."""
    from rich.cells import cell_len

    for name in ("good_0", "crashed", "empty", "実験_長い名前"):
        lines = call("run", "show", name, "--table", columns=columns).lines
        assert all(cell_len(line) <= columns for line in lines)


@pytest.mark.usefixtures("zoo")
def test_the_processes_of_a_run_are_listed(call, monkeypatch):
    """What the part of each came to; nothing where there is only one."""
    with trialog.init("acme", "demo", name="shared") as run:
        monkeypatch.setenv("TRIALOG_RUN", run.environ()["TRIALOG_RUN"])
        for rank in (1, 0):
            monkeypatch.setenv("RANK", str(rank))
            trialog.init(supersede=False).finish("FAILED" if rank else None, reason="no data")
        monkeypatch.delenv("TRIALOG_RUN")
    writers = call("run", "show", "shared").json["writers"]
    assert [(each["rank"], each["status"], each["role"]) for each in writers] == [
        (0, "COMPLETED", "attach"),
        (1, "FAILED", "attach"),
        (None, "COMPLETED", "run"),
    ]
    sheet = call("run", "show", "shared", "--table")
    assert "Writers (3)" in sheet.stdout
    assert any(line.split()[:3] == ["1", "!", "FAILED"] for line in sheet.lines)
    assert "Writers" not in call("run", "show", "good_2", "--table").stdout


def test_what_the_run_knows_about_itself(call, handmade):
    """In short on a terminal, whole in JSON; new files are counted, not listed."""
    context = {
        "code": {"commit": "0123456789abcdef" * 2, "branch": "main", "untracked_files": 2},
        "environment": {"python": "3.12.3", "host": "node-1", "variables": {"RANK": "0"}},
        "packages": {"numpy": "2.0", "pandas": "3.0"},
    }
    handmade.write(handmade.start() + handmade.end())
    new_file = {
        "name": "code/untracked/new.py", "sha256": "0" * 64, "size_bytes": 5,
        "media_type": "text/x-python", "filename": "new.py",
    }  # fmt: skip
    witnessed = handmade.start(writer="x1", role="witness")
    witnessed += handmade.fact(handmade.kinds.CONTEXT, context)
    handmade.write(
        witnessed + handmade.fact(handmade.kinds.ATTACHMENT, new_file)
        + handmade.fact(handmade.kinds.LEAVE, {}), writer="x1",
    )  # fmt: skip
    store = str(handmade.store.path)
    found = call("--store", store, "run", "show", "run-1").json
    assert found["context"] == context
    assert list(found["attachments"]) == ["code/untracked/new.py"]
    sheet = call("--store", store, "run", "show", "run-1", "--table").stdout
    assert "commit  0123456789ab + 2 new files" in sheet
    assert "packages  2 packages" in sheet
    assert "numpy" not in sheet
    assert "new.py" not in sheet


@pytest.fixture
def spiked(store):
    with trialog.init("acme", "spikes", name="spiked", capture=False) as run:
        for step in range(5000):
            run.log({"loss": 1 - step / 5000, "spike": 9.0 * (step == 3000)}, step=step)
            run.log("dip", -9.0 * (step == 1000), step=step)
        run.log("single", 1.0)


@pytest.mark.usefixtures("spiked")
@pytest.mark.parametrize("columns, width", [(120, 20), (80, 10)])
def test_each_metric_has_its_curve(call, columns, width):
    """Every extreme of thousands of points is in its few letters, with last, least and greatest."""
    lines = call("run", "show", "spiked", "--table", columns=columns).stdout.splitlines()
    found = {line.split()[0]: line.split()[1] for line in lines if "5,000" in line and "▁" in line}
    assert {name: len(curve) for name, curve in found.items()} == dict.fromkeys(found, width)
    assert found["loss"][0] + found["loss"][-1] == "█▁"
    assert found["spike"].count("█") == 1
    assert found["dip"].count("▁") == 1
    (head,) = [line for line in lines if line.split()[:1] == ["metric"]]
    assert head.split()[:7] == ["metric", "curve", "last", "min", "@step", "max", "@step"]


@pytest.mark.usefixtures("spiked")
def test_a_terminal_without_such_letters_has_no_curves(terminal):
    """And loses nothing else."""
    answer = terminal("run", "show", "spiked", PYTHONIOENCODING="ascii").stdout
    assert "curve" not in answer
    assert "max @step" in answer
