"""A real daemon for tests, in a process of its own that may be killed: loopback feed in, loopback peer out.

Its database is an SQLite file, or a PostgreSQL one that it shares with others of its kind.
"""

import asyncio
import datetime as dt
import os
import signal
import threading
from dataclasses import replace

import httpx

from monitor import clock, log
from monitor.channels import terminal
from monitor.channels.base import RetryAt, Sent, Uncertain
from monitor.core.limits import Rates
from monitor.core.parse import parse
from monitor.core.rules import load
from monitor.daemon import Daemon, Pace
from monitor.everywhere import Everywhere
from monitor.failpoints import reach
from monitor.fetch import Fetcher
from monitor.model import MessageState
from monitor.settings import PostgresUrl
from monitor.store.postgres import PostgresStore
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

    def __init__(self, address, name):
        self._address, self._name = address, name

    async def open(self):
        self._client = httpx.AsyncClient(timeout=5)

    async def close(self):
        await self._client.aclose()

    async def send(self, outgoing):
        message = outgoing.message
        told = {
            "id": message.id,
            "by": self._name,
            "unconfirmed": message.unconfirmed,
            "text": outgoing.rendered.plain,
        }
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


class StandsStill(PostgresStore):
    """Stands still, once, just before it records something: as a machine does that swaps, or is suspended."""

    stalled = False

    def _stall(self):
        if not self.stalled:
            self.stalled = True
            # To this very thread: it stands before the call returns. A signal to the process may reach another thread
            # first, and this one goes on, and records, until the kernel comes to stop it too.
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


class StillBeforeAccept(StandsStill):
    def accept(self, lease, items, puts, due, messages=()):
        if items and not items[0].baseline:
            self._stall()
        super().accept(lease, items, puts, due, messages)


class StillBeforeCommit(StandsStill):
    def commit(self, lease, decided):
        if any(one.messages for one in decided):
            self._stall()
        super().commit(lease, decided)


class StillInCommit(StillBeforeCommit):
    """With a transaction open: whoever comes next has to wait until the server ends it."""

    def commit(self, lease, decided):
        self._deciding = any(one.messages for one in decided)
        PostgresStore.commit(self, lease, decided)

    def _must_be(self, db, lease):
        super()._must_be(db, lease)
        if self._deciding:
            self._stall()


class StillBeforeHold(StandsStill):
    def hold(self, lease, message):
        self._stall()
        super().hold(lease, message)


class StillBeforeSettle(StandsStill):
    def settle(self, lease, message, puts=(), messages=()):
        self._stall()
        super().settle(lease, message, puts, messages)


MUTANTS = {
    kind.__name__: kind
    for kind in (
        *(SentBeforeSending, ItemsApart, DecidedApart),
        *(StillBeforeAccept, StillBeforeCommit, StillInCommit, StillBeforeHold, StillBeforeSettle),
    )
}


def clock_since(epoch):
    """Ten times as fast as the real one, and never behind what an earlier process of the same test read."""
    return lambda: epoch + SPEED * (clock.now() - epoch)


LONG = dt.timedelta(minutes=10)
ALONE = Pace(tick=0.05, lease=LONG, role=LONG, rates=Rates((1000, 1.0), (1000, 1.0), (1000, 1.0)))
AMONG_OTHERS = replace(ALONE, lease=dt.timedelta(seconds=2), role=dt.timedelta(seconds=1))
"""Of a lease in PostgreSQL the length counts, in seconds of the server's clock, which is the real one."""


async def main(database, name, mutant, feed, peer, epoch):  # noqa: PLR0917 - as handed to a process
    log.set_up("INFO")
    ruleset = load(RULES | {"sources.yaml": RULES["sources.yaml"].format(feed=feed)})
    now = clock_since(dt.datetime.fromtimestamp(float(epoch), dt.UTC))
    shared = isinstance(database, PostgresUrl)
    store = MUTANTS.get(mutant, PostgresStore if shared else SqliteStore)(database)
    owner = f"{name}/{os.getpid()}" if shared else name
    others = Everywhere(store, owner, now, pause=0, turn=AMONG_OTHERS.lease) if shared else None
    async with Fetcher(now=now, pause=0, others=others) as fetcher:
        daemon = Daemon(
            store,
            Peer(peer, name),
            ruleset,
            fetcher=fetcher,
            parsers=Here(),
            clock=now,
            pace=AMONG_OTHERS if shared else ALONE,
            owner=owner,
            name=name,
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
