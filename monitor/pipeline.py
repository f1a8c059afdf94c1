"""Poll, decide, deliver: each calls the parts in their order and records what they answer. No decisions here.

    poll_once     fetch → parse → what is new → whole texts → items, validators, health and next turn in one transaction
    decide_next   the next items of the inbox → decide → everything they changed in one transaction
    deliver_once  begin (committed) → send → how it ended (committed)

Whatever these raise beyond what they promise is a fault of ours; the daemon isolates it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ParamSpec, Protocol, TypeVar

from monitor.channels import outcome
from monitor.channels.base import Channel, Delivery, Uncertain
from monitor.channels.compose import compose
from monitor.clock import Clock
from monitor.core import intake, notices, schedule
from monitor.core.attempts import Attempt, straight
from monitor.core.decide import decide, meet, tick
from monitor.core.intake import SEEN, Intake
from monitor.core.parse.document import Document, Job
from monitor.core.records import ALERTS
from monitor.core.render import Names
from monitor.core.rules import Ruleset
from monitor.core.schedule import SourceState, Validators
from monitor.core.view import Draft, Put, View
from monitor.errors import FetchError, ParseError, StaleLease
from monitor.failpoints import reach
from monitor.fetch.articles import Articles, needs_page
from monitor.fetch.http import Fetched
from monitor.model import Item, Message, MessageId, MessageState, Outcome, Severity, Source, SourceId
from monitor.store.base import SOURCES, Decided, Lease, Store, Waiting

P = ParamSpec("P")
R = TypeVar("R")
_HOT = dt.timedelta(hours=1)
_FOLLOWED = dt.timedelta(days=1)
_LOOK = dt.timedelta(seconds=30)


class Fetches(Protocol):
    """See `monitor.fetch.Fetcher`."""

    async def fetch(self, source: Source, validators: Validators, *, url: str = "") -> Fetched:
        """One request; raises FetchError."""
        ...

    async def page(self, url: str, source: Source) -> tuple[str, bytes, str]:
        """What a source links to: address in the end, body, content type; raises FetchError."""
        ...


class Parses(Protocol):
    """See `monitor.fetch.Parsers`."""

    async def parse(self, job: Job, *, suspect: bool = False) -> Document:
        """One document; raises ParseError."""
        ...


@dataclass(frozen=True)
class Aside:
    """Runs what blocks (the store) on threads of its own, so that the event loop only fetches and sends."""

    pool: Executor

    async def __call__(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of `work(*args, **kwargs)`, or what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, partial(work, *args, **kwargs))


# --- poll --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Poll:
    """What one poll brought so far; no document when nothing changed."""

    fetched: Fetched
    document: Document | None = None
    taken: Intake = field(default_factory=Intake)
    known: Validators | None = None
    """What the next poll may leave out, if not what was just read."""

    @property
    def validators(self) -> Validators:
        """To be committed with the items."""
        read = self.fetched.validators
        if self.known is not None or self.document is None:
            return self.known or read
        return replace(read, prints=self.document.prints)


@dataclass
class Running:
    """The sources of running stories, looked up twice a minute: they are asked more often for a while.

    A story runs where something grave was told of its watch within the hour; its sources are those whose items were
    told of that watch within a day.
    """

    _sources: frozenset[SourceId] = frozenset()
    _looked: dt.datetime | None = None

    def has(self, source: SourceId, view: View, now: dt.datetime) -> bool:
        """Whether a running story comes from this source."""
        if self._looked is None or not dt.timedelta() <= now - self._looked < _LOOK:
            told = view.find(ALERTS, "outcome", [Outcome.SENT], since=(now - _FOLLOWED).timestamp(), limit=1000)
            grave = {a.watch for a in told if a.severity.rank >= Severity.HIGH.rank and now - a.at < _HOT}
            self._sources = frozenset(a.source for a in told if a.watch in grave)
            self._looked = now
        return source in self._sources


@dataclass(frozen=True)
class Poller:
    """What polling needs."""

    store: Store
    fetcher: Fetches
    parsers: Parses
    clock: Clock
    aside: Aside
    chance: Callable[[], float] = random.random
    wanted: Callable[[Item, Source], bool] = lambda *_: False
    """Whether somebody wants the whole text of an item."""
    silenced: Callable[[Source], Sequence[str]] = lambda _: ()
    """The sides of watches whose last voice a source is."""
    sharing: Callable[[Source, str], Sequence[SourceId]] = lambda *_: ()
    """The other sources that are polled at an address of this one."""
    running: Running = field(default_factory=Running)
    unproven: set[SourceId] = field(default_factory=set)
    """Sources whose last poll failed; kept up to date by every poll."""

    async def poll_once(self, lease: Lease, source: Source) -> Intake:
        """Poll a leased source and record what came of it, a failure too. Raises StaleLease, StoreError."""
        state = await self.aside(self._state, source)
        try:
            fetched = await self.fetcher.fetch(source, state.validators, url=schedule.address(state, source))
            reach("fetch.after")
            document = await self._parse(source, state, fetched)
        except (FetchError, ParseError) as error:
            await self.fail(lease, source, error)
            return Intake()
        poll = _Poll(fetched)
        if document is not None:
            poll = _Poll(fetched, document, await self.aside(self._sort, source, state, document))
            poll = await (self._with_alerts if source.format == "cap" else self._with_texts)(source, poll)
        return await self.aside(self._accept, lease, source, state, poll)

    async def fail(self, lease: Lease, source: Source, error: FetchError | ParseError) -> None:
        """Record a failed poll: nothing new, and when to try again."""
        await self.aside(self._fail, lease, source, error)

    async def _parse(self, source: Source, state: SourceState, fetched: Fetched) -> Document | None:
        if fetched.body is None:
            return None
        job = Job(
            fetched.body,
            at=self.clock(),
            content_type=fetched.content_type,
            url=fetched.url,
            format=source.format,
            selectors=source.selectors,
            language=source.language,
            known=fetched.validators.prints,
        )
        return await self.parsers.parse(job, suspect=state.suspect)

    async def _with_texts(self, source: Source, poll: _Poll) -> _Poll:
        wanted = await self.aside(self._wanted, source, poll.taken)
        if not wanted:
            return poll
        articles = Articles(self.fetcher, self.parsers)
        items = await articles.complete(poll.taken.items, source, lambda item: item.id in wanted, self.clock())
        return replace(poll, taken=replace(poll.taken, items=items))

    def _wanted(self, source: Source, taken: Intake) -> frozenset[str]:
        return frozenset(i.id for i in taken.items if needs_page(i, source) and self.wanted(i, source))

    async def _with_alerts(self, source: Source, poll: _Poll) -> _Poll:
        alerts = await Articles(self.fetcher, self.parsers).alerts(poll.taken.items, source, self.clock())
        seen = await self.aside(self.store.view().find, SEEN, "key", intake.alert_keys(alerts.values(), source))
        taken = intake.with_alerts(poll.taken, alerts, seen, source)
        # While some could not be read, the same document must be read again.
        return replace(poll, taken=taken, known=Validators() if None in alerts.values() else None)

    def _state(self, source: Source) -> SourceState:
        return self.store.view().get(SOURCES, source.id) or schedule.first(source, self.clock(), self.chance())

    def _accept(self, lease: Lease, source: Source, before: SourceState, poll: _Poll) -> Intake:
        now = self.clock()
        # Articles take their time: an item is seen when it is accepted.
        taken = replace(poll.taken, items=tuple(replace(item, seen=now) for item in poll.taken.items))
        after = schedule.succeeded(
            before,
            source,
            validators=poll.validators,
            pace=poll.fetched.pace,
            document=poll.document,
            intake=taken if poll.document else None,
            now=now,
            chance=self.chance(),
            moved=poll.fetched.moved,
            hot=self.running.has(source.id, self.store.view(), now),
        )
        self._record(lease, source, (before, after), taken, now)
        return taken

    def _sort(self, source: Source, state: SourceState, document: Document) -> Intake:
        known = self.store.view().find(SEEN, "key", intake.keys(document, source))
        return intake.sort(document, known, source, now=self.clock(), first=state.contacted is None)

    def _fail(self, lease: Lease, source: Source, error: FetchError | ParseError) -> None:
        now, before = self.clock(), self._state(source)
        after = schedule.failed(before, source, error, now=now, chance=self.chance())
        self._record(lease, source, (before, after), Intake(), now)

    def _record(
        self, lease: Lease, source: Source, states: tuple[SourceState, SourceState], taken: Intake, now: dt.datetime
    ) -> None:
        view = self.store.view()
        after, told = notices.polled(
            view, source, *states, taken, now=now, silenced=self.silenced, sharing=self.sharing
        )
        puts: list[Put[Any]] = [Put(SOURCES, after), *(Put(SEEN, seen) for seen in taken.seen)]
        self.store.accept(lease, taken.items, puts, after.due, told)
        (self.unproven.add if is_unproven(after) else self.unproven.discard)(source.id)


def is_unproven(state: SourceState | None) -> bool:
    """Whether the last poll of a source failed, or there was none: it may hold up whoever waits for it."""
    return state is None or state.failures > 0 or state.contacted is None


# --- decide ------------------------------------------------------------------------------


def decide_next(store: Store, lease: Lease, ruleset: Ruleset, limit: int, attempt: Attempt = straight) -> int:
    """Decide up to `limit` items of the inbox, in order, and commit them together; returns how many."""
    entries = store.undecided(limit)
    batch = Draft(store.view())
    decided = []
    for entry in entries:
        draft = Draft(batch)
        decision = decide(entry.item, draft, ruleset, attempt)
        puts = draft.changes()
        for put in puts:
            batch.put(put.table, put.record)
        decided.append(Decided(entry.seq, puts, decision.messages))
    if decided:
        store.commit(lease, decided)
    return len(decided)


def pass_by(store: Store, lease: Lease, why: str, now: dt.datetime) -> None:
    """Mark the next item of the inbox as one that can't be decided, and tell the operators (once a day)."""
    for entry in store.undecided(1):
        text = f"Item {entry.item.id} of {entry.item.source} could not be decided and was passed by: {why}"
        told = notices.notice(store.view(), f"failed:{now.date()}", text, now)
        store.commit(lease, [Decided(entry.seq, messages=told, failed=why)])


