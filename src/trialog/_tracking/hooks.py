"""Whom to tell when a run starts, ends or has an alert."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

HookCallable = Callable[[dict[str, Any]], object]
Hook = HookCallable | str | Sequence[str]


class HookSet(NamedTuple):
    """Hooks by kind; what is shown of it holds no secret.

    Attributes:
        callables: run in this process.
        commands: run by the witness, the event as JSON on their standard input.
        urls: called by the witness, the event as JSON in a POST.
    """

    callables: tuple[HookCallable, ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()
    urls: tuple[str, ...] = ()

    @property
    def needs_witness(self) -> bool:
        """Whether any of them is the witness's to call."""
        return bool(self.commands or self.urls)

    def __repr__(self) -> str:
        counts = zip(self._fields, map(len, self), strict=True)
        return f"<{', '.join(f'{count} {kind}' for kind, count in counts)}>"
