"""Recorded captures of one feed through poll, decision and delivery, from wherever the database stands.

python recorded.py DATABASE ARCHIVE SERIES LIMIT RECEIPTS
"""

import asyncio
import datetime as dt
import json
import os
import tarfile
from concurrent.futures import ThreadPoolExecutor

from monitor.channels import terminal
from monitor.channels.base import Sent
from monitor.core.parse import parse
from monitor.core.records import SUBSCRIBERS
from monitor.core.rules import load
from monitor.core.view import Put
from monitor.core.wording import names
from monitor.fetch.http import Fetched
from monitor.pipeline import Aside, Poller, Sender, decide_next
from monitor.store.base import SOURCES
from monitor.store.sqlite import SqliteStore
from tests.lifetime import die_with_parent

LEASE = dt.timedelta(days=1)


def captures(archive, series):
    """Times and bodies of one series, in order."""
    with tarfile.open(archive) as opened:
        rows = map(json.loads, opened.extractfile("series/index.jsonl").read().splitlines())
        mine = sorted((row["captured"], row["file"]) for row in rows if row["series"] == series)
        return [(dt.datetime.fromisoformat(at), opened.extractfile(f"series/{file}").read()) for at, file in mine]


class Tape:
    """Plays the capture that is on."""

    def __init__(self):
        self.body = b""

    async def fetch(self, source, validators, **_):
        return Fetched(source.url, 200, self.body, "", validators)

    async def parse(self, job, **_):
        return parse(job)


class Receipts:
    """Appends kind and id of each message to a file, at once and for good."""

    def __init__(self, path):
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    async def send(self, outgoing):
        os.write(self._file, f"{outgoing.message.kind}/{outgoing.message.id}\n".encode())
        return Sent(1)


class Player:
    """The daemon's steps without its clock."""

    def __init__(self, database, series, receipts):
        source = f"sources:\n  - {{id: {series}, url: 'http://x.example/', publisher: X, owner: X, kind: wire}}\n"
        self.rules = load({"sources.yaml": source, "all.yaml": "watch: Everything\nalert: [every item]\n"})
        (self.source,) = self.rules.sources.values()
        self.store = SqliteStore(database)
        self.store.recover("a")
        self.store.apply([Put(SUBSCRIBERS, terminal.subscriber(watch.id for watch in self.rules.watches))])
        state = self.store.view().get(SOURCES, self.source.id)
        self.now = state.polled if state else dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
        self.store.enroll({self.source.id: self.now})
        aside, self.tape = Aside(ThreadPoolExecutor(1)), Tape()
        self.poller = Poller(self.store, self.tape, self.tape, lambda: self.now, aside, lambda: 0.5)
        self.sender = Sender(self.store, Receipts(receipts), lambda: self.now, aside, lambda: names(self.rules))

    async def play(self, tape):
        """Finish what was begun, then poll every capture that was not polled yet."""
        await self.finish()
        for at, body in tape:
            if at > self.now:
                self.now, self.tape.body = at, body
                self.store.hasten(self.source.id, at)
                (lease,) = self.store.lease_sources("a", at, at + LEASE, 1)
                await self.poller.poll_once(lease, self.source)
                await self.finish()

    async def finish(self):
        """Decide and deliver until nothing is left."""
        decider = self.store.lease_role("decider", "a", self.now, self.now + LEASE)
        while decide_next(self.store, decider, self.rules, 50):
            pass
        while waiting := self.store.waiting(self.now, 50):
            keys = [message.id for message in waiting]
            for one in self.store.lease_messages("a", self.now, self.now + LEASE, keys):
                await self.sender.deliver_once(one)


def play(failpoint, database, series, tape, receipts):
    """The whole life of the process; its death may be arranged."""
    die_with_parent()
    os.environ["TOCSIN_FAILPOINT"] = failpoint
    asyncio.run(Player(database, series, receipts).play(tape))
