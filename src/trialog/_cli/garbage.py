"""``trialog gc``: what nobody needs any more in the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from trialog._cli import options
from trialog._cli.output import write_object, write_rich, write_text
from trialog._cli.session import Session
from trialog._cli.words import count, printable, size
from trialog._tracking.client import LocalClient
from trialog.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from trialog._artifacts.garbage import Garbage
    from trialog._artifacts.trash import Item

_SHOWN = 10


@click.command(
    "gc",
    short_help="Find what nobody needs any more; with --delete, move it to the trash.",
    epilog="\b\nExamples:\n"
    "  trialog gc\n"
    "  trialog gc --delete --older-than 7d\n"
    "  trialog gc --undo",
)
@click.option("--delete", is_flag=True, help="Move it to the trash. Without: only look.")
@click.option("--undo", is_flag=True, help="Put back what the last --delete moved to the trash.")
@click.option(
    "--older-than",
    metavar="AGE",
    help="Leave alone what is newer: a number and s, m, h, d or w. Default: 24h.",
)
@options.session_options
def collect_garbage(session: Session, older_than: str | None, *, delete: bool, undo: bool) -> None:
    """Find what nobody needs any more: a look, unless --delete is given.

    Deleted runs and experiments, blobs that nothing names, and what was left behind by processes
    that were killed. --delete moves it to the store's trash, and empties the trash of what an
    earlier one moved there, if that is older than AGE.
    """
    from trialog._public import upkeep  # noqa: PLC0415 # loads the write half

    if undo and (delete or older_than is not None):
        raise UsageError("--undo puts everything back: give it alone")
    client = LocalClient(session.home)
    if undo:
        _say_undone(session, upkeep.gc_undo(client=client))
        return
    try:
        found = upkeep.gc(delete, older_than or "24h", client=client)
    except UsageError as error:
        raise UsageError(str(error).replace("older_than=", "--older-than ")) from None
    if session.is_json:
        write_object(_as_json(found))
    elif len(found) or found.freed_bytes or found.unreadable:
        write_rich(*_parts(found))
    else:
        write_text("there is nothing that nobody needs\n")


def _say_undone(session: Session, items: Sequence[Item]) -> None:
    size_bytes = sum(item.size_bytes for item in items)
    if session.is_json:
        write_object({"put_back": _listed(items), "size_bytes": size_bytes})
    elif items:
        write_text(f"put back {_counted(items)}\n")
    else:
        write_text("the trash is empty\n")


def _as_json(found: Garbage) -> dict[str, Any]:
    return {
        "is_removed": found.is_removed,
        "size_bytes": found.size_bytes,
        "runs": _listed(found.runs),
        "leftovers": _listed(found.leftovers),
        "blobs": len(found.blobs),
        "blobs_bytes": found.blobs.size_bytes,
        "unreadable": found.unreadable,
        "freed_bytes": found.freed_bytes,
    }


def _listed(items: Iterable[Item]) -> list[dict[str, Any]]:
    return [item._asdict() for item in items]


def _parts(found: Garbage) -> Iterator[RenderableType]:
    """What there is of each kind, where it is, and what can be done."""
    from rich.text import Text  # noqa: PLC0415 # loads rich

    kinds = (
        ("runs and experiments that were deleted", found.runs),
        ("left over by processes that were killed", found.leftovers),
    )
    for title, items in kinds:
        if items:
            yield Text(f"{title}: {_counted(items)}")
            yield from (_line(item) for item in items[:_SHOWN])
            if len(items) > _SHOWN:
                yield Text(f"  … and {len(items) - _SHOWN:,} more: --json shows all")
    if len(found.blobs):
        blobs = f"{count(len(found.blobs), 'blob')}, {size(found.blobs.size_bytes)}"
        yield Text(f"contents that nothing names: {blobs}")
    if found.unreadable:
        yield Text("No content can go: nobody knows what these journals name", style="bold red")
        yield from (Text(f"  {printable(each)}") for each in found.unreadable[:_SHOWN])
        yield Text("  `trialog doctor` says what is damaged")
    yield Text(_verdict(found), style="bold")


def _verdict(found: Garbage) -> str:
    freed = f"; {size(found.freed_bytes)} of the trash are gone" if found.freed_bytes else ""
    if not found.is_removed:
        return (
            f"{size(found.size_bytes)} in all. Nothing was changed: --delete moves it to the trash"
        )
    if not len(found):
        return f"there is nothing that nobody needs{freed}"
    return f"moved {size(found.size_bytes)} to the trash{freed}; to put back: trialog gc --undo"


def _line(item: Item) -> RenderableType:
    from rich.text import Text  # noqa: PLC0415 # loads rich

    return Text(f"  {printable(item.path)}  {size(item.size_bytes)}")


def _counted(items: Sequence[Item]) -> str:
    return f"{len(items):,} ({size(sum(item.size_bytes for item in items))})"
