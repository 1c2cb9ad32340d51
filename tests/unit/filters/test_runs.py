"""The keywords of a query: what they take, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from trialog._entities import RunStatus
from trialog._filters import RunFilter
from trialog.errors import InvalidTypeError, UsageError

COMPLETED, FAILED, RUNNING = RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.RUNNING
ERROR = frozenset(RunStatus.parse_query("error"))


def test_nothing_given_is_nothing_asked():
    """Every run that is not deleted."""
    assert RunFilter.parse() == RunFilter()
    assert all(RunFilter().accepts(status) for status in RunStatus)
    assert not RunFilter().with_deleted


@pytest.mark.parametrize(
    "given,statuses",
    [
        (None, None),
        (COMPLETED, {COMPLETED}),
        ("completed", {COMPLETED}),
        (" Failed ", {FAILED}),
        ("done", {COMPLETED}),
        ("error", ERROR),
        (["running", FAILED], {RUNNING, FAILED}),
        (("error", "done"), ERROR | {COMPLETED}),
        (iter(["running", "running"]), {RUNNING}),
        ({RUNNING}, {RUNNING}),
        ([], set()),
    ],
    ids=str,
)
def test_statuses_in_any_form(given, statuses):
    """One or several, as statuses, names or words of other trackers; no status at all is none."""
    wanted = RunFilter.parse(status=given)
    assert wanted.statuses == statuses
    expected = set(RunStatus) if statuses is None else statuses
    assert {status for status in RunStatus if wanted.accepts(status)} == expected


@pytest.mark.parametrize(
    "given,tags",
    [
        (None, ()),
        ("a", ("a",)),
        ("", ("",)),
        ([], ()),
        (["b", "a", "b"], ("b", "a")),
        (iter(("x", "y")), ("x", "y")),
    ],
    ids=str,
)
def test_tags_in_any_form(given, tags):
    """One text is one tag; each counts once, in order."""
    assert RunFilter.parse(tags=given).tags == tags


@pytest.mark.parametrize("given,limit", [(None, None), (0, 0), (3, 3), (np.int64(5), 5)])
def test_a_limit_is_any_whole_number(given, limit):
    """0 is none, None is all."""
    assert RunFilter.parse(limit=given).limit == limit
    assert type(RunFilter.parse(limit=given).limit) is type(limit)


def test_texts_are_taken_as_they_are():
    """Nothing in them has a meaning here, an empty one too."""
    wanted = RunFilter.parse(name="", name_contains="%_", namespace="ns", project="p")
    assert (wanted.name, wanted.name_contains) == ("", "%_")
    assert (wanted.namespace, wanted.project) == ("ns", "p")
    assert RunFilter.parse(with_deleted=True).with_deleted


@pytest.mark.parametrize(
    "keywords,error,says",
    [
        ({"name": 3}, InvalidTypeError, "name must be text, not int: 3"),
        ({"name": b"x"}, InvalidTypeError, "name must be text, not bytes"),
        ({"name_contains": ["x"]}, InvalidTypeError, "name_contains must be text, not list"),
        ({"status": 3}, InvalidTypeError, "status must be a status, its name, or several"),
        ({"status": [3]}, InvalidTypeError, "not int: 3"),
        ({"status": "finnished"}, UsageError, "status 'finnished' is unknown"),
        ({"status": ["done", "finnished"]}, UsageError, "status 'finnished' is unknown"),
        ({"tags": 3}, InvalidTypeError, "tags must be texts, not int: 3"),
        ({"tags": ["a", 3]}, InvalidTypeError, "tags must be texts; 3 is int"),
        ({"tags": b"a"}, InvalidTypeError, "tags must be texts; 97 is int"),
        ({"limit": -1}, UsageError, "limit is -1; use 0 for no run and None for all"),
        ({"limit": 1.0}, InvalidTypeError, "limit must be an integer or None, not float: 1.0"),
        ({"limit": True}, InvalidTypeError, "limit must be an integer or None, not bool"),
        ({"limit": "3"}, InvalidTypeError, "limit must be an integer or None, not str"),
    ],
    ids=str,
)
def test_what_a_query_cannot_mean(keywords, error, says):
    """Refused by name, with what was given."""
    with pytest.raises(error) as caught:
        RunFilter.parse(**keywords)
    assert says in str(caught.value)
