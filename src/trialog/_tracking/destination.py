"""Which run an ``init()`` is about: a new one, one that is there, one that all ranks share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from trialog import _machine, _names
from trialog._format.facts import Start
from trialog._format.folders import RUN_ID, ProjectFolder, StoreFolder, day_of
from trialog._tracking import writers
from trialog._tracking.attempts import (
    Group,
    attached,
    await_beginning,
    continued,
    goes_on_since,
)
from trialog._tracking.earlier import read_starts, read_writers
from trialog._tracking.foreign import RESUME, RESUME_WORDS
from trialog._tracking.launch import Launch, shared_id
from trialog._tracking.presence import claimant, is_claimant_alive
from trialog._tracking.random_names import random_name
from trialog._tracking.sealing import check_unsealed
from trialog._writing import claims
from trialog._writing.folders import make_folder
from trialog.errors import InvalidNameError, NotFoundError, UsageError

VARIABLE = "TRIALOG_RUN"


class Pointers(NamedTuple):
    """What leads to a run that is there, beside the id of the call.

    Attributes:
        resume: the name or id of the run to go on with, or None.
        named: what TRIALOG_RUN says, or None.
        launch: the launch that this process is a part of.
        begun: how many runs this process has begun before, by what they are counted for.
    """

    resume: str | None
    named: str | None
    launch: Launch
    begun: Mapping[str, int]


def check_id(given: object) -> str:
    """An id of the user's; empty for None.

    Raises:
        InvalidNameError: it cannot be one.
    """
    if given is None:
        return ""
    if not isinstance(given, str) or not RUN_ID.fullmatch(given):
        raise InvalidNameError(
            f"the run id {given!r} cannot be one: use up to 128 letters, digits, '.', '_' and '-'"
        )
    return given


def settle(
    store: StoreFolder, wish: Start, pointers: Pointers, now: int
) -> tuple[ProjectFolder, Start]:
    """What the run is: a new one, another writer of one that is there, or a further attempt.

    Args:
        store: where it is, opened for writing.
        wish: what the call says of it; the id, where it gives one.
        pointers: what else leads to it.
        now: nanoseconds since 1970.

    Returns:
        The project's folder, and the first record of this process's journal but for who it is.

    Raises:
        NotFoundError: it is to be there, and is not.
        UsageError: several are meant, or one that is still open.
    """
    if pointers.named is not None:
        project, start = _find_named(store, pointers.named)
    else:
        project = writers.open_project(store, wish, now)
        start = _settled(project, wish, pointers, now)
    if start.kind != wish.kind:
        raise UsageError(
            f"{start.name!r} ({start.run}) is an experiment, not a run: go on with it by "
            f"trialog.Experiment.open({start.name!r})"
            if start.kind == "experiment"
            else f"{start.name!r} ({start.run}) is a run, not an experiment"
        )
    check_unsealed(project, start)
    return project, replace(start, **pointers.launch.ranks._asdict())


def counted_for(wish: Start, pointers: Pointers, start: Start) -> list[str]:
    """What a run that has begun is counted for: ranks that do the same come to the same numbers."""
    if not pointers.launch.key or pointers.named is not None:
        return []
    if wish.run or pointers.resume is not None:
        return [start.run]
    return [f"{wish.namespace}/{wish.project}"]


def _settled(project: ProjectFolder, wish: Start, pointers: Pointers, now: int) -> Start:
    if pointers.resume is not None:
        return _resumed(project, wish, pointers, pointers.resume)
    group, start = None, None
    if wish.run:
        group = _group_of(wish, pointers, wish.run)
        start = continued(project, wish.run, wish.status, group=group)
    elif pointers.launch.key and (shared := _find_shared(project, wish, pointers)):
        wish = replace(wish, run=shared)
        start = attached(read_writers(project.run(shared)))
    if start is None and wish.run and not make_folder(project.run(wish.run)):
        start = await_beginning(project, wish.run)  # another process made it a moment ago
    if start is not None:
        return start
    run_id = wish.run or writers.new_id(now)
    if group is not None:
        claims.claim_attempt(project, run_id, 1, group.mark)
    claim = claims.claim_experiment if wish.kind == "experiment" else claims.claim_name
    name = claim(project, wish.name or random_name(), run_id)
    return replace(wish, run=run_id, name=name, created_ns=now)


def _resumed(project: ProjectFolder, wish: Start, pointers: Pointers, resume: str) -> Start:
    resume = _names.normalise(_names.check_name(resume, "run"))
    run_id = claims.claimed_by(project, resume) or resume
    _check_meaning(project, resume, run_id)
    group = _group_of(wish, pointers, run_id)
    is_id = RUN_ID.fullmatch(run_id) is not None  # a name nobody has may be no id either
    start = continued(project, run_id, wish.status, resume, group) if is_id else None
    if start is None:
        raise NotFoundError(
            f"init(resume={resume!r}): there is no run of that id or name in "
            f"{wish.namespace}/{wish.project}" + (f"; {RESUME}" if resume in RESUME_WORDS else "")
        )
    return start


def _group_of(wish: Start, pointers: Pointers, run_id: str) -> Group | None:
    """The ranks of this launch, as they go on with a run of a chosen id or name."""
    launch = pointers.launch
    if not launch.key:
        return None
    ordinal = pointers.begun.get(run_id, 0)
    mark = shared_id(launch.key, wish.namespace, wish.project, ordinal, 0)
    return Group(mark, _machine.started_ns() if launch.may_repeat else 0)


def _find_shared(project: ProjectFolder, wish: Start, pointers: Pointers) -> str | None:
    """The id of the run that all ranks of the launch share.

    Returns:
        The id; None where another process is this rank of it, and has given us its variables.
    """
    launch = pointers.launch
    ordinal = pointers.begun.get(f"{wish.namespace}/{wish.project}", 0)
    rank = launch.ranks.rank
    assert rank is not None  # noqa: S101 # there is no key without

    def id_of(repetition: int) -> str:
        return shared_id(launch.key, wish.namespace, wish.project, ordinal, repetition)

    run_id = id_of(_count_before(project, rank, id_of) if launch.may_repeat else 0)
    if claims.claim_rank(project, run_id, rank, claimant()):
        return run_id
    holder = claims.rank_claimed_by(project, run_id, rank)
    return (
        None if holder is None or is_claimant_alive(holder) else run_id
    )  # its launcher tries again


def _count_before(project: ProjectFolder, rank: int, id_of: Callable[[int], str]) -> int:
    """How many launches of the same key there have been before this one.

    The run of the latest is another launch's where this rank of it was another process, which has
    gone; where nobody was this rank, if it was over before this process was started.
    """
    # numbers count from 1: the first free one is how many there have been
    taken = claims.first_free(lambda number: not project.run(id_of(number - 1)).exists()) - 1
    if not taken:
        return 0
    latest = id_of(taken - 1)
    holder = claims.rank_claimed_by(project, latest, rank)
    if holder is None:
        writers_of_latest = read_writers(project.run(latest))
        is_ours = goes_on_since(project, latest, writers_of_latest, _machine.started_ns())
    else:
        is_ours = holder == claimant() or is_claimant_alive(holder)
    return taken - 1 if is_ours else taken


def _find_named(store: StoreFolder, named: str) -> tuple[ProjectFolder, Start]:
    """The run that the environment names, and what one more writer says of itself."""
    *owner, run_id = named.split("/")
    if len(owner) not in (0, 2) or not all(RUN_ID.fullmatch(each) for each in (*owner, run_id)):
        raise UsageError(
            f"{VARIABLE}={named!r} means nothing; use namespace/project/id, as run.environ() says, "
            "or a run's id"
        )
    pattern = "/".join(owner) if owner else "*/*"
    folders = sorted(store.namespaces.glob(f"{pattern}/runs/{day_of(run_id)}/{run_id}"))
    found = [
        (ProjectFolder.of_run(folder), start)
        for folder in folders
        if (start := attached(read_writers(folder))) is not None
    ]
    if len(found) > 1:
        places = " and ".join(f"{start.namespace}/{start.project}" for _, start in found)
        raise UsageError(
            f"{VARIABLE}={named!r} is the id of runs in {places}; use namespace/project/id"
        )
    if not found:
        raise NotFoundError(
            f"{VARIABLE}={named!r}: there is no such run in the store {str(store.path)!r}; unset "
            f"{VARIABLE}, or set TRIALOG_HOME to the store that holds it"
        )
    return found[0]


def _check_meaning(project: ProjectFolder, resume: str, run_id: str) -> None:
    """A text that is the name of one run and the id of another means neither.

    Raises:
        UsageError: it is both.
    """
    if run_id != resume and RUN_ID.fullmatch(resume):
        others = read_starts(project.run(resume))
        if others:
            raise UsageError(
                f"init(resume={resume!r}): that is the name of run {run_id} and the id of run "
                f"{others[0].name!r}; give {run_id!r} or {others[0].name!r}"
            )
