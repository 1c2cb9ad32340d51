"""Figures as pictures."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from trialog.codecs import MatplotlibCodec, SvgFigureCodec
from trialog.errors import InvalidTypeError


class Display:
    """What scikit-learn's displays are to us."""

    def __init__(self, figure):
        self.figure_ = figure


class Grid:
    """What seaborn's grids are to us."""

    def __init__(self, figure):
        self._figure = figure

    @property
    def figure(self):
        return self._figure


@pytest.fixture
def figure():
    made = Figure(figsize=(4, 3), dpi=100, facecolor="lightgrey")
    made.subplots().plot([1, 3, 2])
    return made


def state(figure):
    axes = [axis.get_position().bounds for axis in figure.axes]
    size = tuple(figure.get_size_inches())
    return figure.canvas, figure.dpi, size, figure.get_facecolor(), figure.stale, axes


def test_a_figure_comes_back_as_its_picture(figure):
    """Of the figure's size and resolution, with something drawn in it."""
    picture = MatplotlibCodec.decode(MatplotlibCodec.encode(figure))
    assert isinstance(picture, Image.Image)
    assert picture.size == (400, 300)
    assert len(np.unique(np.asarray(picture).reshape(-1, 4), axis=0)) > 2


@pytest.mark.parametrize("codec", [MatplotlibCodec, SvgFigureCodec])
def test_the_figure_is_left_alone(codec, figure):
    """Canvas, resolution, size, colours, layout and settings stay as they were."""
    before, settings = state(figure), dict(mpl.rcParams)
    codec.encode(figure)
    assert state(figure) == before
    assert dict(mpl.rcParams) == settings


def test_the_same_figure_gives_the_same_bytes(figure):
    """So that a figure logged twice is stored once."""
    assert MatplotlibCodec.encode(figure) == MatplotlibCodec.encode(figure)


@pytest.mark.parametrize("codec", [MatplotlibCodec, SvgFigureCodec])
def test_what_leads_to_a_figure_is_taken(codec, figure):
    """Axes, artists, subfigures, and what carries a figure: always the whole figure is drawn."""
    part = figure.subfigures(1, 2)[0]
    inner = part.subplots()
    picture = MatplotlibCodec.encode(figure)
    for value in (figure.axes[0], inner, inner.title, part, Display(figure), Grid(inner)):
        assert codec.encode(value)
        assert MatplotlibCodec.encode(value) == picture


@pytest.mark.parametrize("wrong", [None, "plot.png", Line2D([0], [0]), Display(None), Grid(3)])
@pytest.mark.parametrize("codec", [MatplotlibCodec, SvgFigureCodec])
def test_what_leads_to_no_figure_is_refused(codec, wrong):
    """An artist that was never added to a figure is in none."""
    with pytest.raises(InvalidTypeError, match=f"{codec.__name__} takes a matplotlib figure"):
        codec.encode(wrong)


def test_a_figure_that_carries_itself_is_no_endless_search():
    """Objects that lead in a circle lead to no figure."""

    class Circle:
        @property
        def figure(self):
            return self

    with pytest.raises(InvalidTypeError):
        MatplotlibCodec.encode(Circle())


def test_svg_is_text_without_a_date(figure):
    """The drawing comes back as the text of the file."""
    text = SvgFigureCodec.decode(SvgFigureCodec.encode(figure))
    assert text.startswith("<?xml")
    assert "</svg>" in text
    assert "dc:date" not in text


def test_neither_pyplot_nor_a_backend_is_needed():
    """A figure made without pyplot is drawn without it, and no backend gets chosen."""
    code = (
        "import sys, matplotlib\n"
        "from matplotlib.figure import Figure\n"
        "from trialog.codecs import MatplotlibCodec, SvgFigureCodec\n"
        "before = matplotlib.rcParams._get('backend')\n"
        "assert MatplotlibCodec.encode(Figure()) and SvgFigureCodec.encode(Figure())\n"
        "assert matplotlib.rcParams._get('backend') is before\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_figure_of_pyplot_keeps_its_manager():
    """It can be shown and changed afterwards."""
    code = (
        "import matplotlib; matplotlib.use('agg')\n"
        "import matplotlib.pyplot as plt\n"
        "from trialog.codecs import MatplotlibCodec\n"
        "figure, axes = plt.subplots()\n"
        "canvas, manager = figure.canvas, figure.canvas.manager\n"
        "assert MatplotlibCodec.encode(figure) and MatplotlibCodec.encode(axes)\n"
        "assert (figure.canvas, figure.canvas.manager) == (canvas, manager)\n"
        "assert plt.fignum_exists(figure.number) and plt.gcf() is figure\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
