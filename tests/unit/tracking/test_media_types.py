"""What bytes are: as told, by their content, by their name."""

from __future__ import annotations

import mimetypes

import pytest

from trialog._tracking.media_types import UNKNOWN, check_media_type, media_type_of
from trialog.errors import InvalidNameError

PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)


@pytest.mark.parametrize(
    "given,head,filename,found",
    [
        ("text/x-log", PNG, "a.png", "text/x-log"),
        (" text/plain ", b"", "", "text/plain"),
        (None, PNG, "a.txt", "image/png"),
        (None, PNG, "", "image/png"),
        (None, b"\x1f\x8b\x08" + bytes(20), "data", "application/gzip"),
        (None, b"%PDF-1.7" + bytes(20), "data", "application/pdf"),
        (None, b"hello", "a.txt", "text/plain"),
        (None, b"", "a.csv", "text/csv"),
        (None, b"hello", "folder/A.JSON", "application/json"),
        (None, b"hello", "run.log", "text/plain"),
        (None, b"hello", "notes.md", "text/markdown"),
        (None, b"hello", "config.yml", "application/yaml"),
        (None, b"hello", "pyproject.toml", "application/toml"),
        (None, b"hello", "rows.jsonl", "application/jsonl"),
        (None, b"hello", "book.ipynb", "application/x-ipynb+json"),
        (None, b"hello", "no suffix", UNKNOWN),
        (None, b"hello", "a.unheard-of", UNKNOWN),
        (None, b"", "", UNKNOWN),
    ],
)
def test_the_surest_word_counts(given, head, filename, found):
    """The caller's, else the content's, else the name's, else none."""
    assert media_type_of(given, head, filename) == found


def test_the_table_of_the_machine_does_not_matter():
    """The same file has the same type everywhere."""
    mimetypes.add_type("text/x-odd", ".unheard-of")
    try:
        assert media_type_of(None, b"", "a.unheard-of") == UNKNOWN
    finally:
        mimetypes.init()


@pytest.mark.parametrize(
    "given",
    [
        "text/plain",
        "text/plain; charset=utf-8",
        "application/vnd.api+json",
        "application/org.ommx.v1.instance",
        "image/svg+xml",
        "x/y",
    ],
)
def test_a_media_type_in_its_usual_forms(given):
    """With parameters too."""
    assert check_media_type(given) == given


@pytest.mark.parametrize(
    "given", ["", "text", "text/", "/plain", "text plain", "a/b/c", "té/xt", "a/b\nc", None, 3]
)
def test_what_is_no_media_type(given):
    """Where a caller mixed up the arguments, the message shows what came."""
    with pytest.raises(InvalidNameError, match="is no media type; use one like 'text/plain'"):
        check_media_type(given)
