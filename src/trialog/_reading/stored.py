"""A run that is read from the store: its facts at one moment, its content at each call."""

from __future__ import annotations

from typing import Any

from trialog._catalog import Catalog
from trialog._reading.content import ContentReader
from trialog._reading.records import RunRecord


class StoredRun:
    """A run of the store, as it was read; the façade adds its content and its edits.

    Facts (name, status, tags, …) are those of its :class:`RunRecord` and can be read as attributes
    of the run.

    Attributes:
        record: its facts when it was read.
    """

    def __init__(self, catalog: Catalog, record: RunRecord) -> None:
        """Use :func:`trialog.get_run` or :func:`trialog.runs`."""
        self._catalog = catalog
        self.record = record

    def __getattr__(self, name: str) -> Any:
        if name in RunRecord.__dataclass_fields__ or name == "is_ended":
            return getattr(self.record, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *RunRecord.__dataclass_fields__})

    def __repr__(self) -> str:
        record = self.record
        place = record.place.project.path
        return f"<{type(self).__name__} {record.name!r} {record.status} {place}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StoredRun):
            return NotImplemented
        return self.record.place == other.record.place and self._store == other._store

    def __hash__(self) -> int:
        return hash((self._store, self.record.place))

    @property
    def _store(self) -> str:
        return str(self._catalog.store.path)

    def _reader(self) -> ContentReader:
        return ContentReader(self._catalog, self.record.place)
