"""Several voices about the same losses: rival, contradicted, corroborated, confirmed, denied, disputed."""

import pytest

from monitor.model import Metric, ObjectClass, Stance

from .desk import ARMY, DOCTOR, MINISTRY, Desk, claim, day, event, killed, kinds

SUN, THU = day(22), day(26)
CIVIL = ObjectClass.CIVILIANS
SOURCES_OF_SUDMARK = "Sudmark sources"


def desk_with_a_doctor() -> Desk:
    desk = Desk()
    desk.tells("agency", killed(DOCTOR, 22, of=CIVIL, on=SUN), id="doctor")
    return desk


def test_another_voice_with_another_figure_is_a_rival_and_names_the_first():
    [told] = desk_with_a_doctor().tells("south", killed(MINISTRY, 31, of=CIVIL, on=SUN))
    assert told.kind == "rival"
    assert told.previous is not None
    assert told.previous.low == 22
    assert told.other is not None
    assert told.other.text == DOCTOR


def test_a_ratio_of_two_can_not_both_be_right():
    assert kinds(desk_with_a_doctor().tells("south", killed(MINISTRY, 44, of=CIVIL, on=SUN))) == ["contradicted"]


def test_a_floor_that_is_exceeded_is_a_rival_and_no_contradiction():
    desk = Desk()
    desk.tells("agency", killed(DOCTOR, 20, high=None, of=CIVIL, on=SUN))
    assert kinds(desk.tells("south", killed(MINISTRY, 60, of=CIVIL, on=SUN))) == ["rival"]


def test_vague_words_never_contradict():
    desk = Desk()
    desk.tells("agency", killed(DOCTOR, 24, high=None, vague=True, of=CIVIL, on=SUN))
    assert kinds(desk.tells("south", killed(MINISTRY, 90, of=CIVIL, on=SUN))) == ["new_claim"]


def test_another_voice_with_the_same_figure_corroborates_and_is_counted():
    [told] = desk_with_a_doctor().tells("times", killed("United Nations monitors", 22, of=CIVIL, on=SUN))
    assert told.kind == "corroborated"
    assert (told.counts.outlets, told.counts.origins, told.counts.claimants) == (2, 2, 2)


def test_twelve_copies_of_one_report_are_one_origin_and_one_claimant():
    desk = desk_with_a_doctor()
    desk.tells("times", killed(DOCTOR, 22, of=CIVIL, on=SUN), credit="Agency")
    desk.tells("post", killed(DOCTOR, 22, of=CIVIL, on=SUN), copy_of="doctor")
    [told] = desk.tells("south", killed(MINISTRY, 22, of=CIVIL, on=SUN))
    assert (told.counts.outlets, told.counts.origins, told.counts.claimants) == (4, 2, 2)


def test_a_party_has_one_voice_for_the_same_figure_whatever_office_speaks():
    desk = Desk()
    desk.tells("north", killed(ARMY, 70, on=SUN))
    assert desk.tells("wire", killed("Norland's foreign ministry", 70, on=SUN)) == []


def test_unnamed_sources_are_not_the_ministry_and_the_same_in_two_wires():
    desk = Desk()
    lost = {"side": "norland", "of": ObjectClass.POSITIONS, "on": THU}
    desk.tells("wire", claim(SOURCES_OF_SUDMARK, Metric.CAPTURED, 13, **lost))
    assert desk.tells("agency", claim(SOURCES_OF_SUDMARK, Metric.CAPTURED, 13, **lost)) == []
    assert kinds(desk.tells("south", claim("Sudmark's defence ministry", Metric.CAPTURED, 17, **lost))) == ["rival"]


def test_the_losing_sides_own_word_confirms():
    desk = Desk()
    desk.tells("south", killed("Sudmark's defence ministry", 10, side="norland", on=THU))
    assert kinds(desk.tells("north", killed(ARMY, 10, side="norland", on=THU))) == ["confirmed"]


def test_the_other_sides_losses_answer_nothing():
    desk = Desk()
    desk.tells("south", killed("Sudmark's defence ministry", 10, side="norland", on=THU))
    assert kinds(desk.tells("north", killed(ARMY, 133, side="sudmark", on=THU))) == ["new_claim"]


