"""What docs/how-to/share-an-experiment.md says of registries, with a real one."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import trialog

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "share-an-experiment.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
TAG = re.compile(r'`(experiment\.tag\("ghcr.*?\))`')


def test_the_page_runs_with_a_registry(debian, tmp_path, monkeypatch):
    """All of its blocks, and what its text says of tags: the registry is one of the loopback."""
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    repository = f"{debian.host}/{uuid.uuid4().hex}"
    page = {}
    for code in BLOCK.findall(text):
        exec(code.replace("ghcr.io/acme", repository), page)
    (tagging,) = TAG.findall(text)
    exec(tagging.replace("ghcr.io/acme", repository), page)
    best = trialog.Experiment.load(f"{repository}/sweep-1:best", client=page["elsewhere"])
    assert best.digest == page["experiment"].digest
