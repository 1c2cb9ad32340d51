"""What a run is, as far as it says so itself while it is being recorded."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from trialog._entities import RunOrg, RunProject, RunStatus, RunUser
from trialog._format import owners
from trialog._format.facts import Start
from trialog._format.folders import StoreFolder
from trialog._format.times import date_of
from trialog._tracking.lifecycle import Lifecycle


class DescribedRun:
    """The facts of a run: who and where it is, and how it stands."""

    def __init__(self, start: Start, lifecycle: Lifecycle, home: Path | None) -> None:
        """Describe a run.

        Args:
            start: the first record of its journal.
            lifecycle: its state.
            home: its folder; None where nothing is kept.
        """
        self._start = start
        self._lifecycle = lifecycle
        self._home = home
        self._description = start.description
        self._tags = list(start.tags)

    @property
    def first_record(self) -> Start:
        """The first record of its journal."""
        return self._start

    @property
    def home(self) -> Path | None:
        """Its folder; None where nothing is kept."""
        return self._home

    @property
    def id(self) -> str:
        """The run's id, which never changes."""
        return self._start.run

    @property
    def name(self) -> str:
        """The run's name, unique in its project."""
        return self._start.name

    @property
    def run_id(self) -> int | None:
        """Which of its experiment's runs this is, from 0 on; None outside of an experiment."""
        return None if self.is_record else self._start.number

    @property
    def experiment(self) -> str | None:
        """The id of the experiment that it is recorded in, or None."""
        return self._start.experiment

    @property
    def is_record(self) -> bool:
        """Whether this is the record of an experiment itself."""
        return self._start.kind == "experiment"

    @property
    def is_of_experiment(self) -> bool:
        """Whether this is a run of an experiment, or the record of one."""
        return self._start.experiment is not None or self.is_record

    @property
    def description(self) -> str | None:
        """What the user wrote about it."""
        return self._description

    @property
    def status(self) -> RunStatus:
        """PENDING or RUNNING; CANCELING once it was asked to stop; then how it ended."""
        return self._lifecycle.status

    @property
    def reason(self) -> str | None:
        """Why it ended as it did, in words; who asked it to stop, while it is CANCELING."""
        end, request = self._lifecycle.end, self._lifecycle.stop.request
        if end is not None:
            return end.reason
        return request.text if request is not None else None

    @property
    def should_stop(self) -> bool:
        """Whether somebody has asked the run to stop; look at it now and then, and end the loop.

        Requests come from ``trialog run cancel`` and :meth:`StoredRun.cancel`, and are seen here
        within a second; asking costs no system call. A run that ends after this was True is
        CANCELED; one that never asks, and gets no signal, goes on and ends as ever.

        Example:
            >>> run = getfixture("run")
            >>> for step in range(3):
            ...     if run.should_stop:
            ...         break
            ...     run.log("loss", 1 / (step + 1))
            >>> run.should_stop
            False
        """
        return self._lifecycle.stop.is_asked()

    @property
    def tags(self) -> tuple[str, ...]:
        """The run's tags, in the order they were added, as far as this process knows."""
        return tuple(self._tags)

    @property
    def url(self) -> str:
        """Where the run is kept: the URI of its folder; empty where nothing is kept."""
        return self._home.as_uri() if self._home else ""

    @property
    def date_created(self) -> datetime:
        """When it began, UTC."""
        return date_of(self._start.created_ns)

    @property
    def date_updated(self) -> datetime:
        """When a fact about it was last written (metrics aside), UTC."""
        return date_of(self._lifecycle.updated_ns)

    @property
    def date_ended(self) -> datetime | None:
        """When it ended, UTC; None while it goes on."""
        return self.date_updated if self.is_ended else None

    @property
    def duration(self) -> float:
        """Seconds from its start to its end, or to now."""
        now_ns = self._lifecycle.updated_ns if self.is_ended else time.time_ns()
        return (now_ns - self._start.created_ns) / 1e9

    @property
    def organization(self) -> RunOrg:
        """The namespace."""
        return owners.organization(self._start)

    @property
    def project(self) -> RunProject:
        """The project."""
        return owners.project(self._start)

    @property
    def user(self) -> RunUser:
        """Who started it."""
        return owners.user(self._start)

    def environ(self) -> dict[str, str]:
        """What leads a child process to this run: variables to add to its environment.

        ``trialog.init()`` there attaches to this run, whatever project or name it is given, and
        logs under a writer of its own. Nothing is written to this process's environment.

        Example:
            >>> import os, subprocess, sys
            >>> run = getfixture("run")
            >>> child = "import trialog; trialog.init().finish()"
            >>> environ = os.environ | run.environ()
            >>> subprocess.run([sys.executable, "-c", child], env=environ, check=True).returncode
            0
            >>> [each.role for each in run.writers]
            ['run', 'attach']
        """
        if self._home is None:
            return {"TRIALOG_MODE": "disabled"}
        return {
            "TRIALOG_HOME": str(StoreFolder.of_run(self._home).path),
            "TRIALOG_RUN": f"{self._start.namespace}/{self._start.project}/{self.id}",
        }

    @property
    def is_ended(self) -> bool:
        """Whether nothing more can be logged."""
        return self._lifecycle.end is not None

    def __repr__(self) -> str:
        return f"<Run {self.name!r} {self.status} {self._start.namespace}/{self._start.project}>"
