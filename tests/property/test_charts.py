"""What charts promise, for any points, windows and sizes."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from trialog._charts.charts import Chart, chart_of
from trialog._charts.deltas import apply_delta, delta_of
from trialog._charts.encoding import decode
from trialog._charts.grids import Part
from trialog._charts.groups import group_lines
from trialog._charts.lines import Line, ascending, by_metric
from trialog._charts.precision import CURVES, shrink
from trialog._charts.pyramids import pyramid_of
from trialog._charts.ranges import fit_of
from trialog._charts.rows import ArrayRows
from trialog._charts.smoothing import Smoothing, smooth
from trialog._charts.statistics import FACTS
from trialog._charts.wishes import ChartWish

_values = st.one_of(
    st.floats(-1e3, 1e3, width=32),
    st.sampled_from([0.0, 1.0, math.nan, math.inf, -math.inf, 25.0]),
)
_smoothings = st.sampled_from(["ema:0", "ema:0.9", "time-ema:3", "window:1", "window:5"])


@st.composite
def _lines(draw, max_points=120, max_lines=4):
    """Lines of whole and broken, repeated and negative x."""
    found = []
    for _ in range(draw(st.integers(1, max_lines))):
        count = draw(st.integers(0, max_points))
        kind = draw(st.sampled_from(["steps", "repeated", "any"]))
        if kind == "steps":
            x = np.arange(count, dtype=float)
        elif kind == "repeated":
            x = np.array(draw(st.lists(st.integers(-5, 5), min_size=count, max_size=count)), float)
        else:
            x = draw(npst.arrays(float, count, elements=st.floats(-100, 100, width=16)))
        y = draw(npst.arrays(float, count, elements=_values))
        found.append(ascending(x, y))
    return found


@st.composite
def _windows(draw):
    ends = sorted(draw(st.lists(st.floats(-110, 130, width=16), min_size=2, max_size=2)))
    return draw(st.sampled_from([(None, None), (None, ends[1]), (ends[0], None), tuple(ends)]))


def _chart(lines, wish, groups=()):
    chart = chart_of([Line(ArrayRows(x, y)) for x, y in lines], wish, None, groups)
    header, arrays = decode(chart.encoded())
    for name, array in arrays.items():
        assert array.dtype == chart.arrays[name].dtype
        assert np.array_equal(array, chart.arrays[name], equal_nan=array.dtype.kind == "f")
    return header, arrays


def _inside(x, y, header):
    lo, hi = header["x"]["window"]
    is_inside = (x >= lo) & (x <= hi)
    return x[is_inside], y[is_inside]


def _tolerance(header):
    """How far a value may be from what was logged."""
    lo, hi = header["y"]["fit"] or (0, 0)
    return (hi - lo) / 65_536


def _are_told(drawn, logged, header):
    """Whether values are logged ones: to the bit where the answer is exact, else nearly."""
    if header["is_exact"]:
        return set(drawn) <= set(logged.astype(drawn.dtype))
    errors = np.abs(drawn[:, None].astype(float) - logged).min(axis=1, initial=np.inf)
    return bool((errors <= _tolerance(header)).all())


_any_values = st.one_of(_values, st.floats(), st.floats(1e-3, 10))


@given(
    npst.arrays(float, st.tuples(st.integers(1, 4), st.integers(2, 40)), elements=_any_values),
    st.booleans(),
    st.booleans(),
)
def test_rounding_moves_no_value_by_more_than_is_said(values, is_log, is_rounded):
    """By 1/65,536 at most; no extreme, nothing beyond the fitted range, no exact answer at all."""
    values[np.isinf(values)] = np.nan
    fit = fit_of([(ArrayRows(row, row), Part(0, len(row))) for row in values])
    arrays, rounded = {"y": values.copy()}, ("y",) if is_rounded else ()
    shrink(arrays, fit, is_log=is_log, rounded=rounded, inner=slice(1, values.shape[1]))
    found = arrays["y"].astype(float)
    assert np.array_equal(np.isnan(found), np.isnan(values))
    with np.errstate(over="ignore"):
        errors = np.abs(found - values)
        lo, hi = fit or (0.0, 0.0)
        width = hi - lo
    if is_log:
        assert (np.isnan(errors) | (errors <= np.abs(values) / 65_536)).all()
    else:
        assert (np.isnan(errors) | (errors <= (width if np.isfinite(width) else 0) / 65_536)).all()
        is_plain = np.abs(values) > 1e-36  # smaller ones are near the end of float32
        allowed = np.abs(values) * (1 / 65_536 + 2**-23)
        assert (np.isnan(errors) | ~is_plain | (errors <= allowed)).all()
    as_sent = values.astype(arrays["y"].dtype) if arrays["y"].dtype == np.float32 else values
    own = values[:, 1:]
    is_kept = (values <= lo) | (values >= hi) | (not is_rounded)
    is_kept |= values == np.fmax.reduce(own, axis=1)[:, None]
    is_kept |= values == np.fmin.reduce(own, axis=1)[:, None]
    assert arrays["y"][is_kept].tobytes() == as_sent[is_kept].tobytes()


@given(_lines(), _windows(), st.integers(1, 40))
def test_every_extreme_is_in_the_answer(lines, window, pixels):
    """Of each line, the least and greatest value of every window is drawn, at any size."""
    header, arrays = _chart(lines, ChartWish(x0=window[0], x1=window[1], pixels=pixels))
    if header["x"]["window"] is None:
        assert not any(len(x) for x, _ in lines)
        return
    left, right = header["borders"]
    assert (np.diff(arrays["x"]) >= 0).all()
    for number, (x, y) in enumerate(lines):
        _, inside = _inside(x, y, header)
        finite = inside[np.isfinite(inside)]
        drawn = arrays["y"][number, int(left) : arrays["y"].shape[1] - int(right)]
        drawn = drawn[~np.isnan(drawn)]
        assert _are_told(drawn, finite, header)
        if len(finite):
            assert drawn.min() == finite.min().astype(drawn.dtype)
            assert drawn.max() == finite.max().astype(drawn.dtype)


@given(_lines(), _windows(), st.integers(1, 40))
def test_every_column_has_its_own_extremes_in_their_order(lines, window, pixels):
    """A column shows its least and greatest value, in the order in which they were logged."""
    header, arrays = _chart(lines, ChartWish(x0=window[0], x1=window[1], pixels=pixels))
    if header["x"]["window"] is None or header["is_exact"]:
        return
    lo, hi = header["x"]["window"]
    left = int(header["borders"][0])
    for number, (x, y) in enumerate(lines):
        xs, ys = _inside(x, y, header)
        columns = (
            np.minimum(((xs - lo) * (pixels / (hi - lo))).astype(int), pixels - 1)
            if hi > lo
            else xs * 0
        )
        for column in range(pixels):
            mine = ys[columns == column]
            mine = mine[np.isfinite(mine)]
            shown = arrays["y"][number, left + 2 * column : left + 2 * column + 2]
            shown = shown[~np.isnan(shown)].tolist()
            if len(mine) < 2:
                expected = mine.tolist()
            elif mine.argmin() <= mine.argmax():
                expected = [mine.min(), mine.max()]
            else:
                expected = [mine.max(), mine.min()]
            assert len(shown) == len(expected)
            assert np.abs(np.array(shown) - expected).max(initial=0) <= _tolerance(header)


@given(_lines(), _windows(), st.integers(60, 200))
def test_an_exact_chart_is_the_points(lines, window, pixels):
    """Where there are fewer places than slots, the slots are the points, each at its place."""
    header, arrays = _chart(lines, ChartWish(x0=window[0], x1=window[1], pixels=pixels))
    if header["x"]["window"] is None or not header["is_exact"]:
        return
    left, right = map(int, header["borders"])
    xs = arrays["x"][left : len(arrays["x"]) - right]
    for number, (x, y) in enumerate(lines):
        places, inside = _inside(x, y, header)
        drawn = arrays["y"][number, left : left + len(xs)]
        is_finite = np.isfinite(inside)
        assert xs[~np.isnan(drawn)].tolist() == places[is_finite].tolist()
        expected = inside[is_finite].astype(drawn.dtype)
        assert drawn[~np.isnan(drawn)].tolist() == expected.tolist()


@given(_lines(), _windows(), st.integers(1, 40))
def test_what_is_no_number_is_counted_and_marked(lines, window, pixels):
    """NaN and infinities are counted each, their places are told, and lines break there."""
    header, arrays = _chart(lines, ChartWish(x0=window[0], x1=window[1], pixels=pixels))
    if header["x"]["window"] is None:
        return
    marks = header["marks"]["shown"]
    facts = {name: arrays["facts"][:, at] for at, name in enumerate(header["facts"])}
    total = 0
    for number, (x, y) in enumerate(lines):
        places, inside = _inside(x, y, header)
        assert facts["total"][number] == len(x)
        assert facts["window"][number] == len(inside)
        for kind, name, mask in (
            ("nan", "nan", np.isnan(inside)),
            ("inf", "positive_infinities", np.isposinf(inside)),
            ("-inf", "negative_infinities", np.isneginf(inside)),
        ):
            assert facts[name][number] == mask.sum()
            total += int(mask.sum())
            told = [mark["x"] for mark in marks if (mark["line"], mark["kind"]) == (number, kind)]
            assert set(told) <= set(places[mask].tolist())
    assert len(marks) + header["marks"]["more"] == total
    assert header["points"]["window"] == header["points"]["represented"] == facts["window"].sum()


@given(_lines(), _smoothings, _windows(), st.integers(1, 200))
def test_a_smoothed_value_is_the_same_bits_in_every_window(lines, text, window, pixels):
    """Whatever is cut out and however it is drawn, values are those of the whole series."""
    smoothing = Smoothing.parse(text)
    whole = smooth(lines, smoothing)
    smoothed = [
        Line(ArrayRows(x, y), 0, ArrayRows(x, s)) for (x, y), s in zip(lines, whole, strict=True)
    ]
    wish = ChartWish(x0=window[0], x1=window[1], pixels=pixels, smoothing=smoothing, raw=True)
    chart = chart_of(smoothed, wish)
    if chart.header["x"]["window"] is None:
        return
    left, right = map(int, chart.header["borders"])
    for number, ((x, y), s) in enumerate(zip(lines, whole, strict=True)):
        for name, values in (("y", s), ("raw", y)):
            drawn = chart.arrays[name][number]
            drawn = drawn[left : len(drawn) - right]
            bits = drawn[~np.isnan(drawn)]
            _, inside = _inside(x, values, chart.header)
            allowed = inside[np.isfinite(inside)].astype(bits.dtype)
            if name == "y":
                assert set(bits.tolist()) <= set(allowed.tolist())
            if len(allowed):
                assert bits.min() == allowed.min()
                assert bits.max() == allowed.max()


@given(_lines(max_points=300, max_lines=3), _smoothings, st.integers(0, 300))
def test_points_appended_later_change_no_smoothed_value(lines, text, count):
    """An exponential average knows the points before it alone; a window, those in it."""
    smoothing = Smoothing.parse(text)
    half = int(smoothing.amount) // 2 if smoothing.kind == "window" else 0
    whole = smooth(lines, smoothing)
    begun = smooth([(x[:count], y[:count]) for x, y in lines], smoothing)
    for (_, y), long, short in zip(lines, whole, begun, strict=True):
        finite = np.cumsum(np.isfinite(y[: len(short)]))
        is_settled = finite <= (finite[-1] if len(finite) else 0) - half
        if smoothing.kind != "window":
            assert short[is_settled].tobytes() == long[: len(short)][is_settled].tobytes()
        else:
            assert np.allclose(
                short[is_settled], long[: len(short)][is_settled], rtol=1e-12, equal_nan=True
            )


@given(_lines(max_points=200), _smoothings)
def test_smoothing_agrees_with_the_loop(lines, text):
    """Values are those of the definition, point by point."""
    smoothing = Smoothing.parse(text)
    for (x, y), found in zip(lines, smooth(lines, smoothing), strict=True):
        expected = _smoothed_naively(x, y, smoothing)
        scale = np.abs(y[np.isfinite(y)]).max(initial=1.0)
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-9 * scale, equal_nan=True)


def _smoothed_naively(x, y, smoothing):
    found = y.copy()
    known = np.flatnonzero(np.isfinite(y))
    half = int(smoothing.amount) // 2
    for place, row in enumerate(known):
        if smoothing.kind == "window":
            found[row] = y[known[max(place - half, 0) : place + half + 1]].mean()
            continue
        before = known[: place + 1]
        if smoothing.kind == "ema":
            weights = smoothing.amount ** np.arange(place, -1, -1.0)
        else:
            weights = 2.0 ** ((x[before] - x[row]) / smoothing.amount)
        found[row] = (weights * y[before]).sum() / weights.sum()
    return found


@given(
    _lines(max_points=30, max_lines=5),
    st.sampled_from(["mean", "median"]),
    st.sampled_from(["none", "std", "minmax"]),
)
def test_groups_agree_with_the_loop(lines, center, band):
    """At each place of any member: all members that reach it, interpolated, none beyond."""
    found = group_lines(lines, center, band)
    finite = [(x[np.isfinite(y)], y[np.isfinite(y)]) for x, y in lines]
    places = np.unique(np.concatenate([x for x, _ in finite]))
    assert found.x.tolist() == places.tolist()
    for at, place in enumerate(places):
        values, lows, highs = [], [], []
        for x, y in finite:
            if not len(x) or not x[0] <= place <= x[-1]:
                continue
            for into, what in ((values, np.mean), (lows, np.min), (highs, np.max)):
                xs = np.unique(x)
                into.append(np.interp(place, xs, [what(y[x == each]) for each in xs]))
        assert found.members[at] == len(values)
        expected = np.mean(values) if center == "mean" else np.median(values)
        assert math.isclose(found.center[at], expected, rel_tol=1e-9, abs_tol=1e-9)
        if band == "minmax":
            assert math.isclose(found.low[at], min(lows), rel_tol=1e-9, abs_tol=1e-9)
            assert math.isclose(found.high[at], max(highs), rel_tol=1e-9, abs_tol=1e-9)
        elif band == "std" and len(values) > 1:
            width = found.high[at] - found.center[at]
            assert math.isclose(width, np.std(values, ddof=1), rel_tol=1e-6, abs_tol=1e-6)


@given(_lines(), st.sampled_from(["std", "minmax"]), _windows(), st.integers(1, 30))
def test_a_band_keeps_its_extremes(lines, band, window, pixels):
    """The outermost of a band in the window is drawn, whatever the number of columns."""
    group = group_lines(lines, "mean", band)
    wish = ChartWish(x0=window[0], x1=window[1], pixels=pixels, is_grouped=True)
    header, arrays = _chart(lines, wish, [({"label": "all"}, group)])
    if header["x"]["window"] is None:
        return
    left, right = map(int, header["borders"])
    for name, what in (("low", np.nanmin), ("high", np.nanmax)):
        _, inside = _inside(group.x, getattr(group, name), header)
        drawn = arrays[name][0, left : arrays[name].shape[1] - right]
        if not np.isnan(inside).all():
            assert what(drawn) == what(inside).astype(drawn.dtype)


@given(
    _lines(max_points=300, max_lines=2),
    _windows(),
    st.integers(1, 30),
    st.sampled_from(["linear", "log"]),
)
def test_a_pyramid_gives_what_the_points_give(lines, window, pixels, scale):
    """Chunks and the points of those that straddle columns make the same answer as all points."""
    wish = ChartWish(x0=window[0], x1=window[1], pixels=pixels, details=True, y_scale=scale)
    plain = [Line(ArrayRows(x, y)) for x, y in lines]
    long = [Line(ArrayRows(x, y)) for x, y in lines]
    for line in long:
        line.rows.pyramid = pyramid_of(line.rows, chunk=4, span=16)
    one, other = chart_of(plain, wish), chart_of(long, wish)
    narrow, wide = one.header["y"].pop("fit"), other.header["y"].pop("fit")
    assert one.header == other.header
    assert (narrow is None) == (wide is None)
    if narrow is not None:
        assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]
        for chart, fit in ((one, narrow), (other, wide)):
            inside = [_inside(x, y, chart.header)[1] for x, y in lines]
            inside = [y[np.isfinite(y)] for y in inside]
            above, below = (chart.arrays["facts"][:, FACTS.index(n)] for n in ("above", "below"))
            assert above.tolist() == [(y > fit[1]).sum() for y in inside]
            assert below.tolist() == [(y < fit[0]).sum() for y in inside]
            above[:] = below[:] = 0
    for name in one.arrays:
        if name not in CURVES or one.header["is_exact"]:
            assert np.array_equal(one.arrays[name], other.arrays[name], equal_nan=True), name
            continue
        values = one.arrays[name].astype(float)
        errors = np.abs(other.arrays[name] - values)
        lo, hi = wide or (0.0, 0.0)
        allowed = np.abs(values) / 30_000 if scale == "log" else (hi - lo) / 32_768  # of each: half
        assert np.array_equal(np.isnan(values), np.isnan(other.arrays[name])), name
        assert (np.isnan(errors) | (errors <= allowed)).all(), name


@given(_lines(max_points=60), st.lists(st.integers(0, 60), min_size=2, max_size=2), st.data())
def test_a_delta_makes_the_fresh_answer(lines, counts, data):
    """What was shown before and the delta make the arrays of a whole answer, bit by bit."""
    window = data.draw(_windows())
    wish = ChartWish(x0=window[0], x1=window[1], pixels=data.draw(st.sampled_from([5, 100])))
    order = [data.draw(st.permutations(range(len(x)))) for x, _ in lines]
    answers = []
    for count in sorted(counts):
        some = [
            ascending(x[sorted(o[:count])], y[sorted(o[:count])])
            for (x, y), o in zip(lines, order, strict=True)
        ]
        answers.append(chart_of([Line(ArrayRows(x, y)) for x, y in some], wish))
    delta = delta_of(*answers)
    if delta is None:
        return
    header, arrays = decode(delta.encoded())
    applied = apply_delta(answers[0], Chart(header, arrays))
    assert {n for n in applied.header if n != "arrays"} == set(answers[1].header)
    for name, fresh in answers[1].arrays.items():
        assert applied.arrays[name].tobytes() == fresh.tobytes(), name


@given(st.lists(_lines(max_points=80, max_lines=1), min_size=1, max_size=3))
def test_a_fitted_range_leaves_out_half_a_percent_on_each_side(several):
    """At least 99 % of the visible values are within, and both ends are values."""
    from trialog._charts.grids import Part

    rows = [ArrayRows(*lines[0]) for lines in several]
    fit = fit_of([(each, Part(0, len(each))) for each in rows])
    values = np.concatenate([each.y for each in rows])
    values = np.sort(values[np.isfinite(values)])
    if not len(values):
        assert fit is None
        return
    assert fit[0] in values
    assert fit[1] in values
    assert (values < fit[0]).sum() <= 0.005 * len(values)
    assert (values > fit[1]).sum() <= 0.005 * len(values)


@given(
    st.lists(st.tuples(st.integers(-3, 3), _values), max_size=20),
    st.lists(st.tuples(st.integers(-3, 3), _values), max_size=20),
)
def test_points_are_joined_by_step_then_order(points, others):
    """The nth point at a step is placed by the other metric's nth there, or by its last."""
    steps, y = np.array([s for s, _ in points], int), np.array([v for _, v in points], float)
    x_steps, x = np.array([s for s, _ in others], int), np.array([v for _, v in others], float)
    places, values, unplaced = by_metric(steps, y, x_steps, x)
    expected = []
    for number, (step, value) in enumerate(points):
        turn = sum(s == step for s, _ in points[:number])
        there = [v for s, v in others if s == step]
        if there and math.isfinite(place := there[min(turn, len(there) - 1)]):
            expected.append((place, value))
    assert unplaced == len(points) - len(expected)
    assert sorted(map(str, zip(places.tolist(), values.tolist(), strict=True))) == sorted(
        str((float(p), float(v))) for p, v in expected
    )
    assert all(a <= b for a, b in pairwise(places.tolist()))
