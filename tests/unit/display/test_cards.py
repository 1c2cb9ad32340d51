"""Cards: everything escaped, never too large, never colour alone."""

import html.parser

import pytest

from trialog._display.cards import Card, MetricLine, card_html
from trialog._display.curves import Curve
from trialog._display.marks import SYMBOLS, TONES
from trialog._display.tables import MAX_BYTES
from trialog._entities import RunStatus

EVIL = "</style><script>alert('1')</script><img src=x onerror=\"alert(2)\">\u202e"


class Reader(html.parser.HTMLParser):
    """Tags and attributes of a text, and whether every tag is closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open, self.text = set(), set(), [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def line(name, width=100):
    columns = tuple((place, -float(place), float(place % 7)) for place in range(width))
    return MetricLine(name, 0.5, -1.0, 6.0, 1000, 2, Curve(columns, (1,), (2,), (3,), width))


def card(text, amount=8, **more):
    return Card(
        name=text,
        place=text,
        status=RunStatus.CRASHED,
        reason=text,
        description=text,
        tags=[text] * amount,
        facts=[text],
        metrics=[line(text) for _ in range(amount)],
        metric_count=amount + 3,
        parameters=[(text, text)] * amount,
        parameter_count=amount + 1,
        link=f"http://127.0.0.1/{text}",
        moment="now",
        **more,
    )


def test_what_was_logged_is_text():
    """No tag, no attribute of it becomes one of ours; nothing turns the line around."""
    shown = card_html(card(EVIL))
    read = Reader(shown)
    assert not read.tags & {"script", "img", "iframe", "link", "object"}
    assert not {name for name in read.attributes if name.startswith("on") or name == "style"}
    assert "<script>alert('1')</script>" in read.text
    assert "\u202e" not in shown
    assert shown.count("</style>") == 1


@pytest.mark.parametrize("text", ["x", "x" * 200, '"' * 500, "\U0001f600" * 300, "\x00" * 400])
@pytest.mark.parametrize("amount", [0, 8, 16, 200])
def test_it_is_never_too_large(text, amount):
    """20 kB at most, whatever the names; what is left out is counted."""
    shown = card_html(card(text, amount))
    assert len(shown.encode()) <= MAX_BYTES
    if amount:
        assert "more metric" in shown
    Reader(shown)


@pytest.mark.parametrize("status", RunStatus)
def test_a_status_is_symbol_word_and_colour(status):
    """Each of the eight."""
    shown = card_html(Card("a", "b/c", status))
    assert (
        f'tl-{TONES[status]}"><span aria-hidden="true">{SYMBOLS[status]}</span> {status}' in shown
    )


def test_where_the_dashboard_is():
    """Its address where it is known, else the command."""
    assert "<code>trialog ui</code>" in card_html(Card("a", "b/c", RunStatus.RUNNING))
    linked = card_html(Card("a", "b/c", RunStatus.RUNNING, link="http://localhost:1/b/c"))
    assert '<a href="http://localhost:1/b/c"' in linked
