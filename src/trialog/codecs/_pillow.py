"""Pillow images as PNG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, ClassVar

from trialog.codecs._origin import comes_from
from trialog.codecs._refusals import not_taken, unreadable
from trialog.errors import InvalidTypeError

if TYPE_CHECKING:
    from PIL.Image import Image

_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
_MAX_16_BIT = 65_535


class PillowCodec:
    """Images with their pixels, mode, palette, transparency and colour profile.

    PNG holds the modes 1, L, LA, P, RGB, RGBA and I;16. An image of mode I whose values lie in
    0 to 65,535 comes back as I;16, equal pixel by pixel. Of an animation the current frame is
    kept. EXIF and other metadata are not: turn a photograph upright first
    (``ImageOps.exif_transpose``).

    Example:
        >>> PillowCodec.decode(PillowCodec.encode(Image.new("RGB", (4, 3)))).size
        (4, 3)
    """

    media_type: ClassVar[str] = "image/png"
    filename_suffix: ClassVar[str] = ".png"

    @staticmethod
    def encode(value: Any) -> bytes:
        """The PNG file.

        Raises:
            InvalidTypeError: not an image, one without pixels, or of a mode PNG does not have.
        """
        if not comes_from(value, "PIL", "Image"):
            raise not_taken(PillowCodec, value, "a PIL.Image.Image")
        if 0 in value.size:
            raise InvalidTypeError(f"an image of {value.width} by {value.height} pixels is no PNG")
        buffer = io.BytesIO()
        _fitted(value).save(buffer, format="PNG")
        return buffer.getvalue()

    @staticmethod
    def decode(data: bytes) -> Image:
        """The image, read completely.

        Raises:
            UsageError: the bytes are not a PNG file.
            ModuleNotFoundError: Pillow is not installed.
        """
        try:
            from PIL import Image  # noqa: PLC0415  # heavy, and optional
        except ModuleNotFoundError as error:
            error.add_note(
                "reading image/png as a picture needs Pillow (pip install pillow); "
                "the bytes themselves can be read without decoding"
            )
            raise
        try:
            image = Image.open(io.BytesIO(data), formats=["PNG"])
            image.load()
        except (OSError, SyntaxError, ValueError) as error:  # Pillow's for a broken file
            raise unreadable(PillowCodec, "PNG files", error) from error
        return image


def _fitted(image: Any) -> Any:
    """The image in a mode that PNG has."""
    if image.mode in _MODES:
        return image
    if image.mode == "I":
        low, high = image.getextrema()
        if low >= 0 and high <= _MAX_16_BIT:
            return image.convert("I;16")
        hint = f"its values, {low} to {high}, do not fit 16 bits"
    else:
        hint = f"PNG has only {', '.join(_MODES)}"
    raise InvalidTypeError(
        f"an image of mode {image.mode} would not come back from PNG as it is: {hint}; convert it "
        "(image.convert('RGB')), or log numpy.asarray(image)"
    )
