"""How a status looks: a symbol and a kind of colour, always beside its word."""

from __future__ import annotations

from trialog._entities import RunStatus

SYMBOLS = {
    RunStatus.PENDING: "○",
    RunStatus.RUNNING: "●",
    RunStatus.COMPLETED: "✓",
    RunStatus.CRASHED: "✗",
    RunStatus.FAILED: "!",
    RunStatus.INTERRUPTED: "‖",
    RunStatus.CANCELING: "◌",
    RunStatus.CANCELED: "–",
}
TONES = {
    RunStatus.PENDING: "open",
    RunStatus.RUNNING: "open",
    RunStatus.COMPLETED: "good",
    RunStatus.CRASHED: "bad",
    RunStatus.FAILED: "bad",
    RunStatus.INTERRUPTED: "stopped",
    RunStatus.CANCELING: "stopped",
    RunStatus.CANCELED: "stopped",
}
"""Which colour of the style sheet; colour is never alone, symbol and word say it too."""
