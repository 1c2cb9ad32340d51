"""Archives of trialog in other OCI tools, and theirs in trialog. Needs skopeo (of its package)."""

from __future__ import annotations

import io
import shutil
import subprocess

import pytest

from trialog._oci.archives import write_archive
from trialog._oci.descriptors import MANIFEST_TYPE, Descriptor, Manifest, digest_of, read_blob
from trialog._oci.layouts import open_layout

CONTENTS = {digest_of(data): data for data in (b"{}", b"one", b"two" * 100_000, b"")}


class Source:
    """The contents above, and a manifest of them."""

    name = "memory"

    def __init__(self):
        self.blobs = dict(CONTENTS)
        config, *layers = (
            Descriptor("application/vnd.example.v1+json", digest, len(data))
            for digest, data in CONTENTS.items()
        )
        self.named = [config, *layers]
        data = Manifest(
            artifact_type="application/vnd.example.v1", config=config, layers=tuple(layers)
        ).encode()
        self.manifest = Descriptor(MANIFEST_TYPE, digest_of(data), len(data))
        self.blobs[self.manifest.digest] = data

    def open(self, blob):
        return io.BytesIO(self.blobs[blob.digest])


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def archive(source, tmp_path):
    """An archive that trialog wrote."""
    path = tmp_path / "it.tar"
    write_archive(path, source.manifest, source.named, source, reference="v1")
    return path


def skopeo(*arguments):
    if shutil.which("skopeo") is None:
        pytest.fail("these tests need skopeo: apt install skopeo")
    return subprocess.run(["skopeo", *arguments], check=True, capture_output=True).stdout


def test_skopeo_reads_our_archives(archive, source, tmp_path):
    """The manifest byte by byte, and every blob."""
    raw = skopeo("inspect", "--raw", f"oci-archive:{archive}:v1")
    assert raw == source.blobs[source.manifest.digest]
    skopeo("copy", f"oci-archive:{archive}:v1", f"dir:{tmp_path / 'copied'}")
    for digest, data in CONTENTS.items():
        assert (tmp_path / "copied" / digest[7:]).read_bytes() == data


@pytest.mark.parametrize("kind", ["oci", "oci-archive"])
def test_skopeo_writes_what_we_read(archive, source, tmp_path, kind):
    """A folder or an archive of its own, with the same digests."""
    target = tmp_path / "theirs"
    skopeo("copy", f"oci-archive:{archive}:v1", f"{kind}:{target}:again")
    layout = open_layout(target)
    assert layout.find("again").digest == source.manifest.digest
    for blob in [source.manifest, *source.named]:
        assert read_blob(layout, blob, 1 << 20) == source.blobs[blob.digest]
