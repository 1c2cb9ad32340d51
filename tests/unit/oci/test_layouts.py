"""Layouts of anybody, in archives and folders: read lazily, and nothing in them is believed."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from trialog._oci.archives import write_archive
from trialog._oci.descriptors import (
    INDEX_TYPE,
    MANIFEST_TYPE,
    Descriptor,
    digest_of,
    read_blob,
    verified,
)
from trialog._oci.layouts import open_layout
from trialog._oci.members import END, header_of, padding_of
from trialog.errors import IntegrityError, MissingFileError, NotFoundError, UsageError

MARKER = b'{"imageLayoutVersion":"1.0.0"}'
BLOB = Descriptor("text/plain", digest_of(b"a blob"), 6)
BLOB_NAME = f"blobs/sha256/{BLOB.digest[7:]}"
NAME_KEY = "org.opencontainers.image.ref.name"


def index_json(*descriptors):
    manifests = [each.to_json() for each in descriptors]
    return orjson.dumps({"schemaVersion": 2, "manifests": manifests})


FILES = {"oci-layout": MARKER, "index.json": index_json(), BLOB_NAME: b"a blob"}


def member(name, data=b"", **more):
    """A file of an archive as another tool may write it, and worse."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in more.items():
        setattr(info, key, value)
    return info.tobuf(tarfile.GNU_FORMAT) + data + bytes(padding_of(len(data)))


def archive(path, files=FILES, *more: bytes):
    path.write_bytes(b"".join(member(*item) for item in files.items()) + b"".join(more) + END)
    return path


def folder(path, files=FILES):
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


@pytest.fixture(params=[archive, folder])
def made(request, tmp_path):
    """A function that makes a layout of files, in an archive and as a folder."""
    return lambda files=FILES: open_layout(request.param(tmp_path / "it", files))


def test_what_was_written_is_read(memory, tmp_path):
    """Manifest and blobs, by name, by digest, and as the only one there is."""
    manifest, blobs = memory.put_artifact(b"one", b"", b"three" * 1000)
    write_archive(tmp_path / "it.tar", manifest, blobs, memory, reference="acme/it:v1")
    layout = open_layout(tmp_path / "it.tar")
    assert layout.find() == layout.find("acme/it:v1") == layout.find(manifest.digest)
    assert layout.find().digest == manifest.digest
    assert layout.missing([manifest, *blobs]) == []
    for blob in [manifest, *blobs]:
        assert read_blob(layout, blob, 10_000) == memory.blobs[blob.digest]


def test_one_of_several_manifests(made):
    """It must be said which one; what there is, is told."""
    one = Descriptor(MANIFEST_TYPE, digest_of(b"1"), 1, {NAME_KEY: "one"})
    two = Descriptor(MANIFEST_TYPE, digest_of(b"2"), 1, {NAME_KEY: "two"})
    layout = made({**FILES, "index.json": index_json(one, two, BLOB)})
    assert layout.manifests() == [one, two]
    assert layout.find("two") == two
    with pytest.raises(UsageError, match="say which one; it holds 'one', 'two'"):
        layout.find()
    with pytest.raises(NotFoundError, match="has no manifest named 'three'; it holds 'one', 'two'"):
        layout.find("three")


def test_indexes_inside_the_index(made):
    """They are followed, and their names handed down."""
    one = Descriptor(MANIFEST_TYPE, digest_of(b"1"), 1)
    inner = index_json(one)
    outer = Descriptor(INDEX_TYPE, digest_of(inner), len(inner), {NAME_KEY: "v1", "x": "y"})
    name = f"blobs/sha256/{outer.digest[7:]}"
    layout = made({**FILES, "index.json": index_json(outer), name: inner})
    assert layout.manifests() == [one._replace(annotations={NAME_KEY: "v1"})]


def test_indexes_without_end(made):
    """Only so deep."""
    files, inner = dict(FILES), index_json()
    for _ in range(10):
        outer = Descriptor(INDEX_TYPE, digest_of(inner), len(inner))
        files[f"blobs/sha256/{outer.digest[7:]}"] = inner
        inner = index_json(outer)
    with pytest.raises(IntegrityError, match="holds indexes more than 8 deep"):
        made({**files, "index.json": inner}).manifests()


