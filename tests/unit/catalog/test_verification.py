"""``doctor`` reads every byte: each kind of damage is found, and named with its file."""

from __future__ import annotations

import os
import shutil

import pytest

import trialog
from trialog._catalog import Finding, Verification
from trialog._format.records import FORMAT_VERSION, Kind
from trialog._reading.catalogs import catalog_of

ATTACHED = {"size_bytes": 5, "media_type": "text/plain", "filename": "x", "name": "x"}


@pytest.fixture
def sound(store):
    """A store with two finished runs, an attachment and a segment."""
    for name in ("one", "two"):
        with trialog.init("acme", "demo", name=name) as run:
            for step in range(100):
                run.log("loss", step / 3)
            run.log_attachment("x", "text/plain", name.encode())
    catalog_of(store).compact([record.key for record in trialog.runs()._records])
    return store


def problems(home, **wanted):
    verification = catalog_of(home).verify()
    assert isinstance(verification, Verification)
    return [each for each in verification.findings if each.is_error is wanted.get("is_error", True)]


def journal_of(home, name):
    (path,) = home.glob(f"namespaces/acme/demo/runs/*/{trialog.get_run(name).id}/*.journal")
    return path


def test_a_sound_store_has_no_findings(sound):
    """Everything is counted, progress goes from the first file to the last."""
    seen = []
    found = catalog_of(sound).verify(lambda done, count: seen.append((done, count)))
    assert found.findings == ()
    assert found.is_sound
    assert (found.journals, found.blobs) == (3, 2)  # the project has a journal too
    assert seen == [(done, 5) for done in range(1, 6)]
    files = [*sound.glob("**/*.journal"), *sound.glob("blobs/sha256/??/*")]
    assert found.size_bytes == sum(path.stat().st_size for path in files)


def test_a_store_that_is_not_there_is_sound(store):
    """Nothing has been lost yet."""
    assert catalog_of(store).verify() == Verification(0, 0, 0, ())


def test_a_damaged_block_is_an_error(sound):
    """It names the journal, the run and the place."""
    path = journal_of(sound, "one")
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    found, segment = problems(sound)
    assert found.path == str(path.relative_to(sound))
    assert found.run_id == trialog.get_run("one").id
    assert "checksum" in found.problem
    assert "byte 0" in found.problem
    assert "only copy" in segment.problem
    catalog_of(sound).rebuild()
    assert len(list(sound.glob("segments/*.parquet.kept"))) == 1


def test_a_missing_blob_is_an_error_and_a_spare_one_a_warning(sound):
    """A blob that nobody refers to does no harm."""
    info = trialog.get_run("one").attachments["x"]
    blob = sound / "blobs/sha256" / info.sha256[:2] / info.sha256
    blob.rename(blob.with_name("0" * 64))
    (lost,) = problems(sound)
    assert "attachment 'x'" in lost.problem
    assert info.sha256 in lost.problem
    assert {each.problem for each in problems(sound, is_error=False)} == {
        "it is no blob: no digest names it"
    }
    (sound / "blobs/sha256/00").mkdir(exist_ok=True)
    blob.with_name("0" * 64).rename(sound / "blobs/sha256/00" / ("0" * 64))
    notes = [each.problem for each in problems(sound, is_error=False)]
    assert "no journal refers to it" in notes


def test_a_changed_blob_is_an_error(sound):
    """Its bytes do not have the digest that names it."""
    info = trialog.get_run("two").attachments["x"]
    blob = sound / "blobs/sha256" / info.sha256[:2] / info.sha256
    blob.write_bytes(b"other")
    (found,) = problems(sound)
    assert found.path == str(blob.relative_to(sound))
    assert "not what was written" in found.problem


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"id": "x"}', b'{"format": 1}'])
def test_a_damaged_description_is_an_error(sound, content):
    """The runs are read all the same."""
    (sound / "store.json").write_bytes(content)
    (found,) = problems(sound)
    assert found == Finding(
        "store.json", None, "the store's description is missing or damaged", is_error=True
    )
    assert len(trialog.runs()) == 2


