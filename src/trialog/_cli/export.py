"""``trialog export``: runs as a page in one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialog._cli import options
from trialog._cli.output import write_object, write_text
from trialog._cli.progress import show_progress
from trialog._cli.session import Session, project_paths, project_slugs
from trialog._cli.words import count, size
from trialog.errors import UsageError

if TYPE_CHECKING:
    from trialog._catalog import Catalog


@click.command(
    "export",
    short_help="Write runs to one HTML file that opens from disk.",
    epilog="\b\nExamples:\n"
    "  trialog export acme/digits --html digits.html\n"
    "  trialog export digits --where 'max(acc) > 0.9' --html best.html",
)
@click.argument("project", required=False)
@click.option("--html", "path", type=click.Path(path_type=Path, dir_okay=False), required=True,
              help="The file to write.")  # fmt: skip
@click.option("--where", default="", help="Only runs for which this holds.")
@click.option("--sort", default="", help="Their order; default: the newest first.")
@click.option("--title", help="What stands at the top; default: the project.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@options.session_options
def export_runs(
    session: Session,
    project: str | None,
    path: Path,
    where: str,
    sort: str,
    title: str | None,
    *,
    force: bool,
) -> None:
    """Write the runs of PROJECT, or of the whole store, to one HTML file.

    It opens from disk, asks nobody for anything, and is still alive: its table sorts and narrows,
    its charts zoom. 1,000 runs at most; points are binned so that no extreme is lost.
    """
    from trialog._server.offline import write_offline  # noqa: PLC0415 # loads numpy
    from trialog._server.shapes import Selection  # noqa: PLC0415 # as above
    from trialog._server.store import Store  # noqa: PLC0415 # as above

    if path.exists() and not force:
        raise UsageError(f"{str(path)!r} is there already; add --force to overwrite it")
    place = None
    if project is not None:
        place = _path_of(session.catalog(), project)
    store = Store.at(session.home)
    selection = Selection(project=place, where=where, sort=sort)
    with show_progress("Drawing charts") as progress:
        page = write_offline(store, selection, title or place or "All runs", progress)
    path.write_text(page.text, encoding="utf-8")
    size_bytes = path.stat().st_size
    if session.is_json:
        write_object(
            {
                "path": str(path),
                "runs": page.runs,
                "metrics": page.metrics,
                "size_bytes": size_bytes,
                "left_out": page.left_out,
            }
        )
        return
    write_text(
        f"wrote {count(page.runs, 'run')} with {count(page.metrics, 'metric')} to {path} "
        f"({size(size_bytes)})\n"
    )
    for each in page.left_out:
        write_text(f"left out: {each}\n")


def _path_of(catalog: Catalog, project: str) -> str:
    namespace, slug = project_slugs(catalog, project)
    if namespace is not None:
        return f"{namespace}/{slug}"
    found = [path for path in project_paths(catalog) if path.partition("/")[2] == slug]
    if len(found) > 1:
        named = " or ".join(found)
        raise UsageError(f"several namespaces have a project {project!r}: name {named}")
    return found[0]
