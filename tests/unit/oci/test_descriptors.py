"""Descriptors and manifests of anybody, and streams that are checked while they are read."""

from __future__ import annotations

import pickle

import orjson
import pytest

from trialog._oci.descriptors import (
    MANIFEST_TYPE,
    MAX_LAYERS,
    MAX_MANIFEST_BYTES,
    UNKNOWN_TYPE,
    Descriptor,
    Manifest,
    digest_of,
    is_media_type,
    read_blob,
)
from trialog.errors import IntegrityError, UsageError

DATA = b"a blob of some length"
BLOB = Descriptor("text/plain", digest_of(DATA), len(DATA))
FULL = Descriptor("text/plain", digest_of(DATA), 21, {"title": "é"}, "application/vnd.example")


def manifest_json(**changes):
    members = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": BLOB.to_json(),
        "layers": [BLOB.to_json()],
        **changes,
    }
    return orjson.dumps({key: value for key, value in members.items() if value is not ...})


def test_a_digest_is_known():
    """That of nothing at all is the one in every specification."""
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_of(b"") == f"sha256:{empty}"


@pytest.mark.parametrize("descriptor", [BLOB, FULL])
def test_descriptors_come_back(descriptor):
    """As JSON, and pickled; and they can be members of sets."""
    assert Descriptor.from_json(descriptor.to_json(), "it") == descriptor
    assert pickle.loads(pickle.dumps(descriptor)) == descriptor
    assert len({descriptor, descriptor}) == 1


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"digest": "sha256:abc"}, "'digest' of it is 'sha256:abc', not 'sha256:' and 64"),
        ({"digest": "sha256:" + "A" * 64}, "'digest' of it"),
        ({"digest": "sha256:" + "a" * 64 + "\n"}, "'digest' of it"),
        ({"digest": "sha512:" + "a" * 128}, "'digest' of it is 'sha512:"),
        ({"digest": "sha256:" + "../" * 21 + "a"}, "'digest' of it"),
        ({"digest": 7}, "'digest' of it is 7, not text"),
        ({"size": -1}, "'size' of it is -1, not an integer from 0 to 9223372036854775807"),
        ({"size": 2**63}, "'size' of it is 9223372036854775808"),
        ({"size": "12"}, "'size' of it is '12'"),
        ({"size": None}, "'size' of it is None"),
        ({"mediaType": "text"}, "'mediaType' of it is 'text', not a media type"),
        ({"mediaType": "text/plain\r\nX-Evil: 1"}, "'mediaType' of it"),
        ({"mediaType": "text/" + "x" * 200}, "'mediaType' of it"),
        ({"mediaType": ""}, "'mediaType' of it is ''"),
        ({"artifactType": "no type"}, "'artifactType' of it is 'no type'"),
        ({"annotations": {"a": 1}}, "'annotations' of it is {'a': 1}, not an object of texts"),
    ],
)
def test_wrong_descriptors(changes, message):
    """Each is refused by the field that is wrong."""
    with pytest.raises(IntegrityError, match=message):
        Descriptor.from_json({**BLOB.to_json(), **changes}, "it")


@pytest.mark.parametrize(
    "text, is_one",
    [
        ("application/vnd.oci.image.manifest.v1+json", True),
        ("text/plain; charset=utf-8", True),
        ('text/plain;charset="a b"; x=y', True),
        ("text/*", False),
        ("text/plain; junk", False),
        ("text/plain; a=" + "b" * 2000, False),
        ("/x", False),
        ("é/x", False),
    ],
)
def test_media_types(text, is_one):
    """Names as in RFC 6838, with parameters or without."""
    assert is_media_type(text) is is_one


def test_manifests_come_back():
    """All that is in one, and nothing is added."""
    manifest = Manifest(
        artifact_type="application/vnd.example",
        config=BLOB,
        layers=(BLOB, FULL),
        subject=FULL,
        annotations={"a": "b"},
    )
    assert Manifest.decode(manifest.encode()) == manifest
    assert pickle.loads(pickle.dumps(manifest)) == manifest


def test_a_manifest_has_one_form():
    """Sorted keys, no spaces: written byte by byte here."""
    digest = digest_of(DATA)
    blob = f'{{"digest":"{digest}","mediaType":"text/plain","size":21}}'
    expected = (
        f'{{"config":{blob},"layers":[{blob}],"mediaType":"{MANIFEST_TYPE}","schemaVersion":2}}'
    )
    assert Manifest(config=BLOB, layers=(BLOB,)).encode() == expected.encode()


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"schemaVersion": 1}, "'schemaVersion' of the manifest is 1, not 2"),
        ({"schemaVersion": 2.0}, "'schemaVersion' of the manifest is 2.0, not 2"),
        ({"schemaVersion": ...}, "the manifest has no 'schemaVersion'"),
        ({"mediaType": "application/vnd.oci.image.index.v1+json"}, "'mediaType' of the manifest"),
        ({"config": None}, "config of the manifest is None, not a JSON object"),
        ({"config": ...}, "config of the manifest is None"),
        ({"layers": {}}, "'layers' of the manifest is {}, not a list"),
        ({"layers": [BLOB.to_json(), 7]}, r"layers\[1\] of the manifest is 7, not a JSON object"),
        ({"layers": [{**BLOB.to_json(), "size": -5}]}, r"'size' of layers\[0\] of the manifest"),
        ({"layers": [{}] * (MAX_LAYERS + 1)}, "'layers' of the manifest has 20001 items"),
        ({"subject": {"digest": "x"}}, "'digest' of subject of the manifest is 'x'"),
        ({"subject": []}, r"subject of the manifest is \[\]"),
        ({"annotations": []}, "'annotations' of the manifest"),
        ({"x": "x" * MAX_MANIFEST_BYTES}, "at most 4194304 are read"),
    ],
)
def test_hostile_manifests(changes, message):
    """Each is refused by the field that is wrong, shortened where it is long."""
    with pytest.raises(IntegrityError, match=message) as caught:
        Manifest.decode(manifest_json(**changes))
    assert len(str(caught.value)) < 500


def test_what_others_leave_out_or_add():
    """A manifest needs no media type; unknown keys, nulls and empty texts do no harm."""
    data = manifest_json(mediaType=..., new={"a": [1]}, annotations=None, artifactType="")
    assert Manifest.decode(data) == Manifest(config=BLOB, layers=(BLOB,))


@pytest.mark.parametrize("text", ["", "json", "text/*"])
def test_layers_of_no_media_type(text):
    """Other trackers let anything stand there: the bytes can be read all the same."""
    data = manifest_json(layers=[{**BLOB.to_json(), "mediaType": text}])
    assert Manifest.decode(data).layers[0].media_type == UNKNOWN_TYPE


def test_a_manifest_too_large_for_registries():
    """It is refused while there is somebody who can do something about it."""
    layers = (BLOB._replace(annotations={"a": "b" * 1000}),) * 4000
    with pytest.raises(UsageError, match="a manifest of 4000 layers has"):
        Manifest(config=BLOB, layers=layers).encode()


def test_small_blobs_at_once(memory):
    """A blob that says that it is large is not even opened."""
    blob = memory.put(DATA)
    assert read_blob(memory, blob, 100) == DATA
    huge = blob._replace(size_bytes=2**62)
    memory.opened.clear()
    with pytest.raises(IntegrityError, match="at most 100 of a text/plain are read"):
        read_blob(memory, huge, 100)
    assert memory.opened == []
