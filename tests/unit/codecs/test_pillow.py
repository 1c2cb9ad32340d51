"""Images as PNG."""

import io

import numpy as np
import pytest
from PIL import Image

from trialog.codecs import PillowCodec
from trialog.errors import InvalidTypeError, UsageError

KEPT = ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]
REFUSED = ["La", "PA", "RGBa", "RGBX", "CMYK", "YCbCr", "LAB", "HSV", "F"]


def picture(mode, size=(7, 5)):
    """An image of a mode with some of everything in it."""
    pixels = np.random.default_rng(3).integers(0, 256, (size[1], size[0], 4), np.uint8)
    image = Image.fromarray(pixels)
    if mode == "I;16":
        deep = pixels[..., 0].astype(np.uint16) * 257
        return Image.frombytes(mode, size, deep.astype("<u2").tobytes())
    if mode in {"RGBA", "RGBX"}:
        return Image.frombytes(mode, size, pixels.tobytes())
    return image.convert("RGB").convert(mode)


def again(image):
    return PillowCodec.decode(PillowCodec.encode(image))


@pytest.mark.parametrize("mode", KEPT)
def test_modes_that_png_has_come_back(mode):
    """Pixel by pixel, palette and mode included."""
    image = picture(mode)
    back = again(image)
    assert (back.mode, back.size, back.tobytes()) == (mode, image.size, image.tobytes())
    assert back.getpalette() == image.getpalette()


@pytest.mark.parametrize("mode", REFUSED)
def test_modes_that_png_has_not_are_refused(mode):
    """Nothing is converted unasked: the message says what to do."""
    image = Image.new(mode, (2, 2))
    with pytest.raises(
        InvalidTypeError, match=rf"mode {mode} would not come back from PNG .*convert"
    ):
        PillowCodec.encode(image)


def test_32_bit_images_are_kept_where_16_bits_hold_them():
    """As I;16, with equal values."""
    values = np.array([[0, 1], [60_000, 65_535]], np.int32)
    back = again(Image.fromarray(values))
    assert back.mode == "I;16"
    assert np.asarray(back).tolist() == values.tolist()


@pytest.mark.parametrize("value", [-1, 65_536])
def test_32_bit_images_that_16_bits_do_not_hold_are_refused(value):
    """PNG would clip them."""
    with pytest.raises(InvalidTypeError, match="do not fit 16 bits"):
        PillowCodec.encode(Image.fromarray(np.array([[0, value]], np.int32)))


def test_transparency_and_colour_profile_are_kept():
    """What decides how the pixels look."""
    image = picture("P")
    image.info["transparency"] = 1
    image.info["icc_profile"] = b"profile"
    back = again(image)
    assert back.info["transparency"] in (1, b"\xff\x00")
    assert back.info["icc_profile"] == b"profile"


def test_an_image_read_from_another_format_is_taken():
    """A JPEG is its pixels."""
    buffer = io.BytesIO()
    picture("RGB").save(buffer, format="JPEG")
    image = Image.open(buffer)
    assert again(image).tobytes() == image.tobytes()


@pytest.mark.parametrize("size", [(0, 0), (0, 5), (5, 0)])
def test_an_image_without_pixels_is_refused(size):
    """PNG has no such thing."""
    with pytest.raises(InvalidTypeError, match=f"{size[0]} by {size[1]} pixels is no PNG"):
        PillowCodec.encode(Image.new("RGB", size))


@pytest.mark.parametrize("wrong", [None, b"bytes", np.zeros((2, 2, 3), np.uint8), "plot.png"])
def test_what_is_no_image_is_refused(wrong):
    """Arrays and paths are not images yet."""
    with pytest.raises(InvalidTypeError, match=r"PillowCodec takes a PIL\.Image\.Image, not a"):
        PillowCodec.encode(wrong)


def gif():
    buffer = io.BytesIO()
    picture("P").save(buffer, format="GIF")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"", b"garbage" * 9, gif(), PillowCodec.encode(picture("RGB"))[:60], b"\x89PNG\r\n\x1a\n"],
)
def test_bytes_that_are_no_png_file_are_refused(data):
    """Cut short, foreign, or another picture format that Pillow could read."""
    with pytest.raises(UsageError, match="PillowCodec reads PNG files, and these bytes are not"):
        PillowCodec.decode(data)


def test_without_pillow_the_error_says_what_to_install(monkeypatch):
    """Reading a picture needs Pillow; its own error says so, with a note on what to do."""
    data = PillowCodec.encode(picture("L"))
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    with pytest.raises(ModuleNotFoundError) as e:
        PillowCodec.decode(data)
    assert "pip install pillow" in "".join(e.value.__notes__)
