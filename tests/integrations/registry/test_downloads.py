"""Downloads: every byte checked, cuts mended, and nothing taken that was not asked for."""

from __future__ import annotations

import hashlib
import io

import pytest

from trialog._oci.descriptors import Descriptor, digest_of
from trialog._oci.progress import TransferState
from trialog.errors import IntegrityError, NotFoundError, RegistryError

SIZE = 3 << 20


@pytest.fixture
def held(small, blobs, noise):
    """A blob that the small registry has."""
    blob = blobs.add(noise(SIZE))
    small.blobs["team/name", blob.digest] = blobs.contents[blob.digest]
    return blob


def sending(acts, count_bytes):
    """What sends the first bytes of what it should, and cuts the connection."""

    def send(request, small, blob):
        data = small.blobs["team/name", blob.digest]
        start = int(request.headers.get("Range", "bytes=0-")[6:-1])
        headers = {"Content-Length": str(len(data) - start)}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        acts.answer(request, 206 if start else 200, headers, data[start : start + count_bytes])
        request.wfile.flush()
        return acts.cut(request)

    return send


def pull(repository, blob, **options):
    target = io.BytesIO()
    repository.pull_blob(blob, target, **options)
    return target.getvalue()


def test_blob_comes_back(debian, connect, blobs, noise):
    """From a real registry, whole or from a place in it."""
    repository = connect(debian.host, "downloads/whole")
    blob = blobs.add(noise(SIZE, seed="whole"))
    repository.push_blob(blob, blobs.opener(blob))
    assert pull(repository, blob) == blobs.contents[blob.digest]
    with repository.open_blob(blob, offset_bytes=SIZE - 10) as stream:
        assert stream.read() == blobs.contents[blob.digest][-10:]
    with repository.open_blob(blob, offset_bytes=SIZE) as stream:
        assert stream.read() == b""


@pytest.mark.parametrize("size", [1, 7, 1000, 65_536, 1 << 20, SIZE, 10 * SIZE])
def test_reads_of_any_size(small, connect, held, blobs, size):
    """A stream gives at most what was asked for, at least a byte, and nothing at the end."""
    pieces = []
    with connect(small.host).open_blob(held, offset_bytes=SIZE - 5000) as stream:
        while piece := stream.read(size):
            assert 0 < len(piece) <= size
            pieces.append(piece)
        assert stream.read(0) == stream.read() == b""
    assert b"".join(pieces) == blobs.contents[held.digest][-5000:]


def test_empty_blob_is_nothing(debian, connect, blobs):
    """A blob without a byte is fetched and checked like any other."""
    repository = connect(debian.host, "downloads/empty")
    blob = blobs.add(b"")
    repository.push_blob(blob, blobs.opener(blob))
    assert pull(repository, blob) == b""


def test_real_registry_that_is_cut_off_is_asked_for_the_rest(debian, connect, blobs, noise, wire):
    """A connection that breaks on the way is taken up with a Range."""
    blob = blobs.add(noise(SIZE, seed="range"))
    connect(debian.host, "downloads/range").push_blob(blob, blobs.opener(blob))
    line = wire(debian.host)
    line.cut_after_bytes = SIZE // 2
    assert pull(connect(line.host, "downloads/range"), blob) == blobs.contents[blob.digest]
    assert 206 in [status for _, path, status in debian.requests() if blob.digest in path]


def test_every_cut_is_mended(small, connect, held, blobs, acts):
    """However often: as long as bytes come, the next request asks for what is missing."""
    send = sending(acts, 400_000)
    small.fail("GET", held.digest, lambda request: send(request, small, held), times=6)
    assert pull(connect(small.host), held) == blobs.contents[held.digest]
    assert len(small.seen) == 7


def test_registry_that_sends_nothing_is_given_up(small, connect, held, acts, pauses):
    """After a few cuts without a byte the error says which blob and where from."""
    send = sending(acts, 0)
    small.fail("GET", held.digest, lambda request: send(request, small, held), times=100)
    with pytest.raises(RegistryError, match=f"{held.digest} from {small.host}/team/name.*broke"):
        pull(connect(small.host), held)
    assert 4 <= len(pauses) <= 8


def test_registry_that_knows_no_ranges_sends_all_again(small, connect, held, blobs, acts):
    """What was had already is skipped."""
    send = sending(acts, 1_500_000)
    data = blobs.contents[held.digest]
    small.fail("GET", held.digest, lambda request: send(request, small, held))
    small.fail("GET", held.digest, lambda request: acts.answer(request, 200, {}, data))
    assert pull(connect(small.host), held) == data


