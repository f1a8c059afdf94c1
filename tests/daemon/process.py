"""A real daemon for tests, in a process of its own that may be killed: loopback feed in, loopback peer out.

python process.py DATABASE FEED PEER EPOCH [MUTANT]
"""

import asyncio
import datetime as dt
import os
import pathlib
from dataclasses import replace

import httpx

from monitor import clock, log
from monitor.channels import terminal
from monitor.channels.base import RetryAt, Sent, Uncertain
from monitor.core.limits import Rates
from monitor.core.parse import parse
from monitor.core.rules import load
from monitor.daemon import Daemon, Pace
from monitor.failpoints import reach
from monitor.fetch import Fetcher
from monitor.model import MessageState
from monitor.store.sqlite import SqliteStore
from tests.lifetime import die_with_parent

SPEED = 10
RULES = {
    "sources.yaml": """
sources:
  - id: example
    url: {feed}
    publisher: Example Outlet
    owner: Example Outlet
    kind: independent
    allow_private: true
    min_interval: 1s
    max_interval: 1s
""",
    "everything.yaml": "watch: Everything\nalert: [every item]\n",
}


class Here:
    """Parses in this process: a worker takes longer to start than these daemons live."""

    async def parse(self, job, **_):
        return parse(job)


class Peer:
    """Posts each message to the test's recorder."""

    def __init__(self, address):
        self._address = address

    async def open(self):
        self._client = httpx.AsyncClient(timeout=5)

    async def close(self):
        await self._client.aclose()

    async def send(self, outgoing):
        message = outgoing.message
        told = {"id": message.id, "unconfirmed": message.unconfirmed, "text": outgoing.rendered.plain}
        try:
            answer = await self._client.post(self._address, json=told)
        except httpx.ConnectError:
            return RetryAt("refused", 0.2)
        except httpx.HTTPError as error:
            return Uncertain(type(error).__name__)
        return Sent(answer.json()["number"])


class SentBeforeSending(SqliteStore):
    """The mutant that takes a message for sent before the call."""

    def hold(self, lease, message):
        super().hold(lease, replace(message, state=MessageState.SENT))
        reach("apart")


class ItemsApart(SqliteStore):
    """The mutant that records validators and next turn first, and the items in a second transaction."""

    def accept(self, lease, items, puts, due, messages=()):
        super().accept(lease, (), puts, due, messages)
        if items and not items[0].baseline:
            reach("apart")
        (again,) = self.lease_sources(lease.owner, due, lease.until, 1)
        super().accept(again, items, (), due)


class DecidedApart(SqliteStore):
    """The mutant that marks items decided first, and enqueues their messages in a second transaction."""

    def commit(self, lease, decided):
        super().commit(lease, [replace(one, messages=()) for one in decided])
        messages = [message for one in decided for message in one.messages]
        if messages:
            reach("apart")
        self.apply(messages=messages)


STORES = {"": SqliteStore} | {kind.__name__: kind for kind in (SentBeforeSending, ItemsApart, DecidedApart)}


def clock_since(epoch):
    """Ten times as fast as the real one, and never behind what an earlier process of the same test read."""
    return lambda: epoch + SPEED * (clock.now() - epoch)


async def main(database, feed, peer, epoch, mutant):
    log.set_up("INFO")
    ruleset = load(RULES | {"sources.yaml": RULES["sources.yaml"].format(feed=feed)})
    now = clock_since(dt.datetime.fromtimestamp(float(epoch), dt.UTC))
    async with Fetcher(now=now, pause=0) as fetcher:
        daemon = Daemon(
            STORES[mutant](pathlib.Path(database)),
            Peer(peer),
            ruleset,
            fetcher=fetcher,
            parsers=Here(),
            clock=now,
            pace=Pace(tick=0.05, lease=dt.timedelta(minutes=10), rates=Rates((1000, 1.0), (1000, 1.0), (1000, 1.0))),
            follow=lambda rules: [terminal.subscriber(watch.id for watch in rules.watches)],
        )
        daemon.handle_signals()
        await daemon.run()


def run(log_file, failpoint, *arguments):
    """The whole life of the process: its lines go to a file, its death may be arranged."""
    die_with_parent()
    lines = os.open(log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(lines, 1)
    os.dup2(lines, 2)
    os.environ["TOCSIN_FAILPOINT"] = failpoint
    asyncio.run(main(*arguments))
