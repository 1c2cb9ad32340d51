"""OMMX's artifacts read by trialog, and trialog's opened by OMMX."""

import math
from io import BytesIO

import numpy as np
import pytest
from ommx.artifact import Artifact, ArtifactDraft
from ommx.experiment import Experiment
from ommx_highs_adapter import OMMXHighsAdapter
from ommx_openjij_adapter import OMMXOpenJijSAAdapter

from trialog._artifacts.ommx import PLAIN_TYPE, open_content, read_ommx
from trialog._artifacts.ommx_experiments import (
    OmmxAttachment,
    OmmxBlob,
    OmmxCall,
    OmmxExperiment,
    OmmxRun,
)
from trialog._artifacts.ommx_writing import write_ommx
from trialog._oci.archives import write_archive
from trialog._oci.descriptors import (
    MANIFEST_TYPE,
    MAX_MANIFEST_BYTES,
    Descriptor,
    Manifest,
    digest_of,
    read_blob,
)
from trialog._oci.layouts import open_layout
from trialog.codecs import codec_for, codec_for_media_type


class Blobs:
    """Bytes in memory, by their digests."""

    name = "memory"

    def __init__(self):
        self.data = {}

    def put(self, media_type, data, **annotations):
        digest = digest_of(data)
        self.data[digest] = data
        return Descriptor(media_type, digest, len(data), annotations)

    def put_value(self, value):
        codec = codec_for(value)
        return OmmxBlob(self.put(codec.media_type, codec.encode(value)), codec.media_type)

    def open(self, blob):
        return BytesIO(self.data[blob.digest])


@pytest.fixture
def blobs():
    return Blobs()


def read(path):
    """What is in an archive, and where its blobs are."""
    layout = open_layout(path)
    manifest = Manifest.decode(read_blob(layout, layout.find(), MAX_MANIFEST_BYTES))
    return read_ommx(manifest, layout), layout


@pytest.fixture
def archive(tmp_path, reference, blobs):
    """Makes an archive of a manifest whose blobs are in memory."""

    def make(manifest):
        described = blobs.put(MANIFEST_TYPE, manifest.encode())
        others = (manifest.config, *manifest.layers)
        write_archive(tmp_path / "ours.tar", described, others, blobs, reference=reference)
        return tmp_path / "ours.tar"

    return make


@pytest.fixture
def recorded(models, tmp_path, reference):
    """An experiment of OMMX's with everything in it that there is."""
    experiment = Experiment(reference, store_trace=True)
    experiment.set_annotation("org.example.driver", "night")
    experiment.log_json("dataset", {"name": "demo"})
    experiment.log_instance("problem", models.knapsack())
    with experiment.run() as run:
        for name, value in {"n": 6, "x": 0.5, "nan": math.nan, "on": True, "label": "α"}.items():
            run.log_parameter(name, value)
        solution = run.log_solve(
            OMMXHighsAdapter, models.knapsack(), store_diagnostics=True, verbose=False
        )
        run.log_solution("best", solution)
        run.log_attachment("../odd\n", "text/plain", b"hello" * 200, compression="zstd")
    with experiment.run() as run:
        run.log_parameter("n", 7)
        run.log_sample(OMMXOpenJijSAAdapter, models.free(), num_reads=2, seed=1)
    with pytest.raises(RuntimeError, match="infeasible"), experiment.run() as run:
        run.log_solve(OMMXHighsAdapter, models.impossible())
    with pytest.raises(KeyboardInterrupt), experiment.run():
        raise KeyboardInterrupt
    experiment.commit()
    experiment.save(tmp_path / "recorded.ommx")
    return experiment


