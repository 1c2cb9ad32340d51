"""Facts whose payload matters to numbering: JSON values logged with a step of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from trialog._format import columns
from trialog._format.columns import Calls
from trialog._format.decoding import BlockIndex
from trialog._format.folders import StoreFolder
from trialog._format.records import Kind
from trialog._journals.payloads import read_content
from trialog.errors import IntegrityError

_WIDE_KINDS = (Kind.POINT_WIDE, Kind.POINTS_WIDE)
_NOT_CONTINUED = b'"continued":false'  # as our writer says it; others are read


def as_call(offset: int, time_ns: int, content: Mapping[str, Any]) -> Calls:
    """The payload of a VALUE fact as a call without points.

    Args:
        offset: where the fact stands.
        time_ns: when it was logged.
        content: as :func:`trialog._journals.payloads.read_content` gives it.
    """
    step = content["step"]
    return Calls(
        names=tuple(content["values"]),
        offsets=np.array([offset], np.int64),
        steps=np.array([0 if step is None else step], np.int64),
        is_auto=np.array([step is None]),
        is_continued=np.array([bool(content.get("continued"))]),
        times_ns=np.array([time_ns], np.int64),
        values=np.empty((1, 0)),
    )


def continuing_calls(index: BlockIndex | None, store: StoreFolder) -> list[Calls] | None:
    """The calls of the block after another one, where it continues any; None where there is none.

    Looking for them costs next to nothing where none do.
    """
    if index is None:
        return None
    wide = {word: at for word, at in index.points.items() if Kind(word & 0xFF) in _WIDE_KINDS}
    if any(
        fact.kind is Kind.VALUE and _NOT_CONTINUED not in fact.payload for fact in index.facts
    ) or any(group.is_continued.any() for group in columns.calls(replace(index, points=wide))):
        return [*columns.calls(index), *json_calls(index, store)]
    return []


def json_calls(index: BlockIndex, store: StoreFolder) -> list[Calls]:
    """The JSON values of a block as calls; those that cannot be read are left out."""
    found = []
    for fact in index.facts:
        if fact.kind is Kind.VALUE:
            try:
                content = read_content(fact, store)
            except (ValueError, OSError, IntegrityError):
                continue
            found.append(as_call(fact.offset, fact.time_ns, content))
    return found
