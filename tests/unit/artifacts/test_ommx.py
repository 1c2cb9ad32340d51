"""OMMX's artifacts, read without OMMX: as it wrote them, and as an enemy would.

The archives in ``golden/`` were made by OMMX 3.0.0b7 and 2.9.3; how they look with OMMX itself is
tested in tests/integrations/ommx.
"""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path

import msgpack
import orjson
import pyarrow as pa
import pytest

from trialog._artifacts.ommx import (
    COMPRESSION_KEY,
    CONFIG_TYPE,
    EXPERIMENT_TYPE,
    PLAIN_TYPE,
    is_ommx,
    open_content,
    read_ommx,
)
from trialog._artifacts.ommx_parameters import PARAMETERS_TYPE
from trialog._oci.descriptors import (
    MAX_MANIFEST_BYTES,
    Descriptor,
    Manifest,
    digest_of,
    read_blob,
)
from trialog._oci.layouts import open_layout
from trialog.errors import IntegrityError

GOLDEN = Path(__file__).parent / "golden"
SOLVE = {"solve_id": 0, "status": "failed", "input": 0, "adapter": "a.B", "adapter_options": "{}"}
RUN = {"run_id": 0, "status": "finished", "attachments": {"entries": {}}, "solves": [SOLVE]}
CONFIG = {
    "status": "finished",
    "attachments": {"entries": {"a": 0}},
    "runs": [RUN],
    "run_parameters": 1,
}
COLUMNS = {"columns": {"lr": {"type": "float64", "values": {0: 0.1}}}}


class Blobs:
    """Bytes in memory, by their digests."""

    name = "memory"

    def __init__(self):
        self.data = {}

    def put(self, media_type, data, **annotations):
        digest = digest_of(data)
        self.data[digest] = data
        return Descriptor(media_type, digest, len(data), annotations)

    def open(self, blob):
        return BytesIO(self.data[blob.digest])


@pytest.fixture
def blobs():
    return Blobs()


@pytest.fixture
def read(blobs):
    """Reads an experiment of this configuration and these parameters."""

    def read(config=CONFIG, columns=COLUMNS, config_type=CONFIG_TYPE):
        data = config if isinstance(config, bytes) else orjson.dumps(config)
        packed = columns if isinstance(columns, bytes) else msgpack.packb(columns)
        manifest = Manifest(
            artifact_type=EXPERIMENT_TYPE,
            config=blobs.put(config_type, data),
            layers=(blobs.put("text/plain", b"a"), blobs.put(PARAMETERS_TYPE, packed)),
        )
        return read_ommx(manifest, blobs)

    return read


def opened(name):
    """A golden archive: its manifest, and where its blobs are."""
    layout = open_layout(GOLDEN / name)
    return Manifest.decode(read_blob(layout, layout.find(), MAX_MANIFEST_BYTES)), layout


def test_an_experiment_of_ommx_3():
    """Everything that OMMX put into it."""
    manifest, source = opened("ommx-3.0.0b7-experiment.ommx")
    assert is_ommx(manifest)
    found = read_ommx(manifest, source)
    assert (found.status, found.annotations) == ("finished", {"org.example.driver": "night"})
    assert [(run.number, run.status, run.reason) for run in found.runs] == [
        (0, "finished", None),
        (1, "finished", None),
        (2, "failed", "ValueError: boom"),
    ]
    first, second, third = found.runs
    assert math.isnan(first.parameters["nan"])
    assert {**first.parameters, "nan": 0} == {"n": 6, "x": 0.5, "nan": 0, "on": True, "label": "α"}
    assert (second.parameters, third.parameters) == ({"n": 7}, {})
    assert found.attachments[0].content.media_type == "application/org.ommx.v2.instance"
    (solve,), (sampling,) = first.calls, second.calls
    assert (solve.kind, solve.adapter) == ("solve", "ommx_highs_adapter.adapter.OMMXHighsAdapter")
    assert (solve.options, solve.status) == ({"verbose": False}, "finished")
    assert solve.input.media_type == "application/org.ommx.v2.instance"
    assert solve.output.media_type == "application/org.ommx.v2.solution"
    assert (sampling.kind, sampling.options) == ("sample", {"num_reads": 2, "seed": 1})
    assert all(open_content(source, blob).read() for blob in found.blobs())


def test_a_packed_attachment_is_unpacked():
    """Its name, which OMMX took as it was, is one that may stand here."""
    manifest, source = opened("ommx-3.0.0b7-experiment.ommx")
    (attachment,) = read_ommx(manifest, source).runs[0].attachments
    assert (attachment.name, attachment.content.compression) == ("__/odd_", "zstd")
    assert attachment.content.media_type == "text/plain"
    assert open_content(source, attachment.content).read() == b"hello" * 200


