"""Names for runs that were given none: ``brave_pasta_123``."""

from __future__ import annotations

import copy
import random
from functools import lru_cache
from typing import Any

_LARGEST = 999


def random_name() -> str:
    """Two words and a number, from the system's randomness.

    The user's ``random`` is left alone: neither its seed decides the name, nor does the name use up
    its numbers.

    Example:
        >>> len(random_name().split("_"))
        3
    """
    words = _words().generate(2)
    return "_".join([*words, str(random.SystemRandom().randint(1, _LARGEST))])


@lru_cache(maxsize=1)
def _words() -> Any:
    state = random.getstate()
    try:
        import coolname  # noqa: PLC0415 # 50 ms, and draws from ``random`` while it is imported
    finally:
        random.setstate(state)
    default: Any = coolname.generate  # a bound method of the default generator
    words = copy.copy(default.__self__)
    words.random = random.SystemRandom()
    return words
