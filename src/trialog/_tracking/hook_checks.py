"""What a user may give as a hook, told apart and checked; loaded where somebody gives one."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from trialog._format.hooks import host_of
from trialog._names import shown
from trialog._tracking.hooks import HookSet
from trialog.errors import InvalidTypeError, UsageError

_SHOWN_LETTERS = 20
_WEB = ("http://", "https://")
_USE = (
    "a hook is a callable, a command as a list of texts (['notify-send', 'done']), or a web "
    "address (https://…)"
)


def check_hooks(given: object, environ: str = "") -> HookSet:
    """The hooks that a call and the environment name; those of the environment come first.

    Args:
        given: one hook, or several; None for none.
        environ: the value of ``TRIALOG_HOOKS``.

    Raises:
        InvalidTypeError: one is nothing that could be called.
        UsageError: a command that is not there, an address without a host, a text that is neither.
    """
    hooks = _of_environ(environ)
    for each in _several(given):
        hooks = _with(hooks, each)
    return hooks


def _several(given: object) -> list[object]:
    """The hooks in what was given: a list of texts alone is one command, or several addresses."""
    if given is None:
        return []
    if callable(given) or isinstance(given, str) or not isinstance(given, Iterable):
        return [given]
    if isinstance(given, Mapping | bytes):
        return [given]
    hooks = list(given)
    if hooks and all(isinstance(each, str) for each in hooks) and not _is_web(hooks[0]):
        return [hooks]
    return hooks


def _with(hooks: HookSet, given: object) -> HookSet:
    if callable(given):
        return hooks._replace(callables=(*hooks.callables, given))
    if isinstance(given, str):
        return hooks._replace(urls=(*hooks.urls, _check_url(given, "init(hooks=…)")))
    if isinstance(given, list | tuple) and given and all(isinstance(each, str) for each in given):
        return hooks._replace(commands=(*hooks.commands, _check_command(tuple(given))))
    raise InvalidTypeError(f"init(hooks=…): {_USE}, not {type(given).__name__}")


def _check_url(text: str, where: str) -> str:
    if not _is_web(text):
        start = text.partition("/")[0][:_SHOWN_LETTERS]  # the rest may be a secret
        raise UsageError(f"{where}: the text that begins with {start!r} is no web address; {_USE}")
    if not host_of(text):
        raise UsageError(f"{where}: a web address that names no host")
    return text


def _check_command(command: tuple[str, ...]) -> tuple[str, ...]:
    found = shutil.which(command[0])
    if found is None:
        raise UsageError(f"init(hooks=…): there is no program {shown(command[0])} that can be run")
    return (str(Path(found).absolute()), *command[1:])  # the witness works in another folder


def _is_web(text: object) -> bool:
    return isinstance(text, str) and text.lower().startswith(_WEB)


def _of_environ(text: str) -> HookSet:
    """The hooks in ``TRIALOG_HOOKS``: words as in a shell; a new line or ``;`` begins another.

    A program that is not on this machine is found out when it is to be run: the variable is set for
    many machines.
    """
    hooks = HookSet()
    for line in text.splitlines():
        words: list[str] = []
        for word in [*_words(line), ";"]:
            if word.strip(";"):
                words.append(word)
                continue
            if len(words) == 1 and _is_web(words[0]):
                hooks = hooks._replace(urls=(*hooks.urls, _check_url(words[0], "TRIALOG_HOOKS")))
            elif words:
                found = shutil.which(words[0])
                command = (str(Path(found).absolute()) if found else words[0], *words[1:])
                hooks = hooks._replace(commands=(*hooks.commands, command))
            words = []
    return hooks


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError as error:
        raise UsageError(f"TRIALOG_HOOKS cannot be read: {error}") from None
