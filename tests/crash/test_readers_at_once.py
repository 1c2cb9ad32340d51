"""Many readers, writers and compactors at once; caches that vanish; processes that are killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import trialog
from trialog._reading.catalogs import catalog_of, close_catalogs


def start(source, *arguments, **options):
    """A process of its own that runs a piece of Python."""
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(source), *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **options)


def check_ended_well(processes, timeout_s=90):
    for process in processes:
        _, errors = process.communicate(timeout=timeout_s)
        assert process.returncode == 0, errors


def log_runs(count, points=20):
    for number in range(count):
        with trialog.init("acme", "demo", name=f"r{number}", parameters={"n": number}) as run:
            for step in range(points):
                run.log("loss", step / 3, step)


def all_keys():
    return [record.key for record in trialog.runs()._records]


WRITER = """
    import trialog
    for number in range(12):
        with trialog.init("acme", "demo", parameters={"n": number}) as run:
            for step in range(300):
                run.log("loss", step / 3, step)
"""
READER = """
    import sys, time, trialog
    end, before = time.monotonic() + 4, 0
    while time.monotonic() < end:
        runs = trialog.runs()
        assert len(runs) >= before, (len(runs), before)
        before = len(runs)
        frame = runs.comparison_df()
        assert list(frame.index) == runs.ids
        if "count(loss)" in runs.summary_df():
            for run, points in runs.metrics_df("loss").groupby("id"):
                assert points["value"].tolist() == [step / 3 for step in range(len(points))]
"""


def test_sixteen_readers_beside_writers_agree():
    """All refresh one catalog while it is written to: none fails, none sees a run twice or torn."""
    writers = [start(WRITER) for _ in range(2)]
    readers = [start(READER) for _ in range(16)]
    check_ended_well([*writers, *readers])
    runs = trialog.runs()
    assert len(runs) == len(set(runs.ids)) == 24
    summary = runs.summary_df()
    assert (summary["count(loss)"] == 300).all()
    assert catalog_of(runs._catalog.store.path).verify().findings == ()


COMPACTOR = """
    import sys, trialog
    from trialog._reading.catalogs import catalog_of
    runs = trialog.runs()
    sealed = runs._catalog.compact([record.key for record in runs._records])
    print(sealed.points, flush=True)
"""


def test_compactors_at_once_do_the_work_once(store):
    """One compacts, the others wait and find it done."""
    log_runs(40)
    processes = [start(COMPACTOR, stdout=subprocess.PIPE) for _ in range(3)]
    points = []
    for process in processes:
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        points.append(int(output))
    assert sorted(points) == [0, 0, 800]
    assert len(list(store.glob("segments/*.parquet"))) == 1
    assert len(trialog.runs().metrics_df("loss")) == 800


def test_caches_may_vanish_under_a_reader(store):
    """Whatever is deleted while somebody asks, every answer is whole."""
    log_runs(10)
    trialog.runs().metrics_df("loss")
    catalog_of(store).compact(all_keys())
    wrong = []
    is_over = threading.Event()

    def ask():
        while not is_over.is_set():
            frame = trialog.runs().metrics_df("loss")
            if len(frame) != 200 or len(trialog.runs().comparison_df()) != 10:
                wrong.append(len(frame))

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(24):
        time.sleep(0.1)
        for path in store.glob("catalog.db*"):
            path.unlink(missing_ok=True)
        if turn % 3 == 0:
            shutil.rmtree(store / "segments", ignore_errors=True)
        elif turn % 3 == 1:
            catalog_of(store).compact(all_keys())
    is_over.set()
    for reader in readers:
        reader.join(timeout=30)
    assert wrong == []


SLOW_COMPACTOR = """
    import os, sys, time, trialog
    from trialog._catalog import segments
    real = segments.SegmentWriter.add
    def slow(*arguments):
        print("adding", flush=True)
        time.sleep(0.02)
        real(*arguments)
    segments.SegmentWriter.add = slow
    runs = trialog.runs()
    runs._catalog.compact([record.key for record in runs._records])
"""


@pytest.mark.parametrize("runs_written", [1, 5, 20])
def test_a_killed_compactor_leaves_nothing_wrong(store, runs_written):
    """Its half segment is never read, and the next compaction removes it and does the work."""
    log_runs(20)
    process = start(SLOW_COMPACTOR, stdout=subprocess.PIPE)
    for _ in range(runs_written):
        assert process.stdout.readline() == "adding\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stderr.close()
    assert len(list(store.glob("segments/.*.tmp"))) == 1
    assert len(trialog.runs().metrics_df("loss")) == 400
    assert catalog_of(store).compact(all_keys()).points == 400
    assert list(store.glob("segments/.*.tmp")) == []
    assert len(trialog.runs().metrics_df("loss")) == 400
    assert catalog_of(store).verify().findings == ()


LIVE_WRITER = """
    import sys, time, trialog
    with trialog.init("acme", "demo", name="live") as run:
        for line in sys.stdin:
            run.log("loss", float(line))
            print("logged", flush=True)
"""


def test_a_point_of_another_process_is_seen_within_a_second():
    """Reading needs no help of the writer, and a series grows point by point."""
    process = start(LIVE_WRITER, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for number in range(20):
        process.stdin.write(f"{number}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "logged\n"
        logged = time.monotonic()
        frame = trialog.get_run("live").metric("loss")
        while len(frame) < number + 1:
            assert time.monotonic() - logged < 1
            frame = trialog.get_run("live").metric("loss")
        assert frame["value"].tolist() == list(range(number + 1))
        assert trialog.get_run("live").status is trialog.RunStatus.RUNNING
    process.stdin.close()
    assert process.stdout.read() == ""
    process.stdout.close()
    process.stderr.close()
    assert process.wait(timeout=30) == 0
    assert trialog.get_run("live").status is trialog.RunStatus.COMPLETED


OVERLAID = """
    import ctypes, os, struct, trialog

    if os.geteuid() == 0:  # a root that may do no more than files allow
        header, nothing = struct.pack("Ii", 0x20080522, 0), bytes(24)
        assert ctypes.CDLL(None).capset(header, nothing) == 0
    home = os.environ["TRIALOG_HOME"]
    assert not os.access(home, os.W_OK)
    runs = trialog.runs()
    assert len(runs.metrics_df("loss")) == 1400, len(runs.metrics_df("loss"))
    assert len(trialog.runs().comparison_df()) == 70
    try:
        trialog.get_run("r3").add_tags("no")
    except OSError as error:
        assert home in str(error), error
    else:
        raise AssertionError("it could be written")
"""


@pytest.fixture
def read_only_store(store):
    """A store that nobody may write, without caches."""
    log_runs(70)
    close_catalogs()
    for cache in [*store.glob("catalog.db*"), *store.glob(".*.lock")]:
        cache.unlink()
    folders = [store, *(path for path in store.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    yield store
    for folder in folders:
        folder.chmod(0o755)


def test_a_store_that_may_not_be_written_is_overlaid(read_only_store, tmp_path):
    """Catalog and segments go to the user's cache folder, named by the store's id."""
    environ = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    for _ in range(2):
        check_ended_well([start(OVERLAID, env=environ)])
    (overlay,) = (tmp_path / "trialog").iterdir()
    assert overlay.name in (read_only_store / "store.json").read_text()
    assert (overlay / "catalog.db").exists()
    assert len(list(overlay.glob("segments/*.parquet"))) == 1
    assert not (read_only_store / "catalog.db").exists()
    assert not (read_only_store / "segments").exists()
