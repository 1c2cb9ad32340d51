"""How far a transfer is, shown to people only."""

from __future__ import annotations

import io
import sys

from trialog._oci.descriptors import Descriptor, digest_of
from trialog._oci.progress import TransferState
from trialog._public.transfers import show_transfer

BLOB = Descriptor("application/x", digest_of(b"x"), 8 << 20)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_is_shown_on_a_terminal(monkeypatch):
    """What is told of the same blob twice counts once; the bar is gone afterwards."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    with show_transfer("Pushing sweep", BLOB.size_bytes) as progress:
        progress(BLOB, 4 << 20, BLOB.size_bytes, TransferState.SENDING)
        progress(BLOB, 8 << 20, BLOB.size_bytes, TransferState.SENDING)
        progress(BLOB, 8 << 20, BLOB.size_bytes, TransferState.DONE)
    assert "Pushing sweep" in sys.stderr.getvalue()
    assert "8.4/8.4 MB" in sys.stderr.getvalue()


def test_nothing_is_shown_to_programs(monkeypatch):
    """Nor on a terminal where little is to be done."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    with show_transfer("Pushing sweep", 1000) as progress:
        assert progress is None
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with show_transfer("Pushing sweep", 1 << 30) as progress:
        assert progress is None
    monkeypatch.setattr(sys, "stderr", None)
    with show_transfer("Pushing sweep", 1 << 30) as progress:
        assert progress is None
