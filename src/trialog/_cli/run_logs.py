"""``trialog run logs``: what a run printed, and what it prints while it goes on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click
import orjson

from trialog._cli import options
from trialog._cli.completion import complete_run
from trialog._cli.moments import parse_moment, rfc3339
from trialog._cli.output import has_colours, is_terminal, remark, write_text
from trialog._cli.session import Session, resolve_run
from trialog._cli.words import printable, printable_line, size
from trialog.errors import UsageError

if TYPE_CHECKING:
    from trialog._catalog import Catalog
    from trialog._reading import RunRecord
    from trialog._reading.console import ConsoleReader, Printed

_POLL_S = 0.2
_PATIENCE_S = 3.0  # so long after a run's end its last lines may come from another host
_INTERRUPTED = 130


def _take_since(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    from trialog._cli.tables import local_now  # noqa: PLC0415 # loads rich

    try:
        return None if value is None else parse_moment(value, local_now())
    except UsageError as error:
        raise click.BadParameter(str(error)) from None


@click.command(
    "logs",
    short_help="Print what a run printed.",
    epilog="\b\nExamples:\n"
    "  trialog run logs brave_pasta_123 --follow\n"
    "  trialog run logs brave_pasta_123 --tail 20 --stream stderr\n"
    "  trialog run logs brave_pasta_123 --since 10m --timestamps",
)
@click.argument("run", shell_complete=complete_run)
@click.option("-f", "--follow", is_flag=True, help="Go on until the run has ended.")
@click.option(
    "-s",
    "--since",
    "since_ns",
    metavar="TIME",
    callback=_take_since,
    help="Only what is later: a date, a time of the day, or how long ago (10m, 2 hours).",
)
@click.option("--tail", type=click.IntRange(min=0), metavar="N", help="Only the last N lines.")
@click.option("--timestamps", is_flag=True, help="Begin each line with its time (RFC 3339).")
@click.option("--stream", type=click.Choice(["stdout", "stderr"]), help="Only this stream.")
@click.option("--rank", type=click.IntRange(min=0), metavar="N", help="Only this rank.")
@click.option(
    "--colour/--no-colour",
    "wants_colours",
    default=None,
    help="Keep the program's colours or not. Default: on a terminal.",
)
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line, for programs.")
@options.project_option
@options.store_option
@click.pass_obj
def print_logs(
    session: Session,
    run: str,
    follow: bool,
    since_ns: int | None,
    tail: int | None,
    timestamps: bool,
    stream: str | None,
    rank: int | None,
    wants_colours: bool | None,
    as_json: bool,
    project: str | None,
) -> None:
    """Print what RUN printed: its id, the beginning of it, or its name.

    Lines of both streams and of all ranks, in the order of their times, as text. A progress bar is
    one line. Of a run of several ranks each line begins with its rank.
    """
    from trialog._reading.console import ConsoleReader, ConsoleWish  # noqa: PLC0415 # loads SQL

    catalog = session.catalog()
    record = resolve_run(catalog, run, project)
    reader = ConsoleReader(catalog, record.place, ConsoleWish(stream, rank, None, since_ns))
    if wants_colours is None:
        wants_colours = has_colours()
    names_ranks = rank is None and _has_ranks(catalog, record)
    form = _JsonForm() if as_json else _TextForm(timestamps, names_ranks, wants_colours)
    printer = _Printer(form, shows_open=follow and not as_json and is_terminal())
    if follow:
        try:
            _follow(catalog, record, reader, printer, tail)
        except KeyboardInterrupt:
            printer.leave()
            raise click.exceptions.Exit(_INTERRUPTED) from None
    else:
        from trialog._reading.console import read_lines  # noqa: PLC0415 # loads SQL

        printer.print(read_lines(reader, tail))
    _say_what_is_missing(catalog, record, reader, has_lines=printer.has_printed or tail == 0)


def _follow(
    catalog: Catalog,
    record: RunRecord,
    reader: ConsoleReader,
    printer: _Printer,
    tail: int | None,
) -> None:
    """Print what there is, and what comes, until the run has ended and all of it is there."""
    ended_s: float | None = None
    while True:
        is_over, is_complete = _state(catalog, record)  # before reading: what comes later is more
        lines = reader.read()
        if tail is not None:
            lines, tail = lines[max(len(lines) - tail, 0) :], None
        printer.print(lines)
        if not is_over:
            ended_s = None  # it may have been gone on with
        elif ended_s is None or lines:
            ended_s = time.monotonic()
        if is_complete or (ended_s is not None and time.monotonic() - ended_s > _PATIENCE_S):
            printer.print(reader.open_lines())
            return
        printer.show_open(reader.open_lines())
        time.sleep(_POLL_S)
        catalog.refresh_runs([record.place])


def _state(catalog: Catalog, record: RunRecord) -> tuple[bool, bool]:
    """Whether a run has ended, and whether nobody can add anything to it."""
    from trialog._catalog import queries  # noqa: PLC0415 # loads sqlalchemy
    from trialog._reading.records import read_records  # noqa: PLC0415 # as above

    rows = catalog.ask(queries.runs_by_key, [record.key])
    if not rows:
        return True, True  # deleted from the disk
    is_over = read_records(catalog, rows)[0].is_ended
    return is_over, is_over and bool(rows[0].facts.is_final)


def _has_ranks(catalog: Catalog, record: RunRecord) -> bool:
    """Whether several processes of one launch print, or will."""
    from trialog._reading.writers import read_writers  # noqa: PLC0415 # loads sqlalchemy

    writers = read_writers(catalog, record.place)
    ranks = {each.rank for each in writers if each.rank is not None}
    return len(ranks) > 1 or any((each.world_size or 1) > 1 for each in writers)


def _say_what_is_missing(
    catalog: Catalog, record: RunRecord, reader: ConsoleReader, *, has_lines: bool
) -> None:
    """On stderr: why there is nothing, or that there was more."""
    from trialog._catalog import queries  # noqa: PLC0415 # loads sqlalchemy
    from trialog._catalog.consolerows import console_of  # noqa: PLC0415 # as above

    if reader.dropped_bytes:
        remark(
            f"{size(reader.dropped_bytes)} in the middle were not kept: of each stream a run keeps "
            "the first 16 MiB, and the last MiB of what is beyond"
        )
    if has_lines or catalog.ask(console_of, record.key, last=1):
        return
    name = printable(record.name)
    if any(each.role == "witness" for each in catalog.ask(queries.journals_of, record.key)):
        so_far = "" if record.is_ended else " so far"
        remark(f"{name} has printed nothing{so_far}, or its console was not to be kept (capture)")
    else:
        remark(
            f"nothing that {name} printed was kept: capture was off when it began "
            "(TRIALOG_CAPTURE, init(capture=…)), or it ended before it could begin"
        )


class _TextForm:
    """Lines for people."""

    def __init__(self, has_times: bool, names_ranks: bool, keeps_colours: bool) -> None:
        self._has_times = has_times
        self._names_ranks = names_ranks
        self._keeps_colours = keeps_colours

    def of(self, line: Printed) -> str:
        """A line without its end."""
        text = printable_line(line.text, keeps_colours=self._keeps_colours)
        if self._names_ranks and line.rank is not None:
            text = f"[rank {line.rank}] {text}"
        return f"{rfc3339(line.time_ns)} {text}" if self._has_times else text


class _JsonForm:
    """Lines for programs."""

    def of(self, line: Printed) -> str:
        """A line without its end."""
        from trialog._reading.console import without_colours  # noqa: PLC0415 # loads SQL

        content: dict[str, Any] = {
            "time": rfc3339(line.time_ns),
            "time_ns": line.time_ns,
            "stream": line.stream,
            "rank": line.rank,
            "text": without_colours(line.text),
        }
        return orjson.dumps(content).decode()


class _Printer:
    """Writes lines to stdout; on a terminal, the unfinished one in place until it is finished."""

    def __init__(self, form: _TextForm | _JsonForm, *, shows_open: bool) -> None:
        self._form = form
        self._shows_open = shows_open
        self._open = ""
        self.has_printed = False

    def print(self, lines: Iterable[Printed]) -> None:
        """Print finished lines."""
        text = "".join(f"{self._form.of(line)}\n" for line in lines)
        if text:
            write_text(f"{self._erased()}{text}")
            self.has_printed = True

    def show_open(self, lines: Sequence[Printed]) -> None:
        """Show the line that moved last, as much of it as one row holds."""
        if not self._shows_open:
            return
        from rich.text import Text  # noqa: PLC0415 # loads rich

        from trialog._cli.tables import shorten, stdout_width  # noqa: PLC0415 # as above

        shown = self._form.of(lines[-1]) if lines else ""
        text = Text.from_ansi(shown)
        if text.cell_len >= stdout_width():
            shown = shorten(text, stdout_width() - 1).plain
        if shown != self._open:
            write_text(f"{self._erased()}{shown}")
            self._open = shown

    def leave(self) -> None:
        """Somebody has had enough: leave the cursor on a line of its own."""
        if self._open:
            write_text("\n")

    def _erased(self) -> str:
        erasing, self._open = ("\r\x1b[K" if self._open else ""), ""
        return erasing
