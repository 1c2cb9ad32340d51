"""Nothing heavy is loaded by whoever does not need it."""

import subprocess
import sys

import pytest

HEAVY = "numpy pandas pyarrow PIL matplotlib torch sqlalchemy requests rich click asyncio"

PLAIN = """
import enum
from trialog.codecs import codec_for, codec_for_media_type
for value in ("text", b"bytes", None, 3, 0.5, [1], {"a": 1}, (1,), True):
    codec = codec_for(value)
    codec.decode(codec.encode(value))
for value in ({1}, object(), 3j):
    try:
        codec_for(value)
    except TypeError:
        continue
    raise AssertionError(value)
assert codec_for_media_type("application/vnd.numpy") is not None
assert codec_for_media_type("image/png") is not None
"""


def loaded_after(code):
    report = f"import sys; print(*(set('{HEAVY}'.split()) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("code", ["import trialog.codecs", PLAIN], ids=["import", "plain values"])
def test_no_third_party_is_loaded(code):
    """Importing the codecs, choosing one and storing plain values stay within the write half."""
    assert loaded_after(code) <= loaded_after("")


def test_a_codec_loads_what_it_needs_and_no_more():
    """Arrays need numpy, and not pandas, Pillow or matplotlib."""
    code = "import numpy; from trialog.codecs import codec_for; codec_for(numpy.ones(2))"
    assert loaded_after(code) <= loaded_after("import numpy")


def test_importing_starts_no_thread():
    """No side effect at import."""
    code = "import threading, trialog.codecs; assert threading.active_count() == 1"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
