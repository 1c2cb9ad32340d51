"""Reading OCI image layouts, of a tar archive or a folder: whoever made them, and lazily.

Nothing is ever extracted. Of an archive only headers are read, and then the bytes that are asked
for; each stream has a file of its own, so a layout can be used by many threads and be pickled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from trialog._oci.archives import (
    BLOBS_NAME,
    INDEX_NAME,
    LAYOUT_NAME,
    LAYOUT_VERSION,
    REFERENCE_KEY,
)
from trialog._oci.descriptors import (
    INDEX_TYPE,
    MANIFEST_TYPE,
    MAX_MANIFEST_BYTES,
    Descriptor,
    check_schema,
    read_blob,
)
from trialog._oci.documents import Fields, shown
from trialog._oci.layoutfiles import FilesOfArchive, FilesOfFolder, LayoutFiles
from trialog.errors import IntegrityError, NotFoundError, UsageError

_MAX_MANIFESTS = 10_000
_MAX_DEPTH = 8


class Layout:
    """An OCI image layout: manifests that its index names, and blobs by digest. A BlobSource."""

    def __init__(self, path: Path, files: LayoutFiles) -> None:
        self._path = path
        self._files = files

    @property
    def name(self) -> str:
        """What messages call it: its path."""
        return str(self._path)

    def open(self, blob: Descriptor) -> BinaryIO:
        """A stream of a blob's bytes, not checked: read it through ``verified``.

        Raises:
            NotFoundError: the blob is not there.
            IntegrityError: it is no file, or has another size.
            OSError: the layout cannot be read.
        """
        opened = self._files.open(_file_name(blob))
        if opened is None:
            raise NotFoundError(f"the blob {blob.digest} is missing from {self.name}")
        stream, size = opened
        if size != blob.size_bytes:
            stream.close()
            raise IntegrityError(
                f"the blob {blob.digest} from {self.name} has {size} bytes, not the "
                f"{blob.size_bytes} it should have"
            )
        return stream

    def missing(self, blobs: Iterable[Descriptor]) -> list[Descriptor]:
        """Those of the blobs that the layout does not have; none of them is read."""
        return [blob for blob in blobs if not self._files.has(_file_name(blob))]

    def manifests(self) -> list[Descriptor]:
        """The descriptors of the image manifests that ``index.json`` names.

        Indexes inside it are followed; their names are handed down to what they hold.

        Raises:
            IntegrityError: an index is not what it should be.
        """
        index = self._read(INDEX_NAME)
        return list(self._follow(index, f"{INDEX_NAME} of {self.name}", depth=0))

    def find(self, reference: str | None = None) -> Descriptor:
        """The manifest of a name; without one, the only one there is.

        Args:
            reference: the name, or a digest.

        Raises:
            NotFoundError: there is none of that name.
            UsageError: there are several, and no name is given.
        """
        manifests = self.manifests()
        names = [one.annotations.get(REFERENCE_KEY, one.digest) for one in manifests]
        found = {
            one.digest: one
            for one, name in zip(manifests, names, strict=True)
            if reference in (None, name, one.digest)
        }
        if len(found) == 1:
            return next(iter(found.values()))
        held = f"it holds {', '.join(map(shown, names[:10])) or 'none'}"
        if not found:
            wanted = "manifest" if reference is None else f"manifest named {reference!r}"
            raise NotFoundError(f"{self.name} has no {wanted}; {held}")
        raise UsageError(f"{self.name} has several such manifests: say which one; {held}")

    def _follow(self, data: bytes, where: str, depth: int) -> Iterator[Descriptor]:
        fields = Fields.parse(data, where, MAX_MANIFEST_BYTES)
        check_schema(fields, INDEX_TYPE)
        for one in fields.each("manifests", Descriptor.from_json, _MAX_MANIFESTS):
            if one.media_type == MANIFEST_TYPE:
                yield one
            elif one.media_type == INDEX_TYPE:
                if depth == _MAX_DEPTH:
                    raise IntegrityError(f"{where} holds indexes more than {_MAX_DEPTH} deep")
                inner = read_blob(self, one, MAX_MANIFEST_BYTES)
                names = {key: text for key, text in one.annotations.items() if key == REFERENCE_KEY}
                inside = f"the index {one.digest} of {self.name}"
                for each in self._follow(inner, inside, depth + 1):
                    yield each._replace(annotations={**names, **each.annotations})

    def _read(self, name: str) -> bytes:
        opened = self._files.open(name)
        if opened is None:
            raise UsageError(f"{self.name} is no OCI image layout: it has no {name!r}")
        stream, size = opened
        with stream:
            if size > MAX_MANIFEST_BYTES:
                raise IntegrityError(f"{name} of {self.name} has {size} bytes, which is too many")
            return stream.read(MAX_MANIFEST_BYTES + 1)

    def _check(self) -> None:
        if self._files.has(INDEX_NAME) and not self._files.has(LAYOUT_NAME):
            return  # as OMMX 2 writes them; the index is checked when it is read
        fields = Fields.parse(
            self._read(LAYOUT_NAME), f"{LAYOUT_NAME} of {self.name}", MAX_MANIFEST_BYTES
        )
        if fields.text("imageLayoutVersion") != LAYOUT_VERSION:
            raise fields.wrong("imageLayoutVersion", repr(LAYOUT_VERSION))
        if not self._files.has(INDEX_NAME):
            raise UsageError(f"{self.name} is no OCI image layout: it has no {INDEX_NAME!r}")


def open_layout(path: Path) -> Layout:
    """The OCI image layout in a tar archive or a folder.

    Raises:
        MissingFileError: nothing stands there.
        UsageError: what stands there is no layout, or a compressed archive.
        IntegrityError: it is truncated or damaged, or holds what a layout may not.
        OSError: it cannot be read.
    """
    layout = Layout(path, FilesOfFolder(path) if path.is_dir() else FilesOfArchive(path))
    layout._check()  # noqa: SLF001 # the same module
    return layout


def _file_name(blob: Descriptor) -> str:
    return BLOBS_NAME + blob.digest.removeprefix("sha256:")
