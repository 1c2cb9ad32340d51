"""Figures of runs: every point, every mark, readable names; by matplotlib and by plotly."""

import math
import subprocess
import sys

import numpy as np
import pytest

import trialog
from trialog.errors import NotFoundError, UsageError


@pytest.fixture
def sweep(store):
    """Six runs of two learning rates; one has a spike, one NaN and infinities, one crashed."""
    for number in range(6):
        lr = (0.1, 0.01)[number % 2]
        run = trialog.init(
            "acme", "sweep", name=f"run-{number}", parameters={"lr": lr}, capture=False
        )
        try:
            with run:
                for step in range(5000):
                    loss = 1 + lr * step
                    if number == 0 and step == 777:
                        loss = 1e6
                    if number == 1 and step in (10, 20, 30):
                        loss = {10: math.nan, 20: math.inf, 30: -math.inf}[step]
                    run.log("loss", loss, step)
                run.log("$x_{<b>", 1.0)
                assert number != 2
        except AssertionError:
            pass
    return trialog.runs("acme/sweep")


def drawn(axes):
    """The finite values of all lines with more than one point."""
    lines = [line.get_ydata() for line in axes.get_lines() if len(line.get_ydata()) > 1]
    values = np.concatenate([np.asarray(each, float) for each in lines])
    return values[np.isfinite(values)]


def words(figure):
    return [text.get_text() for axes in figure.axes for text in axes.get_legend().get_texts()]


def test_a_spike_of_one_point_is_in_the_figure(sweep):
    """Thousands of points in fewer pixels: the greatest value is drawn exactly."""
    (axes,) = trialog.get_run("run-0").plot("loss").axes
    assert drawn(axes).max() == 1e6
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("loss", "step")
    assert axes.get_title("right") == "5,000 of 5,000 points"
    figure = trialog.get_run("run-0").plot("loss", backend="plotly")
    assert max(np.nanmax(np.asarray(trace.y, float)) for trace in figure.data) == 1e6


def test_what_is_not_finite_and_how_it_ended_are_marked(sweep):
    """Each with its own mark, and the legend says what it means."""
    assert words(trialog.get_run("run-1").plot("loss")) == ["-inf", "inf", "NaN"]
    assert words(trialog.get_run("run-2").plot("loss")) == ["✗ CRASHED"]
    figure = trialog.get_run("run-1").plot("loss", backend="plotly")
    assert sorted(t.hovertext for t in figure.data if t.hovertext) == ["-inf", "inf", "nan"]
    figure = trialog.get_run("run-2").plot("loss", backend="plotly")
    assert [t.hovertext for t in figure.data if t.hovertext] == ["run-2: ✗ CRASHED"]


def test_few_runs_have_names_and_many_do_not(sweep):
    """In the order of their ends, so that name and line are found together."""
    names = [word for word in words(sweep.plot("loss")) if word.startswith("run-")]
    assert {names[0], names[1], names[2]} == {"run-0", "run-2", "run-4"}
    assert len(names) == 6
    data = sweep.plot("loss", backend="plotly").data
    shown = sorted((t for t in data if t.showlegend), key=lambda t: t.legendrank)
    assert [t.name for t in shown] == names
    for number in range(8):
        with trialog.init("acme", "sweep", name=f"more-{number}", capture=False) as run:
            run.log("loss", 1.0, 0)
            run.log("loss", 2.0, 1)
    figure = trialog.runs("acme/sweep").plot("loss")
    assert figure.axes[0].get_legend().get_title().get_text().startswith("14 lines: group_by")


def test_groups_are_one_line_each_with_a_band(sweep):
    """Of all members, counted in its name."""
    figure = sweep.plot("loss", group_by="lr", band="minmax")
    assert words(figure) == ["lr = 0.1 (3 runs)", "lr = 0.01 (3 runs)"]
    assert len(figure.axes[0].collections) == 2
    traces = sweep.plot("loss", group_by="lr", backend="plotly").data
    shown = sorted((t for t in traces if t.showlegend), key=lambda t: t.legendrank)
    assert [t.name for t in shown] == ["lr = 0.1 (3 runs)", "lr = 0.01 (3 runs)"]


def test_a_smoothed_line_shows_the_raw_one_behind(sweep):
    """And the figure says how it was smoothed."""
    (axes,) = trialog.get_run("run-0").plot("loss", smoothing="ema:0.9").axes
    raw, smoothed = axes.get_lines()
    assert max(raw.get_ydata()) == 1e6 > max(smoothed.get_ydata())
    assert raw.get_alpha() < 1
    assert "smoothed by ema:0.9" in axes.get_title("right")


@pytest.mark.parametrize(
    "x, label",
    [
        ("time", "time (UTC)"),
        ("relative", "time since the start (seconds)"),
        ("metric:loss", "loss"),
    ],
)
@pytest.mark.parametrize("backend", ["matplotlib", "plotly"])
def test_every_axis_is_named(sweep, x, label, backend):
    """In words, with its unit."""
    figure = sweep.plot("loss", x=x, log=True, backend=backend)
    if backend == "plotly":
        assert figure.layout.xaxis.title.text == label
        assert figure.layout.yaxis.type == "log"
    else:
        assert figure.axes[0].get_xlabel() == label
        assert figure.axes[0].get_yscale() == "log"


def test_several_metrics_are_panels(sweep):
    """None named: all of them; a name is text, whatever is in it."""
    figure = sweep.plot()
    assert [axes.get_ylabel() for axes in figure.axes] == [r"\$x_{<b>", "loss"]
    assert figure._repr_png_().startswith(b"\x89PNG")
    layout = sweep.plot("$x_{<b>", backend="plotly").layout
    assert layout.yaxis.title.text == "$x_{&lt;b&gt;"


def test_what_cannot_be_drawn_is_said(sweep, monkeypatch):
    """At the call, with the nearest."""
    run = trialog.get_run("run-0")
    with pytest.raises(NotFoundError, match="did you mean 'loss'"):
        run.plot("los")
    with pytest.raises(UsageError, match="backend is 'bokeh'"):
        run.plot("loss", backend="bokeh")
    with pytest.raises(UsageError, match="x is 'epoch'"):
        run.plot("loss", x="epoch")
    with pytest.raises(NotFoundError, match="no run has a metric"):
        trialog.runs("acme/none").plot()
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    with trialog.init("acme", "off") as off, pytest.raises(NotFoundError, match="keeps nothing"):
        off.plot("loss")


def test_without_the_library_it_is_said_which_extra_has_it(sweep):
    """The package itself needs neither."""
    code = """
import sys
for name in ("matplotlib", "plotly"):
    sys.modules[name] = None
import trialog
for backend in ("matplotlib", "plotly"):
    try:
        trialog.get_run("run-0").plot("loss", backend=backend)
    except trialog.errors.UsageError as error:
        print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert said.stdout.split("\n")[:2] == [
        "matplotlib is not installed: pip install 'trialog[plot]'",
        "plotly is not installed: pip install 'trialog[plotly]'",
    ]


def test_no_state_of_pyplot_is_touched(sweep):
    """No figure is left open anywhere, and no backend chosen."""
    code = """
import sys, trialog
trialog.get_run("run-0").plot("loss")
assert "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
