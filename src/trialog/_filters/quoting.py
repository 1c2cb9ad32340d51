"""Names and texts as the language writes them, and back."""

from __future__ import annotations

import keyword
import re

from trialog._filters.fields import FIELDS

WORDS = frozenset({"and", "or", "not", "in", "is"})
VALUES = {
    "none": "None",
    "null": "None",
    "nil": "None",
    "undefined": "None",
    "true": "True",
    "false": "False",
}
"""Words of other languages for what Python calls otherwise."""
PARAMETERS = "parameters"

_NAME = re.compile(r"[^\W\d]\w*")
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\\'\"nrtabfv0])|(.))", re.DOTALL
)
_ESCAPES = dict(zip("\\'\"nrtabfv0", "\\'\"\n\r\t\a\b\f\v\0", strict=True))
_SURROGATES = range(0xD800, 0xE000)
_UNPRINTED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text: str) -> str:
    r"""A text in quotes.

    Example:
        >>> print(quoted('a "b" \\ c'))
        "a \"b\" \\ c"
    """
    return f'"{"".join(map(_escaped, text))}"'


def unquoted(token: str) -> str:
    r"""What a text in quotes says, as Python reads it; ``r"…"`` takes backslashes as they are.

    Raises:
        ValueError: an escape stands for no character.

    Example:
        >>> unquoted(r'"\u00e9\d"'), unquoted(r'r"\d"')
        ('é\\d', '\\d')
    """
    if token[0] in "rR":
        return token[2:-1]
    return _ESCAPE.sub(_character, token[1:-1])


def parameter_text(name: str) -> str:
    """How a parameter is asked for: by its bare name where that means nothing else.

    Example:
        >>> parameter_text("lr"), parameter_text("name"), parameter_text("model/depth")
        ('lr', 'parameters.name', 'parameters["model/depth"]')
    """
    if not is_plain(name):
        return f"{PARAMETERS}[{quoted(name)}]"
    return f"{PARAMETERS}.{name}" if name in FIELDS or name == PARAMETERS else name


def metric_text(measure: str, name: str) -> str:
    """How a measure of a metric is asked for.

    Example:
        >>> metric_text("max", "acc"), metric_text("max", "val/acc")
        ('max(acc)', 'max("val/acc")')
    """
    return f"{measure}({name if is_plain(name) else quoted(name)})"


def is_plain(name: str) -> bool:
    """Whether a name needs no quotes."""
    folded = name.casefold()
    is_word = folded in WORDS or folded in VALUES or keyword.iskeyword(name)
    return _NAME.fullmatch(name) is not None and not is_word


def _escaped(letter: str) -> str:
    if letter in _UNPRINTED:
        return _UNPRINTED[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004


def _character(escape: re.Match[str]) -> str:
    *codes, simple, other = escape.groups()
    code = next(filter(None, codes), None)
    if code is not None:
        number = int(code, 16)
        if number in _SURROGATES:
            raise ValueError(escape[0])
        return chr(number)
    return _ESCAPES[simple] if simple else f"\\{other}"
