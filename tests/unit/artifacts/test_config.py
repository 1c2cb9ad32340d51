"""The configuration of an artifact: it comes back whole, and others' are believed in nothing."""

from __future__ import annotations

import dataclasses
import math

import orjson
import pytest

from trialog._artifacts.config import MAX_CONFIG_BYTES, ExperimentConfig
from trialog._artifacts.config_entries import (
    AttachmentEntry,
    BlobEntry,
    JournalEntry,
    ParentEntry,
    RunEntry,
)
from trialog._oci.descriptors import digest_of
from trialog.errors import IntegrityError, StoreVersionError

DIGEST = digest_of(b"x")
RUN = RunEntry(
    number=0, id="r0", name="brave_pasta", status="COMPLETED", created_ns=1, experiment="e1"
)
ATTACHMENT = AttachmentEntry(
    number=0,
    name="plots/loss.png",
    version=1,
    media_type="image/png",
    digest=DIGEST,
    size_bytes=1,
    filename="loss.png",
    time_ns=5,
)
CONFIG = ExperimentConfig(
    id="e1",
    name="Folding é",
    namespace="acme",
    namespace_name="ACME",
    project="protein-folding",
    project_name="Protein folding",
    status="COMPLETED",
    created_ns=1_700_000_000_000_000_000,
    trialog="0.1.0",
    runs=(RUN,),
    attachments=(ATTACHMENT,),
)
FULL = dataclasses.replace(
    CONFIG,
    description="about",
    reason="it was enough",
    tags=("b", "a"),
    annotations={"$float": "NaN", "é": ""},
    parameters={
        "lr": 0.1,
        "n": 3,
        "on": True,
        "text": "x",
        "none": None,
        "big": 2**70,
        "low": -0.0,
    },
    ended_ns=2,
    user="ada",
    parent=ParentEntry(id="e0", name="before", digest=DIGEST, first_number=1),
    runs=(
        RUN,
        dataclasses.replace(RUN, number=1, id="r1", status="CRASHED", reason="ValueError: no"),
    ),
    attachments=(
        dataclasses.replace(ATTACHMENT, number=None),
        ATTACHMENT,
        dataclasses.replace(ATTACHMENT, version=2, step=-(2**63), codec="json"),
    ),
    blobs=(BlobEntry(digest=DIGEST, size_bytes=70_000),),
    journals=(JournalEntry(run_id="e1", writer="w1", size_bytes=100),),
)


@pytest.mark.parametrize("config", [CONFIG, FULL])
def test_configurations_come_back(config):
    """All that is in one, bit by bit."""
    decoded = ExperimentConfig.decode(config.encode())
    assert decoded == config
    assert decoded.encode() == config.encode()


def test_numbers_that_json_does_not_have():
    """Not a number, and the infinities: as journals write them."""
    given = {"a": math.nan, "b": math.inf, "c": -math.inf}
    data = dataclasses.replace(CONFIG, parameters=given).encode()
    assert orjson.loads(data)["parameters"]["a"] == {"$float": "NaN"}
    assert str(ExperimentConfig.decode(data).parameters) == str(given)


def test_the_order_of_entries_is_no_matter():
    """The same experiment is the same bytes, sorted and without spaces."""
    turned = {
        name: tuple(reversed(getattr(FULL, name)))
        for name in ("runs", "attachments", "blobs", "journals")
    }
    assert dataclasses.replace(FULL, **turned).encode() == FULL.encode()
    assert orjson.dumps(orjson.loads(FULL.encode()), option=orjson.OPT_SORT_KEYS) == FULL.encode()


def changed(path, value):
    """The full configuration as bytes, with one thing in it changed."""
    document = orjson.loads(FULL.encode())
    *steps, last = path.split(".")
    inside = document
    for step in steps:
        inside = inside[int(step) if step.isdigit() else step]
    if value is ...:
        del inside[last]
    else:
        inside[int(last) if last.isdigit() else last] = value
    return orjson.dumps(document)


