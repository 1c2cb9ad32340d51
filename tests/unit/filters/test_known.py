"""Names that no run has."""

from __future__ import annotations

import pytest

from trialog._filters import KnownNames, check_names, parse_filter, parse_sort
from trialog.errors import FilterError

KNOWN = KnownNames(parameters=["lr", "model/depth"], metrics=["loss", "val/acc"])


@pytest.mark.parametrize(
    "text,marked,suggestion",
    [
        ("lr > 1 and loss < 1", "loss", "last(loss)"),
        ("lrr > 1", "lrr", "lr"),
        ('parameters["model/deph"] > 1', 'parameters["model/deph"]', 'parameters["model/depth"]'),
        ("max(los) > 1", "max(los)", "max(loss)"),
        ("min(zzzzzz) > 1", "min(zzzzzz)", None),
        ("val_acc > 1", "val_acc", 'last("val/acc")'),
    ],
)
def test_the_nearest_is_suggested(text, marked, suggestion):
    """A metric that is asked for as a parameter first of all."""
    with pytest.raises(FilterError, match="no run has") as caught:
        check_names(parse_filter(text), KNOWN, text)
    error = caught.value
    assert (text[error.start : error.end], error.suggestion) == (marked, suggestion)


def test_names_that_are_there_are_right():
    """And facts always are."""
    text = 'lr > 1 and last("val/acc") > 1 and name == "x" and "x" in tags'
    check_names(parse_filter(text), KNOWN, text)
    check_names(parse_sort("-lr, created"), KNOWN, "-lr, created")
    check_names(None, KNOWN, "")
    with pytest.raises(FilterError, match="parameter 'x'"):
        check_names(parse_sort("lr, x"), KNOWN, "lr, x")
