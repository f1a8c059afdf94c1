"""What the SQLite store bears: `python benchmarks/store.py [ITEMS]`. Every commit waits for the disk."""

import datetime as dt
import pathlib
import statistics
import sys
import tempfile
import time
from dataclasses import replace

from monitor.core.records import ITEMS
from monitor.core.view import Put
from monitor.model import AlertId, ChatId, Item, ItemId, Message, MessageId, MessageState, SourceId
from monitor.store.base import Decided
from monitor.store.sqlite import SqliteStore

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LEASE = dt.timedelta(hours=1)
TEXT = "Officials said that the bridge was closed after the flood. " * 20
POLL, BATCH = 10, 50


def items(count):
    """Items of twenty sources, a second apart."""
    for n in range(count):
        yield Item(
            ItemId(f"i{n}"),
            SourceId(f"s{n % 20}"),
            NOON + dt.timedelta(seconds=n),
            f"Title {n}",
            TEXT,
            url=f"http://x.example/{n}",
        )


def accept(store, count):
    """Polls of ten items each."""
    store.enroll({SourceId("s0"): NOON})
    whole = list(items(count))
    for start in range(0, count, POLL):
        (lease,) = store.lease_sources("a", NOON, NOON + LEASE, 1)
        store.accept(lease, whole[start : start + POLL], (), NOON)


def decide(store):
    """Batches of fifty decisions with a record and a message each."""
    lease = store.lease_role("decider", "a", NOON, NOON + LEASE)
    while entries := store.undecided(BATCH):
        store.commit(lease, [Decided(e.seq, (Put(ITEMS, e.item),), (message(e.item),)) for e in entries])


def message(item):
    """One message a item, to one of a hundred chats."""
    chat = ChatId(int(item.id[1:]) % 100)
    return Message(MessageId(f"m{item.id}"), chat, "alert", (AlertId(f"a{item.id}"),), item.seen)


def deliver(store, count):
    """Lease, sending, sent: what each delivery costs without its call."""
    done = 0
    now = NOON + dt.timedelta(days=30)
    while done < count and (waiting := store.waiting(now, 100)):
        for one in store.lease_messages("a", now, now + LEASE, [m.id for m in waiting][: count - done]):
            begun = replace(one.message, state=MessageState.SENDING, attempts=1)
            store.hold(one.lease, begun)
            store.settle(one.lease, replace(begun, state=MessageState.SENT, remote=1))
            done += 1


def rate(name, count, work):
    """Print how many a second."""
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    print(f"{name:28} {count / seconds:10,.0f} /s   {1000 * seconds / count:8.3f} ms each")


def latency(name, ask, count=500):
    """Print the median and the 95th percentile of a question."""
    times = []
    for n in range(count):
        began = time.perf_counter()
        ask(n)
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    print(f"{name:28} {statistics.median(times):10.3f} ms   {times[int(0.95 * count)]:8.3f} ms at p95")


def main(count):
    """Fill a database and ask it."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "tocsin.db"
        store = SqliteStore(path)
        rate("accept (10 items a commit)", count, lambda: accept(store, count))
        rate("decide (50 items a commit)", count, lambda: decide(store))
        rate("deliver (3 commits each)", 500, lambda: deliver(store, 500))
        view = store.view()
        latency("get by key", lambda n: view.get(ITEMS, f"i{n * 7 % count}"))
        latency("find by index, 50 newest", lambda n: view.find(ITEMS, "source", [f"s{n % 20}"], limit=50))
        latency("head of each chat", lambda _: store.waiting(NOON + dt.timedelta(days=30), 100), 50)
        store.close()
        began = time.perf_counter()
        SqliteStore(path).close()
        seconds = time.perf_counter() - began
        print(f"{'start with quick_check':28} {1000 * seconds:10.0f} ms   {path.stat().st_size / 1e6:8.1f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
