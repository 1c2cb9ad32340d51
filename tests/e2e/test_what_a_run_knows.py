"""A run knows its code and its surroundings, however its process ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

import trialog

SCRIPT = """
import os, sys
import trialog

run = trialog.init("acme", "demo", name="known")
run.log("loss", 0.5)
if sys.argv[1] == "finish":
    run.finish()
else:
    os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("ending", ["finish", "kill"])
def test_it_is_there_after_the_process(tmp_path, monkeypatch, ending):
    """Commit, patch, packages and machine of a script in a repository; its password is not."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "train.py").write_text(SCRIPT)
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *words], check=True)
    (folder / "train.py").write_text(SCRIPT + "# changed\n")
    environ = os.environ | {"TRIALOG_CAPTURE": "code,environment", "OMP_NUM_THREADS": "3"}
    command = [sys.executable, "train.py", ending, "--password", "hunter2"]
    subprocess.run(command, cwd=folder, env=environ, check=False, timeout=60)
    run = trialog.get_run("known")
    until = time.monotonic() + 30
    while "code/train.py" not in run.attachments:  # the last of it that is written
        assert time.monotonic() < until, run.context
        time.sleep(0.02)
    context = run.context
    assert context["code"]["commit"]
    assert context["code"]["changed_files"] == 1
    assert context["code"]["script"] == "train.py"
    assert context["code"]["command"].endswith(f"train.py {ending} --password [redacted]")
    assert context["environment"]["variables"]["OMP_NUM_THREADS"] == "3"
    assert context["packages"]["orjson"]
    assert b"+# changed" in run.get_attachment("code/diff.patch")
    assert run.metric("loss")["value"].tolist() == [0.5]
