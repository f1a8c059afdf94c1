"""Critical alerts ring again until somebody has seen them, for those who asked for it. Called as `audience` is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from monitor.core.view import Draft, Table
from monitor.model import AlertId, ChatId, Message, MessageId

AFTER = (dt.timedelta(minutes=10), dt.timedelta(minutes=30))
"""When it rings again, from the first time on."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody in the chat has seen the alert. Written by the bot alone."""

    chat: ChatId
    alert: AlertId
    at: float


@dataclass(frozen=True, slots=True)
class Ringing:
    """An alert that waits to be seen: what rang, and at which times (seconds since the epoch) it is due again."""

    message: Message
    due: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bells:
    """All that ring at present: few at any time, so one record holds them."""

    ringing: tuple[Ringing, ...] = ()


SEEN: Table[Seen] = Table("seen_alerts", Seen, key=lambda r: f"{r.chat}/{r.alert}", time=lambda r: r.at)
BELLS: Table[Bells] = Table("bells", Bells, key=lambda _: "bells", time=lambda _: 0.0)


def ring(message: Message, draft: Draft, now: dt.datetime) -> None:
    """Note that a message is to ring again unless it is seen."""
    bells = draft.get(BELLS, "bells") or Bells()
    times = tuple((now + span).timestamp() for span in AFTER)
    draft.put(BELLS, Bells((*bells.ringing, Ringing(message, times))))


def due(draft: Draft, now: dt.datetime) -> tuple[Message, ...]:
    """What rings again now, as a reply to what nobody has seen."""
    bells = draft.get(BELLS, "bells") or Bells()
    if not any(r.due[0] <= now.timestamp() for r in bells.ringing):
        return ()
    again = tuple(_again(bells, draft, now))
    left = tuple(r for r in (_left(r, now) for r in bells.ringing if not _seen(r, draft)) if r.due)
    draft.put(BELLS, Bells(left))
    return again


def _again(bells: Bells, draft: Draft, now: dt.datetime) -> Iterator[Message]:
    for bell in bells.ringing:
        if bell.due[0] <= now.timestamp() and not _seen(bell, draft):
            first = bell.message
            key = MessageId(f"{first.id}+{len(AFTER) - len(bell.due) + 1}")
            yield replace(first, id=key, created=now, reply_to=first.id, attachment="", silent=False)


def _left(bell: Ringing, now: dt.datetime) -> Ringing:
    return replace(bell, due=tuple(t for t in bell.due if t > now.timestamp()))


def _seen(bell: Ringing, draft: Draft) -> bool:
    return any(draft.get(SEEN, f"{bell.message.chat}/{alert}") is not None for alert in bell.message.alerts)
