"""Referrers: what a manifest says of another, and the list of them that clients keep."""

from __future__ import annotations

import json

import pytest

from trialog._oci.descriptors import INDEX_TYPE, MANIFEST_TYPE, Descriptor, Manifest, digest_of
from trialog._oci.referrers import (
    change_fallback,
    fallback_tag,
    read_referrers,
    read_subject,
    write_index,
)
from trialog.errors import IntegrityError, RegistryError

CONFIG = Descriptor("application/vnd.example+json", digest_of(b"{}"), 2)
PARENT = Descriptor(MANIFEST_TYPE, digest_of(b"parent"), 6)


def entry(text):
    return Descriptor(MANIFEST_TYPE, digest_of(text.encode()), len(text))


class Tags:
    """Tags in memory, and other writers who come in between."""

    def __init__(self):
        self.indexes = {}
        self.writes = 0
        self.intruders = []

    def read(self, tag):
        return read_referrers(self.indexes[tag], tag) if tag in self.indexes else ()

    def write(self, tag, data):
        self.writes += 1
        self.indexes[tag] = self.intruders.pop(0) if self.intruders else data


def adding(new):
    return lambda listed: listed if new in listed else (*listed, new)


def test_subject_is_found():
    """A manifest is listed by its own digest, type and annotations."""
    manifest = Manifest(
        artifact_type="application/vnd.x",
        config=CONFIG,
        layers=(),
        subject=PARENT,
        annotations={"a": "b"},
    ).encode()
    subject = read_subject(manifest, MANIFEST_TYPE)
    assert subject.digest == PARENT.digest
    assert subject.referrer == Descriptor(
        MANIFEST_TYPE, digest_of(manifest), len(manifest), {"a": "b"}, "application/vnd.x"
    )


def test_configuration_s_type_stands_in():
    """Without an artifact type, the type of the configuration says what it is."""
    manifest = Manifest(config=CONFIG, layers=(), subject=PARENT).encode()
    assert read_subject(manifest, MANIFEST_TYPE).referrer.artifact_type == CONFIG.media_type


def test_most_manifests_refer_to_nothing():
    """No subject, no entry; what is no manifest is an error."""
    assert read_subject(Manifest(config=CONFIG, layers=()).encode(), MANIFEST_TYPE) is None
    assert read_subject(b'{"manifests": []}', INDEX_TYPE) is None
    with pytest.raises(IntegrityError):
        read_subject(b'{"subject": 3}', MANIFEST_TYPE)


def test_tag_is_the_specification_s():
    """The digest, with a dash where its colon is."""
    assert fallback_tag(PARENT.digest) == "sha256-" + PARENT.digest[7:]


def test_index_is_read_as_it_was_written():
    """Descriptors go in and come out."""
    listed = (entry("a"), entry("b"))
    assert read_referrers(write_index(listed), "x") == listed
    assert json.loads(write_index(listed))["mediaType"] == INDEX_TYPE


def test_entry_is_added_once():
    """Adding what is there writes nothing."""
    tags = Tags()
    for _ in range(2):
        change_fallback("t", tags.read, tags.write, adding(entry("a")))
    change_fallback("t", tags.read, tags.write, adding(entry("b")))
    assert tags.read("t") == (entry("a"), entry("b"))
    assert tags.writes == 2


def test_faster_writers_are_joined():
    """Where another writer put its own list in between, ours is added to that one."""
    tags = Tags()
    tags.intruders = [write_index((entry("x"),)), write_index((entry("x"), entry("y")))]
    change_fallback("t", tags.read, tags.write, adding(entry("a")))
    assert tags.read("t") == (entry("x"), entry("y"), entry("a"))


def test_it_ends():
    """A registry that never keeps what is written is an error, not a loop."""
    tags = Tags()
    tags.intruders = [write_index(()) for _ in range(100)]
    with pytest.raises(RegistryError, match="again and again"):
        change_fallback("t", tags.read, tags.write, adding(entry("a")))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"manifests": 3}', b'{"manifests": [{"digest": 1}]}']
)
def test_index_that_is_none_is_named(data):
    """The error says which index, and what is wrong there."""
    with pytest.raises(IntegrityError, match="the index h/x:t"):
        read_referrers(data, "the index h/x:t")
