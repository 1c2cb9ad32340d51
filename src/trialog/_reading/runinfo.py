"""Queries by id: ids of runs, and everything about one of them to print."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from trialog._catalog import Catalog, queries
from trialog._entities import RunStatus
from trialog._filters import RunFilter
from trialog._reading.console import read_end
from trialog._reading.finding import find
from trialog._reading.headings import is_of_system
from trialog._reading.records import RunRecord, read_records

STDOUT_BYTES = 64 * 1024


@dataclass(slots=True)
class RunInfo:
    """Everything about a run, in one flat object; print it to read it.

    Attributes:
        id: the run's id.
        created_at, updated_at: ISO 8601, UTC.
        status: one of trialog's statuses.
        deleted_at: ISO 8601, UTC; None where it is not deleted.
        name, description, tags: as logged.
        result: the last value of each metric, those of the machine (``system/…``) aside; None
            where there is none.
        stdout: the last lines of it, at most 64 KiB; None where nothing was kept.
        trace: type, message and traceback of the exception that ended it, or None.
        walltime: seconds from start to end, or to now.
        sus: a supercomputer's service units; None.

    Example:
        >>> import trialog
        >>> info = trialog.fetch_run_info(getfixture("run").id)
        >>> str(info).splitlines()[0].startswith("Run info for ")
        True
    """

    id: str
    created_at: str
    updated_at: str
    status: str
    deleted_at: str | None = None
    name: str | None = None
    description: str | None = None
    tags: list[str] | None = None
    result: dict[str, Any] | None = None
    stdout: str | None = None
    trace: dict[str, Any] | None = None
    walltime: float | None = None
    sus: dict[str, float] | None = None

    def __str__(self) -> str:
        is_ended = self.status in RunStatus.__members__ and RunStatus[self.status].is_end
        suffix = "" if is_ended else " (incomplete)"
        lines = {
            "id": self.id,
            "status": self.status,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "deleted_at": self.deleted_at,
            "description": self.description,
            "tags": ", ".join(self.tags or ()),
            "walltime": None if self.walltime is None else f"{self.walltime:g}{suffix}",
        }
        lines |= {
            f"{machine} SUs": f"{units:g}{suffix}" for machine, units in (self.sus or {}).items()
        }
        lines = {label: text for label, text in lines.items() if text}
        width = max(map(len, lines)) + 1
        shown = [f"  {label + ':':<{width}} {text}" for label, text in lines.items()]
        return "\n".join([f"Run info for {self.name or '(unnamed)'}", *shown])


def fetch_runs(
    catalog: Catalog,
    *,
    name: str | None = None,
    name_contains: str | None = None,
    status: Any = None,
    tags: Any = None,
    limit: int | None = None,
    where: str | None = None,
    sort: str | None = None,
) -> list[str]:
    """The ids of the runs of a store that have all that is asked for, newest first.

    Args:
        catalog: of the store.
        name: the whole name, upper and lower case being one.
        name_contains: a part of the name, likewise; ``%`` and ``_`` mean themselves.
        status: one or several, ours or words of other trackers.
        tags: a run must have all of them; ``[]`` matches every run.
        limit: at most so many; 0 is none, None is all.
        where: a condition in the filter language.
        sort: what to order by, in the filter language.

    Raises:
        FilterError: ``where`` or ``sort`` cannot be understood.
        UsageError: an unknown status, or a negative limit.
        InvalidTypeError: a value of a wrong type.
    """
    wanted = RunFilter.parse(
        name=name,
        name_contains=name_contains,
        status=status,
        tags=tags,
        limit=limit,
        where=where,
        sort=sort,
    )
    return find(catalog, wanted).ids


def fetch_run_info(catalog: Catalog, run_id: str) -> RunInfo | None:
    """Everything about a run, deleted ones included; None where there is no run of that id."""
    catalog.refresh()
    rows = catalog.ask(queries.runs_by_id, str(run_id), RunFilter(with_deleted=True))
    records = read_records(catalog, rows[:1])
    return _info(catalog, records[0]) if records else None


def _info(catalog: Catalog, record: RunRecord) -> RunInfo:
    summaries = catalog.summaries([record.key]).get(record.key, {})
    return RunInfo(
        id=record.id,
        created_at=_text(record.date_created),
        updated_at=_text(record.date_updated),
        status=record.status.value,
        deleted_at=None if record.date_deleted is None else _text(record.date_deleted),
        name=record.name or None,
        description=record.description or None,
        tags=list(record.tags) or None,
        result={name: each.last for name, each in summaries.items() if not is_of_system(name)}
        or None,
        stdout=read_end(catalog, record.place, "stdout", STDOUT_BYTES),
        trace=None if record.exception is None else asdict(record.exception),
        walltime=round(record.duration, 6),
    )


def _text(moment: datetime) -> str:
    return moment.isoformat()
