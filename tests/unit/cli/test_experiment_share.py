"""``trialog experiment save`` and ``load``; a registry is asked in tests/integrations."""

from __future__ import annotations

import pytest

import trialog


@pytest.fixture
def archive(sweeps, call, tmp_path):
    """A committed experiment of the store as a file."""
    call("experiment", "commit", "sweep-1")
    path = tmp_path / "sweep 1.tar"
    assert call("experiment", "save", "sweep-1", str(path)).code == 0
    return path


def test_it_is_written_and_said(archive, call, tmp_path):
    """JSON has the path, the size of the file, and the experiment's facts."""
    other = tmp_path / "other.tar"
    answer = call("experiment", "save", "sweep-1", str(other)).json
    assert answer["path"] == str(other)
    assert answer["file_bytes"] == other.stat().st_size
    assert answer["name"] == "sweep-1"
    assert other.read_bytes() == archive.read_bytes()


def test_a_file_that_is_there_stays(archive, call):
    """Without ``--overwrite`` it is one line and exit code 1."""
    before = archive.stat()
    answer = call("experiment", "save", "sweep-1", str(archive))
    assert (answer.code, answer.stdout) == (1, "")
    assert "is there already; --overwrite replaces it" in answer.stderr
    assert archive.stat().st_ino == before.st_ino
    answer = call("experiment", "save", "sweep-1", str(archive), "--overwrite", "--table")
    assert (answer.code, "saved sweep-1 (" in answer.stdout) == (0, True)


def test_another_store_lists_what_it_has_loaded(archive, call, tmp_path):
    """The store need not be there before; attachments are said to stay in the file."""
    store = str(tmp_path / "new store")
    line = call("experiment", "load", str(archive), "--store", store, "--table").stdout
    assert line.startswith("loaded sweep-1 (acme/digits-sweep, ")
    assert ": 4 runs, sha256:" in line
    assert f"attachments are read from {archive}" in line
    (found,) = call("experiment", "list", "--store", store).json
    assert found["runs_by_status"] == {"COMPLETED": 3, "CRASHED": 1}
    assert found["source"] == str(archive)
    sheet = call("experiment", "show", "sweep-1", "--store", store, "--table").stdout
    assert f"came from    {archive}" in sheet
    again = call("experiment", "load", str(archive), "--store", store).json
    assert again["digest"] == found["digest"]


def test_all_of_it(archive, call, tmp_path):
    """With ``--all`` the file may go: every attachment is in the store."""
    store = tmp_path / "new store"
    line = call("experiment", "load", str(archive), "--all", "--store", str(store), "--table")
    assert "attachments are read from" not in line.stdout
    archive.unlink()
    experiment = trialog.Experiment.open("sweep-1", client=trialog.LocalClient(store))
    assert experiment.get_json("plan") == ["first", "then"]
    assert call("experiment", "verify", "sweep-1", "--store", str(store)).code == 0


@pytest.mark.parametrize(
    "what, code, said",
    [
        ("nothing.tar", 1, "nothing.tar"),
        ("no-such-experiment", 1, "there is no experiment 'no-such-experiment'"),
        ("a/b/c", 1, "registry is called with its host"),
    ],
)
def test_what_cannot_be_loaded(call, what, code, said, tmp_path, monkeypatch):
    """One line says what was looked for; nothing asks a network."""
    monkeypatch.chdir(tmp_path)
    answer = call("experiment", "load", what)
    assert (answer.code, answer.stdout) == (code, "")
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_file_that_is_no_archive(call, tmp_path):
    """It is refused in one line, whatever is in it."""
    path = tmp_path / "x.tar"
    path.write_bytes(b"not an archive at all" * 100)
    answer = call("experiment", "load", str(path))
    assert answer.code in (1, 2)
    assert answer.stderr.startswith("error: ")
    assert answer.stderr.count("\n") == 1


@pytest.mark.usefixtures("sweeps")
def test_a_reference_without_a_host_is_misuse(call):
    """``push`` and ``pull`` take what a registry is named by."""
    call("experiment", "commit", "sweep-1")
    for arguments in (["push", "sweep-1", "UPPER CASE"], ["pull", "UPPER CASE"]):
        answer = call("experiment", *arguments)
        assert (answer.code, answer.stdout) == (2, "")


def test_progress_is_for_terminals(archive, terminal, piped, tmp_path):
    """A terminal that is read by a person may show a bar; a pipe gets the answer alone."""
    store = tmp_path / "other"
    answer = piped("experiment", "load", str(archive), "--store", str(store))
    assert (answer.code, answer.stderr) == (0, "")
    assert answer.json["name"] == "sweep-1"
    with trialog.Experiment("heavy", "acme", "p") as experiment:
        experiment.log_attachment("noise", "application/octet-stream", bytes(8 << 20))
    answer = terminal("experiment", "verify", "heavy", columns=100)
    assert answer.code == 0
    assert "Verifying heavy" in answer.stdout
    assert "Verifying heavy" not in answer.stdout.splitlines()[-1]
