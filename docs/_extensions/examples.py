"""For mkdocstrings: our docstrings say "Example:", its parser only knows "Examples:"."""
# ruff: noqa: INP001 # no package: loaded by its path

from typing import Any

import griffe


class ExampleSections(griffe.Extension):
    """Makes "Example:" the section it is meant to be; the pages leave it out."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called for each object once it has been read."""
        if obj.docstring is not None:
            obj.docstring.value = obj.docstring.value.replace("\nExample:\n", "\nExamples:\n")
