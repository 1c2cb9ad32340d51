"""The page of one run: why it ended first, then everything that was kept of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.e2e.dashboard.conftest import serve

import trialog

TABS = "charts parameters files console system code environment lineage".split()  # noqa: SIM905
RICH = """
import json
import numpy as np
import trialog

evil = b"<h1>Hi</h1><script>top.document.title = 'owned'; fetch('/api/v1/server')</script>"
svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>top.document.title='owned'</script></svg>"
line = {"type": "scatter", "y": [1, 3, 2], "name": "<b>a</b>"}
figure = json.dumps({"data": [line, {"type": "pie"}], "layout": {"title": "F"}})
with trialog.init("acme/lab", name="<i>rich</i>" + "x" * 188, tags=["t" * 64],
                  parameters={"lr": 1.0}, description="<script>1</script>") as run:
    run.log_parameters({f"layer{at}/size": at for at in range(200)} | {"lr": 0.5})
    run.log("loss", 0.5)
    run.log("note", {"text": "<img src=x onerror=alert(1)>"}, step=1)
    run.log_attachment("page.html", "text/html", evil)
    run.log_attachment("drawing.svg", "image/svg+xml", svg.encode())
    run.log_attachment("figure", "application/vnd.plotly.v1+json", figure.encode())
    run.log_value("histogram", np.histogram(np.arange(100.0)))
    run.log_attachment("paper.pdf", "application/pdf", b"%PDF-1.4")
    for at in range(3000):
        print(f"\\x1b[3{at % 8}mline\\x1b[0m {at}")
    print("Traceback (most recent call last):")
with trialog.init("acme/lab", name="nothing", capture=False):
    pass
with trialog.init("acme/lab", name="broken", parameters={"lr": 3.0}):
    print("\\x1b[31mCUDA out of memory\\x1b[0m", flush=True)
    raise MemoryError("tried to allocate 2.1 GiB")
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A store with a run that holds the worst of everything, and one that holds nothing."""
    home = tmp_path_factory.mktemp("lab") / "store"
    environment = {**os.environ, "TRIALOG_HOME": str(home), "TRIALOG_CAPTURE": "console"}
    done = subprocess.run(
        [sys.executable, "-c", RICH],
        env=environment,
        timeout=60,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "MemoryError: tried" in done.stderr
    return home


@pytest.fixture(scope="module")
def of_lab(lab, browser):
    """A dashboard of that store, and where the rich run is there."""
    server = serve(lab, browser)
    shown = next(server)
    client = trialog.LocalClient(lab)
    (run,) = [each for each in trialog.runs("acme/lab", client=client) if "rich" in each.name]
    yield shown, f"/acme/lab/runs/{run.id}"
    next(server, None)


def test_the_reason_comes_first(of_lab, check_axe, keep_picture):
    """Exception, line of code, last lines, the traceback folded, what was different before."""
    shown, _ = of_lab
    page = shown.open("/acme/lab/runs/broken")
    end = page.get_by_test_id("end")
    assert end.locator("h2").inner_text() == "MemoryError: tried to allocate 2.1 GiB"
    assert end.locator(".end-place").inner_text().startswith("at <string>:")
    assert end.locator(".last-lines .ansi-fg-1").inner_text() == "CUDA out of memory"
    assert not end.get_by_text("Traceback (most recent call last)").is_visible()
    end.get_by_text("Whole traceback").click()
    assert end.get_by_text("Traceback (most recent call last)").is_visible()
    assert end.get_by_role("row", name="lr not there 3.0").is_visible()
    check_axe(page)
    keep_picture(page, "run-crashed", full_page=True)
    page.emulate_media(color_scheme="dark")
    keep_picture(page, "run-crashed-dark", full_page=True)
    page.get_by_role("link", name="all of the console").click()
    page.get_by_test_id("console").get_by_text("CUDA out of memory").wait_for()
    assert page.locator(".reason-line").inner_text() == "MemoryError: tried to allocate 2.1 GiB"
    assert page.errors == []


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_is_accessible(look, check_axe, keep_picture, tab):
    """Of a finished run, in the dark, on a phone: none fails, none is wider than the page."""
    page = look.open(f"/acme/vision/runs/resnet18-00/{tab}", is_dark=True)
    assert page.locator(".run-part").get_attribute("data-tab") == tab
    check_axe(page)
    keep_picture(page, f"run-{tab}-dark")
    page.set_viewport_size({"width": 390, "height": 800})
    look.settle(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    keep_picture(page, f"run-{tab}-phone")
    assert page.errors == []


def test_first_curves_lead_to_their_charts(look, check_axe, keep_picture):
    """Below the summary, in one request; by keyboard to the chart, which stands first."""
    page = look.open("/acme/vision/runs/resnet18-03")
    curves = page.get_by_test_id("first-curves")
    assert curves.get_by_role("link").all_inner_texts()[0] == "all 3 charts"
    asked = page.evaluate(
        "() => performance.getEntriesByType('resource').map((each) => each.name)"
        ".filter((each) => /curves[?]|chart$/.test(each)).length"
    )
    assert asked == 1
    before = page.get_by_role("heading", name="What the metrics came to").bounding_box()
    assert before["y"] < curves.bounding_box()["y"]
    loss = curves.get_by_role("link", name="train/loss from 0.")
    assert " to 25, last 0." in loss.inner_text()
    assert len(loss.locator("path").get_attribute("d").split("L")) > 200
    check_axe(page)
    keep_picture(page, "run-overview", full_page=True)
    page.emulate_media(color_scheme="dark")
    look.settle(page)
    check_axe(page)
    keep_picture(page, "run-overview-dark", full_page=True)
    loss.press("Enter")
    page.wait_for_url("**panels=**")
    look.settle(page)
    assert page.get_by_test_id("chart").first.get_attribute("data-metric") == "train/loss"
    assert page.errors == []


def test_first_curves_are_live(tmp_path, dashboard):
    """They go on while the run does, and a metric that comes later has one too."""
    home = tmp_path / "live"
    server = dashboard(home)
    client = trialog.LocalClient(home)
    with trialog.init("acme/live", name="live", capture=False, client=client) as run:
        run.log("loss", 1.0)
        page = server.open("/acme/live/runs/live")
        page.locator("[data-liveness=live]").wait_for()
        curves = page.get_by_test_id("first-curves")
        curves.get_by_role("link", name="loss from 1 to 1, last 1").wait_for()
        run.log({"loss": 0.125, "late": 7.0})
        curves.get_by_role("link", name="loss from 0.125 to 1, last 0.125").wait_for()
        curves.get_by_role("link", name="late from 7 to 7, last 7").wait_for()


def test_keys_open_tabs(look):
    """1 to 9, and back by the browser's button."""
    page = look.open("/acme/vision/runs/resnet18-00")
    page.keyboard.press("3")
    page.get_by_role("table").get_by_text("resnet").wait_for()
    assert page.url.endswith("/parameters")
    page.keyboard.press("9")
    page.wait_for_url("**/lineage")
    page.go_back()
    page.get_by_role("table").get_by_text("resnet").wait_for()


