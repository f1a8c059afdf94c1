"""The daemon's surroundings on loopback: a feed that grows, a peer that records, and the daemon to kill."""

import asyncio
import collections
import multiprocessing
import signal
import time
from html import escape
from multiprocessing import forkserver

from aiohttp import web

from monitor import clock
from monitor.model import MessageId, MessageState
from monitor.store.sqlite import SqliteStore
from tests.daemon import process

# Forked from a process that has imported everything: a start costs milliseconds.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.daemon.mortal", process.__name__, "tests.daemon.recorded"])

NOUNS = ["harbour", "bridge", "school", "market", "river", "airport", "museum", "library", "station", "forest"]
VERBS = ["reopened", "flooded", "burned", "expanded", "closed", "renamed", "sold", "inspected", "evacuated", "repaired"]


PATIENCE = 180
"""Seconds to wait for something on a machine that has much else to do."""


class World:
    """One run: what was published, what arrived, and how often the daemon died."""

    def __init__(self, folder):
        self.database = folder / "tocsin.db"
        self.titles = []
        self.arrived = collections.defaultdict(list)
        self.losing = 0
        """Answers that will still be lost: the message arrives, the connection is cut."""
        self.deaths = 0
        self._epoch = clock.now().timestamp()
        self._process = None
        self._log = folder / "daemon.log"
        self._log.touch()

    async def open(self):
        # From the main thread: for the kernel, a parent is the thread that forked.
        forkserver.ensure_running()
        app = web.Application()
        app.add_routes([web.get("/feed", self._feed), web.post("/send", self._send)])
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self):
        if self._process:
            self._process.kill()
            await self._ended()
        await self._runner.cleanup()

    # --- what the world does ---

    def publish(self, count=1):
        """So many more entries, each with a title of its own."""
        for _ in range(count):
            number = len(self.titles)
            noun, verb = NOUNS[number % 10], VERBS[number // 10 % 10]
            self.titles.append(f"The {noun} of district {number} was {verb} on bulletin {number:04d}")

    async def _feed(self, _):
        items = "".join(
            f"<item><guid isPermaLink='false'>g{n}</guid><title>{escape(title)}</title>"
            f"<description>{escape(title)}, officials said.</description></item>"
            for n, title in reversed([*enumerate(self.titles)])
        )
        body = f"<rss version='2.0'><channel><title>Example</title>{items}</channel></rss>"
        return web.Response(text=body, content_type="application/rss+xml")

    async def _send(self, request):
        told = await request.json()
        self.arrived[told["id"]].append(told)
        if self.losing:
            self.losing -= 1
            request.transport.close()
        return web.json_response({"number": sum(map(len, self.arrived.values()))})

    # --- the daemon ---

    async def start(self, *, failpoint="", mutant=""):
        """Start the daemon on what it left behind."""
        self._starts = self.log().count("msg=started")
        arguments = self.database, f"{self.address}/feed", f"{self.address}/send", self._epoch, mutant
        self._process = FORKS.Process(target=process.run, args=(self._log, failpoint, *arguments))
        await asyncio.to_thread(self._process.start)

    def running(self):
        """Whether the daemon has come up since the last start."""
        return self.log().count("msg=started") > self._starts

    async def death(self, patience=PATIENCE):
        """Wait until the failpoint has killed the daemon."""
        assert await self._ended(patience) == -signal.SIGKILL
        self.deaths += 1

    async def kill(self):
        """Kill -9, wherever it is."""
        self._process.kill()
        await self._ended()
        self.deaths += 1

    async def stop(self):
        """Ask it to end, as an operator would."""
        self._process.terminate()
        return await self._ended()

    async def _ended(self, patience=PATIENCE):
        await asyncio.to_thread(self._process.join, patience)
        return self._process.exitcode

    async def until(self, true, patience=PATIENCE):
        """Wait for something to come true while the daemon runs; says whether it did."""
        end = time.monotonic() + patience
        # Other processes set no event of ours.
        while not true() and time.monotonic() < end and self._process.is_alive():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return true()

    # --- what must be true ---

    def heard(self):
        """Titles that arrived, first contact's aside."""
        return {title for told in self.arrived.values() for title in self.titles if title in told[0]["text"]}

    def lost(self):
        """Titles published after first contact of which nothing was heard."""
        return set(self.titles[1:]) - self.heard()

    def unexplained(self):
        """Copies that no row of the outbox accounts for, or that weren't marked as possible repeats."""
        store = SqliteStore(self.database)
        odd = []
        for name, copies in self.arrived.items():
            row = store.message(MessageId(name))
            if row is None or len(copies) > row.attempts or not all(copy["unconfirmed"] for copy in copies[1:]):
                odd.append((name, copies, row))
        store.close()
        return odd

    def unsettled(self):
        """Rows of the outbox that are still on their way."""
        store = SqliteStore(self.database)
        try:
            return store.messages([MessageState.PENDING, MessageState.SENDING, MessageState.UNCERTAIN])
        finally:
            store.close()

    def log(self):
        return self._log.read_text()
