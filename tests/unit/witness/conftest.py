"""Real git repositories."""

from __future__ import annotations

import os
import subprocess

import pytest


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Runs git in a folder, with nothing of the user's own configuration."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)

    def run(folder, *arguments):
        known = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        known += ("-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always")
        command = ["git", *known, "-C", str(folder), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    return run


@pytest.fixture
def repository(tmp_path, git):
    """A repository of one commit."""
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "-q")
    (root / "train.py").write_text("print(1)\n")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    return root
