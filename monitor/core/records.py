"""The records that several parts of the core read: items, decisions, alerts, subscribers.

A part that keeps state for itself alone (stories, ledger, rule state) declares its tables beside its own code.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from monitor.core.view import Table
from monitor.model import (
    Alert,
    Development,
    Item,
    ItemId,
    Message,
    Outcome,
    Placement,
    Reading,
    RuleId,
    Severity,
    Subscriber,
    WatchId,
)


@dataclass(frozen=True, slots=True)
class Miss:
    """A rule that nearly fired: what it lacked, and how near it came (see `core.rules.explain`)."""

    rule: RuleId
    why: str
    near: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one watch made of one item, also when it made nothing of it: the answer of `tocsin explain`."""

    watch: WatchId
    outcome: Outcome | None
    """None: no alert, for the reason in `why`."""
    why: str
    severity: Severity | None = None
    clauses: tuple[str, ...] = ()
    """Each clause that was looked at, with the matched words or the nearest miss."""
    missed: tuple[Miss, ...] = ()
    """Rules that came near to firing for an item that belongs and brought something new, the nearest first."""


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """Why an item did, or did not, cause an alert."""

    item: ItemId
    version: int
    at: dt.datetime
    placement: Placement
    reading: Reading
    developments: tuple[Development, ...]
    verdicts: tuple[Verdict, ...]
    """Of every watch of whose words one occurs; the others found none."""
    rules_hash: str
    failed: str = ""
    """The error that made this item undecidable; it was passed by."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one item brought: its record, its alerts, and the messages that are to go out.

    Record, alerts, item and all that was learned are already in the draft; only the messages are not,
    because the outbox belongs to the store.
    """

    record: DecisionRecord
    alerts: tuple[Alert, ...] = ()
    messages: tuple[Message, ...] = ()


def _seconds(time: dt.datetime) -> float:
    return time.timestamp()


ITEMS: Table[Item] = Table(
    "items",
    Item,
    key=lambda r: r.id,
    time=lambda r: _seconds(r.seen),
    indexes={"source": lambda r: (r.source,), "url": lambda r: (r.url,) if r.url else ()},
)
"""The newest version of every item decided so far."""

DECISIONS: Table[DecisionRecord] = Table(
    "decisions",
    DecisionRecord,
    key=lambda r: f"{r.item}#{r.version}",
    time=lambda r: _seconds(r.at),
    indexes={"item": lambda r: (r.item,), "story": lambda r: (r.placement.story,)},
)

ALERTS: Table[Alert] = Table(
    "alerts",
    Alert,
    key=lambda r: r.id,
    time=lambda r: _seconds(r.at),
    indexes={
        "story": lambda r: (r.story,),
        "item": lambda r: (r.item,),
        "watch": lambda r: (r.watch,),
        "outcome": lambda r: (r.outcome,),
    },
)

SUBSCRIBERS: Table[Subscriber] = Table(
    "subscribers",
    Subscriber,
    key=lambda r: str(r.chat),
    time=lambda _: 0.0,
    indexes={"watch": lambda r: r.watches},
)
