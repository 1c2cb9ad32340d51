"""More than anybody needs, and values and names that many a format does not like."""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING

from chaos.stories_of_harm import VALUES, bits
from chaos.stories_of_size import NAMES

if TYPE_CHECKING:
    from chaos.case import Case

MIB = 1 << 20


def log_odd_values(case: Case) -> None:
    """Values are compared bit by bit: each that is not as it was logged counts as lost."""
    case.await_end(case.train("odd_values"))
    if case.tracker == "bare":
        return
    found = case.read_settled(len(VALUES))
    back = {
        int(step): value
        for step, value in found["points"]
        if step is not None and value is not None
    }
    same = [
        step
        for step, value in enumerate(VALUES)
        if step in back and bits(back[step]) == bits(value)
    ]
    case.found = found | {"points": [(step, float(step)) for step in same]}


def log_names(case: Case) -> None:
    """A metric of its own for every point; memory is bounded in writer and reader."""
    names = int(case.amount.of(10_000, 1_000_000))
    run = grown(case, "naming", names=names)
    started = time.monotonic()
    found = sum(name.startswith("unit/") for name in run.metrics)
    if found != names:
        case.faults.append(f"{found:,} of {names:,} names are read")
    if run.points < names:
        case.faults.append(f"{run.points:,} of {names:,} points are read")
    case.notes["seconds to read"] = round(time.monotonic() - started, 1)
    bound(case, 150 * MIB + names * 1_000)


def log_parameter(case: Case) -> None:
    """One parameter of 50 MB comes back as it was."""
    size_bytes = int(case.amount.of(5 * MIB, 50 * MIB))
    run = grown(case, "telling", size_bytes=size_bytes)
    if run.parameters != {"prompt": "é" * (size_bytes // 2)}:
        case.faults.append("the parameter is not as it was logged")
    bound(case, 100 * MIB + 8 * size_bytes)


def log_attachments(case: Case) -> None:
    """Very many attachments are there, each with its bytes."""
    files = int(case.amount.of(300, 100_000))
    run = grown(case, "attaching", files=files)
    found = sum(name.startswith("part/") for name in run.attachments)
    if found != files:
        case.faults.append(f"{found:,} of {files:,} attachments are read")
    for number in range(0, files, files // 50):
        if run.get_attachment(f"part/{number}") != b"%d" % number:
            case.faults.append(f"attachment {number} is not as it was logged")
    bound(case, 150 * MIB + files * 2_000)


def log_unicode(case: Case) -> None:
    """Names come back in the form in which Unicode writes them (NFC), each with its value."""
    import unicodedata

    run = grown(case, "writing_systems")
    names = [unicodedata.normalize("NFC", name) for name in NAMES]
    values = [float(run.metric(name)["value"].iloc[0]) for name in names]
    if values != [float(number) for number in range(len(NAMES))]:
        case.faults.append("a metric's value is another's")
    if sorted(run.parameters) != sorted(names) or not set(names) <= set(run.attachments):
        case.faults.append("names of parameters or attachments are not those that were logged")


def grown(case: Case, story: str, **options: int) -> object:
    """Run a story to its end; return the run."""
    import trialog

    started = time.monotonic()
    case.await_end(case.train(story, **options), 1_200)
    case.notes["seconds to log"] = round(time.monotonic() - started, 1)
    (run,) = trialog.runs(client=trialog.LocalClient(case.store))
    return run


def bound(case: Case, limit_bytes: int) -> None:
    """Memory must not grow beyond what the thing itself takes."""
    peak_bytes = int((case.side / "memory").read_text())
    reader_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    case.notes |= {"writer MB": peak_bytes // MIB, "reader MB": reader_bytes // MIB}
    if peak_bytes > limit_bytes:
        case.faults.append(f"the writer took {peak_bytes // MIB} MB of memory")
