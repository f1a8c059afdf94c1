"""Servers that never answer hold up each other, and nobody else."""

import asyncio
import datetime as dt
import time

from monitor.channels.terminal import Terminal
from monitor.core.parse import parse
from monitor.core.rules import load
from monitor.core.schedule import SourceState
from monitor.core.view import Put
from monitor.daemon import Daemon, Pace
from monitor.fetch.http import Fetched
from monitor.store.base import SOURCES
from monitor.store.memory import MemoryStore

FEED = b"<rss version='2.0'><channel><item><guid isPermaLink='false'>a</guid><title>A</title></item></channel></rss>"
START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
NAMES = [*(f"silent{n}" for n in range(9)), "sound1", "sound2"]
SOURCE = (
    "  - {{id: {0}, url: 'http://{0}.example/', publisher: {0}, owner: {0}, kind: independent,"
    " min_interval: 1s, max_interval: 1s}}\n"
)
RULES = load({"sources.yaml": "sources:\n" + "".join(map(SOURCE.format, NAMES))})


class Web:
    """Some servers take a request and say nothing."""

    def __init__(self):
        self.answered = []
        self.silent = 0
        self.heard = asyncio.Event()

    async def fetch(self, source, validators, **_):
        if source.id.startswith("silent"):
            self.silent += 1
            await asyncio.Event().wait()
        self.answered.append(source.id)
        if min(map(self.answered.count, ("sound1", "sound2"))) >= 3:
            self.heard.set()
        return Fetched(source.url, 200, FEED, "text/xml", validators)


class Here:
    """Parses in this process: the document of this test is harmless."""

    async def parse(self, job, **_):
        return parse(job)


async def test_sources_that_answered_last_time_are_polled_on_while_others_hang():
    began, store, web = time.monotonic(), MemoryStore(), Web()
    # The silent ones were due long before; they met us in an earlier life, as the others did.
    store.enroll({name: START - dt.timedelta(hours=name.startswith("silent")) for name in NAMES})
    sound = (SourceState(name, START, contacted=START) for name in NAMES if name.startswith("sound"))
    store.apply(Put(SOURCES, state) for state in sound)

    def clock():
        return START + dt.timedelta(seconds=100 * (time.monotonic() - began))

    pace = Pace(tick=0.01, polls=2, trials=4, drain=0.01, lease=dt.timedelta(hours=9))
    daemon = Daemon(store, Terminal(), RULES, fetcher=web, parsers=Here(), clock=clock, pace=pace)
    running = asyncio.create_task(daemon.run())
    await asyncio.wait({running, asyncio.create_task(web.heard.wait())}, return_when=asyncio.FIRST_COMPLETED)
    daemon.stop()
    await running
    assert web.heard.is_set()
    assert web.silent == 4
