"""What a server asks for with a 401: the header ``WWW-Authenticate``, RFC 9110 section 11.6.1."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 # the grammar's name for a word
_PARAMETER = re.compile(rf'\s*({_TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}))\s*')
_SCHEME = re.compile(rf"\s*({_TOKEN})(?:\s+|$|(?=,))")
_COMMA = re.compile(r"\s*,[\s,]*")
_MAX_LENGTH = 16_384


class Challenge(NamedTuple):
    """One way to say who asks.

    Attributes:
        scheme: ``basic``, ``bearer``, in lower case.
        parameters: what else was said; names in lower case.
    """

    scheme: str
    parameters: dict[str, str]


def parse_challenges(header: str) -> tuple[Challenge, ...]:
    """The challenges of a header, in its order; what cannot be read ends them."""
    text = header[:_MAX_LENGTH]
    challenges: list[Challenge] = []
    place = 0
    while place < len(text):
        parameter = _PARAMETER.match(text, place)
        if parameter and challenges:
            name, quoted, plain = parameter.groups()
            value = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            challenges[-1].parameters.setdefault(name.lower(), value)
            place = parameter.end()
        else:
            scheme = _SCHEME.match(text, place)
            if not scheme:
                break
            challenges.append(Challenge(scheme[1].lower(), {}))
            place = scheme.end()
        comma = _COMMA.match(text, place)
        place = comma.end() if comma else place
    return tuple(challenges)