@pytest.mark.parametrize(
    "name, kind, seen",
    [
        ("sample", "image", "img.picture-fit"),
        ("tone.wav", "audio", "audio"),
        ("predictions", "table", "td:has-text('dog')"),
        ("table.csv", "table", "td:has-text('0.9')"),
        ("weights", "array", "dd:has-text('4 × 6')"),
        ("confusion", "json", ".json-key:has-text('notes')"),
        ("notes.txt", "text", "pre:has-text('second line')"),
        ("blob.bin", "bytes", "pre:has-text('00 01 02 03')"),
    ],
)
def test_previews(look, check_axe, keep_picture, name, kind, seen):
    """A file is shown by its kind."""
    page = look.open(f"/acme/vision/runs/resnet18-00/files?file={name}")
    viewer = page.get_by_test_id("viewer")
    assert viewer.get_attribute("data-kind") == kind
    viewer.locator(seen).first.wait_for()
    check_axe(page)
    keep_picture(page, f"run-file-{kind}")
    assert page.errors == []


def test_pictures_side_by_side(look, keep_picture):
    """Two steps, a slider for each, enlarged to whole pixels; the address says which."""
    page = look.open("/acme/vision/runs/resnet18-00/files?file=sample")
    page.get_by_role("button", name="Side by side").click()
    page.get_by_label("Right step").fill("1")
    page.get_by_role("button", name="4×").click()
    pictures = page.locator(".picture-pixels")
    assert pictures.count() == 2
    assert pictures.first.evaluate(
        "each => [each.width, getComputedStyle(each).imageRendering]"
    ) == [
        256,
        "pixelated",
    ]
    assert "v=2" in page.url
    assert "with=1" in page.url
    keep_picture(page, "run-file-images")


