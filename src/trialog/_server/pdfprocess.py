"""The process that opens one PDF, with little memory and little time: run as a script, alone.

A PDF that was logged may be made to break whoever reads it. So it is read here, by PDFium, in a
process that may take no more than a preview needs, and that knows nothing of trialog. It writes a
line of JSON to its output: ``{"facts": …}``, ``{"refusal": "why"}``, or ``{"picture": true}`` and
a PNG after it.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import struct
import sys
import zlib
from collections.abc import Iterator
from typing import Any

MEMORY_BYTES = 1 << 30
OUTPUT_BYTES = 64 << 20
SECONDS = 10
MOST_SIZES = 2000
_MOST_HEIGHT = 8000
_JUST_BELOW = 1 - 1e-9  # PDFium's sizes are rounded up
_PATIENCE = 10
_LEVEL = 4  # of zlib: higher ones take twice the time for a tenth of the bytes
_POINTS = 612.0, 792.0  # of a page that does not say how large it is
# PDFium's codes of why a file is not opened: FPDF_ERR_… in fpdfview.h
_FILE, _FORMAT, _PASSWORD, _SECURITY = 2, 3, 4, 5
_REASONS = {
    _FILE: "its file cannot be read",
    _FORMAT: "it is no PDF, or a damaged one",
    _PASSWORD: "it is encrypted, and asks for a password",
    _SECURITY: "it is encrypted in a way that is not known here",
}


class RefusedError(Exception):
    """Nothing of the file can be shown; the text says why."""


def limit() -> None:
    """Take the rights away that a preview does not need; none of them can be taken back."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 # not on every system

        for what, most in (
            (resource.RLIMIT_AS, MEMORY_BYTES),
            (resource.RLIMIT_CPU, SECONDS),
            (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_NOFILE, 64),
            (resource.RLIMIT_NPROC, 0),
        ):
            hard = resource.getrlimit(what)[1]
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (least, least))
    with contextlib.suppress(OSError):
        os.nice(_PATIENCE)


def main(path: str, page: int, width: int) -> None:
    """Answer for a file: its facts, or with a width in pixels the picture of a page.

    Args:
        path: of the file.
        page: from 1 on; 0 for the facts.
        width: of the picture, in pixels.
    """
    limit()
    try:
        answer = b"".join(_parts(path, page, width))
    except RefusedError as error:
        answer = _line({"refusal": str(error)})
    except MemoryError:
        answer = _line({"refusal": "it takes too much memory to be read"})
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    os._exit(0)  # at once: what a damaged file has left behind need not be taken apart


def _parts(path: str, page: int, width: int) -> Iterator[bytes]:
    document = _opened(path)
    if page == 0:
        sizes = [_size(document, place) for place in range(min(len(document), MOST_SIZES))]
        yield _line({"facts": {"pages": len(document), "sizes": sizes}})
        return
    if not 1 <= page <= len(document):
        raise RefusedError(f"it has no page {page}: {len(document)} in all")
    across, up = _size(document, page - 1)
    scale = min(width / across, _MOST_HEIGHT / up) * _JUST_BELOW
    try:
        shown = document[page - 1].render(scale=scale, rev_byteorder=True)
    except (RuntimeError, ValueError, OverflowError) as error:
        raise RefusedError(f"page {page} is damaged: {error}") from error
    yield _line({"picture": True})
    yield from _png(memoryview(shown.buffer).cast("B"), shown.width, shown.height, shown.stride)


def _opened(path: str) -> Any:
    """A document of at least one page."""
    try:
        import pypdfium2  # noqa: PLC0415 # once the limits stand
    except (ImportError, OSError) as error:
        raise RefusedError(f"pypdfium2 cannot be loaded: {error}") from error
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        # a document without pages is opened, and then refused, with no code
        reason = _REASONS.get(error.err_code or 0, "it has no pages that can be read")
        raise RefusedError(reason) from error
    if len(document) == 0:
        raise RefusedError("it has no pages that can be read")
    return document


def _size(document: Any, place: int) -> tuple[float, float]:
    """Width and height of a page, in points of 1/72 inch; such that a picture can have them."""
    try:
        width, height = document.get_page_size(place)
    except RuntimeError:
        return _POINTS
    is_real = math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0
    return (width, height) if is_real else _POINTS


def _png(pixels: memoryview, width: int, height: int, stride: int) -> Iterator[bytes]:
    """A picture as PNG: eight bits each of red, green and blue (PNG, third edition, 2025)."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(_LEVEL)
    starts = range(0, height * stride, stride)
    packed = [packer.compress(b"\0" + pixels[each : each + 3 * width]) for each in starts]
    packed.append(packer.flush())
    yield b"\x89PNG\r\n\x1a\n"
    yield from (_chunk(b"IHDR", head), _chunk(b"IDAT", b"".join(packed)), _chunk(b"IEND", b""))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _line(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, allow_nan=False).encode() + b"\n"


if __name__ == "__main__":
    sys.path += sys.argv[4].splitlines()
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