def test_a_plain_artifact_of_ommx_2():
    """Without the marker of a layout; its layers are attachments."""
    manifest, source = opened("ommx-2.9.3-plain.ommx")
    found = read_ommx(manifest, source)
    assert [(each.name, each.content.media_type, each.filename) for each in found.attachments] == [
        ("knap", "application/org.ommx.v1.instance", None),
        ("solution", "application/org.ommx.v1.solution", None),
        ("j", "application/json", None),
        ("hi.txt", "text/plain", "hi.txt"),
    ]
    assert (found.runs, found.annotations) == ((), {"org.ommx.k": "v"})


def test_layers_of_one_title_get_numbers(blobs):
    """Nothing is lost because two are called the same."""
    layers = [blobs.put("text/x-note", bytes([number])) for number in range(3)]
    manifest = Manifest(
        artifact_type=PLAIN_TYPE,
        config=blobs.put("application/json", b"{}"),
        layers=tuple(layers),
    )
    names = [each.name for each in read_ommx(manifest, blobs).attachments]
    assert names == ["x-note", "x-note-2", "x-note-3"]


def test_another_artifact_is_none_of_ommxs(blobs):
    """It is told from one before anything is read."""
    manifest = Manifest(
        artifact_type="application/x-other", config=blobs.put("a/b", b"{}"), layers=()
    )
    assert not is_ommx(manifest)
    with pytest.raises(IntegrityError, match="of the type 'application/x-other': OMMX did not"):
        read_ommx(manifest, blobs)


def test_the_least_there_can_be(read):
    """A run of one parameter and one failed solve."""
    (run,) = read().runs
    assert run.parameters == {"lr": 0.1}
    assert (run.calls[0].status, run.calls[0].output) == ("failed", None)


def with_run(**changes):
    return {**CONFIG, "runs": [{**RUN, **changes}]}


def with_solve(**changes):
    return with_run(solves=[{**SOLVE, **changes}])


@pytest.mark.parametrize(
    "config, message",
    [
        (b"{", "the configuration of OMMX's experiment is not JSON"),
        (b"[]", "is \\[\\], not a JSON object"),
        ({}, "has no 'runs'"),
        ({**CONFIG, "status": 5}, "'status' of the configuration .* is 5, not text"),
        ({**CONFIG, "runs": 5}, "'runs' .* is 5, not a list"),
        ({**CONFIG, "runs": [RUN, RUN]}, "has the run 0 twice"),
        ({**CONFIG, "run_parameters": 2}, "'run_parameters' .* is 2, not an integer from 0 to 1"),
        ({**CONFIG, "attachments": 5}, "'attachments' of .* is 5, not a JSON object"),
        ({**CONFIG, "attachments": {}}, "has no 'entries'"),
        ({**CONFIG, "attachments": {"entries": {"a": 99}}}, "'a' of 'entries' .* is 99, not an"),
        ({**CONFIG, "attachments": {"entries": {"a": True}}}, "'a' of 'entries' .* is True"),
        (
            {**CONFIG, "attachments": {"entries": {}, "filenames": {"a": 5}}},
            "'filenames' .* not an object of texts",
        ),
        ({**CONFIG, "outcome": "x"}, "'outcome' of .* is 'x', not a JSON object"),
        (with_run(run_id=-1), r"'run_id' of runs\[0\] of .* is -1"),
        (with_run(run_id="0"), r"'run_id' of runs\[0\] of .* is '0'"),
        (with_run(status=None), r"'status' of runs\[0\]"),
        (with_solve(input=-1), r"'input' of solves\[0\] of runs\[0\]"),
        (with_solve(output=2), r"'output' of solves\[0\] of runs\[0\]"),
        (with_solve(adapter=None), r"'adapter' of solves\[0\]"),
        (with_solve(adapter_options="[]"), "'adapter_options' .* an object in JSON text"),
        (with_solve(adapter_options="{"), "'adapter_options' .* an object in JSON text"),
        (with_solve(adapter_options="[" * 100_000), "'adapter_options' .* an object in JSON"),
    ],
)
def test_a_hostile_configuration_is_named(read, config, message):
    """Where in it, and what stands there."""
    with pytest.raises(IntegrityError, match=message):
        read(config)


def test_another_configuration_is_refused(read):
    """Its media type says that it is none of OMMX's."""
    with pytest.raises(IntegrityError, match="the configuration from memory is 'text/plain'"):
        read(config_type="text/plain")


