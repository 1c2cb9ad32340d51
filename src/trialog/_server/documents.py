"""PDFs that a run has: how many pages, and each as a picture, for no browser need open the file."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from trialog._server.answers import refusal_of, refuse
from trialog._server.attachments import file_url, find_file
from trialog._server.files import POLICY, Files, disposition
from trialog._server.run import find_run
from trialog._server.runshapes import AttachmentQuery, DocumentShape
from trialog._server.store import Store
from trialog.errors import TrialogError, UsageError

_KEPT = "private, max-age=31536000, immutable"


def read_document(store: Store, query: AttachmentQuery) -> DocumentShape:
    """A PDF that a run has: how many pages, of what size, and where their pictures are."""
    path, info = find_file(store, query)
    try:
        facts = store.documents.facts(path, info.sha256)
    except UsageError as error:
        return DocumentShape(pages=0, sizes=[], pictures="", note=str(error))
    address = file_url(store, find_run(store, query), info).rpartition("/")[0]
    return DocumentShape(pages=facts.pages, sizes=facts.sizes, pictures=f"{address}/pages")


class PagePictures:
    """Serves pages, as pictures, of what tickets name."""

    def __init__(self, store: Store, files: Files) -> None:
        """Of a store.

        Args:
            store: what is looked at.
            files: finds what a ticket names.
        """
        self._store = store
        self._files = files

    async def serve(self, request: Request) -> Response:
        """A page of the file that a ticket is for, so many pixels wide."""
        ticket = self._store.tickets.read(request.path_params["ticket"])
        if ticket is None or "sha256" not in ticket:
            return refuse(404, "NotFoundError", "there is no such file; reload the page")
        page, width = int(request.path_params["page"]), int(request.path_params["width"])
        tag = f'"{ticket["sha256"]}-{page}-{width}"'
        headers = {
            "content-security-policy": POLICY,
            "content-disposition": disposition(f"{ticket['name']} page {page}.png", is_shown=True),
            "cache-control": _KEPT,
            "etag": tag,
        }
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        try:
            data = await run_in_threadpool(self._picture, ticket, page, width)
        except TrialogError as error:
            return refusal_of(error)
        return Response(data, media_type="image/png", headers=headers)

    def _picture(self, ticket: dict[str, str | int], page: int, width: int) -> bytes:
        return self._store.documents.picture(self._files.path_of(ticket), page, width)
