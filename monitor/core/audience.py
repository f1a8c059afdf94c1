"""Who gets an alert, and how: at once or joined, with sound or silently, as a reply to what.

A subscriber's level, mutes, quiet hours and digest decide; so does the budget of sounds. Nothing here is
dropped in silence: who was told in which message, and who was not and why, stays on record (`REACHED`).
Only the decider calls this, in the transaction of the decision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from monitor.core import counters, hours, ringing
from monitor.core.attempts import Attempt, straight
from monitor.core.hours import following, zone
from monitor.core.reach import REACHED, Reached, Told, message_id, reached
from monitor.core.records import ALERTS, ITEMS, SUBSCRIBERS
from monitor.core.stories.aliases import names_of
from monitor.core.view import Draft, Table, View
from monitor.model import (
    Alert,
    AlertId,
    ChatId,
    DevelopmentKind,
    Message,
    MessageId,
    Severity,
    StoryId,
    Subscriber,
    WatchId,
)

SOUNDS = 10
"""Sounding messages to a chat in one local day; the rest are joined by the hour. Critical ones don't count."""
SILENT = 30
"""Messages without sound to a chat in one local day, before these are joined by the hour too."""
RESOUND = dt.timedelta(minutes=60)
"""In one story a chat is rung again after this long, or sooner if it got more severe."""
_MOST = 100_000
JOINED = 12
"""Alerts in one joined message; it fits a message by construction of the entries."""
CHARTED = {DevelopmentKind.RIVAL, DevelopmentKind.CONTRADICTED}


@dataclass(frozen=True, slots=True)
class Opening:
    """A chat's first message of a story, and how severe the one was that it last rang for."""

    chat: ChatId
    message: MessageId | None
    rang: float | None = None
    severity: Severity = Severity.INFO


@dataclass(frozen=True, slots=True)
class Thread:
    """A story as its followers' chats see it: what later messages reply to."""

    watch: WatchId
    story: StoryId
    at: float
    openings: tuple[Opening, ...] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """How many messages a chat got on one of its local days."""

    chat: ChatId
    day: str
    sounding: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True)
class Bundle:
    """Alerts that wait to be told to a chat together, at `slot` (seconds since the epoch)."""

    chat: ChatId
    slot: int
    alerts: tuple[AlertId, ...] = ()


@dataclass(frozen=True, slots=True)
class Agenda:
    """The slots at which bundles wait."""

    slots: tuple[int, ...] = ()


THREADS: Table[Thread] = Table("threads", Thread, key=lambda r: f"{r.watch}/{r.story}", time=lambda r: r.at)
SPENT: Table[Spent] = Table(
    "spent", Spent, key=lambda r: str(r.chat), time=lambda _: 0.0, indexes={"chat": lambda r: (r.chat,)}
)
BUNDLES: Table[Bundle] = Table(
    "bundles",
    Bundle,
    key=lambda r: f"{r.chat}/{r.slot}",
    time=lambda r: float(r.slot),
    indexes={"slot": lambda r: (r.slot,)},
)
AGENDA: Table[Agenda] = Table("agenda", Agenda, key=lambda _: "bundles", time=lambda _: 0.0)


def audience(alert: Alert, draft: Draft, now: dt.datetime) -> tuple[Message, ...]:
    """The messages that one alert with outcome `sent` causes now; what waits to be joined is noted in the draft.

    Corrections (`alert.corrects`) also reach every chat that got what they mend.
    """
    desk = _Desk(alert, draft, now)
    corrected = desk.correct()
    desk.tell(
        sorted((s for s in _addressed(alert, draft) if s.active and s.chat not in corrected), key=lambda s: s.chat)
    )
    return desk.close()


