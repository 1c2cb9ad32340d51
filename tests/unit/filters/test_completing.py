"""What is offered while a filter is typed."""

from __future__ import annotations

import pytest

from trialog._filters import KnownNames, complete

KNOWN = KnownNames(
    parameters=["lr", "model/depth", "name", "model"],
    metrics=["loss", "val/acc"],
    tags=["base", "b c"],
    values={"model": ["vit", "res", 3, True, float("nan")], "name": ["brave_pasta"]},
)


@pytest.mark.parametrize(
    "typed,replaced,offered",
    [
        ("l", "l", ["lr", "last(loss)", "last("]),
        ("stat", "stat", ["status"]),
        ("mod", "mod", ["model", 'parameters["model/depth"]']),
        ("lr > 1 and sta", "sta", ["status"]),
        ("not (na", "na", ["parameters.name", "name", "username", "namespace"]),
        ("val", "val", ['last("val/acc")', 'max("val/acc")', 'min("val/acc")']),
        ("parameters.", "parameters.", ["parameters.lr", 'parameters["model/depth"]']),
        ('parameters["mo', 'parameters["mo', ['parameters["model/depth"]', "parameters.model"]),
        ("max(", "", ["loss", '"val/acc"']),
        ('max("v', '"v', ['"val/acc"']),
        ("lr ", "", ["==", "<", "in", "is None", "and"]),
        ("lr i", "i", ["in", "is None"]),
        ("name ", "", ["==", "in", "not in"]),
        ("max(loss) ", "", ["<", ">"]),
        ("lr > 1 ", "", ["and", "or"]),
        ("lr > 1 o", "o", ["or"]),
        ("lr is ", "", ["None", "not None"]),
        ('"x" not ', "", ["in"]),
        ("status == ", "", ['"running"', '"done"']),
        ('status in ("running", "c', '"c', ['"completed"', '"crashed"']),
        ("model == ", "", ['"vit"', '"res"', "3", "True"]),
        ('model in ["v', '"v', ['"vit"']),
        ("model in ", "", ['["vit"]', "[3]"]),
        ("name == 'br", "'br", ['"brave_pasta"']),
        ("age < ", "", ['"1d"']),
        ("deleted == T", "T", ["True"]),
        ('"b', '"b', ['"base" in tags', '"b c" in tags']),
        ('"base" in ', "", ["tags", "name", "model"]),
        ("name.s", "s", ["startswith("]),
        ('größe == "日本" and sta', "sta", ["status"]),
    ],
)
def test_what_fits_is_offered(typed, replaced, offered):
    """In place of what is typed of it; names that are no Python names come in quotes."""
    found = complete(typed, len(typed), KNOWN)
    assert typed[found.start : found.end] == replaced
    texts = [item.text for item in found.items]
    assert [text for text in texts if text in offered] == sorted(offered, key=texts.index)
    assert set(offered) <= set(texts)


@pytest.mark.parametrize("typed", ["lr > 12", "# ", 'name.startswith("x', "max(loss", "f(x "])
def test_nothing_is_offered_where_nothing_is_known(typed):
    """A number, a text that is looked for, a call that there is not."""
    items = complete(typed, len(typed), KnownNames()).items
    assert items == []


def test_the_word_at_the_cursor_is_replaced_whole():
    """Also what stands right of the cursor; a tag that is followed by more comes alone."""
    found = complete("sta == 1", 2, KNOWN)
    assert (found.start, found.end, found.items[0].text) == (0, 3, "status")
    found = complete('"b" in tags', 2, KNOWN)
    assert (found.start, found.end) == (0, 3)
    assert [item.text for item in found.items] == ['"base"', '"b c"']
    found = complete('parameters["mo"] > 1', 14, KNOWN)
    assert (found.start, found.end) == (0, 16)


def test_offers_say_what_they_are():
    """For a menu: kind and a few words."""
    items = {item.text: item for item in complete("", 0, KNOWN).items}
    kinds = {text: items[text].kind for text in ("lr", "status", "max(", "last(loss)", "not")}
    assert list(kinds.values()) == ["parameter", "fact", "measure", "metric", "word"]
    assert items["status"].detail == "what is true of it now"
    assert items["lr"].detail == ""


def test_what_begins_so_comes_first():
    """Then what holds it; at most 50 are offered."""
    known = KnownNames(parameters=["decay_lr", "lr", *(f"lr{number}" for number in range(99))])
    items = complete("lr", 2, known).items
    assert len(items) == 50
    assert items[0].text == "lr"
    assert complete("decay", 5, known).items[0].text == "decay_lr"
