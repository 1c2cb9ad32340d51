"""Facts whose payload matters to numbering: JSON values logged with a step of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from trialog._catalog.blobs import read_blob
from trialog._format.columns import Calls
from trialog._format.decoding import BlockIndex, Fact
from trialog._format.facts import spilled_to
from trialog._format.folders import StoreFolder
from trialog._format.records import Kind
from trialog._format.values import load_json
from trialog.errors import IntegrityError


def payload_of(fact: Fact, store: StoreFolder) -> bytes:
    """A fact's payload, from its blob where it was too large for a record.

    Raises:
        IntegrityError: the blob is missing or damaged.
        ValueError: the payload is not JSON.
    """
    digest = spilled_to(fact.payload)
    return fact.payload if digest is None else read_blob(store, digest)


def as_call(offset: int, time_ns: int, content: Mapping[str, Any]) -> Calls:
    """The payload of a VALUE fact as a call without points.

    Raises:
        KeyError, TypeError, ValueError, OverflowError: it is not such a payload.
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
                content = load_json(payload_of(fact, store))
                found.append(as_call(fact.offset, fact.time_ns, content))
            except (ValueError, TypeError, KeyError, OverflowError, OSError, IntegrityError):
                continue
    return found