@pytest.mark.parametrize(
    "changes, error, message",
    [
        (
            {"oci-layout": None, "index.json": None},
            UsageError,
            "is no OCI image layout: it has no 'oci-layout'",
        ),
        ({"index.json": None}, UsageError, "is no OCI image layout: it has no 'index.json'"),
        ({"oci-layout": b"{}"}, IntegrityError, "has no 'imageLayoutVersion'"),
        ({"oci-layout": b'{"imageLayoutVersion":"2"}'}, IntegrityError, "is '2', not '1.0.0'"),
        ({"oci-layout": b"x" * (5 << 20)}, IntegrityError, "has 5242880 bytes, which is too many"),
        ({"index.json": b"{"}, IntegrityError, "index.json of .* is not JSON"),
        (
            {"index.json": b'{"schemaVersion":1}'},
            IntegrityError,
            "'schemaVersion' of index.json of",
        ),
        (
            {"index.json": b'{"schemaVersion":2,"manifests":[{"digest":"sha256:../x"}]}'},
            IntegrityError,
            r"'digest' of manifests\[0\] of index.json of .* is 'sha256:../x'",
        ),
    ],
)
def test_what_is_no_layout(made, changes, error, message):
    """What is missing or wrong is named."""
    files = {name: data for name, data in {**FILES, **changes}.items() if data is not None}
    with pytest.raises(error, match=message):
        made(files).manifests()


def test_blobs_that_are_not_there(made):
    """Absent ones are told by headers alone; one of another size is no blob."""
    layout = made()
    absent = BLOB._replace(digest=digest_of(b"absent"))
    assert layout.missing([BLOB, absent]) == [absent]
    with pytest.raises(NotFoundError, match=f"the blob {absent.digest} is missing from"):
        layout.open(absent)
    with pytest.raises(IntegrityError, match="has 6 bytes, not the 7 it should have"):
        layout.open(BLOB._replace(size_bytes=7))


def test_a_changed_byte(made):
    """Found while reading, and named with where it is from."""
    layout = made({**FILES, BLOB_NAME: b"a blub"})
    with pytest.raises(IntegrityError, match=f"the blob {BLOB.digest} from .*it holds other bytes"):
        read_blob(layout, BLOB, 100)


def test_many_threads_and_processes(made):
    """Each stream stands alone; a layout that was pickled goes on."""
    layout = pickle.loads(pickle.dumps(made()))
    with ThreadPoolExecutor(8) as pool:
        read = pool.map(lambda _: read_blob(layout, BLOB, 100), range(100))
        assert set(read) == {b"a blob"}
    with layout.open(BLOB) as one, layout.open(BLOB) as other:
        assert (one.read(3), other.read(), one.read()) == (b"a b", b"a blob", b"lob")


