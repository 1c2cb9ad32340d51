"""``trialog doctor``: whether every byte of the store is as it was written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from trialog._cli import options
from trialog._cli.output import write_object, write_rich, write_text
from trialog._cli.progress import show_progress
from trialog._cli.session import Session
from trialog._cli.words import count, duration, printable, size
from trialog.errors import StoreError

if TYPE_CHECKING:
    from rich.text import Text

    from trialog._catalog.verification import Finding, Verification

_DAMAGED = 1
_ADVICE = {
    "namespaces": "what is around it is still read; put the file back from a copy where you have "
    "one, then run `trialog rebuild`",
    "blobs": "put the file back from a copy where you have one, or log it again in a new run",
    "segments": "it is a cache: `trialog rebuild` makes it again from the journals",
    "catalog.db": "it is a cache: `trialog rebuild` makes it again from the journals",
    "store.json": "put it back from a copy where you have one; the runs themselves are not touched",
}


@click.command(
    "doctor",
    short_help="Read everything; say what is damaged and what to do.",
    epilog="\b\nExamples:\n  trialog doctor\n  trialog doctor --store /backup/trialog --json",
)
@options.session_options
@click.pass_context
def doctor(ctx: click.Context, session: Session) -> None:
    """Read every journal, attachment and segment, and say what is damaged and what to do.

    Ends with 0 where nothing is damaged, with 1 where something is. Changes nothing.
    """
    started = time.monotonic()
    home = session.home
    if not home.exists():
        raise StoreError(f"there is no store at {str(home)!r}")
    catalog = session.catalog_as_it_is()
    with show_progress("Reading everything") as progress:
        verification = catalog.verify(progress)
    runs = sum(1 for _ in home.glob("namespaces/*/*/runs/*/*/"))
    seconds = time.monotonic() - started
    if session.is_json:
        write_object(
            {
                "is_sound": verification.is_sound,
                "runs": runs,
                "journals": verification.journals,
                "blobs": verification.blobs,
                "size_bytes": verification.size_bytes,
                "duration": seconds,
                "findings": [_as_json(finding) for finding in verification.findings],
            }
        )
    else:
        _show(verification, runs, seconds)
    if not verification.is_sound:
        ctx.exit(_DAMAGED)


def advise(finding: Finding) -> str:
    """What to do about a finding."""
    if not finding.is_error:
        return "nothing needs to be done"
    kind = finding.path.split("/", 1)[0]
    if finding.path.endswith(".parquet"):
        kind = "segments"
    elif finding.path.endswith("catalog.db"):
        kind = "catalog.db"
    return _ADVICE.get(kind, "look at the file")


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "path": finding.path,
        "run": finding.run_id,
        "problem": finding.problem,
        "is_error": finding.is_error,
        "advice": advise(finding),
    }


def _show(verification: Verification, runs: int, seconds: float) -> None:
    read = (
        f"read {count(runs, 'run')} ({count(verification.journals, 'journal')}, "
        f"{count(verification.blobs, 'blob')}, {size(verification.size_bytes)}) in "
        f"{duration(seconds)}"
    )
    if verification.findings:
        lines = [line for finding in verification.findings for line in _said(finding)]
        write_rich(*lines, folds=False)
    errors = sum(finding.is_error for finding in verification.findings)
    verdict = "nothing is damaged" if verification.is_sound else f"{count(errors, 'error')}"
    notes = len(verification.findings) - errors
    more = f", {count(notes, 'remark')}" if notes else ""
    write_text(f"{read}: {verdict}{more}\n")


def _said(finding: Finding) -> Iterator[Text]:
    """A finding on a few lines, each of which can be copied whole."""
    from rich.text import Text  # noqa: PLC0415 # loads rich

    word, style = ("error", "bold red") if finding.is_error else ("remark", "bold")
    yield Text.assemble((word, style), " ", printable(finding.path))
    yield Text(f"  {printable(finding.problem)}")
    if finding.run_id is not None:
        yield Text(f"  run: {printable(finding.run_id)}")
    if finding.is_error:
        yield Text(f"  to do: {advise(finding)}")
    yield Text("")
