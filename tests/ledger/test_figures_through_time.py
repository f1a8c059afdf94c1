"""One voice through time: what is new, what revises, what repeats."""

import datetime as dt

from monitor.model import Metric, ObjectClass

from .desk import ARMY, COAST, DOCTOR, HILLS, MINISTRY, SUNDAY, Desk, claim, day, killed, kinds

SUN, TUE, FRI = day(22), day(24), day(27)
CIVIL = ObjectClass.CIVILIANS


def test_a_first_figure_is_a_new_claim_with_its_quote_and_key():
    [told] = Desk().tells("wire", killed(ARMY, 70, high=None, on=SUN))
    assert told.kind == "new_claim"
    assert (told.quantity.low, told.quantity.high) == (70, None)
    assert told.key.endswith("/killed/sudmark/combatants/whole")
    assert told.span is not None
    assert told.official


def test_the_same_figure_of_the_same_voice_is_nothing_new_in_any_outlet_or_words():
    desk = Desk()
    desk.tells("wire", killed(ARMY, 70, high=None, on=SUN))
    assert desk.tells("agency", killed("Norland", 70, high=None)) == []
    assert desk.tells("north", killed(None, 70, on=SUN)) == []
    assert desk.tells("north-tv", killed("the army", 70, on=SUN)) == []


def test_a_higher_figure_of_the_same_voice_revises_it_and_names_the_old_one():
    desk = Desk()
    desk.tells("wire", killed(ARMY, 70, high=None, on=SUN))
    [told] = desk.tells("north", killed("the armed forces", 80, high=None, on=SUN))
    assert told.kind == "revised_up"
    assert told.previous is not None
    assert told.previous.low == 70


def test_a_lower_figure_revises_downwards_and_the_old_one_may_not_come_back():
    desk = Desk()
    desk.tells("south", killed(MINISTRY, 31, of=CIVIL, on=SUN))
    [told] = desk.tells("south", killed(MINISTRY, 26, of=CIVIL, on=SUN, was=31))
    assert told.kind == "revised_down"
    assert desk.tells("times", killed(MINISTRY, 31, of=CIVIL, on=SUN)) == []


def test_an_old_figure_that_arrives_late_is_no_revision_even_if_it_was_never_seen():
    desk = Desk()
    desk.tells("wire", killed(ARMY, 70, on=SUN))
    desk.tells("wire", killed(ARMY, 80, on=SUN), later=20)
    early = SUNDAY + dt.timedelta(hours=3)
    assert desk.tells("times", killed(ARMY, 75, on=SUN), later=72, published=early) == []
    assert kinds(desk.tells("wire", killed(ARMY, 85, on=SUN))) == ["revised_up"]


def test_a_re_dated_item_tells_a_known_figure_of_its_own_day():
    desk = Desk()
    desk.tells("wire", killed(ARMY, 70, on=SUN))
    assert desk.tells("post", killed(ARMY, 70, on=SUN), later=120, story="s-2") == []


def test_a_copy_with_a_wrong_date_is_known_by_what_it_was_copied_from():
    desk = Desk()
    desk.tells("wire", killed(ARMY, 70, on=SUN), id="first")
    assert desk.tells("post", killed(ARMY, 70, on=day(27)), later=120, copy_of="first") == []


def test_ten_small_steps_are_each_recorded_and_the_last_knows_the_one_before():
    desk = Desk()
    desk.tells("wire", killed(MINISTRY, 100, of=CIVIL, on=SUN))
    told = [desk.tells("wire", killed(MINISTRY, 100 + 5 * n, of=CIVIL, on=SUN))[0] for n in range(1, 11)]
    assert {d.kind.value for d in told} == {"revised_up"}
    assert [d.previous.low for d in told if d.previous] == [100 + 5 * n for n in range(10)]


def test_a_rough_figure_in_other_words_is_no_revision_but_small_steps_add_up():
    desk = Desk()
    desk.tells("wire", killed(ARMY, 100, approx=True, on=SUN))
    assert desk.tells("agency", killed(ARMY, 105, approx=True, on=SUN)) == []
    assert desk.tells("agency", killed(ARMY, 110, approx=True, on=SUN)) == []
    assert kinds(desk.tells("agency", killed(ARMY, 125, approx=True, on=SUN))) == ["revised_up"]


def test_the_same_number_on_another_day_is_another_incident():
    desk = Desk()
    first = desk.tells("wire", killed(ARMY, 14, on=SUN))
    [second] = desk.tells("wire", killed(ARMY, 14, on=TUE))
    assert second.kind == "new_claim"
    assert second.incident != first[0].incident


def test_a_lower_figure_on_another_day_is_no_revision():
    desk = Desk()
    desk.tells("wire", killed(ARMY, 80, on=SUN))
    assert kinds(desk.tells("wire", killed(ARMY, 14, on=TUE, place=COAST))) == ["new_claim"]


def test_a_figure_for_one_day_and_another_place_is_separate():
    desk = Desk()
    desk.tells("wire", killed(ARMY, 30, on=SUN, place=HILLS))
    assert kinds(desk.tells("wire", killed(ARMY, 12, on=SUN, place=COAST))) == ["new_claim"]


