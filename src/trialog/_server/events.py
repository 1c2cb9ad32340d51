"""What changes, as it changes: server-sent events (the HTML standard's ``text/event-stream``).

An event is called ``change``; its data is a :class:`~trialog._server.shapes.News` as JSON. While
nothing happens, a comment each 15 seconds says that the server is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import StreamingResponse

from trialog._catalog import Catalog
from trialog._server.pulse import Pulse, Queue
from trialog._server.shapes import News

SILENT_S = 15.0
_ENCODER = msgspec.json.Encoder()


class Events:
    """Serves the stream."""

    def __init__(self, catalog: Catalog, is_stopping: Callable[[], bool]) -> None:
        """Of a store.

        Args:
            catalog: of the store.
            is_stopping: whether the server is to end.
        """
        self._pulse = Pulse(catalog, is_stopping)

    async def serve(self, request: Request) -> StreamingResponse:
        """News of one project, or of all where the address names none."""
        project = request.query_params.get("project")
        return StreamingResponse(
            self._stream(project),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    async def _stream(self, project: str | None) -> AsyncIterator[bytes]:
        queue = self._pulse.listen()
        try:
            yield b": here\n\n"
            while True:
                try:
                    news = await asyncio.wait_for(queue.get(), SILENT_S)
                except TimeoutError:
                    yield b":\n\n"
                    continue
                if news is None:
                    return
                if project is None or news.project == project:
                    yield _event(_with_waiting(news, queue, project))
        finally:
            self._pulse.leave(queue)


def _with_waiting(news: News, queue: Queue, project: str | None) -> News:
    """One piece of news out of all that wait: slow readers get fewer."""
    while project is not None and not queue.empty():
        after = queue.get_nowait()
        if after is None:
            queue.put_nowait(None)
            break
        if after.project != project:
            continue
        runs = {each.id: each for each in news.runs}
        for each in after.runs:
            before = runs.get(each.id)
            is_new = each.is_new or (before is not None and before.is_new)
            runs[each.id] = msgspec.structs.replace(each, is_new=is_new)
        metrics = None
        if news.metrics is not None and after.metrics is not None:
            metrics = {**news.metrics, **after.metrics}
        news = News(
            project=project,
            runs=list(runs.values()),
            metrics=metrics,
            is_other=news.is_other or after.is_other,
        )
    return news


def _event(news: News) -> bytes:
    return b"event: change\ndata: " + _ENCODER.encode(news) + b"\n\n"
