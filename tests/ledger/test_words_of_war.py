"""What the words for losses tell of whose they are, and what may stand against what."""

from dataclasses import replace

import pytest

from monitor.model import ActorId, Metric, ObjectClass, Party, Stance

from .desk import ARMY, CAPITAL, COAST, DOCTOR, HILLS, Desk, claim, day, event, killed, kinds

SUN = day(22)
FRONT = "the Red Front"
STATE = "Sudmark's military"
PEOPLE = ObjectClass.PEOPLE


def ambush() -> Desk:
    """The Red Front says it killed 20 soldiers of Sudmark on Sunday."""
    desk = Desk()
    desk.tells("wire", killed(FRONT, 20, what="soldiers", side="sudmark", on=SUN))
    return desk


def test_militants_are_no_answer_to_soldiers():
    assert kinds(ambush().tells("south", killed(STATE, 31, what="militants", side=None, on=SUN))) == ["new_claim"]


def test_whom_a_party_calls_terrorists_are_the_others():
    desk = ambush()
    text = "Sudmark's military and the Red Front fought."
    [told] = desk.tells("south", killed(STATE, 31, what="terrorists", side=None, on=SUN), text=text)
    assert told.side == ActorId("red-front")


def test_its_own_two_stand_against_the_enemys_thirty_one():
    desk = ambush()
    desk.tells("south", killed(STATE, 31, what="terrorists", side="red-front", on=SUN))
    told = desk.tells("wire", killed(FRONT, 2, what="brothers", of=PEOPLE, side="red-front", on=SUN))
    assert kinds(told) == ["contradicted"]


def test_in_a_battle_a_place_named_more_closely_is_no_other_toll():
    desk = Desk()
    desk.tells("south", killed(STATE, 7, what="soldiers", place=COAST, on=SUN))
    assert kinds(desk.tells("south", killed(STATE, 9, what="soldiers", place=COAST[:1], on=SUN))) == ["revised_up"]


def test_what_raised_a_toll_is_no_figure_beside_it():
    desk = Desk()
    desk.tells("agency", killed(DOCTOR, 7, of=PEOPLE, side=None, on=SUN))
    more = killed(DOCTOR, 2, what="wounded", of=PEOPLE, side=None, on=SUN)
    [told] = desk.tells("agency", more, killed(DOCTOR, 9, of=PEOPLE, side=None, on=SUN))
    assert (told.kind.value, told.quantity.low) == ("revised_up", 9)


def test_one_sides_prisoners_are_the_others_arrests():
    desk = Desk()
    desk.tells(
        "north", claim("Norland's navy", Metric.CAPTURED, 17, what="fishermen", of=PEOPLE, side="norland", on=SUN)
    )
    arrested = claim("Sudmark's navy", Metric.ARRESTED, 14, what="nationals", of=PEOPLE, side="norland", on=SUN)
    assert kinds(desk.tells("south", arrested)) == ["rival"]


def test_hostages_of_one_are_no_suspects_of_another():
    desk = Desk()
    desk.tells("wire", claim(FRONT, Metric.CAPTURED, 45, what="hostages", of=PEOPLE, side=None, on=SUN))
    arrested = claim("Sudmark's police", Metric.ARRESTED, 7, what="people", of=PEOPLE, side=None, on=SUN)
    assert kinds(desk.tells("south", arrested)) == ["new_claim"]


def test_dockers_of_one_voice_and_number_are_its_port_workers():
    desk = Desk()
    desk.tells("wire", killed("Sudmark's interior ministry", 23, what="dockers", of=PEOPLE, on=SUN))
    assert desk.tells("agency", killed("Sudmark's interior ministry", 23, what="workers", of=PEOPLE, on=SUN)) == []


def test_sums_of_two_affairs_are_no_rivals():
    desk, week = Desk(), day(16, 22)
    flood = killed("the relief agency", 16, of=PEOPLE, side=None, place=("Elsewhere",), on=week, total=True)
    desk.tells("times", flood, story="flood")
    sum_of_war = killed(STATE, 87, what="men", of=PEOPLE, on=week, total=True)
    assert kinds(desk.tells("south", sum_of_war, story="war")) == ["new_claim"]


def test_a_span_of_days_makes_a_sum():
    desk = Desk()
    desk.tells("south", killed(STATE, 9, what="soldiers", on=SUN))
    assert kinds(desk.tells("south", killed(STATE, 25, what="soldiers", on=day(16, 22)))) == ["new_claim"]


def test_a_disputed_number_is_that_of_whoever_gave_it():
    desk = ambush()
    dispute = claim(STATE, None, 20, stance=Stance.DISPUTES, of=None, side=None, place=None)
    [told] = desk.tells("south", dispute)
    assert (told.kind.value, told.metric, told.quantity.low) == ("disputed", Metric.KILLED, 20)


def test_an_outlet_mends_the_figure_of_whom_it_quoted():
    desk = Desk()
    desk.tells("times", killed(DOCTOR, 34, of=PEOPLE, side=None, on=SUN))
    [told] = desk.tells("times", killed(None, 24, of=None, side=None, on=SUN, was=34), notices=("correction",))
    assert (told.kind.value, told.note, told.quantity.low) == ("revised_down", "correction", 24)


@pytest.mark.parametrize("known", [True, False])
def test_a_blow_by_nobody_is_the_only_foes(known):
    desk = Desk()
    if known:
        desk.tells("north", event("fight/clash", place=HILLS, day=SUN))
    hit = event("fight/missile", place=(), actor=None, day=SUN, claimant=Party(STATE, ActorId("sudmark")))
    assert kinds(desk.tells("south", hit)) == (["escalated"] if known else [])


def test_a_party_denies_a_step_once_by_whatever_office():
    desk = Desk()
    desk.tells("south", event("fight/shelling", place=CAPITAL, day=SUN))
    ministry = Party("Norland's defence ministry", ActorId("norland/defence-ministry"))
    army = Party("Norland's military", ActorId("norland/military"))
    shelled = event("fight/shelling", place=CAPITAL, day=SUN, denied=True)
    assert kinds(desk.tells("wire", replace(shelled, claimant=ministry))) == ["denied"]
    assert desk.tells("agency", replace(shelled, claimant=army)) == []


def denial(quote: str):
    made = claim(ARMY, None, stance=Stance.DENIES, of=None, side=None, on=SUN)
    return replace(made, span=replace(made.span, quote=quote))


def test_a_denial_of_the_deed_answers_what_others_have_just_told_of_it():
    desk = Desk()
    desk.tells("wire", killed(DOCTOR, 14, of=PEOPLE, side="sudmark", on=SUN))
    [told] = desk.tells("north", denial("denies any part in the attack"))
    assert (told.kind.value, told.metric, len(told.answers)) == ("denied", None, 1)
    assert desk.tells("north-tv", denial("denies its involvement")) == []


@pytest.mark.parametrize("quote", ["denied that a second dam had collapsed", "denied it"])
def test_a_denial_of_something_else_answers_nobody(quote):
    desk = Desk()
    desk.tells("wire", killed(DOCTOR, 14, of=PEOPLE, side="sudmark", on=SUN))
    assert desk.tells("north", denial(quote)) == []
