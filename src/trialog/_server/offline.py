"""A project or a choice of runs as one HTML file: it needs no server, and is still alive.

The file holds the dashboard's own modules, and the answers that they would have asked for. Modules
stand in the import map as data, so none is built or changed; those that talk to a server are
replaced by ones that look into the file.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from trialog._charts.encoding import decode
from trialog._dashboard import dashboard_files
from trialog._reading.headings import is_of_system
from trialog._reading.holdings import metric_names_of
from trialog._server.assets import MODULES, without_comments
from trialog._server.selecting import select
from trialog._server.series import draw_chart
from trialog._server.shapes import ChartQuery, Selection, TableQuery
from trialog._server.store import Store
from trialog._server.table import table_of
from trialog._version import __version__
from trialog.errors import NotFoundError

Progress = Callable[[int, int], None]

MOST_RUNS = 1000
_MOST_COLUMNS, _FEWEST_COLUMNS = 1600, 100
_BUDGET_BYTES = 24 << 20  # of curves, before they are compressed
_AXES = ("step", "relative")
_START = "trialog/export/main.js"
_REPLACED = {
    "trialog/data/api.js": "export/api.js",
    "trialog/data/events.js": "export/events.js",
    "trialog/shell/router.js": "export/router.js",
}
_IMPORT = re.compile(r'\b(?:import|export)\b\s*(?:[\w*{}\s,$]*?\bfrom\s*)?"([\w@/.-]+)"')
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; img-src data: blob:">
<title>{title}</title>
<style>
{styles}
</style>
<script type="importmap">{import_map}</script>
</head>
<body>
<div id="app"></div>
<script type="application/json" id="recorded">{recorded}</script>
<script type="module">import "{start}";</script>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Offline:
    """A page for a file.

    Attributes:
        text: the file.
        runs: how many runs it shows.
        metrics: of how many metrics it has curves.
        left_out: what was not taken, in words.
    """

    text: str
    runs: int
    metrics: int
    left_out: list[str] = field(default_factory=list)


def write_offline(
    store: Store, selection: Selection, title: str, progress: Progress | None = None
) -> Offline:
    """Make the page of some runs.

    Args:
        store: where they are.
        selection: which; 1,000 at most, the first of their order.
        title: what stands at the top.
        progress: told of charts done, and of how many.

    Raises:
        NotFoundError: there is no such run.
        FilterError: the selection cannot be understood.
    """
    found = select(store.catalog, selection)
    if not found:
        raise NotFoundError("no run is selected, so there is nothing to export")
    records = found[:MOST_RUNS]
    query = TableQuery(project=selection.project, limit=MOST_RUNS)
    table = table_of(store, records, query, len(found))
    left_out = []
    if len(found) > len(records):
        left_out.append(f"{len(found) - len(records)} runs beyond the first {MOST_RUNS}")
    names = metric_names_of(store.catalog, records.keys)
    metrics = [name for name in names if not is_of_system(name)]
    columns = _columns(len(table.ids), len(metrics))
    chosen = Selection(project=selection.project, runs=table.ids)
    recorded = {
        "title": title,
        "project": selection.project,
        "where": selection.where,
        "written_ns": store.clock(),
        "version": __version__,
        "table": table,
        "metrics": metrics,
        "columns": columns,
        "left_out": left_out,
        "charts": dict(_charts(store, chosen, metrics, columns, progress)),
    }
    text = msgspec.json.encode(recorded).decode()
    page = _PAGE.format(
        title=_escaped(title),
        styles=_styles(),
        import_map=json.dumps({"imports": _modules()}),
        recorded=text.replace("<", "\\u003c"),
        start=_START,
    )
    return Offline(page, len(table.ids), len(metrics), left_out)


def _columns(runs: int, metrics: int) -> int:
    """Into how many columns curves are cut, so that the file stays within its budget."""
    per_column = max(1, runs * metrics) * len(_AXES) * 2 * 4  # two slots of four bytes
    return max(_FEWEST_COLUMNS, min(_MOST_COLUMNS, _BUDGET_BYTES // per_column))


def _charts(
    store: Store,
    selection: Selection,
    metrics: Sequence[str],
    columns: int,
    progress: Progress | None,
) -> Iterator[tuple[str, str]]:
    """The curves by metric, axis and scale; a log scale has its own where it leaves values out."""
    wanted = [(metric, axis) for metric in metrics for axis in _AXES]
    for done, (metric, axis) in enumerate(wanted, 1):
        query = ChartQuery(selection=selection, metric=metric, x=axis, pixels=columns)
        data = draw_chart(store, query).content
        yield _packed(metric, axis, "linear", data)
        full = decode(data)[0]["y"]["full"]
        if full is not None and full[0] <= 0:
            log = draw_chart(store, msgspec.structs.replace(query, y_scale="log")).content
            yield _packed(metric, axis, "log", log)
        if progress is not None:
            progress(done, len(wanted))


def _packed(metric: str, axis: str, scale: str, data: bytes) -> tuple[str, str]:
    key = json.dumps([metric, axis, scale], separators=(",", ":"), ensure_ascii=False)
    return key, base64.b64encode(gzip.compress(data, 6, mtime=0)).decode()


def _modules() -> dict[str, str]:
    """Every module that the page needs, by the name it is asked for, as data."""
    root = Path(str(dashboard_files()))
    found: dict[str, str] = {}
    waiting = [_START]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        path = _REPLACED.get(name) or MODULES.get(name) or name.removeprefix("trialog/")
        source = without_comments((root / path).read_bytes())
        data = base64.b64encode(source).decode()
        found[name] = f"data:text/javascript;base64,{data}"
        waiting += _IMPORT.findall(source.decode())
    return found


def _styles() -> str:
    root = Path(str(dashboard_files())) / "styles"
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(root.glob("*.css")))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
