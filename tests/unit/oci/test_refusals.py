"""Refusals: what registries say, as one line that names what was asked."""

from __future__ import annotations

import json

import pytest

from trialog._oci.refusals import Refusal, RefusedError, fit
from trialog.errors import NotFoundError, RegistryError

JSON = {"Content-Type": "application/json"}


def body(*errors):
    return json.dumps({"errors": list(errors)}).encode()


def test_registry_s_own_words_are_said():
    """The status, the code and the message stand in the error."""
    said = body({"code": "DENIED", "message": "not yours", "detail": {"Action": "push"}})
    error = Refusal.read(403, JSON, said).error("pushing h/x", "with the credentials of ada")
    assert str(error) == (
        "pushing h/x: the registry answers 403: DENIED: not yours: {'Action': 'push'} "
        "(with the credentials of ada)"
    )
    assert isinstance(error, RefusedError)
    assert error.refusal.codes == ("DENIED",)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"errors": null}',
        b'{"errors": ["x", 3]}',
        b'{"errors": 3}',
        b"\xff",
    ],
)
def test_other_bodies_say_nothing(said):
    """Only the status is left of an answer that is no error document."""
    assert str(Refusal.read(500, JSON, said)) == "500"


def test_plain_text_is_said():
    """A short text of a proxy says more than its status."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    assert str(Refusal.read(502, headers, b"upstream is away\n")) == "502: upstream is away"


def test_hint_is_for_those_who_may_not():
    """Where the credentials come from is said with 401 and 403 only."""
    errors = {each: Refusal(each, (), "").error("x", "hint") for each in (400, 401, 403, 404, 413)}
    assert [each for each, error in errors.items() if "hint" in str(error)] == [401, 403]
    assert type(errors[404]) is NotFoundError
    assert "more than it takes" in str(errors[413])
    assert all(isinstance(errors[each], RegistryError) for each in (400, 401, 403, 413))


def test_servers_cannot_speak_to_the_terminal():
    """Control characters are gone, lines are joined, and a text is bounded."""
    assert fit("a\x1b[31m b\r\n\tc") == "a [31m b c"
    assert len(fit("x" * 10_000)) == 301
