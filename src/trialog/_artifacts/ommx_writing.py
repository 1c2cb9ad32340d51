"""An experiment as an artifact that OMMX opens as one of its own, with its runs.

OMMX refuses artifacts of other types, and archives of more than one manifest; but what it wants is
small: a configuration, a layer of MessagePack, and a manifest. The attachments are layers as they
are, so a registry that has the experiment already gets nothing but these three.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from trialog._artifacts.ommx import COMPRESSION_KEY, CONFIG_TYPE, EXPERIMENT_TYPE, ZSTD_SUFFIX
from trialog._artifacts.ommx_experiments import (
    OmmxAttachment,
    OmmxBlob,
    OmmxCall,
    OmmxExperiment,
    OmmxRun,
)
from trialog._artifacts.ommx_parameters import PARAMETERS_TYPE, write_parameters
from trialog._oci.descriptors import Descriptor, Manifest, digest_of

_OWN_KEYS = "org.ommx.v1."  # annotations that only OMMX itself may give


class OmmxArtifact(NamedTuple):
    """What has to be written beside the attachments.

    Attributes:
        manifest: of the artifact; its layers are the attachments and the parameters.
        small: the configuration and the parameters, by their digests.
    """

    manifest: Manifest
    small: Mapping[str, bytes]


def write_ommx(experiment: OmmxExperiment) -> OmmxArtifact:
    """The artifact of an experiment; the same experiment gives the same bytes.

    A parameter that is of several types in several runs, which OMMX cannot hold, is of the type
    that holds them all: of numbers a float, else text.

    Raises:
        ModuleNotFoundError: msgpack is not installed.
        UsageError: more layers than registries take.
    """
    layers = _Layers()
    config = {
        "status": experiment.status,
        **_outcome(experiment.reason),
        "attachments": layers.attachments(experiment.attachments),
        "runs": [_run(run, layers) for run in sorted(experiment.runs, key=lambda run: run.number)],
    }
    parameters = write_parameters({run.number: run.parameters for run in experiment.runs})
    config["run_parameters"] = layers.add(OmmxBlob(_described(PARAMETERS_TYPE, parameters), ""))
    data = orjson.dumps(config)
    annotations = {
        key: text for key, text in experiment.annotations.items() if not key.startswith(_OWN_KEYS)
    }
    manifest = Manifest(
        artifact_type=EXPERIMENT_TYPE,
        config=_described(CONFIG_TYPE, data),
        layers=tuple(layers.found),
        subject=experiment.subject,
        annotations=annotations,
    )
    return OmmxArtifact(
        manifest, MappingProxyType({digest_of(data): data, digest_of(parameters): parameters})
    )


class _Layers:
    """The layers so far; whoever needs one is told its place."""

    def __init__(self) -> None:
        self.found: list[Descriptor] = []

    def add(self, blob: OmmxBlob) -> int:
        layer = blob.descriptor
        if blob.compression is not None:
            annotations = {**layer.annotations, COMPRESSION_KEY: blob.compression}
            media_type = layer.media_type.removesuffix(ZSTD_SUFFIX) + ZSTD_SUFFIX
            layer = layer._replace(annotations=annotations, media_type=media_type)
        self.found.append(layer)
        return len(self.found) - 1

    def attachments(self, attachments: Iterable[OmmxAttachment]) -> dict[str, Any]:
        ordered = sorted(attachments)
        members: dict[str, Any] = {
            "entries": {each.name: self.add(each.content) for each in ordered},
        }
        filenames = {each.name: each.filename for each in ordered if each.filename is not None}
        return members | ({"filenames": filenames} if filenames else {})


def _run(run: OmmxRun, layers: _Layers) -> dict[str, Any]:
    members: dict[str, Any] = {
        "run_id": run.number,
        "status": run.status,
        **_outcome(run.reason),
        "attachments": layers.attachments(run.attachments),
    }
    if run.trace is not None:
        members["trace"] = layers.add(run.trace)
    for kind, key, number in (
        ("solve", "solves", "solve_id"),
        ("sample", "samplings", "sampling_id"),
    ):
        calls = [call for call in run.calls if call.kind == kind]
        members[key] = [{number: call.number, **_call(call, layers)} for call in calls]
    return members


def _call(call: OmmxCall, layers: _Layers) -> dict[str, Any]:
    members: dict[str, Any] = {"status": call.status, "input": layers.add(call.input)}
    if call.output is not None:
        members["output"] = layers.add(call.output)
    members["adapter"] = call.adapter
    members["adapter_options"] = json.dumps(dict(call.options))
    if call.diagnostics is not None:
        members["diagnostics"] = layers.add(call.diagnostics)
    return members


def _outcome(reason: str | None) -> dict[str, Any]:
    return {} if reason is None else {"outcome": {"reason": reason}}


def _described(media_type: str, data: bytes) -> Descriptor:
    return Descriptor(media_type, digest_of(data), len(data))
