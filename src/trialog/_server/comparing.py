"""Runs side by side."""

from __future__ import annotations

from trialog._reading import Records, RunRecord
from trialog._reading.attachments import AttachmentInfo
from trialog._reading.headings import is_of_system
from trialog._reading.holdings import attachments_of, metric_names_of
from trialog._reading.sidebyside import compare_runs
from trialog._server.attachments import file_url
from trialog._server.cells import sendable
from trialog._server.compareshapes import (
    CompareArea,
    Compared,
    ComparePicture,
    CompareQuery,
    CompareRow,
)
from trialog._server.heads import head_of
from trialog._server.selecting import select
from trialog._server.shapes import Selection
from trialog._server.store import Store
from trialog.errors import NotFoundError, UsageError

_MOST_RUNS = 200
_MOST_PICTURES = 40


def read_comparison(store: Store, query: CompareQuery) -> Compared:
    """All that some runs say, side by side; what differs between them is marked."""
    if not 0 < len(query.runs) <= _MOST_RUNS:
        raise UsageError(f"{len(query.runs)} runs cannot be compared; choose 1 to {_MOST_RUNS}")
    catalog = store.catalog
    records = select(catalog, Selection(project=query.project, runs=query.runs))
    if not records:
        raise NotFoundError(f"project {query.project!r} has none of these runs")
    areas = compare_runs(catalog, records)
    metrics = metric_names_of(catalog, records.keys)
    return Compared(
        runs=[head_of(record) for record in records],
        areas=[
            CompareArea(
                name=area.name,
                rows=[
                    CompareRow(
                        name=row.name,
                        values=[_told(each) for each in row.values],
                        differs=row.differs,
                    )
                    for row in area.rows
                ],
            )
            for area in areas
        ],
        metrics=[name for name in metrics if not is_of_system(name)],
        pictures=_pictures(store, records),
    )


def _told(value: object) -> object:
    return [str(each) for each in value] if isinstance(value, list | tuple) else sendable(value)


def _pictures(store: Store, records: Records) -> list[ComparePicture]:
    """The pictures that the runs have, those that most of them have first."""
    found: dict[str, dict[str, dict[int | None, AttachmentInfo]]] = {}
    for record in records:
        attachments = attachments_of(store.catalog, record.key)
        for name in attachments:
            for version in attachments.versions(name):
                if version.media_type.startswith("image/"):
                    by_step = found.setdefault(name, {}).setdefault(record.id, {})
                    by_step[version.step] = version
    names = sorted(found, key=lambda name: (-len(found[name]), name))[:_MOST_PICTURES]
    return [_picture(store, records, name, found[name]) for name in names]


def _picture(
    store: Store,
    records: Records,
    name: str,
    by_run: dict[str, dict[int | None, AttachmentInfo]],
) -> ComparePicture:
    steps = sorted(
        {step for each in by_run.values() for step in each},
        key=lambda step: (step is not None, step or 0),
    )
    return ComparePicture(
        name=name,
        steps=steps,
        urls=[[_url(store, record, by_run, step) for step in steps] for record in records],
    )


def _url(
    store: Store,
    record: RunRecord,
    by_run: dict[str, dict[int | None, AttachmentInfo]],
    step: int | None,
) -> str | None:
    info = by_run.get(record.id, {}).get(step)
    return None if info is None else file_url(store, record, info)
