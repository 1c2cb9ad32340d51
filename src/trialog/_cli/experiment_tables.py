"""What tables say of experiments: how many runs, how many went wrong, which digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from trialog._catalog import Catalog, queries
from trialog._cli.comparison import is_same
from trialog._cli.found_experiments import FoundExperiment
from trialog._cli.tables import (
    Column,
    fit,
    local_now,
    name_cell,
    status_cell,
    stdout_width,
    table_of,
    value_column,
)
from trialog._cli.words import ago, parameter_value, printable, size
from trialog._reading.tallies import Tally, failed, unended

SHOWN_DIGITS = 12  # of a digest


def runs_cell(tally: Tally) -> Text:
    """How many runs there are."""
    return Text(f"{tally.total():,}")


def failed_cell(tally: Tally) -> Text:
    """How many of them went wrong; empty where none did."""
    amount = failed(tally)
    return Text(f"{amount:,}" if amount else "", style="bold red")


def open_cell(tally: Tally) -> Text:
    """How many of them go on; empty where none does."""
    amount = unended(tally)
    return Text(f"{amount:,}" if amount else "", style="bold cyan")


def digest_cell(experiment: FoundExperiment) -> Text:
    """The first digits of what it was committed to; empty before."""
    return Text(short_digest(experiment.record.commit.digest) if experiment.record.commit else "")


def size_cell(experiment: FoundExperiment) -> Text:
    """How large its artifact is; empty before the commit."""
    commit = experiment.record.commit
    return Text(size(commit.artifact_bytes) if commit and commit.artifact_bytes else "")


def short_digest(digest: str) -> str:
    """The first digits of a digest, without the name of its algorithm.

    Example:
        >>> short_digest("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
        '0123456789ab'
    """
    return digest.partition(":")[2][:SHOWN_DIGITS]


def tally_columns(experiments: Sequence[FoundExperiment]) -> list[Column]:
    """How many runs there are, how many of them go on, how many went wrong."""
    tallies = [each.tally for each in experiments]
    return [
        Column("runs", [runs_cell(tally) for tally in tallies], is_right=True),
        Column("open", [open_cell(tally) for tally in tallies], is_right=True, rank=1),
        Column("failed", [failed_cell(tally) for tally in tallies], is_right=True, rank=1),
    ]


def filled(columns: Sequence[Column]) -> list[Column]:
    """Those of them that say anything."""
    return [column for column in columns if any(cell.plain for cell in column.cells)]


def experiments_beside(catalog: Catalog, experiments: Sequence[FoundExperiment]) -> Table:
    """A row for each: what its runs came to, and those of its own parameters that differ."""
    records = [each.record for each in experiments]
    found = catalog.ask(queries.parameters_of, [record.key for record in records])
    parameters = [found.get(record.key, {}) for record in records]
    names = dict.fromkeys(name for each in parameters for name in each)
    different = [name for name in names if not is_same(parameters, name)]
    now = local_now()
    columns = [
        Column("experiment", [name_cell(each.name) for each in records], 16, 40, keeps_ends=True),
        Column("status", [status_cell(record) for record in records]),
        *tally_columns(experiments),
        *(parameter_column(parameters, name, 2 + place) for place, name in enumerate(different)),
        Column("started", [Text(ago(each.date_created, now)) for each in records], rank=900),
        Column("digest", [digest_cell(each) for each in experiments], rank=901),
        Column("size", [size_cell(each) for each in experiments], is_right=True, rank=902),
    ]
    shown = filled(columns)
    return table_of(shown, fit(shown, stdout_width()))


def parameter_column(parameters: Sequence[Mapping[str, Any]], name: str, rank: int) -> Column:
    """A parameter, with a cell for each that may have it."""
    values = [each[name] for each in parameters if name in each]
    is_number = all(isinstance(value, int | float) for value in values)
    cells = [Text(parameter_value(each[name]) if name in each else "") for each in parameters]
    return value_column(printable(name), cells, is_right=is_number, rank=rank)
