"""The parameters of very many runs, by column: no Python object is made of a value.

Arrow's reader of JSON is held to one type for each name. A part of the runs that does not fit, or
in which it might round, is read in Python; where a name has values of several kinds, the whole is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched, chain
from typing import Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj
from numpy.typing import NDArray
from sqlalchemy import Connection

from trialog._catalog import queries
from trialog._format.values import MAX_EXACT, MAX_SIGNED, MIN_SIGNED

_PART = 4096
_SCALARS: dict[type, Any] = {
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    str: pa.large_string(),
}
