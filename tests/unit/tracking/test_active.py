"""Which run is the active one: per context, else the only open one, never a guess."""

from __future__ import annotations

import asyncio
import contextvars
import threading

import pytest

import trialog
from trialog import errors
from trialog._tracking import active


def start(name):
    return trialog.init("acme", "demo", name=name, supersede=False)


def in_thread(function):
    """What a function gives in a thread of its own, which has an empty context."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


@pytest.fixture
def two():
    """Two open runs that were never entered."""
    runs = start("one"), start("two")
    yield runs
    for run in runs:
        run.finish()


def test_the_innermost_block_is_active():
    """Leaving it gives the outer one back; leaving all gives none."""
    with start("outer") as outer:
        assert trialog.get_active_run() is outer
        with start("inner") as inner:
            assert trialog.get_active_run() is inner
        assert trialog.get_active_run() is outer
    with pytest.raises(errors.NoActiveRunError, match="No active run is set"):
        trialog.get_active_run()


def test_a_run_that_has_ended_is_passed_over():
    """Inside its block, too: what comes after goes to the outer run."""
    with start("outer") as outer, start("inner") as inner:
        inner.finish()
        assert trialog.get_active_run() is outer


def test_the_run_started_last_is_active_where_it_was_started(two):
    """Nobody has to enter it."""
    assert trialog.get_active_run() is two[1]
    two[1].finish()
    assert trialog.get_active_run() is two[0]


def test_a_context_that_never_saw_a_run_takes_the_only_open_one(two):
    """With several open it names them, rather than choose."""

    def ask():
        try:
            return trialog.get_active_run()
        except errors.NoActiveRunError as error:
            return str(error)

    assert "2 runs are open and none was entered here: 'one', 'two'" in in_thread(ask)
    two[0].finish()
    assert in_thread(ask) is two[1]
    two[1].finish()
    assert "No active run is set" in in_thread(ask)


def test_finishing_one_run_never_clears_another(two):
    """Whichever ends first."""
    with two[0], two[1]:
        two[0].finish()
        assert trialog.get_active_run() is two[1]


def test_what_is_entered_in_another_context_stays_there(two):
    """A copy of the context has its own active run."""
    elsewhere = contextvars.copy_context()
    elsewhere.run(two[0].__enter__)
    assert elsewhere.run(trialog.get_active_run) is two[0]
    assert trialog.get_active_run() is two[1]
    elsewhere.run(two[0].__exit__, None, None, None)


def test_a_block_may_be_left_in_another_context_than_it_was_entered(two):
    """As generators and pytest fixtures do: only that run goes, the others stay."""
    token = contextvars.copy_context().run(active.push, two[0])
    assert trialog.get_active_run() is two[1]
    active.pop(two[0], token)
    assert trialog.get_active_run() is two[1]


def test_open_runs_are_listed_oldest_first(two):
    """All that this process has open, wherever they were started."""
    third = in_thread(lambda: start("three"))
    assert active.session.open_runs() == [*two, third]
    assert [run for run, _ in active.session.open_pairs()] == active.session.open_runs()
    two[0].finish()
    assert active.session.open_runs() == [two[1], third]
    third.finish()
    assert len(active.session.lifecycles()) == 1


def test_a_place_is_a_thread_and_in_asyncio_a_task():
    """All cells of a notebook are one place, though each runs in a task of its own."""

    async def here(*, is_notebook):
        return active.this_place(is_notebook=is_notebook)

    async def count(*, is_notebook):
        """How many places three tasks that live, and this thread without one, are."""
        tasks = [asyncio.create_task(here(is_notebook=is_notebook)) for _ in range(3)]
        return len({plain, *await asyncio.gather(*tasks)})

    plain = active.this_place(is_notebook=False)
    assert plain == active.this_place(is_notebook=False) == active.this_place(is_notebook=True)
    assert in_thread(lambda: active.this_place(is_notebook=False)).thread != plain.thread
    assert asyncio.run(count(is_notebook=False)) == 4
    assert asyncio.run(count(is_notebook=True)) == 1
