"""Sentences and tokens, and that every offset means what it says."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.claims.document import Document


def sentences(text: str) -> list[str]:
    return [s.text for s in Document.of("", text).sentences]


def test_abbreviations_and_initials_end_no_sentence():
    text = "Lt. Gen. J. R. Marsh met U.S. envoys at 5 a.m. in Dorn. He left on Feb. 3. Nobody spoke."
    assert sentences(text) == [
        "Lt. Gen. J. R. Marsh met U.S. envoys at 5 a.m. in Dorn.",
        "He left on Feb. 3.",
        "Nobody spoke.",
    ]


def test_closing_quotes_belong_to_their_sentence():
    assert sentences('“We hold the ridge.” He paused. "Still," he said.') == [
        "“We hold the ridge.”",
        "He paused.",
        '"Still," he said.',
    ]


def test_a_text_wrapped_by_hand_is_joined_and_paragraphs_are_kept_apart():
    text = "THE ARMY SAID ON MONDAY THAT ITS TROOPS HAD\nLEFT THE VALLEY\n\nTHE MAYOR AGREED."
    assert sentences(text) == ["THE ARMY SAID ON MONDAY THAT ITS TROOPS HAD\nLEFT THE VALLEY", "THE MAYOR AGREED."]


def test_headings_on_their_own_line_are_sentences():
    body = (
        "The ministry published its account of the night, with the names of the three villages that were hit by shells."
    )
    assert sentences(f"What we know\n{body}") == ["What we know", body]


def test_title_sentences_come_first_and_know_their_field():
    document = Document.of("Army denies loss", "It said so. Twice.")
    assert [(s.where, s.index) for s in document.sentences] == [("title", 0), ("text", 1), ("text", 2)]
    assert document.at("text", 13) == document.sentences[2]


def test_tokens_keep_possessives_numbers_and_hyphens():
    tokens = Document.of("", "Pakistan's F-16 hit 3,000 twenty-four-metre walls, didn't it?").sentences[0].tokens
    assert [t.text for t in tokens] == [
        "Pakistan", "'s", "F-16", "hit", "3,000", "twenty-four-metre", "walls", ",", "didn't", "it", "?",
    ]  # fmt: skip


@given(st.text(max_size=300), st.text(max_size=300))
def test_offsets_are_exact(title: str, text: str):
    document = Document.of(title, text)
    for sentence in document.sentences:
        field = {"title": title, "text": text}[sentence.where]
        assert sentence.text == field[sentence.start : sentence.end] == sentence.span().quote
        assert len(sentence.plain) == len(sentence.lower) == len(sentence.text)
        assert all(sentence.start <= t.start < t.end <= sentence.end for t in sentence.tokens)
        assert all(field[t.start : t.end].translate({}) and len(t.text) == t.end - t.start for t in sentence.tokens)


@given(st.text(alphabet="aB. \n\"'!?", max_size=200))
def test_nothing_but_space_lies_between_sentences(text: str):
    kept = [c for s in Document.of("", text).sentences for c in s.text]
    assert "".join("".join(kept).split()) == "".join(text.split())


def test_what_is_too_long_for_a_sentence_is_cut_at_a_space():
    pieces = sentences("The army said, " * 1000)
    assert max(map(len, pieces)) <= 1200
    assert "".join("".join(pieces).split()) == "Thearmysaid," * 1000
