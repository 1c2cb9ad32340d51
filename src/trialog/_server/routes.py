"""The table of all there is: address, handler, and what goes in and out.

A handler is a plain function of a :class:`~trialog._server.store.Store` and a query; its
annotations say what is asked and answered, its docstring describes it in the OpenAPI page. It runs
in a thread, so it may read files and the catalog.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

from trialog._server import (
    attachments,
    changes,
    comparing,
    console,
    counts,
    documents,
    exports,
    groups,
    home,
    project,
    run,
    runcontent,
    search,
    series,
    sweep,
    table,
    views,
)
from trialog._server.store import Store

API = "/api/v1"
_RUN = "/projects/{namespace}/{project}/runs/{run}"


@dataclass(frozen=True)
class Route:
    """One address of the API.

    Attributes:
        method: GET asks by the address alone; POST, PUT and DELETE by JSON too.
        path: within the API; parts in braces are fields of the query.
        handler: what answers.
        is_change: whether it changes anything in the store.
    """

    method: str
    path: str
    handler: Callable[[Store, Any], Any]
    is_change: bool = False

    @cached_property
    def query(self) -> Any:
        """The shape of what is asked."""
        hints = get_type_hints(self.handler)
        return hints["query"]

    @cached_property
    def answer(self) -> Any:
        """The shape of what is answered."""
        return get_type_hints(self.handler)["return"]


ROUTES = (
    Route("GET", "/server", home.read_server),
    Route("GET", "/home", home.read_home),
    Route("GET", "/search", search.search),
    Route("POST", "/chart", series.draw_chart),
    Route("GET", "/projects/{namespace}/{project}", project.read_project),
    Route("POST", "/runs", table.read_runs),
    Route("POST", "/names", table.read_names),
    Route("POST", "/groups", groups.read_groups),
    Route("POST", "/counts", counts.count_runs),
    Route("GET", "/complete", table.read_completions),
    Route("POST", "/compare", comparing.read_comparison),
    Route("POST", "/sweep", sweep.read_sweep),
    Route("POST", "/sweep/importances", sweep.read_importances),
    Route("POST", "/exports", exports.begin_export),
    Route("POST", "/changes", changes.change_runs, is_change=True),
    Route("GET", "/projects/{namespace}/{project}/views", views.list_views),
    Route("PUT", "/projects/{namespace}/{project}/views/{name}", views.put_view, is_change=True),
    Route(
        "DELETE", "/projects/{namespace}/{project}/views/{name}", views.delete_view, is_change=True
    ),
    Route("GET", _RUN, run.read_run),
    Route("GET", f"{_RUN}/pulse", run.read_pulse),
    Route("GET", f"{_RUN}/parameters", runcontent.read_parameters),
    Route("GET", f"{_RUN}/parameter", runcontent.read_parameter),
    Route("GET", f"{_RUN}/summary", runcontent.read_summary),
    Route("GET", f"{_RUN}/curves", series.draw_curves),
    Route("GET", f"{_RUN}/values", runcontent.read_values),
    Route("GET", f"{_RUN}/context", runcontent.read_run_context),
    Route("GET", f"{_RUN}/lineage", runcontent.read_lineage),
    Route("GET", f"{_RUN}/files", attachments.list_files),
    Route("GET", f"{_RUN}/table", attachments.read_table),
    Route("GET", f"{_RUN}/array", attachments.read_array),
    Route("GET", f"{_RUN}/document", documents.read_document),
    Route("GET", f"{_RUN}/console", console.read_console_lines),
    Route("GET", f"{_RUN}/console/search", console.search_console),
)
