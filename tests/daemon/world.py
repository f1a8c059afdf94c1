"""The daemon's surroundings on loopback: a feed that grows, a peer that records, and the daemon to kill."""

import asyncio
import collections
import contextlib
import multiprocessing
import os
import pathlib
import signal
import time
from html import escape
from multiprocessing import forkserver

from aiohttp import web

from monitor import clock
from monitor.model import MessageId, MessageState
from monitor.settings import PostgresUrl
from monitor.store.postgres import PostgresStore
from monitor.store.sqlite import SqliteStore
from tests.daemon import process as process_of_its_own

# Forked from a process that has imported everything: a start costs milliseconds.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.daemon.mortal", process_of_its_own.__name__, "tests.daemon.recorded"])

NOUNS = ["harbour", "bridge", "school", "market", "river", "airport", "museum", "library", "station", "forest"]
VERBS = ["reopened", "flooded", "burned", "expanded", "closed", "renamed", "sold", "inspected", "evacuated", "repaired"]


PATIENCE = 180
"""Seconds to wait for something on a machine that has much else to do."""


class World:
    """One run: what was published, what arrived, and how often a daemon died.

    There is one daemon, or several that share a PostgreSQL database, each with a name.
    """

    def __init__(self, folder, database=None):
        self.database = database or folder / "tocsin.db"
        self.titles = []
        self.arrived = collections.defaultdict(list)
        self.losing = 0
        """Answers that will still be lost: the message arrives, the connection is cut."""
        self.deaths = 0
        self._epoch = clock.now().timestamp()
        self._processes = {}
        self._starts = {}
        self._folder = folder

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
        for name, process in self._processes.items():
            process.kill()
            await self._ended(name)
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

    async def start(self, name="a", *, failpoint="", mutant=""):
        """Start a daemon on what was left behind."""
        self._starts[name] = self.log(name).count("msg=started")
        arguments = self.database, name, mutant, f"{self.address}/feed", f"{self.address}/send", self._epoch
        process = FORKS.Process(target=process_of_its_own.run, args=(self._log(name), failpoint, *arguments))
        self._processes[name] = process
        await asyncio.to_thread(process.start)

    def running(self, name="a"):
        """Whether the daemon has come up since its last start."""
        return self.log(name).count("msg=started") > self._starts[name]

    async def death(self, name="a", patience=PATIENCE):
        """Wait until the failpoint has killed the daemon."""
        ended = await self._ended(name, patience)
        assert ended == -signal.SIGKILL, ended
        self.deaths += 1

    async def kill(self, name="a"):
        """Kill -9, wherever it is."""
        self._processes[name].kill()
        await self._ended(name)
        self.deaths += 1

    async def stop(self, name="a"):
        """Ask it to end, as an operator would."""
        self._processes[name].terminate()
        return await self._ended(name)

    def still(self, name="a"):
        """Whether it stands still, until it is woken."""
        state = pathlib.Path(f"/proc/{self._processes[name].pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state == "T"

    def wake(self, name="a"):
        """Let it go on as if no time had passed."""
        os.kill(self._processes[name].pid, signal.SIGCONT)

    async def _ended(self, name, patience=PATIENCE):
        await asyncio.to_thread(self._processes[name].join, patience)
        return self._processes[name].exitcode

    async def until(self, true, patience=PATIENCE):
        """Wait for something to come true while daemons run; says whether it did."""
        end = time.monotonic() + patience
        # Other processes set no event of ours.
        while not true() and time.monotonic() < end and any(p.is_alive() for p in self._processes.values()):  # noqa: ASYNC110
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
        odd = []
        with self.store() as store:
            for name, copies in self.arrived.items():
                row = store.message(MessageId(name))
                if row is None or len(copies) > row.attempts or not all(copy["unconfirmed"] for copy in copies[1:]):
                    odd.append((name, copies, row))
        return odd

    def unsettled(self):
        """Rows of the outbox that are still on their way."""
        with self.store() as store:
            return store.messages([MessageState.PENDING, MessageState.SENDING, MessageState.UNCERTAIN])

    def store(self):
        """A look into the database."""
        kind = PostgresStore if isinstance(self.database, PostgresUrl) else SqliteStore
        return contextlib.closing(kind(self.database))

    def log(self, name="a"):
        log = self._log(name)
        return log.read_text() if log.exists() else ""

    def _log(self, name):
        return self._folder / f"{name}.log"
