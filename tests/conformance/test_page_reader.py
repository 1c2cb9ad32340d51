"""A reader that was written from docs/reference/journal.md alone reads what the API reads.

It shares no code with trialog: ``struct``, ``json`` and ``zlib`` are all it knows.
"""

from __future__ import annotations

import json
import math
import struct
import time
from pathlib import Path
from zlib import crc32

import trialog

POINT, POINT_AUTO, POINT_WIDE, POINTS, POINTS_AUTO, POINTS_WIDE = range(1, 7)
NAME, TEMPLATE = 16, 17
START, PARAMETERS, VALUE, ATTACHMENT, EDIT, SYNCED, LEAVE, END = 32, 33, 34, 35, 36, 49, 62, 63
FACTS = {*range(32, 44), 48, 49, 62, 63}


def areas(size):
    """The blocks of a file of that size, as (offset, size)."""
    yield 0, min(size, 49152)
    for start, length in ((65536, 131072), (196608, 262144), (458752, 524288)):
        if start < size:
            yield start, min(length, size - start)
    for start in range(983040, size, 1048576):
        yield start, min(1048576, size - start)


def untag(value):
    if isinstance(value, list):
        return [untag(each) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((key, inner),) = value.items()
        if key == "$float":
            return float(inner.replace("Infinity", "inf"))
        if key == "$int":
            return int(inner, 16) if "x" in inner else int(inner)
        if key == "$object":
            value = inner
    return {key: untag(inner) for key, inner in value.items()}


class PageReader:
    """One journal: its points by name, its facts in order; for writers that are gone."""

    def __init__(self, data: bytes, blobs: Path, highest=()) -> None:
        self.points, self.facts, self.damage = {}, [], []
        self.blobs = blobs
        self.highest, self.calls = dict(highest), []
        for self.number, (start, size) in enumerate(areas(len(data))):
            self.block(data[start : start + size])
        if len(data) > 49152:
            self.walk(data[49152:65536], is_closed=False)
        self.number_calls()

    def block(self, data):
        tail = data[-16:]
        if len(tail) == 16:
            magic, used, crc, own = struct.unpack("<4I", tail)
            if magic == 0x4B4C42FF and own == crc32(tail[:12]) and used <= len(data) - 16:
                if crc != crc32(data[:-16]):
                    self.damage.append("block")
                    return
                self.walk(data[:used], is_closed=True)
                return
        self.walk(data, is_closed=False)

    def walk(self, data, *, is_closed):
        names, templates, at = {}, {}, 0
        while at + 4 <= len(data):
            (word,) = struct.unpack_from("<I", data, at)
            kind, n = word & 0xFF, word >> 8
            size = self.size(kind, n, names, templates)
            if size is None or at + size > len(data):
                break
            record = data[at : at + size]
            (commit,) = struct.unpack_from("<I", record, size - 4)
            if commit != (word if kind in (1, 2, 3) else crc32(record[:-4])):
                break
            self.take(kind, n, record, names, templates)
            at += size
        if is_closed:
            assert at == len(data)

    @staticmethod
    def size(kind, n, names, templates):
        if kind in (POINT, POINT_AUTO, POINT_WIDE):
            return (36 if kind == POINT_WIDE else 28) if n in names else None
        if kind in (POINTS, POINTS_AUTO, POINTS_WIDE):
            if n not in templates:
                return None
            m = len(templates[n])
            return 28 + 9 * m + -(24 + 9 * m) % 4 if kind == POINTS_WIDE else 20 + 8 * m
        if kind in FACTS or kind in (NAME, TEMPLATE):
            return 12 + n + -(12 + n) % 4 + 4
        return None

    def take(self, kind, n, record, names, templates):
        if kind in (POINT, POINT_AUTO, POINTS, POINTS_AUTO):
            called = [names[n]] if kind < POINTS else [names[each] for each in templates[n]]
            step, time_ns = struct.unpack_from("<iq", record, 4)
            numbers = struct.unpack_from(f"<{len(called)}d", record, 16)
            self.add(called, numbers, None if kind in (POINT_AUTO, POINTS_AUTO) else step, time_ns)
        elif kind in (POINT_WIDE, POINTS_WIDE):
            called = [names[n]] if kind == POINT_WIDE else [names[each] for each in templates[n]]
            m = len(called)
            flags, step, time_ns = struct.unpack_from("<Iqq", record, 4)
            types = [flags >> 8 & 0xFF] if kind == POINT_WIDE else record[24 + 8 * m : 24 + 9 * m]
            numbers = [
                struct.unpack_from("<" + "dqQ"[type_], record, 24 + 8 * place)[0]
                for place, type_ in enumerate(types)
            ]
            self.add(called, numbers, None if flags & 1 else step, time_ns, continued=flags & 2)
        else:
            (time_ns,) = struct.unpack_from("<q", record, 4)
            payload = record[12 : 12 + n]
            if kind == NAME:
                names[struct.unpack_from("<I", payload)[0]] = payload[4:].decode()
            elif kind == TEMPLATE:
                number, *each = struct.unpack(f"<{n // 4}I", payload)
                templates[number] = each
            elif kind == SYNCED:
                self.facts.append((kind, time_ns, struct.unpack("<Q", payload)[0]))
            else:
                self.fact(kind, time_ns, payload)

    def fact(self, kind, time_ns, payload):
        if payload.startswith(b'{"$blob"') and len(json.loads(payload)) == 1:
            digest = json.loads(payload)["$blob"]["sha256"]
            payload = (self.blobs / "sha256" / digest[:2] / digest).read_bytes()
        content = untag(json.loads(payload)) if payload else None
        if kind == VALUE:
            self.call(
                content["values"],
                content["step"],
                time_ns,
                lambda step: content.update(step=step),
                continued=content["continued"],
            )
        self.facts.append((kind, time_ns, content))

    def add(self, names, numbers, step, time_ns, *, continued=False):
        def keep(step):
            for name, value in zip(names, numbers, strict=True):
                self.points.setdefault(name, []).append((step, time_ns, value))

        self.call(names, step, time_ns, keep, continued=continued)

    def call(self, names, step, time_ns, keep, *, continued):
        first = None
        if continued and step is None:
            first = next(
                (
                    each
                    for each in reversed(self.calls)
                    if each["time_ns"] == time_ns
                    and not each["continued"]
                    and each["number"] >= self.number - 16
                ),
                None,
            )
        if first is not None and first["number"] >= self.number - 1:
            first["whole"] += names
        self.calls.append(
            {
                "names": names, "whole": list(names), "step": step, "time_ns": time_ns,
                "continued": continued, "first": first, "number": self.number, "keep": keep,
            }
        )  # fmt: skip

    def number_calls(self):
        for each in self.calls:
            if each["first"] is not None:
                each["step"] = each["first"]["step"]
            elif each["step"] is None:
                met = [self.highest[name] for name in each["whole"] if name in self.highest]
                each["step"] = max(met) + 1 if met else 0
            for name in each["names"]:
                self.highest[name] = max(each["step"], self.highest.get(name, each["step"]))
            each["keep"](each["step"])

    def of_kind(self, kind):
        return [content for each, _, content in self.facts if each == kind]


def page_reader(store, run):
    (path,) = (store / "namespaces").glob(f"*/*/runs/*/{run.id}/*.journal")
    return PageReader(path.read_bytes(), store / "blobs")


def bits(points):
    return [
        (step, time_ns, value if isinstance(value, int) else struct.pack("<d", value))
        for step, time_ns, value in points
    ]


def by_api(run, name):
    frame = run.metric(name)
    times = frame["time"].astype("int64").tolist()
    return list(zip(frame["step"].tolist(), times, frame["value"].tolist(), strict=True))


def log_everything(run, tmp_path):
    run.log("loss", 0.5)
    run.log("loss", math.nan, step=-3)
    run.log("loss", -0.0)
    run.log({"loss": 0.25, "val/acc": True}, step=10)
    run.log({"loss": 0.125, "val/acc": 0.75})
    run.log("tokens", 2**53 + 1)
    run.log("tokens", 2**64 - 1, step=2**40)
    run.log({"loss": -math.inf, "tokens": -(2**60)}, step=-(2**62))
    run.log({f"layer/{i}": i / 7 for i in range(1500)})
    run.log({"loss": 1.0, "note": "warm", "shape": [1, {"$float": "x"}]})
    run.log("note", "hot", step=1000)
    run.log({"loss": 2.0, "note": "cold"})
    run.log("huge", 2**70)
    run.log("long", "x" * 20_000)
    run.log_parameters(
        {"lr": 1e-3, "big": 2**80, "nan": math.nan, "model": {"depth": 3}, "n": None}
    )
    run.log_parameter("$float", "a name like a tag")
    run.log_parameter("lr", 2e-3)
    run.add_tags("two", "three")
    run.set_description("y" * 20_000)
    run.log_json("confusion", {"cat": [1, 2]}, step=4)
    path = tmp_path / "weights.bin"
    path.write_bytes(bytes(range(256)))
    run.log_file("weights", path)
    run.log_value("text", "hello")


def test_a_reader_written_from_the_page_reads_what_the_api_reads(store, tmp_path):
    """Points with their bits and steps, JSON values, parameters, attachments, edits and the end."""
    with trialog.init("acme", "demo", name="all", tags=["one"], description="first") as run:
        log_everything(run, tmp_path)
        run.finish("FAILED", reason="infeasible")
    found, kept = page_reader(store, run), trialog.get_run(run.id)
    assert sorted(found.points) == kept.metrics
    for name in ["loss", "val/acc", "tokens", "layer/0", "layer/698", "layer/699", "layer/1499"]:
        assert bits(found.points[name]) == bits(by_api(kept, name)), name
    parameters = {}
    for each in found.of_kind(PARAMETERS):
        parameters |= each
    assert math.isnan(parameters.pop("nan"))
    assert parameters == {key: value for key, value in kept.parameters.items() if key != "nan"}
    spoken = [
        (name, each["step"], value)
        for each in found.of_kind(VALUE)
        for name, value in each["values"].items()
    ]
    order = ("note", "shape", "huge", "long")
    assert sorted(spoken, key=lambda each: order.index(each[0])) == [
        (name, moment.step, moment.value) for name in order for moment in kept.values(name)
    ]
    for each in found.of_kind(ATTACHMENT):
        info = kept.attachments[each["name"]]
        assert {key: getattr(info, key) for key in each} == each
        data = (store / "blobs/sha256" / each["sha256"][:2] / each["sha256"]).read_bytes()
        assert data == kept.get_attachment(each["name"])
    (start,) = found.of_kind(START)
    assert (start["name"], start["run"], start["role"]) == ("all", run.id, "run")
    assert start["tags"] + found.of_kind(EDIT)[0]["add_tags"] == list(kept.tags)
    assert found.of_kind(EDIT)[1]["description"] == kept.description
    assert found.of_kind(END)[-1]["status"] == kept.status.value
    assert found.of_kind(END)[-1]["reason"] == kept.reason
    assert found.facts[0][0] == START
    assert found.facts[-1][0] == LEAVE


def test_a_reader_written_from_the_page_reads_many_blocks(store):
    """Definitions anew in each block."""
    with trialog.init("acme", "demo") as run:
        for step in range(40_000):
            run.log("loss", step / 3, step=step)
            if not step % 100:
                run.log({"a": 1.0, "b": float(step)}, step=step)
    found, kept = page_reader(store, run), trialog.get_run(run.id)
    for name in ("loss", "a", "b"):
        assert bits(found.points[name]) == bits(by_api(kept, name))
    assert len(found.points["loss"]) == 40_000
    assert not found.damage


def test_a_reader_written_from_the_page_reads_a_killed_writer(store, script):
    """A torn tail, reserved space behind it, and no end: every point is there."""
    script(
        """
        import os, signal, trialog
        run = trialog.init("acme", "demo", id="killed")
        for step in range(5_000):
            run.log("loss", step / 3)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    kept = trialog.get_run("killed")
    found = page_reader(store, kept)
    assert bits(found.points["loss"]) == bits(by_api(kept, "loss"))
    assert len(found.points["loss"]) == 5_000
    assert not found.of_kind(END)
    assert (kept.status, kept.reason) == (trialog.RunStatus.FAILED, "killed")


def test_a_reader_written_from_the_page_finds_a_damaged_block(store):
    """One flipped bit in a closed block costs that block, and it is said."""
    with trialog.init("acme", "demo") as run:
        for step in range(5_000):
            run.log("loss", step / 3, step=step)
    (path,) = (store / "namespaces").glob(f"*/*/runs/*/{run.id}/*.journal")
    data = bytearray(path.read_bytes())
    data[1000] ^= 4
    found = PageReader(bytes(data), store / "blobs")
    assert found.damage == ["block"]
    assert [step for step, _, _ in found.points["loss"]][-1] == 4_999
    assert 0 < len(found.points["loss"]) < 5_000


def test_synced_marks_point_before_themselves(store):
    """What a mark vouches for was written before it."""
    with trialog.init("acme", "demo") as run:
        run.log("loss", 0.5)
        (path,) = (store / "namespaces").glob(f"*/*/runs/*/{run.id}/*.journal")
        marks = []
        while not marks:
            time.sleep(0.02)
            marks = PageReader(path.read_bytes(), store / "blobs").of_kind(SYNCED)
    data = path.read_bytes()
    assert 0 < marks[0] <= data.index(struct.pack("<I", 8 << 8 | SYNCED))


def test_a_reader_written_from_the_page_goes_on_numbering_after_a_resume(store):
    """A later attempt begins with the highest steps of the earlier ones."""
    with trialog.init("acme", "demo", name="r") as first:
        first.log("loss", 0.5, step=7)
    with trialog.init("acme", "demo", resume="r") as second:
        second.log("loss", 0.4)
    readers, highest = [], {}
    for path in sorted((store / "namespaces").glob(f"*/*/runs/*/{first.id}/*.journal")):
        readers.append(PageReader(path.read_bytes(), store / "blobs", highest))
        highest |= readers[-1].highest
    assert [each.of_kind(START)[0]["attempt"] for each in readers] == [1, 2]
    points = [point for each in readers for point in each.points["loss"]]
    assert bits(points) == bits(by_api(trialog.get_run("r"), "loss"))
    assert [step for step, _, _ in points] == [7, 8]


def counting(readers, name):
    """The points of a metric that count, in order; a run's journals in the order of their names."""
    lowest = {}
    for each in readers:
        (start,) = each.of_kind(START)
        if start["role"] in ("run", "attach", "fork"):
            for step, _, _ in each.points.get(name, ()):
                lowest.setdefault(start["attempt"], []).append(step)
    placed = []
    for number, each in enumerate(readers):
        (start,) = each.of_kind(START)
        latest_ns = 0
        for point in each.points.get(name, ()):
            later = [min(lowest[attempt]) for attempt in lowest if attempt > start["attempt"]]
            if start["role"] != "witness" and any(step <= point[0] for step in later):
                continue
            latest_ns = max(latest_ns, point[1])
            placed.append((latest_ns, number, point))
    return [point for *_, point in sorted(placed, key=lambda each: each[:2])]


def test_a_reader_written_from_the_page_sees_which_points_count(store, script):
    """Of three attempts, the second of them with two processes, the third from a checkpoint."""
    with trialog.init("acme", "demo", id="long") as run:
        for step in range(10):
            run.log({"loss": 1.0, "acc": 0.5}, step)
        run.log("once", 1.0, 3)
    with trialog.init("acme", "demo", id="long") as run:
        run.log("loss", 2.0, 8)
        script(
            """
            import trialog
            with trialog.init("acme", "demo", id="long") as run:
                run.log("loss", 2.5, 6)
                run.log("acc", 2.5)
            """
        )
        run.log("loss", 2.0)
    with trialog.init("acme", "demo", id="long") as run:
        run.log("loss", 3.0, 7)
        run.log("loss", 3.0, 20)
    readers, highest = [], {}
    paths = sorted((store / "namespaces").glob("*/*/runs/*/long/*.journal"))
    assert len(paths) == 4
    before = [{}, {}]
    for path in paths:
        data = path.read_bytes()
        attempt = PageReader(data, store / "blobs").of_kind(START)[0]["attempt"]
        while len(before) <= attempt:
            before.append(dict(highest))
        readers.append(PageReader(data, store / "blobs", before[attempt]))
        for name, step in readers[-1].highest.items():
            highest[name] = max(step, highest.get(name, step))
    kept = trialog.get_run("long")
    for name in ("loss", "acc", "once"):
        assert bits(counting(readers, name)) == bits(by_api(kept, name)), name
    assert [step for step, _, _ in counting(readers, "loss")] == [0, 1, 2, 3, 4, 5, 6, 7, 20]
    assert [step for step, _, _ in counting(readers, "acc")] == list(range(11))


def test_last_words_count_and_come_last(store, script):
    """An end that found no room elsewhere stands there, and ends the run."""
    script(
        """
        import os, signal, trialog
        run = trialog.init("acme", "demo", id="full")
        run.log("loss", 0.5)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    (path,) = (store / "namespaces").glob("*/*/runs/*/full/*.journal")
    payload = b'{"status": "FAILED", "reason": "no room", "missing": 3}'
    record = struct.pack("<Iq", len(payload) << 8 | END, time.time_ns()) + payload
    record += bytes(-len(record) % 4)
    record += struct.pack("<I", crc32(record))
    with path.open("r+b") as file:
        file.seek(49152)
        file.write(record)
    found, kept = PageReader(path.read_bytes(), store / "blobs"), trialog.get_run("full")
    assert found.facts[-1][0] == END
    assert found.of_kind(END) == [json.loads(payload)]
    assert (kept.status, kept.reason) == (trialog.RunStatus.FAILED, "no room")
    assert (kept.missing, kept.metrics) == (3, ["loss"])
