"""Headers of tar archives: written the same always, and read from whoever wrote them."""

from __future__ import annotations

import io
import os
import struct
import tarfile

import pytest

from trialog._oci.members import END, MemberStream, header_of, padding_of, read_member
from trialog.errors import IntegrityError


def read_all(data):
    """Names, sizes and bytes of the files in an archive."""
    stream, found = io.BytesIO(data), []
    while (member := read_member(stream, "it")) is not None:
        found.append((member, MemberStream(stream, member, "it").read()))
        stream.read(padding_of(member.size_bytes))
    return found


def made_by_tarfile(kind, names, content=b"content"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=kind) as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), 1234.5
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_archives_of_other_tools(kind):
    """Long names, names that are not ASCII, in each of the formats."""
    names = ["a", "b/" * 40 + "c", "d" * 90 + "/" + "e" * 90, "é"]
    found = read_all(made_by_tarfile(kind, names))
    assert [(member.name, data) for member, data in found] == [(one, b"content") for one in names]


@pytest.mark.parametrize("size", [0, 1, 512, 8**11 - 1, 8**11, 10**13])
@pytest.mark.parametrize("name", ["a", "runs/" + "r" * 128 + "/" + "w" * 128 + ".journal"])
def test_headers_come_back(name, size):
    """Of any size and length of name; Python's own reader agrees."""
    header = header_of(name, size)
    assert read_member(io.BytesIO(header), "it")[:2] == (name, size)
    theirs = tarfile.open(fileobj=io.BytesIO(header + END)).next()  # noqa: SIM115
    assert (theirs.name, theirs.size, theirs.mtime, theirs.uname) == (name, size, 0, "")


def test_what_is_no_file():
    """Links and folders have no bytes, whatever their headers say."""
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        link = tarfile.TarInfo("x")
        link.type, link.size = kind, 1000
        member = read_member(io.BytesIO(link.tobuf(tarfile.USTAR_FORMAT)), "it")
        assert member == ("x", 0, False, False)
    folder = tarfile.TarInfo("x")
    folder.type = tarfile.DIRTYPE
    assert read_member(io.BytesIO(folder.tobuf(tarfile.USTAR_FORMAT)), "it").is_folder


def negative_size():
    block = bytearray(header_of("x", 0))
    block[124:136] = b"\xff\xff\xff\xff" + struct.pack(">q", -5)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def extended(kind, data, claimed=None):
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = kind, len(data) if claimed is None else claimed
    return (
        header.tobuf(tarfile.GNU_FORMAT) + data + bytes(padding_of(len(data))) + header_of("x", 0)
    )


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "it is truncated: it ends where a member should begin"),
        (header_of("x", 0), "it is truncated: it ends where a member should begin"),
        (header_of("x", 0)[:300], "it is truncated"),
        (os.urandom(512), "it is damaged: a header of the archive"),
        (negative_size(), "it is damaged: its member 'x' has -5 bytes"),
        (extended(b"x", b"", claimed=2**40), "it is damaged: a header of 1099511627776 bytes"),
        (extended(b"L", b"", claimed=2**40), "it is damaged: a header of 1099511627776 bytes"),
        (extended(b"x", b"nonsense"), "it is damaged: the pax record b'nonsense'"),
        (extended(b"x", b"0 a=b\n"), "the pax record"),
        (extended(b"x", b"-5 a=b\n"), "the pax record"),
        (extended(b"x", b"99999 a=b\n"), "the pax record"),
        (extended(b"x", b"99999999999999999 a=b\n"), "the pax record"),
        (extended(b"x", b"10 size=-\n"), "a member has b'-' bytes"),
        (extended(b"x", b"31 size=" + b"9" * 22 + b"\n"), "a member has b'99999"),
        (
            extended(tarfile.GNUTYPE_SPARSE, b""),
            "it cannot be read: its member .* is a sparse file",
        ),
    ],
)
def test_damaged_headers(data, message):
    """Each is refused, in little memory."""
    with pytest.raises(IntegrityError, match=message):
        read_all(data)


def test_a_member_that_is_cut_off():
    """How much is missing is said, and of which one."""
    data = made_by_tarfile(tarfile.USTAR_FORMAT, ["a"], b"x" * 1000)[: 512 + 400]
    with pytest.raises(IntegrityError, match="the last 600 of the 1000 bytes of 'a' are missing"):
        read_all(data)
