"""Aim; runs are indexed before the page is opened, as `aim up` does in the background."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboard.data import Run


class Adapter:
    """The metrics explorer with all metrics chosen; its address holds the whole state."""

    title = "Aim"
    requirement = "aim>=3.29"
    letters = "ABC"
    plots = ".LineChart svg, .LineChart canvas"
    limit_s = 40.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {"AIM_UI_TELEMETRY_ENABLED": "0", "AIM_SDK_TELEMETRY_ENABLED": "0"}

    def write(self, runs: Iterable[Run]) -> None:
        import aim
        from aim.sdk.index_manager import RepoIndexManager

        aim.Repo.from_path(str(self.folder), init=True)
        for run in runs:
            track = aim.Run(
                repo=str(self.folder),
                experiment="curves",
                log_system_params=False,
                system_tracking_interval=None,
            )
            track.name = run.name
            track["hparams"] = run.parameters
            for name, values in run.metrics.items():
                for step, value in enumerate(values.tolist()):
                    track.track(value, name=name, step=step)
            track.close()
        repo = aim.Repo(str(self.folder))
        for identity in repo.list_all_runs():
            RepoIndexManager.get_index_manager(repo).index(identity)

    def command(self, python: str, port: int) -> list[str]:
        where = ["--repo", str(self.folder), "--host", "127.0.0.1", "--port", str(port)]
        return [str(Path(python).parent / "aim"), "up", "--yes", *where]

    def address(self, server: str, letter: str, page: Any) -> str:
        del letter
        page.goto(f"{server}/metrics")
        page.get_by_role("button", name="Skip").first.click()
        page.get_by_role("button", name="Metrics").last.click()
        page.locator("[role=option]").first.wait_for()
        for number in range(page.locator("[role=option]").count()):
            page.locator("[role=option]").nth(number).click()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Search").first.click()
        page.wait_for_function("() => location.search.includes('select=')", timeout=30_000)
        page.wait_for_timeout(3_000)
        return page.url

    def curves_of_few(self, server: str, letter: str) -> str | None:
        del server, letter

    def show_all(self, page: Any) -> float | None:
        """It draws all runs from the first; asked again, the same curves stay until the end."""
        del page
