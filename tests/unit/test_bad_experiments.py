"""The rows of docs/reference/bad-input.md that are about experiments, artifacts and registries."""

from __future__ import annotations

import hashlib
import io
import json
import os
import socket
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import trialog
from trialog import errors

PAGE = "reference/bad-input.md"


class Half:
    media_type = "application/x"


class Odd:
    media_type = "application/x"

    @staticmethod
    def encode(value):
        return "text"

    @staticmethod
    def decode(data):
        return data


def sealed_experiment():
    with (
        trialog.Experiment("sealed", "acme", "digits") as sealed,
        sealed.run(parameters={"lr": 0.1}) as run,
    ):
        run.log_attachment("weights", "application/x", b"weights" * 1000)
    return sealed


def code_of(cell: str) -> str:
    return cell[1 : cell.index("`", 1)]


@pytest.fixture
def scene(tmp_path, monkeypatch):
    """The folder and the experiments that the page speaks of."""
    monkeypatch.chdir(tmp_path)
    sealed = sealed_experiment()
    sealed.save("sealed.tar")
    experiment = trialog.Experiment("open", "acme", "digits")
    experiment.log_json("once", 1)
    run = experiment.run("still open")
    names = {"Half": Half, "Odd": Odd, "experiment": experiment, "run": run, "sealed": sealed}
    yield {"trialog": trialog, **names}
    run.finish()
    experiment.finish()


@pytest.mark.table(PAGE, "experiments")
def test_what_an_experiment_cannot_take(scene, row):
    """Refused at the call; the experiment goes on, and the sealed one is as it was."""
    written, error, says = row
    experiment, sealed = scene["experiment"], scene["sealed"]
    digest = sealed.digest
    with pytest.raises(errors.TrialogError) as caught:
        exec(code_of(written), scene)
    assert type(caught.value) is getattr(errors, error)
    assert says.strip("`") in str(caught.value)
    assert experiment.status is trialog.RunStatus.RUNNING
    scene["run"].log("after", 1.0)
    assert experiment.runs[0].metric("after")["value"].tolist() == [1.0]
    assert experiment.get_json("once") == 1
    assert (sealed.digest, len(sealed.runs)) == (digest, 1)
    assert sealed.verify().blobs > 0


@pytest.mark.table(PAGE, "fine experiments")
def test_what_gives_the_right_table(row):
    """As the page says, and it can be committed."""
    written, afterwards = row
    with trialog.Experiment("fine") as experiment:
        for _ in range(2):
            with experiment.run() as run:
                exec(code_of(written), {"run": run})
    scene = {"experiment": experiment, "frame": experiment.run_parameters_df()}
    assert eval(code_of(afterwards), scene)
    assert experiment.is_committed


# -- artifacts -------------------------------------------------------------------------------------


class Bench:
    """A folder in which an archive is taken apart and put together as nobody should."""

    def __init__(self, folder: Path) -> None:
        sealed = sealed_experiment()
        with tarfile.open(sealed.save(folder / "sealed.tar")) as archive:
            self.members = {each.name: archive.extractfile(each).read() for each in archive}
        self.index = json.loads(self.members["index.json"])
        self.manifest = json.loads(self.members[self.name_of(self.index["manifests"][0])])
        self.path = folder / "theirs.tar"

    @staticmethod
    def name_of(blob):
        return "blobs/" + blob["digest"].replace(":", "/")

    def put_manifest(self, data: bytes) -> None:
        """Another manifest, under its own digest."""
        described = self.index["manifests"][0]
        described["digest"] = f"sha256:{hashlib.sha256(data).hexdigest()}"
        described["size"] = len(data)
        self.members[self.name_of(described)] = data
        self.members["index.json"] = json.dumps(self.index).encode()

    def write(self) -> Path:
        with tarfile.open(self.path, "w") as archive:
            for name, data in self.members.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        return self.path

    def load(self, what=None):
        """Load it and read all of it into another store."""
        client = trialog.LocalClient(self.path.parent / "another store")
        loaded = trialog.Experiment.load(what or self.write(), client=client)
        for run in loaded.runs:
            run.get_attachment("weights")


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def truncated(bench):
    path = bench.write()
    os.truncate(path, path.stat().st_size // 2)
    bench.load(path)


def leading_out(bench):
    bench.members["../x"] = b"gotcha"
    bench.load()


def changed_attachment(bench):
    layer = bench.manifest["layers"][-1]
    bench.members[bench.name_of(layer)] = b"WEIGHTS" * 1000
    bench.load()


def changed_manifest(bench):
    name = bench.name_of(bench.index["manifests"][0])
    bench.members[name] = bench.members[name].replace(b"sealed", b"sEaled")
    bench.load()


def huge_blobs(bench):
    for blob in (bench.manifest["config"], *bench.manifest["layers"]):
        blob["size"] = 2**62
    bench.put_manifest(json.dumps(bench.manifest).encode())
    bench.load()


def many_layers(bench):
    bench.manifest["layers"] = [
        {"mediaType": "a/b", "digest": f"sha256:{0:064}", "size": 1}
    ] * 20_001
    bench.put_manifest(json.dumps(bench.manifest).encode())
    bench.load()


def no_json(bench):
    bench.put_manifest(b"{" * 5000)
    bench.load()


def an_image(bench):
    del bench.manifest["artifactType"]
    bench.manifest["config"]["mediaType"] = "application/vnd.oci.image.config.v1+json"
    bench.put_manifest(json.dumps(bench.manifest).encode())
    bench.load()


def nobody_there(bench):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: whoever comes is refused
        bench.load(f"127.0.0.1:{taken.getsockname()[1]}/team/x:v1")


def asking(bench, status, body, **headers):
    class Registry(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            bench.load(f"127.0.0.1:{server.server_port}/team/x:v1")
        finally:
            server.shutdown()


def refusing(bench):
    said = {"errors": [{"code": "DENIED", "message": "requested access to the resource is denied"}]}
    asking(bench, 403, json.dumps(said).encode())


def without_it(bench):
    asking(bench, 404, b'{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}')


def lying(bench):
    data = bench.members[bench.name_of(bench.index["manifests"][0])]
    said = {"Docker_Content_Digest": f"sha256:{0:064}", "Content_Type": bench.manifest["mediaType"]}
    asking(bench, 200, data, **said)


SCENES = {
    "an archive that ends too early": truncated,
    "an archive whose members lead out of their folder, as `../x`": leading_out,
    "a changed byte in an attachment, when it is read": changed_attachment,
    "a changed byte in the manifest": changed_manifest,
    "a manifest that names blobs of 2^62^ bytes": huge_blobs,
    "a manifest with 20,001 layers": many_layers,
    "a manifest that is no JSON": no_json,
    "an archive of something else, such as an image": an_image,
    "a registry that cannot be reached": nobody_there,
    "a registry that refuses": refusing,
    "a registry that has no such name": without_it,
    "a registry that gives other bytes than its digest says": lying,
}


@pytest.mark.table(PAGE, "artifacts")
def test_an_artifact_that_is_not_believed(bench, row):
    """The error says what is wrong; nothing outside the store is touched."""
    what, error, says = row
    outside = {path.name for path in bench.path.parent.parent.iterdir()}
    with pytest.raises(errors.TrialogError) as caught:
        SCENES[what](bench)
    assert isinstance(caught.value, getattr(errors, error))
    assert says.strip("`") in str(caught.value)
    assert {path.name for path in bench.path.parent.parent.iterdir()} == outside


def test_every_scene_is_on_the_page(page_table):
    """No scene without its row."""
    assert list(SCENES) == [row[0] for row in page_table(PAGE, "artifacts")]
