"""Charts in a real browser: what was logged is what is drawn, and all of it can be reached."""

from __future__ import annotations

import csv
import io
import math
import os
import random
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

SPIKED = """
import random, trialog
chance = random.Random(5)
for number in range(6):
    with trialog.init("acme/spikes", name=f"run-{number}", parameters={"kind": number % 2}) as run:
        for step in range(3000):
            value = 25.0 + step / 1000 if chance.random() < 0.002 else chance.random()
            run.log("loss", value, step=step)
"""
TRAINING = """
import sys, trialog
with trialog.init("acme/live", name="under-way") as run:
    for step in range(5):
        run.log("loss", 1.0 + step, step=step)
    print("begun", flush=True)
    for line in sys.stdin:
        run.log("loss", float(line), step=int(float(line)))
        print("logged", flush=True)
"""


def run_script(home: Path, script: str) -> None:
    """Log to a store, in a process of its own."""
    environment = {**os.environ, "TRIALOG_HOME": str(home), "TRIALOG_CAPTURE": "none"}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, timeout=60)


@pytest.fixture(scope="module")
def spiked(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("spiked") / "store"
    run_script(home, SPIKED)
    return home


def card(page, metric):
    """The chart of a metric."""
    return page.locator(f'[data-testid="chart"][data-metric="{metric}"]')


def drawn(page, metric):
    """What a chart draws: its header, and the values of each line by its run's name."""
    found = card(page, metric).locator('[data-testid="plot"]')
    return found.evaluate(
        """(host) => {
          const { answers, scene, frame } = host.__data;
          return {
            header: answers[0].header,
            xRange: scene.xRange, yRange: scene.yRange, isLogY: scene.isLogY,
            frame: {left: frame.left, right: frame.right, top: frame.top, bottom: frame.bottom},
            x: [...answers[0].arrays.x.values],
            lines: Object.fromEntries(scene.curves.map(({ curve }) =>
              [curve.label, [...curve.y].map((y) => Number.isNaN(y) ? null : y)])),
            raw: scene.curves.filter(({ curve }) => curve.raw).length,
            bands: scene.curves.filter(({ curve }) => curve.low).length,
          };
        }"""
    )


def drag(page, metric, begin, end):
    """Draw the mouse over a part of a chart, given as shares of its width."""
    box = card(page, metric).locator('[data-testid="plot"]').bounding_box()
    frame = drawn(page, metric)["frame"]
    left, width = box["x"] + frame["left"], frame["right"] - frame["left"]
    y = box["y"] + (frame["top"] + frame["bottom"]) / 2
    page.mouse.move(left + width * begin, y)
    page.mouse.down()
    page.mouse.move(left + width * (begin + end) / 2, y, steps=3)
    page.mouse.move(left + width * end, y, steps=3)
    page.mouse.up()


def test_every_spike_reaches_the_screen(dashboard, spiked):
    """Of 3,000 points on a few hundred pixels, each spike is drawn, as it was logged."""
    server = dashboard(spiked)
    page = server.open("/acme/spikes?view=charts")
    found = drawn(page, "loss")
    chance = random.Random(5)
    spikes = 0
    assert not found["header"]["is_exact"]
    for number in range(6):
        logged = []
        for step in range(3000):
            is_spike = chance.random() < 0.002
            logged.append(25.0 + step / 1000 if is_spike else chance.random())
        values = [each for each in found["lines"][f"run-{number}"] if each is not None]
        columns = {}
        width = 2999 / found["header"]["columns"]
        for step, value in enumerate(logged):
            column = min(int(step / width), found["header"]["columns"] - 1)
            columns.setdefault(column, []).append(value)
        for column in columns.values():
            if max(column) > 20:
                spikes += 1
                assert any(math.isclose(max(column), value, rel_tol=1e-6) for value in values)
    assert spikes > 10
    assert "off-scale" in card(page, "loss").inner_text()
    card(page, "loss").get_by_test_id("off-scale").click()
    server.settle(page)
    assert drawn(page, "loss")["yRange"][1] > 25
    assert page.errors == []


def test_zoom_refines_to_the_points(dashboard, spiked):
    """A drag asks again for the window alone, down to the raw points; a double click shows all."""
    server = dashboard(spiked)
    page = server.open("/acme/spikes?view=charts")
    before = drawn(page, "loss")
    drag(page, "loss", 0.4, 0.42)
    server.settle(page)
    after = drawn(page, "loss")
    assert after["header"]["is_exact"]
    assert after["xRange"][1] - after["xRange"][0] < 100
    left, right = after["header"]["borders"]
    inner = after["x"][1 if left else 0 : -1 if right else None]
    assert inner == [float(step) for step in range(int(inner[0]), int(inner[-1]) + 1)]
    assert "exact" in card(page, "loss").get_by_test_id("exactness").inner_text()
    assert "w=" in page.url
    page.go_back()
    server.settle(page)
    assert drawn(page, "loss")["xRange"] == before["xRange"]
    page.go_forward()
    server.settle(page)
    card(page, "loss").get_by_test_id("plot").dblclick()
    server.settle(page)
    assert drawn(page, "loss")["xRange"] == before["xRange"]


def test_pan_goes_as_far_as_the_pointer(dashboard, spiked):
    """A drag with Shift moves the window by all of the way, not by its last move alone."""
    server = dashboard(spiked)
    page = server.open("/acme/spikes?view=charts")
    drag(page, "loss", 0.4, 0.6)
    server.settle(page)
    low, high = drawn(page, "loss")["xRange"]
    page.keyboard.down("Shift")
    drag(page, "loss", 0.75, 0.25)
    page.keyboard.up("Shift")
    server.settle(page)
    wanted = [low + (high - low) / 2, high + (high - low) / 2]
    assert drawn(page, "loss")["xRange"] == pytest.approx(wanted, abs=(high - low) / 20)


def test_smoothing_keeps_the_raw_line(dashboard, spiked):
    """The line as logged stays behind the smoothed one, and the state is in the address."""
    server = dashboard(spiked)
    page = server.open("/acme/spikes?view=charts&sm=ema:0.9")
    assert drawn(page, "loss")["raw"] == 6
    slider = page.get_by_test_id("smoothing")
    slider.focus()
    slider.press("Home")
    server.settle(page)
    assert "sm=" not in page.url
    assert drawn(page, "loss")["raw"] == 0


def test_groups_have_a_band(dashboard, spiked):
    """Runs with one value of a parameter are one line with a band."""
    server = dashboard(spiked)
    page = server.open("/acme/spikes?view=charts&group=kind&band=minmax")
    found = drawn(page, "loss")
    assert found["bands"] == 2
    assert sorted(each["lines"] for each in found["header"]["groups"]) == [3, 3]
    assert "2 groups of 6 runs" in card(page, "loss").get_by_test_id("fidelity").inner_text()


def test_what_is_no_number_is_marked(look):
    """NaN and infinities stand at the border, and are counted."""
    page = look.open("/acme/vision?view=charts")
    kinds = {each["kind"] for each in drawn(page, "train/loss")["header"]["marks"]["shown"]}
    assert kinds == {"nan", "inf"}
    assert "2 not finite" in card(page, "train/loss").inner_text()


def test_logarithmic_scale(look):
    """`l` makes the y axis logarithmic, and the address says so."""
    page = look.open("/acme/vision?view=charts")
    page.locator("body").press("l")
    look.settle(page)
    found = drawn(page, "train/loss")
    assert found["isLogY"]
    assert found["yRange"][0] > 0
    assert "y=log" in page.url


def test_files(look):
    """PNG, SVG with real text, and a CSV of exactly what is drawn."""
    page = look.open("/acme/vision?view=charts")
    names = {}
    for label in ("Save as PNG", "Save as SVG", "Save what is drawn as CSV"):
        card(page, "val/acc").get_by_test_id("card-menu").click()
        with page.expect_download() as waiting:
            page.get_by_role("menuitem", name=label).click()
        names[label] = Path(waiting.value.path()).read_bytes()
        assert waiting.value.suggested_filename.startswith("val-acc.")
    assert names["Save as PNG"][:8] == b"\x89PNG\r\n\x1a\n"
    svg = ET.fromstring(names["Save as SVG"])
    texts = [each.text for each in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert "val/acc" in texts
    assert "resnet18-00" in texts
    rows = list(csv.reader(io.StringIO(names["Save what is drawn as CSV"].decode())))
    found = drawn(page, "val/acc")
    assert rows[0][1:] == list(found["lines"])
    column = rows[0].index("resnet18-00")
    values = [float(row[column]) for row in rows[1:] if row[column]]
    assert values == [each for each in found["lines"]["resnet18-00"] if each is not None]


def test_all_points_as_a_file(look):
    """The full data comes from the server."""
    page = look.open("/acme/vision?view=charts")
    card(page, "val/acc").get_by_test_id("card-menu").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="Save all points as CSV").click()
    lines = Path(waiting.value.path()).read_text().splitlines()
    assert len(lines) == 1 + 400


def test_the_cursor_by_keyboard(look):
    """Arrow keys, Home and End move the cursor; ] goes to the next line; Escape takes it away."""
    page = look.open("/acme/vision?view=charts")
    plot = card(page, "val/acc").get_by_test_id("plot")
    said = card(page, "val/acc").locator('[aria-live="polite"]')
    plot.focus()
    plot.press("]")
    first = said.inner_text()
    plot.press("]")
    assert said.inner_text() != first
    plot.press("Home")
    assert "step 9:" in said.inner_text()
    plot.press("ArrowRight")
    assert "step 19:" in said.inner_text()
    assert card(page, "val/acc").locator(".readout").is_visible()
    plot.press("Escape")
    assert not card(page, "val/acc").locator(".readout").is_visible()
    plot.press("+")
    look.settle(page)
    assert "w=" in page.url


def test_values_under_the_pointer(look):
    """The box lists lines by their distance to the pointer, the nearest first."""
    page = look.open("/acme/vision?view=charts")
    plot = card(page, "train/loss").get_by_test_id("plot")
    box, frame = plot.bounding_box(), drawn(page, "train/loss")["frame"]
    page.mouse.move(box["x"] + (frame["left"] + frame["right"]) / 2, box["y"] + frame["top"] + 30)
    readout = card(page, "train/loss").locator(".readout")
    assert readout.locator(".readout-row").count() <= 12
    assert "step" in readout.inner_text()
    values = [
        float(text.replace("−", "-").replace(" ", ""))
        for text in readout.locator(".readout-value").all_inner_texts()
    ]
    assert values == sorted(values, reverse=True)  # the pointer is above all of them


def test_layout_is_state(look):
    """Pinned, removed and added charts are in the address, so a link shows the same."""
    page = look.open("/acme/vision?view=charts")
    card(page, "val/loss").get_by_role("button", name="Pin val/loss above all sections").click()
    page.get_by_test_id("add-panel").click()
    for name in ("train/loss", "val/loss"):
        page.get_by_role("dialog").get_by_role("checkbox", name=name).check()
    page.get_by_role("dialog").get_by_role("button", name="Add", exact=True).click()
    look.settle(page)
    other = look.open(page.url.removeprefix(look.url).replace("#", ""))
    assert other.get_by_test_id("section").first.inner_text().startswith("Pinned")
    both = card(other, "+train/loss, val/loss")
    both.scroll_into_view_if_needed()
    look.settle(other)
    assert both.get_attribute("data-state") == "ready"


def test_a_point_appears_as_it_is_logged(dashboard, tmp_path):
    """A training process logs; two seconds later at most the open page shows the point."""
    home = tmp_path / "store"
    environment = {**os.environ, "TRIALOG_HOME": str(home), "TRIALOG_CAPTURE": "none"}
    process = subprocess.Popen(
        [sys.executable, "-c", TRAINING],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "begun\n"
        server = dashboard(home)
        page = server.open("/acme/live?view=charts")
        page.wait_for_selector('[data-liveness="live"]')
        for value in (40, 90):
            process.stdin.write(f"{value}\n")
            process.stdin.flush()
            assert process.stdout.readline() == "logged\n"
            page.wait_for_function(
                """(value) => document.querySelector('[data-testid="plot"]').__data.scene
                  .curves[0].curve.y.includes(value)""",
                arg=value,
                timeout=2000,
            )
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


def test_pictures(look, check_axe, keep_picture):
    """Charts are free of what axe finds, light and dark, on a phone, on the full screen."""
    for is_dark in (False, True):
        page = look.open("/acme/vision?view=charts", is_dark=is_dark)
        check_axe(page)
        keep_picture(page, f"charts-{'dark' if is_dark else 'light'}")
        page = look.open("/acme/vision?view=charts&group=parameters.lr&sm=ema:0.6", is_dark=is_dark)
        keep_picture(page, f"charts-groups-{'dark' if is_dark else 'light'}")
    page = look.open("/acme/vision?view=charts&sm=ema:0.9")
    card(page, "train/loss").get_by_test_id("full").click()
    look.settle(page)
    check_axe(page)
    keep_picture(page, "chart-full")
    page = look.open("/acme/vision?view=charts", width=390, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    keep_picture(page, "charts-phone")
    assert page.errors == []