def test_a_journal_in_another_runs_folder_is_an_error(sound):
    """Whoever copied it there: its run is another one."""
    source, target = journal_of(sound, "one"), journal_of(sound, "two")
    shutil.copy(source, target.parent)
    (found,) = problems(sound)
    assert trialog.get_run("one").id in found.problem
    (target.parent / source.name).rename(target.parent / "other.journal")
    assert any("another writer" in each.problem for each in problems(sound))


def test_a_damaged_segment_is_an_error(sound):
    """It can be made again."""
    (segment,) = sound.glob("segments/*.parquet")
    data = bytearray(segment.read_bytes())
    data[200] ^= 255
    segment.write_bytes(data)
    (found,) = problems(sound)
    assert found.path == str(segment.relative_to(sound))
    assert "rebuild" in found.problem
    catalog_of(sound).rebuild()
    assert problems(sound) == []


def test_a_segment_with_fewer_points_than_the_journal_is_an_error(sound):
    """Rows are counted against the journals."""
    import pyarrow.parquet as pq

    (segment,) = sound.glob("segments/*.parquet")
    table = pq.read_table(segment)
    told = pq.ParquetFile(segment).metadata.metadata
    pq.write_table(table.slice(0, 150).replace_schema_metadata(told), segment)
    assert any("fewer points" in each.problem for each in problems(sound))


def open_handmade(handmade, data, **options):
    path = handmade.write(data, **options)
    long_ago = handmade.now_ns - 10**12
    os.utime(path, ns=(long_ago, long_ago))
    return handmade.open().verify()


DEAD = {"pid": 2**22 + 9}


def test_a_torn_tail_is_a_note(handmade):
    """What a kill leaves is no damage."""
    data = handmade.start(**DEAD) + handmade.points([1.0, 2.0])
    found = open_handmade(handmade, data[:-10])
    assert found.is_sound
    (note,) = found.findings
    assert "was being written" in note.problem


def test_a_block_behind_a_torn_one_is_an_error(handmade):
    """Records are missing in between."""
    data = (handmade.start(**DEAD) + handmade.points([1.0]))[:-10].ljust(65_536, b"\0")
    found = open_handmade(handmade, data + handmade.points([2.0]))
    assert [each.is_error for each in found.findings] == [True]
    assert "a block follows" in found.findings[0].problem


@pytest.mark.parametrize("data", [b"\1\2\3", b"not a journal" * 100, bytes(range(256)) * 8])
def test_a_journal_without_a_beginning_is_an_error(handmade, data):
    """Nobody knows whose it is."""
    found = open_handmade(handmade, data)
    assert not found.is_sound
    assert found.findings[0].run_id == "run-1"


def test_an_empty_journal_of_a_dead_writer_is_a_note(handmade):
    """It ended before it could say anything."""
    found = open_handmade(handmade, b"", is_open=False)
    assert [each.is_error for each in found.findings] == [False]


def test_a_newer_format_is_an_error(handmade):
    """It cannot be verified by this version."""
    data = handmade.start(format=FORMAT_VERSION + 1, trialog="9.0", **DEAD)
    (found,) = open_handmade(handmade, data).findings
    assert "upgrade" in found.problem
    assert "9.0" in found.problem


@pytest.mark.parametrize(
    "content", [ATTACHED, ATTACHED | {"sha256": "../../x"}, {"$blob": {"sha256": "x"}}, [1]]
)
def test_a_fact_that_cannot_be_read_is_an_error(handmade, content):
    """No path is made of what is no digest."""
    data = handmade.start(**DEAD) + handmade.fact(Kind.ATTACHMENT, content)
    (found,) = open_handmade(handmade, data).findings
    assert "attachment fact" in found.problem


def test_findings_of_one_journal_are_bounded(handmade):
    """Who has a thousand of them does not read them."""
    bad = handmade.fact(Kind.ATTACHMENT, [1]) * 150
    found = open_handmade(handmade, handmade.start(**DEAD) + bad)
    assert len(found.findings) == 101
    assert found.findings[-1].problem == "and 50 more places like these"
