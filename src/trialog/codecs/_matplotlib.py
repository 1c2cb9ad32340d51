"""matplotlib figures as pictures: PNG, or SVG.

Nothing here imports matplotlib: a figure brings its own ``savefig``, which draws on a canvas of
its own, so that neither pyplot nor the backend is touched and the figure keeps its canvas.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, ClassVar

from trialog.codecs._origin import comes_from
from trialog.codecs._pillow import PillowCodec
from trialog.codecs._refusals import not_taken
from trialog.codecs._text import TextCodec

if TYPE_CHECKING:
    from PIL.Image import Image

_TAKES = "a matplotlib figure, or something drawn in one"


class MatplotlibCodec:
    """A figure as a PNG picture, at the figure's own resolution (``savefig``'s settings apply).

    Takes a ``Figure``, and whatever leads to one: Axes and other artists, seaborn grids
    (``.figure``), scikit-learn displays (``.figure_``). What comes back is the picture, a Pillow
    image (matplotlib itself needs Pillow): a picture does not become a figure again.

    Example:
        >>> MatplotlibCodec.decode(MatplotlibCodec.encode(Figure(figsize=(4, 3), dpi=100))).size
        (400, 300)
    """

    media_type: ClassVar[str] = "image/png"
    filename_suffix: ClassVar[str] = ".png"

    @staticmethod
    def encode(value: Any) -> bytes:
        """The PNG file; the same figure gives the same bytes.

        Raises:
            InvalidTypeError: not a figure, and nothing that leads to one.
        """
        buffer = io.BytesIO()
        _figure(MatplotlibCodec, value).savefig(buffer, format="png")
        return buffer.getvalue()

    @staticmethod
    def decode(data: bytes) -> Image:
        """The picture, a Pillow image.

        Raises:
            UsageError: the bytes are not a PNG file.
            ModuleNotFoundError: Pillow is not installed.
        """
        return PillowCodec.decode(data)


class SvgFigureCodec:
    """A figure as an SVG drawing, sharp at every size; comes back as the SVG text.

    Example:
        >>> SvgFigureCodec.decode(SvgFigureCodec.encode(Figure()))[:5]
        '<?xml'
    """

    media_type: ClassVar[str] = "image/svg+xml"
    filename_suffix: ClassVar[str] = ".svg"

    @staticmethod
    def encode(value: Any) -> bytes:
        """The SVG text, without a date.

        Raises:
            InvalidTypeError: not a figure, and nothing that leads to one.
        """
        buffer = io.BytesIO()
        figure = _figure(SvgFigureCodec, value)
        figure.savefig(buffer, format="svg", metadata={"Date": None})
        return buffer.getvalue()

    @staticmethod
    def decode(data: bytes) -> str:
        """The SVG text.

        Raises:
            UsageError: the bytes are not UTF-8.
        """
        return TextCodec.decode(data)


def figure_of(value: object) -> Any | None:
    """The matplotlib figure that a value is, lies in, or carries; None where there is none."""
    for _ in range(4):  # display -> axes -> subfigure -> figure
        if value is None or comes_from(value, "matplotlib", "Figure"):
            return value
        value = getattr(value, "figure", None) or getattr(value, "figure_", None)
    return None


def _figure(codec: type, value: object) -> Any:
    figure = figure_of(value)
    if figure is None:
        raise not_taken(codec, value, _TAKES)
    return figure
