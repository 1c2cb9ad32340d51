"""Every row of the tables of docs/reference/parameters.md."""

from __future__ import annotations

import argparse
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import math
import pathlib
from typing import NamedTuple

import attrs
import numpy as np
import pytest
from omegaconf import OmegaConf

import trialog
from trialog import errors

PAGE = "reference/parameters.md"


class Color(enum.Enum):
    RED = "red"


class Mode(str, enum.Enum):  # noqa: UP042 # the older way is the one that went wrong
    FAST = "fast"


class Level(enum.IntEnum):
    LOW = 1


class Feature(enum.Flag):
    A = 1
    B = 2


class Shape(enum.Enum):
    WIDE = (2, 1)


@dataclasses.dataclass
class Training:
    lr: float
    model: dict[str, int]


@attrs.define
class Optimiser:
    name: str


class Size(NamedTuple):
    width: int
    height: int


class Settings:
    """What pydantic's models look like from outside."""

    def model_dump(self):
        return {"retries": 2}


NAMES = {
    "OmegaConf": OmegaConf,
    "argparse": argparse,
    "collections": collections,
    "datetime": datetime,
    "decimal": decimal,
    "fractions": fractions,
    "math": math,
    "np": np,
    "pathlib": pathlib,
    **{
        kind.__name__: kind
        for kind in (Color, Mode, Level, Feature, Shape, Training, Optimiser, Size, Settings)
    },
}


def evaluate(cell: str):
    return eval(cell.strip("`"), dict(NAMES))


@pytest.mark.table(PAGE, "parameters")
def test_a_parameter_is_kept_as_the_page_says(row):
    """The value that is read has the form, the type and the sign of the last column."""
    _, example, kept = row
    with trialog.init("p") as run:
        run.log_parameter("p", evaluate(example))
    found = trialog.get_run(run.id).parameters
    assert repr(found) == repr(evaluate(kept))


@pytest.mark.table(PAGE, "refused")
def test_a_parameter_is_refused_as_the_page_says(row):
    """The message names the parameter; the good one beside it is kept."""
    given, example = row
    kind = errors.UsageError if "UsageError" in given else errors.InvalidTypeError
    with trialog.init("p") as run:
        with pytest.raises(kind) as caught:
            run.log_parameters({"p": evaluate(example), "good": 1})
        assert "'p'" in str(caught.value)
    assert trialog.get_run(run.id).parameters == {"good": 1}
