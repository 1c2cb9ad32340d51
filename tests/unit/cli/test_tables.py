"""Tables that fit a width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from trialog._cli.tables import Column, fit, shorten


def _column(width, **options):
    return Column("t", [Text("x" * width)], **options)


def test_columns_shrink_before_one_is_left_out():
    """The widest column that may shrink does so first."""
    columns = [_column(30, least=10), _column(20, least=10), _column(5)]
    assert fit(columns, 100) == {0: 30, 1: 20, 2: 5}
    assert fit(columns, 49) == {0: 20, 1: 20, 2: 5}
    assert fit(columns, 29) == {0: 10, 1: 10, 2: 5}


def test_the_least_important_column_goes_first():
    """Where the narrowest widths do not fit, columns go by rank, the rightmost of equals first."""
    columns = [_column(10), _column(10, rank=1), _column(10, rank=2), _column(10, rank=2)]
    assert list(fit(columns, 46)) == [0, 1, 2, 3]
    assert list(fit(columns, 45)) == [0, 1, 2]
    assert list(fit(columns, 33)) == [0, 1]
    assert list(fit(columns, 5)) == [0]


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 20), st.integers(1, 5)), max_size=8),
    st.integers(1, 120),
)
def test_what_fits_is_never_too_wide(shapes, width):
    """Whatever the columns are, those that are kept fit, where any of them may be left out."""
    columns = [_column(natural, least=least, rank=rank) for natural, least, rank in shapes]
    widths = list(fit(columns, width).values())
    assert sum(widths) + 2 * max(len(widths) - 1, 0) <= width or not widths


@given(
    st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"])), st.integers(1, 40)
)
def test_shortened_texts_fit(text, width):
    """A shortened text is never wider than asked, whether it keeps its end or not."""
    for keeps_ends in (False, True):
        short = shorten(Text(text), width, keeps_ends=keeps_ends)
        assert cell_len(short.plain) <= width


def test_names_keep_both_ends():
    """A name too long loses its middle: sweeps differ at the end."""
    assert shorten(Text("sweep_lr_0.1_depth_3"), 13, keeps_ends=True).plain == "sweep_…epth_3"
    assert shorten(Text("実験実験実験"), 9, keeps_ends=True).plain == "実験…実験"
    assert shorten(Text("a message"), 6).plain == "a mes…"
