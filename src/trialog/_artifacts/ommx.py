"""Artifacts that OMMX made, read without OMMX: its experiments, and its plain artifacts.

An experiment is a JSON configuration whose numbers are the places of layers in the manifest; its
runs' parameters are one layer of MessagePack (``ommx_parameters``). A plain artifact is layers and
nothing else. What is read is small; attachments stay where they are until :func:`open_content`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO, Literal, TypeVar, cast

from trialog._artifacts.ommx_experiments import (
    OmmxAttachment,
    OmmxBlob,
    OmmxCall,
    OmmxExperiment,
    OmmxRun,
)
from trialog._artifacts.ommx_names import attachment_names, usable_filename
from trialog._artifacts.ommx_parameters import MAX_PARAMETERS_BYTES, read_parameters
from trialog._oci.descriptors import BlobSource, Descriptor, Manifest, read_blob, verified
from trialog._oci.documents import Fields, shown
from trialog.errors import IntegrityError, TrialogError

EXPERIMENT_TYPE = "application/org.ommx.v1.experiment"
PLAIN_TYPE = "application/org.ommx.v1.artifact"
CONFIG_TYPE = "application/org.ommx.v1.experiment.config+json"
MAX_CONFIG_BYTES = 64 << 20
COMPRESSION_KEY = "org.ommx.v1.attachment.compression"
_TITLE_KEYS = ("org.opencontainers.image.title", "org.ommx.user.title")
ZSTD_SUFFIX = "+zstd"
_MAX_RATIO = 10_000  # of unpacked bytes to packed ones: more is no content but an attack
_LEAST_LIMIT_BYTES = 64 << 20
Item = TypeVar("Item")


def is_ommx(manifest: Manifest) -> bool:
    """Whether OMMX made it."""
    return manifest.artifact_type in (EXPERIMENT_TYPE, PLAIN_TYPE)


def read_ommx(manifest: Manifest, source: BlobSource) -> OmmxExperiment:
    """What an artifact of OMMX's holds; of a plain one, an experiment without runs.

    Args:
        manifest: the artifact's.
        source: where its configuration and parameters come from; no attachment is read.

    Raises:
        IntegrityError: it is none, or damaged; the message says what is wrong where.
        NotFoundError: the configuration or the parameters are missing.
        ModuleNotFoundError: it has parameters, and msgpack is not installed.
        OSError: it cannot be read.
    """
    if manifest.artifact_type == PLAIN_TYPE:
        return _plain(manifest)
    if manifest.artifact_type != EXPERIMENT_TYPE:
        raise IntegrityError(
            f"the artifact from {source.name} is of the type {shown(manifest.artifact_type)}: "
            "OMMX did not make it"
        )
    return _Reader(manifest, source).read()


def open_content(source: BlobSource, content: OmmxBlob) -> BinaryIO:
    """A stream of an attachment's bytes, checked and unpacked.

    Raises:
        IntegrityError: by a read: the bytes are not those that are meant, or cannot be unpacked.
        NotFoundError: they are not there.
        OSError: they cannot be read.
    """
    stream = verified(source.open(content.descriptor), content.descriptor, source.name)
    if content.compression is None:
        return stream
    return cast("BinaryIO", _Unpacked(stream, content.descriptor))


def _content(layer: Descriptor) -> OmmxBlob:
    if layer.annotations.get(COMPRESSION_KEY) == "zstd":
        return OmmxBlob(layer, layer.media_type.removesuffix(ZSTD_SUFFIX), "zstd")
    return OmmxBlob(layer, layer.media_type)


def _plain(manifest: Manifest) -> OmmxExperiment:
    names = attachment_names()
    attachments = []
    for layer in manifest.layers:
        titles = (layer.annotations.get(key) for key in (*_TITLE_KEYS, f"{_own_key(layer)}.title"))
        title = next(filter(None, titles), None)
        name = names.give(title or _own_key(layer).rpartition(".")[2])
        filename = usable_filename(layer.annotations.get(_TITLE_KEYS[0]))
        attachments.append(OmmxAttachment(name, _content(layer), filename))
    return OmmxExperiment(
        status="finished", annotations=manifest.annotations, attachments=tuple(attachments)
    )


def _own_key(layer: Descriptor) -> str:
    """What a layer's own annotations begin with: ``org.ommx.v1.instance``, in both versions."""
    essence = layer.media_type.partition(";")[0].removesuffix(ZSTD_SUFFIX)
    return essence.rpartition("/")[2].replace("org.ommx.v2.", "org.ommx.v1.")


