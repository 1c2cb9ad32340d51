"""The application: routes, the page and its files, behind the guard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as Path

from trialog._server.answers import answer_of, compressed, refusal_of, refuse, takes_gzip
from trialog._server.assets import Assets
from trialog._server.description import describe
from trialog._server.documents import PagePictures
from trialog._server.events import Events
from trialog._server.exports import Exports
from trialog._server.files import Files
from trialog._server.routes import API, ROUTES, Route
from trialog._server.security import Access, Guard
from trialog._server.store import Store
from trialog.errors import TrialogError

_BODY_BYTES = 8 << 20


def make_app(
    store: Store,
    access: Access,
    is_stopping: Callable[[], bool] = lambda: False,
    assets: Assets | None = None,
) -> Starlette:
    """The application of a store.

    Args:
        store: what is looked at.
        access: who may ask.
        is_stopping: whether the server is to end; then it lets go who still listens.
        assets: the dashboard's files; the package's own where not given.
    """
    assets = Assets() if assets is None else assets
    files = Files(store)
    paths = [
        Path(API + _taking_slashes(route.path), _serve(route, store), methods=[route.method])
        for route in ROUTES
    ]
    paths += [
        Path(f"{API}/openapi.json", _serve_description),
        Path(f"{API}/events", Events(store.catalog, is_stopping).serve),
        Path(f"{API}/{{rest:path}}", _serve_nothing),
        Path("/exports/{ticket}/{name}", Exports(store).serve),
        Path("/files/{ticket}/pages/{page:int}/{width:int}.png", PagePictures(store, files).serve),
        Path("/files/{ticket}/{name:path}", files.serve),
        Path("/assets/{version}/{path:path}", assets.serve_file),
        Path("/favicon.ico", assets.serve_icon),
        Path("/{path:path}", assets.serve_page),
    ]
    return Starlette(routes=paths, middleware=[Middleware(Guard, access=access)])


def _taking_slashes(path: str) -> str:
    """The same path, where a name at its end may have slashes in it."""
    return f"{path.removesuffix('{name}')}{{name:path}}" if path.endswith("{name}") else path


def _serve(route: Route, store: Store) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        if route.is_change and not store.may_change:
            return refuse(403, "Forbidden", "this dashboard was started to look only")
        try:
            query = await _query_of(route, request)
        except msgspec.ValidationError as error:
            return refuse(400, "UsageError", f"{route.path}: {error}")
        except msgspec.DecodeError as error:
            return refuse(400, "UsageError", f"{route.path}: the body is no JSON: {error}")
        except RecursionError:
            return refuse(400, "UsageError", f"{route.path}: the body is nested too deeply")
        if query is None:
            return refuse(413, "UsageError", f"{route.path}: the body is too long")
        try:
            answer = await run_in_threadpool(_answer, route, store, query, takes_gzip(request))
        except TrialogError as error:
            return refusal_of(error)
        return answer

    return serve


def _answer(route: Route, store: Store, query: Any, is_compressed: bool) -> Response:
    answer = answer_of(route.handler(store, query), is_compressed=is_compressed)
    return compressed(answer) if is_compressed else answer


async def _query_of(route: Route, request: Request) -> Any:
    """What is asked; None where there is too much of it."""
    given: dict[str, Any] = dict(request.path_params)
    if route.method == "GET":
        given |= dict(request.query_params)
        return msgspec.convert(given, route.query, strict=False)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > _BODY_BYTES:
            return None
        parts.append(part)
    body = msgspec.json.decode(b"".join(parts)) if size else {}
    if not isinstance(body, dict):
        raise msgspec.ValidationError("Expected `object`")
    return msgspec.convert(body | given, route.query)


async def _serve_description(request: Request) -> Response:  # noqa: ARG001 # Starlette's signature
    return answer_of(describe())


async def _serve_nothing(request: Request) -> Response:
    return refuse(404, "NotFoundError", f"there is no {request.url.path}; see {API}/openapi.json")
