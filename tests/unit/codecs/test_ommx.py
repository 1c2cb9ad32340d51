"""OMMX's objects, as far as they go without OMMX: with it, see tests/integrations/ommx."""

import sys

import pytest

from trialog.codecs import OmmxCodec, codec_for_media_type
from trialog.errors import InvalidTypeError, UsageError

KINDS = {
    "Instance": "instance",
    "ParametricInstance": "parametric-instance",
    "Solution": "solution",
    "SampleSet": "sample-set",
}


@pytest.fixture
def no_ommx(monkeypatch):
    monkeypatch.setitem(sys.modules, "ommx", None)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_a_media_type_of_ommx_has_its_codec(kind, version):
    """OMMX's own names for its four kinds and two forms lead to the codec that reads them."""
    media_type = f"application/org.ommx.v{version}.{KINDS[kind]}"
    assert OmmxCodec(kind, version).media_type == media_type
    assert codec_for_media_type(media_type) == OmmxCodec(kind, version)


def test_what_is_missing_is_said_without_ommx(no_ommx):
    """Reading says what to install."""
    with pytest.raises(ModuleNotFoundError, match=r'v2.solution needs ommx: .*"trialog\[ommx\]"'):
        OmmxCodec("Solution").decode(b"")


@pytest.mark.parametrize("value", [b"", None, object()])
def test_anything_else_is_refused(value):
    """With the kind that is wanted."""
    with pytest.raises(InvalidTypeError, match="takes an ommx Instance here, not a"):
        OmmxCodec("Instance").encode(value)


@pytest.mark.parametrize("wrong", [("Problem", 2), ("Instance", 3)])
def test_other_kinds_and_versions_are_refused(wrong):
    """A codec that could never read or write is none."""
    with pytest.raises(UsageError, match=r"OMMX"):
        OmmxCodec(*wrong)
