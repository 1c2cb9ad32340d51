"""``trialog run show``: everything that was kept of one run."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from trialog._cli import options
from trialog._cli.completion import complete_run
from trialog._cli.output import write_object, write_rich
from trialog._cli.session import Session, resolve_run
from trialog._cli.sparklines import BLOCKS, CURVE_WIDTH
from trialog._format.records import Kind
from trialog.errors import IntegrityError

if TYPE_CHECKING:
    from trialog._catalog import Catalog
    from trialog._cli.found import FoundRun
    from trialog._reading import AttachmentInfo, ContentReader
    from trialog._reading.alerts import AlertInfo
    from trialog._reading.attempts import AttemptInfo
    from trialog._reading.writers import WriterInfo

_MOST_CURVES = 60
_WIDE = 110


@click.command(
    "show",
    short_help="Show everything that was kept of a run.",
    epilog="\b\nExamples:\n"
    "  trialog run show brave_pasta_123\n"
    "  trialog run show best --project acme/digits --json",
)
@click.argument("run", shell_complete=complete_run)
@options.project_option
@options.session_options
def show_run(session: Session, run: str, project: str | None) -> None:
    """Show everything that was kept of RUN: its id, the beginning of it, or its name.

    How it ended and why, parameters, what its metrics came to, attachments, and what of it is
    missing or damaged. Deleted runs too.
    """
    from trialog._cli.found import runs_of_records  # noqa: PLC0415 # loads sqlalchemy

    catalog = session.catalog()
    record = resolve_run(catalog, run, project)
    (found,) = runs_of_records(catalog, [record])
    content = content_of(catalog, found)
    if session.is_json:
        write_object(content)
        return
    from trialog._cli.sheet import sheet_of  # noqa: PLC0415 # loads rich

    write_rich(*sheet_of(record, content, _values_of_curves(catalog, record.key, content)))


def _values_of_curves(
    catalog: Catalog, run: int, content: dict[str, Any]
) -> dict[str, list[float]]:
    """What the curves of the first metrics are drawn of, where the terminal can show them."""
    from trialog._cli.tables import can_show, stdout_width  # noqa: PLC0415 # loads rich
    from trialog._reading.showing import read_telling_values  # noqa: PLC0415 # loads sqlalchemy

    if not can_show(BLOCKS):
        return {}
    width = CURVE_WIDTH if stdout_width() >= _WIDE else CURVE_WIDTH // 2
    return read_telling_values(catalog, run, list(content["metrics"])[:_MOST_CURVES], width)


def content_of(catalog: Catalog, run: FoundRun) -> dict[str, Any]:
    """Everything that is kept of a run, ready for JSON."""
    from trialog._catalog import queries  # noqa: PLC0415 # loads sqlalchemy
    from trialog._cli.found import facts_as_json  # noqa: PLC0415 # as above
    from trialog._reading import ContentReader  # noqa: PLC0415 # as above

    record = run.record
    reader = ContentReader(catalog, record.place)
    attachments = reader.attachments
    names = catalog.ask(queries.json_value_names, record.key)
    return {
        **facts_as_json(run),
        "namespace_name": record.organization.display_name,
        "project_name": record.project.display_name,
        "url": record.url,
        "pid": record.pid,
        "python": record.python,
        "trialog": record.trialog,
        "exit_code": record.exit_code,
        "exception": None if record.exception is None else asdict(record.exception),
        "missing_since_ns": run.row.facts.missing_since_ns,
        "damage": [each._asdict() for each in catalog.ask(queries.damage_of, record.key)],
        "trouble": [
            {"time_ns": each.time_ns, "what": str(each.content.get("what", ""))}
            for each in catalog.ask(queries.facts_of, record.key, [Kind.TROUBLE])
        ],
        "attempts": [_attempt(each) for each in reader.attempts],
        "writers": [_writer(each) for each in reader.writers],
        "alerts": [_alert(each) for each in reader.alerts],
        "context": reader.context,
        "parameters": reader.parameters,
        "metrics": reader.summary,
        "values": names,
        "last_values": _last_values(reader, names),
        "attachments": {
            name: [_attachment(each) for each in attachments.versions(name)] for name in attachments
        },
    }


def _last_values(reader: ContentReader, names: Sequence[str]) -> dict[str, Any]:
    """The newest JSON value of each name; without those whose blob cannot be read."""
    found = {}
    for name in names:
        with suppress(IntegrityError):
            found[name] = reader.values(name)[-1].value
    return found


def _attempt(info: AttemptInfo) -> dict[str, Any]:
    from trialog._cli.found import iso, nanoseconds  # noqa: PLC0415 # loads sqlalchemy

    return {
        "attempt": info.attempt,
        "status": info.status.value,
        "reason": info.reason,
        "created_ns": nanoseconds(info.date_created),
        "date_created": iso(info.date_created),
        "ended_ns": nanoseconds(info.date_ended),
        "date_ended": iso(info.date_ended),
        "points": info.points,
    }


def _writer(info: WriterInfo) -> dict[str, Any]:
    from trialog._cli.found import iso, nanoseconds  # noqa: PLC0415 # loads sqlalchemy

    content = asdict(info)
    moment = content.pop("date_created")
    content["status"] = None if info.status is None else info.status.value
    return {**content, "created_ns": nanoseconds(moment), "date_created": iso(moment)}


def _alert(info: AlertInfo) -> dict[str, Any]:
    from trialog._cli.found import iso, nanoseconds  # noqa: PLC0415 # loads sqlalchemy

    content = asdict(info)
    moment = content.pop("date")
    return {**content, "time_ns": nanoseconds(moment), "date": iso(moment)}


def _attachment(info: AttachmentInfo) -> dict[str, Any]:
    from trialog._cli.found import iso, nanoseconds  # noqa: PLC0415 # loads sqlalchemy

    content = asdict(info)
    del content["name"]
    moment = content.pop("date_created")
    return {**content, "created_ns": nanoseconds(moment), "date_created": iso(moment)}
