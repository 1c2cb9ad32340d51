"""Facts and their types."""

from __future__ import annotations

import pytest

from trialog._filters import parse_filter
from trialog._filters.fields import FIELDS, FactType

SAID = {
    FactType.TEXT: '{} == "x"',
    FactType.NUMBER: "{} > 1",
    FactType.TIME: '{} > "2026-11-01"',
    FactType.LENGTH: '{} > "1d"',
    FactType.STATUS: '{} == "done"',
    FactType.TAGS: '"x" in {}',
    FactType.FLAG: "{}",
}


@pytest.mark.parametrize("name", FIELDS)
def test_every_fact_can_be_asked_for(name):
    """As its type allows; whether it is there, too."""
    assert parse_filter(SAID[FIELDS[name].type].format(name))
    assert parse_filter(f"{name} is None")
