"""The API described in OpenAPI, from the table of routes and the shapes."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from trialog._server.answers import Raw
from trialog._server.routes import API, ROUTES, Route
from trialog._server.shapes import Refusal
from trialog._server.typings import declare
from trialog._version import __version__

_REFERENCE = "#/components/schemas/{name}"
_BYTES = {"type": "string", "format": "binary"}


@cache
def describe() -> dict[str, Any]:
    """The whole description, as JSON takes it."""
    shapes = [shape for route in ROUTES for shape in (route.query, *_answer_shapes(route))]
    unique = list(dict.fromkeys([*shapes, Refusal]))
    schemas, components = msgspec.json.schema_components(unique, ref_template=_REFERENCE)
    for each in components.values():
        if "description" in each:  # as Python 3.13 keeps it, whichever runs here
            each["description"] = inspect.cleandoc(each["description"])
    by_shape = dict(zip(unique, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        operation = _operation(route, by_shape, components)
        paths.setdefault(API + route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "trialog",
            "version": __version__,
            "description": "What the dashboard reads and changes. Times are in nanoseconds.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _answer_shapes(route: Route) -> Iterable[Any]:
    return () if _is_raw(route) else (route.answer,)


def _is_raw(route: Route) -> bool:
    return isinstance(route.answer, type) and issubclass(route.answer, Raw)


def _operation(route: Route, schemas: dict[Any, Any], components: dict[str, Any]) -> dict[str, Any]:
    summary, _, text = inspect.cleandoc(route.handler.__doc__ or "").partition("\n")
    in_path = re.findall(r"{(\w+)}", route.path)
    described: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": summary,
        "parameters": _parameters(components[route.query.__name__], in_path, route.method),
        "responses": {
            "200": {"description": "the answer", "content": _content(route, schemas)},
            "default": {
                "description": "refused",
                "content": {"application/json": {"schema": schemas[Refusal]}},
            },
        },
    }
    if text.strip():
        described["description"] = text.strip()
    if route.method != "GET":
        body = {"schema": schemas[route.query]}
        described["requestBody"] = {"content": {"application/json": body}}
    return described


def _parameters(schema: dict[str, Any], in_path: list[str], method: str) -> list[dict[str, Any]]:
    """The fields of a query that stand in the address."""
    found = []
    required = schema.get("required", ())
    for name, described in schema.get("properties", {}).items():
        if name in in_path or method == "GET":
            place = "path" if name in in_path else "query"
            found.append(
                {"name": name, "in": place, "required": name in required, "schema": described}
            )
    return found


def _content(route: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    if _is_raw(route):
        return {"application/octet-stream": {"schema": _BYTES}}
    return {"application/json": {"schema": schemas[route.answer]}}


def main(openapi: Path, types: Path) -> None:
    """Write the description and the dashboard's types."""
    found = describe()
    openapi.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    types.write_text(declare(found["components"]["schemas"]), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