def test_what_was_logged_runs_nowhere(of_lab, check_axe, keep_picture):
    """HTML is shown in a frame without rights, drawings as pictures, texts as texts."""
    shown, path = of_lab
    page = shown.open(f"{path}/files?file=page.html")
    frame = page.locator("iframe")
    assert frame.get_attribute("sandbox") == ""
    assert page.frame_locator("iframe").locator("h1").inner_text() == "Hi"
    assert page.title().startswith("<i>rich</i>")
    assert all("Blocked script execution" in each for each in page.errors)
    page.errors.clear()
    for name, seen in {
        "drawing.svg": "img",
        "figure": ".figure path",
        "histogram": ".bars rect",
        "paper.pdf": "pre",
    }.items():
        page.goto(f"{shown.url}{path}/files?file={name}")
        shown.settle(page)
        page.get_by_test_id("viewer").locator(seen).first.wait_for()
        check_axe(page)
    page.goto(f"{shown.url}{path}/files?value=note")
    shown.settle(page)
    assert "<img src=x onerror=alert(1)>" in page.locator(".json-text").inner_text()
    page.goto(f"{shown.url}{path}")
    shown.settle(page)
    assert page.locator(".run-description").inner_text() == "<script>1</script>"
    assert page.title().startswith("<i>rich</i>")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 1280
    check_axe(page)
    keep_picture(page, "run-long-name")
    assert page.errors == []


PAPER = """
import io
import matplotlib
matplotlib.use("Agg")
import trialog
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

file = io.BytesIO()
with PdfPages(file) as pages:
    for number in range(1, 13):
        figure = Figure(figsize=(6, 4 if number < 12 else 8))
        axes = figure.subplots()
        axes.plot([1, 3, number])
        axes.set_title(f"Results, page {number}")
        pages.savefig(figure)
with trialog.init("acme/lab", name="paper", capture=False) as run:
    run.log_attachment("report.pdf", "application/pdf", file.getvalue())
    run.log_attachment("broken.pdf", "application/pdf", b"%PDF-1.4 nothing")
"""


