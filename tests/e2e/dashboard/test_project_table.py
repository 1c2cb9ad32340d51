"""The project's page: its table of runs and the filter above it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROJECT = "/acme/vision"
TABLE = f"{PROJECT}?view=table"
MANY = """
import trialog
for number in range(250):
    rate = {"lr": number / 1000}
    with trialog.init("acme/many", name=f"run-{number:04}", parameters=rate) as run:
        run.log("loss", 1 / (number + 1))
with trialog.init("acme/many", name="x" * 200, tags=["odd"]) as run:
    run.log({f"metric/{number:05}": 1.0 for number in range(10_000)})
trialog.get_run("run-0000").delete()
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A store with more runs than a page of the table has, a long name and many metrics."""
    home = tmp_path_factory.mktemp("many") / "store"
    environment = {**os.environ, "TRIALOG_HOME": str(home), "TRIALOG_CAPTURE": "none"}
    subprocess.run([sys.executable, "-c", MANY], check=True, env=environment, timeout=120)
    return home


def names(page):
    """The names in the table, from above."""
    return page.locator("[role=row] .cell-name a").all_inner_texts()


def filter_by(look, page, text):
    page.keyboard.press("/")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    look.settle(page)


def test_table_and_charts(look, check_axe, keep_picture):
    """Runs stand in the table with the colours of their lines, in light and in dark."""
    page = look.open(PROJECT)
    assert len(names(page)) == 16
    grid = page.get_by_role("grid", name="Runs")
    assert grid.get_attribute("aria-rowcount") == "17"
    check_axe(page)
    keep_picture(page, "project")
    assert page.errors == []
    page = look.open(TABLE, is_dark=True, width=1500)
    check_axe(page)
    keep_picture(page, "project-table-dark")
    page = look.open(PROJECT, width=390)
    check_axe(page)
    keep_picture(page, "project-phone")


def test_filter(look):
    """Typing applies by itself once it can be understood; back undoes it."""
    page = look.open(TABLE)
    page.keyboard.press("/")
    page.keyboard.type("lr < 0.01 and ma")
    page.get_by_role("option", name='max("val/acc")').wait_for()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("> 0.85")
    page.wait_for_url("**where=lr+%3C+0.01+and+max**")
    look.settle(page)
    assert page.get_by_test_id("count").inner_text() == "3 of 16"
    page.go_back()
    look.settle(page)
    assert len(names(page)) == 16


def test_filter_that_is_wrong(look, check_axe, keep_picture):
    """What is wrong is underlined and said, and the runs stay."""
    page = look.open(TABLE)
    page.keyboard.press("/")
    page.keyboard.type("lr < 0.01 and modle > 3")
    problem = page.get_by_test_id("filter-problem")
    problem.wait_for()
    assert problem.locator("mark").inner_text() == "modle"
    described = page.get_by_test_id("filter").get_attribute("aria-describedby")
    assert "no run has a parameter 'modle'" in page.locator(f"#{described}").inner_text()
    assert len(names(page)) == 16
    check_axe(page)
    keep_picture(page, "project-filter-wrong")
    filter_by(look, page, "lr > 100")
    assert page.get_by_text("No run is like that").is_visible()
    page.get_by_test_id("show-all").click()
    look.settle(page)
    assert len(names(page)) == 16


def test_filter_with_a_name_that_no_run_has(look, check_axe, keep_picture):
    """It finds none, as it should, and says which name was probably meant."""
    page = look.open(TABLE)
    filter_by(look, page, "lrr > 0.001 and seed == 1")
    problem = page.get_by_test_id("filter-problem")
    assert "no run has a parameter 'lrr': did you mean lr?" in problem.inner_text()
    assert problem.locator("mark").inner_text() == "lrr"
    assert page.get_by_text("No run is like that").is_visible()
    check_axe(page)
    keep_picture(page, "project-filter-unknown-name")
    page.reload()
    look.settle(page)
    problem.get_by_role("button", name="Use lr").click()
    look.settle(page)
    assert problem.count() == 0
    assert page.get_by_test_id("filter").input_value() == "lr > 0.001 and seed == 1"
    assert len(names(page)) == 3
    filter_by(look, page, "lr > 100")
    assert page.get_by_text("No run is like that").is_visible()
    assert problem.count() == 0


def test_first_look_has_columns(look):
    """Beside the charts at least four columns of the table are seen whole; a kept width stays."""
    page = look.open(PROJECT, width=1440, height=900)
    seen = """rail => [...rail.querySelectorAll("[role=columnheader][data-text]")]
        .filter(head => head.getBoundingClientRect().right <= rail.getBoundingClientRect().right)
        .map(head => head.dataset.text)"""
    rail = page.get_by_role("region", name="Table of runs")
    assert rail.evaluate(seen)[:3] == ["name", "status", "lr"]
    assert len(rail.evaluate(seen)) >= 5
    page = look.open(f"{PROJECT}?rail=400", width=1440, height=900)
    assert rail_width(page) == 400
    page = look.open(PROJECT, width=1440, height=900)
    page.set_viewport_size({"width": 1024, "height": 800})
    page.wait_for_function("() => document.querySelector('.rail').offsetWidth === 470")


def rail_width(page):
    return page.locator(".rail").evaluate("rail => rail.offsetWidth")


def test_a_new_column_is_seen_at_once(look):
    """It stands behind the name, also where the table was scrolled; screen readers are told."""
    page = look.open(PROJECT, width=1000)
    grid = page.get_by_role("grid", name="Runs")
    grid.evaluate("grid => grid.scrollTo({ left: 600 })")
    page.get_by_test_id("columns").click()
    page.get_by_test_id("find-column").fill("host")
    page.get_by_role("checkbox", name="host").check()
    look.settle(page)
    assert page.get_by_role("status").filter(has_text="host stands behind the name").count() == 1
    page.keyboard.press("Escape")
    head = page.locator("[role=columnheader][data-text]")
    assert head.nth(1).get_attribute("data-text") == "host"
    assert grid.evaluate("grid => grid.scrollLeft") == 0


def test_order_and_columns(look, check_axe):
    """Heads sort, with shift by several; columns are chosen, kept in sight and moved by keys."""
    page = look.open(f"{TABLE}&columns=lr,max(%22val/acc%22)")
    head = page.get_by_role("columnheader")
    head.filter(has_text="lr").locator(".head-button").click()
    head.filter(has_text="val/acc").locator(".head-button").click(modifiers=["Shift"])
    look.settle(page)
    assert page.evaluate("new URLSearchParams(location.search).get('sort')") == 'lr, max("val/acc")'
    assert head.filter(has_text="lr").get_attribute("aria-sort") == "ascending"
    assert names(page)[:2] == ["resnet34-04", "resnet18-08"]
    page.get_by_test_id("columns").click()
    page.get_by_test_id("find-column").fill("dura")
    page.get_by_role("checkbox", name="duration").check()
    page.keyboard.press("Escape")
    look.settle(page)
    page.get_by_role("grid").focus()
    for key in ("ArrowUp", "Home", *["ArrowRight"] * 3, "m"):
        page.keyboard.press(key)
    check_axe(page)
    page.get_by_role("menuitem", name="Move right").press("Enter")
    look.settle(page)
    assert page.evaluate("new URLSearchParams(location.search).get('columns')") == (
        'lr,duration,max("val/acc")'
    )


def test_groups(look, check_axe, keep_picture):
    """Groups have mean and deviation, and open to their runs."""
    page = look.open(f"{TABLE}&group=parameters[%22model/depth%22]")
    titles = page.locator(".group-row strong")
    assert titles.all_inner_texts() == [f"model/depth = {depth}" for depth in (18, 34, 152)] + [
        "model/depth is missing"
    ]
    page.get_by_role("button", name="Open the group model/depth = 34").click()
    look.settle(page)
    assert names(page) == [f"resnet34-{number:02}" for number in (7, 6, 5, 4)]
    assert "±" in page.locator(".group-row").last.inner_text()
    check_axe(page)
    keep_picture(page, "project-groups")


def test_groups_have_the_colours_of_their_curves(look):
    """Groups stand in the order of their values, as their curves do, and have their looks."""
    page = look.open(f"{PROJECT}?group=lr", height=1100)
    rows = page.locator(".group-row")
    shown = {
        row.locator("strong").inner_text(): row.locator(".run-swatch path").get_attribute("stroke")
        for row in rows.all()
    }
    drawn = page.locator("[data-testid=plot]").first.evaluate(
        "host => host.__data.scene.curves.map(each => [each.curve.label, each.style.colour])"
    )
    assert [(f"lr = {label}", colour) for label, colour in drawn] == list(shown.items())
    rates = [float(title.removeprefix("lr = ")) for title in shown]
    assert rates == sorted(rates)
    assert 0.01 in rates


def test_keys_select_pin_and_compare(look):
    """The table is worked by keys alone, and what they do stands in the address."""
    page = look.open(TABLE)
    page.get_by_role("grid").focus()
    for key in ("j", "x", "j", "x", "p", "h", "b"):
        page.keyboard.press(key)
    look.settle(page)
    assert page.get_by_test_id("bulk").inner_text().startswith("2 runs selected")
    assert names(page).count("infeasible") == 2
    assert {"pin", "hide", "baseline"} <= set(
        page.evaluate("[...new URLSearchParams(location.search).keys()]")
    )
    assert page.locator(".difference").first.is_visible()
    page.keyboard.press("Shift+ArrowDown")
    assert page.locator("[role=row][aria-selected=true]").count() >= 3
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/**")


def test_many_runs_scroll(many, dashboard, check_axe, keep_picture):
    """Only what is seen is drawn; the last of many runs is a key away; all can be selected."""
    server = dashboard(many)
    page = server.open("/acme/many?view=table")
    assert page.get_by_test_id("count").inner_text() == "250 runs"
    assert page.locator("[role=row]").count() < 80
    keep_picture(page, "project-long-name")
    page.get_by_role("grid").focus()
    page.keyboard.press("Control+End")
    server.settle(page)
    assert names(page)[-1] == "run-0001"
    page.locator("[role=columnheader] .tick").click()
    server.settle(page)
    assert page.get_by_test_id("bulk").inner_text().startswith("250 runs selected")
    page.get_by_test_id("columns").click()
    page.get_by_test_id("find-column").fill("09999")
    assert page.get_by_role("checkbox", name="metric/09999").is_visible()
    check_axe(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="1 deleted").click()
    server.settle(page)
    assert names(page) == ["run-0000"]
    assert page.errors == []


def test_changes_and_views(many, dashboard, tmp_path):
    """Ticked runs are tagged and that is undone; a view is saved and loaded by its address."""
    server = dashboard(many)
    page = server.open("/acme/many?view=table&where=lr+%3C+0.003")
    page.locator("[role=columnheader] .tick").click()
    page.get_by_test_id("bulk-tag").click()
    page.get_by_label("Tags, with commas between").fill("good, small")
    page.get_by_test_id("confirm").click()
    page.get_by_text("2 runs tagged").wait_for()
    server.settle(page)
    assert page.locator(".cell .tag").all_inner_texts() == ["good", "small"] * 2
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("2 runs put back").wait_for()
    server.settle(page)
    assert page.locator(".cell .tag").count() == 0
    page.get_by_test_id("views").click()
    page.get_by_test_id("save-view").click()
    page.get_by_test_id("view-text").fill("small rates")
    page.get_by_test_id("confirm").click()
    page.get_by_text("View “small rates” saved").wait_for()
    other = server.open("/acme/many?saved=small+rates")
    other.wait_for_url("**where=lr**")
    server.settle(other)
    assert other.get_by_test_id("count").inner_text() == "2 of 250"
    with other.expect_download() as saved:
        other.get_by_test_id("more").click()
        other.get_by_role("menuitem", name="Save as CSV").click()
    saved.value.save_as(tmp_path / "runs.csv")
    assert len((tmp_path / "runs.csv").read_text().splitlines()) == 3
    other.get_by_test_id("more").click()
    other.get_by_role("menuitem", name="Copy as Python").click()
    other.get_by_text("Python copied").wait_for()
    copied = other.evaluate("navigator.clipboard.readText()")
    assert copied == 'trialog.runs("acme/many", where="lr < 0.003")'


def test_empty_project(dashboard, tmp_path, check_axe, keep_picture):
    """A project that is not there says how to make it; one with a single run has a table."""
    home = tmp_path / "empty"
    code = 'import trialog\nwith trialog.init("acme/new") as run: pass\n'
    environment = {**os.environ, "TRIALOG_HOME": str(home), "TRIALOG_CAPTURE": "none"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=60)
    server = dashboard(home)
    page = server.open("/acme/nothing")
    assert page.get_by_text("no project 'acme/nothing'").is_visible()
    assert page.get_by_text('with trialog.init("acme/nothing"').is_visible()
    check_axe(page)
    keep_picture(page, "project-none")
    page = server.open("/acme/new")
    assert names(page)
    keep_picture(page, "project-one-run")


def test_charts_keep_the_last_filter_that_was_understood(look):
    """A filter that is wrong is sent once, by the table; charts stay as they are."""
    page = look.open(f"{PROJECT}?where=lr+%3C+0.01")
    asked = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    drawn = page.get_by_test_id("fidelity").first.inner_text()
    filter_by(look, page, "lr < (")
    assert page.get_by_test_id("filter-problem").is_visible()
    assert page.get_by_test_id("fidelity").first.inner_text() == drawn
    assert [each for each in asked if "lr < (" in each and "limit" not in each] == []
    assert sum("lr < (" in each for each in asked) == 1
    page = look.open(f"{PROJECT}?where=lr+%3C+(")
    assert page.get_by_text("The filter cannot be understood.").count() == 2
    filter_by(look, page, "lr < 0.01")
    assert page.get_by_test_id("fidelity").first.inner_text() == drawn


def test_escape_in_the_filter_loses_nothing(look):
    """It closes the list, then brings back what is applied, then leaves the field."""
    page = look.open(f"{TABLE}&where=lr+%3C+0.01")
    field = page.get_by_test_id("filter")
    field.focus()
    page.keyboard.press("End")
    page.keyboard.type(" and (ma")
    page.keyboard.press("Escape")
    look.settle(page)
    assert field.input_value() == "lr < 0.01 and (ma"
    assert page.locator(".offer").count() == 0
    page.keyboard.press("Escape")
    assert field.input_value() == "lr < 0.01"
    assert field.evaluate("field => field === document.activeElement")
    page.keyboard.press("Escape")
    assert not field.evaluate("field => field === document.activeElement")
    assert page.evaluate("new URLSearchParams(location.search).get('where')") == "lr < 0.01"


def test_status_chips_count_within_the_filter(look):
    """A chip narrows the filter to what it counts; another one takes its place."""
    page = look.open(f"{TABLE}&where=lr+%3C+0.01")
    chips = page.get_by_role("group", name="Filter by status")
    assert chips.inner_text().split() == ["interrupted", "1", "completed", "6"]
    page.get_by_test_id("status-INTERRUPTED").click()
    look.settle(page)
    assert page.get_by_test_id("count").inner_text() == "1 of 16"
    assert chips.inner_text().split() == ["interrupted", "1", "completed", "6"]
    page.get_by_test_id("status-COMPLETED").click()
    look.settle(page)
    assert len(names(page)) == 6
    page.get_by_test_id("status-COMPLETED").click()
    look.settle(page)
    assert page.get_by_test_id("filter").input_value() == "lr < 0.01"


def test_look_only_offers_no_change(vision, dashboard, check_axe):
    """What the server would refuse is off, and the page says why."""
    server = dashboard(vision, "--look-only")
    page = server.open(TABLE)
    page.get_by_test_id("look-only").wait_for()
    page.get_by_role("grid").focus()
    page.keyboard.press("x")
    tag = page.get_by_test_id("bulk-tag")
    assert tag.is_disabled()
    assert "--look-only" in tag.get_attribute("title")
    page.get_by_role("grid").focus()
    page.keyboard.press("m")
    assert page.get_by_role("menuitem", name="Look-only: no changes").is_disabled()
    assert page.get_by_role("menuitem", name="Delete").count() == 0
    check_axe(page)
    page.keyboard.press("Escape")
    page.get_by_test_id("views").click()
    assert page.get_by_test_id("save-view").count() == 0


def test_a_column_draws_a_metric(look, check_axe, keep_picture):
    """One request brings the curves of the rows in sight, with every extreme."""
    page = look.open(f"{TABLE}&columns=status,lr")
    asked = []
    page.on(
        "request",
        lambda each: asked.append(each.post_data_json) if each.url.endswith("/chart") else None,
    )
    page.get_by_test_id("columns").click()
    page.get_by_label("Which measure of a metric").select_option("curve")
    page.get_by_role("checkbox", name="train/loss").check()
    page.keyboard.press("Escape")
    look.settle(page)
    assert len(asked) == 1
    assert len(asked[0]["selection"]["runs"]) == 16
    assert page.get_by_test_id("spark").count() == 16
    row = page.locator("[role=row]", has=page.get_by_role("link", name="resnet18-03"))
    spark = row.get_by_test_id("spark")
    assert "to 25," in spark.get_attribute("aria-label")
    swatch = row.locator(".run-swatch path")
    assert spark.locator("path").get_attribute("stroke") == swatch.get_attribute("stroke")
    check_axe(page)
    keep_picture(page, "project-curves")
    head = page.get_by_role("columnheader").filter(has_text="train/loss")
    head.locator(".head-button").click()
    look.settle(page)
    assert page.evaluate("new URLSearchParams(location.search).get('sort')") == 'last("train/loss")'
    assert head.get_attribute("aria-sort") == "ascending"
    assert page.get_by_test_id("spark").count() == 16
    assert page.errors == []
