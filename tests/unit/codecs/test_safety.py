"""Codecs that can run code."""

import pytest

from trialog.codecs import (
    JsonCodec,
    MatplotlibCodec,
    NumpyCodec,
    PandasCodec,
    PickleCodec,
    is_unsafe,
    require_safe,
)
from trialog.errors import UnsafeCodecError


class Mine:
    media_type = "application/x-mine"

    def __init__(self, is_unsafe):
        self.is_unsafe = is_unsafe


@pytest.mark.parametrize(
    "codec", [JsonCodec, MatplotlibCodec, NumpyCodec, PandasCodec, Mine(False)]
)
@pytest.mark.parametrize("allow_unsafe", [True, False])
def test_safe_codecs_need_no_permission(codec, allow_unsafe):
    """A codec is safe unless it says otherwise."""
    assert not is_unsafe(codec)
    require_safe(codec, allow_unsafe)


@pytest.mark.parametrize("codec, name", [(PickleCodec, "PickleCodec"), (Mine(True), "Mine")])
def test_unsafe_codecs_need_permission(codec, name):
    """The error names the codec and the keyword that allows it."""
    assert is_unsafe(codec)
    with pytest.raises(UnsafeCodecError, match=rf"{name} runs code .* allow_unsafe=True"):
        require_safe(codec, False)
    require_safe(codec, True)


@pytest.mark.parametrize("slip", [1, "no", "False", [False]])
def test_only_true_is_a_permission(slip):
    """A truthy value that slipped into the argument allows nothing."""
    with pytest.raises(UnsafeCodecError):
        require_safe(PickleCodec, slip)
