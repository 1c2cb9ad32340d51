"""What may be a name, and how names become slugs. Pure."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from slugify import slugify

from trialog.errors import InvalidNameError, UnknownKeywordError

MAX_NAME_BYTES = 1024
MAX_SHOWN = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def shown(value: object) -> str:
    """A value as an error message shows it: bounded, and whatever it is.

    Example:
        >>> shown([1, 2])
        '[1, 2]'
    """
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python converts to text
        return f"a {type(value).__name__} of too many digits to show"
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def check_name(name: object, what: str) -> str:
    """Give the name back if it can be one.

    Any Unicode text of 1 to 1,024 bytes in UTF-8 may be a name, ``/`` making a hierarchy;
    control characters, line separators and lone surrogates may not be in it, nor may it
    be blank.

    Args:
        name: the candidate.
        what: what is being named, for the message ("metric", "attachment", …).

    Raises:
        InvalidNameError: it cannot be a name; the message says why.
    """
    if not isinstance(name, str):
        raise InvalidNameError(f"the {what} name must be text, not {type(name).__name__}: {name!r}")
    if not name.strip():
        raise InvalidNameError(f"the {what} name is empty: {name!r}; give it at least one letter")
    found = _CONTROL.search(name)
    if found:
        raise InvalidNameError(
            f"the {what} name {name!r} holds the control character {found.group()!r} at position "
            f"{found.start()}; remove it"
        )
    size = len(name.encode())
    if size > MAX_NAME_BYTES:
        raise InvalidNameError(
            f"the {what} name {name[:40]!r}… has {size} bytes; at most {MAX_NAME_BYTES} are kept: "
            "shorten it, or log the long text with log_json"
        )
    return str.__str__(name)  # of an enum that is text, its value


def check_path_name(name: object, what: str) -> str:
    """A name that may also become a path when written to disk: no way out of its folder.

    Raises:
        InvalidNameError: as :func:`check_name`, and for absolute paths, ``..`` and backslashes.
    """
    text = check_name(name, what)
    parts = text.split("/")
    if text.startswith("/") or "\\" in text or ".." in parts or re.match(r"[A-Za-z]:", text):
        raise InvalidNameError(
            f"the {what} name {text!r} leaves its folder; use a relative name without '..', "
            "backslashes or a drive"
        )
    return text


def to_slug(name: object, what: str) -> str:
    """The slug of a namespace or project (python-slugify).

    Raises:
        InvalidNameError: the name cannot be one, or nothing of it survives in a slug.

    Example:
        >>> to_slug("Protein folding", "project")
        'protein-folding'
    """
    text = check_name(name, what)
    slug = str(slugify(text, max_length=120))
    if not slug:
        raise InvalidNameError(
            f"the {what} name {text!r} has no letter or digit that can stand in a slug; "
            "add one, as in 'project-1'"
        )
    return slug


def parse_project(text: object) -> tuple[str | None, str]:
    """Namespace and project of ``"project"`` or ``"namespace/project"``, as slugs; None for any.

    Raises:
        InvalidNameError: it cannot be a project's name.

    Example:
        >>> parse_project("acme/Protein folding"), parse_project("digits")
        (('acme', 'protein-folding'), (None, 'digits'))
    """
    namespace, separator, name = check_name(text, "project").partition("/")
    if not separator:
        return None, to_slug(namespace, "project")
    return to_slug(namespace, "namespace"), to_slug(name, "project")


def normalise(name: str) -> str:
    """One form for names that look the same (Unicode NFC)."""
    return unicodedata.normalize("NFC", name)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that the word was probably meant to be, or None."""
    found = difflib.get_close_matches(word, list(candidates), n=1, cutoff=0.5)
    return found[0] if found else None


def refuse_keywords(
    call: str,
    unknown: Iterable[str],
    known: Iterable[str],
    foreign: Mapping[str, str] | None = None,
) -> None:
    """Say which keyword a call does not have, and which was probably meant.

    Args:
        call: the function's name.
        unknown: the keywords it was given and does not have.
        known: those it has.
        foreign: words of other trackers, and what to do instead.

    Raises:
        UnknownKeywordError: there is any unknown keyword.
    """
    for keyword in unknown:
        guess = nearest(keyword, known)
        if foreign and keyword in foreign:
            hint = f"; {foreign[keyword]}"
        else:
            hint = f"; did you mean {guess!r}?" if guess else f"; it takes: {', '.join(known)}"
        raise UnknownKeywordError(f"{call}() has no keyword {keyword!r}{hint}")
