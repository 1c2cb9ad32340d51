"""What seldom happens must look right too: a lone crashed run, long names, very many metrics."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LONG = "a-very-long-name-of-a-run-" * 7 + "that-ends-here-at-200"
PROGRAM = f"""
import trialog
try:
    with trialog.init("acme/crashed", name="only-one") as run:
        raise ValueError("shapes (3,) and (4,) do not fit")
except ValueError:
    pass
with trialog.init("acme/long", name={LONG[:200]!r}, tags=["t" * 120], parameters={{"p" * 150: "v" * 500}}) as run:
    for step in range(5):
        run.log("m" * 150, step / 3, step=step)
with trialog.init("acme/many", name="many") as run:
    for step in range(2):
        run.log({{f"group{{number % 40}}/metric{{number:05}}": number * 0.5 + step for number in range(10_000)}}, step=step)
"""  # noqa: E501 # a program


@pytest.fixture(scope="module")
def hard(tmp_path_factory):
    """A store of such runs."""
    home = tmp_path_factory.mktemp("hard") / "store"
    environment = {**os.environ, "TRIALOG_HOME": str(home), "TRIALOG_CAPTURE": "none"}
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, env=environment, timeout=60)
    return home


def has_no_overflow(page) -> bool:
    """Whether the page itself does not scroll sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_project_of_one_crashed_run(hard, dashboard, check_axe, keep_picture):
    """The run is there, its reason too; the charts say that there is nothing to draw yet."""
    served = dashboard(hard)
    page = served.open("/acme/crashed")
    assert page.get_by_text("only-one").first.is_visible()
    assert page.get_by_text("crashed").first.is_visible()
    assert page.get_by_text("No metrics yet").is_visible()
    check_axe(page)
    keep_picture(page, "one-crashed-run")
    page.get_by_text("only-one").first.click()
    page.wait_for_url("**/runs/**")
    served.settle(page)
    assert page.get_by_text("shapes (3,) and (4,) do not fit").first.is_visible()
    assert page.errors == []


def test_long_names(hard, dashboard, check_axe, keep_picture):
    """A name of 200 letters breaks no layout, on a screen and on a phone; it can be read whole."""
    served = dashboard(hard)
    for width in (1280, 390):
        page = served.open("/acme/long", width=width)
        assert has_no_overflow(page)
        check_axe(page)
        keep_picture(page, f"long-names-{width}")
        link = page.get_by_role("link", name=LONG[:200]).first
        link.click()
        page.wait_for_url("**/runs/**")
        served.settle(page)
        assert has_no_overflow(page)
        check_axe(page)
        keep_picture(page, f"long-name-run-{width}")
        assert page.errors == []


def test_ten_thousand_metrics(hard, dashboard, check_axe, keep_picture):
    """Ten thousand charts: only those in sight are there, and the last is found by its name."""
    served = dashboard(hard)
    page = served.open("/acme/many")
    assert page.locator("canvas").count() < 200
    assert page.evaluate("document.querySelectorAll('*').length") < 6000
    check_axe(page)
    keep_picture(page, "ten-thousand-metrics")
    page.get_by_test_id("chart-search").fill("metric09999")
    served.settle(page)
    assert page.get_by_text("group39/metric09999").first.is_visible()
    assert page.errors == []
