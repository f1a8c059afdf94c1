"""Five days of a followed conflict, as one follower's phone has them."""

import datetime as dt
import json
from collections import defaultdict

import pytest

from monitor import rulefiles
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.rules import load
from monitor.core.view import Put
from monitor.model import ChatId, Item, ItemId, Severity, SourceId, Subscriber
from monitor.replaying import replay, versions
from monitor.store.memory import MemoryView


def item(row):
    seen, published = (dt.datetime.fromisoformat(row[key]) for key in ("seen", "published"))
    text = {"title": row["title"], "text": row["text"], "url": row["url"], "lang": row["lang"]}
    return Item(ItemId(row["id"]), SourceId(row["source"]), seen, published=published, **text)


def lines(file):
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def phone(shared):
    """What one follower at level high was sent: the messages, and the developments told of each item."""
    stream = shared / "data" / "streams" / "border_fighting"
    rules = load(rulefiles.read(stream / "rules"))
    view = MemoryView()
    follower = Subscriber(ChatId(5), tuple(watch.id for watch in rules.watches), level=Severity.HIGH)
    view.apply([Put(SUBSCRIBERS, follower)])
    items = [item(row) for row in lines(stream / "items.jsonl")]
    messages = {m.id: m for decision in replay(versions(items), rules, view) for m in decision.messages}
    told = defaultdict(set)
    for alert in (view.get(ALERTS, key) for m in messages.values() for key in m.alerts):
        told[alert.item, alert.seen] |= {d.kind.value for d in alert.developments}
    return messages.values(), told


def test_a_follower_at_level_high_is_rung_at_most_twenty_times_in_five_days(phone):
    sounding = [m for m in phone[0] if not m.silent]
    assert 0 < len(sounding) <= 20
    assert all(m.severity.rank >= Severity.HIGH.rank for m in sounding)


def test_nothing_that_was_wanted_of_severity_high_is_missing(shared, phone):
    """A rivalry told as a contradiction, or a denial as a dispute, is told."""
    near = {"rival": "contradicted", "contradicted": "rival", "denied": "disputed", "disputed": "denied"}
    wanted = [
        ((row["item"], dt.datetime.fromisoformat(row["seen"])), d["kind"])
        for row in lines(shared / "data" / "streams" / "border_fighting" / "gold.jsonl")
        for d in row["developments"]
        if d.get("must", True) and d["kind"] in {*near, "retracted", "escalated"}
    ]
    assert wanted
    assert [w for w in wanted if phone[1][w[0]].isdisjoint({w[1], near.get(w[1])})] == []
