"""Where a value's type comes from, told without importing anything."""

from __future__ import annotations


def comes_from(value: object, package: str, *names: str) -> bool:
    """Whether the type of a value is, or inherits from, one of a package's classes.

    Args:
        value: any object.
        package: the top-level package that defines the class ("numpy").
        names: the class's name, or several of which one is enough.
    """
    return any(
        cls.__qualname__ in names and str(cls.__module__).partition(".")[0] == package
        for cls in type(value).__mro__
    )


def type_name(value: object) -> str:
    """The full name of a value's type, without ``builtins``."""
    cls = type(value)
    home = str(cls.__module__)
    return cls.__qualname__ if home == "builtins" else f"{home}.{cls.__qualname__}"
