"""An artifact of runs that were read: its layers, its configuration, its manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from trialog._artifacts.config import ARTIFACT_TYPE, CONFIG_TYPE
from trialog._artifacts.config_entries import (
    AttachmentEntry,
    BlobEntry,
    JournalEntry,
)
from trialog._artifacts.contents import attachments_of, check_blob, layer_type, spoken_of
from trialog._artifacts.descriptions import Index, Material, annotations_of, config_of
from trialog._artifacts.inheritance import Inheritance
from trialog._artifacts.journalpacks import PACK_TYPE, JournalPart, pack_journals
from trialog._artifacts.metrics import write_metrics
from trialog._artifacts.observations import Observed
from trialog._artifacts.tables import TABLE_TYPE, runs_table
from trialog._artifacts.titles import TITLE, Titles
from trialog._format.folders import StoreFolder
from trialog._oci.descriptors import Descriptor, Manifest, digest_of
from trialog._writing.blobs import BlobWriter
from trialog.errors import UsageError

ROLE = "vnd.trialog.role"  # of a layer: what it is, where its media type alone does not say so
RUNS, METRICS, JOURNALS = "runs", "metrics", "journals"
PACK_BYTES = 128 << 20  # of journals in one layer, before they are compressed


class Built(NamedTuple):
    """An artifact whose blobs are in the store, all but the manifest.

    Attributes:
        data: the manifest's bytes.
        artifact_bytes: of all that it names.
    """

    data: bytes
    artifact_bytes: int

    @property
    def digest(self) -> str:
        """What the artifact is."""
        return digest_of(self.data)


def build(store: StoreFolder, material: Material) -> Built:
    """Put the layers and the configuration of an artifact into the store.

    The same journals give the same bytes: nothing of the clock, of a path, of an order by chance.

    Args:
        store: where the journals and the attachments are.
        material: what it is made of.

    Raises:
        IntegrityError: something that was logged is missing.
        UsageError: there is too much of it for a manifest.
        OSError: the store cannot be written.
    """
    return _Builder(store, material).build()


class _Builder:
    def __init__(self, store: StoreFolder, material: Material) -> None:
        self._store = store
        self._material = material
        self._blobs = BlobWriter(store)
        inherited = [] if material.inheritance is None else _inherited(material.inheritance)
        self._layers: list[Descriptor] = inherited
        self._titles = Titles(
            each.annotations[TITLE] for each in inherited if TITLE in each.annotations
        )
        self._index = Index()

    def build(self) -> Built:
        own, runs, inheritance = self._material
        self._take_over()
        observed = [own, *runs]
        forebears = [] if inheritance is None else inheritance.runs
        table = self._blobs.put(runs_table([*forebears, *runs]))
        self._add(RUNS, TABLE_TYPE, f"sha256:{table.sha256}", table.size_bytes, "runs", ".parquet")
        for each in write_metrics(self._blobs, self._store, observed):
            self._add(METRICS, *each[:3], "metrics", ".parquet")
        for each in self._pack(observed):
            self._add(JOURNALS, *each[:3], "journals", ".tar.zst")
        for run in observed:
            self._attach(run)
        there = {layer.digest for layer in self._layers}
        for run in observed:
            self._mention(run, there)
        config = config_of(self._material, self._index).encode()
        stored = self._blobs.put(config)
        described = Descriptor(CONFIG_TYPE, f"sha256:{stored.sha256}", stored.size_bytes)
        manifest = Manifest(
            artifact_type=ARTIFACT_TYPE,
            config=described,
            layers=tuple(self._layers),
            subject=None if inheritance is None else inheritance.subject,
            annotations=annotations_of(self._material),
        )
        sizes = {each.digest: each.size_bytes for each in (described, *self._layers)}
        return Built(_encode(manifest), sum(sizes.values()))

    # -- layers --------------------------------------------------------------------------------

    def _add(
        self, role: str, media_type: str, digest: str, size_bytes: int, stem: str, suffix: str
    ) -> None:
        title = self._titles.give_numbered(stem, suffix)
        annotations = {ROLE: role, TITLE: title}
        self._layers.append(Descriptor(media_type, digest, size_bytes, annotations))

    def _pack(self, runs: Iterable[Observed]) -> Iterator[Descriptor]:
        parts = sorted(part for run in runs for part in run.parts(self._store))
        self._index.journals += [
            JournalEntry(run_id=key.run_id, writer=key.writer, size_bytes=size_bytes)
            for key, _, size_bytes in parts
        ]
        for together in _together(parts):
            blob = self._blobs.put_made(partial(_write_pack, together))
            yield Descriptor(PACK_TYPE, f"sha256:{blob.sha256}", blob.size_bytes)

    def _attach(self, run: Observed) -> None:
        entries = attachments_of(run)
        newest = {entry.name: entry.version for entry in entries}
        where, folder = _named(run)
        for entry in sorted(entries, key=lambda entry: (entry.name, -entry.version)):
            what = f"attachment {entry.name!r} of {where}"
            check_blob(self._store, entry.digest, entry.size_bytes, what)
            path = folder + _filename(entry, is_newest=entry.version == newest[entry.name])
            self._layers.append(
                Descriptor(
                    layer_type(entry.media_type),
                    entry.digest,
                    entry.size_bytes,
                    {TITLE: self._titles.give(path)},
                )
            )
        self._index.attachments += entries

    def _mention(self, run: Observed, there: set[str]) -> None:
        """Add the blobs of a run that are in no layer yet."""
        where, folder = _named(run)
        for each in spoken_of(run, self._store):
            self._index.blobs[each.digest] = BlobEntry(
                digest=each.digest, size_bytes=each.size_bytes
            )
            if each.digest in there:
                continue
            there.add(each.digest)
            check_blob(self._store, each.digest, each.size_bytes, f"{each.path} of {where}")
            annotations = {TITLE: self._titles.give(folder + each.path)} if each.path else {}
            self._layers.append(
                Descriptor(each.media_type, each.digest, each.size_bytes, annotations)
            )

    def _take_over(self) -> None:
        inheritance = self._material.inheritance
        if inheritance is not None:
            config, index = inheritance.config, self._index
            index.attachments += [each for each in config.attachments if each.number is not None]
            index.journals += config.journals
            index.blobs.update({blob.digest: blob for blob in inheritance.blobs})


def _inherited(inheritance: Inheritance) -> list[Descriptor]:
    """The layers of a parent, but for the table of its runs; its own files become a folder."""
    layers = []
    for layer in inheritance.manifest.layers:
        title, role = layer.annotations.get(TITLE), layer.annotations.get(ROLE)
        if role == RUNS:
            continue
        if title is not None and role is None and not title.startswith(("runs/", "parents/")):
            title = f"parents/{inheritance.config.id}/{title}"
            layer = layer._replace(annotations={**layer.annotations, TITLE: title})  # noqa: PLW2901
        layers.append(layer)
    return layers


def _filename(entry: AttachmentEntry, *, is_newest: bool) -> str:
    """What to call the file of an attachment: its name, and how its file name ended."""
    suffix = PurePosixPath(entry.filename).suffix
    stem = entry.name.removesuffix(suffix)
    return f"{stem}{'' if is_newest else f'@{entry.version}'}{suffix}"


def _named(run: Observed) -> tuple[str, str]:
    """A run for messages, and the folder of its files."""
    if run.number is None:
        return "the experiment", ""
    return f"run {run.number}", f"runs/{run.number}/"


def _together(parts: Iterable[JournalPart]) -> Iterator[list[JournalPart]]:
    together: list[JournalPart] = []
    size_bytes = 0
    for part in parts:
        if together and size_bytes + part.size_bytes > PACK_BYTES:
            yield together
            together, size_bytes = [], 0
        together.append(part)
        size_bytes += part.size_bytes
    if together:
        yield together


def _write_pack(parts: Sequence[JournalPart], path: Path) -> None:
    with path.open("wb") as file:
        pack_journals(parts, file)


def _encode(manifest: Manifest) -> bytes:
    """The manifest's bytes; where they are too many, files have no names and are named once."""
    try:
        return manifest.encode()
    except UsageError:
        kept = {
            layer.digest: layer if ROLE in layer.annotations else layer._replace(annotations={})
            for layer in manifest.layers
        }
        return replace(manifest, layers=tuple(kept.values())).encode()
