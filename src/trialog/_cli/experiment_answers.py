"""What the commands that act on experiments have in common: whom they act on, what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from trialog._cli.output import write_array, write_object, write_text
from trialog._cli.session import Session, resolve_experiment
from trialog._cli.words import count, printable, quoted
from trialog._tracking.client import LocalClient

if TYPE_CHECKING:
    from trialog._catalog import Catalog
    from trialog._public.experiment import Experiment
    from trialog._reading import RunRecord


def resolve_all(
    catalog: Catalog, experiments: Sequence[str], project: str | None
) -> list[RunRecord]:
    """All experiments that are meant; where one of them is not found, nothing is done."""
    records = [resolve_experiment(catalog, each, project) for each in experiments]
    return list({record.key: record for record in records}.values())


def open_experiment(session: Session, record: RunRecord) -> Experiment:
    """What acts on an experiment."""
    from trialog._public.experiment import Experiment  # noqa: PLC0415 # loads the write half

    project = record.place.project.path
    return Experiment.open(record.id, project, client=LocalClient(session.home))


def refuse_uncommitted(record: RunRecord, done: str) -> None:
    """Refuse what only a committed experiment can have done to it.

    Raises:
        ClickException: it is not committed.
    """
    if record.commit is None:
        raise click.ClickException(
            f"{title_of(record)} is not committed, so it cannot be {done}: "
            f"`trialog experiment commit {quoted(record.name)}` first"
        )


def title_of(record: RunRecord) -> str:
    """Which experiment it is: name, project and id."""
    return f"{printable(record.name)} ({record.place.project.path}, {record.id})"


def facts_of(catalog: Catalog, records: Sequence[RunRecord]) -> list[dict[str, Any]]:
    """Experiments in JSON, as they are now."""
    from trialog._catalog import queries  # noqa: PLC0415 # as above
    from trialog._cli.found_experiments import (  # noqa: PLC0415 # loads sqlalchemy
        experiment_as_json,
        experiments_of_records,
    )
    from trialog._reading.records import read_records  # noqa: PLC0415 # as above

    catalog.refresh()
    rows = catalog.ask(queries.runs_by_key, [record.key for record in records])
    return [
        experiment_as_json(each)
        for each in experiments_of_records(catalog, read_records(catalog, rows))
    ]


def answer_each(
    session: Session, catalog: Catalog, records: Sequence[RunRecord], lines: Sequence[str]
) -> None:
    """Say what was done to some experiments: in JSON, each as it is now."""
    if session.is_json:
        write_array(facts_of(catalog, records), is_plain=True)
    elif lines:
        write_text("\n".join(lines) + "\n")


def answer_one(
    session: Session, catalog: Catalog, record: RunRecord, line: str, **more: Any
) -> None:
    """Say what was done to an experiment: in JSON, as it is now, and what else there is to say."""
    if session.is_json:
        (facts,) = facts_of(catalog, [record])
        write_object({**facts, **more})
    else:
        write_text(line + "\n")


def runs_of(facts: dict[str, Any]) -> str:
    """How many runs it has, in words."""
    return count(int(facts["runs"]), "run")
