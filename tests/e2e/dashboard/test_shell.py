"""The frame of every page: the token, the theme, addresses that lead nowhere."""

from __future__ import annotations


def test_missing_page(look, check_axe):
    """An address that leads nowhere says so, and nothing fails in the browser."""
    page = look.open("/a/b/c/d/e/f")
    assert page.get_by_text("There is no such page.").is_visible()
    check_axe(page)
    assert page.errors == []


def test_token_leaves_the_address(look):
    """The token stands in no address that may be shared or kept in a history."""
    page = look.open("/a/b/c/d/e/f")
    assert "token" not in page.url
    page.reload()
    look.settle(page)
    assert page.get_by_text("There is no such page.").is_visible()


def test_theme(look):
    """The theme follows the system, and the user's choice is kept."""
    page = look.open("/a/b/c/d/e/f", is_dark=True)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_test_id("theme").click()
    assert page.locator("html").get_attribute("data-theme") == "light"
    page.reload()
    look.settle(page)
    assert page.locator("html").get_attribute("data-theme") == "light"


def test_search_by_keyboard(look, check_axe):
    """Ctrl-K leads to a project or run by a few letters, without a mouse."""
    page = look.open("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("too-d")
    option = page.get_by_role("option").filter(has_text="too-deep")
    option.wait_for()
    check_axe(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/acme/vision/runs/*")


def test_help_tells_the_keys(look, check_axe):
    """? names every key of the page; Escape closes it."""
    page = look.open("/")
    page.keyboard.press("?")
    assert page.get_by_text("Search projects and runs").last.is_visible()
    check_axe(page)
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")


def test_help_tells_the_keys_of_charts_and_of_the_table(look, check_axe, keep_picture):
    """Where there are some; what is listed works: a chart is panned and shown whole by keys."""
    page = look.open("/acme/vision")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_role("heading").all_inner_texts() == [
        "Keys",
        "Anywhere on this page",
        "In the table",
        "On a chart",
    ]
    assert dialog.get_by_text("Pan to the left, to the right").is_visible()
    check_axe(page)
    keep_picture(page, "keys")
    page.keyboard.press("Escape")
    page.get_by_test_id("plot").first.focus()
    page.keyboard.press("+")
    page.wait_for_url("**w=*")
    before = page.url
    page.keyboard.press(".")
    page.wait_for_function("before => location.href !== before", arg=before)
    page.keyboard.press("Escape")
    page.wait_for_function("() => !new URLSearchParams(location.search).has('w')")
