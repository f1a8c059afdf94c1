"""Readings: figures and sayings joined as claims, with stance, and what is left as statements."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.claims import read
from monitor.core.claims.actors import Registry
from monitor.model import Claim, Item, ItemId, Metric, Reading, Source, SourceId, SourceKind, Stance

NOON = dt.datetime(2031, 5, 8, 12, tzinfo=dt.UTC)


def reading(text: str, title: str = "", source: Source | None = None) -> Reading:
    return read(Item(ItemId("i"), SourceId("s"), NOON, title, text, published=NOON), Registry.base(), source)


def told(text: str, title: str = "", source: Source | None = None) -> list[tuple[str | None, Stance, float | None]]:
    return [(c.claimant.text if c.claimant else None, c.stance, c.quantity.low) for c in figures(text, title, source)]


def figures(text: str, title: str = "", source: Source | None = None) -> list[Claim]:
    return [c for c in reading(text, title, source).claims if c.metric]


def official(side: str) -> Source:
    return Source(SourceId("o"), "https://o.test/", "Press office", "State", SourceKind.OFFICIAL, side)


def test_a_figure_belongs_to_the_innermost_saying():
    text = "Kyiv said that Moscow claimed to have killed 40 soldiers."
    assert told(text) == [("Moscow", Stance.ASSERTS, 40)]


def test_a_later_pronoun_claims_for_whom_it_means():
    text = "The health ministry said 12 people were killed. It added that 30 were wounded."
    assert told(text) == [("health ministry", Stance.ASSERTS, 12), ("health ministry", Stance.ASSERTS, 30)]


def test_what_nobody_is_named_for_is_nobodys_claim():
    assert told("Nine people were killed in a storm.") == [(None, Stance.ASSERTS, 9)]


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("The army denied that 30 soldiers had been killed.", Stance.DENIES),
        ("The army disputed the figure of 30 soldiers killed.", Stance.DISPUTES),
        ("The army called the death toll of 30 exaggerated.", Stance.DISPUTES),
        ("The army withdrew its statement that 30 soldiers had been killed.", Stance.RETRACTS),
        ("The army confirmed that 30 soldiers had been killed.", Stance.CONFIRMS),
        ("The army said there was no evidence that 30 soldiers had been killed.", Stance.DENIES),
    ],
)
def test_stances(text: str, stance: Stance):
    assert told(text) == [("army", stance, 30)]


def test_a_claim_stands_beside_the_denial_that_follows_it():
    text = "Khartoum said it had captured two villages, which the Rapid Support Forces denied."
    assert told(text) == [("Khartoum", Stance.ASSERTS, 2), ("Rapid Support Forces", Stance.DENIES, 2)]


def test_these_figures_are_the_other_sides():
    text = "Rebel sources said 13 posts were captured and 10 soldiers killed. Bamako disputed these figures."
    disputed = [c for c in figures(text) if c.stance is Stance.DISPUTES]
    assert {(c.metric, c.quantity.low) for c in disputed} == {(Metric.CAPTURED, 13), (Metric.KILLED, 10)}
    assert {c.claimant.text for c in disputed if c.claimant} == {"Bamako"}


def test_a_denial_without_figure_is_a_claim_without_metric():
    (claim,) = reading("Tripoli has repeatedly denied these allegations.").claims
    assert (claim.metric, claim.stance, claim.span.quote) == (None, Stance.DENIES, "denied these allegations")


def test_sources_cited_by_an_outlet_claim_via_it():
    (claim,) = figures("According to rebel sources cited by Radio Lorn, 13 outposts were captured.")
    assert claim.claimant is not None
    assert claim.via is not None
    assert (claim.claimant.text, claim.via.text) == ("rebel sources", "Radio Lorn")


def test_who_does_not_confirm_claims_nothing():
    assert told("Neither side has confirmed that 14 fighters were killed.") == [(None, Stance.ASSERTS, 14)]


def test_an_official_feed_speaks_for_itself():
    text = "Six positions were destroyed, the defence ministry said. Eight of its own fighters were killed."
    own = figures(text, source=official("Mali"))
    assert [(c.claimant.text, c.claimant.actor) for c in own if c.claimant] == [
        ("defence ministry", "mali/defence-ministry")
    ] * 2
    assert own[1].side == "mali"
    (bare,) = figures("Eight gunmen were killed near the river.", source=official("Mali"))
    assert bare.claimant is not None
    assert bare.claimant.actor == "mali"


@pytest.mark.parametrize(
    ("title", "stance", "hedged"),
    [
        ("No, the dam was not blown up", Stance.DENIES, False),
        ("Viral clip of burning palace is a hoax", Stance.DENIES, False),
        ("Singer reportedly leaves band", Stance.ASSERTS, True),
        ("Did the singer leave the band?", Stance.ASSERTS, True),
    ],
)
def test_headlines_that_deny_or_doubt(title: str, stance: Stance, hedged: bool):
    (claim,) = reading("", title).claims
    assert (claim.metric, claim.stance, claim.hedged) == (None, stance, hedged)


def test_plain_headlines_claim_nothing():
    assert reading("", "Harbour reopens after storm") == Reading()


def test_sayings_without_figures_are_statements():
    (statement,) = reading("Ankara vowed to continue the operation.").statements
    assert statement.claimant is not None
    assert (statement.claimant.actor, statement.kind) == ("turkey", "vows")
    assert statement.span.quote == "vowed to continue the operation"


def test_quotes_are_exact():
    text, title = "“Ten of our men were killed,” the group said.  Police said two were hurt.", "Ten dead, group says"
    result = reading(text, title)
    assert result.claims
    for part in (*result.claims, *result.statements, *result.events):
        span = part.span
        assert {"title": title, "text": text}[span.where][span.start : span.end] == span.quote


@pytest.mark.parametrize(
    ("title", "text", "notices"),
    [
        ("KILL: withdrawn story", "The agency withdraws its report of an ambush.", ("kill",)),
        ("CORRECTION: wounded in Lorn", "An earlier item misstated the number.", ("correction",)),
        ("Opinion: nobody won", "We all lost.", ("opinion",)),
        ("Explainer: why they fight", "It began long ago.", ("explainer",)),
        ("Ten years on, a town remembers", "Candles were lit.", ("anniversary",)),
        ("The week", "Monday: rain. Tuesday: snow. Friday: sun.", ("roundup",)),
        ("Bridge opens", "The bridge opened on Monday.", ()),
    ],
)
def test_notices(title: str, text: str, notices: tuple[str, ...]):
    assert reading(text, title).notices == notices


WORDS = [
    "said",
    "The",
    "army",
    ",",
    ".",
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
    "killed",
    "in",
    "strikes",
    "jets",
    "bombed",
    "by",
    "to",
    "will",
    "called",
    "on",
    "ceasefire",
    ":",
    ";",
    "(",
    ")",
    "-",
    "which",
    "who",
    "Kabul",
    "according",
    "figures",
    "of",
    "a",
    "claim",
    "if",
    "were",
    "not",
    "no",
    "at",
    "least",
    "dozens",
    "Thursday",
    "?",
    "US",
    "UN",
    "put",
    "toll",
    "cited",
    "made",
    "clear",
    "is",
    "convinced",
    "agreed",
    "border",
    "closed",
    "\n",
]


@given(st.lists(st.sampled_from(WORDS), max_size=12), st.lists(st.sampled_from(WORDS), max_size=30))
def test_any_words_are_read_and_every_quote_is_exact(title: list[str], text: list[str]):
    fields = {"title": " ".join(title), "text": " ".join(text)}
    result = reading(fields["text"], fields["title"])
    for part in (*result.claims, *result.statements, *result.events):
        assert fields[part.span.where][part.span.start : part.span.end] == part.span.quote


# --- who disputes what --------------------------------------------------------------------


def test_a_clause_without_that_has_its_own_speaker():
    text = "Rebel sources said on Monday that nine posts were seized and six soldiers killed, figures Bamako disputes."
    rebels, bamako = ("Rebel sources", Stance.ASSERTS), ("Bamako", Stance.DISPUTES)
    assert told(text) == [(*rebels, 9), (*bamako, 9), (*rebels, 6), (*bamako, 6)]


def test_an_outlet_that_cites_the_speaker_is_the_way_it_came():
    (claim,) = figures("Hospital sources quoted by Radio Lorn said that 21 people were killed in the market.")
    assert claim.claimant
    assert claim.via
    assert (claim.claimant.text, claim.via.text) == ("Hospital sources", "Radio Lorn")


def test_a_dispute_in_two_verbs_is_one_dispute():
    text = "The minister disputed the rebels' figures of 8 captured posts and 20 dead soldiers and called them false."
    kinds = [(c.claimant.text if c.claimant else None, c.stance, c.quantity.low) for c in reading(text).claims]
    minister, rebels = ("minister", Stance.DISPUTES), ("rebels", Stance.ASSERTS)
    assert kinds == [(*minister, 8), (*rebels, 8), (*minister, 20), (*rebels, 20)]


def test_the_claim_of_somebody_is_theirs_and_doubt_of_its_figures_denies_no_event():
    text = "Khartoum disputed the claim of rebel sources that five army posts had been captured near Kosti."
    assert told(text) == [("Khartoum", Stance.DISPUTES, 5), ("rebel sources", Stance.ASSERTS, 5)]
    assert not any(e.denied for e in reading(text).events)


def test_a_denied_event_is_denied_by_its_denier():
    (event,) = reading("Khartoum denied that rebels had captured the town of Kosti.").events[:1]
    assert event.claimant is not None
    assert (event.claimant.text, event.denied) == ("Khartoum", True)


def test_a_round_up_keeps_each_account_to_its_day_and_place():
    text = (
        "Bamako said on Thursday that its raids near Gao had killed 60 fighters. Rebel sources had said on Tuesday "
        "that four posts were captured. On Sunday Bamako said that 15 fighters were killed in Kidal."
    )
    days = [(c.day.first.day if c.day else None, c.place.text if c.place else None) for c in figures(text)]
    assert days == [(8, "Gao"), (6, None), (4, "Kidal")]


def test_who_is_only_quoted_is_not_meant_by_the_next_pronoun():
    text = "The army rejects the claim of the rebels that 60 soldiers were killed. It said 35 fighters died."
    assert told(text)[-1] == ("army", Stance.ASSERTS, 35)


# --- whose figure it is -------------------------------------------------------------------


def test_each_side_of_while_speaks_of_its_own_losses():
    text = "India's army said seven of its soldiers had died, while Pakistan's defence ministry put its own dead at 11."
    told_ = [(c.claimant.text if c.claimant else None, c.quantity.low, c.side) for c in figures(text)]
    assert told_ == [("India's army", 7, "india"), ("Pakistan's defence ministry", 11, "pakistan")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Peru's government raised the number of freed miners to 72 from 60, but the group Sol verified only 35.",
            [("Peru's government", Stance.ASSERTS, 72), ("group Sol", Stance.CONFIRMS, 35)],
        ),
        (
            "The mayor said six people were killed in the fire. Rescuers later reported eleven.",
            [("mayor", Stance.ASSERTS, 6), ("Rescuers", Stance.ASSERTS, 11)],
        ),
        (
            "The gang released 14 of the more than 30 nuns abducted in 2019, a bishop said.",
            [("bishop", Stance.ASSERTS, 14)],
        ),
        (
            "No one was hurt in the fire, the mayor said, correcting an earlier report of four wounded.",
            [("mayor", Stance.DENIES, 0), ("mayor", Stance.RETRACTS, 4)],
        ),
        ("The admiral warned that a landing would cost 3,000 lives.", []),
        (
            "The helicopter came down near the coast. It was not shot down, the navy said.",
            [("navy", Stance.DENIES, None)],
        ),
    ],
)
def test_figures_that_lean_on_their_neighbours(text: str, expected: list[tuple[str, Stance, float | None]]):
    assert told(text) == expected


def test_a_headlines_verb_is_no_part_of_the_name_before_a_possessive():
    assert told("", "Hamas rejects army's claim of 40 dead fighters") == [
        ("Hamas", Stance.DENIES, 40),
        ("army", Stance.ASSERTS, 40),
    ]