class _Reader:
    """Reads the configuration, whose numbers are places of layers."""

    def __init__(self, manifest: Manifest, source: BlobSource) -> None:
        self._manifest = manifest
        self._source = source

    def read(self) -> OmmxExperiment:
        config = self._manifest.config
        if config.media_type != CONFIG_TYPE:
            raise IntegrityError(
                f"the configuration from {self._source.name} is {shown(config.media_type)}, not "
                f"{CONFIG_TYPE!r}"
            )
        data = read_blob(self._source, config, MAX_CONFIG_BYTES)
        fields = Fields.parse(data, "the configuration of OMMX's experiment", MAX_CONFIG_BYTES)
        runs = fields.each("runs", self._run)
        numbers = [run.number for run in runs]
        for number in _repeated(numbers):
            raise IntegrityError(f"{fields.where} has the run {number} twice")
        parameters = read_parameters(self._parameters(fields), numbers)
        return OmmxExperiment(
            status=fields.text("status"),
            reason=_reason(fields),
            annotations=self._manifest.annotations,
            attachments=self._attachments(fields),
            runs=tuple(replace(run, parameters=parameters[run.number]) for run in runs),
            subject=self._manifest.subject,
        )

    def _parameters(self, fields: Fields) -> bytes:
        layer = self._layer(fields, "run_parameters").descriptor
        return read_blob(self._source, layer, MAX_PARAMETERS_BYTES)

    def _run(self, value: object, where: str) -> OmmxRun:
        fields = Fields(value, where)
        solves = fields.each("solves", self._solve) if "solves" in fields else []
        samplings = fields.each("samplings", self._sampling) if "samplings" in fields else []
        return OmmxRun(
            number=fields.integer("run_id"),
            status=fields.text("status"),
            reason=_reason(fields),
            attachments=self._attachments(fields),
            calls=(*solves, *samplings),
            trace=self._layer_or_none(fields, "trace"),
        )

    def _solve(self, value: object, where: str) -> OmmxCall:
        return self._call(Fields(value, where), "solve", "solve_id")

    def _sampling(self, value: object, where: str) -> OmmxCall:
        return self._call(Fields(value, where), "sample", "sampling_id")

    def _call(self, fields: Fields, kind: Literal["solve", "sample"], number: str) -> OmmxCall:
        return OmmxCall(
            kind=kind,
            number=fields.integer(number),
            adapter=fields.text("adapter"),
            options=_options(fields),
            status=fields.text("status"),
            input=self._layer(fields, "input"),
            output=self._layer_or_none(fields, "output"),
            diagnostics=self._layer_or_none(fields, "diagnostics"),
        )

    def _attachments(self, fields: Fields) -> tuple[OmmxAttachment, ...]:
        if "attachments" not in fields:
            return ()
        inner = Fields(fields.raw("attachments"), f"'attachments' of {fields.where}")
        entries = inner.raw("entries")
        if not isinstance(entries, dict):
            raise inner.wrong("entries", "an object of the places of layers")
        places = Fields(entries, f"'entries' of {inner.where}")
        filenames = inner.texts("filenames")
        names = attachment_names()
        return tuple(
            OmmxAttachment(
                names.give(name), self._layer(places, name), usable_filename(filenames.get(name))
            )
            for name in entries
        )

    def _layer(self, fields: Fields, name: str) -> OmmxBlob:
        layers = self._manifest.layers
        return _content(layers[fields.integer(name, most=len(layers) - 1)])

    def _layer_or_none(self, fields: Fields, name: str) -> OmmxBlob | None:
        return self._layer(fields, name) if name in fields else None


def _reason(fields: Fields) -> str | None:
    if "outcome" not in fields:
        return None
    return Fields(fields.raw("outcome"), f"'outcome' of {fields.where}").text_or_none("reason")


def _options(fields: Fields) -> dict[str, Any]:
    """An object in JSON text, as Python writes it: NaN and infinities too."""
    text = fields.text("adapter_options")
    try:
        options = json.loads(text)
    except (ValueError, RecursionError):
        options = None
    if not isinstance(options, dict):
        raise fields.wrong("adapter_options", "an object in JSON text")
    return options


def _repeated(items: list[Item]) -> Iterator[Item]:
    seen: set[Item] = set()
    for item in items:
        if item in seen:
            yield item
        seen.add(item)


class _Unpacked(io.RawIOBase):
    """What is in a stream of zstd; all of the stream beneath is read, or it is not verified."""

    def __init__(self, stream: BinaryIO, blob: Descriptor) -> None:
        import pyarrow as pa  # noqa: PLC0415 # heavy: only for who unpacks

        self._stream = stream
        self._content = pa.CompressedInputStream(pa.PythonFile(stream, "r"), "zstd")
        self._what = f"the blob {blob.digest}"
        self._left_bytes = max(_LEAST_LIMIT_BYTES, _MAX_RATIO * blob.size_bytes)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        try:
            data = self._content.read(len(buffer))
        except TrialogError:
            raise
        except OSError as error:
            raise IntegrityError(f"{self._what} cannot be unpacked: {error}") from error
        self._left_bytes -= len(data)
        if self._left_bytes < 0:
            raise IntegrityError(f"{self._what} is far larger unpacked than anything sensible is")
        if not data and self._stream.read(1):
            raise IntegrityError(f"{self._what} goes on after its end")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()