@pytest.mark.parametrize("said", ["bytes 5-9/10", "", "x"])
def test_wrong_range_is_found(small, connect, held, acts, said):
    """A part that is not the one that was asked for is not taken."""
    answer = {"Content-Range": said, "Content-Length": "10"}
    small.fail("GET", held.digest, lambda request: acts.answer(request, 206, answer, b"x" * 10))
    with pytest.raises(RegistryError, match="asked from byte 100"):
        connect(small.host).open_blob(held, offset_bytes=100)


def test_changed_byte_is_found_and_named(small, connect, held, blobs):
    """Bytes of another digest are an error that says which blob, and where it comes from."""
    data = bytearray(blobs.contents[held.digest])
    data[SIZE // 2] ^= 1
    small.blobs["team/name", held.digest] = bytes(data)
    with pytest.raises(IntegrityError, match=f"{held.digest} from {small.host}/team/name"):
        pull(connect(small.host), held)


@pytest.mark.parametrize("size_bytes", [SIZE - 1, SIZE + 1, 0, 10**18])
def test_wrong_length_is_found(small, connect, held, acts, size_bytes):
    """A registry that says another size is not read at all."""
    headers = {"Content-Length": str(size_bytes)}
    small.fail("GET", held.digest, lambda request: acts.answer(request, 200, headers))
    with pytest.raises(IntegrityError, match=f"sends {size_bytes} instead of {SIZE}"):
        pull(connect(small.host), held)


def test_endless_body_ends(small, connect, held, acts):
    """A body that says no length and never ends is left after the bytes that there should be."""
    sent = []

    def send(request):
        acts.answer(request, 200, {"Transfer-Encoding": "chunked"})
        block = b"%x\r\n%s\r\n" % (1 << 20, b"x" * (1 << 20))
        while True:
            request.wfile.write(block)
            sent.append(1)

    small.fail("GET", held.digest, send)
    with pytest.raises(IntegrityError, match=f"{held.digest}.*more than its {SIZE} bytes"):
        pull(connect(small.host), held)
    assert len(sent) < 64  # what fits into the buffers of the two sockets


def test_early_end_is_a_cut(small, connect, held, blobs, acts):
    """A body that ends early without an error is asked for again."""
    answer = {"Transfer-Encoding": "chunked"}
    body = b"5\r\n%s\r\n0\r\n\r\n" % blobs.contents[held.digest][:5]
    small.fail("GET", held.digest, lambda request: acts.answer(request, 200, answer, body))
    assert pull(connect(small.host), held) == blobs.contents[held.digest]


def test_packed_body_is_refused(small, connect, held, acts):
    """Nothing is unpacked: a small answer could be a large one."""
    headers = {"Content-Encoding": "gzip", "Content-Length": str(SIZE)}
    small.fail("GET", held.digest, lambda request: acts.answer(request, 200, headers))
    with pytest.raises(RegistryError, match="'gzip', unasked"):
        pull(connect(small.host), held)


def test_blob_that_is_not_there(debian, connect):
    """The error says which blob, where, and what the registry says."""
    blob = Descriptor("a/b", digest_of(b"nobody pushed this"), 18)
    with pytest.raises(NotFoundError, match=f"{blob.digest} from .*downloads/none.*UNKNOWN"):
        connect(debian.host, "downloads/none").open_blob(blob)


def test_connections_are_used_again(debian, connect, blobs, noise, wire):
    """Twenty blobs go over one connection each way."""
    line = wire(debian.host)
    repository = connect(line.host, "downloads/again")
    for seed in range(20):
        blob = blobs.add(noise(1000, seed=f"again{seed}"))
        repository.push_blob(blob, blobs.opener(blob))
        assert hashlib.sha256(pull(repository, blob)).hexdigest() == blob.digest[7:]
    assert line.connections == 1


def test_progress_is_told(small, connect, held):
    """How many bytes came; at the end all of them, once they were checked."""
    told = []
    pull(connect(small.host), held, progress=lambda *each: told.append(each))
    assert told[-1] == (held, SIZE, SIZE, TransferState.DONE)
    assert {each[3] for each in told[:-1]} == {TransferState.RECEIVING}
    assert [each[1] for each in told] == sorted(each[1] for each in told)
