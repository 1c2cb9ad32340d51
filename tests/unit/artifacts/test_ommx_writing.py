"""An experiment as OMMX would have written it; that OMMX opens it: tests/integrations/ommx."""

from __future__ import annotations

from io import BytesIO

import msgpack
import orjson
import pytest

from trialog._artifacts.ommx import read_ommx
from trialog._artifacts.ommx_experiments import (
    OmmxAttachment,
    OmmxBlob,
    OmmxCall,
    OmmxExperiment,
    OmmxRun,
)
from trialog._artifacts.ommx_parameters import read_parameters, write_parameters
from trialog._artifacts.ommx_writing import write_ommx
from trialog._oci.descriptors import Descriptor, digest_of

SUBJECT = Descriptor("application/vnd.oci.image.manifest.v1+json", digest_of(b"parent"), 6)


def blob(text, compression=None):
    suffix = "+zstd" if compression else ""
    descriptor = Descriptor(f"text/plain{suffix}", digest_of(text), len(text))
    return OmmxBlob(descriptor, "text/plain", compression)


def call(kind, number):
    return OmmxCall(
        kind=kind, number=number, adapter="a.B", options={"n": 1}, status="failed", input=blob(b"i")
    )


EXPERIMENT = OmmxExperiment(
    status="failed",
    reason="ValueError: boom",
    annotations={"org.example.k": "v"},
    attachments=(OmmxAttachment("a", blob(b"a"), "a.txt"),),
    runs=(
        OmmxRun(
            number=0,
            status="interrupted",
            reason="SIGINT",
            parameters={"n": 1},
            calls=(call("solve", 0), call("solve", 1), call("sample", 0)),
            trace=blob(b"t"),
        ),
        OmmxRun(number=4, status="finished", attachments=(OmmxAttachment("a", blob(b"b")),)),
    ),
    subject=SUBJECT,
)


class Small:
    """What was written beside the attachments."""

    name = "memory"

    def __init__(self, data):
        self.data = data

    def open(self, found):
        return BytesIO(self.data[found.digest])


def test_what_is_written_is_read_again():
    """Every member of it, and nothing but the configuration and the parameters is new."""
    written = write_ommx(EXPERIMENT)
    assert read_ommx(written.manifest, Small(written.small)) == EXPERIMENT
    assert len(written.small) == 2


def test_the_same_experiment_gives_the_same_bytes():
    """In whatever order its parts are given."""
    turned = OmmxExperiment(
        status=EXPERIMENT.status,
        reason=EXPERIMENT.reason,
        annotations=EXPERIMENT.annotations,
        attachments=EXPERIMENT.attachments,
        runs=EXPERIMENT.runs[::-1],
        subject=SUBJECT,
    )
    assert write_ommx(turned) == write_ommx(EXPERIMENT)


def test_a_packed_layer_says_so_in_ommxs_words():
    """By its media type and its annotation."""
    packed = OmmxAttachment("packed", blob(b"p", "zstd"))
    manifest = write_ommx(OmmxExperiment(status="finished", attachments=(packed,))).manifest
    layer = manifest.layers[0]
    assert layer.media_type == "text/plain+zstd"
    assert layer.annotations == {"org.ommx.v1.attachment.compression": "zstd"}


def test_annotations_of_ommxs_own_are_left_away():
    """OMMX refuses them from anybody else."""
    given = {"org.ommx.v1.title": "x", "org.ommx.user.title": "y"}
    manifest = write_ommx(OmmxExperiment(status="finished", annotations=given)).manifest
    assert manifest.annotations == {"org.ommx.user.title": "y"}


def test_the_configuration_has_ommxs_members():
    """Each number is the place of a layer."""
    written = write_ommx(EXPERIMENT)
    config = orjson.loads(written.small[written.manifest.config.digest])
    assert config["run_parameters"] == len(written.manifest.layers) - 1
    assert config["attachments"] == {"entries": {"a": 0}, "filenames": {"a": "a.txt"}}
    assert config["runs"][0]["solves"][1] == {
        "solve_id": 1,
        "status": "failed",
        "input": 3,
        "adapter": "a.B",
        "adapter_options": '{"n": 1}',
    }


@pytest.mark.parametrize(
    "values, kind, written",
    [
        ([1, 2], "int64", [1, 2]),
        ([True, False], "bool", [True, False]),
        ([1, 0.5], "float64", [1.0, 0.5]),
        ([1, "a"], "string", ["1", "a"]),
        ([True, 1], "string", ["true", "1"]),
        ([2**63], "string", [str(2**63)]),
        ([0.5, 2**63], "string", ["0.5", str(2**63)]),
    ],
)
def test_a_column_has_one_type(values, kind, written):
    """The one that holds all of its values: OMMX itself cannot commit mixed ones."""
    data = write_parameters({number: {"p": value} for number, value in enumerate(values)})
    assert msgpack.unpackb(data, strict_map_key=False)["columns"]["p"]["type"] == kind
    found = read_parameters(data, range(len(values)))
    assert [found[number]["p"] for number in found] == written