def test_an_experiment_of_ommx_is_read_whole(recorded, tmp_path):
    """Runs, parameters, attachments, solves, samplings, traces and how all of it ended."""
    found, source = read(tmp_path / "recorded.ommx")
    assert (found.status, found.annotations) == ("finished", {"org.example.driver": "night"})
    assert [each.name for each in found.attachments] == ["dataset", "problem"]
    assert [(run.number, run.status, run.reason) for run in found.runs] == [
        (0, "finished", None),
        (1, "finished", None),
        (2, "failed", "InfeasibleDetected: Model was infeasible"),
        (3, "interrupted", "KeyboardInterrupt"),
    ]
    first, second, third, _ = found.runs
    assert math.isnan(first.parameters.pop("nan"))
    assert first.parameters == {"n": 6, "x": 0.5, "on": True, "label": "α"}
    assert [type(value) for value in first.parameters.values()] == [str, int, bool, float]
    assert (second.parameters, third.parameters) == ({"n": 7}, {})
    texts = {each.name: open_content(source, each.content).read() for each in first.attachments}
    assert texts["__/odd_"] == b"hello" * 200
    (solve,), (sampling,) = first.calls, second.calls
    assert (solve.kind, solve.status, solve.options) == ("solve", "finished", {"verbose": False})
    assert solve.adapter == "ommx_highs_adapter.adapter.OMMXHighsAdapter"
    assert solve.diagnostics is not None
    assert first.trace is not None
    assert (sampling.kind, sampling.options) == ("sample", {"num_reads": 2, "seed": 1})
    assert (third.calls[0].status, third.calls[0].output) == ("failed", None)
    for blob in found.blobs():
        data = open_content(source, blob).read()
        codec = codec_for_media_type(blob.media_type)
        assert codec is None or codec.decode(data) is not None
    output = open_content(source, solve.output).read()
    assert codec_for_media_type(solve.output.media_type).decode(output).objective == 8.0


def test_a_fork_has_all_runs_and_its_parent(recorded, tmp_path, reference):
    """The parent's runs are in it; the subject says whose they were."""
    child = recorded.fork(reference.replace(":v1", ":v2"))
    with child.run() as run:
        run.log_parameter("n", 9)
    child.commit()
    child.save(tmp_path / "child.ommx")
    found, _ = read(tmp_path / "child.ommx")
    assert [run.parameters.get("n") for run in found.runs] == [6, 7, None, None, 9]
    parent = open_layout(tmp_path / "recorded.ommx").find()
    assert found.subject.digest == parent.digest


def test_a_plain_artifact_is_attachments(models, tmp_path, reference):
    """Each layer has the name of its title, or of what it is."""
    draft = ArtifactDraft.new(reference)
    draft.add_instance(models.knapsack())
    draft.add_solution(OMMXHighsAdapter.solve(models.knapsack()))
    draft.add_solution(OMMXHighsAdapter.solve(models.knapsack(4)))
    draft.add_json({"a": 1}, title="settings")
    draft.add_ndarray(np.arange(3), title="settings")
    draft.add_layer("text/plain", b"hi", {"org.opencontainers.image.title": "docs/hi.txt"})
    draft.commit().save(tmp_path / "plain.ommx")
    found, source = read(tmp_path / "plain.ommx")
    assert [(each.name, each.filename) for each in found.attachments] == [
        ("knapsack", None),
        ("solution", None),
        ("solution-2", None),
        ("settings", None),
        ("settings-2", None),
        ("docs/hi.txt", "hi.txt"),
    ]
    assert open_content(source, found.attachments[-1].content).read() == b"hi"


@pytest.fixture
def ours(models, blobs):
    """An experiment as trialog would hand it over, mixed types and all."""
    instance, solution = models.knapsack(), OMMXHighsAdapter.solve(models.knapsack())
    call = OmmxCall(
        kind="solve",
        number=0,
        adapter="my.Adapter",
        options={"limit": math.inf, "verbose": False},
        status="finished",
        input=blobs.put_value(instance),
        output=blobs.put_value(solution),
    )
    confusion = OmmxBlob(blobs.put("application/json", b'{"cat":9}'), "application/json")
    return OmmxExperiment(
        status="finished",
        annotations={"org.example.driver": "night", "org.ommx.v1.reserved": "no"},
        attachments=(OmmxAttachment("problem", blobs.put_value(instance)),),
        runs=(
            OmmxRun(
                number=0,
                status="finished",
                parameters={"n": 1, "x": 0.5, "mixed": 1, "big": 2**70},
                attachments=(
                    OmmxAttachment("confusion", confusion, "confusion.json"),
                    OmmxAttachment("best", blobs.put_value(solution)),
                ),
                calls=(call,),
            ),
            OmmxRun(
                number=2,
                status="failed",
                reason="ValueError: boom",
                parameters={"n": 2, "x": 1, "mixed": "high"},
            ),
        ),
    )


