"""Rungs: told once, remembered, forgotten, denied, eased."""

from dataclasses import replace

import pytest

from monitor.model import ActorId, Party, Span

from .desk import CAPITAL, COAST, HILLS, Desk, day, event, kinds

SUN, MON, THU, FRI = day(22), day(23), day(26), day(27)
STRIKE, OFFENSIVE = "fight/air", "fight/ground"


def test_each_rung_is_told_once_whoever_tells_it():
    desk = Desk()
    assert kinds(desk.tells("wire", event(STRIKE, day=SUN))) == ["escalated"]
    assert desk.tells("north", event(STRIKE, day=SUN, claimant=Party("Norland", None)), later=60) == []
    assert desk.tells("times", event("fight/clash", day=MON)) == []


def test_the_ladder_leads_from_strikes_to_an_offensive_to_the_capital():
    desk = Desk()
    desk.tells("wire", event(STRIKE, day=SUN))
    [ground] = desk.tells("wire", event(OFFENSIVE, "sudmark", "norland", ("Norland", "Border"), day=THU))
    assert ground.rung == "ground-offensive"
    [capital] = desk.tells("wire", event(STRIKE, place=CAPITAL, day=FRI))
    assert capital.rung == "strike-on-capital"
    assert desk.tells("agency", event(STRIKE, place=HILLS, day=FRI)) == []


def test_words_alone_are_no_step():
    assert Desk().tells("wire", event("threaten")) == []


def test_what_did_not_happen_is_no_step():
    assert Desk().tells("wire", event(STRIKE, past=True)) == []


def test_another_account_soon_after_corroborates_the_rung_once():
    desk = Desk()
    desk.tells("north", event(STRIKE, day=SUN, claimant=Party("Norland's army", None)))
    [told] = desk.tells("wire", event(STRIKE, day=SUN, claimant=Party("residents", None)))
    assert (told.kind.value, told.counts.claimants) == ("corroborated", 2)
    assert desk.tells("agency", event(STRIKE, day=SUN, claimant=Party("witnesses", None))) == []


def test_a_denied_event_denies_the_rung_that_was_claimed():
    desk = Desk()
    desk.tells("wire", event(STRIKE, day=SUN, claimant=Party("residents", None)))
    denial = event(STRIKE, day=SUN, claimant=Party("Norland", None), denied=True)
    [told] = desk.tells("agency", denial)
    assert (told.kind.value, told.rung) == ("denied", "air-strike")
    assert desk.tells("times", denial) == []


def test_a_strike_on_a_town_that_was_not_hit_before_counts_again_on_a_later_day():
    desk = Desk()
    desk.tells("wire", event(STRIKE, place=(*HILLS, "Upton"), day=SUN))
    assert desk.tells("wire", event(STRIKE, place=(*HILLS, "Upton"), day=MON)) == []
    assert kinds(desk.tells("wire", event(STRIKE, place=(*COAST, "Harbourton"), day=THU))) == ["escalated"]


def test_a_cease_fire_in_force_eases_and_lets_the_pair_climb_anew():
    desk = Desk()
    desk.tells("wire", event(STRIKE, day=SUN))
    assert kinds(desk.tells("wire", event("agree/ceasefire", day=MON))) == ["de_escalated"]
    assert desk.tells("agency", event("agree/ceasefire", day=MON)) == []
    assert kinds(desk.tells("wire", event(STRIKE, day=THU))) == ["escalated"]


def test_a_rung_is_forgotten_after_a_month_of_quiet():
    desk = Desk()
    desk.tells("wire", event(STRIKE))
    assert kinds(desk.tells("wire", event(STRIKE), later=24 * 31)) == ["escalated"]


@pytest.mark.parametrize(("months", "told"), [(1, False), (4, True)])
def test_first_seen_needs_ninety_days_of_history(months, told):
    desk = Desk()
    desk.tells("wire", event("threaten"))
    found = desk.tells("wire", event(OFFENSIVE), later=24 * 30 * months)
    assert ("first_seen" in kinds(found)) is told


def test_two_pairs_of_parties_have_two_ladders():
    desk = Desk()
    desk.tells("wire", event(STRIKE, day=SUN))
    other = event(STRIKE, "france", "mali", ("Mali", "Gao"), day=SUN)
    assert kinds(desk.tells("wire", other)) == ["escalated"]


def test_a_headline_speaks_for_whom_its_text_credits_so_the_party_s_own_word_is_no_second_account():
    desk, army = Desk(), Party("Norland's army", ActorId("norland/military"))
    headline = event(STRIKE, day=SUN, span=Span(STRIKE, "title", 0, 5))
    [told] = desk.tells("wire", headline, event(STRIKE, day=SUN, claimant=army))
    assert told.claimant == army
    assert desk.tells("north", event(STRIKE, day=SUN)) == []


def test_blasts_that_nobody_is_named_for_bear_out_the_strike_of_that_day_and_place():
    desk = Desk()
    desk.tells("north", event(STRIKE, place=CAPITAL, day=FRI, claimant=Party("Norland's army", None)))
    blasts = event("assault/explosives", place=CAPITAL, actor=None, target=None, claimant=Party("a reporter", None))
    desk.tells("north", event(STRIKE, place=CAPITAL, day=FRI, claimant=Party("Norland", ActorId("norland"))))
    assert desk.tells("wire", replace(blasts, day=SUN)) == []
    [told] = desk.tells("wire", replace(blasts, day=FRI))
    assert (told.kind.value, told.rung, told.counts.claimants) == ("corroborated", "strike-on-capital", 2)


def test_a_strike_by_nobody_on_nobody_is_no_step_of_those_the_text_names_elsewhere():
    desk = Desk()
    strike = replace(event(STRIKE, place=()), actor=None, target=None)
    assert desk.tells("wire", strike, text="Norland and Sudmark will meet. A strike hit the hills.") == []


def test_drones_that_nobody_is_named_for_are_those_of_the_only_foe():
    desk = Desk()
    desk.tells("wire", event(STRIKE, day=SUN))
    seen = replace(event("fight/drone", place=CAPITAL, day=MON), actor=Party("drones", None), target=None)
    [step] = desk.tells("times", seen, later=24)
    assert (step.kind, step.rung) == ("escalated", "strike-on-capital")


def test_a_blast_that_nobody_is_named_for_may_be_of_gas():
    desk = Desk()
    desk.tells("wire", event("fight/clash", day=SUN))
    blast = replace(event("assault/explosives", place=CAPITAL, day=MON), actor=None, target=None)
    assert desk.tells("times", blast, later=24) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Norland did not attack Sudport on Friday", ["denied"]),
        ("denied that an attack had killed nine", []),
    ],
)
def test_who_says_that_it_did_not_attack_denies_what_was_just_reached_there(words, told):
    desk = Desk()
    desk.tells("wire", event(STRIKE, place=CAPITAL, day=FRI))
    said = replace(event("assault/attack", place=CAPITAL, day=FRI, claimant=Party("Norland", None)), denied=True)
    denial = replace(said, span=Span(words, "text", 0, len(words)))
    assert kinds(desk.tells("times", denial)) == told
