"""Archives of layouts: whole or not at all, the same bytes always, and of any size."""

from __future__ import annotations

import errno
import io
import resource
import tarfile
import tracemalloc

import orjson
import pytest

from trialog._oci.archives import write_archive
from trialog._oci.descriptors import Descriptor
from trialog._oci.layouts import open_layout
from trialog.errors import AttachmentExistsError, IntegrityError, MissingFileError, UsageError


def names_in(folder):
    return [path.name for path in folder.iterdir()]


def test_what_is_in_an_archive(memory, tmp_path):
    """The marker, the index with the name, the manifest, and each blob once."""
    manifest, blobs = memory.put_artifact(b"one", b"two", b"one")
    write_archive(tmp_path / "it.tar", manifest, [*blobs, *blobs, manifest], memory, reference="v1")
    with tarfile.open(tmp_path / "it.tar") as archive:
        names = archive.getnames()
        read = {name: archive.extractfile(name).read() for name in names}
        assert {(each.mtime, each.uid, each.uname, each.mode) for each in archive} == {
            (0, 0, "", 0o644)
        }
    assert names[:2] == ["oci-layout", "index.json"]
    assert len(names) == len(set(names)) == 2 + 4
    assert orjson.loads(read["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    (entry,) = orjson.loads(read["index.json"])["manifests"]
    assert entry["digest"] == manifest.digest
    assert entry["annotations"] == {"org.opencontainers.image.ref.name": "v1"}
    assert {f"blobs/sha256/{digest[7:]}": data for digest, data in memory.blobs.items()} == {
        name: data for name, data in read.items() if name.startswith("blobs/")
    }


def test_archives_are_reproducible(memory, tmp_path):
    """Whatever the order of the blobs, and whenever it is written."""
    manifest, blobs = memory.put_artifact(b"one", b"two", b"three")
    write_archive(tmp_path / "a", manifest, blobs, memory, reference="v1")
    write_archive(tmp_path / "b", manifest, reversed(blobs), memory, reference="v1")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("taken", ["file", "dangling link"])
def test_what_is_there_stays(memory, tmp_path, taken):
    """Unless it is to be overwritten; nothing is read before that is known."""
    path = tmp_path / "it.tar"
    if taken == "file":
        path.write_text("mine")
    else:
        path.symlink_to(tmp_path / "nowhere")
    manifest, blobs = memory.put_artifact(b"one")
    with pytest.raises(AttachmentExistsError, match=r"it exists; choose another name"):
        write_archive(path, manifest, blobs, memory)
    assert memory.opened == []
    write_archive(path, manifest, blobs, memory, overwrite=True)
    assert open_layout(path).missing([manifest, *blobs]) == []
    assert names_in(tmp_path) == ["it.tar"]


def test_a_name_taken_meanwhile(memory, tmp_path):
    """Two who save at once: the first one's archive stays."""
    path = tmp_path / "it.tar"
    manifest, blobs = memory.put_artifact(b"one")

    def take(done, total):
        path.write_text("theirs")

    with pytest.raises(FileExistsError):
        write_archive(path, manifest, blobs, memory, progress=take)
    assert path.read_text() == "theirs"
    assert names_in(tmp_path) == ["it.tar"]


def test_where_no_archive_can_be(memory, tmp_path):
    """A folder in its place; no folder to put it in."""
    manifest, blobs = memory.put_artifact(b"one")
    with pytest.raises(UsageError, match="a folder stands there; give a file name"):
        write_archive(tmp_path, manifest, blobs, memory, overwrite=True)
    with pytest.raises(MissingFileError, match="there is no folder"):
        write_archive(tmp_path / "no" / "it.tar", manifest, blobs, memory)


def test_a_changed_byte_is_not_saved(memory, tmp_path):
    """Bytes are checked on the way; nothing half is left, and what was there before stays."""
    manifest, blobs = memory.put_artifact(b"one", b"two")
    memory.blobs[blobs[2].digest] = b"owt"
    (tmp_path / "it.tar").write_text("before")
    with pytest.raises(IntegrityError, match=f"the blob {blobs[2].digest} from memory holds other"):
        write_archive(tmp_path / "it.tar", manifest, blobs, memory, overwrite=True)
    assert (tmp_path / "it.tar").read_text() == "before"
    assert names_in(tmp_path) == ["it.tar"]


def test_a_disk_that_is_full(memory, tmp_path):
    """The system's own error, and nothing half is left."""
    manifest, blobs = memory.put_artifact(bytes(1 << 20))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 19, before[1]))
    try:
        with pytest.raises(OSError) as caught:  # noqa: PT011 # the number is what is asked for
            write_archive(tmp_path / "it.tar", manifest, blobs, memory)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.errno == errno.EFBIG
    assert names_in(tmp_path) == []


def test_progress_is_told(memory, tmp_path):
    """How many bytes of how many, up to all of them."""
    manifest, blobs = memory.put_artifact(bytes(3 << 20), b"x")
    told = []
    write_archive(tmp_path / "a", manifest, blobs, memory, progress=lambda *one: told.append(one))
    total = manifest.size_bytes + sum(blob.size_bytes for blob in blobs)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (total, total)
    assert len(told) == 6


class Zeros(io.RawIOBase):
    """As many zero bytes as are wanted, out of nothing."""

    def __init__(self, size):
        self.left = size

    def read(self, size=-1):
        data = bytes(min(size, self.left))
        self.left -= len(data)
        return data


class ZeroSource:
    name = "nothing"

    def open(self, blob):
        return Zeros(blob.size_bytes)


# the digest of 64 MiB of zero bytes
ZEROS = Descriptor(
    "application/octet-stream",
    "sha256:3b6a07d0d404fab4e23b6d34bc6696a6a312dd92821332385e5af7c01c421351",
    64 << 20,
)


def test_memory_is_constant(memory, tmp_path):
    """However large a blob is, a few pieces of it are in memory."""
    tracemalloc.start()
    try:
        write_archive(tmp_path / "it.tar", ZEROS, [], ZeroSource())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20
