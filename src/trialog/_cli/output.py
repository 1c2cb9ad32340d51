"""Where answers go: text or JSON to stdout, remarks to stderr.

JSON is one document an answer: an object, or an array with one element a line. Non-finite numbers
and integers beyond 64 bits are tagged as in the journal (``{"$float": "NaN"}``).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click
import orjson

from trialog._format.values import dump_json

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_BY_SIGPIPE = 141  # as programs end that write to a closed pipe: 128 + SIGPIPE


def is_terminal() -> bool:
    """Whether a person reads the answer."""
    return bool(sys.stdout.isatty())


def has_colours() -> bool:
    """Whether whoever reads the answer sees colours."""
    if not is_terminal() or os.environ.get("NO_COLOR"):
        return False
    return os.environ.get("TERM", "") not in ("", "dumb", "unknown")


def write_text(text: str) -> None:
    """Write text to stdout; letters that it cannot show become question marks."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    write_bytes(text.encode(encoding, "replace"))


def write_object(value: Mapping[str, Any]) -> None:
    """Write one JSON object, indented."""
    plain = orjson.loads(dump_json(value, "the answer"))
    write_bytes(orjson.dumps(plain, option=orjson.OPT_INDENT_2) + b"\n")


def write_array(values: Iterable[Mapping[str, Any]], *, is_plain: bool = False) -> None:
    """Write a JSON array, one element a line.

    Args:
        values: the elements.
        is_plain: nothing in them was logged as a value, so that nothing needs a tag.
    """
    write_bytes(array_bytes(values, is_plain=is_plain))


def array_bytes(values: Iterable[Mapping[str, Any]], *, is_plain: bool = False) -> bytes:
    """What :func:`write_array` writes."""
    if is_plain:
        lines = [orjson.dumps(value) for value in values]
    else:
        lines = [dump_json(value, "the answer") for value in values]
    return b"[\n" + b",\n".join(lines) + b"\n]\n" if lines else b"[]\n"


def write_rich(*parts: RenderableType, folds: bool = True) -> None:
    """Write what rich can show, as colourful as stdout allows.

    Args:
        parts: what to write.
        folds: fit it to the width; else long lines are the terminal's matter, and can be copied.
    """
    console = console_of_stdout()
    with console.capture() as captured:
        for part in parts:
            console.print(part, soft_wrap=not folds)
    lines = captured.get().split("\n")
    write_text("\n".join(line.rstrip(" ") for line in lines))


def console_of_stdout() -> Console:
    """A console that knows the width and the colours of stdout."""
    from rich.console import Console  # noqa: PLC0415 # only tables need it

    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=False)


def remark(text: str) -> None:
    """Say something beside the answer, on stderr."""
    click.echo(text, err=True)


def write_bytes(data: bytes) -> None:
    """Write bytes to stdout."""
    stream = sys.stdout.buffer
    try:
        sys.stdout.flush()
        stream.write(data)
        stream.flush()
    except BrokenPipeError:
        # The reader has had enough (``| head``). What is still in a buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(_BY_SIGPIPE) from None
