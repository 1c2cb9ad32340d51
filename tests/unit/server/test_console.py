"""A run's console over HTTP: lines by number, search, the whole as a file."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from trialog._server.app import make_app
from trialog._server.security import Access
from trialog._server.store import Store

PATH = "/api/v1/projects/acme/demo/runs/run-1/console"


@pytest.fixture
def console(handmade):
    """A run that printed 400 lines, the last one not finished."""
    base = handmade.now_ns
    handmade.write(handmade.start())
    data = handmade.start(writer="w2", role="witness")
    texts = [f"\x1b[31mstep\x1b[0m {number}" for number in range(400)]
    texts[250] = "x" * 5000
    lines = [[base + number, text] for number, text in enumerate(texts)]
    for first in range(0, 400, 10):
        for stream, part in (
            ("stderr", slice(first, first + 1)),
            ("stdout", slice(first + 1, first + 10)),
        ):
            is_open = part.stop == 400
            content = {
                "stream": stream,
                "lines": lines[part],
                "is_open": is_open,
                "dropped_bytes": 0,
            }
            data += handmade.fact(handmade.kinds.CONSOLE, content, base + part.stop - 1)
    handmade.write(data, writer="w2")
    handmade.open().close()
    app = make_app(Store.at(handmade.store.path), Access("t", frozenset()))
    with TestClient(app, headers={"authorization": "Bearer t"}) as client:
        yield client


def test_any_lines_are_told(console):
    """By number from the start or the end; what is unfinished stands apart."""
    found = console.get(PATH, params={"start": 10, "count": 3}).json()
    assert found["total"] == 399
    assert [line["number"] for line in found["lines"]] == [10, 11, 12]
    assert [line["stream"] for line in found["lines"]] == ["stderr", "stdout", "stdout"]
    assert found["lines"][0]["text"] == "\x1b[31mstep\x1b[0m 10"
    assert [line["number"] for line in found["open_lines"]] == [None]
    last = console.get(PATH, params={"start": -2, "count": 100}).json()
    assert [line["number"] for line in last["lines"]] == [397, 398]
    assert console.get(PATH, params={"start": 5000}).json()["lines"] == []
    errors = console.get(PATH, params={"stream": "stderr"}).json()
    assert errors["total"] == 40


def test_long_lines_are_cut(console):
    """A line says how much more of it there is; the file has all."""
    (line,) = console.get(PATH, params={"start": 250, "count": 1}).json()["lines"]
    assert (len(line["text"]), line["more"]) == (4000, 1000)


def test_a_text_is_sought_in_both_directions(console):
    """With how many lines have it, and which of them this is."""
    search = f"{PATH}/search"
    found = console.get(search, params={"text": "STEP 39", "line": 100}).json()
    assert (found["line"], found["place"], found["total"]) == (390, 2, 10)
    assert found["near"] == [39, *range(390, 399)]
    before = console.get(search, params={"text": "step 39", "line": 390, "is_backwards": True})
    assert before.json()["line"] == 39
    regex = {"text": r"^step \d{1}$", "is_regex": True, "line": 5}
    assert console.get(search, params=regex).json()["place"] == 6
    assert console.get(search, params={"text": "absent"}).json()["total"] == 0


@pytest.mark.parametrize(
    "query, message",
    [
        ({"text": "(", "is_regex": True}, "no regular expression"),
        ({"text": ""}, "give a text"),
        ({"text": "x" * 1001}, "too long"),
        ({"text": "a", "stream": "stdoot"}, "did you mean 'stdout'"),
    ],
)
def test_what_cannot_be_sought_is_told(console, query, message):
    """In words, with 400."""
    answer = console.get(f"{PATH}/search", params=query)
    assert answer.status_code == 400
    assert message in answer.json()["error"]["message"]


def test_the_whole_is_a_text_file(console):
    """Without colours, to be saved, in streams as they were asked for."""
    address = console.get(PATH, params={"stream": "stderr"}).json()["file"]
    answer = console.get(address, headers={"authorization": ""})
    lines = answer.text.splitlines()
    assert (len(lines), lines[1]) == (40, "step 10")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["content-security-policy"]