@pytest.mark.slow
def test_pages_of_a_document(tmp_path, dashboard, check_axe, keep_picture):
    """One at a time, by buttons, keys and number; each has its room before it is there."""
    home = tmp_path / "store"
    environment = {**os.environ, "TRIALOG_HOME": str(home)}
    subprocess.run([sys.executable, "-c", PAPER], check=True, env=environment, timeout=60)
    shown = dashboard(home)
    page = shown.open("/acme/lab/runs/paper/files?file=report.pdf")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_alt_text("Page 1 of 12 of report.pdf").wait_for()
    drawn = page.locator(".document-page img")
    assert drawn.evaluate("each => each.naturalWidth % 200") == 0
    assert drawn.evaluate("each => each.naturalWidth >= each.clientWidth")
    room = page.locator(".document-page").bounding_box()
    assert room["width"] / room["height"] == pytest.approx(1.5, abs=0.01)
    check_axe(page)
    keep_picture(page, "run-file-pdf")
    page.get_by_role("button", name="Previous").click(force=True)  # none is before the first
    page.get_by_role("button", name="Next").click()
    page.get_by_alt_text("Page 2 of 12 of report.pdf").wait_for()
    page.keyboard.press("ArrowRight")
    page.get_by_alt_text("Page 3 of 12 of report.pdf").wait_for()
    assert page.get_by_text("page 3 of 12", exact=True).is_visible()
    assert page.get_by_role("status").get_by_text("Page 3 of 12 of report.pdf").count() == 1
    assert page.locator(".document-page").bounding_box()["height"] == room["height"]
    page.keyboard.press("ArrowLeft")
    page.get_by_alt_text("Page 2 of 12 of report.pdf").wait_for()
    assert "page=2" in page.url
    page.get_by_label("Go to page").fill("99")
    page.keyboard.press("Enter")
    page.get_by_alt_text("Page 12 of 12 of report.pdf").wait_for()
    assert page.locator(".document-page").bounding_box()["height"] > room["height"] * 1.9
    pictures = [each for each in asked if each.endswith(".png")]
    assert len({each.split("/")[-2] for each in pictures}) == 3  # no page that was not looked at
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 800})
    shown.settle(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    check_axe(page)
    keep_picture(page, "run-file-pdf-dark")
    page.goto(f"{shown.url}/acme/lab/runs/paper/files?file=broken.pdf")
    shown.settle(page)
    assert "it is no PDF, or a damaged one" in page.get_by_test_id("document-note").inner_text()
    assert page.get_by_role("link", name="Download").is_visible()
    assert page.errors == []


def test_console_search_and_colours(of_lab, check_axe, keep_picture):
    """Any of all lines is reached; what is found is counted, marked, and stands in the address."""
    shown, path = of_lab
    page = shown.open(f"{path}/console")
    lines = page.get_by_test_id("console")
    assert lines.locator(".line").count() < 120
    assert lines.locator(".line .ansi-fg-1").first.inner_text() == "line"
    page.keyboard.press("/")
    page.keyboard.type("line 29")
    count = page.get_by_test_id("console-count")
    page.wait_for_function(
        "() => document.querySelector('[data-testid=console-count]')?.textContent === '1 of 111'"
    )
    assert lines.locator(".line-chosen .line-text").inner_text() == "line 29"
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(
        "() => document.querySelector('.line-chosen')?.textContent.includes('line 2999')"
    )
    assert count.inner_text() == "111 of 111"
    assert lines.locator(".line-chosen mark").all_inner_texts() == ["line", " 29"]
    check_axe(page)
    keep_picture(page, "run-console-search")
    page.get_by_role("button", name="First traceback").click()
    page.wait_for_function(
        "() => document.querySelector('.line-chosen')?.textContent.includes('Traceback')"
    )
    assert "line=3000" in page.url
    page.get_by_test_id("console-search").fill("(")
    page.get_by_role("button", name="Regular expression").click()
    page.get_by_text("is no regular expression").wait_for()


def test_parameters_are_copied(of_lab):
    """Found by a text, copied as other programs read them, with the values they had before."""
    shown, path = of_lab
    page = shown.open(f"{path}/parameters")
    page.get_by_role("button", name="2 values").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("tbody").wait_for()
    assert dialog.locator("tbody code").all_inner_texts() == ["1.0", "0.5"]
    page.keyboard.press("Escape")
    page.get_by_test_id("search-parameters").fill("layer199")
    page.get_by_test_id("copy-parameters").click()
    page.get_by_role("menuitem", name="as Python dict").click()
    page.get_by_text("Copied 1 parameters as a Python dict.").wait_for()
    assert (
        page.evaluate("() => navigator.clipboard.readText()") == '{\n    "layer199/size": 199\n}\n'
    )


def test_a_run_with_nothing(of_lab, check_axe, keep_picture):
    """Each part says that there is nothing, and why."""
    shown, _ = of_lab
    page = shown.open("/acme/lab/runs/nothing")
    for tab in TABS:
        page.get_by_test_id(f"tab-{tab}").click()
        shown.settle(page)
        assert page.locator(".run-part").inner_text().strip(), tab
    check_axe(page)
    keep_picture(page, "run-nothing")
    assert page.errors == []


def test_a_running_run_is_followed(tmp_path, monkeypatch, dashboard):
    """Its values, its console and its end appear by themselves; it can be asked to stop."""
    home = tmp_path / "live"
    source = """
import sys, trialog
with trialog.init("acme/live", name="live", capture=["console"]) as run:
    run.log("loss", 3.0)
    print("warming up", flush=True)
    while not run.should_stop:
        run.log("loss", 1.0)
        if run.should_stop:
            break
        __import__("time").sleep(0.05)
"""
    environment = {**os.environ, "TRIALOG_HOME": str(home)}
    process = subprocess.Popen(
        [sys.executable, "-c", source], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "warming up\n"
        shown = dashboard(home)
        page = shown.open("/acme/live/runs/live/console")
        page.get_by_test_id("console").get_by_text("warming up").wait_for()
        page.get_by_test_id("cancel").click()
        page.get_by_label("Why").fill("seen enough")
        page.get_by_test_id("cancel-now").click()
        page.locator(".run-page[data-status=CANCELED]").wait_for()
        assert "seen enough" in page.locator(".reason-line").inner_text()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def test_tags_and_descriptions_are_changed(tmp_path, dashboard):
    """Here and in the store; deleting can be undone."""
    home = tmp_path / "changing"
    client = trialog.LocalClient(home)
    with trialog.init("acme", "Changing", name="old", client=client, capture=False) as run:
        pass
    shown = dashboard(home)
    page = shown.open(f"/acme/changing/runs/{run.id}")
    page.get_by_test_id("add-tag").click()
    page.keyboard.type("good, new")
    page.keyboard.press("Enter")
    page.locator(".run-tags .tag", has_text="new").wait_for()
    page.get_by_test_id("run-menu").click()
    page.get_by_role("menuitem", name="Rename and describe").click()
    page.get_by_role("textbox", name="Name").fill("renamed")
    page.get_by_role("textbox", name="Description").fill("warm start")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="renamed").wait_for()
    page.get_by_test_id("run-menu").click()
    page.get_by_role("menuitem", name="Delete").click()
    note = page.locator(".note", has_text="The run is deleted.")
    note.get_by_role("button", name="Undo").click()
    page.get_by_text("The run is back.").wait_for()
    stored = trialog.get_run(run.id, client=client)
    assert (stored.name, stored.description, stored.tags) == (
        "renamed",
        "warm start",
        ("good", "new"),
    )
    assert stored.date_deleted is None
    assert page.errors == []
