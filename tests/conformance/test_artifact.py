"""The tables of docs/reference/artifact.md beside the code; a reader made of that page alone."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import re
import tarfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import trialog
from trialog._artifacts import building, config, config_entries, journalpacks, metrics, tables
from trialog._artifacts.titles import TITLE
from trialog._oci import descriptors

PAGE = "reference/artifact.md"
KINDS = {
    "int": "integer",
    "str": "text",
    "str | None": "text or null",
    "int | None": "integer or null",
    "tuple[str, ...]": "list of text",
    "Mapping[str, str]": "object of texts",
    "Mapping[str, Scalar]": "object",
    "ParentEntry | None": "object or null",
    "tuple[RunEntry, ...]": "list",
    "tuple[AttachmentEntry, ...]": "list",
    "tuple[BlobEntry, ...]": "list",
    "tuple[JournalEntry, ...]": "list",
}


@pytest.fixture
def table(page_table):
    return lambda name: page_table(PAGE, name)


@pytest.fixture
def experiment():
    """Three runs with all that an artifact can hold, but for solves."""
    with trialog.Experiment("sweep", "acme", "demo", parameters={"seed": 7}) as experiment:
        experiment.log_json("plan", ["first"])
        experiment.set_annotation("org.example.ticket", "T-1")
        for k in (1, "a"):
            with experiment.run(parameters={"lr": 0.1, "status": "x", "k": k}) as run:
                run.log({"loss": 0.5, "big": 2**60 + 1}, step=1)
                run.log_attachment("a/b", "text/plain", b"one")
                run.log_attachment("a/b", "text/plain", b"two")
                run.log_attachment("a", "text/plain", b"a folder of another")
        with experiment.run() as run:
            run.log("long", "x" * 20_000)
    return experiment


@pytest.fixture
def opened(experiment, tmp_path):
    return ReadArchive(experiment.save(tmp_path / "sweep.tar"))


class ReadArchive:
    """A reader that knows the page and nothing else."""

    def __init__(self, path: Path) -> None:
        with tarfile.open(path) as archive:
            self.names = archive.getnames()
            self.members = {name: archive.extractfile(name).read() for name in self.names}
        (self.index,) = json.loads(self.members["index.json"])["manifests"]
        self.manifest = json.loads(self.blob(self.index))
        self.config = json.loads(self.blob(self.manifest["config"]))

    def blob(self, descriptor):
        algorithm, digits = descriptor["digest"].split(":")
        data = self.members[f"blobs/{algorithm}/{digits}"]
        assert hashlib.new(algorithm, data).hexdigest() == digits
        assert len(data) == descriptor["size"]
        return data

    def layers(self, role=None):
        return [
            layer
            for layer in self.manifest["layers"]
            if layer.get("annotations", {}).get("vnd.trialog.role") == role
        ]

    def journals(self):
        found = {}
        for layer in self.layers("journals"):
            with pa.CompressedInputStream(io.BytesIO(self.blob(layer)), "zstd") as stream:
                content = io.BytesIO(stream.read())
            with tarfile.open(fileobj=content) as pack:
                assert pack.getnames() == sorted(pack.getnames())
                for member in pack:
                    said = (member.mode, member.uid, member.gid, member.mtime, member.uname)
                    assert said == (0o644, 0, 0, 0, "")
                    found[member.name] = pack.extractfile(member).read()
        return found


def words(cell):
    return re.findall(r"`([^`]+)`", cell)


# -- the tables ------------------------------------------------------------------------------------


def test_media_types_and_limits_are_those_of_the_page(table):
    """Every constant."""
    said = {what: words(kind) for what, kind in table("media types")}
    assert said["`artifactType`"] == [config.ARTIFACT_TYPE]
    assert said["configuration"] == [config.CONFIG_TYPE]
    assert said["the table of runs, the points of metrics"] == [tables.TABLE_TYPE]
    assert said["journals"] == [journalpacks.PACK_TYPE]
    assert said["an attachment"] == [descriptors.UNKNOWN_TYPE]
    assert [int(value) for _, value in table("limits")] == [
        descriptors.MAX_MANIFEST_BYTES,
        descriptors.MAX_LAYERS,
        config.MAX_CONFIG_BYTES,
    ]
    text = (Path(__file__).parents[2] / "docs" / PAGE).read_text(encoding="utf-8")
    assert f"at most {metrics.ROWS_A_LAYER:,} rows each" in text
    assert f"more than {building.PACK_BYTES:,} bytes of journals" in text
    assert f"This is format version **{config.FORMAT}**" in text


@pytest.mark.parametrize(
    "name,entry",
    [
        ("config", config.ExperimentConfig),
        ("parent", config_entries.ParentEntry),
        ("runs", config_entries.RunEntry),
        ("attachments", config_entries.AttachmentEntry),
        ("blobs", config_entries.BlobEntry),
        ("journals", config_entries.JournalEntry),
    ],
)
def test_keys_and_types_are_those_of_the_page(table, name, entry):
    """All keys of each object, and no others."""
    said = {key: kind for keys, kind, _ in table(name) for key in words(keys)}
    held = {each.name: KINDS[each.type] for each in dataclasses.fields(entry)}
    assert said == ({"format": "integer"} | held if name == "config" else held)


def test_columns_are_those_of_the_page(table, opened):
    """Of both tables, with their types, in their order."""
    schema = pq.read_schema(io.BytesIO(opened.blob(opened.layers("runs")[0])))
    said = [(words(name)[0], kind) for name, kind, _ in table("columns of runs")]
    assert [(each.name, str(each.type)) for each in schema][: len(said)] == said
    assert schema.names[len(said) :] == ["k", "lr", "parameters.status"]
    assert schema.field("k").metadata == {b"trialog.encoding": b"json"}
    schema = pq.read_schema(io.BytesIO(opened.blob(opened.layers("metrics")[0])))
    said = [(words(name)[0], kind) for name, kind, _ in table("columns of metrics")]
    are_dictionaries = [pa.types.is_dictionary(each.type) for each in schema]
    plain = [getattr(each.type, "value_type", each.type) for each in schema]
    assert list(zip(schema.names, map(str, plain), strict=True)) == said
    assert are_dictionaries == [True, True, True, False, False, False, False]


def test_annotations_are_those_of_the_page(table, opened):
    """Of the manifest, and of its layers."""
    said = {words(key)[0] for key, _ in table("manifest annotations")}
    held = opened.manifest["annotations"]
    assert set(held) - said == {"org.example.ticket"}
    assert said - set(held) == {"org.opencontainers.image.description"}
    of_layers = {key for layer in opened.manifest["layers"] for key in layer.get("annotations", {})}
    assert of_layers == {words(key)[0] for key, _ in table("layer annotations")}


# -- the reader ------------------------------------------------------------------------------------


def test_the_page_is_enough_to_read_an_artifact(opened, experiment):
    """Every byte is under its digest; the configuration says which is what."""
    assert opened.names[:2] == ["oci-layout", "index.json"]
    assert opened.index["digest"] == experiment.digest
    assert opened.index["annotations"]["org.opencontainers.image.ref.name"] == "sweep"
    named = [opened.manifest["config"], *opened.manifest["layers"]]
    blobs = {f"blobs/{each['digest'].replace(':', '/')}" for each in (opened.index, *named)}
    assert set(opened.names) == {"oci-layout", "index.json", *blobs}
    for each in named:
        opened.blob(each)
    assert [run["number"] for run in opened.config["runs"]] == [0, 1, 2]
    assert [
        (each["number"], each["name"], each["version"]) for each in opened.config["attachments"]
    ] == [
        (None, "plan", 1),
        (0, "a", 1),
        (0, "a/b", 1),
        (0, "a/b", 2),
        (1, "a", 1),
        (1, "a/b", 1),
        (1, "a/b", 2),
    ]


def test_layers_stand_in_the_order_of_the_page_with_its_titles(opened):
    """No title is a folder of another, so that a tool can write them all."""
    titles = [each.get("annotations", {}).get(TITLE) for each in opened.manifest["layers"]]
    assert titles == [
        "runs.parquet",
        "metrics.parquet",
        "journals.tar.zst",
        "plan.json",
        "runs/0/a",
        "runs/0/a@1/b",
        "runs/0/a@1/b@1",
        "runs/1/a",
        "runs/1/a@1/b",
        "runs/1/a@1/b@1",
        None,
    ]


def test_the_table_of_runs_says_what_the_runs_are(opened):
    """A row a run; parameters of several types are JSON."""
    rows = pq.read_table(io.BytesIO(opened.blob(opened.layers("runs")[0]))).to_pylist()
    assert [row["run_id"] for row in rows] == [0, 1, 2]
    assert [row["k"] for row in rows] == ["1", '"a"', None]
    assert [row["status"] for row in rows] == ["COMPLETED"] * 3
    assert [row["parameters.status"] for row in rows] == ["x", "x", None]


def test_points_are_all_there(opened):
    """Integers that a double does not hold have their digits."""
    (layer,) = opened.layers("metrics")
    rows = pq.read_table(io.BytesIO(opened.blob(layer))).to_pylist()
    ids = [run["id"] for run in opened.config["runs"]]
    assert [
        (row["run"], row["metric"], row["step"], row["value"], row["exact"]) for row in rows
    ] == [
        (run, metric, 1, value, exact)
        for run in ids[:2]
        for metric, value, exact in (("big", 2.0**60, str(2**60 + 1)), ("loss", 0.5, None))
    ]


def test_journals_are_those_of_the_store(opened, experiment, store):
    """Byte for byte, as far as the configuration says."""
    packed = opened.journals()
    said = {
        f"runs/{each['run_id']}/{each['writer']}.journal": each["size_bytes"]
        for each in opened.config["journals"]
    }
    assert {name: len(data) for name, data in packed.items()} == said
    whose = {each["run_id"] for each in opened.config["journals"]}
    assert whose == {experiment.id, *(run.id for run in experiment.runs)}
    for name, data in packed.items():
        (path,) = store.glob(f"namespaces/acme/demo/runs/*/{name.removeprefix('runs/')}")
        assert path.read_bytes()[: len(data)] == data


def test_a_fork_repeats_its_parents_layers(experiment, opened, tmp_path):
    """The same digests but for the table of runs, the parent's own files in a folder."""
    with experiment.fork("child") as child, child.run() as run:
        run.log("loss", 0.1)
    forked = ReadArchive(child.save(tmp_path / "child.tar"))
    subject = {key: opened.index[key] for key in ("artifactType", "digest", "mediaType", "size")}
    assert forked.manifest["subject"] == subject
    inherited = [layer for layer in opened.manifest["layers"] if layer not in opened.layers("runs")]
    own = forked.manifest["layers"][len(inherited) :]
    digests = [layer["digest"] for layer in forked.manifest["layers"]]
    assert digests[: len(inherited)] == [layer["digest"] for layer in inherited]
    titles = [layer.get("annotations", {}).get(TITLE) for layer in forked.manifest["layers"]]
    assert f"parents/{experiment.id}/plan.json" in titles
    assert [layer["annotations"][TITLE] for layer in own] == [
        "runs.parquet",
        "metrics-1.parquet",
        "journals-1.tar.zst",
    ]
    parent = forked.config["parent"]
    assert (parent["digest"], parent["first_number"]) == (experiment.digest, 3)
    assert [run["number"] for run in forked.config["runs"]] == [0, 1, 2, 3]
    assert set(opened.journals()) < set(forked.journals())
