"""From what `experiments.py` has measured to figures with goals."""

from __future__ import annotations

from dataclasses import replace

from report import Figure

OURS, THEIRS = "trialog, capture off", "ommx, default"


def figures(found: dict) -> list[Figure]:
    """Return the figures of the sections that were measured."""
    return [
        *_of_record(found.get("record")),
        *_of_series(found.get("series")),
        *_of_tables(found.get("tables")),
        *_of_seal(found.get("seal")),
        *_of_harms(found.get("harms")),
        *_of_registry(found.get("registry")),
    ]


def left(harm: dict, after: dict) -> str:
    """Say what is there after a harm."""
    if (after["runs"], after["values"]) == (harm["runs"], harm["values"]):
        words = "everything"
    elif not after["values"]:
        words = "nothing"
    else:
        words = counted(after)
    return f"{words}; the script got an error" if after["raised"] else words


def counted(there: dict) -> str:
    """Say how many runs and values there are."""
    return f"{there['runs']} run{'s' * (there['runs'] != 1)}, {there['values']} values"


def _of_record(record: dict | None) -> list[Figure]:
    if not record:
        return []
    of, runs = record["of"], f"{record['runs']:,} runs × 5 parameters"
    theirs = of.get(THEIRS, {})
    rows = []
    for key, what in (("wall_s", "wall"), ("cpu_s", "cpu")):
        for name in (OURS, "trialog, capture on"):
            mine, reference = of[name][key], theirs.get(key)
            figure = Figure(
                f"{runs}, {what}, {name.partition(', ')[2]}", mine, "s", THEIRS, reference, "", None
            )
            if name == OURS and key == "wall_s" and reference:
                figure = replace(figure, goal="≤ 1/10 of OMMX's", is_met=mine <= reference / 10)
            rows.append(figure)
    return rows


def _of_series(series: dict | None) -> list[Figure]:
    if not series:
        return []
    rows, theirs = [], series.get("ommx", {})
    mine = {int(runs): count / 1e6 for runs, count in series["trialog"].items()}
    fewest = min(mine)
    for runs, megabytes in mine.items():
        is_linear = megabytes / runs <= 1.1 * mine[fewest] / fewest
        reference = theirs.get(str(runs))
        rows.append(
            Figure(
                f"{runs:,} runs × 5 parameters, on the disk", megabytes, "MB", THEIRS,
                None if reference is None else reference / 1e6, "linear in runs", is_linear,
            )
        )  # fmt: skip
    return rows


def _of_tables(tables: dict | None) -> list[Figure]:
    if not tables:
        return []
    mine, theirs = tables["of"]["trialog"], tables["of"].get("ommx", {})
    what = f"run_parameters_df() of {tables['runs']:,} runs"
    is_met = mine["warm_s"] <= theirs["warm_s"] if theirs else None
    return [
        _figure(f"{what}, warm", mine, theirs, "warm_s", "≤ OMMX's", is_met),
        _figure(f"{what}, the first of the process that recorded", mine, theirs, "first_s"),
    ]


def _of_seal(seal: dict | None) -> list[Figure]:
    if not seal:
        return []
    mine, theirs = seal["of"]["trialog"], seal["of"].get("ommx", {})
    what = f"{seal['runs']:,} runs with {seal['runs']:,} attachments"
    return [
        _figure(f"commit of {what}", mine, theirs, "commit_s", "≤ 0.5 s", mine["commit_s"] <= 0.5),
        _figure("what the first commit of a process loads besides", mine, {}, "libraries_s"),
        _figure(f"load and table of {what}, another process", mine, theirs, "load_s"),
    ]


def _figure(
    what: str,
    mine: dict,
    theirs: dict,
    key: str,
    goal: str = "",
    is_met: bool | None = None,
    *,
    beside: str = "ommx",
) -> Figure:
    """A time in milliseconds, beside that of a peer where it was measured."""
    reference = theirs[key] * 1e3 if theirs else None
    return Figure(what, mine[key] * 1e3, "ms", beside if theirs else "", reference, goal, is_met)


def _of_harms(harms: dict | None) -> list[Figure]:
    if not harms:
        return []

    def lost(name: str) -> int | None:
        if any(name not in each["of"] for each in harms.values()):
            return None
        return sum(each["values"] - each["of"][name]["values"] for each in harms.values())

    mine = lost(OURS) or 0
    what = f"values lost in {len(harms)} harms"
    return [Figure(what, mine, "", THEIRS, lost(THEIRS), "0", mine == 0)]


def _of_registry(registry: dict | None) -> list[Figure]:
    if not registry:
        return []
    of, megabytes = registry["of"], registry["bytes"] / 1e6
    mine, rows = of["trialog"], []
    what = f"{megabytes:,.0f} MB in {registry['layers']} layers"
    for done, client, key, beside in (
        ("push", "copy", "push_s", "copy"),
        ("push", "oras", "push_s", "oras"),
        ("pull", "copy", "pull_s", "copy, synced as ours"),
        ("pull", "oras", "pull_s", "oras, not synced"),
        ("pull", "copy", "unsynced_pull_s", "copy, not synced"),
    ):
        if client in of:
            speeds = megabytes / mine[f"{done}_s"], megabytes / of[client][key]
            goal, is_met = "≥ 80 %", speeds[0] >= 0.8 * speeds[1]
            if key == "unsynced_pull_s":
                goal, is_met = "", None
            rows.append(
                Figure(f"{done} of {what}", speeds[0], "MB/s", beside, speeds[1], goal, is_met)
            )
    rows.append(_figure("second push", mine, of.get("oras", {}), "again_s", beside="oras"))
    is_small = mine["again_bytes"] <= 1_000 * registry["layers"] + 10_000
    rows += [
        Figure("second push, requests", mine["again_requests"], "", "", None, "", None),
        Figure(
            "second push, bytes sent", mine["again_bytes"], "", "", None, "the manifest", is_small
        ),
    ]
    return rows
