"""A real dashboard in a real browser: a server on a store, Chromium, and axe.

``TRIALOG_PICTURES`` names a folder where :func:`keep_picture` puts screenshots.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
TESTS = Path(__file__).parents[2]
AXE = TESTS.parent / ".node" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="package")  # Playwright runs an event loop: other tests run their own
def browser() -> Iterator[Any]:
    """Chromium, started once."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here; on Debian: apt install chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Dashboard:
    """A server on a store.

    Attributes:
        home: the store.
        url: where the server listens.
        token: what lets somebody in.
        browser: Chromium.
        requests: addresses outside of the server that a page asked for.
    """

    home: Path
    url: str
    token: str
    browser: Any
    requests: list[str]

    def open(self, path: str = "/", *, is_dark: bool = False, width: int = 1280, height: int = 800):
        """A page of a fresh browser profile, once nothing is loading any more."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if is_dark else "light",
            reduced_motion="reduce",
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.url)
        page = context.new_page()
        page.set_default_timeout(40_000)  # machines of tests may be busy
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on(
            "console",
            lambda said: page.errors.append(said.text) if said.type == "error" else None,
        )
        page.on("request", self._note)
        page.goto(f"{self.url}{path}#token={self.token}")
        self.settle(page)
        return page

    def settle(self, page: Any) -> None:
        """Wait until nothing is asked, loaded or drawn any more."""
        page.wait_for_function("() => window.__trialog")
        page.evaluate("() => window.__trialog.idle()")

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.url, "blob:", "data:", "about:")):
            self.requests.append(request.url)


def serve(home: Path, browser: Any, *more: str) -> Iterator[Dashboard]:
    """Run ``trialog ui`` on a store, in a process of its own."""
    token = secrets.token_urlsafe(12)
    command = [sys.executable, "-m", "trialog", "ui", "--port", "0", "--no-browser"]
    process = subprocess.Popen(
        [*command, "--token", token, "--store", str(home), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True)
    reader.start()
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address.startswith("http"), (address, said)
    dashboard = Dashboard(home, address.partition("/#")[0], token, browser, [])
    try:
        yield dashboard
    finally:
        for context in list(browser.contexts):
            context.close()
        process.terminate()
        process.wait(10)
        reader.join(5)
        process.stdout.close()
        if process.stderr is not None:
            process.stderr.close()
    assert not dashboard.requests, f"a page asked others: {dashboard.requests}"
    assert not said, f"the server said: {said}"


@pytest.fixture(scope="session")
def vision(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with runs of every kind, as a small team would have; made once, not to be changed."""
    home = tmp_path_factory.mktemp("vision") / "store"
    script = TESTS / "e2e" / "dashboard" / "some_runs.py"
    environment = {**os.environ, "TRIALOG_HOME": str(home), "TRIALOG_NAMESPACE": "acme"}
    environment["TRIALOG_CAPTURE"] = "console,code"
    subprocess.run([sys.executable, str(script)], check=True, env=environment, timeout=120)
    return home


@pytest.fixture(scope="package")
def look(vision: Path, browser: Any) -> Iterator[Dashboard]:
    """A dashboard of that store, for tests that change nothing."""
    yield from serve(vision, browser)


@pytest.fixture
def dashboard(tmp_path: Path, browser: Any) -> Iterator[Callable[..., Dashboard]]:
    """Starts a dashboard of a store that the test makes."""
    servers: list[Iterator[Dashboard]] = []

    def start(home: Path | None = None, *more: str) -> Dashboard:
        store = tmp_path / "store" if home is None else home
        store.mkdir(parents=True, exist_ok=True)
        servers.append(serve(store, browser, *more))
        return next(servers[-1])

    yield start
    for server in servers:
        next(server, None)


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core; ``scripts/node`` installs it."""
    if not AXE.exists():
        subprocess.run(["sh", str(TESTS.parent / "scripts" / "node")], check=True, timeout=120)
    return AXE.read_text(encoding="utf-8")


@pytest.fixture
def check_axe(axe: str) -> Callable[[Any], None]:
    """Fails where axe finds anything on a page."""

    def check(page: Any) -> None:
        page.evaluate(axe)  # as an inspector would: the page's policy lets no script in
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        told = [
            f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:4]]}"
            for each in found["violations"]
        ]
        assert not told, "\n".join(told)

    return check


@pytest.fixture
def keep_picture(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Keeps a screenshot where somebody asked for pictures."""

    def keep(page: Any, name: str, **how: Any) -> None:
        folder = os.environ.get("TRIALOG_PICTURES")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"), **how)

    return keep
