"""Disks that fill up, fail, cannot be mapped, or change bytes by themselves."""

from __future__ import annotations

import shutil
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chaos import surroundings

if TYPE_CHECKING:
    from chaos.case import Case

SMALL = partial(surroundings.small_disk, mebibytes=3)
LARGER = partial(surroundings.small_disk, mebibytes=64)  # a peer's empty store needs more than 3
BATCH_S = 0.05
SLACK_S = 0.1  # a busy machine may let a thread wait


def fill_disk(case: Case, *, freed: bool = False) -> None:
    """Somebody takes all space in the middle of a loop."""
    case.await_end(case.train("crowded", freed=freed))
    (case.store.parent / "ballast").unlink(missing_ok=True)


def fail_disk(case: Case) -> None:
    """The disk can only be read any more, in the middle of a loop."""
    script = case.train("plain", steps=20_000, burst=20, limit_s=15)
    case.await_mark(script)
    time.sleep(0.8)
    surroundings.break_disk(case.store)
    case.await_end(script)


def kill_appending(case: Case) -> None:
    """Where records wait up to 50 ms in memory, a kill costs at most those."""
    oldest_s = 0.0
    times, young = int(case.amount.of(3, 20)), set()
    for writer in range(times):
        script = case.train("endless", writer, pace_s=0.0005)
        case.await_mark(script)
        time.sleep(0.2 + case.random.uniform(0, 0.2))
        killed_ns = time.monotonic_ns()
        script.kill()
        case.await_end(script)
        kept = {value for _, value in case.read()["points"]}
        lost = {value: at for value, at in case.acknowledged().items() if value not in kept}
        oldest_s = max(
            [oldest_s, *((killed_ns - lost[value]) / 1e9 for value in lost.keys() - young)]
        )
        young |= lost.keys()
    case.young = young
    case.notes["oldest lost point, ms"] = round(oldest_s * 1e3)
    if oldest_s > BATCH_S + SLACK_S:
        case.faults.append(f"a point was lost {oldest_s * 1e3:.0f} ms after it was logged")


def rot(case: Case) -> None:
    """Change a bit of a file, or remove the file; the doctor must find what matters."""
    for writer in range(3):
        case.await_end(case.train("plain", writer, steps=3_000, pace_s=0.0))
    case.await_end(case.train("attaching", 3, files=8))
    case.await_helpers()  # the truth holds what they have to say
    from trialog._reading.catalogs import catalog_of, close_catalogs

    catalog = catalog_of(case.store)
    truth = sound(case.store)
    catalog.compact([record.key for record in records(case.store)[:2]])
    close_catalogs()
    files = [
        path for path in sorted(case.store.rglob("*")) if path.is_file() and path.stat().st_size
    ]
    found = 0
    if findings := catalog_of(case.store).verify().findings:
        case.faults.append(f"the doctor finds {findings[0]} in a sound store")
    close_catalogs()
    times = int(case.amount.of(12, 200))
    for number in range(times):
        copy = case.scratch / f"rotten-{number}"
        shutil.copytree(case.store, copy)
        path = copy / files[number % len(files)].relative_to(case.store)
        what = damage(path, case.random, is_removed=number % 5 == 4)
        found += look(case, copy, f"{path.relative_to(copy)} {what}", truth)
        close_catalogs()
        shutil.rmtree(copy)
    case.notes |= {"damages": times, "found by the doctor": found}


def damage(path: Path, random: object, *, is_removed: bool) -> str:
    """Do it, and say what."""
    if is_removed:
        path.unlink()
        return "removed"
    data = bytearray(path.read_bytes())
    position = random.randrange(len(data))
    data[position] ^= 1 << random.randrange(8)
    path.write_bytes(data)
    return f"changed at byte {position}"


def look(case: Case, copy: Path, what: str, truth: tuple[dict, dict]) -> bool:
    """Check one damaged store; return whether the doctor found something."""
    from trialog._reading.catalogs import catalog_of
    from trialog.errors import TrialogError

    findings = catalog_of(copy).verify().findings
    try:
        points, files = sound(copy)
    except TrialogError as error:
        points, files = {}, {}
        if not findings:
            case.faults.append(f"{what}: the doctor finds nothing, reading says {error}")
    except Exception as error:  # noqa: BLE001 # whatever it is, it is the fault
        case.faults.append(f"{what}: reading ends with {error!r}")
        return bool(findings)
    if not is_part(points, truth[0]) or not files.items() <= truth[1].items():
        case.faults.append(f"{what}: something is read that was never logged")
    if not findings and (points, files) != truth:
        case.faults.append(f"{what}: the doctor finds nothing, and something is missing")
    if "catalog.db" in what or "segments/" in what:
        catalog_of(copy).rebuild()
        if sound(copy) != truth:
            case.faults.append(f"{what}: a rebuild does not bring everything back")
    return bool(findings)


def is_part(points: dict, truth: dict) -> bool:
    """Say whether the points of each run are some of those that were logged, in order."""
    for run, series in points.items():
        rest = iter(truth.get(run, ()))
        if not all(point in rest for point in series):
            return False
    return True


def records(store: Path) -> list:
    """Return what the catalog has of the runs."""
    import trialog

    return trialog.runs(client=trialog.LocalClient(store))._records  # noqa: SLF001


def sound(store: Path) -> tuple[dict, dict]:
    """Return all points and attachments of a store, those that can be read."""
    import trialog
    from trialog.errors import IntegrityError

    points, files = {}, {}
    for run in trialog.runs(client=trialog.LocalClient(store)):
        if "loss" in run.metrics:
            frame = run.metric("loss")
            points[run.id] = list(zip(frame["step"], frame["value"], strict=True))
        for name in run.attachments:
            try:
                files[run.id, name] = run.get_attachment(name)
            except IntegrityError:
                continue
    return points, files
