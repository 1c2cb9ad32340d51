"""What is measured of trialog alone: spikes drawn, zoom, and a point on its way to the screen."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import environments

from dashboard.data import LONE_STEP, spikes_of
from dashboard.frames import last_pixels, time_of_change
from dashboard.looking import Visit
from dashboard.peers.trialog import TOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, Playwright

    from dashboard.peers import Peer
    from dashboard.serving import Server

POINTS = 20
PAUSE_S = 0.6
LIVE = "bench/live"
LOGGER = """
import sys, time, trialog
with trialog.init(sys.argv[1]) as run:
    for step in range(5):
        run.log("loss", 1.0 - 0.1 * step, step=step)
    print("ready", flush=True)
    for step, line in enumerate(sys.stdin, start=5):
        value, now = float(line), time.time()
        run.log("loss", value, step=step)
        print(now, flush=True)
"""
DRAWN = """async ([metric, spikes]) => {
  const host = document.querySelector(`[data-metric="${metric}"] .plot`);
  const { scene, frame } = host.__data;
  const { toPixel } = await import("trialog/logic/scales.js");
  const pen = host.querySelector("canvas.plot-lines").getContext("2d");
  const isInk = (x, y) => {
    const [left, top] = [x, y].map((each) => Math.round(each * devicePixelRatio) - 3);
    return pen.getImageData(left, top, 7, 7).data.some((byte) => byte > 60);
  };
  return spikes.filter(([run, step, value]) => scene.curves.some(({ curve, answer }) => {
    if (curve.label !== run) {
      return false;
    }
    const at = curve.y.findIndex((each) => Math.abs(each - value) < 4e-4);
    const width = (scene.xRange[1] - scene.xRange[0]) / answer.header.columns;
    if (at < 0 || Math.abs(answer.arrays.x.values[at] - step) > 2 * width) {
      return false;
    }
    const y = Math.max(frame.top, toPixel(frame.y, value));
    return isInk(toPixel(frame.x, answer.arrays.x.values[at]), y + 2);
  })).length;
}"""


def count_drawn(
    playwright: Playwright, peer: Peer, server: Server, letter: str, metric: str
) -> dict:
    """Count the spikes that a page shows."""
    with Visit(playwright.chromium) as visit:
        visit.open(peer.address(server.url, letter, visit.page), peer.limit_s, peer.plots)
        return drawn_of(visit.page, letter, metric)


def drawn_of(page: Page, letter: str, metric: str) -> dict:
    """Count the spikes that are in the drawn curve of their run and have ink where they stand.

    One beyond the range that is shown has its ink at the border.
    """
    spikes = [(f"run-{run:05}", step, value) for run, step, value in spikes_of(letter)]
    drawn = page.evaluate(DRAWN, [metric, spikes])
    return {"spikes": drawn, "spikes_of": len(spikes)}


def measure_zoom(playwright: Playwright, peer: Peer, server: Server, loads: int) -> dict:
    """Drag over the spike of B: from the pointer's release until the curve is there."""
    found = []
    for _ in range(loads):
        with Visit(playwright.chromium) as visit:
            visit.open(peer.address(server.url, "B", visit.page), peer.limit_s, peer.plots)
            left, top, right, bottom = visit.boxes(".plot canvas.plot-lines")[0]
            middle = (top + bottom) / 2
            place = left + 40 + (right - left - 50) * LONE_STEP / 1e6
            visit.page.mouse.move(place - 60, middle)
            visit.page.mouse.down()
            visit.page.mouse.move(place + 60, middle, steps=4)
            visit.rest(peer.limit_s)
            visit.frames[:-1] = []
            start = time.time()
            visit.page.mouse.up()
            visit.rest(peer.limit_s)
            found.append(visit.curves_after(start, ".plot canvas"))
    return {"zoom_s": statistics.median(found)}


def measure_live(playwright: Playwright, peer: Peer, server: Server, folder: Path) -> dict:
    """Log points in a process of its own while the page is open: from each call to new pixels."""
    variables = environments.private_variables(folder, peer.environment())
    logger = subprocess.Popen(
        [sys.executable, "-c", LOGGER, LIVE],
        env=variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with logger, Visit(playwright.chromium) as visit:
        logger.stdout.readline()
        visit.open(f"{server.url}/{LIVE}#token={TOKEN}", peer.limit_s, peer.plots)
        boxes, dice, found = visit.boxes(".plot canvas.plot-lines"), random.Random(1), []
        for number in range(POINTS):
            visit.rest(2.5)
            before = last_pixels(visit.frames)
            visit.frames[:-1] = []
            visit.page.wait_for_timeout(1e3 * dice.uniform(0, PAUSE_S))
            logger.stdin.write(f"{0.5 + 0.5 * (-1) ** number}\n")
            logger.stdin.flush()
            start = float(logger.stdout.readline())
            visit.rest(5)
            shown = time_of_change(
                [each for each in visit.frames if each.time > start], boxes, before
            )
            found.append(5.0 if shown is None else shown - start)
        logger.stdin.close()
    return {
        "points": POINTS,
        "live_p50_s": statistics.median(found),
        "live_p95_s": sorted(found)[round(0.95 * (POINTS - 1))],
    }
