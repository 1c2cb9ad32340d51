"""MLflow with its default kind of store, a SQLite file."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboard.data import Run

BATCH = 1_000


class Adapter:
    """The chart view of an experiment's runs, which shows ten of them until asked for more."""

    title = "MLflow"
    requirement = "mlflow"
    letters = "ABC"
    plots = ".js-plotly-plot"
    limit_s = 40.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {
            "MLFLOW_TRACKING_URI": f"sqlite:///{self.folder / 'mlflow.db'}",
            "MLFLOW_DISABLE_TELEMETRY": "true",
        }

    def write(self, runs: Iterable[Run]) -> None:
        from mlflow import MlflowClient
        from mlflow.entities import Metric, Param

        client = MlflowClient()
        experiment = client.create_experiment("curves")
        now = int(1e3 * time.time())
        for run in runs:
            made = client.create_run(experiment, run_name=run.name).info.run_id
            parameters = [Param(name, str(value)) for name, value in run.parameters.items()]
            client.log_batch(made, params=parameters)
            for name, values in run.metrics.items():
                points = [
                    Metric(name, value, now + step, step)
                    for step, value in enumerate(values.tolist())
                ]
                for first in range(0, len(points), BATCH):
                    client.log_batch(made, metrics=points[first : first + BATCH])
            client.set_terminated(made)

    def command(self, python: str, port: int) -> list[str]:
        store = ["--backend-store-uri", self.environment()["MLFLOW_TRACKING_URI"]]
        where = ["--host", "127.0.0.1", "--port", str(port)]
        return [str(Path(python).parent / "mlflow"), "server", *store, *where]

    def address(self, server: str, letter: str, page: Any) -> str:
        del letter, page
        return f"{server}/#/experiments/1/runs?compareRunsMode=CHART"

    def curves_of_few(self, server: str, letter: str) -> str | None:
        del server, letter

    def show_all(self, page: Any) -> float | None:
        page.locator("[data-testid='experiment-view-runs-visibility-column-header']").first.click()
        start = time.time()
        page.get_by_text("Show all runs").first.click()
        return start