def _addressed(alert: Alert, draft: Draft) -> Iterable[Subscriber]:
    """Whom the watch's routes name: those who follow it, the operators, receivers; each once."""
    followers = draft.find(SUBSCRIBERS, "watch", [alert.watch]) if "followers" in alert.to else []
    everybody = draft.latest(SUBSCRIBERS, limit=_MOST) if "operators" in alert.to else []
    chats = [to.removeprefix("chat:") for to in alert.to if to.startswith("chat:")]
    named = [draft.get(SUBSCRIBERS, chat) or _enrolled(ChatId(int(chat)), draft) for chat in chats]
    return {s.chat: s for s in (*followers, *(s for s in everybody if s.admin), *named)}.values()


def _enrolled(chat: ChatId, draft: Draft) -> Subscriber:
    """A chat that rules name and that has chosen nothing itself yet: it gets all that is routed to it."""
    named = Subscriber(chat, level=Severity.INFO)
    draft.put(SUBSCRIBERS, named)
    return named


def due(draft: Draft, now: dt.datetime, attempt: Attempt = straight) -> tuple[Message, ...]:
    """What time alone brings: hourly bundles, digests, ends of quiet hours, alerts that ring again,

    counters that have grown.

    To be asked before each decision (with the item's `seen`) and on a slow tick. Only the decider asks.
    """
    rung = attempt("bells", draft, lambda d: ringing.due(d, now)) or ()
    recounted = attempt("counters", draft, lambda d: counters.due(d, now)) or ()
    slots = (draft.get(AGENDA, "bundles") or Agenda()).slots
    ripe = [slot for slot in slots if slot <= now.timestamp()]
    joined = [m for slot in ripe for m in attempt(f"bundles of {slot}", draft, partial(_slot_due, slot, now)) or ()]
    return (*rung, *recounted, *joined)


def _slot_due(slot: int, now: dt.datetime, draft: Draft) -> tuple[Message, ...]:
    slots = (draft.get(AGENDA, "bundles") or Agenda()).slots
    draft.put(AGENDA, Agenda(tuple(other for other in slots if other != slot)))
    bundles = sorted(draft.find(BUNDLES, "slot", [slot]), key=lambda b: b.chat)
    return tuple(message for bundle in bundles for message in _joined(bundle, draft, now))


def resident(view: View, chat: ChatId) -> Subscriber | None:
    """Who is behind a chat's number, also behind one that a group had before it became a supergroup."""
    found = view.get(SUBSCRIBERS, str(chat))
    return resident(view, found.became) if found and found.became is not None else found


def quiet_until(subscriber: Subscriber, now: dt.datetime) -> dt.datetime | None:
    """When the quiet hours end in which `now` lies; None outside of them."""
    if subscriber.quiet is None or subscriber.quiet[0] == subscriber.quiet[1]:
        return None
    start, end = (dt.time(hour % 24) for hour in subscriber.quiet)
    return hours.end_of(start, end, subscriber.tz, now)


def _next_hour(now: dt.datetime) -> dt.datetime:
    return now.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)


def _joined(bundle: Bundle, draft: Draft, now: dt.datetime) -> Iterable[Message]:
    subscriber = resident(draft, bundle.chat)
    if subscriber is None or not subscriber.active:
        return
    for part in range(0, len(bundle.alerts), JOINED):
        keys = bundle.alerts[part : part + JOINED]
        alerts = [a for a in (draft.get(ALERTS, key) for key in keys) if a is not None]
        worst = max((a.severity for a in alerts), key=lambda s: s.rank, default=Severity.INFO)
        yield Message(
            id=_bundled_id(bundle.chat, bundle.slot, part),
            chat=subscriber.chat,
            kind="digest",
            alerts=keys,
            created=now,
            severity=worst,
            silent=True,
        )


