"""Regular expressions, searched in a time that grows with the text alone.

Whoever may send a filter to a server must not be able to stop it: Python's ``re`` takes hours for
``(a+)+$``. These are RE2's, which Arrow brings along.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def check_pattern(pattern: str) -> None:
    """Look whether a text is a regular expression.

    Raises:
        ValueError: it is none; the message says why.
    """
    try:
        find_matches([""], pattern)
    except ValueError as error:
        raise ValueError(str(error).removeprefix("Invalid regular expression: ")) from None


def find_matches(texts: Sequence[str], pattern: str) -> list[bool]:
    """Whether a regular expression is found in each of some texts, in any case.

    Example:
        >>> find_matches(["ViT-S", "res-18"], r"^vit|x$")
        [True, False]
    """
    import pyarrow as pa  # noqa: PLC0415 # heavy, and few filters ask for it
    import pyarrow.compute as pc  # noqa: PLC0415 # as above

    search: Any = pc.match_substring_regex
    found = search(pa.array(texts, pa.large_string()), pattern=pattern, ignore_case=True)
    matched: list[bool] = found.to_pylist()
    return matched
