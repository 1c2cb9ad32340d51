"""What was logged at some time: a parameter's value, a JSON value."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple


class ParameterMoment(NamedTuple):
    """A value that a parameter had from a time on (UTC)."""

    time: datetime
    value: Any


class ValueMoment(NamedTuple):
    """A JSON value logged at a step and time (UTC)."""

    step: int
    time: datetime
    value: Any