def test_civilians_and_fighters_are_kept_apart():
    desk = Desk()
    desk.tells("north", killed(ARMY, 70, on=SUN))
    told = desk.tells("agency", killed(DOCTOR, 18, of=CIVIL, on=SUN))
    assert kinds(told) == ["new_claim", "contradicted"]
    assert told[1].previous_object is None
    assert kinds(desk.tells("north", killed(ARMY, 80, on=SUN))) == ["revised_up"]


def test_civilians_without_a_figure_contradict_the_attackers_fighters_once():
    desk = Desk()
    desk.tells("north", killed(ARMY, 70, on=SUN))
    [told] = desk.tells("south", killed("Sudmark's government", of=CIVIL, on=SUN))
    assert told.kind == "contradicted"
    assert told.quantity.low is None
    assert desk.tells("times", killed("Sudmark", of=CIVIL, on=SUN)) == []


def test_own_civilians_and_own_fighters_contradict_nobody():
    desk = Desk()
    desk.tells("south", killed("Sudmark's defence ministry", 8, on=SUN))
    assert kinds(desk.tells("north", killed(ARMY, 3, side="norland", of=CIVIL, on=SUN))) == ["new_claim"]


@pytest.mark.parametrize(("stance", "kind"), [(Stance.DENIES, "denied"), (Stance.DISPUTES, "disputed")])
def test_an_answer_points_at_what_it_answers_and_is_told_once(stance, kind):
    desk = Desk()
    first = desk.tells("south", killed("Sudmark's defence ministry", 10, side="norland", on=SUN))
    [told] = desk.tells("north", killed(ARMY, 10, side="norland", on=SUN, stance=stance))
    assert told.kind == kind
    assert told.answers
    assert told.incident == first[0].incident
    assert told.other is not None
    assert desk.tells("wire", killed("Norland", 10, side="norland", stance=stance)) == []


def test_a_denial_without_a_figure_finds_its_claim_by_metric_place_and_day():
    desk = desk_with_a_doctor()
    [told] = desk.tells("north", killed("Norland's foreign ministry", of=CIVIL, on=SUN, stance=Stance.DENIES))
    assert told.kind == "denied"
    assert told.previous is not None
    assert told.previous.low == 22


def test_a_denial_with_an_own_figure_is_both():
    desk = Desk()
    desk.tells("north", killed(ARMY, 80, side="red-front", on=SUN))
    denied = killed("Red Front", 80, side="red-front", on=SUN, stance=Stance.DENIES)
    told = desk.tells("wire", denied, killed("Red Front", 3, side="red-front", on=None, place=None))
    assert kinds(told) == ["denied", "contradicted"]


def test_a_denial_of_something_never_seen_is_told_as_that():
    [told] = Desk().tells("north", killed(ARMY, 40, side="norland", on=SUN, stance=Stance.DENIES))
    assert told.kind == "denied"
    assert told.uncertain == "what it answers is not known here"


def test_an_admission_with_lower_figures_confirms_and_rivals():
    desk = Desk()
    desk.tells("wire", killed(SOURCES_OF_SUDMARK, 10, side="norland", on=THU))
    told = desk.tells("north", killed(ARMY, 4, side="norland", on=THU, stance=Stance.CONFIRMS))
    assert kinds(told) == ["confirmed", "contradicted"]


def test_an_unattributed_figure_is_news_only_beyond_every_known_one():
    desk = desk_with_a_doctor()
    assert desk.tells("times", killed(None, 20, of=CIVIL, on=SUN)) == []
    assert desk.tells("times", killed(None, 22, of=CIVIL, on=SUN)) == []
    assert kinds(desk.tells("post", killed(None, 40, of=CIVIL, on=SUN))) == ["revised_up"]


def test_what_was_inferred_is_said():
    desk = Desk()
    desk.tells("wire", event("fight/air", day=SUN), killed(ARMY, 30, on=SUN))
    unsaid = day(23, stated=False)
    [told] = desk.tells("south", killed("Sudmark's defence ministry", 25, on=unsaid, place=None), later=20)
    assert told.kind == "rival"
    assert told.uncertain == "no day is named"
