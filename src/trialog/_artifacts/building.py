"""An artifact of runs that were read: its layers, its configuration, its manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from trialog._artifacts.config import ARTIFACT_TYPE, CONFIG_TYPE, ExperimentConfig
from trialog._artifacts.config_entries import (
    AttachmentEntry,
    BlobEntry,
    JournalEntry,
    ParentEntry,
    RunEntry,
)
from trialog._artifacts.contents import attachments_of, check_blob, layer_type, spoken_of
from trialog._artifacts.inheritance import Inheritance
from trialog._artifacts.journalpacks import PACK_TYPE, JournalPart, pack_journals
from trialog._artifacts.metrics import write_metrics
from trialog._artifacts.observations import Observed
from trialog._artifacts.tables import TABLE_TYPE, runs_table
from trialog._artifacts.titles import TITLE, Titles
from trialog._format.folders import StoreFolder
from trialog._format.times import date_of
from trialog._format.values import load_json
from trialog._oci.descriptors import Descriptor, Manifest, digest_of
from trialog._version import __version__
from trialog._writing.blobs import BlobWriter
from trialog.errors import UsageError

ROLE = "vnd.trialog.role"  # of a layer: what it is, where its media type alone does not say so
RUNS, METRICS, JOURNALS = "runs", "metrics", "journals"
PACK_BYTES = 128 << 20  # of journals in one layer, before they are compressed
_BILLION = 1_000_000_000


class Material(NamedTuple):
    """What an artifact is made of.

    Attributes:
        own: the experiment itself.
        runs: those that were started in it, in the order of their numbers.
        inheritance: what it takes over of the experiment that it was forked from, or None.
    """

    own: Observed
    runs: Sequence[Observed]
    inheritance: Inheritance | None


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


@dataclass(slots=True)
class _Index:
    """What the configuration says of the layers."""

    attachments: list[AttachmentEntry] = field(default_factory=list)
    blobs: dict[str, BlobEntry] = field(default_factory=dict)
    journals: list[JournalEntry] = field(default_factory=list)


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
        self._index = _Index()

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
        config = self._config().encode()
        stored = self._blobs.put(config)
        described = Descriptor(CONFIG_TYPE, f"sha256:{stored.sha256}", stored.size_bytes)
        manifest = Manifest(
            artifact_type=ARTIFACT_TYPE,
            config=described,
            layers=tuple(self._layers),
            subject=None if inheritance is None else inheritance.subject,
            annotations=self._annotations(),
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

    # -- what it says of itself ----------------------------------------------------------------

    def _config(self) -> ExperimentConfig:
        own, runs, inheritance = self._material
        start, row = own.start, own.row
        entries = () if inheritance is None else inheritance.config.runs
        return ExperimentConfig(
            id=own.place.id,
            name=row["name"],
            namespace=own.place.project.namespace,
            namespace_name=start.namespace_name or own.place.project.namespace,
            project=own.place.project.project,
            project_name=start.project_name or own.place.project.project,
            description=row["description"],
            status=row["status"],
            reason=row["reason"],
            tags=tuple(load_json(row["tags"].encode())),
            annotations=load_json(row["annotations"].encode()),
            parameters=own.parameters(),
            created_ns=row["created_ns"],
            ended_ns=row["ended_ns"],
            user=row["username"],
            trialog=__version__,
            parent=None if inheritance is None else _parent(inheritance, start.number or 0),
            runs=(*entries, *map(_run_entry, runs)),
            attachments=tuple(self._index.attachments),
            blobs=tuple(self._index.blobs.values()),
            journals=tuple(self._index.journals),
        )

    def _annotations(self) -> dict[str, str]:
        own, runs, inheritance = self._material
        forebears = [] if inheritance is None else inheritance.runs
        last_ns = max(run.last_ns for run in (own, *runs, *forebears))
        said = {
            "org.opencontainers.image.title": own.row["name"],
            "org.opencontainers.image.created": _rfc3339(last_ns or own.row["created_ns"]),
            "org.opencontainers.image.description": own.row["description"] or "",
            "vnd.trialog.experiment": own.place.id,
            "vnd.trialog.runs": str(len(runs) + len(forebears)),
        }
        annotations: dict[str, str] = load_json(own.row["annotations"].encode())
        return {**annotations, **{key: text for key, text in said.items() if text}}


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


def _parent(inheritance: Inheritance, first_number: int) -> ParentEntry:
    config = inheritance.config
    return ParentEntry(
        id=config.id,
        name=config.name,
        digest=inheritance.subject.digest,
        first_number=first_number,
    )


def _run_entry(run: Observed) -> RunEntry:
    row = run.row
    return RunEntry(
        number=run.number or 0,
        id=run.place.id,
        name=row["name"],
        status=row["status"],
        reason=row["reason"],
        created_ns=row["created_ns"],
        ended_ns=row["ended_ns"],
        tags=tuple(load_json(row["tags"].encode())),
        experiment=run.start.experiment or "",
    )


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


def _rfc3339(time_ns: int) -> str:
    return f"{date_of(time_ns):%Y-%m-%dT%H:%M:%S}.{time_ns % _BILLION:09d}Z"
