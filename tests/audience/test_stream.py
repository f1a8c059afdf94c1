"""Five days of a followed conflict, as one follower's phone has them."""

import datetime as dt
import json

from monitor import rulefiles
from monitor.core.records import SUBSCRIBERS
from monitor.core.rules import load
from monitor.core.view import Put
from monitor.model import ChatId, Item, ItemId, Severity, SourceId, Subscriber
from monitor.replaying import replay, versions
from monitor.store.memory import MemoryView


def item(row):
    seen, published = (dt.datetime.fromisoformat(row[key]) for key in ("seen", "published"))
    text = {"title": row["title"], "text": row["text"], "url": row["url"], "lang": row["lang"]}
    return Item(ItemId(row["id"]), SourceId(row["source"]), seen, published=published, **text)


def test_a_follower_at_level_high_is_rung_at_most_twenty_times_in_five_days(shared):
    stream = shared / "data" / "streams" / "border_fighting"
    rules = load(rulefiles.read(stream / "rules"))
    view = MemoryView()
    follower = Subscriber(ChatId(5), tuple(watch.id for watch in rules.watches), level=Severity.HIGH)
    view.apply([Put(SUBSCRIBERS, follower)])
    items = [item(json.loads(line)) for line in (stream / "items.jsonl").read_text("utf-8").splitlines()]
    messages = {m.id: m for decision in replay(versions(items), rules, view) for m in decision.messages}
    sounding = [m for m in messages.values() if not m.silent]
    assert 0 < len(sounding) <= 20
    assert all(m.severity.rank >= Severity.HIGH.rank for m in sounding)
