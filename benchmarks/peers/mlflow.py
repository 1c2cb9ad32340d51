"""MLflow, synchronous, with its default kind of store: a SQLite file."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Adapter:
    """`mlflow.start_run` and `mlflow.log_metric`, without a server."""

    requirement = "mlflow"
    statement = "import mlflow"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {
            "MLFLOW_TRACKING_URI": f"sqlite:///{self.folder / 'mlflow.db'}",
            "MLFLOW_DISABLE_TELEMETRY": "true",
        }

    def start(self) -> None:
        import mlflow

        mlflow.start_run()
        self.mlflow = mlflow

    def log_scalar(self, value: float, step: int) -> None:
        self.mlflow.log_metric("loss", value, step=step)

    def log_twenty(self, values: dict[str, float], step: int) -> None:
        self.mlflow.log_metrics(values, step=step)

    def finish(self) -> None:
        self.mlflow.end_run()

    def ticket(self) -> str:
        return self.mlflow.active_run().info.run_id

    def join(self, ticket: str) -> None:
        import mlflow

        mlflow.start_run(run_id=ticket)
        self.mlflow = mlflow

    def points(self) -> list[tuple[int, float]]:
        import mlflow

        client = mlflow.MlflowClient()
        histories = [client.get_metric_history(run.info.run_id, "loss") for run in self._runs()]
        return [(point.step, point.value) for history in histories for point in history]

    def runs(self) -> list[tuple[str, str]]:
        return [(run.info.run_name, run.info.status) for run in self._runs()]

    def _runs(self) -> list:
        import mlflow

        return mlflow.search_runs(search_all_experiments=True, output_format="list")
