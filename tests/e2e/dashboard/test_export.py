"""A project in one HTML file."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def page_file(vision, tmp_path_factory):
    """The project, written by the command line."""
    path = tmp_path_factory.mktemp("export") / "vision.html"
    command = [sys.executable, "-m", "trialog", "export", "acme/vision", "--html", str(path)]
    environment = {**os.environ, "TRIALOG_HOME": str(vision)}
    subprocess.run(command, check=True, env=environment, timeout=60, capture_output=True)
    return path


def opened(browser, path, **how):
    context = browser.new_context(
        viewport={"width": 1200, "height": 900}, reduced_motion="reduce", **how
    )
    page = context.new_page()
    page.set_default_timeout(40_000)  # machines of tests may be busy
    page.errors, page.asked = [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda said: page.errors.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_function("() => window.__trialog")
    page.evaluate("() => window.__trialog.idle()")
    return page


def test_it_opens_from_disk_and_asks_nobody(browser, page_file, check_axe, keep_picture):
    """The file is the whole page: table, curves, every extreme; it asks for nothing else."""
    page = opened(browser, page_file)
    assert page.get_by_role("rowheader", name="too-deep").is_visible()
    page.wait_for_function("() => document.querySelector('.plot, [data-testid=plot], canvas')")
    assert [each for each in page.asked if not each.startswith(("data:", page_file.as_uri()))] == []
    assert page.errors == []
    check_axe(page)
    keep_picture(page, "export-light")
    greatest = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll('*')].filter((each) => each.__data)
            .flatMap((each) => each.__data.answers).flatMap((answer) => [...answer.arrays.y.values])
            .filter(Number.isFinite))"""
    )
    assert greatest == 25


def test_it_is_alive(browser, page_file):
    """Its table sorts and narrows; a run's line is hidden; the axis changes."""
    page = opened(browser, page_file, color_scheme="dark")
    page.get_by_role("button", name="name").click()
    first = page.locator("tbody th").first
    assert first.inner_text() == "infeasible"
    page.get_by_test_id("narrow").fill("resnet34")
    assert page.locator("tbody tr").count() == 4
    page.get_by_role("button", name="Draw only these").click()
    page.get_by_test_id("narrow").fill("")
    assert not page.get_by_label("Draw infeasible").is_checked()
    page.get_by_test_id("log-y").click()
    page.get_by_test_id("x-axis").select_option("relative")
    page.evaluate("() => window.__trialog.idle()")
    assert page.errors == []


def test_names_in_it_are_text(browser, dashboard, tmp_path):
    """A name that is a script, or ends one, is shown and never run."""
    name = "</script><script>document.title='owned'</script>"
    program = (
        f"import trialog\nwith trialog.init('acme/x', name={name!r}) as run:\n"
        "    run.log_parameter('<b>', '<i>')\n    run.log('<img src=x>', 1.0)"
    )
    store, path = tmp_path / "store", tmp_path / "x.html"
    environment = {**os.environ, "TRIALOG_HOME": str(store)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, timeout=30)
    command = [sys.executable, "-m", "trialog", "export", "--html", str(path), "--title", name]
    subprocess.run(command, check=True, env=environment, timeout=60, capture_output=True)
    page = opened(browser, path)
    assert page.title() == name
    assert page.get_by_role("rowheader", name=name).is_visible()
    assert page.errors == []
