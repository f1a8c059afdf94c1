"""What `tocsin explain`, `status` and `health` say: each step with its recorded reason, the missing alert included."""

import datetime as dt
from dataclasses import replace

import pytest

from monitor.channels import terminal
from monitor.channels.base import Uncertain
from monitor.channels.outcome import after, begin
from monitor.cli.explain import explain
from monitor.cli.health import ailing
from monitor.core.records import ALERTS, DECISIONS, SUBSCRIBERS
from monitor.core.rules import load
from monitor.core.stories import merge
from monitor.core.text import canonical_url
from monitor.core.view import Draft, Put
from monitor.model import ChatId, Item, ItemId, Severity, SourceId, Subscriber
from monitor.pipeline import decide_next, pass_by
from monitor.store.memory import MemoryStore

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SOURCES = "sources:\n  - {id: one, url: 'http://one.example/', publisher: One, owner: One, kind: independent}\n"
RULES = load({"sources.yaml": SOURCES, "floods.yaml": "watch: Floods\nabout: [flood]\nalert: [every item]\n"})
TITLES = ("Flood warning in Lima", "Choir sings in Oslo", "Flood poison in Quito", "Flood ebbs in Accra")


def item(number, title, **more):
    return Item(ItemId(f"i{number}"), SourceId("one"), NOON + dt.timedelta(seconds=number), title, "", **more)


@pytest.fixture
def store():
    made = MemoryStore()
    followers = [terminal.subscriber(w.id for w in RULES.watches)]
    followers.append(Subscriber(ChatId(7), followers[0].watches, level=Severity.CRITICAL))
    made.apply([Put(SUBSCRIBERS, follower) for follower in followers])
    made.enroll({SourceId("one"): NOON})
    (polled,) = made.lease_sources("a", NOON, NOON + dt.timedelta(hours=1), 1)
    items = [item(n, title) for n, title in enumerate(TITLES)]
    items[0] = replace(items[0], url=canonical_url("http://one.example/0?utm_source=x"))
    made.accept(polled, items, (), NOON)
    lease = made.lease_role("decider", "a", NOON, NOON + dt.timedelta(hours=1))
    decide_next(made, lease, RULES, 2)
    pass_by(made, lease, "ValueError: poison", NOON)
    return made


def told(store, key):
    return "\n".join(explain(store, key))


@pytest.mark.parametrize("key", ["i0", "http://one.example/0?utm_source=x", "https://one.example/0"])
def test_an_alert_is_told_with_its_rule_and_what_became_of_each_message(store, key):
    words = told(store, key)
    assert "item i0 version 1 of one" in words
    assert "watch floods: sent (low)" in words
    assert "message" in words
    assert "to chat 0, pending after 0 tries" in words
    assert "not told to chat 7: below level critical" in words


def test_an_item_without_alert_says_that_no_watch_has_a_word_in_it(store):
    words = told(store, "i1")
    assert "every watch: none of its words is in the item" in words
    assert "no alert" in words


def test_an_item_that_was_passed_by_says_why_and_one_that_waits_says_so(store):
    assert "passed by, undecidable: ValueError: poison" in told(store, "i2")
    assert "waits in the inbox" in told(store, "i3")


def test_an_alert_and_a_message_can_be_asked_for_by_their_ids(store):
    (alert,) = store.view().latest(ALERTS, limit=9)
    (message,) = store.messages_of(alert.id)
    (held,) = store.lease_messages("a", NOON, NOON, [message.id])
    settled = after(begin(message), Uncertain("the answer was lost"), store.view(), NOON)
    store.settle(held.lease, settled.message)
    for key in (alert.id, message.id):
        words = told(store, key)
        assert f"alert {alert.id} of floods" in words
        assert "uncertain after 1 try, 1 of them never confirmed: the answer was lost" in words


def test_an_unknown_id_has_no_story(store):
    assert told(store, "nobody") == ""


def test_a_daemon_is_well_while_each_loop_is_alive():
    beats = dict.fromkeys(("poll", "decide", "deliver"), NOON)
    assert ailing(beats, NOON + dt.timedelta(seconds=59)) == []
    late = ailing(beats | {"decide": NOON - dt.timedelta(hours=1)}, NOON)
    assert late == ["the decide loop was last alive 3600 s ago"]
    assert ailing({}, NOON) == ["the daemon has not started yet"]


NEWS = [
    (
        "slide",
        0,
        "Landslide buries road to Terek pass",
        "A landslide buried the only road to the Terek pass on Sunday.",
    ),
    ("mine", 1, "Gas blast at Koldar mine traps nine", "Nine miners were trapped by a gas blast at the Koldar mine."),
    (
        "vote",
        2,
        "Ruling party leads count in Osteria",
        "The ruling party led with half of the votes counted in Osteria.",
    ),
    (
        "week",
        3,
        "The week in brief",
        (
            "A landslide buried the only road to the Terek pass. Nine miners were trapped at the Koldar mine. "
            "The ruling party led the count in Osteria."
        ),
    ),
    ("again", 4, "Gas blast at Koldar mine traps nine", "Nine miners were trapped by a gas blast at the Koldar mine."),
    (
        "late",
        24 * 45,
        "Koldar mine: manager charged over gas blast that trapped nine",
        "The manager of the Koldar mine, where nine miners were trapped by a gas blast, was charged on Sunday.",
    ),
]


@pytest.fixture
def decided():
    """A store in which news of three affairs was decided, a round-up, a copy, and one that comes back."""
    made = MemoryStore()
    made.enroll({SourceId("one"): NOON})
    (polled,) = made.lease_sources("a", NOON, NOON + dt.timedelta(hours=1), 1)
    items = [Item(ItemId(n), SourceId("one"), NOON + dt.timedelta(hours=h), t, x) for n, h, t, x in NEWS]
    made.accept(polled, items, (), NOON)
    decide_next(made, made.lease_role("decider", "a", NOON, NOON + dt.timedelta(hours=1)), RULES, 9)
    return made


def story_of(store, key):
    return store.view().get(DECISIONS, f"{key}#1").placement.story


def test_the_stories_that_a_round_up_mentions_are_told(decided):
    words = told(decided, "week")
    assert "a round-up of 3 stories" in words
    line = next(line for line in words.splitlines() if "mentions stories" in line)
    assert all(story_of(decided, key) in line for key in ("slide", "mine", "vote"))


def test_what_is_repeated_and_from_where_is_told(decided):
    words = told(decided, "again")
    assert f"story {story_of(decided, 'mine')}, repeats mine: " in words
    assert "the words of mine" in words


def test_what_a_story_takes_up_again_after_weeks_is_told(decided):
    words = told(decided, "late")
    assert f"new story {story_of(decided, 'late')}" in words
    assert f"takes up {story_of(decided, 'mine')}, silent since 2026-03-01" in words


def test_where_a_merged_or_split_story_went_is_told(decided):
    assert "by now" not in told(decided, "mine")
    draft = Draft(decided.view())
    kept = merge(story_of(decided, "slide"), story_of(decided, "mine"), NOON.timestamp(), draft)
    decided.apply(draft.changes())
    assert f"its story is {kept} by now" in told(decided, "mine")