@pytest.mark.parametrize(
    "head, words",
    [
        (
            gzip.compress(b"x"),
            "gzip, so single blobs cannot be read out of it: unpack it first, as ",
        ),
        (b"\x28\xb5\x2f\xfd", "Zstandard"),
        (b"BZh91AY", "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
    ],
)
def test_compressed_archives(tmp_path, head, words):
    """Refused, with what to do."""
    (tmp_path / "it").write_bytes(head)
    with pytest.raises(UsageError, match=f"is compressed with {words}"):
        open_layout(tmp_path / "it")


@pytest.mark.parametrize("data", [b"", b"hello", os.urandom(2000), b"x" * 512])
def test_what_is_no_archive(tmp_path, data):
    """A file of another kind is no layout, whatever it is."""
    (tmp_path / "it").write_bytes(data)
    with pytest.raises(UsageError, match="is no OCI image layout: it is not a tar archive"):
        open_layout(tmp_path / "it")


def test_what_is_not_there(tmp_path):
    """A missing file is Python's own kind of error; a pipe is none that can be read."""
    with pytest.raises(FileNotFoundError):
        open_layout(tmp_path / "nowhere")
    with pytest.raises(MissingFileError):
        open_layout(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="neither file nor folder"):
        open_layout(Path("/dev/null"))


def test_truncated_at_every_block(memory, tmp_path):
    """An archive that was cut anywhere is never taken for a whole one."""
    manifest, blobs = memory.put_artifact(b"one" * 300, b"two")
    write_archive(tmp_path / "it.tar", manifest, blobs, memory)
    whole = (tmp_path / "it.tar").read_bytes()
    for size in range(512, len(whole) - len(END), 256):
        (tmp_path / "cut.tar").write_bytes(whole[:size])
        with pytest.raises(IntegrityError, match=r"cut.tar is truncated"):
            open_layout(tmp_path / "cut.tar")


def test_how_much_is_missing(tmp_path):
    """Of which blob, and how many bytes."""
    path = archive(tmp_path / "it", {**FILES, BLOB_NAME: b"a blob" * 1000})
    path.write_bytes(path.read_bytes()[:-5000])
    lacking = 5000 - len(END) - padding_of(6000)
    with pytest.raises(
        IntegrityError, match=f"the last {lacking} of the 6000 bytes of '{BLOB_NAME}'"
    ):
        open_layout(path)


@pytest.mark.parametrize(
    "extra, message",
    [
        (member("../../etc/passwd", b"x"), "the name '../../etc/passwd', which leads out"),
        (member("/etc/passwd", b"x"), "the name '/etc/passwd', which leads out"),
        (member("blobs/../../x", b"x"), "which leads out"),
        (member("index.json", b"x"), "it holds index.json twice"),
        (member("./oci-layout", MARKER), "it holds oci-layout twice"),
        (member(BLOB_NAME, b"other"), "twice, and they differ"),
        (
            member("blobs/sha256/" + "a" * 64, type=tarfile.SYMTYPE, linkname="/etc/passwd"),
            "a link",
        ),
        (member("blobs/sha256/" + "a" * 64, type=tarfile.LNKTYPE, linkname="index.json"), "a link"),
        (member("blobs/sha256/" + "a" * 64, type=tarfile.CHRTYPE), "a link, a folder or a device"),
        (member("blobs/sha256/" + "a" * 64, type=tarfile.DIRTYPE), "a link, a folder or a device"),
        (header_of("blobs/sha256/" + "a" * 64, 2**60), "is truncated: the last 115292150460684"),
    ],
)
def test_hostile_archives(tmp_path, extra, message):
    """Nothing is extracted, so none could do harm; they are refused all the same, and told why."""
    with pytest.raises(IntegrityError, match=message):
        open_layout(archive(tmp_path / "it", FILES, extra))


def test_what_is_let_pass(tmp_path):
    """Folders, a blob twice, names that begin with "./", and files that are no part of a layout."""
    files = {"./oci-layout": MARKER, "./index.json": index_json(), f"./{BLOB_NAME}": b"a blob"}
    extra = (
        member("./", type=tarfile.DIRTYPE),
        member("blobs/", type=tarfile.DIRTYPE),
        member(BLOB_NAME, b"a blob"),
        member("manifest.json", b"[]"),
        member("blobs/sha512/" + "a" * 128, b"x"),
        member("link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
    )
    layout = open_layout(archive(tmp_path / "it", files, *extra))
    assert read_blob(layout, BLOB, 100) == b"a blob"


def test_an_archive_that_is_replaced(tmp_path):
    """What stands there now is looked at, not what stood there before."""
    layout = open_layout(archive(tmp_path / "it"))
    archive(tmp_path / "new", {"x" * 90: b"y" * 5000, **FILES}).rename(tmp_path / "it")
    assert read_blob(layout, BLOB, 100) == b"a blob"


def test_links_out_of_a_folder(tmp_path):
    """Refused; those that stay inside are followed."""
    path = folder(tmp_path / "it")
    (tmp_path / "secret").write_bytes(b"a blob")
    (path / BLOB_NAME).unlink()
    (path / BLOB_NAME).symlink_to(tmp_path / "secret")
    with pytest.raises(IntegrityError, match="is a link that leads out of the layout"):
        open_layout(path).open(BLOB)
    (path / BLOB_NAME).unlink()
    (path / "inside").write_bytes(b"a blob")
    (path / BLOB_NAME).symlink_to(path / "inside")
    assert read_blob(open_layout(path), BLOB, 100) == b"a blob"


def test_pipes_in_a_folder(tmp_path):
    """Never opened: reading would wait for ever."""
    path = folder(tmp_path / "it")
    (path / BLOB_NAME).unlink()
    os.mkfifo(path / BLOB_NAME)
    with pytest.raises(IntegrityError, match="is not a file"):
        open_layout(path).open(BLOB)


def read_bytes_so_far():
    return int(Path("/proc/self/io").read_text().split()[1])


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="the system counts no bytes read")
def test_ten_gibibytes_are_not_read(tmp_path):
    """Of a large archive only headers are read; a sparse file stands for it."""
    size = 10 << 30
    huge = Descriptor("text/plain", digest_of(b"unknown"), size)
    with (tmp_path / "it").open("wb") as file:
        file.write(header_of(f"blobs/sha256/{huge.digest[7:]}", size))
        file.seek(size, io.SEEK_CUR)
        file.write(b"".join(member(*item) for item in FILES.items()) + END)
    before = read_bytes_so_far()
    layout = open_layout(tmp_path / "it")
    assert layout.missing([huge, BLOB]) == []
    assert read_blob(layout, BLOB, 100) == b"a blob"
    with verified(layout.open(huge), huge) as stream:
        assert stream.read(1000) == bytes(1000)
    assert read_bytes_so_far() - before < 1 << 20
