"""Another name for a run that is in the store."""

from __future__ import annotations

import pytest

import trialog
from trialog.errors import InvalidNameError


@pytest.fixture
def run(store):
    """A finished run, read."""
    with trialog.init("acme", "demo", name="first") as run:
        run.log("loss", 0.5)
    return trialog.get_run(run.id)


def test_both_names_lead_to_it(run):
    """The new name is shown; the old one still finds the run to resume it, and is not free."""
    assert run.rename("second") == "second"
    assert trialog.runs(name="second").ids == [run.id]
    with trialog.init("acme", "demo", resume="first") as resumed:
        assert resumed.id == run.id
    with trialog.init("acme", "demo", name="first") as other:
        assert other.name == "first_1"


def test_taken_names_get_a_number(run):
    """A name is one run's; its own it may take again."""
    with trialog.init("acme", "demo", name="taken"):
        pass
    assert run.rename("taken") == "taken_1"
    assert run.rename("first") == "first"


def test_names_that_are_none(run):
    """A name that cannot be one changes nothing."""
    with pytest.raises(InvalidNameError):
        run.rename("")
    assert trialog.get_run(run.id).name == "first"
