"""The examples of what needs OMMX."""

from __future__ import annotations

import doctest

import pytest

import trialog
from trialog._tracking import solving

EXAMPLES = [each for each in doctest.DocTestFinder().find(solving) if each.examples]


@pytest.fixture
def run():
    run = trialog.init("acme", "OMMX")
    yield run
    run.finish()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_examples_give_what_they_say(example, request):
    """Each with a run and models of its own."""
    example.globs["getfixture"] = request.getfixturevalue
    report: list[str] = []
    result = doctest.DocTestRunner().run(example, out=report.append)
    assert not result.failed, "".join(report)
    assert result.attempted
