"""What can be read of a run that keeps nothing (``TRIALOG_MODE=disabled``)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Never

from trialog.errors import NotFoundError

if TYPE_CHECKING:
    from trialog._reading import Attachments
    from trialog._reading.console import ConsoleText

NO_SUMMARY: dict[str, Any] = {
    "last": math.nan,
    "min": math.nan,
    "max": math.nan,
    "mean": math.nan,
    "count": 0,
    "first": math.nan,
    "step_of_min": None,
    "step_of_max": None,
}


class NoSummaries(dict[str, dict[str, Any]]):
    """No metric has points; each is one of no points, so that a script goes on."""

    def __missing__(self, name: str) -> dict[str, Any]:
        return dict(NO_SUMMARY)


class UnkeptReader:
    """Reads a run that keeps nothing: lists are empty; what must be there is not found."""

    def __init__(self, name: str) -> None:
        """Make it for the run of that name."""
        self._name = name

    @property
    def parameters(self) -> dict[str, Any]:
        """None were kept."""
        return {}

    def parameter_history(self, name: str) -> list[Any]:
        """None were kept."""
        del name
        return []

    @property
    def attempts(self) -> list[Any]:
        """None were kept."""
        return []

    @property
    def solves(self) -> list[Any]:
        """None were kept."""
        return []

    @property
    def writers(self) -> list[Any]:
        """None were kept."""
        return []

    @property
    def context(self) -> dict[str, dict[str, Any]]:
        """None was kept."""
        return {}

    @property
    def alerts(self) -> list[Any]:
        """None were kept."""
        return []

    def console(self, stream: str | None = None, **wish: Any) -> ConsoleText:
        """None was kept."""
        from trialog._reading import console  # noqa: PLC0415 # loads SQL

        console.check_tail(wish.pop("tail", None))
        console.ConsoleWish.parse(stream=stream, **wish)
        return console.ConsoleText()

    @property
    def metrics(self) -> list[str]:
        """None were kept."""
        return []

    def metric(
        self, name: str, *, attempt: Any = None, rank: Any = None, to: str = "pandas"
    ) -> Any:
        """No points, in the columns that points have."""
        from trialog._catalog.views import View  # noqa: PLC0415 # loads SQL
        from trialog._journals.stretches import empty_stretch  # noqa: PLC0415 # loads numpy
        from trialog._reading import frames  # noqa: PLC0415 # loads pandas
        from trialog._reading.libraries import (  # noqa: PLC0415 # loads pyarrow
            check_library,
            in_library,
        )

        del name
        check_library(to)
        view = View(tells_ranks=rank is not None, tells_attempts=attempt is not None)
        return in_library(frames.metric_frame(empty_stretch(), view), to)

    @property
    def summary(self) -> NoSummaries:
        """Of each metric that of no points."""
        return NoSummaries()

    def values(self, name: str) -> list[Any]:
        """None were kept."""
        del name
        return []

    @property
    def attachments(self) -> Attachments:
        """None were kept."""
        from trialog._reading import Attachments  # noqa: PLC0415 # loads SQL

        return Attachments(())

    def _refuse(self, name: str) -> Never:
        raise NotFoundError(
            f"run {self._name!r} has no attachment {name!r}: TRIALOG_MODE=disabled keeps nothing"
        )

    def get_attachment(self, name: str, version: int | None = None) -> Never:
        """Raises NotFoundError."""
        del version
        self._refuse(name)

    def open_attachment(self, name: str, version: int | None = None) -> Never:
        """Raises NotFoundError."""
        del version
        self._refuse(name)

    def get_json(self, name: str, version: int | None = None) -> Never:
        """Raises NotFoundError."""
        del version
        self._refuse(name)

    def get_value(self, name: str, version: int | None = None) -> Never:
        """Raises NotFoundError."""
        del version
        self._refuse(name)

    def get_with_codec(self, codec: object, name: str, **_: Any) -> Never:
        """Raises NotFoundError."""
        del codec
        self._refuse(name)

    def write_attachment(self, name: str, path: object, **_: Any) -> Never:
        """Raises NotFoundError."""
        del path
        self._refuse(name)
