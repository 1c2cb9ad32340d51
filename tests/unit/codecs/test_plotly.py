"""plotly figures."""

import json
import math
import subprocess
import sys

import numpy as np
import plotly.graph_objects as go
import pytest

from trialog.codecs import JsonCodec, PlotlyCodec, codec_for, codec_for_media_type
from trialog.errors import InvalidTypeError, UsageError


def figure():
    made = go.Figure(go.Scatter(x=np.arange(3), y=[0.5, 0.25, 0.125], name="<b>loss</b>"))
    return made.update_layout(title="Loss", yaxis_type="log")


def test_a_figure_comes_back_equal():
    """Data, layout and names; arrays too."""
    again = PlotlyCodec.decode(PlotlyCodec.encode(figure()))
    assert isinstance(again, go.Figure)
    assert json.loads(again.to_json()) == json.loads(figure().to_json())
    assert again.layout.title.text == "Loss"


@pytest.mark.parametrize("dtype", ["float64", "float32", "int16", "uint8", "int64"])
def test_arrays_come_back_as_arrays(dtype):
    """Of any shape; plotly packs those of up to 32 bits an integer."""
    heights = np.arange(6).reshape(2, 3).astype(dtype)
    again = PlotlyCodec.decode(PlotlyCodec.encode(go.Figure(go.Heatmap(z=heights))))
    assert np.array_equal(np.asarray(again.data[0].z), heights)


def test_a_figure_is_chosen_by_its_type_and_read_by_its_media_type():
    """Not as any JSON: the reader wants the figure back."""
    assert codec_for(figure()) is PlotlyCodec
    assert codec_for_media_type(PlotlyCodec.media_type) is PlotlyCodec


def test_nan_in_an_array_is_kept_and_in_a_list_is_a_gap():
    """None is what plotly itself writes for a list's NaN."""
    made = go.Figure([go.Scatter(y=np.array([1.0, math.nan])), go.Scatter(y=[1.0, math.nan])])
    array, listed = PlotlyCodec.decode(PlotlyCodec.encode(made)).data
    assert np.array_equal(array.y, [1.0, math.nan], equal_nan=True)
    assert listed.y == (1.0, None)


@pytest.mark.parametrize("data", [b"", b"[1]", b'{"data": 3}', b"\xff", b'{"data": [{"nope": 1}]}'])
def test_other_bytes_are_refused(data):
    """A UsageError, whatever plotly itself raises."""
    with pytest.raises(UsageError, match="PlotlyCodec reads plotly figures"):
        PlotlyCodec.decode(data)


def test_other_values_are_refused():
    """By the type's name."""
    with pytest.raises(InvalidTypeError, match="PlotlyCodec takes a plotly figure, not a list"):
        PlotlyCodec.encode([1])


def test_without_plotly_the_json_can_be_read():
    """Who reads needs plotly for the figure, and is told so."""
    code = f"""
import sys
sys.modules["plotly"] = None
from trialog.codecs import PlotlyCodec, JsonCodec
data = {PlotlyCodec.encode(figure())!r}
try:
    PlotlyCodec.decode(data)
except ModuleNotFoundError as error:
    print(error)
assert JsonCodec.decode(data)["layout"]["title"]["text"] == "Loss"
"""
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "pip install 'trialog[plotly]'" in said.stdout
    assert JsonCodec.decode(PlotlyCodec.encode(figure()))["data"][0]["name"] == "<b>loss</b>"
