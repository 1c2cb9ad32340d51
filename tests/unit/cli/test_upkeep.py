"""``trialog rebuild``, ``compact`` and ``doctor``."""

from __future__ import annotations

import shutil

import pytest

import trialog


@pytest.mark.usefixtures("zoo")
def test_rebuild_reads_every_run_again(call, store):
    """The catalog is made anew from the journals, and every answer stays the same."""
    before = call("run", "compare").stdout
    answer = call("rebuild")
    assert answer.json["runs"] == 6
    assert call("run", "compare").stdout == before
    assert call("rebuild", "--table").stdout.startswith("read 6 runs again in ")


@pytest.mark.usefixtures("zoo")
def test_compact_puts_points_into_segments(call, store):
    """Points of ended runs go into a segment; a second time there is nothing to do."""
    answer = call("compact", "acme/digits-sweep")
    assert answer.json["runs"] == 4
    assert answer.json["points"] == 19
    assert len(list((store / "segments").glob("*.parquet"))) == 1
    assert call("compact").json["runs"] == 1
    assert call("compact", "--table").stdout == "nothing to compact\n"
    assert list(trialog.get_run("good_1").metric("loss")["value"]) == [1 / 2, 1 / 3, 1 / 4]


@pytest.mark.usefixtures("zoo")
def test_doctor_finds_nothing_in_a_sound_store(call):
    """A store as it was written ends with 0."""
    answer = call("doctor")
    assert answer.code == 0
    assert answer.json["is_sound"] is True
    assert answer.json["journals"] >= 6
    assert answer.json["findings"] == []
    assert "nothing is damaged" in call("doctor", "--table").stdout


@pytest.mark.usefixtures("zoo")
def test_doctor_names_a_damaged_attachment(call, store):
    """Bytes that are not what was logged: 1, the path, and what to do."""
    sha256 = call("run", "show", "good_1").json["attachments"]["model"][1]["sha256"]
    blob = next((store / "blobs").rglob(sha256))
    blob.chmod(0o644)
    blob.write_bytes(b"y" * 5000)
    answer = call("doctor")
    assert answer.code == 1
    assert answer.json["is_sound"] is False
    (finding,) = answer.json["findings"]
    assert finding["path"] == blob.relative_to(store).as_posix()
    assert finding["is_error"] is True
    assert "copy" in finding["advice"]
    sheet = call("doctor", "--table", columns=200)
    assert sheet.code == 1
    assert finding["path"] in sheet.stdout
    assert "to do: " in sheet.stdout
    assert "1 error" in sheet.lines[-1]


@pytest.mark.usefixtures("zoo")
def test_doctor_names_the_run_of_a_damaged_journal(call, store):
    """A bad byte in a journal is told with the run it belongs to."""
    run = call("run", "show", "good_1").json
    (path,) = store.glob(f"namespaces/*/*/runs/*/{run['id']}/*.journal")
    data = bytearray(path.read_bytes())
    data[data.index(b"loss") + 40] ^= 0xFF
    path.write_bytes(data)
    answer = call("doctor")
    assert answer.code == 1
    assert run["id"] in {finding["run"] for finding in answer.json["findings"]}
    assert f"run: {run['id']}" in call("doctor", "--table").stdout


@pytest.mark.usefixtures("zoo")
def test_doctor_names_a_missing_attachment(call, store):
    """An attachment whose bytes are gone is an error of its run."""
    run = call("run", "show", "good_1").json
    shutil.rmtree(store / "blobs")
    answer = call("doctor")
    assert answer.code == 1
    assert run["id"] in {finding["run"] for finding in answer.json["findings"]}


def test_doctor_wants_a_store(call, store):
    """Where there is no store nothing can be said to be sound."""
    answer = call("doctor")
    assert answer.code == 1
    assert answer.stderr == f"error: there is no store at {str(store)!r}\n"
