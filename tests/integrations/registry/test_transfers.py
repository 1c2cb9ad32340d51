"""Whole artifacts: only what is missing is sent, several blobs at once, all stopped by an error."""

from __future__ import annotations

import contextlib
import io
import threading
from collections import Counter

import pytest

from trialog._oci.descriptors import Descriptor, digest_of
from trialog._oci.progress import TransferState
from trialog._oci.transfers import pull_blobs, push_artifact, push_blobs
from trialog.errors import IntegrityError, NotFoundError, RegistryError, UsageError

LAYERS = 30


@pytest.fixture
def artifact(blobs, noise, tmp_path):
    """A manifest, and thirty layers of which two are the same."""
    contents = [noise(20_000, seed=f"{tmp_path}{number}") for number in range(LAYERS - 1)]
    return blobs.artifact(*contents, contents[0])


def pulled(repository, blobs, **options):
    """The bytes of blobs, by digest; only those that were whole."""
    got = {}

    @contextlib.contextmanager
    def open_target(blob):
        target = io.BytesIO()
        yield target
        got[blob.digest] = target.getvalue()

    pull_blobs(repository, blobs, open_target, **options)
    return got


def test_artifact_goes_and_comes(debian, connect, blobs, artifact):
    """Every blob once, the manifest last; what comes back is what went."""
    manifest, needed = artifact
    repository = connect(debian.host, "transfers/whole")
    pushed = push_artifact(repository, "v1", manifest, needed, blobs)
    assert pushed.digest == digest_of(manifest) == repository.find_manifest("v1")
    assert set(pushed.sent) == set(needed)
    assert len(blobs.opened) == LAYERS  # the configuration, and 29 different layers
    got = pulled(repository, needed)
    assert got == blobs.contents


def test_second_push_sends_the_manifest_only(debian, connect, blobs, artifact):
    """Two requests: is it there, and the manifest under the new tag."""
    manifest, needed = artifact
    repository = connect(debian.host, "transfers/second")
    push_artifact(repository, "v1", manifest, needed, blobs)
    before = len(debian.requests())  # of which each asking is one, too
    blobs.opened.clear()
    told = []
    pushed = push_artifact(
        repository, "v2", manifest, needed, blobs, progress=lambda *each: told.append(each)
    )
    assert (pushed.sent, pushed.mounted, blobs.opened) == ((), (), [])
    assert [each[0] for each in debian.requests()[before:]] == ["HEAD", "PUT", "GET"]
    assert {each[3] for each in told} == {TransferState.PRESENT}
    assert sorted(repository.list_tags()) == ["v1", "v2"]


def test_changed_artifact_sends_what_is_new(debian, connect, blobs, artifact, noise):
    """One more layer: that layer and the manifest are sent, nothing else."""
    manifest, needed = artifact
    repository = connect(debian.host, "transfers/changed")
    push_artifact(repository, "v1", manifest, needed, blobs)
    contents = [blobs.contents[blob.digest] for blob in needed[1:]]
    changed, all_needed = blobs.artifact(*contents, b"one more")
    blobs.opened.clear()
    pushed = push_artifact(repository, "v2", changed, all_needed, blobs)
    assert blobs.opened == [digest_of(b"one more")]
    assert [blob.digest for blob in pushed.sent] == blobs.opened


def test_copy_within_a_registry_is_mounted(debian, connect, blobs, artifact):
    """From repository to repository not a byte of a blob is sent."""
    manifest, needed = artifact
    push_artifact(connect(debian.host, "transfers/old"), "v1", manifest, needed, blobs)
    blobs.opened.clear()
    new = connect(debian.host, "transfers/new")
    pushed = push_artifact(new, "v1", manifest, needed, blobs, mount_from="transfers/old")
    assert blobs.opened == []
    assert set(pushed.mounted) == set(needed)
    assert pulled(new, needed) == blobs.contents


def test_copy_between_registries_needs_no_store(debian, small, connect, blobs, artifact):
    """A repository is a source for another one."""
    manifest, needed = artifact
    source = connect(debian.host, "transfers/source")
    push_artifact(source, "v1", manifest, needed, blobs)
    target = connect(small.host)
    push_artifact(target, "v1", manifest, needed, source)
    assert pulled(target, needed) == blobs.contents


def test_registry_that_cleaned_up_gets_the_blobs_again(small, connect, blobs, artifact, acts):
    """It has the manifest and not the blobs: all that is missing is sent after all."""
    manifest, needed = artifact
    repository = connect(small.host)
    push_artifact(repository, "v1", manifest, needed, blobs)
    small.blobs.clear()
    small.fail(
        "PUT", "manifests", lambda request: acts.refuse(request, 400, "MANIFEST_BLOB_UNKNOWN")
    )
    assert set(push_artifact(repository, "v2", manifest, needed, blobs).sent) == set(needed)


def test_interrupted_push_goes_on(small, connect, blobs, artifact, acts):
    """What had arrived is not sent again; no manifest was there before its blobs."""
    manifest, needed = artifact
    repository = connect(small.host)
    small.fail("PUT", "uploads", lambda _: False, times=10)
    small.fail("PUT", "uploads", lambda request: acts.refuse(request, 403, "DENIED"), times=1000)
    with pytest.raises(RegistryError, match="DENIED"):
        push_artifact(repository, "v1", manifest, needed, blobs)
    assert len(small.blobs) == 10
    assert small.manifests == {}
    small.faults.clear()
    blobs.opened.clear()
    push_artifact(repository, "v1", manifest, needed, blobs)
    assert len(blobs.opened) == LAYERS - 10


def test_several_are_sent_at_once(small, connect, blobs, artifact):
    """As many as the caller says, never more."""
    _, needed = artifact
    meeting = threading.Barrier(3, timeout=20)
    now = Counter()
    most = []

    class Source:
        name = "meeting"

        def open(self, blob):
            now["open"] += 1
            most.append(now["open"])
            with contextlib.suppress(threading.BrokenBarrierError):
                meeting.wait()
            now["open"] -= 1
            return blobs.open(blob)

    push_blobs(connect(small.host), needed, Source(), parallel=3)
    assert max(most) == 3


def test_first_error_stops_the_others(small, connect, blobs, artifact):
    """The error of one is raised; what was not begun is not begun."""
    manifest, needed = artifact
    repository = connect(small.host)
    push_artifact(repository, "v1", manifest, needed, blobs)
    small.blobs["team/name", needed[5].digest] = b"x" * needed[5].size_bytes
    small.seen.clear()
    with pytest.raises(IntegrityError, match=needed[5].digest):
        pulled(repository, needed, parallel=1)
    assert len(small.seen) < LAYERS


def test_missing_blob_is_named(debian, connect, blobs, artifact):
    """The error says which blob of which repository."""
    manifest, needed = artifact
    repository = connect(debian.host, "transfers/missing")
    push_artifact(repository, "v1", manifest, needed, blobs)
    missing = Descriptor("a/b", digest_of(b"missing"), 7)
    with pytest.raises(NotFoundError, match=f"{missing.digest}.*transfers/missing"):
        pulled(repository, [*needed, missing])


def test_nothing_is_done_at_once(small, connect, blobs):
    """No blobs are no work; no threads are no way to do any."""
    repository = connect(small.host)
    assert push_blobs(repository, [], blobs) == {}
    assert pulled(repository, []) == {}
    with pytest.raises(UsageError, match="parallel=0"):
        push_blobs(repository, [], blobs, parallel=0)
