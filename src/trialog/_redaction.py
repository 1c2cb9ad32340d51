"""Secrets out of what is kept: a run's facts must not give away a password. Pure.

Three ways to tell a secret: by the name that it stands under (``HF_TOKEN``, ``--password``,
``api_key: …``), by the form that a service gives its tokens (``ghp_…``, a JWT, a private key), and
by its place in a URL (``user:password@``). Everything works on bytes inside: files and their
differences have no need to be valid text, and lower case is as long as upper case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

REDACTED = "[redacted]"
_REDACTED = REDACTED.encode()

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET_WORDS = frozenset(
    {
        "auth",
        "authentication",
        "authorization",
        "bearer",
        "cookie",
        "creds",
        "jwt",
        "oauth",
        "passcode",
        "private",
        "pwd",
    }
)
_SECRET_PARTS = (
    "apikey",
    "api_key",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
)
_OWNERS = (  # of keys and tokens that are secret
    "access account api app application auth client consumer deploy encryption gpg hmac license "
    "master openai private secret service session shared signing ssh storage subscription"
)
_KEYS = frozenset(_OWNERS.split())
_OF_TEXT = frozenset({"bos", "cls", "eos", "mask", "pad", "sep", "unk"})  # of a language model
_LAST_WORDS = frozenset({"pass", "pat"})


@lru_cache(maxsize=4096)
def says_secret(name: str) -> bool:
    """Whether a name says that what stands under it is a secret.

    Example:
        >>> [says_secret(each) for each in ("HF_TOKEN", "apiKey", "max_tokens", "tokenizer")]
        [True, True, False, False]
    """
    words = [each.lower() for each in _WORD.findall(name)]
    if not words or name.strip("-") in ("PWD", "OLDPWD"):
        return False
    joined = "_".join(words)
    if any(part in joined or part in name.lower() for part in _SECRET_PARTS):
        return True
    pairs = list(zip(["", *words], words, strict=False))
    if any(_is_secret_pair(before, word) for before, word in pairs):
        return True
    if len(words) == 1:
        return False
    return words[-1] in _LAST_WORDS or (name.isupper() and words[-1] == "key")


def _is_secret_pair(before: str, word: str) -> bool:
    if word in ("token", "tokens"):
        return before not in _OF_TEXT if word == "token" else before in _KEYS
    if word == "key":
        return before in _KEYS
    return (
        word in _SECRET_WORDS
        or (len(word) > len("token") and word.endswith("token"))
        or word.removesuffix("key") in _KEYS - {word}
    )


# -- whole facts -----------------------------------------------------------------------------------


def redact(value: Any, name: str = "") -> Any:
    """A JSON value without secrets.

    Args:
        value: any JSON value.
        name: what it stands under.

    Example:
        >>> redact({"user": "eve", "password": "1234", "url": "https://eve:1234@host/x"})
        {'user': 'eve', 'password': '[redacted]', 'url': 'https://[redacted]@host/x'}
    """
    if isinstance(value, Mapping):
        return {key: redact(each, str(key)) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [redact(each, name) for each in value]
    if value is None or isinstance(value, bool) or value == "":
        return value
    if says_secret(name):
        return REDACTED
    return redact_argument(value) if isinstance(value, str) else value


def redact_command(arguments: Sequence[str]) -> list[str]:
    """A command line without secrets: ``--password X``, ``--token=X``, ``api.key=X`` and others.

    Example:
        >>> redact_command(["train.py", "--token", "abc", "--lr", "0.1", "db.password=xyz"])
        ['train.py', '--token', '[redacted]', '--lr', '0.1', 'db.password=[redacted]']
    """
    found: list[str] = []
    is_awaited = False
    for argument in arguments:
        if is_awaited and not _is_option(argument):
            found.append(REDACTED)
            is_awaited = False
            continue
        name, equals, value = argument.partition("=")
        is_name = says_secret(name) and not re.search(r"\s", name)
        is_awaited = is_name and not equals and name.startswith("-")
        if is_name and value:
            found.append(f"{name}={REDACTED}")
        else:
            found.append(redact_argument(argument))
    return found


def _is_option(argument: str) -> bool:
    """Whether an argument is surely the next option, and not the value of the one before."""
    return argument.startswith("--") or re.fullmatch(r"-[A-Za-z]", argument) is not None


def redact_argument(text: str) -> str:
    """A short text without secrets; whatever follows a secret's name is one.

    Example:
        >>> redact_argument("Authorization: Bearer abc")
        'Authorization: [redacted]'
    """
    data = text.encode("utf-8", "surrogatepass")
    return _redact_bytes(data, is_source=False).decode("utf-8", "surrogatepass")


def redact_source(data: bytes) -> bytes:
    """The content of a file without secrets.

    What follows a secret's name has to look like a secret here, for source code is full of such
    names: ``token = next(tokens)`` stays as it is.

    Example:
        >>> redact_source(b'password = "1234"; token = next(tokens)')
        b'password = "[redacted]"; token = next(tokens)'
    """
    return _redact_bytes(data, is_source=True)


def _redact_bytes(data: bytes, *, is_source: bool) -> bytes:
    data = _without_tokens(data)
    if b"://" in data:
        data = _USER.sub(_without_user, data)
    return _without_named(data, is_source=is_source)


# -- tokens, by their form -------------------------------------------------------------------------

_MIXED = rb"(?=[a-z_-]{0,40}[A-Z0-9])[A-Za-z0-9_-]{12,}"  # a name of lower case words is no token
_TOKENS = {
    needle: re.compile(pattern)
    for needle, pattern in {
        b"ghp_": rb"ghp_[A-Za-z0-9]{10,}",
        b"gho_": rb"gho_[A-Za-z0-9]{10,}",
        b"ghu_": rb"ghu_[A-Za-z0-9]{10,}",
        b"ghs_": rb"ghs_[A-Za-z0-9]{10,}",
        b"ghr_": rb"ghr_[A-Za-z0-9]{10,}",
        b"github_pat_": rb"github_pat_[A-Za-z0-9_]{10,}",
        b"glpat-": rb"glpat-[A-Za-z0-9_-]{10,}",
        b"xox": rb"xox[a-z]-[A-Za-z0-9-]{8,}",
        b"xapp-": rb"xapp-[A-Za-z0-9-]{10,}",
        b"AKIA": rb"AKIA[A-Z0-9]{12,}",
        b"ASIA": rb"ASIA[A-Z0-9]{12,}",
        b"AIza": rb"AIza[A-Za-z0-9_-]{30,}",
        b"sk-": rb"(?<![A-Za-z0-9])sk-(?:[A-Za-z0-9_-]{32,}|" + _MIXED + rb")",
        b"sk_": rb"(?<![A-Za-z0-9])sk_(?:live|test)_[A-Za-z0-9]{10,}",
        b"nvapi-": rb"nvapi-[A-Za-z0-9_-]{20,}",
        b"gsk_": rb"(?<![A-Za-z0-9])gsk_[A-Za-z0-9]{20,}",
        b"dckr_pat_": rb"dckr_pat_[A-Za-z0-9_-]{10,}",
        b"hvs.": rb"(?<![A-Za-z0-9])hvs\.[A-Za-z0-9_-]{20,}",
        b"SG.": rb"(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
        b"hf_": rb"(?<![A-Za-z0-9])hf_(?:[A-Za-z0-9]{30,}|" + _MIXED + rb")",
        b"npm_": rb"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,}",
        b"pypi-": rb"pypi-AgE[A-Za-z0-9_-]{16,}",
        b"eyJ": rb"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,4}=*",
    }.items()
}
_WEBHOOK = re.compile(  # whoever knows the address may post
    rb"(?P<host>hooks\.slack\.com/(?:services|workflows|triggers)/"
    rb"|discord(?:app)?\.com/api/webhooks/)[\w./-]{10,}"
)
_LOGIN = re.compile(  # wandb.login(key="…"), huggingface_hub.login("…")
    rb"(?P<call>\blogin\(\s{0,40}(?:\w{1,20}\s{0,4}=\s{0,4})?(?P<quote>[\"']))"
    rb"[A-Za-z0-9_.-]{20,}(?P=quote)"
)
_BEARER = re.compile(rb"(?i:bearer)\s+(?=\S*\d)[A-Za-z0-9._~+/=-]{12,}")
_PRIVATE_KEY = re.compile(
    rb"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?"
    rb"(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
_USER = re.compile(rb"://([^\s/\"<>]+)@")


def _without_tokens(data: bytes) -> bytes:
    for needle, pattern in _TOKENS.items():
        if needle in data:
            data = pattern.sub(_REDACTED, data)
    if b"earer" in data or b"EARER" in data:
        data = _BEARER.sub(lambda found: found[0].split()[0] + b" " + _REDACTED, data)
    if b"hooks.slack.com/" in data or b"/api/webhooks/" in data:
        data = _WEBHOOK.sub(rb"\g<host>" + _REDACTED, data)
    if b"login(" in data:
        data = _LOGIN.sub(rb"\g<call>" + _REDACTED + rb"\g<quote>", data)
    if b"PRIVATE KEY" in data:
        data = _PRIVATE_KEY.sub(_without_lines, data)
    return data


def _without_lines(found: re.Match[bytes]) -> bytes:
    """As many lines as before, each with its first letter: that is what a difference is made of."""
    _, *lines = found[0].split(b"\n")
    return b"\n".join([_REDACTED, *(line[:1] if line[:1] in b"+- " else b"" for line in lines)])


def _without_user(found: re.Match[bytes]) -> bytes:
    """Who a URL is asked as; the user alone is kept where it is no secret, as in ssh://git@host."""
    before = found.string[max(found.start() - 5, 0) : found.start()].lower()
    is_web = before.endswith((b"http", b"https"))
    return b"://" + _REDACTED + b"@" if is_web or b":" in found[1] else found[0]


