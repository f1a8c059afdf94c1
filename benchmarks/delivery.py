"""How fast an alert reaches its followers on Telegram, and what is left of it when most calls are refused.

    python benchmarks/delivery.py fanout [--subscribers 10000] [--followers 2000] [--watches 50]
    python benchmarks/delivery.py latency [--alerts 100]
    python benchmarks/delivery.py refused [--chats 20] [--minutes 10] [--share 0.8] [--speed 5]

The daemon sends through a Bot API peer on loopback that enforces Telegram's limits (1/s a chat, 30/s over all).
`fanout`: one alert, decided for all subscribers, until the last follower has it: messages a second, 429s met.
`latency`: one alert at a time; from the commit of the decision to the peer's acceptance, p50, p99, worst.
`refused`: that share of all calls is answered with 429 and a pause, for so many minutes of a clock that runs
`--speed` times faster; then how many messages were lost, came twice, out of order or before their pause was over.
"""

import argparse
import asyncio
import contextlib
import dataclasses
import datetime as dt
import itertools
import logging
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from monitor import clock
from monitor.channels.telegram import Spacing, Telegram
from monitor.core.audience import audience
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.rules import load
from monitor.core.view import Draft, Put
from monitor.daemon import Daemon, Pace
from monitor.model import AlertId, ChatId, MessageState, Severity, StoryId, Subscriber, WatchId
from monitor.store.sqlite import SqliteStore
from tests.render.samples import ALERTS as SAMPLES
from tests.telegram_peer.client import Peer


def early():
    """The time, on a clock that shows an early morning: the line that all is well comes later in the day."""
    now = clock.now()
    return now.replace(hour=1, minute=now.minute)


class Bench:
    """A store with subscribers, a peer, a daemon without sources between them."""

    def __init__(self, folder, watches, *peer):
        files = {f"w{n}.yaml": f"watch: Watch {n}\nabout: [word{n}]\n" for n in range(watches)}
        self.rules = load({"sources.yaml": "sources: []\n", **files})
        self.watches = [watch.id for watch in self.rules.watches]
        self.store = SqliteStore(pathlib.Path(folder) / "bench.db")
        self.peer = Peer(*peer)
        self.numbers = itertools.count()

    def subscribe(self, count, watch, first=1):
        self.peer.sim("users", first=first, count=count)
        chats = (Subscriber(ChatId(first + n), (watch,), level=Severity.LOW) for n in range(count))
        self.store.apply(Put(SUBSCRIBERS, s) for s in chats)

    def decide(self, watch=None, now=None, story=None, severity=Severity.CRITICAL):
        """Commit an alert and its messages as a decision does; returns these and the seconds it took."""
        at, n = now or early(), next(self.numbers)
        watch = WatchId(watch or self.watches[0])
        alert = dataclasses.replace(
            SAMPLES["denial"],
            id=AlertId(f"a{n}"),
            story=StoryId(story or f"s{n}"),
            watch=watch,
            at=at,
            severity=severity,
        )
        began = time.perf_counter()
        draft = Draft(self.store.view())
        draft.put(ALERTS, alert)
        messages = audience(alert, draft, at)
        self.store.apply(draft.changes(), messages)
        return messages, time.perf_counter() - began

    def daemon(self, now=early, speed=1.0, **pace):
        telegram = Telegram(self.peer.token, self.peer.address, Spacing().faster(speed))
        return Daemon(self.store, telegram, self.rules, fetcher=None, parsers=None, clock=now, pace=Pace(**pace))

    def unsettled(self):
        states = [MessageState.PENDING, MessageState.SENDING, MessageState.UNCERTAIN]
        return sum(self.store.counts().messages.get(state, 0) for state in states)

    async def drained(self):
        while await asyncio.to_thread(self.unsettled):  # noqa: ASYNC110 - it is polled over a database
            await asyncio.sleep(0.1)


async def fanout(options, folder, stack):
    bench = Bench(folder, options.watches)
    stack.callback(bench.peer.close)
    bench.subscribe(options.followers, bench.watches[0])
    for n, watch in enumerate(bench.watches[1:]):
        share = (options.subscribers - options.followers) // (options.watches - 1)
        bench.subscribe(share, watch, first=10_001 + n * share)
    messages, seconds = bench.decide()
    print(f"decided for {len(messages)} followers of {options.subscribers} subscribers in {seconds * 1000:.0f} ms")
    daemon = bench.daemon()
    running = asyncio.create_task(daemon.run())
    cpu, began = time.process_time(), time.monotonic()
    await bench.drained()
    print(f"CPU of the sending side: {(time.process_time() - cpu) / (time.monotonic() - began):.0%} of one core")
    daemon.stop()
    await running
    calls = bench.peer.calls("sendMessage")
    accepted = [c["at"] for c in calls if c["code"] == 200]
    span = max(accepted) - min(accepted)
    print(f"{len(accepted)} messages in {span:.1f} s: {(len(accepted) - 1) / span:.2f} a second")
    print(f"429s met: {sum(c['code'] == 429 for c in calls)}")


