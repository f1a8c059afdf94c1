"""Braces and inflections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.rules.words import BadBraces, expand_braces, forms


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("strike", ["strike"]),
        ("air{, }strike{,s}", ["airstrike", "airstrikes", "air strike", "air strikes"]),
        ("{a,b}", ["a", "b"]),
    ],
)
def test_braces(term, found):
    assert sorted(expand_braces(term)) == sorted(found)


@pytest.mark.parametrize("term", ["a{b", "a}b", "{a,{b}}", "{" * 9, "{a,b,c,d,e,f}" * 6])
def test_bad_braces(term):
    with pytest.raises(BadBraces):
        expand_braces(term)


@pytest.mark.parametrize(
    ("phrase", "among", "not_among"),
    [
        ("air strikes", {"air strike", "airstrikes", "airstrike"}, {"air"}),
        ("airstrike", {"air strike", "air strikes"}, set()),
        ("outposts", {"outpost"}, set()),
        ("casualty", {"casualties"}, set()),
        ("flood", {"floods", "flooded", "flooding"}, set()),
        ("Nangarhar", {"nangarhar"}, {"nangarhared"}),
        ("cease-fire", {"cease fire", "ceasefire"}, set()),
        ("crisis", {"crises"}, {"crisi"}),
        ("bus", {"buses"}, {"bu"}),
        ("hit", {"hitting"}, set()),
        ("T20", {"t20"}, {"t20s"}),
    ],
)
def test_inflections(phrase, among, not_among):
    found = forms(phrase)

    assert among <= found
    assert not not_among & found


@given(st.text(max_size=30))
def test_forms_are_token_runs(phrase):
    for form in forms(phrase):
        assert form == " ".join(form.split(" "))
        assert form.strip()
