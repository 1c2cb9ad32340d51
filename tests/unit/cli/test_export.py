"""``trialog export``: what it writes, and what it refuses."""

from __future__ import annotations

import trialog


def make(count: int = 2) -> None:
    for number in range(count):
        with trialog.init("acme", "demo", name=f"r{number}", parameters={"lr": number}) as run:
            run.log("loss", float(-number))


def test_what_is_written_is_told(call, store, tmp_path):
    """How many runs and metrics, how large, what was left out."""
    make()
    path = tmp_path / "page.html"
    answer = call("export", "acme/demo", "--html", str(path), "--where", "lr > 0")
    assert answer.json == {
        "path": str(path),
        "runs": 1,
        "metrics": 1,
        "size_bytes": path.stat().st_size,
        "left_out": [],
    }
    assert path.stat().st_size < 400_000


def test_a_project_is_named_with_or_without_its_namespace(call, store, tmp_path):
    """A project alone is searched in all namespaces; where several have it, they are named."""
    make()
    for number, project in enumerate(("demo", "acme/demo")):
        answer = call("export", project, "--html", str(tmp_path / f"{number}.html"))
        assert (answer.code, answer.json["runs"], answer.json["metrics"]) == (0, 2, 1)
    trialog.init("other", "demo").finish()
    answer = call("export", "demo", "--html", str(tmp_path / "neither.html"))
    assert answer.code == 2
    assert "acme/demo or other/demo" in answer.stderr


def test_a_file_that_is_there_is_kept(call, store, tmp_path):
    """Nothing is overwritten unasked."""
    make(1)
    path = tmp_path / "page.html"
    path.write_text("mine")
    answer = call("export", "--html", str(path))
    assert (answer.code, path.read_text()) == (2, "mine")
    assert "--force" in answer.stderr
    assert call("export", "--html", str(path), "--force").code == 0
    assert path.read_text() != "mine"


def test_nothing_to_export(call, store, tmp_path):
    """A filter that finds nothing, a project that is none, a filter that is none."""
    make(1)
    path = tmp_path / "page.html"
    assert "no run" in call("export", "--html", str(path), "--where", "lr > 9").stderr
    assert "'acme/dem'" in call("export", "acme/dem", "--html", str(path)).stderr
    assert call("export", "--html", str(path), "--where", "lr >").code == 2
    assert not path.exists()
