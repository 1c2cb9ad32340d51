"""Addresses of files that only the server can have made."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trialog._server.tickets import Tickets


@given(st.dictionaries(st.text(), st.text() | st.integers(-(2**60), 2**60)))
def test_what_is_made_is_read(content):
    """A ticket says what it was made for."""
    tickets = Tickets.new()
    assert tickets.read(tickets.make(content)) == content


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_tampered_tickets_mean_nothing(place, letter):
    """A ticket of which one character is changed, or of another server, is none."""
    tickets = Tickets.new()
    ticket = tickets.make({"sha256": "ab", "size": 3})
    place %= len(ticket) - 1  # the last one may hold spare bits
    letters = "ABab09-_"  # what is drawn does not depend on the key, which is random
    other = next(each for each in letters[letter:] + letters if each != ticket[place])
    assert tickets.read(ticket[:place] + other + ticket[place + 1 :]) is None
    assert Tickets.new().read(ticket) is None


def test_long_contents_make_short_tickets():
    """An address has a bounded length whatever it names; the latest of long contents are kept."""
    tickets = Tickets.new()
    contents = [{"runs": [str(number)] * 10_000} for number in range(65)]
    made = [tickets.make(each) for each in contents]
    assert max(map(len, made)) < 100
    assert [tickets.read(each) for each in made] == [None, *contents[1:]]
    assert Tickets(tickets.key).read(made[-1]) is None


@given(st.text())
def test_anything_may_come(text):
    """What is no ticket is none, whatever it is."""
    assert Tickets.new().read(text) is None
