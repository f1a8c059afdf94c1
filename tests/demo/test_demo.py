"""The demo is the product's promise to a newcomer: what must be read in it is pinned here."""

import io
from collections.abc import Iterator

import pytest

from monitor.demo import script
from monitor.demo.play import Summary, play
from monitor.model import Development, DevelopmentKind, Metric

K = DevelopmentKind
ANSWERS = {K.CONTRADICTED, K.RIVAL}


@pytest.fixture(scope="module")
def shown() -> tuple[Summary, str]:
    """One run of the whole demo, faster than people watch it."""
    stream = io.StringIO()
    return play(script.load(), 25.0, stream), stream.getvalue()


def told(summary: Summary, item: str) -> list[Development]:
    """The developments told because of one item."""
    return [d for a in summary.alerts if a.url.endswith(f"/{item}") for d in a.developments]


def find(developments: list[Development], metric: Metric, low: float | None = None) -> Iterator[Development]:
    return (d for d in developments if d.metric is metric and (low is None or d.quantity.low == low))


def one(developments: list[Development], metric: Metric, low: float | None = None) -> Development:
    found = list(find(developments, metric, low))
    assert len(found) == 1, found
    return found[0]


def test_the_first_word_of_the_strikes_is_a_step_up(shown):
    assert K.ESCALATED in {d.kind for d in told(shown[0], "nw-2")}


def test_at_least_70_is_a_new_claim_of_the_forces(shown):
    claim = one(told(shown[0], "pf-2"), Metric.KILLED, 70)
    assert (claim.kind, claim.quantity.high, claim.claimant.text) == (K.NEW_CLAIM, None, "ISPR")


def test_civilians_against_fighters_is_a_contradiction(shown):
    kinds = {d.kind for d in told(shown[0], "as-2")}
    assert K.CONTRADICTED in kinds


def test_13_and_10_are_claimed_by_taliban_sources_via_al_jazeera(shown):
    for metric, figure in ((Metric.CAPTURED, 13), (Metric.KILLED, 10)):
        claim = one(told(shown[0], "nw-5"), metric, figure)
        assert (claim.kind, claim.claimant.text, claim.via.text) == (K.NEW_CLAIM, "Taliban sources", "Al Jazeera")


def test_islamabad_disputes_those_and_nothing_else(shown):
    disputes = [d for d in told(shown[0], "pf-4") if d.kind is K.DISPUTED]
    assert {(d.metric, (d.previous or d.quantity).low) for d in disputes} == {
        (Metric.CAPTURED, 13),
        (Metric.KILLED, 10),
    }


def test_133_and_27_are_new_claims_and_answer_nothing(shown):
    developments = told(shown[0], "pf-5")
    for metric, figure in ((Metric.KILLED, 133), (Metric.DESTROYED, 27)):
        claim = one(developments, metric, figure)
        assert (claim.kind, claim.previous) == (K.NEW_CLAIM, None)


def test_the_ladder_climbs_to_the_capital(shown):
    climbing = [i for i in ("nw-2", "as-3", "sa-6") if K.ESCALATED in {d.kind for d in told(shown[0], i)}]
    assert climbing == ["nw-2", "as-3", "sa-6"]


def test_the_correction_is_told_and_replies_to_what_it_mends(shown):
    alerts = [a for a in shown[0].alerts if a.url.endswith("/sa-4")]
    assert any(d.kind in {K.REVISED_DOWN, K.RETRACTED} for a in alerts for d in a.developments)
    assert all(a.corrects for a in alerts)


@pytest.mark.parametrize("repeat", ["sa-2", "ht-2", "pt-2", "nw-3", "nw-4", "vp-4", "sa-5", "nw-6", "pt-3"])
def test_no_second_message_for_a_repeat_in_other_words(shown, repeat):
    assert told(shown[0], repeat) == []


@pytest.mark.parametrize("noise", ["vp-2", "ht-3", "vp-3", "vp-5", "rd-2"])
def test_noise_is_not_told(shown, noise):
    assert told(shown[0], noise) == []


def test_every_item_is_accounted_for(shown):
    summary, text = shown
    assert summary.items == 35
    assert len({a.item for a in summary.alerts}) + sum(count for _, count in summary.unsent) == 35
    assert summary.messages == len(summary.alerts)
    assert text.count("── #") == summary.messages
