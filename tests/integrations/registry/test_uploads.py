"""Uploads: nothing that is there is sent, and what was cut goes on where it was."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading

import pytest

from trialog._oci import uploads
from trialog._oci.descriptors import digest_of
from trialog._oci.progress import TransferState
from trialog.errors import IntegrityError, RegistryError

CHUNK = 1 << 20


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch):
    """Chunks of a megabyte, so that a few make a large blob."""
    monkeypatch.setattr(uploads, "CHUNK_BYTES", CHUNK)
    monkeypatch.setattr(uploads, "SMALL_BYTES", CHUNK // 2)


class Ledger(dict):
    """Addresses in memory."""

    load = dict.get
    save = dict.__setitem__

    def forget(self, blob):
        self.pop(blob, None)


def methods(requests):
    return [each[0] for each in requests]


@pytest.mark.parametrize(
    "size_bytes", [0, 1, 1000, CHUNK // 2, CHUNK // 2 + 1, CHUNK, 3 * CHUNK + 1]
)
def test_blob_arrives(debian, connect, blobs, noise, size_bytes):
    """Of any size, in one piece or several; the second time nothing is sent."""
    repository = connect(debian.host, f"uploads/s{size_bytes}")
    blob = blobs.add(noise(size_bytes, seed=size_bytes))
    assert not repository.has_blob(blob)
    assert repository.push_blob(blob, blobs.opener(blob)) is TransferState.DONE
    assert repository.has_blob(blob)
    assert repository.push_blob(blob, blobs.opener(blob)) is TransferState.PRESENT
    assert len(blobs.opened) == 1
    assert repository.open_blob(blob).read() == blobs.contents[blob.digest]


def test_small_blob_takes_two_requests(small, connect, blobs):
    """After the question whether it is there: an upload is opened, and filled at once."""
    blob = blobs.add(b"small")
    connect(small.host).push_blob(blob, blobs.opener(blob))
    assert methods(small.seen) == ["HEAD", "POST", "PUT"]


def test_large_blob_goes_in_chunks(small, connect, blobs, noise):
    """Each says where it belongs; the last request closes the upload."""
    blob = blobs.add(noise(2 * CHUNK + 5))
    connect(small.host).push_blob(blob, blobs.opener(blob))
    assert methods(small.seen) == ["HEAD", "POST", "PATCH", "PATCH", "PATCH", "PUT"]
    assert small.received_bytes == blob.size_bytes


def test_blob_of_another_repository_is_mounted(debian, connect, blobs, noise):
    """The registry takes it over: not a byte is sent."""
    blob = blobs.add(noise(1000, seed="mounted"))
    connect(debian.host, "uploads/from").push_blob(blob, blobs.opener(blob))
    to = connect(debian.host, "uploads/to")
    state = to.push_blob(blob, blobs.opener(blob), mount_from="uploads/from")
    assert state is TransferState.MOUNTED
    assert len(blobs.opened) == 1
    assert to.open_blob(blob).read() == blobs.contents[blob.digest]


def test_mount_that_fails_is_an_upload(debian, connect, blobs):
    """Where the other repository has no such blob, it is sent after all."""
    blob = blobs.add(b"not there to be mounted")
    repository = connect(debian.host, "uploads/unmounted")
    state = repository.push_blob(blob, blobs.opener(blob), mount_from="uploads/nothing")
    assert state is TransferState.DONE


def test_cut_upload_goes_on_in_a_real_registry(debian, connect, blobs, noise, wire):
    """Cut between two chunks, it goes on: the registry receives every byte once."""
    line = wire(debian.host)
    blob = blobs.add(noise(4 * CHUNK, seed="cut"))
    line.cut_when = lambda data: f"Content-Range: {2 * CHUNK}-".encode() in data
    assert connect(line.host, "uploads/cut").push_blob(blob, blobs.opener(blob))
    overhead = line.sent_bytes - blob.size_bytes
    assert 0 < overhead < 10_000
    assert connect(debian.host, "uploads/cut").open_blob(blob).read() == blobs.contents[blob.digest]


def test_cut_inside_a_chunk_begins_again_where_a_registry_gives_up(
    debian, connect, blobs, noise, wire
):
    """Debian's registry drops an upload that was cut inside a chunk: it is sent anew, and right."""
    line = wire(debian.host)
    blob = blobs.add(noise(3 * CHUNK, seed="inside"))
    line.cut_when = lambda data: line.sent_bytes > 1.5 * CHUNK
    connect(line.host, "uploads/inside").push_blob(blob, blobs.opener(blob))
    assert (
        connect(debian.host, "uploads/inside").open_blob(blob).read()
        == (blobs.contents[blob.digest])
    )


def test_cut_inside_a_chunk_goes_on_at_the_byte(small, connect, blobs, noise, wire):
    """A registry that keeps what arrived gets what is missing, and nothing twice."""
    line = wire(small.host)
    blob = blobs.add(noise(3 * CHUNK))
    line.cut_when = lambda data: line.sent_bytes > 1.5 * CHUNK
    connect(line.host).push_blob(blob, blobs.opener(blob))
    assert small.blobs["team/name", blob.digest] == blobs.contents[blob.digest]
    assert small.received_bytes == blob.size_bytes
    assert methods(small.seen).count("POST") == 1


