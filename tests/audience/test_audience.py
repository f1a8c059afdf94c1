"""Who gets an alert, and how."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.channels.outcome import readdressed
from monitor.core import audience, ringing
from monitor.core.audience import SOUNDS
from monitor.core.reach import Reached, reached
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.stories.records import ALIASES, STORIES, Alias, Story
from monitor.core.view import Draft, Put
from monitor.model import AlertId, ChatId, MessageId, Mute, Severity, SourceId, StoryId, Subscriber, WatchId
from monitor.store.memory import MemoryView
from tests.render.samples import ALERTS as SAMPLES
from tests.render.samples import AT, WATCH

ONE, TWO = ChatId(1), ChatId(2)


class Desk:
    """Alerts handed out over one memory, in time."""

    def __init__(self, *subscribers):
        self.view = MemoryView()
        self.now = AT
        self.number = 0
        self.change(*subscribers)

    def change(self, *subscribers):
        self.view.apply([Put(SUBSCRIBERS, s) for s in subscribers])

    def alert(self, severity=Severity.HIGH, story="s1", corrects=(), *, source="wire", kind="new_claim"):
        self.number += 1
        alert = dataclasses.replace(
            SAMPLES[kind],
            id=AlertId(f"a{self.number}"),
            severity=severity,
            story=StoryId(story),
            corrects=tuple(corrects),
            source=SourceId(source),
            at=self.now,
        )
        draft = Draft(self.view)
        draft.put(ALERTS, alert)
        messages = audience.audience(alert, draft, self.now)
        self.view.apply(draft.changes())
        return list(messages)

    def due(self):
        draft = Draft(self.view)
        messages = audience.due(draft, self.now)
        self.view.apply(draft.changes())
        return list(messages)

    def wait(self, **span):
        self.now += dt.timedelta(**span)
        return self


def reader(chat=ONE, **fields):
    return Subscriber(chat, **({"watches": (WATCH,), "level": Severity.LOW} | fields))


def test_followers_at_their_level_are_told_and_the_others_recorded_with_the_reason():
    desk = Desk(reader(), reader(TWO, level=Severity.CRITICAL), reader(ChatId(3), watches=(WatchId("other"),)))
    [message] = desk.alert()
    assert (message.chat, message.kind, message.alerts, message.silent) == (ONE, "alert", (AlertId("a1"),), False)
    assert reached(desk.view, AlertId("a1")).withheld == ((TWO, "below level critical"),)


def test_a_paused_subscriber_hears_nothing():
    assert Desk(reader(active=False)).alert() == []


@pytest.mark.parametrize(
    ("severity", "silent"),
    [(Severity.LOW, True), (Severity.HIGH, False), (Severity.CRITICAL, False)],
)
def test_sound_is_for_high_and_critical(severity, silent):
    assert Desk(reader()).alert(severity)[0].silent is silent


def test_later_alerts_of_a_story_reply_to_its_first_message_in_each_chat():
    desk = Desk(reader())
    [first] = desk.alert()
    desk.change(reader(TWO))
    replies = desk.alert()
    assert [m.reply_to for m in replies] == [first.id, None]
    assert desk.alert(story="s2")[0].reply_to is None


LATER = {
    "merged": ("s0", Put(ALIASES, Alias("s1", "s0", 0.0))),
    "turned": ("s2", Put(STORIES, Story("s2", 0.0, 0.0, of="s1"))),
}


@pytest.mark.parametrize(("name", "change"), LATER.values(), ids=LATER)
def test_threads_and_mutes_follow_a_story_that_was_merged_or_has_turned(name, change):
    desk = Desk(reader(), reader(TWO, mutes=(Mute(AT + dt.timedelta(days=1), story=StoryId("s1")),)))
    [first] = desk.alert()
    desk.view.apply([change])
    [second] = desk.wait(minutes=5).alert(story=name)
    assert (second.chat, second.reply_to, second.silent) == (ONE, first.id, True)
    assert desk.alert(story=name)[0].reply_to == first.id


def test_one_story_rings_again_only_after_a_while_or_for_something_more_severe():
    desk = Desk(reader())
    assert not desk.alert()[0].silent
    assert desk.wait(minutes=5).alert()[0].silent
    assert not desk.wait(minutes=5).alert(Severity.CRITICAL)[0].silent
    assert desk.wait(minutes=5).alert()[0].silent
    assert not desk.wait(minutes=60).alert()[0].silent


@pytest.mark.parametrize(
    "mute",
    [{}, {"watch": WATCH}, {"story": StoryId("s1")}, {"source": SourceId("wire")}, {"watch": WATCH, "story": "s1"}],
)
def test_a_mute_withholds_what_it_names_until_it_ends(mute):
    desk = Desk(reader(mutes=(Mute(AT + dt.timedelta(hours=1), **mute),)))
    assert desk.alert() == []
    assert reached(desk.view, AlertId("a1")).withheld == ((ONE, "muted"),)
    assert len(desk.wait(hours=1).alert()) == 1


@pytest.mark.parametrize("mute", [{"watch": WatchId("x")}, {"story": StoryId("x")}, {"source": SourceId("x")}])
def test_a_mute_withholds_nothing_else(mute):
    assert len(Desk(reader(mutes=(Mute(AT + dt.timedelta(hours=1), **mute),))).alert()) == 1


def test_quiet_hours_hold_back_all_but_the_critical_and_end_with_one_silent_message():
    desk = Desk(reader(quiet=(22, 7), tz="Asia/Karachi"))  # AT is 23:05 there
    assert desk.alert() == []
    assert len(desk.alert(Severity.CRITICAL)) == 1
    assert desk.alert(story="s2") == []
    assert desk.wait(hours=7).due() == []
    [joined] = desk.wait(hours=1).due()
    assert (joined.kind, joined.alerts, joined.silent) == ("digest", (AlertId("a1"), AlertId("a3")), True)
    assert desk.due() == []


@pytest.mark.parametrize(("quiet", "hour", "inside"), [((22, 7), 23, True), ((22, 7), 7, False), ((1, 5), 4, True)])
def test_quiet_hours_may_span_midnight(quiet, hour, inside):
    at = AT.replace(hour=hour)
    assert (audience.quiet_until(reader(quiet=quiet), at) is not None) is inside


def test_equal_hours_are_no_quiet_hours():
    assert audience.quiet_until(reader(quiet=(7, 7)), AT.replace(hour=7)) is None


def test_quiet_hours_end_at_the_local_hour_also_when_the_clocks_change():
    night = dt.datetime(2026, 3, 29, 0, 30, tzinfo=dt.UTC)  # Berlin's clocks go forward at 01:00 UTC
    end = audience.quiet_until(reader(quiet=(22, 7), tz="Europe/Berlin"), night)
    assert end == dt.datetime(2026, 3, 29, 5, 0, tzinfo=dt.UTC)


def test_a_digest_gathers_what_is_below_high():
    desk = Desk(reader(digest="20:00"))
    assert desk.alert(Severity.LOW) == []
    assert len(desk.alert(Severity.HIGH)) == 1
    [joined] = desk.wait(hours=2).due()
    assert joined.alerts == (AlertId("a1"),)


def test_beyond_ten_sounding_messages_a_day_the_rest_is_joined_by_the_hour_critical_excepted():
    desk = Desk(reader())
    for n in range(SOUNDS):
        assert not desk.alert(story=f"s{n}")[0].silent
    assert desk.alert(story="more") == []
    assert desk.alert(story="more") == []
    assert not desk.alert(Severity.CRITICAL, story="war")[0].silent
    [joined] = desk.wait(hours=1).due()
    assert len(joined.alerts) == 2
    assert not desk.wait(days=1).alert(story="tomorrow")[0].silent


def test_a_terminal_gets_everything_at_once():
    desk = Desk(reader(kind="terminal", quiet=(0, 23)))
    assert all(len(desk.alert(story=f"s{n}")) == 1 for n in range(60))


def test_a_correction_replies_in_every_chat_that_got_the_original_whatever_its_settings_are_now():
    desk = Desk(reader(), reader(TWO))
    first, second = desk.alert()
    desk.change(
        reader(level=Severity.CRITICAL, watches=()),
        reader(TWO, mutes=(Mute(AT + dt.timedelta(hours=9)),)),
        reader(ChatId(3)),
    )
    one, two, three = sorted(desk.alert(corrects=[AlertId("a1")]), key=lambda m: m.chat)
    assert (one.kind, one.reply_to, one.silent) == ("correction", first.id, False)
    assert (two.kind, two.reply_to, two.silent) == ("correction", second.id, True)
    assert three.kind == "alert"


def test_a_correction_in_quiet_hours_is_silent_and_comes_at_once():
    desk = Desk(reader())
    desk.alert()
    desk.change(reader(quiet=(0, 23)))
    [message] = desk.alert(corrects=[AlertId("a1")])
    assert (message.kind, message.silent) == ("correction", True)


def test_a_correction_of_what_still_waits_is_told_together_with_it_and_after_it():
    desk = Desk(reader(digest="20:00"))
    desk.alert(Severity.LOW)
    assert desk.alert(Severity.LOW, corrects=[AlertId("a1")]) == []
    [joined] = desk.wait(hours=2).due()
    assert joined.alerts == (AlertId("a1"), AlertId("a2"))


def test_a_correction_of_what_was_joined_replies_to_the_joined_message():
    desk = Desk(reader(digest="20:00"))
    desk.alert(Severity.LOW)
    [joined] = desk.wait(hours=2).due()
    [correction] = desk.alert(Severity.LOW, corrects=[AlertId("a1")])
    assert correction.reply_to == joined.id


def test_who_said_stop_is_not_corrected_either():
    desk = Desk(reader())
    desk.alert()
    desk.change(reader(active=False))
    assert desk.alert(corrects=[AlertId("a1")]) == []
    assert reached(desk.view, AlertId("a2")).withheld == ((ONE, "chat is gone"),)


GROUP, SUPERGROUP = ChatId(-5), ChatId(-1005)


def upgraded(desk):
    desk.view.apply(readdressed(desk.view, GROUP, SUPERGROUP))
    return desk


def test_a_correction_follows_a_group_that_became_a_supergroup():
    desk = Desk(reader(GROUP))
    desk.alert()
    [correction] = upgraded(desk).alert(corrects=[AlertId("a1")])
    assert (correction.chat, correction.kind) == (SUPERGROUP, "correction")


def test_a_story_opens_anew_in_a_supergroup_but_does_not_ring_anew():
    desk = Desk(reader(GROUP))
    desk.alert()
    [first] = upgraded(desk).alert()
    [second] = desk.alert()
    assert (first.chat, first.reply_to, first.silent) == (SUPERGROUP, None, True)
    assert (second.chat, second.reply_to) == (SUPERGROUP, first.id)


def test_what_waits_to_be_joined_follows_the_group():
    desk = Desk(reader(GROUP, digest="20:00"))
    desk.alert(Severity.LOW)
    [joined] = upgraded(desk).wait(hours=2).due()
    assert joined.chat == SUPERGROUP
    [correction] = desk.alert(Severity.LOW, corrects=[AlertId("a1")])
    assert (correction.chat, correction.reply_to) == (SUPERGROUP, joined.id)


def test_a_rival_claim_goes_with_a_chart():
    assert Desk(reader()).alert(kind="rival")[0].attachment == "chart"
    assert Desk(reader()).alert(kind="denial")[0].attachment == ""


def test_a_critical_alert_rings_again_after_10_and_30_minutes_for_those_who_asked():
    desk = Desk(reader(ring=True), reader(TWO))
    first, _ = desk.alert(Severity.CRITICAL)
    assert desk.wait(minutes=9).due() == []
    [second] = desk.wait(minutes=1).due()
    assert (second.chat, second.reply_to, second.silent) == (ONE, first.id, False)
    assert desk.due() == []
    [third] = desk.wait(minutes=20).due()
    assert len({first.id, second.id, third.id}) == 3
    assert desk.wait(days=1).due() == []


def test_what_was_seen_rings_no_more():
    desk = Desk(reader(ring=True))
    [first] = desk.alert(Severity.CRITICAL)
    desk.view.apply([Put(ringing.SEEN, ringing.Seen(ONE, first.alerts[0], 0.0))])
    assert desk.wait(hours=1).due() == []


def test_the_same_decision_twice_makes_the_same_messages():
    assert Desk(reader()).alert() == Desk(reader()).alert()


days = st.lists(
    st.tuples(
        st.integers(0, 200),
        st.sampled_from(list(Severity)),
        st.sampled_from(["s1", "s2", "s3"]),
        st.booleans(),
    ),
    max_size=60,
)


@given(days, st.sampled_from([None, (22, 7), (3, 3)]), st.sampled_from([None, "08:00"]), st.sampled_from(Severity))
@settings(max_examples=40, deadline=None)
def test_every_alert_reaches_its_reader_exactly_once_or_is_withheld_with_a_reason(events, quiet, digest, level):
    desk = Desk(reader(quiet=quiet, digest=digest, level=level))
    messages, sounding = [], {}
    for minutes, severity, story, correcting in events:
        desk.wait(minutes=minutes)
        messages += desk.due()
        corrects = [AlertId("a1")] if correcting and desk.number else []
        fresh = desk.alert(severity, story, corrects)
        messages += fresh
        for message in fresh:
            if not message.silent and message.kind == "alert" and severity is not Severity.CRITICAL:
                sounding[desk.now.date()] = sounding.get(desk.now.date(), 0) + 1
    messages += desk.wait(days=2).due()
    carried = [key for m in messages for key in m.alerts]
    told = [f"a{n + 1}" for n in range(desk.number) if reached(desk.view, AlertId(f"a{n + 1}")).told]
    assert sorted(carried) == sorted(told)
    assert len({m.id for m in messages}) == len(messages)
    assert all(count <= SOUNDS for count in sounding.values())
    for n in range(desk.number):
        outcome = reached(desk.view, AlertId(f"a{n + 1}"))
        assert outcome.told or outcome.withheld
        assert {t.message for t in outcome.told} <= {m.id for m in messages}


def test_nobody_was_told_of_an_unknown_alert():
    assert reached(MemoryView(), AlertId("x")) == Reached(AlertId("x"), 0.0)
    assert MessageId("x") == "x"