@pytest.mark.parametrize(
    "path, value, message",
    [
        ("id", "../x", "'id' of the configuration of the experiment is '../x', not an id"),
        ("id", ..., "the configuration of the experiment has no 'id'"),
        ("id", "x" * 10_000, "'id' of .* is 'xxx.*…, not an id"),
        ("name", "", "'name' of the configuration of the experiment is '', not a name"),
        ("name", "a\x1b[31m", "'name' of"),
        ("namespace", "../up", "'namespace' of .* is '../up', not a slug"),
        ("project", "A", "'project' of .* is 'A', not a slug"),
        ("status", "DONE", "'status' of .* is 'DONE', not one of PENDING, RUNNING"),
        ("tags", "abc", "'tags' of .* is 'abc', not a list"),
        ("tags", ["a", 1], "'tags' of .* not a list of texts"),
        ("annotations", {"a": 1}, "'annotations' of .* not an object of texts"),
        ("parameters", [], r"'parameters' of .* is \[\], not an object"),
        ("parameters.lr", [1], r"'lr' of parameters of .* is \[1\], not a scalar"),
        ("parameters.lr", {"a": 1}, "'lr' of parameters of .* not a scalar"),
        ("parameters.lr", {"$float": 1}, "'lr' of parameters of .* not a scalar"),
        ("parameters.lr", {"$int": "x"}, "'lr' of parameters of .* not a scalar"),
        ("parameters.lr", {"$int": "9" * 5000}, "'lr' of parameters of .* not a scalar"),
        ("created_ns", -1, "'created_ns' of .* is -1, not an integer from 0"),
        ("created_ns", 1.5, "'created_ns' of .* is 1.5"),
        ("ended_ns", "x", "'ended_ns' of .* is 'x'"),
        ("user", None, "'user' of .* is None, not text"),
        ("parent", 7, "parent of .* is 7, not a JSON object"),
        ("parent.digest", "sha256:x", "'digest' of parent of .* is 'sha256:x'"),
        ("runs", {}, "'runs' of .* is {}, not a list"),
        ("runs.1", None, r"runs\[1\] of .* is None, not a JSON object"),
        ("runs.1.number", -1, r"'number' of runs\[1\] of .* is -1"),
        ("runs.1.number", True, r"'number' of runs\[1\] of .* is True"),
        ("runs.1.number", 0, "'runs' of .* says 0 twice"),
        ("runs.1.id", "r0", "'runs' of .* says 'r0' twice"),
        ("runs.1.experiment", None, r"'experiment' of runs\[1\] of .* is None"),
        (
            "attachments.1.number",
            9,
            "has an attachment 'plots/loss.png' of run 9, which is not there",
        ),
        ("attachments.2.version", 1, "'attachments' of .* says .* twice"),
        ("attachments.2.version", 0, r"'version' of attachments\[2\] of .* is 0"),
        ("attachments.1.name", "../../x", r"'name' of attachments\[1\] of .* not a name"),
        ("attachments.1.filename", "../x", r"'filename' of attachments\[1\] of .* is '../x'"),
        ("attachments.1.filename", "..", r"'filename' of attachments\[1\] of .* is '..'"),
        ("attachments.1.digest", DIGEST.upper(), r"'digest' of attachments\[1\] of .* is 'SHA256"),
        ("attachments.1.size_bytes", 2**63, r"'size_bytes' of attachments\[1\] of .* is 92233720"),
        ("attachments.1.step", 2**63, r"'step' of attachments\[1\] of .* is 92233720"),
        ("blobs.0.digest", None, r"'digest' of blobs\[0\] of .* is None"),
        ("journals.0.writer", "a/b", r"'writer' of journals\[0\] of .* is 'a/b', not an id"),
        ("journals.0.run_id", "", r"'run_id' of journals\[0\] of .* is '', not an id"),
        ("format", 0, "'format' of .* is 0"),
        ("format", "1", "'format' of .* is '1'"),
    ],
)
def test_hostile_configurations(path, value, message):
    """Each is refused by the field that is wrong, shortened where it is long."""
    with pytest.raises(IntegrityError, match=message) as caught:
        ExperimentConfig.decode(changed(path, value))
    assert len(str(caught.value)) < 400


def test_one_of_a_newer_trialog():
    """It may be in order; it only cannot be read here."""
    with pytest.raises(StoreVersionError, match="has format 2, and this trialog reads 1: upgrade"):
        ExperimentConfig.decode(b'{"format":2,"id":7}')


def test_unknown_keys_are_left_alone():
    """A later version of this format may say more."""
    for path in ("colour", "runs.0.colour", "attachments.0.colour", "parent.colour"):
        assert ExperimentConfig.decode(changed(path, {"a": 1})) == FULL


def test_one_that_is_too_long():
    """It is refused before it is parsed."""
    with pytest.raises(IntegrityError, match="at most 67108864 are read"):
        ExperimentConfig.decode(b" " * (MAX_CONFIG_BYTES + 1))
