"""``trialog ui``: the dashboard in a browser."""

from __future__ import annotations

import contextlib
import sys
import webbrowser

import click

from trialog._cli import options
from trialog._cli.output import remark, write_text
from trialog._cli.session import Session


@click.command(
    "ui",
    short_help="Look at runs in a browser.",
    epilog="\b\nExamples:\n  trialog ui\n  trialog ui --port 8080 --no-browser",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), help="The first free one from 7878 on.")
@click.option("--token", help="What lets somebody in; a random one where not given.")
@click.option(
    "--browser/--no-browser", default=None, help="Open a browser; as a rule on a terminal."
)
@click.option("--look-only", is_flag=True, help="Refuse every change to runs.")
@options.session_options
def open_dashboard(
    session: Session,
    host: str,
    port: int | None,
    token: str | None,
    browser: bool | None,
    *,
    look_only: bool,
) -> None:
    """Serve the dashboard of the store and open it in a browser; Ctrl-C ends it.

    It listens on this machine alone, and only who has the printed address gets in.
    """
    from trialog._server.serving import Address, serve  # noqa: PLC0415 # loads starlette

    opens = sys.stdout.isatty() if browser is None else browser

    def announce(address: Address) -> None:
        write_text(f"{address.url}\n")
        if opens and not webbrowser.open(address.url):
            remark("no browser was found: open the address above")

    with contextlib.suppress(KeyboardInterrupt):  # the way to end it
        serve(
            session.home,
            host=host,
            port=port,
            token=token,
            may_change=not look_only,
            announce=announce,
        )
