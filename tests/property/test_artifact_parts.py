"""What artifacts are made of: what is put in comes out, and damage is never taken for content."""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._artifacts.config import ExperimentConfig
from trialog._artifacts.journalpacks import (
    JournalKey,
    JournalPart,
    pack_journals,
    unpack_journals,
    unpacked_bytes,
)
from trialog._oci.descriptors import Descriptor, Manifest, digest_of
from trialog._oci.layouts import open_layout
from trialog._oci.members import END, header_of
from trialog.errors import IntegrityError, TrialogError

IDS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", fullmatch=True)
JOURNALS = st.dictionaries(st.tuples(IDS, IDS), st.binary(max_size=2000), max_size=6)
TEXTS = st.dictionaries(st.text(), st.text(), max_size=3)
BLOBS = st.builds(
    Descriptor,
    media_type=st.sampled_from(
        ["text/plain", "application/vnd.a.b+json", "text/csv; header=present"]
    ),
    digest=st.binary().map(digest_of),
    size_bytes=st.integers(0, 2**63 - 1),
    annotations=TEXTS,
    artifact_type=st.none() | st.just("application/x"),
)
MANIFESTS = st.builds(
    Manifest,
    artifact_type=st.none() | st.just("application/x"),
    config=BLOBS,
    layers=st.lists(BLOBS, max_size=4).map(tuple),
    subject=st.none() | BLOBS,
    annotations=TEXTS,
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
CONFIG = ExperimentConfig(
    id="e1",
    name="x",
    namespace="a",
    namespace_name="A",
    project="p",
    project_name="P",
    status="COMPLETED",
    created_ns=1,
    trialog="0",
)


@given(MANIFESTS)
def test_manifests_come_back(manifest):
    """Any manifest is what its bytes say."""
    assert Manifest.decode(manifest.encode()) == manifest


@given(st.dictionaries(st.text(), SCALARS), TEXTS)
def test_parameters_come_back(parameters, annotations):
    """Any scalar, with its bits and its type."""
    changed = {**vars_of(CONFIG), "parameters": parameters, "annotations": annotations}
    decoded = ExperimentConfig.decode(ExperimentConfig(**changed).encode())
    assert repr(sorted(decoded.parameters.items(), key=lambda one: one[0])) == repr(
        sorted(parameters.items(), key=lambda one: one[0])
    )
    assert decoded.annotations == annotations


def vars_of(config):
    return {name: getattr(config, name) for name in config.__dataclass_fields__}


def packed(journals):
    sink = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for at, (key, data) in enumerate(journals.items()):
            path = Path(folder) / str(at)
            path.write_bytes(data)
            parts.append(JournalPart(JournalKey(*key), path, len(data)))
        pack_journals(parts, sink)
    return sink.getvalue()


def unpacked(pack, limit):
    found = unpack_journals(io.BytesIO(pack), "the pack", limit)
    return {tuple(key): stream.read() for key, _, stream in found}


@settings(deadline=None)
@given(JOURNALS)
def test_packs_come_back(journals):
    """Any journals, within the bound that their sizes give."""
    assert unpacked(packed(journals), unpacked_bytes(map(len, journals.values()))) == journals


@settings(deadline=None)
@given(JOURNALS, st.data())
def test_damaged_packs(journals, data):
    """A pack that was cut or changed is refused, or gives journals; nothing else ever happens."""
    pack = bytearray(packed(journals))
    at = data.draw(st.integers(0, len(pack) - 1))
    if data.draw(st.booleans()):
        del pack[at:]
    else:
        pack[at] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(IntegrityError):
        unpacked(bytes(pack), 1 << 20)


@settings(deadline=None)
@given(st.lists(st.binary(min_size=512, max_size=512), max_size=4), st.integers(0, 11), st.binary())
def test_damaged_archives(blocks, at, more):
    """Whatever stands in a file, opening it as a layout is refused in trialog's own words."""
    content = bytearray(header_of("oci-layout", 600) + b"".join(blocks) + END)
    content[124 + at : 124 + at + len(more)] = more
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "it"
        path.write_bytes(content)
        try:
            open_layout(path)
        except TrialogError:
            return
    raise AssertionError("it was taken for a layout")
