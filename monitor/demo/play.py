"""The real daemon on the demo's script: fast clock, loopback feeds, a database of its own, a terminal as subscriber."""

from __future__ import annotations

import asyncio
import datetime as dt
import pathlib
import tempfile
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files
from typing import TextIO

import yaml

from monitor.channels import terminal
from monitor.core.limits import Rates
from monitor.core.records import ALERTS, DECISIONS, DecisionRecord
from monitor.core.rules import Ruleset, load
from monitor.daemon import Daemon, Pace
from monitor.demo import server
from monitor.demo.script import Outlet, Script
from monitor.fetch import Fetcher, Parsers
from monitor.model import Alert, MessageState, Outcome
from monitor.store.base import SOURCES, Store
from monitor.store.sqlite import SqliteStore

_TICK = 0.05
_BEAT = 0.02
"""Real seconds between two steps of the demo's clock."""
_LEASE = dt.timedelta(days=2)
"""Leases are kept in the demo's time, in which a real second is hours."""
_IDLE = 600.0
"""Seconds of the demo's time in a real one before every outlet has been polled once."""
_POLL = "40m"
"""Between two polls of an outlet, in the demo's time."""
_SLACK = dt.timedelta(minutes=8)
"""The clock waits for polls that are later than this: with `_POLL` and a step it keeps what outlets publish an hour
apart in order, on the slowest machine."""
_TAIL = dt.timedelta(hours=4)
"""Runs on after the last publication, so that it is polled, decided and delivered."""
_ALL = 100_000


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of the five days."""

    items: int
    stories: int
    claims: int
    developments: int
    messages: int
    unsent: tuple[tuple[str, int], ...]
    """Why items caused no message, and how many, most frequent first."""
    alerts: tuple[Alert, ...]
    """What was told, oldest first."""


class Tempo:
    """The demo's clock goes on by equal steps, small ones until `go`: a slow start takes no story away."""

    def __init__(self, start: dt.datetime, end: dt.datetime, seconds: float) -> None:
        self._now, self._end, self._seconds = start, end, seconds
        self._step = dt.timedelta(seconds=_IDLE * _BEAT)

    def now(self) -> dt.datetime:
        """The demo's time."""
        return self._now

    def go(self) -> None:
        """Be at the end after `seconds` real seconds of steps."""
        self._step = (self._end - self._now) * (_BEAT / self._seconds)

    def step(self) -> bool:
        """Go on by a step; whether the end is still to come."""
        self._now += self._step
        return self._now < self._end


def play(script: Script, seconds: float, stream: TextIO) -> Summary:
    """Play the script in about so many real seconds; messages go to `stream` as a subscriber reads them."""
    tempo = Tempo(script.start, script.end + _TAIL, seconds)
    with tempfile.TemporaryDirectory(prefix="tocsin-demo-") as folder, server.serve(script, tempo.now) as address:
        store = SqliteStore(pathlib.Path(folder) / "tocsin.db")
        try:
            asyncio.run(_run(store, tempo, rules(script, address), stream))
            return summary(store)
        finally:
            store.close()


def rules(script: Script, address: str) -> Ruleset:
    """The demo's watch, and its outlets as sources at `address`."""
    sources = [_row(outlet, address) for outlet in script.outlets]
    watch = files("monitor.demo").joinpath("watch.yaml").read_text("utf-8")
    return load({"sources.yaml": yaml.safe_dump({"sources": sources}, sort_keys=False), "watch.yaml": watch})


def summary(store: Store) -> Summary:
    """Count what the store holds."""
    decisions = store.view().latest(DECISIONS, limit=_ALL)
    return Summary(
        items=store.counts().decided,
        stories=len({d.placement.story for d in decisions}),
        claims=sum(len(d.reading.claims) for d in decisions),
        developments=sum(len(d.developments) for d in decisions),
        messages=len(store.messages([MessageState.SENT], limit=_ALL)),
        unsent=tuple(Counter(why for d in decisions for why in _unsent(d)).most_common()),
        alerts=tuple(a for a in reversed(store.view().latest(ALERTS, limit=_ALL)) if a.outcome is Outcome.SENT),
    )


async def _run(store: Store, tempo: Tempo, ruleset: Ruleset, stream: TextIO) -> None:
    async with Fetcher(now=tempo.now, pause=0.0) as fetcher, Parsers() as parsers:
        daemon = Daemon(
            store,
            terminal.Terminal(stream),
            ruleset,
            fetcher=fetcher,
            parsers=parsers,
            clock=tempo.now,
            pace=Pace(_TICK, lease=_LEASE, role=_LEASE, rates=Rates(overall=(1000, 1.0), chat=(1000, 1.0))),
            follow=lambda rules: [terminal.subscriber(watch.id for watch in rules.watches)],
        )
        running = asyncio.create_task(daemon.run())
        while await _beat(running) and not _contacted(store, ruleset):
            tempo.step()
        tempo.go()
        while await _beat(running):
            if not await asyncio.to_thread(_behind, store, tempo.now()) and not tempo.step():
                break
        daemon.stop()
        await running


async def _beat(running: asyncio.Task[None]) -> bool:
    """Wait for a moment; whether the daemon is still running."""
    await asyncio.wait({running}, timeout=_BEAT)
    return not running.done()


def _contacted(store: Store, ruleset: Ruleset) -> bool:
    """Whether every outlet has been polled once."""
    view = store.view()
    return all(view.get(SOURCES, source) is not None for source in ruleset.sources)


def _behind(store: Store, now: dt.datetime) -> bool:
    """Whether there is work that should have been done by now."""
    return store.counts().undecided > 0 or any(turn.due < now - _SLACK for turn in store.turns())


def _row(outlet: Outlet, address: str) -> dict[str, object]:
    """An outlet as an operator writes it into sources.yaml."""
    row: dict[str, object] = {
        "id": outlet.id,
        "url": f"{address}/{outlet.id}",
        "publisher": outlet.publisher,
        "owner": outlet.owner,
    }
    row |= {"kind": outlet.kind.value, "language": "en", "min_interval": _POLL, "max_interval": _POLL}
    return row | {"allow_private": True, "whole_text": False} | ({"side": outlet.side} if outlet.side else {})


def _unsent(decision: DecisionRecord) -> list[str]:
    """Why nothing was sent for this item, by watch; empty if something was."""
    if any(v.outcome == "sent" for v in decision.verdicts):
        return []
    if not decision.verdicts:
        return ["none of the watch's words occurs in it"]
    return [f"{v.outcome}: {v.why}" if v.outcome else v.why for v in decision.verdicts]
