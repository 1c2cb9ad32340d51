"""The bytes of attachments over HTTP: checked, in parts, and never run."""

from __future__ import annotations

import pytest

import trialog
from trialog._format.folders import StoreFolder
from trialog._server.files import Portion, disposition, portion_of

PATH = "/api/v1/projects/acme/demo/runs/r/files"
TEXT = bytes(range(256)) * 4


@pytest.fixture
def address(server):
    """Logs an attachment; says where its bytes are."""

    def log(name="blob.bin", media_type="application/octet-stream", data=TEXT):
        with trialog.init("acme", "demo", name="r") as run:
            run.log_attachment(name, media_type, data)
        (found,) = [each for each in server.get(PATH).json()["attachments"] if each["name"] == name]
        server.headers.pop("authorization")  # as the browser itself asks
        return found["versions"][-1]["file"]

    return log


def test_bytes_come_as_they_were_logged(server, address):
    """With a policy that lets them do nothing, kept for ever by the browser."""
    answer = server.get(address())
    assert answer.content == TEXT
    assert answer.headers["content-length"] == "1024"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "immutable" in answer.headers["cache-control"]
    tag = answer.headers["etag"]
    assert server.get(answer.url, headers={"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize(
    "header, status, expected",
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=1000-", 206, slice(1000, 1024)),
        ("bytes=-24", 206, slice(1000, 1024)),
        ("bytes=1000-9999", 206, slice(1000, 1024)),
        ("bytes=0-", 200, slice(0, 1024)),
        ("bytes=9-1", 200, slice(0, 1024)),
        ("bytes=0-1,5-6", 200, slice(0, 1024)),
        ("lines=1-2", 200, slice(0, 1024)),
        ("bytes=-", 200, slice(0, 1024)),
    ],
)
def test_parts(server, address, header, status, expected):
    """A part that is asked for is what is sent; what is no part is the whole."""
    answer = server.get(address(), headers={"range": header})
    assert (answer.status_code, answer.content) == (status, TEXT[expected])
    if status == 206:
        said = f"bytes {expected.start}-{expected.stop - 1}/1024"
        assert answer.headers["content-range"] == said


def test_a_part_that_is_not_there(server, address):
    """It is refused, with the size there is; other bytes than the browser has come whole."""
    where = address()
    answer = server.get(where, headers={"range": "bytes=1024-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */1024")
    stale = {"range": "bytes=0-9", "if-range": '"other"'}
    assert server.get(where, headers=stale).status_code == 200


def test_portions_of_odd_headers():
    """No header makes anything but a portion of the file, or none."""
    assert portion_of(None, 0) == Portion(0, 0, 0)
    assert portion_of("bytes=0-", 0) is None
    assert portion_of("bytes=-0", 5) is None
    assert portion_of(f"bytes={'9' * 500}-", 5) is None
    assert portion_of("bytes=٣-", 5) == Portion(0, 5, 5)


def test_a_ticket_of_somebody_else_opens_nothing(server, address):
    """One that was changed, or that another server signed, is none."""
    where = address()
    _, _, ticket, name = where.split("/")
    swapped = ticket[:-6] + ("AAAAAA" if ticket[-6:] != "AAAAAA" else "BBBBBB")
    for other in (swapped, "x", "ü", ticket[::-1], "%00"):
        assert server.get(f"/files/{other}/{name}").status_code == 404
    assert server.get(f"/files/{ticket}/any/other%2Fname").content == TEXT


def test_another_site_gets_nothing(server, address):
    """Not even with the address."""
    where = address()
    assert server.get(where, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert server.get(where, headers={"origin": "null"}).status_code == 403


@pytest.mark.parametrize(
    "media_type, sent, is_shown",
    [
        ("image/png", "image/png", True),
        ("text/plain", "text/plain; charset=utf-8", True),
        ("image/svg+xml", "image/svg+xml", False),
        ("text/html", "text/html; charset=utf-8", False),
        ("application/xhtml+xml", "application/xhtml+xml", False),
        ("text/javascript", "text/javascript; charset=utf-8", False),
        ("application/pdf", "application/pdf", False),
        ("multipart/x-mixed-replace; boundary=x", "multipart/x-mixed-replace", False),
    ],
)
def test_what_a_browser_might_run_is_saved(server, address, media_type, sent, is_shown):
    """Only pictures, sounds, films and plain text are shown where they are opened."""
    answer = server.get(address("file", media_type))
    assert answer.headers["content-type"] == sent
    assert answer.headers["content-disposition"].startswith("inline;") is is_shown


def test_pages_are_shown_in_frames_alone(server, address):
    """There the frame has no rights, and the answer's own policy is a sandbox too."""
    where = address("page.html", "text/html", b"<script>1</script>")
    framed = server.get(where, headers={"sec-fetch-dest": "iframe"})
    assert framed.headers["content-disposition"].startswith("inline;")
    assert "sandbox;" in framed.headers["content-security-policy"]
    opened = server.get(where, headers={"sec-fetch-dest": "document"})
    assert opened.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize("name", ['a"b.txt', "ä ö.txt", "a;b=c.txt", "日本.txt", "..", "x" * 300])
def test_names_of_files_break_no_header(name):
    """They are quoted; browsers that know UTF-8 get the name as it was."""
    said = disposition(name, is_shown=False)
    assert said.isascii()
    plain = said.partition('filename="')[2].partition('"; filename*=')[0]
    assert plain
    assert '"' not in plain


def test_names_with_line_ends_break_no_header():
    """Nothing that a run was called adds a header."""
    said = disposition("a\r\nset-cookie: x=1", is_shown=True)
    assert "\r" not in said
    assert "\n" not in said


def test_damaged_bytes_are_not_sent(server, store, address):
    """What is not what was logged is refused, in words."""
    where = address()
    (blob,) = [
        path for path in (StoreFolder(store).path / "blobs").rglob("*") if path.is_file()
        and path.stat().st_size == len(TEXT)
    ]  # fmt: skip
    blob.chmod(0o600)
    blob.write_bytes(TEXT[::-1])
    answer = server.get(where)
    assert answer.status_code == 500
    assert "is damaged" in answer.json()["error"]["message"]
    blob.unlink()
    assert "is missing" in server.get(where).json()["error"]["message"]
