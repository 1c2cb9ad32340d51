"""What counts as a codec, and what is said of what does not."""

import functools

import pytest

from trialog import codecs
from trialog.codecs import check_codec, filename_suffix
from trialog.errors import InvalidTypeError

OURS = [
    codecs.BytesCodec,
    codecs.JsonCodec,
    codecs.MatplotlibCodec,
    codecs.NumpyCodec,
    codecs.PandasCodec,
    codecs.PickleCodec,
    codecs.PillowCodec,
    codecs.SvgFigureCodec,
    codecs.TextCodec,
]


def encode(value):
    return repr(value).encode()


def decode(data):
    return data.decode()


def codec_class(**members):
    """A codec with three good members, changed as told; None leaves one out."""
    static = {"encode": staticmethod(encode), "decode": staticmethod(decode)}
    given = {"media_type": "text/x-mine", **static, **members}
    return type("MineCodec", (), {name: made for name, made in given.items() if made is not None})


class ByInstance:
    def __init__(self, media_type="text/x-mine"):
        self.media_type = media_type

    def encode(self, value):
        return encode(value)

    def decode(self, data):
        return decode(data)


class ByProperty(ByInstance):
    def __init__(self):
        pass

    @property
    def media_type(self):
        return "text/x-mine"


class ByClassMethods:
    media_type = "text/x-mine"

    @classmethod
    def encode(cls, value):
        return encode(value)

    @classmethod
    def decode(cls, data):
        return decode(data)


class ByInheritance(codecs.AttachmentCodec[int]):
    media_type = "text/x-mine"

    @staticmethod
    def encode(value, /):
        return encode(value)

    @staticmethod
    def decode(data, /):
        return decode(data)


@pytest.mark.parametrize(
    "codec",
    [
        *OURS,
        codec_class(),
        codec_class()(),
        codec_class(encode=staticmethod(functools.partial(encode))),
        codec_class(decode=staticmethod(bytes.decode)),
        codec_class(encode=bytes),  # a built-in that shows no signature
        codec_class(encode=staticmethod(lambda value, level=3: b"")),
        codec_class(filename_suffix=".ommx.v1.tar", is_unsafe=True),
        codec_class(filename_suffix=""),
        ByInstance(),
        ByProperty(),
        ByClassMethods,
        ByClassMethods(),
        ByInheritance,
        ByInheritance(),
    ],
)
def test_a_codec_is_given_back(codec):
    """Classes and objects alike are codecs by their three members, and are used as they are."""
    assert check_codec(codec) is codec


@pytest.mark.parametrize(
    "codec, words",
    [
        (None, "NoneType is not a codec: it has no media_type; a codec is a class or an object"),
        ("text/plain", "str is not a codec: it has no media_type"),
        (codec_class(media_type=None), "MineCodec is not a codec: it has no media_type"),
        (codec_class(media_type=3), "MineCodec is not a codec: media_type must be text, not int"),
        (codec_class(media_type=b"text/plain"), "media_type must be text, not bytes"),
        (codec_class(media_type=""), "media_type must be printable ASCII like 'text/csv', not ''"),
        (codec_class(media_type="  "), "media_type must be printable ASCII"),
        (codec_class(media_type="text/plain\nX: y"), "media_type must be printable ASCII"),
        (codec_class(media_type="text/plän"), "media_type must be printable ASCII"),
        (ByProperty, "media_type must be text, not property; pass an instance"),
        (ByInstance, "ByInstance is not a codec: it has no media_type"),
        (codec_class(encode=None), "MineCodec is not a codec: it has no encode"),
        (codec_class(decode=None)(), "MineCodec is not a codec: it has no decode"),
        (codec_class(encode=b""), "encode must be a function, not bytes"),
        (codec_class(decode=7), "decode must be a function, not int"),
        (
            codec_class(encode=lambda self, value: b""),
            r"encode\(self, value\) must take one argument; make it static, or pass an instance",
        ),
        (codec_class(decode=lambda self: b"")(), r"decode\(\) must take one argument$"),
        (codec_class(filename_suffix=7), "filename_suffix must be text like '.npy', not 7"),
        (codec_class(filename_suffix="npy"), "filename_suffix must be text like '.npy', not 'npy'"),
        (codec_class(filename_suffix="./../x"), "filename_suffix must be text like '.npy'"),
        (codec_class(filename_suffix=".npy\n"), "filename_suffix must be text like '.npy'"),
        (codec_class(is_unsafe="no"), "is_unsafe must be True or False, not 'no'"),
    ],
)
def test_what_is_no_codec_is_refused_by_member(codec, words):
    """The message names the codec, the member, and what it should be."""
    with pytest.raises(InvalidTypeError, match=words):
        check_codec(codec)


def test_the_filename_suffix_is_optional():
    """A codec without one adds nothing to file names."""
    assert filename_suffix(codec_class()) == ""
    assert filename_suffix(codec_class(filename_suffix=".x")()) == ".x"


@pytest.mark.parametrize("codec", OURS)
def test_our_codecs_name_a_media_type_and_a_suffix(codec):
    """Every codec here can be written to a file that other programs recognise."""
    assert "/" in codec.media_type
    assert filename_suffix(codec).startswith(".")


def test_everything_public_is_listed():
    """What ``dir`` shows is what the package promises."""
    assert dir(codecs) == sorted(codecs.__all__)
    assert all(hasattr(codecs, name) for name in codecs.__all__)
