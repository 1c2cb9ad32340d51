"""What is wrong with a text, before it is an error of whoever gave the text."""

from __future__ import annotations

from trialog._filters.expressions import Span


class Mistake(Exception):  # noqa: N818 # never leaves the package
    """Something that cannot be understood.

    Attributes:
        message: what is wrong, in one line.
        span: where.
        suggestion: what may be meant in its place, or None.
    """

    def __init__(self, message: str, span: Span, suggestion: str | None = None) -> None:
        """Say what is wrong at a span."""
        super().__init__(message)
        self.message = message
        self.span = span
        self.suggestion = suggestion
