"""The whole store in a few numbers, and the runs that somebody should look at."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from trialog._catalog import schema
from trialog._catalog.selections import RunRow, all_runs, filtered, with_writers
from trialog._entities import RunStatus
from trialog._filters import RunFilter

DAY_NS = 86_400 * 10**9
TROUBLES = (RunStatus.CRASHED, RunStatus.FAILED, RunStatus.INTERRUPTED)


class ProjectRow(NamedTuple):
    """A project, and how many runs it has.

    Attributes:
        ended: how many by the written status.
        newest_ns: when its newest run began.
        by_day: how many began on each day, by how many days after the first that was asked for.
    """

    namespace: str
    project: str
    namespace_name: str
    project_name: str
    ended: Counter[str]
    newest_ns: int | None
    by_day: Counter[int]


class Overview(NamedTuple):
    """The store.

    Attributes:
        projects: all of them, by key.
        unended: the runs that nobody has ended: only their writers can tell the status.
        troubled: the newest that did not end well.
    """

    projects: dict[int, ProjectRow]
    unended: list[RunRow]
    troubled: list[RunRow]


def read_overview(connection: Connection, since_ns: int, troubles: int) -> Overview:
    """The store in numbers; deleted runs aside.

    Args:
        connection: to the catalog.
        since_ns: count the runs by day from here on, and look for trouble.
        troubles: so many runs that did not end well are enough.
    """
    owners, table = schema.PROJECTS, schema.RUNS
    projects = {
        row.key: ProjectRow(
            row.namespace, row.project, row.namespace_name, row.project_name, Counter(), None,
            Counter(),
        )
        for row in connection.execute(select(owners))
    }  # fmt: skip
    wanted = RunFilter()
    counted = filtered(
        select(table.c.project, table.c.status, func.count(), func.max(table.c.created_ns)).join(
            owners, owners.c.key == table.c.project
        ),
        wanted,
    ).group_by(table.c.project, table.c.status)
    for key, status, amount, newest_ns in connection.execute(counted):
        project = projects[key]
        if status is not None:
            project.ended[status] += amount
        projects[key] = project._replace(newest_ns=max(project.newest_ns or 0, newest_ns))
    day = (table.c.created_ns - since_ns) // DAY_NS
    days = filtered(
        select(table.c.project, day, func.count()).join(owners, owners.c.key == table.c.project),
        wanted,
    ).where(table.c.created_ns >= since_ns)
    for key, number, amount in connection.execute(days.group_by(table.c.project, day)):
        projects[key].by_day[number] += amount
    unended = filtered(all_runs(), wanted).where(table.c.status.is_(None))
    troubled = (
        filtered(all_runs(), wanted)
        .where(table.c.status.in_([each.value for each in TROUBLES]))
        .where(table.c.created_ns >= since_ns)
        .limit(troubles)
    )
    return Overview(
        projects,
        with_writers(connection, connection.execute(unended).all()),
        with_writers(connection, connection.execute(troubled).all()),
    )
