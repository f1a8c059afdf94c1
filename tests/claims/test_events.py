"""Events: class, mode, who did it to whom, and whether it happened at all."""

import datetime as dt

import pytest

from monitor.core.claims import read
from monitor.core.claims.actors import Registry
from monitor.model import Event, Item, ItemId, SourceId

NOON = dt.datetime(2031, 5, 8, 12, tzinfo=dt.UTC)


def events(text: str) -> tuple[Event, ...]:
    return read(Item(ItemId("i"), SourceId("s"), NOON, "", text, published=NOON), Registry.base()).events


def one(text: str, event_class: str) -> Event:
    (event,) = [e for e in events(text) if e.event_class == event_class]
    return event


def names(event: Event) -> tuple[str | None, str | None]:
    return event.actor.text if event.actor else None, event.target.text if event.target else None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Turkish jets bombed camps near the border.", "FIGHT/air"),
        ("Syrian artillery fire hit the suburb.", "FIGHT/shelling"),
        ("Ethiopian forces launched a ground offensive in the north.", "FIGHT/ground"),
        ("Fierce fighting was heard all night.", "FIGHT/clash"),
        ("Armenia closed its border with Georgia.", "COERCE/border-closure"),
        ("Jordan closed its airspace on Monday.", "COERCE/airspace-closure"),
        ("Chad imposed a curfew in the capital.", "COERCE/curfew"),
        ("Norway closed its embassy in the city.", "SANCTION/embassy"),
        ("Niger expelled two diplomats.", "SANCTION/embassy"),
        ("Peru mobilised its army.", "MOBILIZE/troops"),
        ("France evacuated its citizens by sea.", "RETREAT/evacuation"),
        ("Both armies agreed on a ceasefire.", "AGREE/ceasefire"),
        ("Egypt condemned the raid.", "DISAPPROVE/condemn"),
        ("Ghana rejected the proposal.", "REJECT/reject"),
        ("Thousands of students demonstrated against the law.", "PROTEST/demonstrate"),
    ],
)
def test_classes_and_modes(text: str, kind: str):
    assert kind in {f"{e.event_class}/{e.mode}" for e in events(text)}


def test_active_and_passive_name_the_same_actor():
    active = one("Armed rebels ambushed an army convoy near Lorn.", "ASSAULT")
    passive = one("An army convoy was ambushed by armed rebels near Lorn.", "ASSAULT")
    assert names(active)[0] == "Armed rebels"
    assert names(passive)[0] == "armed rebels"
    assert (names(passive)[1] or "").startswith("army convoy")


def test_a_nouns_owner_is_its_actor():
    event = one("Israeli air strikes on targets in Lebanon went on.", "FIGHT")
    assert event.actor is not None
    assert event.actor.actor == "israel"


def test_a_pronoun_is_the_speaker():
    event = one("Kenya said it had expelled an envoy.", "SANCTION")
    assert event.actor is not None
    assert (event.actor.actor, event.claimant.actor if event.claimant else None) == ("kenya", "kenya")


def test_a_call_for_a_truce_is_no_truce():
    truces = [e for e in events("The envoy called on both sides to cease fire.") if e.mode == "ceasefire"]
    assert all(e.past for e in truces)
    assert one("The envoy called on both sides to cease fire.", "DEMAND")


def test_announced_hostility_is_a_threat_and_announced_help_a_promise():
    assert {e.event_class for e in events("Iran will close its border with Iraq.") if not e.past} == {"THREATEN"}
    assert "AGREE" in {e.event_class for e in events("Japan will provide food aid to Nepal.") if not e.past}


@pytest.mark.parametrize(
    "text",
    [
        "In 2019 Indian jets bombed camps across the line.",
        "If Turkish jets bomb camps again, the truce is over.",
        "The army was ordered to invade the valley.",
    ],
)
def test_history_conditions_and_orders_did_not_happen_now(text: str):
    fights = [e for e in events(text) if e.event_class == "FIGHT"]
    assert fights
    assert all(e.past for e in fights)


def test_denied_events_are_marked():
    assert one("The army denied that its jets had bombed the camps.", "FIGHT").denied


@pytest.mark.parametrize(
    "text",
    [
        "An avalanche blocked the road to the pass.",
        "In recent attacks on the plan, critics were loud.",
        "The cricket team destroyed the visitors in the final over of the match.",
        "Support Forces is a name.",
    ],
)
def test_what_only_sounds_like_an_event(text: str):
    assert [e for e in events(text) if e.event_class in {"FIGHT", "COERCE", "PROTEST", "SUPPORT"}] == []


def test_losses_without_a_doer_are_left_to_the_claims():
    assert events("Two people were killed in the valley.") == ()


def test_place_and_day_are_the_sentences():
    event = one("Turkish jets bombed camps in Syria on Tuesday.", "FIGHT")
    assert event.day is not None
    assert event.day.first == dt.date(2031, 5, 6)
    assert event.place is not None
    assert event.place.path[0] == "Syria"
