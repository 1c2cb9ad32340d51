"""What a project's page may cost, exactly: bytes, scripts, requests; and that no spike is lost.

The data, and how bytes are counted, are those of ``benchmarks/dashboard``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
PAGE = "/bench/curves"
MOST_BYTES = 800_000
MOST_SCRIPT_BYTES = 100_000
MOST_REQUESTS = 24
IDLE_S, MOST_IDLE_BYTES = 3, 1_000

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def fifty_runs(tmp_path_factory):
    """A store of 50 runs × 5 metrics × 2,000 points."""
    home = tmp_path_factory.mktemp("fifty") / "store"
    environment = {**os.environ, "TRIALOG_HOME": str(home), "TRIALOG_CAPTURE": "none"}
    writer = BENCHMARKS / "dashboard" / "write.py"
    command = [sys.executable, writer, "trialog", "A", home]
    subprocess.run(command, check=True, env=environment, timeout=120)
    return home


@pytest.fixture(scope="module")
def looking(fifty_runs, browser):
    """The benchmarks' browser, on that store; `loaded` is what its first page has cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        from dashboard import peers
        from dashboard.looking import Visit
        from dashboard.serving import serving

        peer = peers.load("trialog", fifty_runs)
        home = fifty_runs.parent
        with (
            serving(peer, sys.executable, home) as server,
            Visit(browser.browser_type) as visit,
        ):
            visit.open(peer.address(server.url, "A", visit.page), 30, peer.plots)
            yield visit


def test_the_first_page_keeps_its_budget(looking):
    """Few bytes, little JavaScript, few requests, and none to anybody else."""
    facts = looking.facts()
    assert facts["external_requests"] == 0
    assert 0 < facts["script_bytes"] <= MOST_SCRIPT_BYTES
    assert facts["script_bytes"] < facts["bytes"] <= MOST_BYTES
    assert 3 < facts["requests"] <= MOST_REQUESTS
    assert facts["heap_bytes"] <= 30e6


def test_nothing_is_asked_twice(looking):
    """What the page asks for before its modules are there is taken by them."""
    urls = [each.url for each in looking.requests.values() if "/events" not in each.url]
    charts = [url for url in urls if url.endswith("/chart")]
    assert len(charts) == 5
    assert sorted({*urls} - {*charts}) == sorted(url for url in urls if url not in charts)


def test_an_idle_page_asks_for_nothing(looking):
    """What comes while nothing happens is the heartbeat of the stream of news."""
    assert looking.idle_bytes(IDLE_S) <= MOST_IDLE_BYTES


def test_every_spike_reaches_the_screen(looking):
    """All 76 one-step spikes are in the drawn curve of their run, and have ink where they stand."""
    from dashboard.data import SPIKY
    from dashboard.ours import drawn_of

    assert drawn_of(looking.page, "A", SPIKY) == {"spikes": 76, "spikes_of": 76}