def column(kind, value):
    return {"columns": {"lr": {"type": kind, "values": {0: value}}}}


@pytest.mark.parametrize(
    "columns, message",
    [
        (b"\xc1", "the run parameters are not MessagePack"),
        (b"", "the run parameters are not MessagePack"),
        (b"\x91" * 100_000, "the run parameters are not MessagePack"),
        (b"\x82\xa7columns\x80\xa7columns\x80", "a key stands twice"),
        (b"\xdf\xff\xff\xff\xff", "the run parameters are not MessagePack"),
        (b"\x80\x80", "the run parameters are not MessagePack"),
        ([], r"the run parameters is \[\], not a JSON object"),
        ({}, "has no 'columns'"),
        ({"columns": 5}, "'columns' of the run parameters is 5"),
        ({"columns": {5: {}}}, "have the name 5, not text"),
        ({"columns": {"lr": 5}}, "the parameter 'lr' is 5"),
        ({"columns": {"lr": {"type": "float64"}}}, "has no 'values'"),
        (column("int128", 1), "'type' of the parameter 'lr' is 'int128', not one of bool"),
        (column("int64", 2**63), "'lr' of the run 0 is 9223372036854775808, not of the type"),
        (column("int64", True), "'lr' of the run 0 is True, not of the type int64"),
        (column("bool", 1), "'lr' of the run 0 is 1, not of the type bool"),
        (column("float64", "x"), "'lr' of the run 0 is 'x', not of the type float64"),
        (column("string", b"x"), "'lr' of the run 0 is b'x', not of the type string"),
        (
            {"columns": {"lr": {"type": "bool", "values": {7: True}}}},
            "'lr' is of the run 7, which is not there",
        ),
        (
            {"columns": {"lr": {"type": "bool", "values": {"0": True}}}},
            "'lr' is of the run '0', which is not there",
        ),
    ],
)
def test_hostile_parameters_are_named(read, columns, message):
    """Which one, of which run."""
    with pytest.raises(IntegrityError, match=message):
        read(columns=columns)


def test_parameters_of_names_that_may_not_stand_here(read):
    """They get the nearest that may, each its own."""
    columns = {
        name: {"type": "bool", "values": {0: True}} for name in ("", "\n", "a\nb", "a_b", "é" * 999)
    }
    (run,) = read(columns={"columns": columns}).runs
    assert [*run.parameters][:4] == ["parameter", "_", "a_b", "a_b-2"]
    assert len([*run.parameters][4].encode()) <= 1024


@pytest.mark.parametrize(
    "data, message",
    [
        (b"no zstd", "cannot be unpacked"),
        (pa.compress(b"a" * 1000, codec="zstd", asbytes=True)[:-3], "unpacked"),
        (pa.compress(b"a" * 1000, codec="zstd", asbytes=True) + b"junk", "unpacked|goes on"),
    ],
    ids=["other", "truncated", "longer"],
)
def test_what_cannot_be_unpacked_is_said(read, blobs, data, message):
    """The blob is the right one, and what is in it is not."""
    found = read()
    layer = blobs.put("text/plain+zstd", data, **{COMPRESSION_KEY: "zstd"})
    content = found.attachments[0].content._replace(descriptor=layer, compression="zstd")
    with pytest.raises(IntegrityError, match=message), open_content(blobs, content) as stream:
        stream.read()


def test_a_bomb_is_defused(read, blobs):
    """A blob of a few bytes does not fill the disk."""
    chunk = bytes(64 << 20)
    data = pa.compress(chunk, codec="zstd", asbytes=True) * 2
    layer = blobs.put("text/plain+zstd", data, **{COMPRESSION_KEY: "zstd"})
    content = read().attachments[0].content._replace(descriptor=layer, compression="zstd")
    stream = open_content(blobs, content)
    with pytest.raises(IntegrityError, match="far larger"):
        all(iter(lambda: stream.read(1 << 20), b""))


@pytest.mark.parametrize("compression", [None, "zstd"])
def test_a_changed_byte_is_found(read, blobs, compression):
    """By the digest, unpacked or not."""
    data = pa.compress(b"a" * 1000, codec="zstd", asbytes=True)
    layer = blobs.put("text/plain", data)
    blobs.data[layer.digest] = data[:-1] + bytes([data[-1] ^ 1])
    content = read().attachments[0].content._replace(descriptor=layer, compression=compression)
    with pytest.raises(IntegrityError, match=layer.digest), open_content(blobs, content) as stream:
        stream.read()
