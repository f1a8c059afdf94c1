"""The running daemon: ticks, the decider's thread, signals, the heartbeat. Start-up is recovery.

APScheduler is only the tick; what is due stands in the store. Three loops share it: polling and delivery on
the event loop, deciding on a thread of its own. A fault in one piece of work is logged, recorded with that
piece, and passed by: this is the one module that catches what nobody promised to raise.

Signals only set a flag. SIGTERM and SIGINT: nothing new is begun, what runs may finish for a few seconds.
SIGHUP: the rules are read again; wrong ones are told of and the last good ones go on. Nothing depends on
any of it: a killed daemon starts like one that was stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor import clock as wall
from monitor.channels.base import Channel
from monitor.clock import Clock
from monitor.core import notices, schedule, voices
from monitor.core.intake import Intake
from monitor.core.limits import Limiter, Rates
from monitor.core.records import SUBSCRIBERS
from monitor.core.retention import KEPT
from monitor.core.rules import Ruleset
from monitor.core.rules.diff import fresh
from monitor.core.view import Draft, Put
from monitor.core.wording import names
from monitor.errors import ParseError, RuleFileError, StaleLease, StoreError
from monitor.model import Item, Source, SourceId, Subscriber
from monitor.pipeline import (
    Aside,
    Fetches,
    Parses,
    Poller,
    Sender,
    decide_next,
    decide_time,
    is_unproven,
    meet_watches,
    pass_by,
)
from monitor.store.base import DECIDER, SENDER, SOURCES, Lease, Store, Waiting
from monitor.store.roles import Roles

log = logging.getLogger(__name__)
T = TypeVar("T")

LOOPS = ("poll", "decide", "deliver")
_BEAT = dt.timedelta(seconds=10)
_LONG_AGO = dt.datetime(1970, 1, 2, tzinfo=dt.UTC)
_SECOND_CHANCE = dt.timedelta(days=1)
"""Items that upset an earlier process are tried again by the next one, which may be mended, while they are news."""
_SET_BACK = dt.timedelta(minutes=1)
"""A clock that is behind itself by this much was set back: what is due in its future is due now."""
_SETTLING = dt.timedelta(minutes=10)
_DAILY = 7
"""The hour (UTC) from which the daily line goes out."""
_SWITCH = 0.001
"""Seconds after which a thread that computes gives way to the others."""
_CHATS = 1000
"""Chats looked at in one tick of delivery; far more than any rate lets go."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the daemon looks, in real seconds, and how long leases last, in the clock's time."""

    tick: float = 1.0
    lease: dt.timedelta = dt.timedelta(minutes=3)
    role: dt.timedelta = dt.timedelta(minutes=1)
    """How long a process that decides or delivers may be silent before another takes over."""
    polls: int = 400
    """Polls at once of sources that answered last time."""
    trials: int = 400
    """Polls at once of all others, so that silent servers hold up each other alone. Enough for a third of 10,000 new
    sources, each silent for 30 s, not to hold up the first contacts of the others: 120 are busy with those."""
    sends: int = 20
    """Calls to the channel at once, before no more are begun."""
    batch: int = 50
    """Items decided in one transaction while the decider is behind."""
    drain: float = 10.0
    """Seconds that running work may take after SIGTERM."""
    rates: Rates = field(default_factory=Rates)
    """What the channel bears."""


_Task = asyncio.Task[None]


