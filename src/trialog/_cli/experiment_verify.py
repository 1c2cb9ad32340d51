"""``trialog experiment verify``: whether experiments are what was sealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from trialog._cli import options
from trialog._cli.experiment_answers import (
    open_experiment,
    refuse_uncommitted,
    resolve_all,
    title_of,
)
from trialog._cli.output import write_array, write_rich
from trialog._cli.session import Session
from trialog._cli.words import count, printable, size
from trialog.errors import IntegrityError

_DAMAGED = 1


@click.command(
    "verify",
    short_help="Read every byte of experiments and compare digests.",
    epilog="\b\nExamples:\n"
    "  trialog experiment verify sweep-1\n"
    "  trialog experiment verify sweep-1 sweep-2 --json",
)
@options.experiments_argument
@options.project_option
@options.session_options
@click.pass_context
def verify_experiments(
    ctx: click.Context, session: Session, experiments: Sequence[str], project: str | None
) -> None:
    """Read every byte of committed experiments, wherever it is, and compare digests.

    Ends with 0 where nothing is damaged, with 1 where something is. Changes nothing; what was not
    fetched yet is read where it is.
    """
    catalog = session.catalog()
    records = resolve_all(catalog, experiments, project)
    for record in records:
        refuse_uncommitted(record, "verified")
    answers: list[dict[str, Any]] = []
    for record in records:
        problem, blobs, size_bytes = None, None, None
        try:
            blobs, size_bytes = open_experiment(session, record).verify()
        except IntegrityError as error:
            problem = str(error)
        answers.append(
            {
                "id": record.id,
                "name": record.name,
                "digest": record.commit and record.commit.digest,
                "is_sound": problem is None,
                "blobs": blobs,
                "size_bytes": size_bytes,
                "problem": problem,
            }
        )
        if not session.is_json:
            _say(title_of(record), answers[-1])
    if session.is_json:
        write_array(answers, is_plain=True)
    if not all(each["is_sound"] for each in answers):
        ctx.exit(_DAMAGED)


def _say(title: str, answer: dict[str, Any]) -> None:
    from rich.text import Text  # noqa: PLC0415 # loads rich

    if answer["is_sound"]:
        read = f"{count(answer['blobs'], 'blob')}, {size(answer['size_bytes'])}"
        write_rich(Text(f"{title}: {read}: nothing is damaged"), folds=False)
        return
    write_rich(
        Text.assemble(("error", "bold red"), f" {title}"),
        Text(printable(answer["problem"], keeps_lines=True)),
        folds=False,
    )
