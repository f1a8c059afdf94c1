"""Words in one form, in many scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text import containment, fingerprint, hash32, normalise, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zürich", "ZURICH"),
        ("\u0643\u0627\u0628\u0648\u0644", "\u06a9\u0627\u0628\u0648\u0644"),  # Arabic and Persian kaf
        ("\u0639\u0644\u064a", "\u0639\u0644\u06cc"),  # Arabic and Persian yeh
        ("\u0637\u0640\u0640\u0627\u0644\u0628\u0627\u0646", "\u0637\u0627\u0644\u0628\u0627\u0646"),  # tatweel
        ("\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f", "\u0645\u062d\u0645\u062f"),  # vowel marks
        ("\u06f1\u06f3\u06f3", "133"),  # Persian digits
        ("\u0661\u0663\u0663", "133"),  # Arabic digits
        ("\u096d\u0966", "70"),  # Devanagari digits
        ("\u0451\u043b\u043a\u0430", "\u0415\u043b\u043a\u0430"),  # yo and ye
        ("\u0915\u093c", "\u0915"),  # nukta
        ("“don’t” – no…", '"don\'t" - no...'),
        ("a\u200bb\u00ad", "ab"),
        ("  two \n words ", "two words"),
        ("\uff21\uff22\uff23", "abc"),
        ("İstanbul", "istanbul"),
    ],
)
def test_spellings_of_one_word(one, other):
    assert normalise(one) == normalise(other)


def test_letters_that_tell_words_apart_stay():
    assert normalise("\u043c\u043e\u0439") != normalise("\u043c\u043e\u0438")
    assert normalise("\u0915\u093e") != normalise("\u0915\u0940")


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ministry’s 1,300 troops", ["ministry", "1300", "troops"]),
        ("quake of 6.2, $3.4bn", ["quake", "of", "6.2", "3.4", "bn"]),
        ("U.S. and I.A.E.A. envoys", ["us", "and", "iaea", "envoys"]),
        ("don't", ["don't"]),
        ("F16 and T20", ["f16", "and", "t20"]),
        ("rock'n'roll covid19's ab\u5317 ab_cd", ["rock'n", "roll", "covid19", "ab", "\u5317", "ab", "cd"]),
        ("fianc\u00e9e q\u0303uq\u0323 na\u00efve", ["fiancee", "quq", "naive"]),
        ("\u5317\u4eac\u5927\u5b66", ["\u5317\u4eac", "\u4eac\u5927", "\u5927\u5b66"]),
        ("\u5317", ["\u5317"]),
        (
            "\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902",
            ["\u0939\u093f\u0928\u094d\u0926\u0940", "\u092e\u0947\u0902"],
        ),
        ("\u0e44\u0e17\u0e22\u0e41", ["\u0e44\u0e17\u0e22", "\u0e17\u0e22\u0e41"]),
        ("", []),
    ],
)
def test_words_of_a_text(text, words):
    assert tokens(text) == words


LEAD = [
    "The",
    "river",
    "rose",
    "above",
    "the",
    "old",
    "quay",
    "on",
    "Monday",
    "night",
    "and",
    "the",
    "harbour",
    "master",
    "closed",
    "both",
    "bridges",
    "to",
    "lorries",
    "while",
    "volunteers",
    "carried",
    "sandbags",
    "to",
    "the",
    "school",
    "and",
    "the",
    "clinic",
    "beside",
    "the",
    "market",
    "hall",
]


def test_a_copy_shares_its_marks_and_another_text_does_not():
    other = [
        "Parliament",
        "will",
        "vote",
        "on",
        "the",
        "budget",
        "next",
        "week",
        "after",
        "the",
        "coalition",
        "settled",
        "its",
        "quarrel",
        "over",
        "pensions",
    ]
    assert containment(fingerprint(LEAD), fingerprint(LEAD)) == 1.0
    assert containment(fingerprint(other), fingerprint(LEAD)) == 0.0


def test_a_shortened_copy_is_contained():
    assert containment(fingerprint(LEAD[:18]), fingerprint(LEAD)) >= 0.8


def test_no_words_have_no_share():
    assert containment((), fingerprint(LEAD)) == 0.0


@given(st.lists(st.sampled_from(LEAD), max_size=300))
def test_marks_are_sorted_and_bounded(words):
    marks = fingerprint(words)
    assert list(marks) == sorted(set(marks))
    assert 1 <= len(marks) <= 64


def test_hashes_are_the_same_in_every_process():
    assert hash32("tocsin") == 1526865085
