"""The run as users hold it."""

from __future__ import annotations

from trialog._tracking.run import Run as RecordedRun


class Run(RecordedRun):
    """One execution: being recorded, and readable while it is."""