def test_small_blob_is_sent_again(small, connect, blobs, acts, pauses):
    """What was one piece is one piece the second time."""
    small.fail("PUT", "uploads", acts.cut, times=2)
    blob = blobs.add(b"x" * 1000)
    connect(small.host).push_blob(blob, blobs.opener(blob))
    assert small.blobs["team/name", blob.digest] == b"x" * 1000
    assert len(pauses) == 2


def test_answer_that_is_lost_is_no_failure(small, connect, blobs, acts):
    """The blob arrived and only the answer did not: it is looked for before it is sent again."""

    def arrive_and_cut(request):
        small.blobs["team/name", blob.digest] = b"abc"
        return acts.cut(request)

    blob = blobs.add(b"abc")
    small.fail("PUT", "uploads", arrive_and_cut)
    connect(small.host).push_blob(blob, blobs.opener(blob))
    assert methods(small.seen) == ["HEAD", "POST", "PUT", "HEAD"]


def test_registry_that_always_cuts_is_given_up(small, connect, blobs, noise, acts, pauses):
    """After a few attempts without anything arriving, the error says what and where."""
    small.fail("PATCH", "uploads", acts.cut, times=100)
    blob = blobs.add(noise(2 * CHUNK))
    with pytest.raises(RegistryError, match=f"{blob.digest}.*{small.host}.*broke"):
        connect(small.host).push_blob(blob, blobs.opener(blob))
    assert methods(small.seen).count("PATCH") == 5
    assert len(pauses) == 4
    assert pauses == sorted(pauses)


def test_slow_progress_is_progress(small, connect, blobs, noise, acts):
    """As long as something arrives between cuts, they may be many."""
    blob = blobs.add(noise(12 * CHUNK))

    def cut_every_second(request):
        small.fail("PATCH", "uploads", lambda _: small.fail("PATCH", "uploads", cut_every_second))
        return acts.cut(request)

    small.fail("PATCH", "uploads", cut_every_second)
    connect(small.host).push_blob(blob, blobs.opener(blob))
    assert methods(small.seen).count("PATCH") == 24
    assert small.received_bytes == blob.size_bytes


def test_another_process_goes_on(small, connect, blobs, noise, acts):
    """With a ledger of addresses, what an earlier process sent is not sent again."""
    ledger = Ledger()
    blob = blobs.add(noise(4 * CHUNK))
    small.fail("PATCH", "uploads", lambda _: False, times=2)
    small.fail("PATCH", "uploads", acts.cut, times=5)
    with pytest.raises(RegistryError):
        connect(small.host).push_blob(blob, blobs.opener(blob), ledger=ledger)
    assert list(ledger) == [f"{small.host}/team/name@{blob.digest}"]
    connect(small.host).push_blob(blob, blobs.opener(blob), ledger=ledger)
    assert small.received_bytes == blob.size_bytes
    assert ledger == {}


def test_killed_process_is_followed_by_another(small, connect, blobs, noise, tmp_path):
    """Killed in the middle of an upload: the next process sends the rest."""
    blob = blobs.add(noise(6 * CHUNK))
    (tmp_path / "blob").write_bytes(blobs.contents[blob.digest])
    script = """
        import json, os, sys
        from pathlib import Path
        from trialog._oci import uploads
        from trialog._oci.descriptors import Descriptor
        from trialog._oci.registry import Registry
        uploads.CHUNK_BYTES, uploads.SMALL_BYTES = 1 << 20, 1 << 19
        host, digest, folder = sys.argv[1:]
        class Ledger:
            load = forget = lambda self, blob: None
            def save(self, blob, address):
                (Path(folder) / "ledger").write_text(json.dumps({blob: address}))
        def die(blob, done_bytes, all_bytes, state):
            if done_bytes > 3.5 * uploads.CHUNK_BYTES:
                os.kill(os.getpid(), 9)
        path = Path(folder) / "blob"
        blob = Descriptor("a/b", digest, path.stat().st_size)
        repository = Registry(host).repository("team/name")
        repository.push_blob(blob, lambda: path.open("rb"), ledger=Ledger(), progress=die)
    """
    command = [sys.executable, "-c", "if True:" + script, small.host, blob.digest, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == -9
    ledger = Ledger(json.loads((tmp_path / "ledger").read_text()))
    connect(small.host).push_blob(blob, blobs.opener(blob), ledger=ledger)
    assert small.received_bytes == blob.size_bytes
    assert methods(small.seen).count("POST") == 1


def test_old_address_that_is_no_more_is_forgotten(small, connect, blobs, noise):
    """An upload that the registry gave up is begun anew."""
    blob = blobs.add(noise(CHUNK))
    key = f"{small.host}/team/name@{blob.digest}"
    ledger = Ledger({key: f"http://{small.host}/v2/team/name/blobs/uploads/gone"})
    connect(small.host).push_blob(blob, blobs.opener(blob), ledger=ledger)
    assert small.blobs["team/name", blob.digest] == blobs.contents[blob.digest]
    assert ledger == {}


def test_old_upload_of_other_bytes_is_begun_anew(small, connect, blobs, noise):
    """Where what came first turns out to be something else, all of it is sent once more."""
    blob = blobs.add(noise(2 * CHUNK))
    small.uploads["old"] = bytearray(CHUNK)
    key = f"{small.host}/team/name@{blob.digest}"
    ledger = Ledger({key: f"http://{small.host}/v2/team/name/blobs/uploads/old"})
    connect(small.host).push_blob(blob, blobs.opener(blob), ledger=ledger)
    assert small.blobs["team/name", blob.digest] == blobs.contents[blob.digest]


def test_addresses_of_other_hosts_are_not_asked(small, connect, blobs, noise):
    """A ledger that was written for another host leads nowhere."""
    blob = blobs.add(noise(CHUNK))
    key = f"{small.host}/team/name@{blob.digest}"
    connect(small.host).push_blob(
        blob, blobs.opener(blob), ledger=Ledger({key: "http://127.0.0.1:1/v2/x"})
    )
    assert ("team/name", blob.digest) in small.blobs


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"x", lambda b: b""])
@pytest.mark.parametrize("size_bytes", [1000, 2 * CHUNK])
def test_source_of_another_size_is_found(small, connect, blobs, noise, change, size_bytes):
    """Too few or too many bytes are an error before the upload is closed."""
    blob = blobs.add(noise(size_bytes))
    blobs.contents[blob.digest] = change(blobs.contents[blob.digest])
    with pytest.raises(IntegrityError, match=f"{blob.digest} to be sent has not its {size_bytes}"):
        connect(small.host).push_blob(blob, blobs.opener(blob))
    assert small.blobs == {}


