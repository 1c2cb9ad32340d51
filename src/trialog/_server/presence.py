"""Saying where the dashboard is open, for notebooks that link to it: a file beside the catalog.

It holds the address without the token: who has opened the dashboard once is let in.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import orjson

from trialog._catalog import Catalog
from trialog._machine import boot_id, process_start
from trialog._reading.dashboards import dashboard_file


@contextlib.contextmanager
def said_open(catalog: Catalog, url: str) -> Iterator[None]:
    """Say it as long as the block goes on; where nothing can be written, nothing is said.

    Args:
        catalog: of the store.
        url: the address, without the token.
    """
    file = dashboard_file(catalog)
    content = orjson.dumps(
        {"url": url, "pid": os.getpid(), "start": process_start(), "boot_id": boot_id()}
    )
    if file is not None:
        with contextlib.suppress(OSError):
            beside = file.with_suffix(f".{os.getpid()}")
            beside.write_bytes(content)
            beside.replace(file)
    try:
        yield
    finally:
        if file is not None:
            with contextlib.suppress(OSError):
                if file.read_bytes() == content:  # else a later server's
                    file.unlink()
