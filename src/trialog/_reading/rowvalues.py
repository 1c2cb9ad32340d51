"""What the filter language may ask of a run that is at hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from trialog._catalog import Summary
from trialog._catalog.selections import RunRow
from trialog._filters import RunValues
from trialog._filters.expressions import Measure
from trialog._format.values import load_json
from trialog._journals.liveness import Derived


class RowValues(RunValues):
    """What a run's row, its parameters and summaries say, at one moment."""

    def __init__(
        self,
        row: RunRow,
        status: Derived,
        now_ns: int,
        parameters: Mapping[str, Any],
        summaries: Mapping[str, Summary],
    ) -> None:
        """Make them.

        Args:
            row: the run's.
            status: as written, or as true of its processes.
            now_ns: the reader's time.
            parameters: the newest value of each.
            summaries: of the metrics that are asked for.
        """
        self._row = row
        self._status = status
        self._now_ns = now_ns
        self._parameters = parameters
        self._summaries = summaries

    def parameter(self, name: str) -> Any:
        """The newest value of a parameter, or None."""
        return self._parameters.get(name)

    def measure(self, metric: str, measure: Measure) -> Any:
        """What a metric comes to, or None."""
        summary = self._summaries.get(metric)
        return None if summary is None else getattr(summary, measure)

    def fact(self, name: str) -> Any:
        """A fact, in the form that ``_filters/fields.py`` says."""
        return self._facts.get(name)

    @cached_property
    def _facts(self) -> dict[str, Any]:
        facts, status = self._row.facts, self._status
        until_ns = self._now_ns if status.ended_ns is None else status.ended_ns
        exception = None if facts.exception is None else load_json(facts.exception.encode())
        return {
            "id": facts.id,
            "name": facts.name,
            "description": facts.description,
            "status": status.status.value,
            "reason": status.reason,
            "exception": None if exception is None else str(exception.get("type", "")),
            "exit_code": facts.exit_code,
            "tags": tuple(load_json(facts.tags.encode())),
            "namespace": facts.namespace,
            "project": facts.project,
            "username": facts.username or "unknown",
            "host": facts.host,
            "created": facts.created_ns,
            "updated": facts.updated_ns,
            "ended": status.ended_ns,
            "duration": max(until_ns - facts.created_ns, 0),
            "age": max(self._now_ns - facts.created_ns, 0),
            "attempt": facts.attempt,
            "points": facts.points,
            "parent": facts.parent,
            "experiment": facts.experiment,
            "number": facts.number,
            "deleted": facts.deleted_ns is not None,
        }
