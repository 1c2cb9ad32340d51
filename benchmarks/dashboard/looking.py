"""A browser that counts: Chromium with a fresh profile, seen through its DevTools protocol.

Bytes are those on the wire (`encodedDataLength`), with headers. A stream that never ends counts
with what has come so far. Scripts are told by their media type, preloaded ones too.
"""

from __future__ import annotations

import base64
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from playwright.sync_api import TimeoutError  # noqa: A004  (its own, no kin of Python's)

from dashboard.frames import Box, Frame, time_of_curves

if TYPE_CHECKING:
    from playwright.sync_api import BrowserType

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
WIDTH, HEIGHT = 1440, 900
QUIET_S = 1.5
BUFFER_BYTES = 1 << 29
WATCH_LONG_TASKS = """
window.__longTasks = [];
new PerformanceObserver((list) => {
  list.getEntries().forEach((each) => window.__longTasks.push(each.duration));
}).observe({ type: "longtask", buffered: true });
"""


@dataclass
class Request:
    """One request of a page, as far as it has come."""

    url: str
    wall_time: float
    media_type: str = ""
    header_bytes: float = 0
    body_bytes: float = 0
    decoded_bytes: float = 0
    finished_bytes: float | None = None

    @property
    def wire_bytes(self) -> float:
        """What has come over the wire, headers too."""
        return (
            self.header_bytes + self.body_bytes
            if self.finished_bytes is None
            else self.finished_bytes
        )

    @property
    def is_script(self) -> bool:
        """Whether it brought JavaScript."""
        return "javascript" in self.media_type


@dataclass
class Visit:
    """A fresh browser with one page; a context manager that ends it."""

    chromium: BrowserType
    requests: dict[str, Request] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    last_heard: float = 0

    def __enter__(self) -> Self:
        self.browser = self.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = self.browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        context.add_init_script(WATCH_LONG_TASKS)
        self.page = context.new_page()
        self.page.set_default_timeout(60_000)
        self.cdp = context.new_cdp_session(self.page)
        for name, take in (
            ("Network.requestWillBeSent", self._take_request),
            ("Network.responseReceived", self._take_response),
            ("Network.dataReceived", self._take_data),
            ("Network.loadingFinished", self._take_end),
            ("Page.screencastFrame", self._take_frame),
        ):
            self.cdp.on(name, take)
        self.cdp.send(
            "Network.enable",
            {"maxTotalBufferSize": BUFFER_BYTES, "maxResourceBufferSize": BUFFER_BYTES},
        )
        self.cdp.send("Performance.enable")
        self.page.wait_for_timeout(300)
        self.record()
        return self

    def __exit__(self, *_: object) -> None:
        self.cdp.remove_listener("Page.screencastFrame", self._take_frame)
        self.browser.close()

    def record(self) -> None:
        """Keep the frames from now on."""
        self.frames.clear()
        how = {"format": "jpeg", "quality": 90, "everyNthFrame": 1}
        self.cdp.send("Page.startScreencast", how)

    def open(self, url: str, limit_s: float, plots: str) -> float:
        """Load a page until it has plots and rests; return when its document was asked for."""
        self.requests.clear()
        self.frames.clear()
        self.page.goto(url, wait_until="commit")
        with suppress(TimeoutError):  # then it is taken as it is
            self.page.locator(plots).first.wait_for(timeout=1e3 * limit_s)
        self.rest(limit_s)
        return min(each.wall_time for each in self.requests.values())

    def rest(self, limit_s: float) -> None:
        """Wait until nothing has come or changed for a while, so long at most."""
        start = self.last_heard = time.monotonic()
        while (now := time.monotonic()) - start < limit_s and now - self.last_heard < QUIET_S:
            self.page.wait_for_timeout(100)
            self.page.evaluate("1")  # answered when the page has nothing else to do

    def boxes(self, selector: str) -> list[Box]:
        """Return where elements are that are in sight."""
        script = """(elements) => elements.map((each) => each.getBoundingClientRect())
            .filter((box) => box.width > 40 && box.height > 40)
            .map((box) => [box.left, box.top, box.right, box.bottom])"""
        return [tuple(box) for box in self.page.eval_on_selector_all(selector, script)]

    def curves_after(self, start: float, selector: str) -> float | None:
        """Return how many seconds after a time the curves were visible."""
        found = time_of_curves(self.frames, self.boxes(selector))
        return None if found is None else found - start

    def facts(self) -> dict[str, float]:
        """Return what the page has cost since it was opened; bytes, seconds, and numbers."""
        requests = list(self.requests.values())
        scripts = [each for each in requests if each.is_script]
        tasks = self.page.evaluate("window.__longTasks")
        return {
            "requests": len(requests),
            "external_requests": sum(is_external(each.url) for each in requests),
            "bytes": sum(each.wire_bytes for each in requests),
            "script_bytes": sum(each.wire_bytes for each in scripts),
            "script_bytes_decoded": sum(each.decoded_bytes for each in scripts),
            "longest_task_s": max(tasks, default=0) / 1e3,
            "heap_bytes": self._heap_bytes(),
        }

    def idle_bytes(self, seconds: float) -> float:
        """Return what comes over the wire while nothing is done."""
        before = sum(each.wire_bytes for each in self.requests.values())
        self.page.wait_for_timeout(1e3 * seconds)
        return sum(each.wire_bytes for each in self.requests.values()) - before

    def bodies(self) -> list[bytes]:
        """Return the bodies of all answers that are no scripts."""
        found = []
        for identity, request in list(self.requests.items()):
            if request.is_script or request.finished_bytes is None:
                continue
            try:
                body = self.cdp.send("Network.getResponseBody", {"requestId": identity})
            except Exception:  # noqa: BLE001  (an answer without a body has none to give)
                continue
            text = body["body"]
            found.append(base64.b64decode(text) if body["base64Encoded"] else text.encode())
        return found

    def _heap_bytes(self) -> float:
        self.cdp.send("HeapProfiler.collectGarbage")
        metrics = self.cdp.send("Performance.getMetrics")["metrics"]
        return next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize")

    def _take_request(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if not url.startswith(("data:", "blob:", "about:", "chrome")):
            self.requests[event["requestId"]] = Request(url, event["wallTime"])
            self.last_heard = time.monotonic()

    def _take_response(self, event: dict[str, Any]) -> None:
        if request := self.requests.get(event["requestId"]):
            request.media_type = event["response"]["mimeType"]
            request.header_bytes = event["response"].get("encodedDataLength", 0)

    def _take_data(self, event: dict[str, Any]) -> None:
        if request := self.requests.get(event["requestId"]):
            request.body_bytes += event["encodedDataLength"]
            request.decoded_bytes += event["dataLength"]
            self.last_heard = time.monotonic()

    def _take_end(self, event: dict[str, Any]) -> None:
        if request := self.requests.get(event["requestId"]):
            request.finished_bytes = event["encodedDataLength"]

    def _take_frame(self, event: dict[str, Any]) -> None:
        self.frames.append(Frame(event["metadata"]["timestamp"], event["data"]))
        self.last_heard = time.monotonic()
        self.cdp.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})


def is_external(url: str) -> bool:
    """Tell whether a request leaves the machine."""
    return urlsplit(url).hostname not in ("127.0.0.1", "localhost", None)
