"""Texts leave out half of what a comparison needs: owners, sides, places, days. What may be concluded, and what not."""

from monitor.core.incidents import INCIDENTS
from monitor.core.origins import PRESS, Sides, same_office, same_voice, voice_of
from monitor.model import (
    ActorId,
    Item,
    ItemId,
    Metric,
    ObjectClass,
    Party,
    Placement,
    Reading,
    SourceId,
    Stance,
    StoryId,
)

from .desk import ARMY, COAST, DOCTOR, HILLS, REGISTRY, SOURCES, SUNDAY, Desk, claim, day, event, killed, kinds

SUN, MON = day(22), day(23)
UNSAID = day(23, stated=False)
WAR = Sides(frozenset({ActorId("sudmark"), ActorId("red-front")}), ActorId("sudmark"), ActorId("red-front"))


def voice(who: str, source: str = "wire", sides: Sides = Sides()):  # noqa: B008 - a frozen value
    return voice_of(Party(who, REGISTRY.resolve(who)), SOURCES[source], REGISTRY, sides)


def tell(desk: Desk, text: str, *claims, source: str = "wire", id: str = "x"):  # noqa: A002 - the field's name
    item = Item(ItemId(id), SourceId(source), SUNDAY, "", text, published=SUNDAY)
    return desk.decides(item, Reading(tuple(claims)), Placement(StoryId("s-1"), False))


def test_an_office_without_an_owner_is_the_only_states():
    assert voice("the health ministry", sides=WAR) == voice("Sudmark's health ministry")
    assert voice("the health ministry").party is None


def test_the_rebels_are_the_only_group():
    assert voice("the rebels", sides=WAR).party == "red-front"
    assert voice("rebel sources", sides=WAR).anonymous


def test_an_unowned_office_may_be_any_states_but_a_doctor_is_nobodys():
    assert same_office(voice("the interior ministry"), voice("Sudmark's interior ministry"))
    assert not same_office(voice("the interior ministry"), voice("Sudmark's health ministry"))
    assert not same_office(voice(DOCTOR), voice("Sudmark's health ministry"))


def test_two_namings_of_a_person_are_one_and_two_persons_are_two():
    assert same_voice(
        voice("the director of the city's main hospital"), voice("director of the main hospital in Hillford")
    )
    assert not same_voice(voice("a doctor"), voice("the village headmaster"))
    assert not same_voice(voice("the mayor"), voice("the governor"))


def test_a_ranked_officer_in_an_official_feed_speaks_for_it():
    assert voice("Lieutenant Colonel Brack", "north").party == "norland"
    assert voice("Lieutenant Colonel Brack", "wire").party is None


def test_officials_of_an_office_are_the_office_but_its_sources_are_not():
    assert not voice("officials of Sudmark's health ministry").anonymous
    assert voice("sources in Sudmark's army").anonymous


def test_what_an_outlet_says_of_itself_is_the_press():
    assert voice("Wire reporters").name == PRESS


def test_soldiers_are_the_only_states_and_fighters_the_only_groups():
    desk = Desk()
    text = "Fighting between Sudmark and the Red Front."
    told = tell(
        desk, text, killed(DOCTOR, 9, side=None, what="soldiers"), killed(DOCTOR, 14, side=None, what="militants")
    )
    assert [(d.quantity.low, d.side) for d in told] == [(9, "sudmark"), (14, "red-front")]


def test_a_toll_of_one_day_is_no_total_of_a_period():
    desk = Desk()
    desk.tells("wire", killed("the governor", 4, of=ObjectClass.PEOPLE, side=None, on=SUN))
    more = killed("the governor", 2, of=ObjectClass.PEOPLE, side=None, on=SUN)
    toll = killed("the governor", 6, of=ObjectClass.PEOPLE, side=None, on=SUN, total=True)
    told = desk.tells("wire", more, toll)
    assert [(d.kind.value, d.quantity.low) for d in told] == [("revised_up", 6)]


def test_drones_are_no_missiles_and_what_is_shot_down_is_the_others():
    desk = Desk()
    down = {"of": ObjectClass.AIRCRAFT, "on": SUN, "place": None}
    desk.tells("north", claim(ARMY, Metric.SHOT_DOWN, 71, what="drones", side=None, **down))
    missiles = claim(ARMY, Metric.SHOT_DOWN, 6, what="missiles", side=None, **down)
    assert kinds(desk.tells("north", missiles)) == ["new_claim"]
    theirs = claim("Sudmark's air force", Metric.SHOT_DOWN, 30, what="drones", side="norland", **down)
    assert kinds(desk.tells("south", theirs)) == ["new_claim"]