def test_a_total_of_a_period_is_a_claim_of_its_own():
    desk = Desk()
    desk.tells("wire", killed(ARMY, 133, on=FRI))
    [told] = desk.tells("north", killed(ARMY, 210, high=None, total=True, on=day(22, 27)))
    assert told.kind == "new_claim"
    assert told.key.endswith("/total")
    assert kinds(desk.tells("north", killed(ARMY, 240, total=True, on=day(22, 28)))) == ["revised_up"]


def test_a_part_is_no_revision_of_the_whole():
    desk = Desk()
    desk.tells("south", killed(MINISTRY, 30, of=CIVIL, on=SUN))
    [told] = desk.tells("south", killed(MINISTRY, 12, of=ObjectClass.CHILDREN, part=True, on=SUN))
    assert told.kind == "new_claim"


def test_a_round_up_of_known_figures_is_silent_whatever_its_day():
    desk = Desk()
    desk.tells("wire", killed(ARMY, 80, on=SUN))
    desk.tells("agency", killed(DOCTOR, 22, of=CIVIL, on=SUN))
    desk.tells("wire", killed(ARMY, 133, on=FRI, place=COAST), later=100)
    unnamed_day = day(28, stated=False)
    round_up = [
        killed(ARMY, 80, on=unnamed_day, place=None),
        killed("the doctor", 22, of=CIVIL, on=unnamed_day, place=None),
        killed("Norland", 133, on=unnamed_day, place=None),
    ]
    assert desk.tells("times", *round_up, story="s-9") == []


def test_the_title_repeats_the_text_and_only_adds_what_the_text_lacks():
    desk = Desk()
    item = [
        killed("Norland", 70, title=True, place=None),
        killed(ARMY, 70, on=SUN),
        killed(None, 3, side="norland", title=True),
    ]
    told = desk.tells("wire", *item)
    assert [(d.kind.value, d.quantity.low) for d in told] == [("new_claim", 70), ("new_claim", 3)]


def test_a_new_version_with_the_same_figure_is_silent_and_with_another_revises():
    desk = Desk()
    desk.tells("agency", killed(DOCTOR, 18, of=CIVIL, on=SUN), id="a")
    assert desk.tells("agency", killed(DOCTOR, 18, of=CIVIL, on=SUN), id="a", version=2) == []
    assert kinds(desk.tells("agency", killed(DOCTOR, 22, of=CIVIL, on=SUN), id="a", version=3)) == ["revised_up"]


def test_a_vague_figure_opens_and_then_adds_nothing_to_a_known_number():
    desk = Desk()
    assert kinds(desk.tells("wire", killed(MINISTRY, 24, high=None, vague=True, of=CIVIL, on=SUN))) == ["new_claim"]
    assert kinds(desk.tells("wire", killed(MINISTRY, 31, of=CIVIL, on=SUN))) == ["revised_up"]
    assert desk.tells("wire", killed(MINISTRY, 24, high=None, vague=True, of=CIVIL, on=SUN)) == []


def test_opinion_explainer_and_anniversary_develop_nothing():
    for notice in ("opinion", "explainer", "anniversary"):
        assert Desk().tells("times", killed(ARMY, 70, on=SUN), notices=(notice,)) == []


def test_two_figures_of_one_text_never_revise_each_other():
    told = Desk().tells("wire", killed(ARMY, 9, on=SUN), killed(ARMY, 12, on=SUN))
    assert kinds(told) == ["new_claim", "new_claim"]


def test_an_undated_toll_days_later_in_one_story_of_fighting_is_no_revision():
    desk = Desk()
    for on, dead in ((22, 2), (25, 9)):
        [told] = desk.tells("wire", killed(None, dead, side=None, on=day(on, stated=False)), story="strikes")
        assert told.kind == "new_claim"


def test_two_nights_that_touch_are_two_nights():
    desk = Desk()
    first = claim(ARMY, Metric.SHOT_DOWN, 60, of=ObjectClass.AIRCRAFT, what="drones", side=None, on=day(22, 23))
    assert kinds(desk.tells("north", first)) == ["new_claim"]
    second = claim(ARMY, Metric.SHOT_DOWN, 150, of=ObjectClass.AIRCRAFT, what="drones", side=None, on=day(23, 24))
    assert kinds(desk.tells("north", second, later=24)) == ["new_claim"]


def test_who_counts_more_civilians_than_people_before_has_counted_on():
    desk = Desk()
    desk.tells("wire", killed(DOCTOR, 4, of=ObjectClass.PEOPLE, on=SUN))
    desk.tells("agency", killed("the United Nations", 5, of=CIVIL, on=SUN))
    [told] = desk.tells("times", killed(DOCTOR, 6, of=CIVIL, on=SUN))
    assert (told.kind, told.previous.low) == ("revised_up", 4)


def test_those_who_fled_on_another_day_are_another_wave():
    desk = Desk()
    desk.tells("wire", claim(MINISTRY, Metric.DISPLACED, 620_000, of=ObjectClass.PEOPLE, side=None, on=SUN))
    later = claim(DOCTOR, Metric.DISPLACED, 96_000, of=ObjectClass.PEOPLE, side=None, on=day(22, 23))
    assert kinds(desk.tells("times", later)) == ["new_claim"]
