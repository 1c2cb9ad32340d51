"""Artifacts made by hand of what a store holds: as they should be, and as nobody should."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import trialog
from trialog._artifacts.config import ARTIFACT_TYPE, CONFIG_TYPE, ExperimentConfig
from trialog._artifacts.config_entries import (
    AttachmentEntry,
    JournalEntry,
    ParentEntry,
    RunEntry,
)
from trialog._artifacts.journalpacks import JournalKey, JournalPart, pack_journals
from trialog._oci.archives import write_archive
from trialog._oci.descriptors import MANIFEST_TYPE, Descriptor, Manifest, digest_of
from trialog._reading import ExperimentReader, catalog_of
from trialog._tracking import active


class Sealer:
    """Makes archives of experiments that are in a store, without committing them there."""

    name = "memory"

    def __init__(self, home: Path, folder: Path) -> None:
        self.home = home
        self.folder = folder
        self.blobs: dict[str, bytes] = {}

    def open(self, blob: Descriptor):
        return io.BytesIO(self.blobs[blob.digest])

    def add(self, data: bytes, media_type: str, **annotations: str) -> Descriptor:
        digest = digest_of(data)
        self.blobs[digest] = data
        return Descriptor(media_type, digest, len(data), annotations)

    def config(self, experiment: Any) -> tuple[ExperimentConfig, list[JournalPart]]:
        """What an experiment comes to, and its journals."""
        if active.session.steward is not None:
            active.session.steward.drain()  # short runs are closed in the background
        address = experiment._address()
        reader = ExperimentReader(
            catalog_of(address.home), address.namespace, address.project, address.experiment
        )
        own, members = reader.record(), list(reader.members())
        start = experiment._recorder.start
        parent = None
        if start.subject is not None:
            parent = ParentEntry(
                id=start.parent, name="parent", digest=start.subject, first_number=start.number
            )
        parts, runs, attachments = [], [], []
        for record in (own, *members):
            folder = record.place.folder(reader.catalog.store)
            for path in sorted(folder.glob("*.journal")):
                key = JournalKey(record.id, path.stem)
                parts.append(JournalPart(key, path, path.stat().st_size))
            if record.kind == "run":
                runs.append(
                    RunEntry(
                        number=record.number,
                        id=record.id,
                        name=record.name,
                        status=record.status.value,
                        created_ns=0,
                        experiment=record.experiment,
                    )
                )
                run = experiment.runs[record.number]
                attachments += [
                    AttachmentEntry(
                        number=record.number,
                        name=info.name,
                        version=info.version,
                        media_type=info.media_type,
                        digest=f"sha256:{info.sha256}",
                        size_bytes=info.size_bytes,
                        filename=info.filename,
                        time_ns=0,
                    )
                    for info in run.attachments.values()
                ]
        config = ExperimentConfig(
            id=own.id,
            name=own.name,
            namespace=address.namespace,
            namespace_name=own.organization.slug,
            project=address.project,
            project_name=own.project.slug,
            description=own.description,
            status=own.status.value,
            tags=own.tags,
            annotations=own.annotations,
            created_ns=start.created_ns,
            user="ada",
            trialog="1",
            parent=parent,
            runs=tuple(runs),
            attachments=tuple(attachments),
            journals=tuple(
                JournalEntry(
                    run_id=part.key.run_id, writer=part.key.writer, size_bytes=part.size_bytes
                )
                for part in parts
            ),
        )
        return config, parts

    def manifest(self, experiment, change=None, parts=None, packs=None, **changes: Any) -> Manifest:
        """The artifact of an experiment; ``changes`` are the configuration's lies."""
        config, own_parts = self.config(experiment)
        config = replace(config, **changes)
        if change is not None:
            config = change(config)
        layers = []
        for together in packs or [own_parts if parts is None else parts]:
            sink = io.BytesIO()
            layers.append(pack := pack_journals(together, sink))
            self.blobs[pack.digest] = sink.getvalue()
        for entry in config.attachments:
            data = self._blob(entry.digest)
            layers.append(self.add(data, entry.media_type))
        return Manifest(
            artifact_type=ARTIFACT_TYPE,
            config=self.add(config.encode(), CONFIG_TYPE),
            layers=tuple(dict.fromkeys(layers)),
            subject=self._subject(config),
        )

    def archive(self, experiment, name: str = "a.tar", **changes: Any) -> Path:
        """The archive of an experiment."""
        return self.write(self.manifest(experiment, **changes), name)

    def write(
        self, manifest: Manifest, name: str = "a.tar", also: tuple[Descriptor, ...] = ()
    ) -> Path:
        """An archive of a manifest, and of other blobs."""
        descriptor = self.add(manifest.encode(), MANIFEST_TYPE)
        path = self.folder / name
        blobs = (manifest.config, *manifest.layers, *also)
        write_archive(path, descriptor, blobs, self, reference="made", overwrite=True)
        return path

    def _subject(self, config: ExperimentConfig) -> Descriptor | None:
        if config.parent is None:
            return None
        known = self.blobs.get(config.parent.digest, b"unknown")
        return Descriptor(MANIFEST_TYPE, config.parent.digest, len(known))

    def _blob(self, digest: str) -> bytes:
        hexadecimal = digest.removeprefix("sha256:")
        return (self.home / "blobs" / "sha256" / hexadecimal[:2] / hexadecimal).read_bytes()


@pytest.fixture
def sealer(store, tmp_path):
    """Makes artifacts of the experiments in the test's store."""
    return Sealer(store, tmp_path)


@pytest.fixture
def elsewhere(tmp_path):
    """Another store, that of somebody else."""
    return trialog.LocalClient(tmp_path / "elsewhere")


@pytest.fixture
def recorded():
    """An experiment of two runs with all that a run has, ended and not committed."""

    def record(name="sweep", *, attachment: bytes = b"noise", **options):
        with trialog.Experiment(name, project="acme/demo", commit=False, **options) as experiment:
            experiment.log_parameter("solver", "HiGHS")
            for lr in (0.1, 0.2):
                with experiment.run(parameters={"lr": lr}) as run:
                    run.log("loss", lr / 2)
                    run.log_attachment("weights", "application/octet-stream", attachment)
                    run.log_json("plan", {"text": "x" * 40_000})
        experiment.finish()
        return experiment

    return record