def test_hostages_are_no_gunmen_and_people_may_be_fighters():
    desk = Desk()
    desk.tells("wire", killed(ARMY, 5, what="gunmen", side=None, on=SUN))
    hostages = killed(DOCTOR, 9, of=ObjectClass.PEOPLE, what="hostages", side=None, on=SUN)
    assert kinds(desk.tells("agency", hostages)) == ["new_claim"]
    people = killed("a nurse", 6, of=ObjectClass.PEOPLE, what="people", side=None, on=SUN, place=COAST)
    desk.tells("wire", killed(ARMY, 7, what="gunmen", side=None, on=SUN, place=COAST))
    assert kinds(desk.tells("agency", people)) == ["rival"]


def test_the_own_figure_after_a_denial_is_of_what_was_denied():
    desk = Desk()
    desk.tells("north", killed(ARMY, 60, side="red-front", on=SUN))
    denied = killed("Red Front", 60, side="red-front", stance=Stance.DENIES, on=SUN)
    own = killed("Red Front", 2, of=ObjectClass.PEOPLE, what="men", side=None, place=None)
    told = desk.tells("wire", denied, own)
    assert kinds(told) == ["denied", "contradicted"]
    assert told[1].side == "red-front"


def test_a_figure_named_only_to_be_disputed_is_no_second_account():
    desk = Desk()
    desk.tells("wire", killed("Sudmark sources", 10, side="norland", on=SUN))
    named = killed("Sudmark", 10, side="norland", on=SUN)
    disputed = killed(ARMY, 10, side="norland", on=SUN, stance=Stance.DISPUTES)
    assert kinds(desk.tells("north", named, disputed)) == ["disputed"]


def test_a_denial_in_words_of_a_loss_finds_the_claims_of_that_loss():
    desk = Desk()
    desk.tells("agency", killed(DOCTOR, 9, of=ObjectClass.PEOPLE, what="hostages", on=SUN))
    bare = claim(ARMY, None, stance=Stance.DENIES, of=None, side=None, on=SUN)
    assert desk.tells("north", bare) == []
    worded = claim(ARMY, None, stance=Stance.DENIES, of=None, side=None, on=SUN)
    object.__setattr__(worded, "span", worded.span.__class__("denied that any hostage had been killed", "text", 0, 39))
    assert Desk().tells("north", worded) == []
    [told] = desk.tells("north", worded)
    assert (told.kind.value, told.metric) == ("denied", Metric.KILLED)


def test_a_lower_figure_of_a_later_day_without_a_word_of_correction_is_another_incident():
    desk = Desk()
    desk.tells("wire", event("fight/air", day=SUN), killed(ARMY, 80, on=SUN))
    told = desk.tells("wire", event("fight/air"), killed(ARMY, 14, on=UNSAID, place=HILLS), later=24)
    assert kinds(told) == ["new_claim"]


def test_a_figure_told_again_joins_incidents_that_were_kept_apart():
    desk = Desk()
    desk.tells("wire", killed(ARMY, 11, on=SUN, place=None, side=None), story="s-1")
    desk.tells("agency", event("fight/shelling", day=SUN), story="s-2")
    assert len([i for i in desk.view.latest(INCIDENTS, limit=9) if not i.merged_into]) == 2
    again = desk.tells("times", event("fight/shelling", day=SUN), killed(ARMY, 11, on=SUN, side=None), story="s-2")
    assert "new_claim" not in kinds(again)
    assert len([i for i in desk.view.latest(INCIDENTS, limit=9) if not i.merged_into]) == 1


def test_a_disaster_is_known_by_its_kind_and_an_aftershock_is_another():
    desk = Desk()
    unplaced = {"of": ObjectClass.PEOPLE, "side": None, "place": None}
    tell(
        desk, "The earthquake near Tamsi killed 5, a surgeon said.", killed("a surgeon", 5, on=SUN, **unplaced), id="a"
    )
    [told] = tell(
        desk, "Thirty died in the quake at Tamsi, the governor said.", killed("the governor", 30, **unplaced), id="b"
    )
    assert told.kind == "contradicted"
    shaken = claim("the institute", Metric.MAGNITUDE, 6.7, **unplaced)
    tell(desk, "The earthquake near Tamsi had a magnitude of 6.7.", shaken, id="c")
    after = claim("the institute", Metric.MAGNITUDE, 5.1, on=MON, **unplaced)
    assert kinds(tell(desk, "An aftershock shook Tamsi on Monday.", after, id="d")) == ["new_claim"]
