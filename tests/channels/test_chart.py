"""Claimed figures as a picture."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from monitor.channels.chart import HEIGHT, WIDTH, draw, drawable
from monitor.core.standing import Series

ARMY = Series("the army", ((0.0, 70.0, 70.0), (86400.0, 80.0, 80.0)))
MINISTRY = Series("the ministry", ((9000.0, 20.0, 31.0),))


def picture(*series):
    return Image.open(io.BytesIO(draw(series, "Claimed: killed", "Northland–Southmark")))


def test_every_claimant_has_a_line_of_its_own_colour_and_a_row_with_its_name():
    one, two = picture(ARMY), picture(ARMY, MINISTRY)
    assert one.width == two.width == WIDTH
    assert two.height > one.height > HEIGHT
    blue, orange = (0, 114, 178), (213, 94, 0)
    assert {blue, orange} <= {colour for _, colour in two.getcolors(1 << 20)}
    assert orange not in {colour for _, colour in one.getcolors(1 << 20)}


@pytest.mark.parametrize("series", [[], [MINISTRY], [Series("x", ())]])
def test_a_single_figure_is_no_picture(series):
    assert draw(series, "x", "y") is None


@given(
    st.lists(
        st.tuples(st.text(max_size=40), st.lists(st.tuples(st.floats(0, 1e9), st.floats(0, 1e7)), max_size=5)),
        max_size=8,
    )
)
@settings(max_examples=8, deadline=None)
def test_any_claims_can_be_drawn(claims):
    series = [Series(name, tuple((at, figure, figure) for at, figure in sorted(points))) for name, points in claims]
    drawn = draw(series, "Claimed", "note")
    assert drawn is None or drawn.startswith(b"\x89PNG")


def test_dashes_stay_dashes_and_what_the_font_lacks_becomes_dots():
    assert drawable("A–B’s Żory 中") == "A-B’s Żory ·"
