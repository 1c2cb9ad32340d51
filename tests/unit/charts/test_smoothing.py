"""Smoothing: the forms of its text, and values known beforehand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trialog._charts.smoothing import BLOCK, Decay, Smoothing, smooth
from trialog.errors import UsageError


@pytest.mark.parametrize(
    "text,kind,amount",
    [
        ("ema:0.9", "ema", 0.9),
        ("ema:0", "ema", 0.0),
        ("time-ema:30", "time-ema", 30.0),
        ("time-ema:2m", "time-ema", 120.0),
        ("time-ema:1.5h", "time-ema", 5400.0),
        ("window:25", "window", 25.0),
        ("window:24", "window", 25.0),
    ],
)
def test_each_form_is_understood(text, kind, amount):
    """A kind and an amount; an even window is taken one greater."""
    assert Smoothing.parse(text) == Smoothing(kind, amount)


@pytest.mark.parametrize("text", [None, "", "none"])
def test_no_smoothing(text):
    """Nothing, and the word for it."""
    assert Smoothing.parse(text) is None


@pytest.mark.parametrize(
    "text",
    ["ema", "ema:1", "ema:-0.1", "ema:nan", "time-ema:0", "time-ema:inf", "time-ema:3x", "window:0",
     "window:2.5", "window:x", "mean:3", "ema:0.9s"],
)  # fmt: skip
def test_other_texts_are_refused(text):
    """The message names the text and what would be right."""
    with pytest.raises(UsageError, match="use one of ema:0.9"):
        Smoothing.parse(text)


def test_a_weight_of_zero_changes_nothing():
    """Not one bit."""
    y = np.random.default_rng(0).normal(size=1000)
    (found,) = smooth([(np.arange(1000.0), y)], Smoothing("ema", 0.0))
    assert found.tobytes() == y.tobytes()


def test_a_constant_stays_constant():
    """Averages are debiased: they begin with the first value, not with 0."""
    y = np.full(300, 0.1)
    for text in ("ema:0.99", "time-ema:10", "window:51"):
        (found,) = smooth([(np.arange(300.0), y)], Smoothing.parse(text))
        assert np.allclose(found, 0.1, rtol=1e-13)


def test_nan_does_not_spread():
    """Values that are not finite stay; what follows is as if they were not there."""
    y = np.array([1.0, math.nan, 2.0, math.inf, 3.0, -math.inf])
    for text in ("ema:0.5", "window:3"):
        smoothing = Smoothing.parse(text)
        (found,) = smooth([(np.arange(6.0), y)], smoothing)
        (without,) = smooth([(np.arange(3.0), np.array([1.0, 2.0, 3.0]))], smoothing)
        assert found[[0, 2, 4]].tolist() == without.tolist()
        assert np.array_equal(found[[1, 3, 5]], y[[1, 3, 5]], equal_nan=True)


def test_a_huge_value_shows_in_its_windows_alone():
    """Nothing is subtracted: 1e300 leaves no trace outside of the windows that hold it."""
    y = np.ones(500)
    y[250] = 1e300
    (found,) = smooth([(np.arange(500.0), y)], Smoothing("window", 11.0))
    assert (found[:245] == 1).all()
    assert (found[256:] == 1).all()
    assert (found[245:256] > 1e298).all()


def test_huge_values_do_not_overflow():
    """Sums of the greatest doubles are taken in a smaller unit."""
    y = np.full(2000, 1.7e308)
    for text in ("ema:0.999", "window:101"):
        (found,) = smooth([(np.arange(2000.0), y)], Smoothing.parse(text))
        assert np.allclose(found, 1.7e308, rtol=1e-12)


@pytest.mark.parametrize("text", ["ema:0.9", "time-ema:7"])
@pytest.mark.parametrize("size", [1, 63, BLOCK, 100])
def test_pieces_make_the_same_bits_as_the_whole(text, size):
    """A line that comes in pieces of any size is smoothed as in one."""
    rng = np.random.default_rng(3)
    y = np.where(rng.random(700) < 0.1, np.nan, rng.normal(size=700))
    x = np.cumsum(rng.random(700))
    (whole,) = smooth([(x, y)], Smoothing.parse(text))
    decay = Decay(Smoothing.parse(text))
    pieces = [decay.smooth(x[at : at + size], y[at : at + size]) for at in range(0, 700, size)]
    assert np.concatenate(pieces).tobytes() == whole.tobytes()


def test_lines_together_are_smoothed_as_alone():
    """Many lines at once have the bits that each has by itself."""
    rng = np.random.default_rng(4)
    lines = [(np.arange(float(n)), rng.normal(size=n)) for n in (0, 1, 64, 65, 1000)]
    for text in ("ema:0.9", "time-ema:3", "window:9"):
        smoothing = Smoothing.parse(text)
        for line, found in zip(lines, smooth(lines, smoothing), strict=True):
            assert found.tobytes() == smooth([line], smoothing)[0].tobytes()