def meet_watches(store: Store, lease: Lease, ruleset: Ruleset, now: dt.datetime) -> int:
    """Let watches that are new learn from what was decided before them; returns how much they learned."""
    draft = Draft(store.view())
    learned = meet(draft, ruleset, now)
    if puts := draft.changes():
        store.commit(lease, [Decided(None, puts)])
    return len(learned)


def decide_time(store: Store, lease: Lease, ruleset: Ruleset, now: dt.datetime, attempt: Attempt = straight) -> int:
    """Record what time alone brought about (holds that ran out, bundles that are due); returns the messages."""
    draft = Draft(store.view())
    _, messages = tick(draft, ruleset, now, attempt)
    puts = draft.changes()
    if puts or messages:
        store.commit(lease, [Decided(None, puts, messages)])
    return len(messages)


# --- deliver -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Sender:
    """What delivery needs. `deadline`: seconds for one call, well below the lease of a message."""

    store: Store
    channel: Channel
    clock: Clock
    aside: Aside
    names: Callable[[], Names]
    deadline: float = 25.0

    async def deliver_once(self, waiting: Waiting) -> Message:
        """Send one leased message and record how that ended; returns its row. Raises StaleLease, StoreError."""
        begun = outcome.begin(waiting.message)
        if begun.state is MessageState.DEAD:
            return await self.aside(self._give_up, waiting.lease, begun)
        outgoing = await self.aside(compose, begun, self.store.view(), self.store.message, self.names())
        await self.aside(self.store.hold, waiting.lease, begun)
        try:
            async with asyncio.timeout(self.deadline):
                delivery = await self.channel.send(outgoing)
        except TimeoutError:
            delivery = Uncertain(f"no answer within {self.deadline:.0f} s")
        reach("send.after")
        return await self.aside(self._settle, waiting.lease, begun, delivery)

    async def fail(self, lease: Lease, why: str) -> Message:
        """Record that a delivery broke off somewhere: whether it arrived is not known."""
        return await self.aside(self._fail, lease, why)

    def _fail(self, lease: Lease, why: str) -> Message:
        row = self.store.message(MessageId(lease.name))
        if row is None:
            raise StaleLease(f"message {lease.name} is gone")
        return self._settle(lease, row, Uncertain(why))

    def _settle(self, lease: Lease, message: Message, delivery: Delivery) -> Message:
        """Record how the call of a `sending` message ended, with all that follows from it."""
        return self._record(lease, outcome.after(message, delivery, self.store.view(), self.clock()))

    def _give_up(self, lease: Lease, message: Message) -> Message:
        why = message.error or "each time the process died while sending"
        return self._record(lease, outcome.given_up(message, self.store.view(), self.clock(), why))

    def _record(self, lease: Lease, settled: outcome.Settled) -> Message:
        self.store.settle(lease, settled.message, settled.puts, settled.notices)
        return settled.message
