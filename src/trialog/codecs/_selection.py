"""Which codec a value is logged with, and which one reads a media type."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from numbers import Rational
from typing import Any

from trialog._format.values import to_number
from trialog.codecs._audio import Audio, AudioCodec
from trialog.codecs._bytes import BytesCodec
from trialog.codecs._histogram import Histogram, HistogramCodec, is_numpy_histogram
from trialog.codecs._json import JsonCodec
from trialog.codecs._matplotlib import MatplotlibCodec, SvgFigureCodec, figure_of
from trialog.codecs._media_types import parse_media_type
from trialog.codecs._numpy import NumpyCodec
from trialog.codecs._ommx import CODECS, ommx_codec_for
from trialog.codecs._origin import comes_from, type_name
from trialog.codecs._pandas import PandasCodec
from trialog.codecs._pickle import PickleCodec
from trialog.codecs._pillow import PillowCodec
from trialog.codecs._plotly import PlotlyCodec, is_plotly_figure
from trialog.codecs._protocol import AttachmentCodec, check_codec
from trialog.codecs._registered import registered_codec_for, registered_codec_for_media_type
from trialog.codecs._text import TextCodec
from trialog.errors import InvalidTypeError

_READERS: dict[str, AttachmentCodec[Any]] = {
    parse_media_type(codec.media_type).essence: check_codec(codec)
    for codec in (
        AudioCodec,
        BytesCodec,
        HistogramCodec,
        JsonCodec,
        NumpyCodec,
        PandasCodec,
        PickleCodec,
        PillowCodec,
        PlotlyCodec,
        SvgFigureCodec,
        TextCodec,
    )
} | {codec.media_type: check_codec(codec) for codec in CODECS}
_JSON_TYPES = (int, float, Decimal, Rational, Mapping, list, tuple)  # a bool is an int
_MAX_JSON_NUMBER_BYTES = 8  # JSON numbers come back as doubles or integers


def codec_for(value: object) -> AttachmentCodec[Any]:
    """The codec that a value is logged with when none is named.

    ======================================================== =======================
    text                                                     :class:`TextCodec`
    bytes, bytearray, memoryview                             :class:`BytesCodec`
    None, bool, numbers, mappings, lists, tuples             :class:`JsonCodec`
    numpy arrays, torch tensors, scalars JSON has not        :class:`NumpyCodec`
    pandas DataFrame, Series                                 :class:`PandasCodec`
    Pillow images                                            :class:`PillowCodec`
    OMMX instances, solutions, sample sets                   :class:`OmmxCodec`
    matplotlib figures, and what leads to one by ``.figure`` :class:`MatplotlibCodec`
    plotly figures                                           :class:`PlotlyCodec`
    :class:`Histogram`, what ``numpy.histogram`` gives       :class:`HistogramCodec`
    :class:`Audio`                                           :class:`AudioCodec`
    what another package's codec takes                       that codec
    ======================================================== =======================

    Only the names in the type's own line of ancestors are looked at: nothing is imported. Pickle
    is never chosen. Other packages are asked last: their entry points of the group
    ``trialog.codecs`` are loaded when nothing here takes the value.

    Raises:
        InvalidTypeError: no codec here takes such a value.

    Example:
        >>> codec_for([1, 2]).media_type
        'application/json'
    """
    chosen = _by_text(value) or _by_origin(value) or _by_manners(value)
    chosen = chosen or registered_codec_for(value)
    if chosen is not None:
        return chosen
    array = ", or log numpy.asarray(value)" if hasattr(type(value), "__array__") else ""
    raise InvalidTypeError(
        f"no codec is known for a {type_name(value)}; log it with one of your own, or pickle it "
        f"yourself: log_with_codec(PickleCodec, name, value){array}"
    )


def codec_for_media_type(media_type: str) -> AttachmentCodec[Any] | None:
    """The codec that reads a media type, None where there is none.

    Case and parameters are no matter, except that text in a charset other than UTF-8 has no
    codec; a type that ends in ``+json`` is JSON where nobody knows better. The codec can be an
    unsafe one: pass it through :func:`require_safe` before it decodes.

    Example:
        >>> codec_for_media_type("text/plain; charset=UTF-8").decode(b"warm")
        'warm'
    """
    parsed = parse_media_type(media_type)
    if not parsed.is_utf8:
        return None
    known = _READERS.get(parsed.essence) or registered_codec_for_media_type(parsed.essence)
    if known is None and parsed.essence.endswith("+json"):
        return check_codec(JsonCodec)
    return known


def _by_text(value: object) -> AttachmentCodec[Any] | None:
    if isinstance(value, str):
        return check_codec(TextCodec)
    if isinstance(value, bytes | bytearray | memoryview):
        return check_codec(BytesCodec)
    return None


def _by_origin(value: Any) -> AttachmentCodec[Any] | None:
    if comes_from(value, "numpy", "generic"):
        is_number = value.dtype.kind in "biuf" and value.dtype.itemsize <= _MAX_JSON_NUMBER_BYTES
        return check_codec(JsonCodec if is_number else NumpyCodec)
    if comes_from(value, "numpy", "ndarray") or comes_from(value, "torch", "Tensor"):
        return check_codec(NumpyCodec)
    if comes_from(value, "pandas", "DataFrame", "Series"):
        return check_codec(PandasCodec)
    if comes_from(value, "PIL", "Image"):
        return check_codec(PillowCodec)
    if is_plotly_figure(value):
        return check_codec(PlotlyCodec)
    if isinstance(value, Histogram) or is_numpy_histogram(value):
        return check_codec(HistogramCodec)
    if isinstance(value, Audio):
        return check_codec(AudioCodec)
    ommx_codec = ommx_codec_for(value)
    return check_codec(ommx_codec) if ommx_codec is not None else None


def _by_manners(value: object) -> AttachmentCodec[Any] | None:
    if value is None or isinstance(value, _JSON_TYPES):
        return check_codec(JsonCodec)
    if figure_of(value) is not None:
        return check_codec(MatplotlibCodec)
    is_array = bool(getattr(value, "ndim", 0))  # of whatever kind: it is more than its one number
    if not is_array and to_number(value) is not None:
        return check_codec(JsonCodec)
    return None
