"""What the stores bear, side by side: `python benchmarks/store.py [ITEMS]`. Every commit waits for the disk.

SQLite in a file, PostgreSQL on a server of its own that listens on a Unix socket.
"""

import contextlib
import datetime as dt
import pathlib
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import replace

from monitor.core.records import ITEMS
from monitor.core.view import Put
from monitor.model import AlertId, ChatId, Item, ItemId, Message, MessageId, MessageState, SourceId
from monitor.settings import PostgresUrl
from monitor.store.base import DECIDER, Decided
from monitor.store.postgres import PostgresStore
from monitor.store.sqlite import SqliteStore

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from tests.postgres import Server

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LEASE = dt.timedelta(hours=1)
TEXT = "Officials said that the bridge was closed after the flood. " * 20
POLL, BATCH, CLAIM = 10, 50, 100


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


def decide(store, count, batch):
    """Decisions with a record and a message each, so many a commit."""
    lease = store.lease_role(DECIDER, "a", NOON, NOON + LEASE)
    for _ in range(0, count, batch):
        entries = store.undecided(batch)
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


def claim(stores, count):
    """All sources once, a hundred at a time, by so many processes' stores at once."""
    stores[0].enroll({SourceId(f"of {len(stores)}: {n}"): NOON for n in range(count)})
    taken = []

    def work(store):
        while leases := store.lease_sources("a", NOON, NOON + LEASE, CLAIM):
            taken.extend(lease.name for lease in leases)

    threads = [threading.Thread(target=work, args=(store,)) for store in stores]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if not len(taken) == len(set(taken)) == count:
        raise SystemExit(f"{len(taken)} of {count} claimed, {len(set(taken))} of them once")
    return count / seconds


def host_turns(store, count):
    """A turn at a host, and its end: once a request where several machines ask."""
    for n in range(count):
        lease = store.lease_role(f"host h{n % 50}.example", "a", NOON, NOON + LEASE)
        store.release(lease, NOON, NOON)


def rate(count, work):
    """How many a second."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def latency(ask, count=500):
    """The median and the 95th percentile of a question, in ms."""
    times = []
    for n in range(count):
        began = time.perf_counter()
        ask(n)
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    return statistics.median(times), times[int(0.95 * count)]


def measure(stores, count):
    """Every figure of one database, by name. `stores`: as of several processes."""
    store, view, month = stores[0], stores[0].view(), NOON + dt.timedelta(days=30)
    single = min(1000, count // 4)
    yield "accept, 10 items a commit", f"{rate(count, lambda: accept(store, count)):,.0f} /s"
    yield "decide, 1 item a commit", f"{rate(single, lambda: decide(store, single, 1)):,.0f} /s"
    yield "decide, 50 items a commit", f"{rate(count - single, lambda: decide(store, count - single, BATCH)):,.0f} /s"
    yield "deliver, 3 commits each", f"{rate(500, lambda: deliver(store, 500)):,.0f} /s"
    yield "claim sources, 1 process", f"{claim(stores[:1], count):,.0f} /s"
    yield f"claim sources, {len(stores)} processes", f"{claim(stores, count):,.0f} /s"
    yield "turn at a host", f"{rate(1000, lambda: host_turns(store, 1000)):,.0f} /s"
    for name, ask, times in (
        ("get by key", lambda n: view.get(ITEMS, f"i{n * 7 % count}"), 500),
        ("find rare value", lambda n: view.find(ITEMS, "url", [f"http://x.example/{n * 7 % count}"]), 500),
        ("find common value, 50 newest", lambda n: view.find(ITEMS, "source", [f"s{n % 20}"], limit=50), 500),
        ("head of each chat", lambda _: store.waiting(month, 100), 50),
    ):
        median, late = latency(ask, times)
        yield name, f"{median:.2f} ms, p95 {late:.2f}"


def main(count):
    """Fill two databases and ask them."""
    with contextlib.ExitStack() as stack:
        path = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory())) / "tocsin.db"
        server = stack.enter_context(contextlib.closing(Server(fsync="on")))
        url = PostgresUrl(server.database())
        sqlite = [stack.enter_context(contextlib.closing(SqliteStore(path))) for _ in range(4)]
        postgres = [stack.enter_context(contextlib.closing(PostgresStore(url))) for _ in range(4)]
        print(f"{'':32}{'SQLite':>24}{'PostgreSQL':>24}")
        for (name, one), (_, other) in zip(measure(sqlite, count), measure(postgres, count), strict=True):
            print(f"{name:32}{one:>24}{other:>24}")
        began = time.perf_counter()
        SqliteStore(path).close()
        seconds = time.perf_counter() - began
        print(f"{'start with quick_check':32}{1000 * seconds:21,.0f} ms   ({path.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