@pytest.mark.parametrize("size_bytes", [1000, 2 * CHUNK])
def test_changed_source_is_found(debian, connect, blobs, noise, size_bytes):
    """A changed byte is refused by the registry, and named as what it is."""
    blob = blobs.add(noise(size_bytes, seed="changed"))
    blobs.contents[blob.digest] = b"x" + blobs.contents[blob.digest][1:]
    with pytest.raises(IntegrityError, match=f"{blob.digest}.*not those of its digest"):
        connect(debian.host, "uploads/changed").push_blob(blob, blobs.opener(blob))


@pytest.mark.parametrize("size_bytes", [1000, 2 * CHUNK])
def test_source_s_own_errors_come_through(small, connect, blobs, noise, size_bytes):
    """A disk that cannot be read is not taken for the network: the error is its own, at once."""

    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise PermissionError("no such luck")

    blob = blobs.add(noise(size_bytes))
    with pytest.raises(PermissionError, match="no such luck"):
        connect(small.host).push_blob(blob, Broken)


def test_registry_that_lies_about_a_digest_is_found(small, connect, blobs, acts):
    """It says that it keeps other bytes than were sent."""
    lie = {"Docker-Content-Digest": digest_of(b"other")}

    def answer(request):
        request.rfile.read(int(request.headers["Content-Length"]))
        return acts.answer(request, 201, lie)

    small.fail("PUT", "uploads", answer)
    blob = blobs.add(b"mine")
    with pytest.raises(IntegrityError, match=f"{blob.digest}.*keeps it as {digest_of(b'other')}"):
        connect(small.host).push_blob(blob, blobs.opener(blob))


@pytest.mark.parametrize(
    "location", ["", "ftp://h/x", "http://user:pass@h/x", "http://:1/x", "http://h:99999/"]
)
def test_strange_addresses_are_refused(small, connect, blobs, acts, location):
    """An upload that is to go to what is no address is an error that says so."""
    small.fail("POST", "uploads", lambda request: acts.answer(request, 202, {"Location": location}))
    blob = blobs.add(b"abc")
    with pytest.raises(RegistryError, match="as an address"):
        connect(small.host).push_blob(blob, blobs.opener(blob))


def test_registry_may_take_its_time_to_close_a_large_blob(small, connect, blobs, noise, acts):
    """Some read all of it once more: the larger the blob, the longer is waited."""
    small.fail("PUT", "uploads", lambda _: threading.Event().wait(0.6))  # False: it goes on
    blob = blobs.add(noise(8 * CHUNK))
    connect(small.host, timeout_s=0.4).push_blob(blob, blobs.opener(blob))
    assert methods(small.seen).count("PUT") == 1


def test_progress_is_told(small, connect, blobs, noise):
    """How many bytes went, never fewer than before, and at the end all and how."""
    told = []
    blob = blobs.add(noise(3 * CHUNK))
    repository = connect(small.host)
    for _ in range(2):
        repository.push_blob(blob, blobs.opener(blob), progress=lambda *each: told.append(each))
    done = [each[1] for each in told]
    assert done == sorted(done)
    assert {each[2] for each in told} == {blob.size_bytes}
    states = [each[3] for each in told]
    assert states[:-2] == [TransferState.SENDING] * (len(told) - 2)
    assert states[-2:] == [TransferState.DONE, TransferState.PRESENT]
