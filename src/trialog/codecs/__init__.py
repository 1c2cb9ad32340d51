"""Python objects to bytes of one media type, and back.

A codec is a class or an object with ``media_type``, ``encode`` and ``decode``
(:class:`AttachmentCodec`); the ones here are classes that are never instantiated, but for OMMX's.
Codecs know nothing of runs, stores or files, and importing this package loads no third party that
is not already in the write half: numpy, pandas, Pillow, plotly, OMMX and pickle's victims are
imported by the codec that needs them, when it is called; other packages' codecs (``_registered``)
when nothing here fits. Start with ``_protocol``, then ``_selection`` (which
codec for which value), then any one codec.
"""

from trialog.codecs._audio import Audio, AudioCodec
from trialog.codecs._bytes import BytesCodec
from trialog.codecs._calls import decode_with, encode_with
from trialog.codecs._histogram import Histogram, HistogramCodec
from trialog.codecs._json import JsonCodec
from trialog.codecs._matplotlib import MatplotlibCodec, SvgFigureCodec
from trialog.codecs._numpy import NumpyCodec
from trialog.codecs._ommx import OmmxCodec
from trialog.codecs._pandas import PandasCodec
from trialog.codecs._pickle import PickleCodec
from trialog.codecs._pillow import PillowCodec
from trialog.codecs._plotly import PlotlyCodec
from trialog.codecs._protocol import AttachmentCodec, Codec, check_codec, filename_suffix
from trialog.codecs._safety import is_unsafe, require_safe
from trialog.codecs._selection import codec_for, codec_for_media_type
from trialog.codecs._text import TextCodec

__all__ = [
    "AttachmentCodec",
    "Audio",
    "AudioCodec",
    "BytesCodec",
    "Codec",
    "Histogram",
    "HistogramCodec",
    "JsonCodec",
    "MatplotlibCodec",
    "NumpyCodec",
    "OmmxCodec",
    "PandasCodec",
    "PickleCodec",
    "PillowCodec",
    "PlotlyCodec",
    "SvgFigureCodec",
    "TextCodec",
    "check_codec",
    "codec_for",
    "codec_for_media_type",
    "decode_with",
    "encode_with",
    "filename_suffix",
    "is_unsafe",
    "require_safe",
]


def __dir__() -> list[str]:
    return __all__
