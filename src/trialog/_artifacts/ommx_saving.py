"""Saving an experiment as an archive that OMMX opens as one of its own."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from trialog._artifacts.ommx_experiments import (
    OmmxAttachment,
    OmmxBlob,
    OmmxCall,
    OmmxExperiment,
    OmmxRun,
)
from trialog._artifacts.ommx_writing import write_ommx
from trialog._artifacts.sources import Artifact
from trialog._entities import RunStatus
from trialog._oci.archives import write_archive
from trialog._oci.descriptors import (
    MANIFEST_TYPE,
    UNKNOWN_TYPE,
    BlobSource,
    Descriptor,
    digest_of,
    is_media_type,
)
from trialog._reading import Attachments, ContentReader, ExperimentReader, RunRecord
from trialog._reading.solves import BlobOf, SolveInfo

_STATUSES = {
    RunStatus.COMPLETED: "finished",
    RunStatus.INTERRUPTED: "interrupted",
    RunStatus.CANCELED: "interrupted",
}
_CALLS = {"failed": "failed", "infeasible": "failed", "unbounded": "failed"}
_FAILED = "failed"


def save_for_ommx(
    artifact: Artifact,
    reader: ExperimentReader,
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
) -> Path:
    """Write an experiment as an archive of OMMX's: its runs, parameters, attachments and solves.

    Metrics, console and environment have no place there; of several versions of an attachment the
    newest is taken. The attachments' bytes are the same blobs.

    Args:
        artifact: what the experiment was committed to.
        reader: reads it.
        path: where to.
        overwrite: replace what stands there.

    Raises:
        AttachmentExistsError: something stands there, and it is not to be overwritten.
        ModuleNotFoundError: msgpack is not installed: ``pip install "trialog[ommx]"``.
        NotFoundError, IntegrityError, RegistryError: a blob is missing, or other bytes.
    """
    written = write_ommx(_experiment(reader))
    data = written.manifest.encode()
    manifest = Descriptor(MANIFEST_TYPE, digest_of(data), len(data))
    source = _Beside({**written.small, manifest.digest: data}, artifact.source)
    named = (written.manifest.config, *written.manifest.layers)
    blobs = list({blob.digest: blob for blob in named}.values())
    name = f"trialog.local/experiment:{artifact.digest.removeprefix('sha256:')[:12]}"
    write_archive(Path(path), manifest, blobs, source, reference=name, overwrite=overwrite)
    return Path(path)


class _Beside(NamedTuple):
    """A few small blobs, and else another source."""

    small: Mapping[str, bytes]
    source: BlobSource

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.source.name

    def open(self, blob: Descriptor) -> BinaryIO:
        """A stream of a blob's bytes, not checked."""
        data = self.small.get(blob.digest)
        return self.source.open(blob) if data is None else io.BytesIO(data)


def _experiment(reader: ExperimentReader) -> OmmxExperiment:
    record = reader.record()
    content = ContentReader(reader.catalog, record.place)
    return OmmxExperiment(
        status=_STATUSES.get(record.status, _FAILED),
        reason=record.reason,
        annotations=record.annotations,
        attachments=_attachments(content.attachments),
        runs=tuple(_run(reader, member) for member in reader.members()),
    )


def _run(reader: ExperimentReader, record: RunRecord) -> OmmxRun:
    content = ContentReader(reader.catalog, record.place)
    counted: dict[str, int] = {}
    calls = []
    for solve in content.solves:
        number = counted[solve.kind] = counted.get(solve.kind, -1) + 1
        calls.append(_call(solve, number))
    return OmmxRun(
        number=record.number or 0,
        status=_STATUSES.get(record.status, _FAILED),
        reason=record.reason,
        parameters={name: value for name, value in content.parameters.items() if value is not None},
        attachments=_attachments(content.attachments),
        calls=tuple(calls),
    )


def _call(solve: SolveInfo, number: int) -> OmmxCall:
    return OmmxCall(
        kind="sample" if solve.kind == "sample" else "solve",
        number=number,
        adapter=solve.adapter,
        options=solve.options,
        status="interrupted"
        if solve.status == "interrupted"
        else _CALLS.get(solve.status, "finished"),
        input=_blob(solve.input),
        output=None if solve.output is None else _blob(solve.output),
    )


def _attachments(attachments: Attachments) -> tuple[OmmxAttachment, ...]:
    return tuple(
        OmmxAttachment(
            name, _blob(BlobOf(info.sha256, info.size_bytes, info.media_type)), info.filename
        )
        for name, info in attachments.items()
    )


def _blob(blob: BlobOf) -> OmmxBlob:
    media_type = blob.media_type if is_media_type(blob.media_type) else UNKNOWN_TYPE
    return OmmxBlob(
        Descriptor(media_type, f"sha256:{blob.sha256}", blob.size_bytes), blob.media_type
    )
