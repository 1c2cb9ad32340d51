"""Runs side by side."""

from __future__ import annotations

import json

import pytest

import trialog


@pytest.fixture(scope="module")
def ids(vision):
    """The ids of the store's runs by their names."""
    return {
        run.name: run.id for run in trialog.runs("acme/vision", client=trialog.LocalClient(vision))
    }


def address(ids, *names, **more):
    state = "".join(f"&{key}={value}" for key, value in more.items())
    return f"/acme/vision/compare?runs={','.join(ids[name] for name in names)}{state}"


def headings(page):
    return page.locator(".run-heading a").all_inner_texts()


def test_what_differs(look, ids, check_axe, keep_picture):
    """Only what differs at first, with the distance from the baseline; all on demand."""
    names = ("resnet18-00", "resnet18-01", "resnet18-02")
    page = look.open(address(ids, *names), height=1200)
    assert headings(page) == list(names)
    row = page.locator('[data-row="lr"] td')
    assert row.nth(0).inner_text() == "0.001"
    assert "+0.002" in row.nth(1).inner_text()
    assert "+200 %" in row.nth(1).inner_text()
    assert "× 10" in row.nth(2).inner_text()
    assert page.locator('[data-row="model/name"]').count() == 0
    check_axe(page)
    keep_picture(page, "compare-light")
    page.get_by_test_id("only-changed").click()
    assert page.locator('[data-row="model/name"]').is_visible()
    page.get_by_test_id("find-rows").fill("val/acc")
    assert page.locator("[data-row]").count() == 3
    page.go_back()
    assert page.locator('[data-row="model/name"]').count() == 0
    assert page.errors == []


def test_columns_by_keyboard(look, ids):
    """Runs are added, moved, removed, and made the baseline, all of it in the address."""
    page = look.open(address(ids, "resnet18-00", "resnet18-01"))
    page.get_by_test_id("add-run").fill("too-deep")
    page.get_by_role("option", name="too-deep").wait_for()
    page.keyboard.press("Enter")
    page.locator(".run-heading").nth(2).wait_for()
    look.settle(page)
    page.get_by_role("button", name="More for too-deep").press("Enter")
    page.get_by_role("menuitem", name="Move left").press("Enter")
    assert headings(page) == ["resnet18-00", "too-deep", "resnet18-01"]
    page.get_by_role("button", name="More for too-deep").press("Enter")
    page.get_by_role("menuitem", name="Make this the baseline").press("Enter")
    assert f"baseline={ids['too-deep']}" in page.url
    assert page.locator(".run-heading.is-baseline").inner_text().startswith("too-deep")
    page.get_by_role("button", name="More for resnet18-01").press("Enter")
    page.get_by_role("menuitem", name="Remove from here").press("Enter")
    assert headings(page) == ["resnet18-00", "too-deep"]
    assert page.errors == []


def test_pictures_console_and_copies(look, ids, check_axe):
    """Pictures at one step, consoles line by line, the table as Markdown and as a file."""
    page = look.open(address(ids, "resnet18-00", "resnet18-01", "too-deep"))
    slider = page.get_by_test_id("step")
    slider.press("Home")
    page.wait_for_url("**at=0")
    assert page.locator(".compare-picture img[data-step='0']").count() == 2
    page.get_by_test_id("console-diff").locator("summary").click()
    page.get_by_text("Neither run has kept anything of its console").wait_for()
    page.get_by_label("The run after").select_option(label="too-deep")
    page.wait_for_url("**pair=**")
    look.settle(page)
    assert "CUDA out of memory" in page.get_by_test_id("console-diff").inner_text()
    check_axe(page)
    page.get_by_test_id("compare-more").click()
    page.get_by_role("menuitem", name="Copy as Markdown table").click()
    page.locator(".note").filter(has_text="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("|  | resnet18-00 | resnet18-01 | too-deep |")
    page.get_by_test_id("compare-more").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Save as CSV").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert "parameters,lr,0.001,0.003,0.01" in text
    assert page.errors == []


def test_many_runs_dark_and_narrow(look, ids, check_axe, keep_picture):
    """More than ten runs stand side by side; by night; the page itself never scrolls sideways."""
    names = sorted(name for name in ids if name.startswith("resnet"))
    page = look.open(address(ids, *names, all=1), is_dark=True)
    assert len(headings(page)) == 12
    check_axe(page)
    keep_picture(page, "compare-dark")
    page = look.open(address(ids, *names[:3]), width=390, height=780)
    check_axe(page)
    keep_picture(page, "compare-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_nothing_chosen_and_unknown_runs(look, check_axe):
    """An address without runs, or with some that are not there, says so."""
    page = look.open("/acme/vision/compare")
    assert page.get_by_text("No runs are chosen").is_visible()
    check_axe(page)
    page = look.open("/acme/vision/compare?runs=nothing")
    assert page.locator("[data-state=error]").first.is_visible()
    page.errors.clear()  # the browser notes the 404 that was asked for
    assert json.loads(page.evaluate("JSON.stringify(window.__trialog.isIdle())")) is True


def test_one_run_alone(look, ids, check_axe):
    """It is said once that there is nothing to compare with."""
    page = look.open(address(ids, "resnet18-00"))
    alone = page.get_by_test_id("alone")
    assert "Add a second one above" in alone.inner_text()
    assert page.get_by_test_id("told").count() == 0
    check_axe(page)
    alone.get_by_role("button").click()
    assert page.locator('[data-row="lr"]').is_visible()


def test_it_follows_the_runs(dashboard, tmp_path):
    """What a run logs stands in the table, the charts and the code, on the page of a sweep too."""
    home = tmp_path / "live"
    client = trialog.LocalClient(home)
    server = dashboard(home)
    with (
        trialog.init("acme/live", name="a", parameters={"lr": 1}, client=client) as one,
        trialog.init(
            "acme/live", name="b", parameters={"lr": 2}, client=client, supersede=False
        ) as two,
    ):
        for run in (one, two):
            run.log("loss", 1.0)
        page = server.open(f"/acme/live/compare?runs={one.id},{two.id}&code=1")
        sweep = server.open("/acme/live/sweep")
        page.locator("[data-liveness=live]").wait_for()
        sweep.locator("[data-liveness=live]").wait_for()
        code = page.get_by_test_id("code-diff")
        code.get_by_text("a and b kept no changes to the code").wait_for()
        for run, line in ((one, "+x = 1"), (two, "+x = 2")):  # as is kept while a run goes on
            patch = f"diff --git a/a.py b/a.py\n{line}\n".encode()
            run.log_attachment("code/diff.patch", "text/x-diff", patch)
        two.log({"loss": 0.125, "late": 7.0})
        page.locator('[data-row="last(loss)"]').get_by_text("0.125").wait_for()
        page.locator('[data-testid=chart][data-metric="late"]').wait_for()
        code.locator(".diff-added").get_by_text("+x = 2").wait_for()
        with trialog.init("acme/live", name="c", client=client, supersede=False) as three:
            three.log("loss", 0.5)
        sweep.get_by_test_id("best").get_by_role("link", name="c").wait_for()
        assert sweep.get_by_test_id("brushed").inner_text().startswith("3 of 3")
