"""``trialog run cancel``: asking runs to stop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from trialog._cli import options
from trialog._cli.output import write_array, write_text
from trialog._cli.session import Session, project_slugs
from trialog._cli.words import printable
from trialog.errors import RunFinishedError, UsageError

if TYPE_CHECKING:
    from trialog._catalog import Catalog
    from trialog._public.stored import StoredRun
    from trialog._tracking.cancellation import Asked


def _take_signal(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The signal's name; whatever follows the option is taken for one, a run too."""
    from trialog._tracking.cancellation import parse_signal  # noqa: PLC0415 # for this command alone

    try:
        parsed = parse_signal(value)
    except UsageError as error:
        message = f"{error}; without a name, --signal stands behind the runs"
        raise click.BadParameter(message, ctx, param) from None
    return None if parsed is None else parsed.name


@click.command(
    "cancel",
    short_help="Ask runs to stop, by id or name.",
    epilog="\b\nExamples:\n"
    '  trialog run cancel brave_pasta_123 --reason "the loss goes up"\n'
    "  trialog run cancel first second --project acme/digits --signal\n"
    "  trialog run cancel brave_pasta_123 --signal=SIGUSR1",
)
@options.runs_argument
@click.option("--reason", metavar="TEXT", help="Why; it is kept with the run.")
@click.option(
    "--signal",
    is_flag=False,
    flag_value="SIGTERM",
    metavar="[NAME]",
    callback=_take_signal,
    help="Send a signal too, to the runs' processes on this machine. Alone: SIGTERM.",
)
@options.project_option
@options.session_options
def cancel_runs(
    session: Session,
    runs: Sequence[str],
    reason: str | None,
    signal: str | None,
    project: str | None,
) -> None:
    """Ask runs to stop, by id or name.

    A run is CANCELING until it has stopped, and then CANCELED. Its run.should_stop is True within a
    second. A script that never looks at that goes on, unless it gets a --signal.
    """
    from trialog._tracking.cancellation import check_reason  # noqa: PLC0415 # as above

    check_reason(reason)
    catalog = session.catalog()
    meant = _resolve_all(catalog, runs, project)
    asked: list[tuple[StoredRun, Asked]] = []
    ended: list[str] = []
    for run in meant:
        try:
            asked.append((run, run.cancel(reason, signal)))
        except RunFinishedError as error:
            ended.append(str(error))
    if session.is_json:
        write_array(_as_json(catalog, asked), is_plain=True)
    elif asked:
        lines = [line for run, answer in asked for line in _lines(run, answer, signal)]
        write_text("\n".join(lines) + "\n")
    if ended:
        raise click.ClickException("; ".join(ended))


def _resolve_all(catalog: Catalog, runs: Sequence[str], project: str | None) -> list[StoredRun]:
    """All runs that are meant; where one of them is not found, none is asked."""
    from trialog._public.stored import StoredRun  # noqa: PLC0415 # loads sqlalchemy
    from trialog._reading import resolve  # noqa: PLC0415 # as above

    namespace, slug = project_slugs(catalog, project)
    found = [
        StoredRun(catalog, resolve(catalog, run, namespace=namespace, project=slug)) for run in runs
    ]
    return list(dict.fromkeys(found))


def _lines(run: StoredRun, asked: Asked, signal: str | None) -> Iterator[str]:
    record = run.record
    yield (
        f"asked {printable(record.name)} ({record.place.project.path}, {record.id}) to stop: "
        f"{record.status}"
    )
    if asked.signaled:
        numbers = ", ".join(map(str, asked.signaled))
        yield f"  sent {signal} to process {numbers}"
    for each in asked.unsignaled:
        yield f"  no signal: {printable(each)}; the request alone was left"
    if signal is not None and not (asked.signaled or asked.unsignaled):
        yield "  no signal: no process of it was found; the request alone was left"
    if signal is None and not record.is_ended:
        yield "  it stops when it looks at run.should_stop; --signal ends one that never does"


def _as_json(
    catalog: Catalog, asked: Sequence[tuple[StoredRun, Asked]]
) -> Iterator[dict[str, Any]]:
    from trialog._cli.found import facts_as_json, runs_of_records  # noqa: PLC0415 # loads sqlalchemy

    answers = {run.record.key: answer for run, answer in asked}
    for found in runs_of_records(catalog, [run.record for run, _ in asked]):
        answer = answers[found.record.key]
        yield {
            **facts_as_json(found),
            "signaled": list(answer.signaled),
            "unsignaled": list(answer.unsignaled),
        }