# -- secrets, by their names -----------------------------------------------------------------------

_HINTS = (b"auth", b"bearer", b"cookie", b"cred", b"jwt", b"key", b"pass", b"pat", b"private",
          b"pwd", b"secret", b"token")  # fmt: skip
_NAME_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
_LONGEST_NAME = 80
_SCHEME = rb"(?i:bearer|basic|token)\s+"
_VALUE = re.compile(
    # from the name to the value: {"name": …}, name = …, name: type = …, name=…, ("name", "…")
    rb"(?:\\?[\"']?\]?\s{0,8}(?::\s?[\w.\[\], |]{1,40}\s?=|:=|=>|==?|:)\s{0,8}"
    rb"|[\"']\s{0,4}(?P<comma>,)\s{0,4}(?=[\"']))"
    # on the next line, of a difference too
    rb"(?:[\\(]\s{0,4}\n[+ -]?\s{0,80})?"
    rb"(?:[rbfu]{1,2}(?=[\"']))?(?:" + _SCHEME + rb")?"
    # in other quotes, quoted inside of quotes, quoted, bare
    rb"(?P<value>\"{3}[^\"\n]{1,4096}\"{3}|'{3}[^'\n]{1,4096}'{3}|`[^`\n]{1,4096}`"
    rb"|\\\"[^\"\\\n]{1,4096}\\\"|\"(?:[^\"\\\n]|\\.){1,4096}\""
    rb"|'(?:[^'\\\n]|\\.){1,4096}'|[^\s,;&\"'\]})]+)"
)
_QUOTES = (b'\\"', b'"""', b"'''", b'"', b"'", b"`")
_SCHEME_AT_END = re.compile(_SCHEME + rb"$")
_PASSWORDS = re.compile(rb"pass|secret|pwd", re.IGNORECASE)
_LONG = re.compile(rb"[A-Za-z0-9+/=_.~-]{16,}")
_LETTER_AND_DIGIT = re.compile(rb"(?=.*[A-Za-z])(?=.*[0-9])", re.DOTALL)
_SHORTEST_PASSWORD = 8