async def latency(options, folder, stack):
    bench = Bench(folder, 1)
    stack.callback(bench.peer.close)
    bench.subscribe(options.alerts, bench.watches[0])
    for n in range(options.alerts):
        bench.store.apply([Put(SUBSCRIBERS, Subscriber(ChatId(1 + n), (WatchId(f"only-{n}"),)))])
    daemon = bench.daemon()
    running = asyncio.create_task(daemon.run())
    await asyncio.sleep(1)
    took = []
    for n in range(options.alerts):
        await asyncio.to_thread(bench.decide, f"only-{n}")
        committed = clock.now().timestamp()
        daemon.hurry()  # what the decider does after each commit
        await bench.drained()
        await asyncio.sleep(0.05)
        took.append((n, committed))
    daemon.stop()
    await running
    accepted = {int(c["given"]["chat_id"]): c["at"] for c in bench.peer.calls("sendMessage") if c["code"] == 200}
    offset = clock.now().timestamp() - bench.peer.sim("clock")["now"]
    waits = sorted((accepted[1 + n] + offset - committed) * 1000 for n, committed in took)
    worst = waits[min(len(waits) - 1, int(len(waits) * 0.99))]
    print(f"commit → accepted: p50 {statistics.median(waits):.0f} ms, p99 {worst:.0f} ms, worst {waits[-1]:.0f} ms")


async def refused(options, folder, stack):
    bench = Bench(folder, 1, "--speed", str(options.speed))
    stack.callback(bench.peer.close)
    bench.subscribe(options.chats, bench.watches[0])
    start, began = time.monotonic(), early()

    def now():
        return began + dt.timedelta(seconds=(time.monotonic() - start) * options.speed)

    # Of five calls every fifth goes through: the share of refusals is exact, whatever their order.
    bench.peer.sim("refuse", share=options.share, retry_after=[1, 2, 5, 20])
    daemon = bench.daemon(now, options.speed, tick=0.1, sends=60)
    running = asyncio.create_task(daemon.run())
    while now() < began + dt.timedelta(minutes=options.minutes):
        await asyncio.to_thread(bench.decide, now=now(), story="one")
        await asyncio.sleep(20 / options.speed)
    bench.peer.sim("refuse", share=0, retry_after=[1])
    await bench.drained()
    daemon.stop()
    await running
    report(bench)


def report(bench):
    calls = bench.peer.calls("sendMessage")
    early, until, got = 0, {}, {}
    for call in calls:
        chat = int(call["given"]["chat_id"])
        early += call["at"] < until.get(chat, 0) - 0.001
        if call["code"] == 429:
            until[chat] = call["at"] + float(call["error"].rsplit(" ", 1)[1])
        if call["code"] == 200:
            got.setdefault(chat, []).append(call["given"]["reply_markup"].split("mute:")[1].split('"')[0])
    sent = bench.store.messages([MessageState.SENT], limit=1_000_000)
    wanted = {}
    for message in sorted(sent, key=lambda m: m.created):
        wanted.setdefault(message.chat, []).append(message.id)
    enqueued = sum(bench.store.counts().messages.values())
    refusals = sum(c["code"] == 429 for c in calls)
    print(f"{enqueued} messages to {len(wanted)} chats; {len(calls)} calls, {refusals / len(calls):.0%} refused")
    print(f"lost: {enqueued - sum(len(set(ids)) for ids in got.values())}")
    print(f"twice: {sum(len(ids) - len(set(ids)) for ids in got.values())}")
    print(f"out of order: {sum(got.get(chat) != ids for chat, ids in wanted.items())} chats")
    print(f"before their pause was over: {early}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for work, options in (
        (fanout, {"subscribers": 10_000, "followers": 2000, "watches": 50}),
        (latency, {"alerts": 100}),
        (refused, {"chats": 20, "minutes": 10.0, "share": 0.8, "speed": 5.0}),
    ):
        command = commands.add_parser(work.__name__)
        command.set_defaults(work=work)
        for name, default in options.items():
            command.add_argument(f"--{name}", type=type(default), default=default)
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        asyncio.run(options.work(options, folder, stack))


if __name__ == "__main__":
    main()
