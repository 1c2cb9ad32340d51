"""Never run: what type checkers must accept of the public surface."""

from pathlib import Path
from typing import assert_type

import trialog


def training() -> None:
    with trialog.init("acme", "Protein folding", None, "text", "running", tags=["a"]) as run:
        assert_type(run, trialog.Run)
        run.log("loss", 0.3, step=10)
        run.log("loss", 0.3, 10, None)
        run.log({"loss": 0.3, "accuracy": 0.9}, step=10)
        run.log_parameter("lr", 1e-3)
        run.log_parameters({"model": {"depth": 3}}, seed=1)
        run.log_json("confusion", {"a": [1, 2]})
        run.log_file("best", Path("best.pt"), filename="x.pt")
        assert_type(run.log_directory("checkpoint", "ckpt/"), list[str])
        run.log_attachment("solver.log", "text/plain", b"")
        run.add_tags("a", "b")
        run.finish("FAILED", reason="infeasible")
        run.finish(status=trialog.RunStatus.COMPLETED)
    assert_type(run.status, trialog.RunStatus)
    assert_type(run.tags, tuple[str, ...])
    assert_type(trialog.get_active_run(), trialog.Run)
    trialog.log("loss", 0.2)
