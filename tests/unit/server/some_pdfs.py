"""PDFs made by hand: PDFium finds the objects of a file that has no table of them."""

from __future__ import annotations

ENCRYPTION = b"4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>endobj\n" % ((b"00" * 32,) * 2)


def pdf_of(*sizes, content=b"1 0 0 rg 0 0 9999 9999 re f"):
    """A page of each size, with something drawn on it: all of it red."""
    places = range(10, 10 + len(sizes))
    kids = b" ".join(b"%d 0 R" % place for place in places)
    pages = b"".join(
        b"%d 0 obj<</Type/Page/Parent 2 0 R/Contents 3 0 R/MediaBox[0 0 %d %d]>>endobj\n"
        % (place, *size)
        for place, size in zip(places, sizes, strict=True)
    )
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[" + kids + b"]/Count %d>>endobj\n" % len(sizes) + pages +
        b"3 0 obj<</Length %d>>stream\n%s\nendstream endobj\n" % (len(content), content) +
        b"trailer<</Root 1 0 R/ID[<00><00>]>>\n%%EOF\n"
    )  # fmt: skip


def encrypted():
    """A page, for whoever knows a password."""
    head, _, tail = pdf_of((100, 100)).rpartition(b"trailer<<")
    return head + ENCRYPTION + b"trailer<</Encrypt 4 0 R" + tail


def endless():
    """A page that takes minutes to draw."""
    return pdf_of((100, 100), content=b"0 0 100 100 re f 0 0 m 100 100 l 3 w S " * 50_000)


def without_pages():
    """A sound document of no page."""
    parts = [
        b"1 0 obj\n<</Pages 2 0 R/Type/Catalog>>\nendobj\n",
        b"2 0 obj\n<</Count 0/Kids[]/Type/Pages>>\nendobj\n",
    ]
    text, places = b"%PDF-1.7\n", []
    for part in parts:
        places.append(len(text))
        text += part
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"xref\n0 3\n0000000000 65535 f \n" + table
    return text + tail + b"trailer\n<</Root 1 0 R/Size 3>>\nstartxref\n%d\n%%%%EOF\n" % len(text)
