"""plotly figures as plotly's own JSON, which any plotly draws again."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, ClassVar

from trialog.codecs._origin import comes_from
from trialog.codecs._refusals import not_taken, unreadable

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_PARTS = ("data", "layout", "frames")
_PACKED = {"dtype", "bdata"}  # an array, as plotly writes it since version 6
_NO_PLOTLY = (
    "reading a plotly figure needs plotly: pip install 'trialog[plotly]'; get_json() reads what it "
    "is made of without"
)


class PlotlyCodec:
    """A plotly figure with its data, layout and frames; it stays a chart that can be zoomed.

    Takes a ``Figure`` or ``FigureWidget``; a ``Figure`` comes back, equal to it. NaN and infinities
    in plain lists become None, the gap that plotly draws for them; arrays keep theirs.

    Example:
        >>> figure = plotly.graph_objects.Figure(plotly.graph_objects.Scatter(y=[3, 1, 2]))
        >>> PlotlyCodec.decode(PlotlyCodec.encode(figure)).data[0].y
        (3, 1, 2)
    """

    media_type: ClassVar[str] = "application/vnd.plotly.v1+json"
    filename_suffix: ClassVar[str] = ".plotly.json"

    @staticmethod
    def encode(value: Any) -> bytes:
        """The JSON text that ``figure.to_json()`` gives.

        Raises:
            InvalidTypeError: not a plotly figure.
        """
        if not is_plotly_figure(value):
            raise not_taken(PlotlyCodec, value, "a plotly figure")
        return str(value.to_json()).encode()

    @staticmethod
    def decode(data: bytes) -> Figure:
        """The figure.

        Raises:
            UsageError: the bytes are not a plotly figure.
            ModuleNotFoundError: plotly is not installed.
        """
        try:
            from plotly.graph_objects import Figure  # noqa: PLC0415  # heavy, and optional
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(_NO_PLOTLY, name=error.name) from error
        try:
            content = json.loads(data)
            return Figure(**{part: _with_arrays(content.get(part)) for part in _PARTS})
        except (ValueError, TypeError, AttributeError) as error:
            raise unreadable(PlotlyCodec, "plotly figures", error) from error


def _with_arrays(content: Any) -> Any:
    """The same, with arrays where plotly has packed some: it unpacks them only in a browser."""
    if isinstance(content, list):
        return [_with_arrays(each) for each in content]
    if not isinstance(content, dict):
        return content
    if content.keys() >= _PACKED:
        import numpy as np  # noqa: PLC0415  # heavy: only for whoever reads arrays

        array = np.frombuffer(base64.b64decode(content["bdata"]), f"<{content['dtype']}")
        shape = [int(each) for each in str(content.get("shape") or len(array)).split(",")]
        return array.reshape(shape).copy()
    return {key: _with_arrays(each) for key, each in content.items()}


def is_plotly_figure(value: object) -> bool:
    """Whether a value is a plotly figure, told without importing plotly."""
    return comes_from(value, "plotly", "BaseFigure")
