"""Who says what, over the borders of sentences, and never in better words than the text's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.claims.actors import Registry
from monitor.core.claims.attribution import Attribution, attributions
from monitor.core.claims.document import Document
from monitor.core.claims.owners import Owners
from monitor.model import ActorId


def said(text: str, title: str = "", home: str | None = None) -> list[Attribution]:
    document, registry = Document.of(title, text), Registry.base()
    return list(attributions(document, registry, Owners(document, registry, ActorId(home) if home else None)))


def speakers(text: str, title: str = "") -> list[str]:
    return [a.speaker.text for a in said(text, title)]


@pytest.mark.parametrize(
    ("text", "speaker", "span"),
    [
        ("The mayor of Lorn said the bridge was closed.", "mayor of Lorn", "said the bridge was closed"),
        ("The bridge was closed, the mayor said.", "mayor", "The bridge was closed, the mayor said"),
        ("“We hold the ridge,” said Major Ina Holt.", "Major Ina Holt", "“We hold the ridge,” said"),
        ("According to a nurse, the ward was full.", "nurse", "According to a nurse, the ward was full"),
        ("The ward was full, according to the hospital.", "hospital", "The ward was full, according to"),
        ("Holt, a former miner, told reporters on Monday that the pit was safe.", "Holt", None),
        ("The army on Friday night denied the loss of a tank.", "army", "denied the loss of a tank"),
        ("The outage was first reported by Radio Lorn.", "Radio Lorn", "The outage was first reported"),
        ("One western diplomat based in Lorn said the talks had failed.", "One western diplomat based in Lorn", None),
    ],
)
def test_one_saying(text: str, speaker: str, span: str | None):
    found = said(text)
    assert [a.speaker.text for a in found] == [speaker]
    assert span is None or found[0].span.quote == span


def test_pronouns_stand_for_the_last_fitting_speaker():
    text = "The interior ministry said the road was mined. It added that two bridges were gone. “Stay away,” it said."
    assert speakers(text) == ["interior ministry"] * 3
    text = "A doctor in Lorn said beds were short. The ministry disagreed. He asked for help."
    assert speakers(text)[-1] == "doctor in Lorn"


def test_the_words_of_the_text_are_kept_beside_whom_they_mean():
    last = said("Iran's foreign ministry said no. It said so twice.")[-1]
    assert (last.claimant.text, last.claimant.actor) == ("It", "iran/foreign-ministry")
    assert last.speaker.text == "Iran's foreign ministry"


def test_a_quotation_runs_on_over_sentences():
    text = "“We lost the bridge,” the governor said. “Nobody came to help us. We are alone.” Rain fell."
    (one,) = said(text)
    assert one.span.quote == text.removesuffix(" Rain fell.")


def test_what_stands_between_question_and_speaker():
    (one,) = said("“Who will pay for it?” the mayor asked.")
    assert one.covers("text", 1, 10)


def test_sources_stay_sources():
    found = said("According to Taliban sources cited by Radio Lorn, the pass fell.")
    one = next(a for a in found if a.lemma == "according")
    assert (one.speaker.text, one.speaker.actor) == ("Taliban sources", "taliban/sources")
    assert one.via is not None
    assert one.via.text == "Radio Lorn"


def test_an_outlet_that_cites_others_is_only_the_way():
    report = next(
        a for a in said("Radio Lorn, citing two officials, reported that the pass fell.") if a.lemma == "report"
    )
    assert report.voice[0].text == "two officials"
    assert report.voice[1] is not None
    assert report.voice[1].text == "Radio Lorn"


@pytest.mark.parametrize(
    ("title", "speaker"),
    [
        ("Police: two held after robbery", ["Police"]),
        ("Tehran: no talks under pressure", ["Tehran"]),
        ("No talks under pressure: Iran", ["Iran"]),
        ("Sudan: thousands flee fighting", []),
        ("Explainer: how the pass fell", []),
        ("Two held after robbery, police say", ["police"]),
    ],
)
def test_colons_and_tails_of_headlines(title: str, speaker: list[str]):
    assert speakers("", title) == speaker


def test_two_sayings_side_by_side_do_not_swallow_each_other():
    first, second = sorted(said("The army said it held the town, but the rebels said they did."), key=lambda a: a.cue)
    assert "rebels" not in first.span.quote
    assert second.speaker.text == "rebels"


def test_nouns_attribute_too():
    (one,) = said("Nothing came of Ankara's claim that the strait was open.")
    assert (one.speaker.actor, one.kind) == ("turkey", "says")


def test_a_dismissal_is_a_rejection():
    found = said("Rebels claimed the airfield, a claim the army called baseless.")
    assert ("army", "rejects") in [(a.speaker.text, a.kind) for a in found]


def test_nobody_is_no_speaker():
    assert speakers("No official has confirmed the report.") == []


@pytest.mark.parametrize(
    "text", ["She was on a visit to the United States.", "Claims rose by a third.", "The plan failed."]
)
def test_nouns_and_names_are_no_verbs(text: str):
    assert said(text) == []


def test_an_office_without_owner_is_the_feeds_or_the_datelines():
    assert said("The health ministry said so.", home="lebanon")[0].speaker.actor == "lebanon/health-ministry"
    assert said("CAIRO (Agency) - The foreign ministry said so.")[0].speaker.actor == "egypt/foreign-ministry"
    assert said("The foreign ministry said so.")[0].speaker.actor is None
    assert said("The regional health ministry said so.", home="lebanon")[0].speaker.actor is None


def test_a_force_named_before_owns_the_office_but_no_other_ministry():
    text = "Turkish jets flew over the coast, the army's media office said. The health ministry said nobody was hurt."
    assert [a.speaker.actor for a in said(text)] == ["turkey/military", None]


@given(
    st.lists(
        st.sampled_from(
            [
                "said",
                "The",
                "army",
                ",",
                ".",
                '"',
                "“",
                "”",
                "he",
                "it",
                "that",
                "and",
                "denied",
                "Lorn",
                "police",
                "told",
                "12",
                "men",
            ]
        ),
        max_size=30,
    )
)
def test_any_words_are_survived_and_spans_are_exact(words: list[str]):
    text = " ".join(words)
    for a in said(text):
        assert text[a.span.start : a.span.end] == a.span.quote
        assert text[a.source[0] : a.source[1]] == a.claimant.text
