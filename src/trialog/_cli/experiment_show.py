"""``trialog experiment show``: everything that was kept of one experiment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from trialog._cli import options
from trialog._cli.output import write_object, write_rich
from trialog._cli.session import Session, resolve_experiment
from trialog._format.records import Kind

if TYPE_CHECKING:
    from trialog._catalog import Catalog
    from trialog._cli.found import FoundRun
    from trialog._cli.found_experiments import FoundExperiment
    from trialog._reading.solves import SolveInfo

SHOWN_RUNS = 20


@click.command(
    "show",
    short_help="Show everything that was kept of an experiment.",
    epilog="\b\nExamples:\n"
    "  trialog experiment show sweep-1\n"
    "  trialog experiment show sweep-1 --runs 100 --project acme/digits\n"
    "  trialog experiment show sweep-1 --json | jq .digest",
)
@options.experiment_argument
@options.project_option
@click.option(
    "--runs",
    "limit",
    type=click.IntRange(min=0),
    metavar="N",
    default=SHOWN_RUNS,
    show_default=True,
    help="How many runs and how many calls of solvers a table shows. JSON has all.",
)
@options.session_options
def show_experiment(session: Session, experiment: str, project: str | None, limit: int) -> None:
    """Show everything that was kept of EXPERIMENT: its id, the beginning of it, or its name.

    How it ended and why, what it was committed to, its parameters, its runs, calls of solvers and
    attachments. Deleted experiments too.
    """
    from trialog._cli.found_experiments import (  # noqa: PLC0415 # loads sqlalchemy
        experiments_of_records,
        members_of,
    )

    catalog = session.catalog()
    record = resolve_experiment(catalog, experiment, project)
    (found,) = experiments_of_records(catalog, [record])
    members = members_of(catalog, record)
    content = content_of_experiment(catalog, found, members)
    if session.is_json:
        write_object(content)
        return
    from trialog._cli.experiment_sheet import sheet_of_experiment  # noqa: PLC0415 # loads rich

    write_rich(*sheet_of_experiment(found, content, members, limit))


def content_of_experiment(
    catalog: Catalog, found: FoundExperiment, members: Sequence[FoundRun]
) -> dict[str, Any]:
    """Everything that is kept of an experiment, ready for JSON."""
    from trialog._catalog import queries, tallies  # noqa: PLC0415 # loads sqlalchemy
    from trialog._cli.found import facts_as_json  # noqa: PLC0415 # as above
    from trialog._cli.found_experiments import experiment_as_json  # noqa: PLC0415 # as above
    from trialog._cli.run_show import content_of  # noqa: PLC0415 # as above

    record = found.record
    facts = experiment_as_json(found)
    own = content_of(catalog, found.entry)
    parameters = catalog.ask(queries.parameters_of, [run.record.key for run in members])
    parents = [] if record.parent is None else [record.parent]
    return {
        **facts,
        "parent_name": catalog.ask(tallies.names_of, parents).get(record.parent or ""),
        **{name: own[name] for name in own if name not in facts and name not in _NOT_ITS},
        "runs": [
            {**facts_as_json(run), "parameters": parameters.get(run.record.key, {})}
            for run in members
        ],
        "solves": list(_solves(catalog, found.entry, members)),
    }


_NOT_ITS = frozenset({"experiment", "experiment_name", "run_id"})


def _solves(
    catalog: Catalog, own: FoundRun, members: Sequence[FoundRun]
) -> Iterator[dict[str, Any]]:
    """The calls of solvers: those of the runs, then those beside them."""
    from trialog._catalog import queries  # noqa: PLC0415 # loads sqlalchemy
    from trialog._reading.solves import solve_info  # noqa: PLC0415 # as above

    numbers = {run.record.key: run.record.number for run in members}
    keys = [*numbers, own.record.key]
    facts = catalog.ask(queries.facts_of_runs, keys, Kind.SOLVE)
    place = {key: order for order, key in enumerate(keys)}
    for fact in sorted(facts, key=lambda fact: place[fact.run]):
        yield {"run_id": numbers.get(fact.run), **_solve(solve_info(fact.content, _unread))}


def _solve(info: SolveInfo) -> dict[str, Any]:
    from trialog._cli.found import iso  # noqa: PLC0415 # loads sqlalchemy

    return {
        "kind": info.kind,
        "name": info.name,
        "adapter": info.adapter,
        "options": info.options,
        "status": info.status,
        "objective": info.objective,
        "seconds": info.seconds,
        "date_began": iso(info.date_began),
        "exception": None
        if info.exception is None
        else {"type": info.exception.type, "message": info.exception.message},
    }


def _unread(_: Any) -> Any:
    raise NotImplementedError  # what went into a solver is not asked for
