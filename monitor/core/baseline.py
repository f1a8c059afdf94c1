"""First contact, a source's or a watch's: what was there already is learned, and told once, silently, as it stands.

A watch that is new judges what was decided lately as if it had been there (`decide.meet`); the entries that a source
has at first contact are judged as they come. Either way nobody is rung. When nothing more has been learned for a while,
those who follow the watch get one silent state of play. Only the decider calls this.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from monitor.core import render, standing
from monitor.core.reach import message_id
from monitor.core.records import SUBSCRIBERS
from monitor.core.rules import Ruleset, Watch
from monitor.core.view import Draft, Table
from monitor.model import Alert, Development, Message, Outcome, Severity, Subscriber, WatchId

SETTLED = dt.timedelta(minutes=5)
"""First contact is over when nothing was learned for this long: the sources of a new installation come one by one."""
LONGEST = dt.timedelta(minutes=30)
"""It is over after this long in any case."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Since when a watch is known, and what it has learned that is still to be told. Seconds since the epoch."""

    watch: WatchId
    since: float
    began: float | None = None
    """When it began to learn; None: all that it learned has been told."""
    last: float = 0.0
    """When it last learned something."""


CONTACTS: Table[Contact] = Table(
    "contacts",
    Contact,
    key=lambda r: r.watch,
    time=lambda r: r.since,
    indexes={"learning": lambda r: () if r.began is None else ("all",)},
)


def strangers(draft: Draft, ruleset: Ruleset) -> frozenset[WatchId]:
    """The watches that were never met before."""
    ids = frozenset(watch.id for watch in ruleset.watches)
    return ids - draft.get_many(CONTACTS, sorted(ids)).keys()


def met(watches: Iterable[WatchId], draft: Draft, now: dt.datetime) -> None:
    """Note that these watches are known from now on."""
    for watch in watches:
        draft.put(CONTACTS, Contact(watch, now.timestamp()))


def since_then(watch: WatchId, developments: Iterable[Development], draft: Draft) -> list[Development]:
    """The developments without what was known before the watch was there: that is its baseline."""
    found = list(developments)
    contact = draft.get(CONTACTS, watch) if any(d.known_since for d in found) else None
    if contact is None:
        return found
    old = [d.known_since is not None and d.known_since.timestamp() < contact.since for d in found]
    news = [replace(d, known_as=()) if before else d for d, before in zip(found, old, strict=True)]
    return [d for d in news if d.known_as or not d.retold]


def learned(alerts: Iterable[Alert], draft: Draft, now: dt.datetime) -> None:
    """Note which watches learned something at first contact; their state of play is due once they have settled."""
    at = now.timestamp()
    for watch in sorted({alert.watch for alert in alerts if alert.outcome is Outcome.BASELINE}):
        known = draft.get(CONTACTS, watch) or Contact(watch, at)
        draft.put(CONTACTS, replace(known, began=at if known.began is None else known.began, last=at))


def due(draft: Draft, ruleset: Ruleset, now: dt.datetime) -> tuple[Message, ...]:
    """The silent states of play of watches whose first contact is over."""
    ripe = [c for c in draft.find(CONTACTS, "learning", ["all"]) if _is_over(c, now)]
    return tuple(message for contact in ripe for message in _told(contact, draft, ruleset, now))


def _is_over(contact: Contact, now: dt.datetime) -> bool:
    at, began = now.timestamp(), contact.began or 0.0
    return at - contact.last >= SETTLED.total_seconds() or at - began >= LONGEST.total_seconds()


def _told(contact: Contact, draft: Draft, ruleset: Ruleset, now: dt.datetime) -> Iterator[Message]:
    draft.put(CONTACTS, replace(contact, began=None))
    watch = ruleset.watch(contact.watch)
    if watch is None or not standing.entries(draft, watch.id, now):
        return
    followers = [s for s in draft.find(SUBSCRIBERS, "watch", [watch.id]) if s.active and not _muted(s, watch, now)]
    names = render.Names({watch.id: watch.name}, ruleset.registry)
    words = {
        lang: render.notice(standing.standing(draft, watch.id, names, now, lang))
        for lang in {s.lang for s in followers}
    }
    for follower in sorted(followers, key=lambda s: s.chat):
        yield _message(follower, watch, words[follower.lang], now)


def _muted(subscriber: Subscriber, watch: Watch, now: dt.datetime) -> bool:
    whole = (m for m in subscriber.mutes if m.story is None and m.source is None)
    return any(m.until > now and m.watch in {None, watch.id} for m in whole)


def _message(follower: Subscriber, watch: Watch, words: str, now: dt.datetime) -> Message:
    return Message(
        message_id(follower.chat, "baseline", watch.id, str(int(now.timestamp()))),
        follower.chat,
        "baseline",
        (),
        now,
        severity=Severity.INFO,
        silent=True,
        watch=watch.id,
        text=words,
        html=True,
    )
