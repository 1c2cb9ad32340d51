"""What docs/how-to/from-ommx.md says, with OMMX at hand."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "from-ommx.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_page_runs(models, reference, tmp_path, monkeypatch):
    """From top to bottom; the name of OMMX's experiment is the test's own."""
    monkeypatch.chdir(tmp_path)
    page = {"knapsack": models.knapsack}
    for code in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        exec(code.replace("example.org/knapsacks:v1", reference), page)
    assert page["again"].runs[0].run_id == 0
