"""Numbers in running text, with their bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.claims.document import Document
from monitor.core.claims.numbers import Number, numbers


def read(text: str) -> list[Number]:
    return numbers(Document.of("", text).sentences[0].tokens)


def told(text: str) -> tuple[float | None, float | None, bool]:
    [n] = [n for n in read(text) if n.kind in {"figure", "vague"}]
    return n.quantity.low, n.quantity.high, n.quantity.approx


@pytest.mark.parametrize(
    ("text", "low", "high", "approx"),
    [
        ("13 men", 13, 13, False),
        ("thirteen men", 13, 13, False),
        ("Twenty-four men", 24, 24, False),
        ("TWO HUNDRED FIFTY MEN", 250, 250, False),
        ("one hundred and five men", 105, 105, False),
        ("3,000 men", 3000, 3000, False),
        ("1.2 million men", 1_200_000, 1_200_000, False),
        ("300k men", 300_000, 300_000, False),
        ("a hundred men", 100, 100, False),
        ("two dozen men", 24, 24, False),
        ("half a dozen men", 6, 6, False),
        ("a couple of men", 2, 2, False),
        ("at least 70 men", 70, None, False),
        ("more than a dozen men", 12, None, False),
        ("no fewer than 70 men", 70, None, False),
        ("70 or more men", 70, None, False),
        ("70+ men", 70, None, False),
        ("up to 30 men", None, 30, False),
        ("as many as 40 men", None, 40, False),
        ("fewer than 10 men", None, 10, False),
        ("about 220 men", 220, 220, True),
        ("nearly 3,000 men", 3000, 3000, True),
        ("some 400 men", 400, 400, True),
        ("30 or so men", 30, 30, True),
        ("20-25 men", 20, 25, False),
        ("20 to 25 men", 20, 25, False),
        ("between 20 and 25 men", 20, 25, False),
        ("two or three men", 2, 3, False),
        ("dozens of men", 24, None, True),
        ("scores of men", 40, None, True),
        ("hundreds of men", 200, None, True),
        ("several hundred men", 200, None, True),
        ("thousands of men", 2000, None, True),
        ("tens of thousands of men", 20_000, None, True),
        ("hundreds of thousands of men", 200_000, None, True),
    ],
)
def test_words_and_digits_are_read_with_their_bounds(text, low, high, approx):
    assert told(text) == (low, high, approx)


@pytest.mark.parametrize(
    "text",
    ["an F-16 jet", "the 14th brigade", "a 12-year-old", "won 3-1", "paid $5", "at 12:30", "a three-match series"],
)
def test_names_scores_ages_and_times_are_no_counts(text):
    assert [n for n in read(text) if n.kind == "figure"] == []


def test_a_fall_from_one_figure_to_another_is_no_range():
    assert [n.value for n in read("lowered it from 31 to 26")] == [31, 26]


def test_an_article_counts_one_thing():
    assert [(n.kind, n.value) for n in read("a soldier")] == [("article", 1)]


def test_no_counts_none():
    assert [(n.kind, n.value) for n in read("no soldiers")] == [("none", 0)]


@given(st.integers(min_value=0, max_value=999_999_999))
def test_any_whole_number_is_read_as_written(value):
    assert told(f"{value} men")[:2] == (value, value)
    assert told(f"{value:,} men")[:2] == (value, value)


@given(st.integers(min_value=1, max_value=9998), st.sampled_from(["at least", "more than", "over", "no fewer than"]))
def test_a_lower_bound_never_has_an_upper_one(value, modifier):
    assert told(f"{modifier} {value} men")[:2] == (value, None)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text):
    for sentence in Document.of("", text).sentences:
        for n in numbers(sentence.tokens):
            assert 0 <= n.first <= n.at < n.last <= len(sentence.tokens)