def test_ommx_opens_what_we_write(ours, blobs, archive):
    """With its own Experiment: runs, table, instances, solutions and solves."""
    written = write_ommx(ours)
    blobs.data |= written.small
    opened = Experiment.import_archive(archive(written.manifest))
    assert opened.status == "finished"
    assert opened.annotations == {"org.example.driver": "night"}
    assert opened.get_instance("problem").title == "knapsack"
    assert [(run.run_id, run.status, run.lifecycle_reason) for run in opened.runs] == [
        (0, "finished", None),
        (2, "failed", "ValueError: boom"),
    ]
    table = opened.run_parameters_df()
    assert table["n"].to_list() == [1, 2]
    assert table["x"].to_list() == [0.5, 1.0]
    assert table["mixed"].to_list() == ["1", "high"]
    assert table["big"][0] == str(2**70)
    first = opened.runs[0]
    assert first.get_json("confusion") == {"cat": 9}
    assert first.get_solution("best").objective == 8.0
    (solve,) = first.solves
    assert (solve.adapter, solve.status) == ("my.Adapter", "finished")
    assert solve.adapter_options == {"limit": math.inf, "verbose": False}
    assert solve.output.objective == 8.0


def test_what_we_write_is_what_we_read(ours, blobs, archive):
    """And the same bytes each time."""
    written = write_ommx(ours)
    assert write_ommx(ours) == written
    blobs.data |= written.small
    found, _ = read(archive(written.manifest))
    assert found.runs[0].calls == ours.runs[0].calls
    assert found.runs[1].reason == "ValueError: boom"
    assert sorted(found.runs[0].attachments) == sorted(ours.runs[0].attachments)


def test_ommx_opens_our_layers_as_a_plain_artifact(models, blobs, archive):
    """Any manifest of that type will do, whatever its configuration and its other layers."""
    layers = (
        blobs.put("application/json", b"{}", **{"org.opencontainers.image.title": "a.json"}),
        blobs.put_value(models.knapsack()).descriptor,
    )
    config = blobs.put("application/vnd.trialog.experiment.config.v1+json", b"{}")
    manifest = Manifest(artifact_type=PLAIN_TYPE, config=config, layers=layers)
    opened = Artifact.import_archive(archive(manifest))
    assert opened.instance.title == "knapsack"


def test_ommx_refuses_artifacts_of_our_own_type(models, blobs, archive):
    """Why there is an export: the day that OMMX takes them, this test says so."""
    layer = blobs.put_value(models.knapsack()).descriptor
    config = blobs.put("application/vnd.trialog.experiment.config.v1+json", b"{}")
    manifest = Manifest(
        artifact_type="application/vnd.trialog.experiment.v1", config=config, layers=(layer,)
    )
    with pytest.raises(RuntimeError, match="not an OMMX artifact"):
        Artifact.import_archive(archive(manifest))


def test_ommx_opens_an_experiment_of_ours_that_was_saved_for_it(models, tmp_path):
    """With its runs, parameters of mixed types, attachments, instances, solutions and solves."""
    pytest.importorskip("ommx.experiment", reason="OMMX before 3 has no experiments")
    from ommx.experiment import Experiment
    from ommx_highs_adapter import OMMXHighsAdapter

    import trialog

    with trialog.Experiment("for ommx") as experiment:
        experiment.set_annotation("org.example.ticket", "T-1")
        experiment.log_json("plan", [1, 2])
        with experiment.run() as run:
            run.log_parameters({"k": 1, "s": "a", "none": None})
            run.log_instance("problem", models.knapsack())
            solution = run.log_solve(OMMXHighsAdapter, models.knapsack())
            run.log_solution("best", solution)
        with experiment.run() as run:
            run.log_parameters({"k": "text"})
            run.log_solve(OMMXHighsAdapter, models.impossible(), on_error="record")
        with pytest.raises(KeyError), experiment.run():
            raise KeyError("boom")
    path = experiment.save(tmp_path / "ours.ommx", format="ommx")
    opened = Experiment.import_archive(path)
    assert [(each.run_id, each.status) for each in opened.runs] == [
        (0, "finished"),
        (1, "finished"),
        (2, "failed"),
    ]
    assert opened.get_json("plan") == [1, 2]
    first, second, _ = opened.runs
    assert first.get_instance("problem").title == "knapsack"
    assert first.get_solution("best").objective == 8
    assert first.solves[0].adapter.endswith("OMMXHighsAdapter")
    assert second.solves[0].status == "failed"
    assert opened.run_parameters_df()["k"].tolist()[:2] == ["1", "text"]
    again = trialog.Experiment.load(path, client=trialog.LocalClient(tmp_path / "another"))
    assert [run.run_id for run in again.runs] == [0, 1, 2]
    assert again.runs[0].get_value("best").objective == 8
    with pytest.raises(trialog.errors.AttachmentExistsError):
        experiment.save(path, format="ommx")
    with pytest.raises(trialog.errors.UsageError, match="'trialog' or 'ommx'"):
        experiment.save(path, format="zip")
