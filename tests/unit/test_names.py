"""What may be a name, what becomes of it, and what was probably meant."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._names import (
    MAX_NAME_BYTES,
    check_name,
    check_path_name,
    nearest,
    normalise,
    refuse_keywords,
    to_slug,
)
from trialog.errors import InvalidNameError, UnknownKeywordError


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    "name",
    ["a", "val/acc", " spaced ", "été", "损失", "🙂", "a\u200db", "/", "..", "x" * 1024, "é" * 512],
    ids=lambda name: name[:9],
)
def test_a_name_comes_back_as_it_is(name):
    """Any Unicode text, up to 1,024 bytes of it."""
    assert check_name(name, "metric") == name


@pytest.mark.parametrize(
    "name,says",
    [
        ("", "the metric name is empty"),
        (" \u3000 ", "the metric name is empty"),
        ("a\nb", r"'\n' at position 1"),
        ("a\x00", r"'\x00' at position 1"),
        ("\x7f", r"'\x7f' at position 0"),
        ("ab\x9f", r"'\x9f' at position 2"),
        ("a\u2028", r"'\u2028' at position 1"),
        ("a\ud800", r"'\ud800' at position 1"),
        ("x" * 1025, "has 1025 bytes; at most 1024 are kept"),
        ("é" * 512 + "x", "has 1025 bytes"),
        (None, "must be text, not NoneType: None"),
        (b"loss", "must be text, not bytes: b'loss'"),
        (3, "must be text, not int: 3"),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_what_cannot_be_a_name(name, says):
    """The message says what is being named, and why it cannot be."""
    with pytest.raises(InvalidNameError) as caught:
        check_name(name, "metric")
    assert says in str(caught.value)
    assert "metric" in str(caught.value)


@settings(deadline=None)
@given(st.text(st.characters(), max_size=1100))
def test_what_is_a_name_can_be_written(name):
    """What passes is Unicode, not blank, of one line, and small."""
    try:
        checked = check_name(name, "metric")
    except InvalidNameError:
        return
    assert checked == name
    assert 0 < len(checked.encode()) <= MAX_NAME_BYTES
    assert checked.strip()
    assert len(checked.splitlines()) == 1


def test_an_enum_that_is_text_is_its_value():
    """The name that is kept is plain text."""
    assert type(check_name(Colour.RED, "metric")) is str
    assert check_name(Colour.RED, "metric") == "red"


@pytest.mark.parametrize("name", ["plot.png", "a/b/c", "...", "a..b", "x/..y", "C", "über/maß"])
def test_a_name_that_stays_in_its_folder(name):
    """Slashes make folders; dots are only letters unless they stand alone."""
    assert check_path_name(name, "file") == name


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "..", "../a", "a/../b", "a/..", "a\\b", "C:", "c:/x", "", "a\nb"]
)
def test_a_name_that_leaves_its_folder(name):
    """On any system; what cannot be a name at all is refused too."""
    with pytest.raises(InvalidNameError, match="the file name"):
        check_path_name(name, "file")


@pytest.mark.parametrize(
    "name,slug",
    [
        ("Protein folding", "protein-folding"),
        ("  A__b--C  ", "a-b-c"),
        ("Größe & Café", "grosse-cafe"),
        ("v1.2", "v1-2"),
        ("acme", "acme"),
        ("损失", "sun-shi"),
        ("x" * 200, "x" * 120),
    ],
    ids=lambda value: value[:16],
)
def test_a_slug_is_what_is_left_of_a_name(name, slug):
    """Small letters, digits and single dashes, at most 120 of them."""
    assert to_slug(name, "project") == slug


@pytest.mark.parametrize("name", ["!!!", "—", "🙂", "_", ""])
def test_a_name_of_which_nothing_is_left(name):
    """An empty slug would be no folder."""
    with pytest.raises(InvalidNameError, match="the project name"):
        to_slug(name, "project")


@settings(deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_a_slug_is_a_folder_name_and_its_own_slug(name):
    """On every system; slugging it again changes nothing."""
    try:
        slug = to_slug(name, "project")
    except InvalidNameError:
        return
    assert slug.replace("-", "").isalnum()
    assert slug.isascii()
    assert to_slug(slug, "project") == slug


@settings(deadline=None)
@given(st.text(max_size=10))
def test_names_that_look_the_same_have_one_form(name):
    """Composed and decomposed letters are one; doing it twice changes nothing."""
    forms = {normalise(unicodedata.normalize(form, name)) for form in ("NFC", "NFD")}
    assert forms == {normalise(name)}
    assert normalise(normalise(name)) == normalise(name)


@pytest.mark.parametrize(
    "word,candidates,found",
    [
        ("tag", ["tags", "name"], "tags"),
        ("desciption", ["description", "status"], "description"),
        ("name", ["name", "names"], "name"),
        ("zzz", ["tags", "name"], None),
        ("x", [], None),
        ("tgas", iter(["tags"]), "tags"),
    ],
)
def test_the_nearest_is_what_was_probably_meant(word, candidates, found):
    """Nothing is guessed where nothing is near."""
    assert nearest(word, candidates) == found


def test_known_keywords_are_not_refused():
    """Nothing unknown, nothing said."""
    assert refuse_keywords("init", [], ["name"]) is None


@pytest.mark.parametrize(
    "unknown,says",
    [
        ("nmae", "init() has no keyword 'nmae'; did you mean 'name'?"),
        ("zzzzzz", "init() has no keyword 'zzzzzz'; it takes: name, tags"),
        ("config", "init() has no keyword 'config'; use parameters="),
    ],
)
def test_an_unknown_keyword_is_answered(unknown, says):
    """By the word of another tracker, by the nearest of ours, or by all there are."""
    foreign = {"config": "use parameters="}
    with pytest.raises(UnknownKeywordError) as caught:
        refuse_keywords("init", [unknown], ["name", "tags"], foreign)
    assert str(caught.value) == says
