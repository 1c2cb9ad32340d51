"""PDFs over HTTP: how many pages a run's file has, and each as a picture."""

from __future__ import annotations

import io
import sys

import pytest
from PIL import Image
from tests.unit.server.some_pdfs import encrypted, pdf_of

import trialog

PATH = "/api/v1/projects/acme/demo/runs/r/document"
TWO = pdf_of((200, 100), (300, 400))


@pytest.fixture
def document(server):
    """Logs a PDF; what the API says of it."""

    def log(data=TWO, name="report.pdf"):
        with trialog.init("acme", "demo", name="r") as run:
            run.log_attachment(name, "application/pdf", data)
        answer = server.get(PATH, params={"name": name})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return log


def test_pages_by_their_addresses(server, document):
    """As the browser asks: kept for ever, never sniffed, with the policy of files, and no token."""
    found = document(name="sub/ä report.pdf")
    assert (found["pages"], found["sizes"]) == (2, [[200.0, 100.0], [300.0, 400.0]])
    assert found["note"] is None
    server.headers.pop("authorization")
    answer = server.get(f"{found['pictures']}/2/300.png")
    assert Image.open(io.BytesIO(answer.content)).size == (300, 400)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none';")
    assert "immutable" in answer.headers["cache-control"]
    again = {"if-none-match": answer.headers["etag"]}
    assert server.get(answer.url, headers=again).status_code == 304


@pytest.mark.parametrize(
    "part, status, why",
    [
        ("3/300.png", 400, "it has no page 3: 2 in all"),
        ("0/300.png", 400, "no page 0"),
        ("1/100.png", 400, "200 to 2000 pixels wide"),
        ("1/99999999999.png", 400, "200 to 2000 pixels wide"),
    ],
)
def test_pages_that_are_not_there(server, document, part, status, why):
    """Refused in words, and not kept."""
    answer = server.get(f"{document()['pictures']}/{part}")
    assert answer.status_code == status
    assert why in answer.json()["error"]["message"]
    assert "cache-control" not in answer.headers


def test_a_ticket_of_somebody_else_shows_nothing(server, document):
    """One that was changed is none; another site gets nothing with a true one."""
    pictures = document()["pictures"]
    _, files, ticket, pages = pictures.split("/")
    assert server.get(f"/{files}/{ticket[::-1]}/{pages}/1/300.png").status_code == 404
    foreign = {"sec-fetch-site": "cross-site"}
    assert server.get(f"{pictures}/1/300.png", headers=foreign).status_code == 403


@pytest.mark.parametrize(
    "data, note",
    [(b"no PDF", "it is no PDF, or a damaged one"), (encrypted(), "it is encrypted")],
)
def test_what_cannot_be_shown_is_told(document, data, note):
    """It is an answer, not an error: the page says it, and offers the file."""
    found = document(data)
    assert (found["pages"], found["pictures"]) == (0, "")
    assert note in found["note"]


def test_without_the_extra(document, monkeypatch):
    """What to install is told."""
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    assert 'pip install "trialog[pdf]"' in document()["note"]


def test_a_page_of_bytes_that_were_changed(server, store, document):
    """What is not what was logged is not shown."""
    pictures = document()["pictures"]
    (blob,) = [
        path
        for path in (store / "blobs").rglob("*")
        if path.is_file() and path.stat().st_size == len(TWO)
    ]
    blob.chmod(0o600)
    blob.write_bytes(TWO[::-1])
    answer = server.get(f"{pictures}/1/300.png")
    assert answer.status_code == 500
    assert "is damaged" in answer.json()["error"]["message"]
