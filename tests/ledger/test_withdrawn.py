"""Kill notices, retractions and corrections: what was told must be taken back, and may not return."""

from monitor.model import ObjectClass, Stance

from .desk import ARMY, DOCTOR, Desk, claim, day, killed, kinds

TUE = day(24)
OFFICIAL = "a local official"


def ambush(who: str | None = OFFICIAL, **more: object):
    return killed(who, 40, side="norland", on=TUE, **more)


def test_a_kill_notice_takes_back_what_came_from_the_wire():
    desk = Desk()
    [first] = desk.tells("wire", ambush())
    [told] = desk.tells("wire", ambush("Wire", stance=Stance.RETRACTS), notices=("kill",))
    assert told.kind == "retracted"
    assert told.quantity.low == 40
    assert told.incident == first.incident
    assert told.answers


def test_a_copy_that_comes_after_the_kill_notice_is_silent():
    desk = Desk()
    desk.tells("wire", ambush())
    desk.tells("wire", ambush("Wire", stance=Stance.RETRACTS), notices=("kill",))
    assert desk.tells("post", ambush()) == []
    assert desk.tells("times", ambush(None)) == []


def test_a_copy_of_a_report_that_was_withdrawn_before_it_was_seen_is_silent():
    desk = Desk()
    desk.tells("wire", ambush("Wire", stance=Stance.RETRACTS), notices=("kill",))
    assert desk.tells("post", ambush()) == []


def test_a_kill_notice_without_a_figure_takes_back_the_wires_claims_in_the_story():
    desk = Desk()
    desk.tells("wire", ambush(), story="ambush")
    desk.tells("agency", killed(ARMY, 14, on=TUE), story="ambush")
    told = desk.tells("wire", notices=("kill",), story="ambush")
    assert [(d.kind.value, d.quantity.low) for d in told] == [("retracted", 40)]


def test_a_kill_notice_leaves_what_others_say():
    desk = Desk()
    desk.tells("agency", ambush(ARMY))
    desk.tells("wire", ambush("Wire", stance=Stance.RETRACTS), notices=("kill",))
    assert desk.tells("agency", ambush(ARMY)) == []
    assert kinds(desk.tells("agency", killed(ARMY, 44, side="norland", on=TUE))) == ["revised_up"]


def test_a_wires_correction_revises_the_claimants_figure():
    desk = Desk()
    desk.tells("agency", killed(DOCTOR, 35, of=ObjectClass.PEOPLE, on=TUE))
    [told] = desk.tells("agency", killed("the doctor", 25, of=ObjectClass.PEOPLE, on=TUE), notices=("correction",))
    assert (told.kind.value, told.note) == ("revised_down", "correction")
    assert told.answers


def test_a_correction_may_return_to_an_earlier_figure():
    desk = Desk()
    for figure in (35, 40):
        desk.tells("agency", killed(DOCTOR, figure, of=ObjectClass.PEOPLE, on=TUE))
    told = desk.tells("agency", killed(DOCTOR, 35, of=ObjectClass.PEOPLE, on=TUE), notices=("correction",))
    assert kinds(told) == ["revised_down"]


def test_a_claimant_may_take_back_its_own_claim():
    desk = Desk()
    desk.tells("wire", killed(ARMY, 70, on=TUE))
    assert kinds(desk.tells("agency", killed(ARMY, 70, on=TUE, stance=Stance.RETRACTS))) == ["retracted"]


def test_who_withdraws_something_else_takes_back_no_report_of_the_outlet():
    desk = Desk()
    desk.tells("wire", ambush(), story="ambush")
    support = claim("Norland", None, stance=Stance.RETRACTS)
    assert desk.tells("wire", support, story="ambush") == []