def _bundled_id(chat: ChatId, slot: int, place: int) -> MessageId:
    return message_id(chat, "digest", str(slot), str(place // JOINED))


@dataclass
class _Desk:
    """One alert being handed out: what is known of its story's chats, and what was decided for each."""

    alert: Alert
    draft: Draft
    now: dt.datetime
    messages: list[Message] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    withheld: list[tuple[ChatId, str]] = field(default_factory=list)
    openings: dict[ChatId, Opening] = field(default_factory=dict)
    names: list[StoryId] = field(default_factory=list)
    """Of the alert's story, its own first: threads and mutes stand under the one that it had then."""

    def __post_init__(self) -> None:
        self.names = names_of(self.alert.story, self.draft)
        threads = [self.draft.get(THREADS, f"{self.alert.watch}/{name}") for name in self.names]
        # The thread of the story's own name last: where it has one, that goes on.
        known = [o for thread in reversed(threads) if thread for o in thread.openings]
        self.openings = {o.chat: o for o in map(self._moved, known)}

    def _moved(self, opening: Opening) -> Opening:
        """The opening as it is in the chat's present place: a supergroup has none of the group's messages."""
        found = resident(self.draft, opening.chat) if opening.chat < 0 else None
        if found is None or found.chat == opening.chat:
            return opening
        return replace(opening, chat=found.chat, message=None)

    def correct(self) -> set[ChatId]:
        """Reply to every chat that got what this alert mends; returns these chats."""
        originals: dict[ChatId, Told] = {}
        for key in self.alert.corrects:
            for told in reached(self.draft, key).told:
                present = resident(self.draft, told.chat)
                originals[present.chat if present else told.chat] = told
        for chat, original in sorted(originals.items()):
            self._correct(chat, original)
        return set(originals)

    def _correct(self, chat: ChatId, original: Told) -> None:
        subscriber = self.draft.get(SUBSCRIBERS, str(chat))
        if subscriber is None or not subscriber.active:
            self.withheld.append((chat, "chat is gone"))
        elif original.slot is not None and original.slot in self._open_slots():
            self._bundle(subscriber, original.slot)
        else:
            hushed = (
                muted(subscriber, self.alert, self.now, self.names) or quiet_until(subscriber, self.now) is not None
            )
            self._send(subscriber, "correction", silent=hushed, reply_to=original.message)

    def tell(self, subscribers: Sequence[Subscriber]) -> None:
        """Everybody who follows the watch: now, later together with others, or not at all."""
        spent = {s.chat: s for s in self.draft.find(SPENT, "chat", [s.chat for s in subscribers])}
        for subscriber in subscribers:
            why = _unwanted(subscriber, self.alert, self.now, self.names)
            if why:
                self.withheld.append((subscriber.chat, why))
            else:
                self._tell(subscriber, self._today(subscriber, spent))

    def _today(self, subscriber: Subscriber, spent: Mapping[ChatId, Spent]) -> Spent:
        day = self.now.astimezone(zone(subscriber.tz)).date().isoformat()
        before = spent.get(subscriber.chat)
        return before if before and before.day == day else Spent(subscriber.chat, day)

    def _tell(self, subscriber: Subscriber, spent: Spent) -> None:
        slot = self._slot(subscriber, spent)
        if slot is not None:
            self._bundle(subscriber, int(slot.timestamp()))
            return
        rings = self._rings(subscriber)
        self._send(subscriber, "alert", silent=not rings)
        if self.alert.severity is not Severity.CRITICAL:
            self.draft.put(SPENT, replace(spent, sounding=spent.sounding + rings, silent=spent.silent + (not rings)))

    def _slot(self, subscriber: Subscriber, spent: Spent) -> dt.datetime | None:
        """When the alert is told together with others; None: now."""
        flooded = self._is_flooded()
        if subscriber.kind == "terminal" or (self.alert.severity is Severity.CRITICAL and not flooded):
            return None
        waits = [end for end in (quiet_until(subscriber, self.now), self.alert.wait) if end and end > self.now]
        if waits:
            return max(waits)
        if subscriber.digest and self.alert.severity.rank < Severity.HIGH.rank:
            hour, minute = map(int, subscriber.digest.split(":"))
            return following(self.now.astimezone(zone(subscriber.tz)), hour, minute)
        over = spent.sounding >= SOUNDS if self._rings(subscriber) else spent.silent >= SILENT
        return _next_hour(self.now) if flooded or over or self.alert.severity is Severity.INFO else None

    def _is_flooded(self) -> bool:
        """Whether the item came with hundreds of others. What is grave and fresh among them still can't wait."""
        item = self.draft.get(ITEMS, self.alert.item)
        critical = self.alert.severity is Severity.CRITICAL
        return item is not None and "flood" in item.marks and not (critical and "old" not in item.marks)

    def _rings(self, subscriber: Subscriber) -> bool:
        """Sound is for high and critical, in one story only anew after a while or for something more severe."""
        severity = self.alert.severity
        if severity.rank < Severity.HIGH.rank:
            return False
        opening = self.openings.get(subscriber.chat)
        if opening is None or opening.rang is None or severity.rank > opening.severity.rank:
            return True
        return self.now.timestamp() - opening.rang >= RESOUND.total_seconds()

    def _send(self, subscriber: Subscriber, kind: str, *, silent: bool, reply_to: MessageId | None = None) -> None:
        chat, alert = subscriber.chat, self.alert
        opening = self.openings.get(chat)
        key = message_id(chat, kind, alert.id)
        charted = any(d.kind in CHARTED for d in alert.developments)
        message = Message(
            id=key,
            chat=chat,
            kind="correction" if kind == "correction" else "alert",
            alerts=(alert.id,),
            created=self.now,
            severity=alert.severity,
            silent=silent,
            story=alert.story,
            watch=alert.watch,
            reply_to=reply_to or (opening.message if opening else None),
            attachment="chart" if charted else "",
        )
        self.messages.append(message)
        if subscriber.ring and alert.severity is Severity.CRITICAL:
            ringing.ring(message, self.draft, self.now)
        self.told.append(Told(chat, key))
        self._opened(chat, key, rang=not silent)

    def _opened(self, chat: ChatId, key: MessageId, *, rang: bool) -> None:
        opening = self.openings.get(chat) or Opening(chat, key)
        if opening.message is None:
            opening = replace(opening, message=key)
        if rang:
            opening = replace(opening, rang=self.now.timestamp(), severity=self.alert.severity)
        self.openings[chat] = opening

    def _bundle(self, subscriber: Subscriber, slot: int) -> None:
        chat = subscriber.chat
        bundle = self.draft.get(BUNDLES, f"{chat}/{slot}") or Bundle(chat, slot)
        key = _bundled_id(chat, slot, len(bundle.alerts))
        self.draft.put(BUNDLES, replace(bundle, alerts=(*bundle.alerts, self.alert.id)))
        if slot not in self._open_slots():
            self.draft.put(AGENDA, Agenda(tuple(sorted({*self._open_slots(), slot}))))
        self.told.append(Told(chat, key, slot))
        self._opened(chat, key, rang=False)

    def _open_slots(self) -> tuple[int, ...]:
        return (self.draft.get(AGENDA, "bundles") or Agenda()).slots

    def close(self) -> tuple[Message, ...]:
        """Put on record who was told and who was not; the messages, chats in order."""
        alert, at = self.alert, self.now.timestamp()
        self.draft.put(REACHED, Reached(alert.id, at, tuple(self.told), tuple(self.withheld)))
        if self.told:
            thread = Thread(alert.watch, alert.story, at, tuple(self.openings.values()))
            self.draft.put(THREADS, thread)
        return tuple(self.messages)


def _unwanted(subscriber: Subscriber, alert: Alert, now: dt.datetime, names: Sequence[StoryId]) -> str:
    if alert.severity.rank < subscriber.level.rank:
        return f"below level {subscriber.level}"
    return "muted" if muted(subscriber, alert, now, names) else ""


def muted(subscriber: Subscriber, alert: Alert, now: dt.datetime, names: Sequence[StoryId] = ()) -> bool:
    """Whether the subscriber does not want to hear of this at present; `names` are all those of the alert's story."""
    return any(
        mute.until > now
        and mute.watch in {None, alert.watch}
        and mute.story in {None, alert.story, *names}
        and mute.source in {None, alert.source}
        for mute in subscriber.mutes
    )
