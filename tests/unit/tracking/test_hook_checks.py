"""What a user may give as a hook, and how it is told apart."""

from __future__ import annotations

import shutil

import pytest

from trialog import errors
from trialog._tracking.hook_checks import check_hooks
from trialog._tracking.hooks import HookSet

TRUE = shutil.which("true")
ECHO = shutil.which("echo")
WEB = "https://hooks.example.com/services/TOKEN"


def told(event):
    """A hook."""


@pytest.mark.parametrize(
    "given,found",
    [
        (None, HookSet()),
        ([], HookSet()),
        (told, HookSet((told,))),
        ([told, print], HookSet((told, print))),
        (WEB, HookSet(urls=(WEB,))),
        ("HTTP://example.com/x", HookSet(urls=("HTTP://example.com/x",))),
        ([WEB, "http://b.example/"], HookSet(urls=(WEB, "http://b.example/"))),
        (["true"], HookSet(commands=((TRUE,),))),
        (["echo", WEB], HookSet(commands=((ECHO, WEB),))),
        (("echo", "a b", ""), HookSet(commands=((ECHO, "a b", ""),))),
        ([["echo", "a"]], HookSet(commands=((ECHO, "a"),))),
        ([WEB, ["echo", "a"], told], HookSet((told,), ((ECHO, "a"),), (WEB,))),
        (iter([told]), HookSet((told,))),
    ],
    ids=str,
)
def test_a_hook_is_told_by_its_form(given, found):
    """A callable, a command (a list of texts), an address; or several of them."""
    assert check_hooks(given) == found


@pytest.mark.parametrize(
    "given,error,says",
    [
        (3, errors.InvalidTypeError, "a hook is a callable, a command as a list of texts"),
        ([3], errors.InvalidTypeError, "not int"),
        ({"url": WEB}, errors.InvalidTypeError, "not dict"),
        (b"true", errors.InvalidTypeError, "not bytes"),
        ([[]], errors.InvalidTypeError, "not list"),
        ([told, ["echo", 3]], errors.InvalidTypeError, "not list"),
        ("true", errors.UsageError, "'true' is no web address; a hook is"),
        ("hooks.example.com/TOKEN", errors.UsageError, "begins with 'hooks.example.com' is no web"),
        ([WEB, "true"], errors.UsageError, "'true' is no web address"),
        ("https:///TOKEN", errors.UsageError, "a web address that names no host"),
        ("https://[::1/TOKEN", errors.UsageError, "a web address that names no host"),
        (["no-such-program", "TOKEN"], errors.UsageError, "there is no program 'no-such-program'"),
        ([""], errors.UsageError, "there is no program ''"),
    ],
    ids=str,
)
def test_what_is_no_hook_is_refused(given, error, says):
    """At the call, in words, and without what may be a secret."""
    with pytest.raises(error) as caught:
        check_hooks(given)
    assert says in str(caught.value)
    assert "TOKEN" not in str(caught.value)


@pytest.mark.parametrize(
    "text,found",
    [
        ("", HookSet()),
        (" ; \n;; ", HookSet()),
        (WEB, HookSet(urls=(WEB,))),
        (f"{WEB};echo a", HookSet((), ((ECHO, "a"),), (WEB,))),
        (f"{WEB}#x\necho 'a; b' c", HookSet((), ((ECHO, "a; b", "c"),), (f"{WEB}#x",))),
        ('no-such-program "a b"', HookSet((), (("no-such-program", "a b"),))),
        (
            "curl https://x.example",
            HookSet((), ((shutil.which("curl") or "curl", "https://x.example"),)),
        ),
    ],
    ids=str,
)
def test_the_environment_names_hooks_once_for_a_team(text, found):
    """Words as in a shell; a new line or ``;`` begins another. Programs may be elsewhere."""
    assert check_hooks(None, text) == found


def test_hooks_of_the_environment_and_of_the_call_are_told_both():
    """The team's come first."""
    assert check_hooks("http://b.example", WEB).urls == (WEB, "http://b.example")


@pytest.mark.parametrize("text", ["echo 'a", "https:///x"])
def test_an_environment_that_means_nothing_is_refused(text):
    """The message names the variable."""
    with pytest.raises(errors.UsageError, match="TRIALOG_HOOKS"):
        check_hooks(None, text)


def test_hooks_are_shown_without_secrets():
    """In tracebacks and debuggers too."""
    shown = repr(check_hooks([WEB, ["echo", "TOKEN"], told]))
    assert shown == "<1 callables, 1 commands, 1 urls>"
