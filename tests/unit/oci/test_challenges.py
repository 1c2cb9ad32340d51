"""Challenges: what servers write into WWW-Authenticate."""

from __future__ import annotations

import pytest

from trialog._oci.challenges import Challenge, parse_challenges

BEARER = {"realm": "https://auth.example/token", "service": "h.example"}


@pytest.mark.parametrize(
    "header, expected",
    [
        ("Basic", [("basic", {})]),
        ('Basic realm="x"', [("basic", {"realm": "x"})]),
        (
            'Bearer realm="https://auth.example/token",service="h.example"',
            [("bearer", BEARER)],
        ),
        (
            'bearer  Realm = "https://auth.example/token" , SERVICE=h.example',
            None,
        ),
        (
            (
                'Bearer realm="https://auth.example/token",service="h.example",'
                'scope="repository:a/b:pull,push repository:c:pull",error="invalid_token"'
            ),
            [
                (
                    "bearer",
                    BEARER
                    | {
                        "scope": "repository:a/b:pull,push repository:c:pull",
                        "error": "invalid_token",
                    },
                )
            ],
        ),
        (
            'Basic realm="one, two", Bearer realm="three"',
            [("basic", {"realm": "one, two"}), ("bearer", {"realm": "three"})],
        ),
        (r'Basic realm="a \"quoted\" one"', [("basic", {"realm": 'a "quoted" one'})]),
        ('Basic realm="first", realm="second"', [("basic", {"realm": "first"})]),
        ("", []),
        ("=", []),
        ("Negotiate YII==", [("negotiate", {})]),
    ],
)
def test_schemes_and_parameters_are_found(header, expected):
    """Names in lower case, values as they were meant, several challenges in their order."""
    if expected is None:
        expected = [("bearer", BEARER)]
    assert list(parse_challenges(header)) == [Challenge(*each) for each in expected]


@pytest.mark.parametrize(
    "header", ["a" * 10_000_000, "a," * 1_000_000, 'a b="' * 100_000, " " * 10**6]
)
def test_hostile_headers_take_no_time(header):
    """What no server writes is cut off, and read in a moment."""
    assert len(parse_challenges(header)) < 20_000
