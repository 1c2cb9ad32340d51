"""Never run: what type checkers must refuse; an ignore that is not needed is an error."""

import trialog


def misspelt(run: trialog.Run) -> None:
    trialog.init("p", descripton="text")  # type: ignore[arg-type]
    run.log("loss", 0.3, stpe=3)  # type: ignore[arg-type]
    run.finish(raeson="text")  # type: ignore[arg-type]
    trialog.nonsense()  # type: ignore[attr-defined]


def wrong(run: trialog.Run) -> None:
    trialog.init(3)  # type: ignore[arg-type]
    trialog.init("p", status=3)  # type: ignore[arg-type]
    trialog.init("p", ends={"ValueError": "FAILED"})  # type: ignore[dict-item]
    run.log(3, 0.3)  # type: ignore[arg-type]
    run.log("loss", 0.3, step="3")  # type: ignore[arg-type]
    run.log_attachment("a", "text/plain", "text")  # type: ignore[arg-type]
    run.log_file("f", 3)  # type: ignore[arg-type]
    run.config = {"lr": 0.1}  # type: ignore[attr-defined]
    run.log_metric("loss", 0.3)  # type: ignore[attr-defined]
    run.status = trialog.RunStatus.FAILED  # type: ignore[misc]
    trialog.get_run(3)  # type: ignore[arg-type]
    trialog.runs(limit="3")  # type: ignore[arg-type]
    trialog.runs(where=["lr < 0.1"])  # type: ignore[arg-type]


def misread(run: trialog.StoredRun) -> None:
    run.statsu  # type: ignore[attr-defined] # noqa: B018 # the type checker's error is the point
    run.name = "x"  # type: ignore[assignment]
    run.points + "x"  # type: ignore[operator]
