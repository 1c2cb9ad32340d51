"""The page of a sweep."""

from __future__ import annotations

import os
import subprocess
import sys

MANY = """
import random, trialog
chance = random.Random(1)
for number in range(11):
    given = {f"parameter-{each:02}": chance.random() for each in range(60)}
    name = ("a-very-long-name-" * 12)[:195] + f"{number:03}"
    with trialog.init("acme/many", name=name, parameters=given | {"optimizer": "x" * 200}) as run:
        run.log("val/loss", given["parameter-41"])
with trialog.init("acme/one", parameters={"lr": 0.1}) as run:
    run.log("loss", 1.0)
for word in ("a", "b"):
    with trialog.init("acme/words", parameters={"model": word}):
        pass
"""
SWEEP = "/acme/vision/sweep"


def brushed(page):
    return page.get_by_test_id("brushed").inner_text()


def test_brushing(look, check_axe, keep_picture):
    """A drag along an axis keeps some runs in every plot; back undoes it."""
    page = look.open(SWEEP)
    assert brushed(page).startswith("16 of 16")
    check_axe(page)
    keep_picture(page, "sweep-light", full_page=True)
    canvas = page.get_by_test_id("parallel-brush").bounding_box()
    head = page.locator('[data-axis="lr"]').bounding_box()
    x = head["x"] + head["width"] / 2
    page.mouse.move(x, canvas["y"] + 2)
    page.mouse.down()
    page.mouse.move(x, canvas["y"] + 60, steps=3)
    page.mouse.up()
    page.wait_for_url("**b=lr,**")
    assert brushed(page).startswith("1 of 16")
    assert page.get_by_test_id("best").locator("tbody tr").count() == 1
    page.go_back()
    assert brushed(page).startswith("16 of 16")
    assert page.errors == []


def test_brushing_by_keyboard(look, check_axe):
    """Numbers and ticks brush as a drag does; the runs go on into the table and the comparison."""
    page = look.open(SWEEP)
    page.get_by_test_id("ranges").locator("summary").press("Enter")
    page.get_by_label("lr from").fill("0.003")
    page.get_by_label("lr to").fill("0.01")
    page.get_by_label("lr to").press("Enter")
    page.wait_for_url("**b=lr,0.003..0.01")
    assert brushed(page).startswith("7 of 16")
    page.get_by_test_id("top").fill("60")
    page.get_by_test_id("top").press("Enter")
    page.wait_for_url("**top=60**")
    check_axe(page)
    amount = int(brushed(page).split()[0])
    assert 0 < amount < 7
    page.get_by_test_id("invert").press("Enter")
    page.wait_for_url("**not=1**")
    assert brushed(page).startswith(f"{16 - amount} of 16")
    page.get_by_test_id("clear").press("Enter")
    page.get_by_label("lr from").fill("0.003")
    page.get_by_label("lr from").press("Tab")
    page.wait_for_url("**b=lr,0.003..**")
    kept = int(brushed(page).split()[0])
    page.get_by_test_id("to-compare").press("Enter")
    page.wait_for_url("**/compare?runs=**")
    page.get_by_test_id("compare-table").wait_for()
    assert page.locator(".run-heading").count() == kept
    page.go_back()
    look.settle(page)
    page.get_by_test_id("to-table").press("Enter")
    page.wait_for_url("**where=lr**")
    look.settle(page)
    assert page.get_by_role("grid").get_attribute("aria-rowcount") in {str(kept), str(kept + 1)}
    assert page.errors == []


def test_axes_move_and_turn(look):
    """Arrow keys move an axis; its menu changes its scale; another objective is asked for anew."""
    page = look.open(SWEEP)
    first = page.locator(".axis-head").first
    name = first.get_attribute("data-axis")
    first.press("ArrowRight")
    page.wait_for_url("**axes=**")
    assert page.locator(".axis-head").nth(1).get_attribute("data-axis") == name
    page.locator('[data-axis="lr"]').click()
    page.get_by_role("menuitem", name="Logarithmic").click()
    assert page.locator('[data-axis="lr"]').get_attribute("data-kind") == "log"
    page.get_by_test_id("objective").select_option('max("val/acc")')
    look.settle(page)
    assert page.get_by_test_id("goal-max").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Scatter as a table").click()
    page.get_by_role("dialog").get_by_text("resnet18-00").first.wait_for()
    assert page.errors == []


def test_dark_and_narrow(look, check_axe, keep_picture):
    """The same by night and on a phone."""
    page = look.open(f"{SWEEP}?b=lr,0.003..", is_dark=True)
    check_axe(page)
    keep_picture(page, "sweep-dark", full_page=True)
    page = look.open(SWEEP, width=390, height=780)
    check_axe(page)
    keep_picture(page, "sweep-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_hard_cases(dashboard, check_axe, keep_picture):
    """Sixty parameters and long names; one run; no metric: each looks right and says what is so."""
    served = dashboard()
    environment = {**os.environ, "TRIALOG_HOME": str(served.home), "TRIALOG_CAPTURE": "none"}
    subprocess.run([sys.executable, "-c", MANY], check=True, env=environment, timeout=60)
    page = served.open("/acme/many/sweep")
    assert page.locator(".axis-head").count() == 9
    assert "more)" in page.get_by_test_id("axes").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    check_axe(page)
    keep_picture(page, "sweep-many")
    page = served.open("/acme/one/sweep")
    assert page.get_by_text("One run is no sweep yet").is_visible()
    check_axe(page)
    page = served.open("/acme/words/sweep")
    assert page.get_by_text("No run has logged a metric.").is_visible()
    assert page.get_by_test_id("parallel").is_visible()
    check_axe(page)
    assert page.errors == []
