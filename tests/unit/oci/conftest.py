"""A source of blobs in memory."""

from __future__ import annotations

import io

import pytest

from trialog._oci.descriptors import MANIFEST_TYPE, Descriptor, Manifest, digest_of
from trialog.errors import NotFoundError


class MemorySource:
    """Blobs in memory, and which of them were opened."""

    name = "memory"

    def __init__(self):
        self.blobs: dict[str, bytes] = {}
        self.opened: list[str] = []

    def put(self, data: bytes, media_type: str = "text/plain", **more) -> Descriptor:
        digest = digest_of(data)
        self.blobs[digest] = data
        return Descriptor(media_type, digest, len(data), **more)

    def put_artifact(self, *contents: bytes) -> tuple[Descriptor, list[Descriptor]]:
        """A manifest of layers with these contents, and all that it names."""
        config = self.put(b"{}", "application/vnd.example.config+json")
        layers = tuple(self.put(content) for content in contents)
        manifest = Manifest(artifact_type="application/vnd.example", config=config, layers=layers)
        return self.put(manifest.encode(), MANIFEST_TYPE), [config, *layers]

    def open(self, blob: Descriptor) -> io.BytesIO:
        self.opened.append(blob.digest)
        if blob.digest not in self.blobs:
            raise NotFoundError(f"no {blob.digest} in memory")
        return io.BytesIO(self.blobs[blob.digest])


@pytest.fixture
def memory() -> MemorySource:
    return MemorySource()
