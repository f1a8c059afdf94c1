"""The decider's step: in order, together, and past what can't be decided."""

import datetime as dt

import pytest

from monitor.channels import terminal
from monitor.core.records import DECISIONS, SUBSCRIBERS
from monitor.core.rules import load
from monitor.core.view import Put
from monitor.errors import StaleLease
from monitor.model import Item, ItemId, MessageState, SourceId
from monitor.pipeline import decide_next, decide_time, pass_by
from monitor.store.memory import MemoryStore

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SOURCES = "sources:\n  - {id: one, url: 'http://one.example/', publisher: One, owner: One, kind: independent}\n"
RULES = load({"sources.yaml": SOURCES, "all.yaml": "watch: Everything\nalert: [every item]\n"})


def later(seconds):
    return NOON + dt.timedelta(seconds=seconds)


@pytest.fixture
def store():
    made = MemoryStore()
    made.apply([Put(SUBSCRIBERS, terminal.subscriber(watch.id for watch in RULES.watches))])
    made.enroll({SourceId("one"): NOON})
    (lease,) = made.lease_sources("a", NOON, later(9), 1)
    places = ("Lima", "Oslo", "Accra", "Quito", "Dhaka")
    items = [
        Item(ItemId(f"i{n}"), SourceId("one"), later(n), f"Flood warning lifted in {place}", "")
        for n, place in enumerate(places)
    ]
    made.accept(lease, items, (), later(60))
    return made


@pytest.fixture
def lease(store):
    return store.lease_role("decider", "a", NOON, later(90))


def told(store):
    return [m.alerts for m in reversed(store.messages([MessageState.PENDING]))]


def test_items_are_decided_in_order_and_each_is_told_of(store, lease):
    assert decide_next(store, lease, RULES, 3) == 3
    assert decide_next(store, lease, RULES, 3) == 2
    assert decide_next(store, lease, RULES, 3) == 0
    records = [record.item for record in reversed(store.view().latest(DECISIONS, limit=9))]
    assert records == ["i0", "i1", "i2", "i3", "i4"]
    assert len(told(store)) == 5


def test_a_batch_decides_what_single_steps_decide(store, lease):
    other = MemoryStore()
    other.apply([Put(SUBSCRIBERS, terminal.subscriber(watch.id for watch in RULES.watches))])
    other.enroll({SourceId("one"): NOON})
    (polled,) = other.lease_sources("a", NOON, later(9), 1)
    other.accept(polled, list(store.history()), (), later(60))
    decide_next(store, lease, RULES, 5)
    alone = other.lease_role("decider", "a", NOON, later(90))
    while decide_next(other, alone, RULES, 1):
        pass
    assert told(store) == told(other)
    assert store.view().latest(DECISIONS, limit=9) == other.view().latest(DECISIONS, limit=9)


def test_a_decider_that_lost_its_role_commits_nothing(store, lease):
    store.lease_role("decider", "b", later(91), later(200))
    with pytest.raises(StaleLease):
        decide_next(store, lease, RULES, 5)
    assert store.counts().decided == 0
    assert told(store) == []


def test_an_undecidable_item_is_passed_by_with_its_reason(store, lease):
    pass_by(store, lease, "ValueError: poison", NOON)
    assert [(e.decided, e.failed) for e in store.entries(ItemId("i0"))] == [(True, "ValueError: poison")]
    assert decide_next(store, lease, RULES, 9) == 4
    (notice,) = [m for m in store.messages([MessageState.PENDING]) if m.kind == "notice"]
    assert "i0" in notice.text
    assert "poison" in notice.text


def test_time_alone_brings_nothing_when_nothing_waits(store, lease):
    assert decide_time(store, lease, RULES, NOON) == 0
