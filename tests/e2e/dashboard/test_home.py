"""The first page."""

from __future__ import annotations

import os
import subprocess
import sys


def test_what_needs_attention_comes_first(look, check_axe, keep_picture):
    """Runs in trouble with their reasons, then the projects; a link leads to each."""
    page = look.open("/")
    rows = page.locator(".attention li")
    assert "killed" in rows.filter(has_text="killed-outright").inner_text()
    assert "tried to allocate 2.1 GiB" in rows.filter(has_text="too-deep").inner_text()
    assert page.locator(".project").filter(has_text="vision").get_by_text("16 runs").is_visible()
    check_axe(page)
    keep_picture(page, "home-light")
    assert page.errors == []
    page.get_by_role("link", name="tokens", exact=True).click()
    page.wait_for_url("**/acme/tokens")
    page.go_back()
    assert page.locator(".attention").is_visible()


def test_dark_and_narrow(look, check_axe, keep_picture):
    """The same by night and on a phone."""
    page = look.open("/", is_dark=True)
    check_axe(page)
    keep_picture(page, "home-dark")
    page = look.open("/", width=390, height=780)
    check_axe(page)
    keep_picture(page, "home-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_empty_store(dashboard, check_axe, keep_picture):
    """A store without runs says how to make one, and shows the first by itself."""
    served = dashboard()
    page = served.open("/")
    assert page.get_by_text("No runs yet").is_visible()
    check_axe(page)
    keep_picture(page, "home-empty")
    program = "import trialog\nwith trialog.init('acme/first'): trialog.log('loss', 1.0)"
    environment = {**os.environ, "TRIALOG_HOME": str(served.home)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, timeout=30)
    page.get_by_role("link", name="first", exact=True).wait_for(timeout=12_000)
    assert page.errors == []
