"""What is measured of a dashboard: cold loads, more runs, what its browser was sent."""

from __future__ import annotations

import statistics
import struct
from typing import TYPE_CHECKING

from dashboard.data import spikes_of
from dashboard.looking import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from dashboard.peers import Peer
    from dashboard.serving import Server

IDLE_S = 20


def measure_loads(
    playwright: Playwright, peer: Peer, server: Server, letter: str, loads: int
) -> dict:
    """Load the page that shows curves in a fresh profile each time; return medians."""
    with Visit(playwright.chromium) as visit:
        url = peer.address(server.url, letter, visit.page)
    found = []
    for _ in range(loads):
        with Visit(playwright.chromium) as visit:
            start = visit.open(url, peer.limit_s, peer.plots)
            found.append({"curves_s": visit.curves_after(start, peer.plots)} | visit.facts())
    return medians(found) | {"loads": loads, "server_bytes": server.resident_bytes()}


def medians(found: list[dict]) -> dict:
    """Return the median of each number; None where one was never there."""
    combined = {}
    for key in found[0]:
        values = [each[key] for each in found if each[key] is not None]
        combined[key] = statistics.median(values) if values else None
    return combined


def measure_more(
    playwright: Playwright, peer: Peer, server: Server, letter: str, loads: int
) -> dict:
    """Show few runs, then all: from the last thing that a user does until the curves are there."""
    found = []
    for _ in range(loads):
        with Visit(playwright.chromium) as visit:
            few = peer.curves_of_few(server.url, letter)
            visit.open(
                few or peer.address(server.url, letter, visit.page), peer.limit_s, peer.plots
            )
            start = peer.show_all(visit.page)
            if start is None:
                return {}
            visit.rest(peer.limit_s)
            visit.frames[:] = [frame for frame in visit.frames if frame.time > start]
            found.append({"more_s": visit.curves_after(start, peer.plots)})
    return medians(found)


def count_spikes(playwright: Playwright, peer: Peer, server: Server, letter: str) -> dict:
    """Count the spikes whose values are in what the browser was sent, text or binary."""
    with Visit(playwright.chromium) as visit:
        visit.open(peer.address(server.url, letter, visit.page), peer.limit_s, peer.plots)
        bodies = visit.bodies()
    spikes = spikes_of(letter)
    return {
        "spikes": sum(is_sent(value, bodies) for _, _, value in spikes),
        "spikes_of": len(spikes),
    }


def is_sent(value: float, bodies: list[bytes]) -> bool:
    """Tell whether a value is in one of the bodies, as float32, as float64 or as a text."""
    text = repr(value).removesuffix(".0")
    forms = (text.encode(), struct.pack("<d", value), struct.pack("<f", value))
    return any(form in body for form in forms for body in bodies)


def measure_idle(playwright: Playwright, peer: Peer, server: Server, letter: str) -> dict:
    """What comes over the wire in twenty seconds in which nothing happens."""
    with Visit(playwright.chromium) as visit:
        visit.open(peer.address(server.url, letter, visit.page), peer.limit_s, peer.plots)
        return {"idle_bytes": visit.idle_bytes(IDLE_S)}


def count_violations(
    playwright: Playwright, peer: Peer, server: Server, letter: str, axe: str
) -> dict:
    """Count the elements in which axe-core finds WCAG A and AA violations, in a light page."""
    rules = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']"
    how = f"{{runOnly: {rules}, resultTypes: ['violations']}}"
    with Visit(playwright.chromium) as visit:
        visit.open(peer.address(server.url, letter, visit.page), peer.limit_s, peer.plots)
        visit.page.evaluate(axe)
        found = visit.page.evaluate(f"() => axe.run(document, {how})")
    return {"violations": sum(len(each["nodes"]) for each in found["violations"])}
