"""The first word of a story, or a vague item by itself."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.stories.firsts import FEATURES, features, first_word
from monitor.core.stories.models import Linear, load
from monitor.core.stories.vectors import Vector

STRIKE = (
    "Drones strike fuel depot at Karsk",
    "Four drones hit the fuel depot at Karsk before dawn, the governor said; two tanks burned.",
)


def test_an_affair_nobody_told_is_new_beside_a_running_one(desk):
    desk.place(*STRIKE)
    other = desk.place(
        "Bakers' guild of Molvenny sues mill over spoiled flour",
        "The guild says eleven lorry loads of flour from the Haldane mill were damp; the mill denies it.",
    )
    assert other.new_story
    assert "too vague" not in other.why


@pytest.mark.parametrize("title", ["Strike, lorries", "Work: all we know", "Lorries, plains: the day we know about"])
def test_a_vague_headline_stays_by_itself_without_being_told_as_new(desk, title):
    vague = desk.place(title, hours=0.1)
    assert not vague.new_story
    assert re.search(r"too vague to be told as a new story \(0\.[0-3]\d, bar 0\.40\)", vague.why)


def test_nothing_alike_at_all_is_new(desk):
    assert first_word(_vector({}), 0.0, [], []) == 1.0
    assert desk.place("Zzyzx").new_story


@given(st.dictionaries(st.text("abc", min_size=1), st.floats(0, 9), max_size=9))
def test_what_says_more_is_not_less_likely_to_be_new(rarity):
    more = {**rarity, "another": 5.0}
    new = load(Linear, "first")
    chance, higher = (new.probability(features(_vector(words), 0.0, [], [])) for words in (rarity, more))
    assert chance <= higher


def test_the_weights_are_of_these_features():
    assert load(Linear, "first").features == FEATURES


def _vector(rarity):
    return Vector(" ".join(rarity), tuple(rarity), rarity, dict.fromkeys(rarity, 0), 0, {}, headed=True)


def test_a_story_that_began_vaguely_is_announced_by_the_first_item_that_says_enough(desk):
    vague = desk.place("Strike, lorries", hours=0.1)
    assert not vague.announces
    again = desk.place("Lorries, strike", hours=0.1)
    assert (again.story, again.announces) == (vague.story, False)
    clear = desk.place(
        "Lorries block Velmora's border in strike over diesel tax",
        "Some 400 hauliers parked their lorries across the crossing at Velmora; the strike goes on, their union said.",
        hours=0.1,
    )
    assert (clear.story, clear.announces, clear.new_story) == (vague.story, True, False)
    assert "the first of it that says enough" in clear.why
    more = desk.place(
        "Velmora: hauliers' strike over diesel tax enters second day",
        "Lorries still stood across the crossing at Velmora on Tuesday; the hauliers' union wants the tax withdrawn.",
        hours=20,
    )
    assert (more.story, more.announces) == (vague.story, False)