class Daemon:
    """Polls, decides and delivers until stopped. All that it needs is handed in; it reads no environment.

    `owner` is unique among the processes that share the store, and `name` theirs before people (in `tocsin status`).
    `follow` gives the subscribers that follow by configuration (the terminal). `reload` reads the rules anew
    for SIGHUP, given the last good ones, and may raise RuleFileError.
    """

    def __init__(
        self,
        store: Store,
        channel: Channel,
        ruleset: Ruleset,
        *,
        fetcher: Fetches,
        parsers: Parses,
        clock: Clock = wall.now,
        pace: Pace = Pace(),
        owner: str = "embedded",
        name: str = "",
        follow: Callable[[Ruleset], Sequence[Subscriber]] = lambda _: (),
        reload: Callable[[Ruleset], Ruleset] | None = None,
    ) -> None:
        self.ruleset = ruleset
        self._store, self._channel, self._clock, self._pace, self._owner = store, channel, clock, pace, owner
        self._follow, self._reload = follow, reload
        self._mark = f"@{name}" if name else ""
        self.roles = Roles(store, owner, clock, pace.role)
        """What only one process may do at a time."""
        self.services: list[AbstractAsyncContextManager[object]] = []
        """What runs beside the ticks (a bot): entered before the first of them, left after the last."""
        self._aside = Aside(ThreadPoolExecutor(4, "store"))
        self._poller = Poller(
            store,
            fetcher,
            parsers,
            clock,
            self._aside,
            wanted=self._wants,
            silenced=self._silenced,
            sharing=self._sharing,
        )
        self._sender = Sender(store, channel, clock, self._aside, lambda: names(self.ruleset))
        self._limiter = Limiter(pace.rates)
        self._beats = dict.fromkeys(LOOPS, _LONG_AGO)
        self._latest = _LONG_AGO
        self._rounds: set[_Task] = set()
        """Ticks under way: the end waits for them, as what they have leased would else stay leased."""
        self._polls, self._trials, self._sends = set[_Task](), set[_Task](), set[_Task]()
        self._choosing = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop
        self._stop, self._ended, self._wake = asyncio.Event(), threading.Event(), threading.Event()
        self._asked_to_reload = False
        self._met: Ruleset | None = None
        self._passed_by: set[str] = set()
        self._wrong_rules = ""
        self._day: dt.date | None = None
        self._troubles: dict[str, str] = {}

    def stop(self) -> None:
        """Ask the daemon to end; `run` returns once it has. Also what SIGTERM and SIGINT do."""
        self._stop.set()

    async def run(self) -> None:
        """Run until stopped. Raises StoreError or ChannelError if it can't begin."""
        self._loop = asyncio.get_running_loop()
        await self._aside(self._recover)
        async with contextlib.AsyncExitStack() as stack:
            await self._channel.open()
            stack.push_async_callback(self._channel.close)
            for service in self.services:
                await stack.enter_async_context(service)
            await stack.enter_async_context(self._ticking())
            log.info("started", extra={"sources": len(self.ruleset.sources), "watches": len(self.ruleset.watches)})
            await self._stop.wait()
            log.info("stopping")
        with self._surviving("stop"):
            await self._aside(self.roles.release)
        self._aside.pool.shutdown(wait=False)
        log.info("stopped")

    def handle_signals(self) -> None:
        """Let signals set flags. From the thread of the running loop only."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.ask_to_reload)

    # --- start and end ---

    def _recover(self) -> None:
        self._store.recover(self._owner)
        back = self._store.retry_failed(self._clock() - _SECOND_CHANCE)
        if back:
            log.info("undecidable items get a second chance", extra={"items": back})
        self._obey()
        self._tell_of_rules("\n".join(map(str, self.ruleset.quarantined)))

    def _obey(self) -> None:
        """Do what the rules say outside of decisions: poll these sources, tell these subscribers."""
        now = self._clock()
        sources = [source for source in self.ruleset.sources.values() if source.enabled]
        chance = self._poller.chance
        view = self._store.view()
        self._poller.unproven.update(s.id for s in sources if is_unproven(view.get(SOURCES, s.id)))
        self._store.enroll({source.id: schedule.first(source, now, chance()).due for source in sources})
        self._store.apply(Put(SUBSCRIBERS, subscriber) for subscriber in self._follow(self.ruleset))

    @contextlib.asynccontextmanager
    async def _ticking(self) -> AsyncIterator[None]:
        ticks = AsyncIOScheduler(timezone=dt.UTC)
        # A late tick is better than none (the default drops it after a second), two at once are none better.
        rule = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        for work in (self._poll_tick, self._deliver_tick):
            first = {"args": [work], "next_run_time": wall.now()}
            ticks.add_job(self._tick, "interval", seconds=self._pace.tick, **first, **rule)
        ticks.add_job(self._reload_tick, "interval", seconds=self._pace.tick, **rule)
        ticks.add_job(self._daily_tick, "interval", seconds=self._pace.tick, **rule)
        # Also where no process lives for six hours; but not while everything else begins.
        ticks.add_job(self._prune, "interval", hours=6, next_run_time=wall.now() + _SETTLING, **rule)
        # The decider computes on and on; by default the loop would wait 5 ms for each turn of its own.
        sys.setswitchinterval(_SWITCH)
        decider = threading.Thread(target=self._decide_loop, name="decider", daemon=True)
        decider.start()
        ticks.start()
        try:
            yield
        finally:
            ticks.pause()
            self._ended.set()
            self._wake.set()
            await asyncio.to_thread(decider.join, self._pace.drain)
            await self._drain()
            ticks.shutdown(wait=False)

    async def _drain(self) -> None:
        end = self._loop.time() + self._pace.drain
        await _ended(self._rounds, self._pace.drain)
        await _ended(self._polls | self._trials | self._sends, max(0.0, end - self._loop.time()))

    async def _tick(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await self._begin(self._rounds, work())

    # --- poll ---

    async def _poll_tick(self) -> None:
        with self._surviving("poll"):
            if not self._stop.is_set():
                # In this order: proven sources that find no hand free may take one of the trials'.
                await self._begin_polls(self._polls, self._pace.polls, self._poller.unproven)
                await self._begin_polls(self._trials, self._pace.trials)
            await self._aside(self._beat, "poll")

    async def _begin_polls(self, running: set[_Task], most: int, but: Collection[SourceId] = ()) -> None:
        if len(running) < most:
            for lease in await self._aside(self._lease_sources, most - len(running), tuple(but)):
                self._begin(running, self._poll(lease))

    def _lease_sources(self, limit: int, but: Collection[SourceId]) -> list[Lease]:
        now = self._clock()
        if now < self._latest - _SET_BACK:
            log.warning("the clock was set back; every source is due", extra={"by": str(self._latest - now)})
            for turn in self._store.turns():
                self._store.hasten(turn.source, now)
        self._latest = now
        return self._store.lease_sources(self._owner, now, now + self._pace.lease, limit, but)

    async def _poll(self, lease: Lease) -> None:
        source = self.ruleset.sources.get(SourceId(lease.name))
        if source is None:
            return  # gone from the rules since; its lease runs out and nobody takes it up
        with self._surviving("poll", source=lease.name):
            try:
                taken = await self._poller.poll_once(lease, source)
            except (StaleLease, StoreError):
                raise
            except Exception as error:
                log.exception("a document of this source upset us", extra={"source": source.id})
                await self._poller.fail(lease, source, ParseError("crashed", f"{type(error).__name__}: {error}"))
            else:
                self._polled(source, taken)

    def _wants(self, item: Item, source: Source) -> bool:
        return self.ruleset.wants(item, source)

    def _silenced(self, source: Source) -> tuple[str, ...]:
        return voices.silenced(source, self.ruleset, self._is_heard)

    def _sharing(self, source: Source, url: str) -> tuple[SourceId, ...]:
        sources = self.ruleset.sources
        states = self._store.view().get_many(SOURCES, sources)
        return schedule.sharing(url, source, [(other, states.get(other.id)) for other in sources.values()])

    def _is_heard(self, source: SourceId) -> bool:
        state = self._store.view().get(SOURCES, source)
        return state is not None and not is_unproven(state) and not state.reported

    def _polled(self, source: Source, taken: Intake) -> None:
        for entry, why in taken.refused:
            log.info("refused", extra={"source": source.id, "entry": entry, "why": why})
        if taken.gap:
            log.warning("entries may have been missed since the last poll", extra={"source": source.id})
        if taken.items:
            log.info("accepted", extra={"source": source.id, "items": len(taken.items), "baseline": taken.baseline})
            self._wake.set()

    # --- decide ---

    def _decide_loop(self) -> None:
        while not self._ended.is_set():
            busy = False
            with self._surviving("decide"):
                busy = self._decide()
                self._beat("decide")
            if not busy:
                self._wake.wait(self._pace.tick)
                self._wake.clear()

    def _decide(self) -> bool:
        """One round of the decider; whether there may be more to do at once."""
        lease = self.roles.hold(DECIDER)
        if lease is None:
            return False
        try:
            self._meet(lease, self.ruleset)
            count = self._decide_batch(lease)
            if count == 0 and decide_time(self._store, lease, self.ruleset, self._clock(), self._isolated) == 0:
                return False
        except StaleLease:
            self.roles.forget(DECIDER)
            raise
        log.debug("decided", extra={"items": count})
        self._loop.call_soon_threadsafe(self.hurry)
        return count > 0

    def _meet(self, lease: Lease, ruleset: Ruleset) -> None:
        """New watches come to know what was there before them, before they judge anything that is new."""
        if self._met is ruleset:
            return
        try:
            learned = meet_watches(self._store, lease, ruleset, self._clock())
            log.info("watches met", extra={"learned": learned})
        except StoreError:
            raise
        except Exception:
            # Without a past a watch may repeat what was known; without the decider nobody hears anything.
            log.exception("the new watches could not learn what was there before them")
        self._met = ruleset

    def hurry(self) -> None:
        """What was just decided need not wait for the next tick of delivery."""
        if not self._stop.is_set():
            self._begin(self._sends, self._deliver_tick())

    def _decide_batch(self, lease: Lease) -> int:
        try:
            return decide_next(self._store, lease, self.ruleset, self._pace.batch, self._isolated)
        except StoreError:
            raise
        except Exception:
            log.warning("a batch could not be decided; now one by one", exc_info=True)
        return self._decide_singly(lease)

    def _decide_singly(self, lease: Lease) -> int:
        for count in range(self._pace.batch):
            try:
                if not decide_next(self._store, lease, self.ruleset, 1, self._isolated):
                    return count
            except StoreError:
                raise
            except Exception as error:
                log.exception("an item could not be decided and was passed by")
                pass_by(self._store, lease, f"{type(error).__name__}: {error}", self._clock())
        return self._pace.batch

    def _isolated(self, name: str, draft: Draft, work: Callable[[Draft], T]) -> T | None:
        """See `Attempt`. What failed stays due, and is left alone until the next start, which may be mended."""
        if name in self._passed_by:
            return None
        own = Draft(draft)
        try:
            done = work(own)
        except StoreError:
            raise
        except Exception as error:
            log.exception("what time brought could not be decided and was passed by", extra={"what": name})
            now, text = self._clock(), f"Passed by until the next start, {name}: {type(error).__name__}: {error}"
            self._store.apply(messages=notices.notice(self._store.view(), f"due:{now.date()}:{name}", text, now))
            self._passed_by.add(name)
            return None
        for put in own.changes():
            draft.put(put.table, put.record)
        return done

    # --- deliver ---

    async def _deliver_tick(self) -> None:
        with self._surviving("deliver"):
            await self._deliver_waiting()
            await self._aside(self._beat, "deliver")

    async def _deliver_waiting(self) -> None:
        async with self._choosing:
            if len(self._sends) < self._pace.sends and not self._stop.is_set():
                for waiting in await self._aside(self._lease_messages):
                    self._begin(self._sends, self._deliver(waiting))

    def _lease_messages(self) -> list[Waiting]:
        # One process delivers at a time: so the rates hold for all, and a chat's messages keep their order.
        if self.roles.hold(SENDER) is None:
            return []
        now = self._clock()
        chosen = self._limiter.choose(self._store.waiting(now, _CHATS), self._store.view(), now)
        if not chosen:
            return []
        return self._store.lease_messages(self._owner, now, now + self._pace.lease, [m.id for m in chosen])

    async def _deliver(self, waiting: Waiting) -> None:
        with self._surviving("deliver", id=waiting.message.id):
            try:
                message = await self._sender.deliver_once(waiting)
            except (StaleLease, StoreError):
                raise
            except Exception as error:
                log.exception("a message upset us", extra={"id": waiting.message.id})
                message = await self._sender.fail(waiting.lease, f"{type(error).__name__} while sending")
            log.info("delivered", extra={"id": message.id, "state": message.state, "attempts": message.attempts})
            # The chat's next one need not wait for a tick.
            await self._deliver_waiting()

    # --- rules, housekeeping, heartbeat ---

    def ask_to_reload(self) -> None:
        """Let the next tick read the rules again. Also what SIGHUP does."""
        self._asked_to_reload = True

    async def _reload_tick(self) -> None:
        if self._asked_to_reload and self._reload:
            self._asked_to_reload = False
            with self._surviving("reload"):
                await self._aside(self._read_rules, self._reload)

    def _read_rules(self, reload: Callable[[Ruleset], Ruleset]) -> None:
        before = self.ruleset
        try:
            self.ruleset = reload(before)
        except RuleFileError as error:
            self._tell_of_rules(str(error))
            return
        self._tell_of_rules("\n".join(map(str, self.ruleset.quarantined)))
        self._tell_of_memory(fresh(before, self.ruleset))
        self._obey()
        log.info("rules read", extra={"watches": len(self.ruleset.watches), "hash": self.ruleset.hash})

    def _tell_of_memory(self, rules: Sequence[str]) -> None:
        """Operators hear which rules forgot what they had told: their key, trigger or kinds of development changed."""
        if not rules:
            return
        log.info("the memory of rules starts fresh", extra={"rules": " ".join(rules)})
        now, text = (
            self._clock(),
            f"These rules have a new key, trigger or kinds; their memory starts fresh: {', '.join(rules)}",
        )
        self._store.apply(messages=notices.notice(self._store.view(), f"fresh:{now.isoformat()}", text, now))

    def _tell_of_rules(self, faults: str) -> None:
        """Operators hear of wrong rules once, and again when they are mended."""
        if faults == self._wrong_rules:
            return
        self._wrong_rules = faults
        now, text = self._clock(), "The rules are right again."
        if faults:
            log.error("wrong rules; the last good ones go on", extra={"faults": faults})
            text = f"The rules are wrong; the last good ones go on working.\n{faults}"
        self._store.apply(messages=notices.notice(self._store.view(), f"rules:{now.isoformat()}", text, now))

    async def _daily_tick(self) -> None:
        now = self._clock()
        if now.date() != self._day and now.hour >= _DAILY:
            with self._surviving("daily"):
                await self._aside(self._tell_daily, now)
                self._day = now.date()

    def _tell_daily(self, now: dt.datetime) -> None:
        view = self._store.view()
        states = [state for turn in self._store.turns() if (state := view.get(SOURCES, turn.source))]
        self._store.apply(messages=notices.daily(view, states, now))

    async def _prune(self) -> None:
        with self._surviving("prune"):
            for span, tables in KEPT.items():
                gone = await self._aside(self._store.prune, tables, self._clock() - span)
                log.info("pruned", extra={"rows": gone, "older_than": f"{span.days}d"})

    def _beat(self, loop: str) -> None:
        now = wall.now()
        if abs(now - self._beats[loop]) >= _BEAT:
            self._store.beat(f"{loop}{self._mark}", now)
            self._beats[loop] = now

    def _begin(self, tasks: set[_Task], work: Coroutine[Any, Any, None]) -> _Task:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return task

    @contextlib.contextmanager
    def _surviving(self, loop: str, **what: str) -> Iterator[None]:
        """Log what goes wrong in one piece of work; the next tick tries again. A lasting trouble is told once."""
        try:
            yield
        except StaleLease as error:
            log.warning("discarded: %s", error, extra={"loop": loop, **what})
        except StoreError as error:
            if self._troubles.get(loop) != str(error):
                log.error("the database refused: %s", error, extra={"loop": loop, **what})  # noqa: TRY400 - no bug of ours
            self._troubles[loop] = str(error)
        except Exception:
            log.exception("unforeseen", extra={"loop": loop, **what})
        else:
            if self._troubles.pop(loop, None):
                log.info("the database is back", extra={"loop": loop})


async def _ended(tasks: Collection[_Task], seconds: float) -> None:
    """Wait for tasks to end, and cancel those that take longer."""
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
