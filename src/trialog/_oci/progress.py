"""How far the transfer of a blob is."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from trialog._oci.descriptors import Descriptor


class TransferState(StrEnum):
    """How far a blob is, and how it came there."""

    PRESENT = "present"  # it was there: nothing was sent or fetched
    MOUNTED = "mounted"  # the registry took it over from another of its repositories
    SENDING = "sending"
    RECEIVING = "receiving"
    DONE = "done"


Progress = Callable[[Descriptor, int, int, TransferState], None]
"""Is told of a blob, the bytes done, all of its bytes, and its state; from several threads."""
