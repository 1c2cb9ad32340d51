"""News of the store, as they are looked for and as they are sent."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import trialog
from trialog._reading import catalog_of
from trialog._server.events import Events
from trialog._server.pulse import Look
from trialog._server.shapes import News, RunNews


@pytest.fixture
def look(store: Path) -> Look:
    """Has looked once, at a store with one run that goes on and one that has ended."""
    with trialog.init("acme/vision", name="ended"):
        trialog.log("loss", 0.5)
    found = Look(catalog_of(store))
    assert found.take() == []
    return found


def test_nothing_is_told_while_nothing_happens(look):
    """Looking again finds nothing."""
    assert look.take() == []


def test_a_run_begins_logs_and_ends(look):
    """Each look tells what is new since the one before, with the metrics that have more points."""
    with trialog.init("acme/vision", name="under-way") as run:
        trialog.log({"loss": 1.0, "acc": 0.1}, step=7)
        [news] = look.take()
        assert news.project == "acme/vision"
        assert [(each.id, each.points, each.is_new) for each in news.runs] == [(run.id, 2, True)]
        assert news.metrics == {"loss": 7, "acc": 7}
        trialog.log("loss", 0.9, step=9)
        [news] = look.take()
        assert news.metrics == {"loss": 9}
        assert not news.runs[0].is_new
    [news] = look.take()
    assert news.runs[0].has_ended
    assert look.take() == []


def test_other_changes_are_told(look, store):
    """A tag of an ended run changes its project."""
    look._projects_due_s = 0.0
    trialog.runs("acme/vision")[0].add_tags("good")
    assert [each.is_other for each in look.take()] == [True]


def read_stream(events: Events, news: list[News], project: str | None) -> list[bytes]:
    """What a listener of a project is sent of some news that come at once."""

    async def read() -> list[bytes]:
        pulse = events._pulse
        stream = events._stream(project)
        found = [await anext(stream)]
        queue = next(iter(pulse._listeners))
        while not queue.empty():
            queue.get_nowait()
        for each in [*news, None]:
            queue.put_nowait(each)
        found += [part async for part in stream]
        assert not pulse._listeners
        if pulse._task is not None:
            await pulse._task
        return found

    return asyncio.run(read())


def test_a_listener_gets_the_news_of_its_project(store):
    """Others are left out; what waits for a slow reader comes as one."""
    events = Events(catalog_of(store), lambda: False)
    news = [
        News(project="a/a", runs=[RunNews(id="1", points=1, is_new=True, has_ended=False)]),
        News(project="b/b", is_other=True),
        News(project="a/a", runs=[RunNews(id="1", points=2, is_new=False, has_ended=False)]),
    ]
    greeting, event = read_stream(events, news, "a/a")
    assert greeting.startswith(b":")
    head, data, *_ = event.decode().split("\n")
    assert head == "event: change"
    assert '"points":2,"is_new":true' in data
    assert len(read_stream(events, news, None)) == 4


def test_listeners_are_let_go_when_looking_fails(store, monkeypatch):
    """Whatever goes wrong, a stream ends rather than tell nothing for ever."""
    catalog = catalog_of(store)

    def fail() -> None:
        raise MemoryError

    async def listen() -> list[bytes]:
        events = Events(catalog, lambda: False)
        found = [part async for part in events._stream(None)]
        with pytest.raises(MemoryError):
            await events._pulse._task
        return found

    monkeypatch.setattr(catalog, "refresh", fail)
    assert asyncio.run(asyncio.wait_for(listen(), 5)) == [b": here\n\n"]


def test_listeners_are_let_go_when_the_server_ends(store):
    """A stream that nobody closes does not hold the server up."""

    async def listen() -> list[bytes]:
        stream = Events(catalog_of(store), lambda: True)._stream(None)
        return [part async for part in stream]

    assert asyncio.run(asyncio.wait_for(listen(), 5)) == [b": here\n\n"]
