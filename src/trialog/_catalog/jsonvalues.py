"""Facts whose payload matters to numbering: JSON values logged with a step of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from trialog._catalog.payloads import read_content
from trialog._format.columns import Calls
from trialog._format.decoding import BlockIndex
from trialog._format.folders import StoreFolder
from trialog._format.records import Kind
from trialog.errors import IntegrityError


def as_call(offset: int, time_ns: int, content: Mapping[str, Any]) -> Calls:
    """The payload of a VALUE fact as a call without points.

    Args:
        offset: where the fact stands.
        time_ns: when it was logged.
        content: as :func:`trialog._catalog.payloads.read_content` gives it.
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
