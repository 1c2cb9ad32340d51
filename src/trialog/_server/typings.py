"""The shapes as TypeScript declares them, for the dashboard's checker. Pure."""

from __future__ import annotations

from typing import Any

_PLAIN = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}
_HEAD = "// Written by scripts/api from the server's shapes: change those.\n"


def declare(schemas: dict[str, Any]) -> str:
    """Declarations of all shapes, by name.

    Args:
        schemas: JSON schemas of objects by name, as OpenAPI holds them.
    """
    return _HEAD + "".join(_interface(name, schemas[name]) for name in sorted(schemas))


def _interface(name: str, schema: dict[str, Any]) -> str:
    required = set(schema.get("required", ()))
    lines = [f"  {key}{'' if key in required else '?'}: {_type(each)};" for key, each in
             schema.get("properties", {}).items()]  # fmt: skip
    about = str(schema.get("description", "")).partition("\n")[0]
    comment = f"/** {about} */\n" if about else ""
    return f"\n{comment}export interface {name} {{\n" + "\n".join(lines) + "\n}\n"


def _type(schema: dict[str, Any]) -> str:
    """A schema as a type."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(_literal(each) for each in schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return "[" + ", ".join(_type(each) for each in schema["prefixItems"]) + "]"
        items = _type(schema.get("items") or {})
        return f"({items})[]" if " | " in items else f"{items}[]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"Record<string, {_type(values) if isinstance(values, dict) else 'unknown'}>"
    return _PLAIN.get(str(kind), "unknown")


def _literal(value: object) -> str:
    return "null" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
