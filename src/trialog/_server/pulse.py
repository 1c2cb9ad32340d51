"""Looks for news in the store, a few times a second, once for all who listen."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from trialog._catalog import Catalog
from trialog._catalog.pulses import (
    ProjectPulse,
    RunPulse,
    SeriesPulse,
    pulses_of_projects,
    pulses_of_runs,
    pulses_of_series,
)
from trialog._server.shapes import News, RunNews
from trialog.errors import TrialogError

EVERY_S = 0.25
_PROJECTS_EVERY_S = 2.0
_SHARE = 0.1  # of the time, looks may take so much
_MOST_METRICS = 500  # names of more are not told: then all may have changed
_log = logging.getLogger("trialog.server")

Queue = asyncio.Queue[News | None]


@dataclass
class Look:
    """What was seen at the last look, and what is new since.

    Attributes:
        catalog: of the store.
    """

    catalog: Catalog
    _runs: dict[int, RunPulse] | None = None
    _series: dict[tuple[int, str], SeriesPulse] = field(default_factory=dict)
    _projects: dict[str, ProjectPulse] | None = None
    _projects_due_s: float = 0.0

    def take(self) -> list[News]:
        """Look again: what has changed, a piece of news for each project; none at first."""
        self.catalog.refresh()
        runs = self.catalog.ask(pulses_of_runs)
        before, self._runs = self._runs, runs
        news: dict[str, News] = {}
        if before is None:
            self._series = self.catalog.ask(pulses_of_series, list(runs))
        else:
            self._note_runs(before, runs, news)
        self._note_projects(news)
        return list(news.values())

    def _note_runs(
        self, before: dict[int, RunPulse], runs: dict[int, RunPulse], news: dict[str, News]
    ) -> None:
        changed = {key: run for key, run in runs.items() if before.get(key) != run}
        ended = {key: run for key, run in before.items() if key not in runs}
        if not changed and not ended:
            return
        for key, run in {**ended, **changed}.items():
            told = news.setdefault(run.project, News(project=run.project))
            told.runs.append(
                RunNews(
                    id=run.id, points=run.points, is_new=key not in before, has_ended=key in ended
                )
            )
        series = self.catalog.ask(pulses_of_series, [*changed, *ended])
        steps: dict[str, dict[str, int]] = defaultdict(dict)
        for (key, name), pulse in series.items():
            if self._series.get((key, name)) != pulse:
                last = steps[(changed.get(key) or ended[key]).project]
                last[name] = max(last.get(name, pulse.last_step), pulse.last_step)
        self._series.update(series)
        if ended:
            kept = self._series.items()
            self._series = {name: pulse for name, pulse in kept if name[0] not in ended}
        for project, last in steps.items():
            told = news[project]
            told.metrics = dict(last) if len(last) <= _MOST_METRICS else None

    def _note_projects(self, news: dict[str, News]) -> None:
        now_s = time.monotonic()
        if now_s < self._projects_due_s:
            return
        projects = self.catalog.ask(pulses_of_projects)
        took_s = time.monotonic() - now_s
        self._projects_due_s = now_s + max(_PROJECTS_EVERY_S, took_s / (_SHARE / 2))
        before, self._projects = self._projects, projects
        if before is None:
            return
        for project in {**before, **projects}:
            if before.get(project) != projects.get(project):
                told = news.setdefault(project, News(project=project))
                told.is_other = True


class Pulse:
    """Tells listeners what is new; looks only while there are any."""

    def __init__(self, catalog: Catalog, is_stopping: Callable[[], bool]) -> None:
        """Of a store.

        Args:
            catalog: of the store.
            is_stopping: whether the server is to end; then listeners are let go.
        """
        self._catalog = catalog
        self._is_stopping = is_stopping
        self._listeners: set[Queue] = set()
        self._task: asyncio.Task[None] | None = None

    def listen(self) -> Queue:
        """Begin to listen: news, and None once there will be no more."""
        queue: Queue = asyncio.Queue()
        self._listeners.add(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._watch())
        return queue

    def leave(self, queue: Queue) -> None:
        """Listen no more."""
        self._listeners.discard(queue)

    async def _watch(self) -> None:
        """Look until nobody listens; whatever ends it, nobody waits for news that never come."""
        try:
            await self._look_on()
        finally:
            for queue in self._listeners:
                queue.put_nowait(None)

    async def _look_on(self) -> None:
        look = Look(self._catalog)
        while self._listeners and not self._is_stopping():
            begin_s = time.monotonic()
            try:
                found = await run_in_threadpool(look.take)
            except TrialogError as error:
                _log.warning("the store cannot be looked at: %s", error)
                break
            for news in found:
                for queue in self._listeners:
                    queue.put_nowait(news)
            took_s = time.monotonic() - begin_s
            pause_s = max(EVERY_S - took_s, took_s / _SHARE - took_s)
            await asyncio.sleep(pause_s)