def _without_named(data: bytes, *, is_source: bool) -> bytes:
    parts: list[bytes] = []
    taken = 0
    for start, end in _hinted_names(data):
        if start < taken:
            continue
        found = _VALUE.match(data, end)
        if found is None or not says_secret(data[start:end].decode("ascii")):
            continue
        value = found["value"]
        if is_source and not _looks_secret(data[start:end], value):
            continue
        if found["comma"] and not (is_source and _LETTER_AND_DIGIT.match(value)):
            continue  # one name after the other
        quote = _quote_of(value)
        between = _SCHEME_AT_END.sub(b"", data[end : found.start("value")])
        parts += [data[taken:end], between, quote, _REDACTED, quote]
        taken = found.end()
    return b"".join([*parts, data[taken:]])


def _quote_of(value: bytes) -> bytes:
    return next((each for each in _QUOTES if value.startswith(each)), b"")


def _hinted_names(data: bytes) -> list[tuple[int, int]]:
    """Where a name stands that has any of the hints in it, in order."""
    lowered = data.lower()
    spans: set[tuple[int, int]] = set()
    for hint in _HINTS:
        at = lowered.find(hint)
        while at >= 0:
            before, after = data[max(at - _LONGEST_NAME, 0) : at], data[at : at + _LONGEST_NAME]
            start = at - len(before) + len(before.rstrip(_NAME_LETTERS))
            end = at + len(after) - len(after.lstrip(_NAME_LETTERS))
            spans.add((start, end))
            at = lowered.find(hint, end)
    return sorted(spans)


def _looks_secret(name: bytes, value: bytes) -> bool:
    """Whether what a program gives to such a name is a secret, and not a piece of the program."""
    text = value.strip(b"\"'\\`")
    is_quoted = text != value
    is_mixed = _LETTER_AND_DIGIT.match(text) is not None
    if _PASSWORDS.search(name):
        if is_quoted:
            return not text.startswith((b"$", b"{", b"<", b"%"))
        return is_mixed and len(text) >= _SHORTEST_PASSWORD and text.isalnum()
    is_long = _LONG.fullmatch(text) is not None and is_mixed
    return is_long and (is_quoted or b"." not in text)
