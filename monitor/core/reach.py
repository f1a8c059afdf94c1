"""On record: whom each alert reached in which message, and whom it did not and why."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from monitor.core.view import Table, View
from monitor.model import AlertId, ChatId, MessageId, WatchId


@dataclass(frozen=True, slots=True)
class Told:
    """A chat that got an alert, or will with the bundle that waits for `slot`."""

    chat: ChatId
    message: MessageId
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom one alert reached, and whom it did not and why."""

    alert: AlertId
    at: float
    told: tuple[Told, ...] = ()
    withheld: tuple[tuple[ChatId, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """The forum topic of a group in which a watch is told."""

    chat: ChatId
    watch: WatchId
    thread: int


TOPICS: Table[Topic] = Table("topics", Topic, key=lambda r: f"{r.chat}/{r.watch}", time=lambda _: 0.0)
REACHED: Table[Reached] = Table("reached", Reached, key=lambda r: r.alert, time=lambda r: r.at)


def reached(view: View, alert: AlertId) -> Reached:
    """Who was told of an alert, and who was not and why."""
    return view.get(REACHED, alert) or Reached(alert, 0.0)


def message_id(chat: ChatId, kind: str, *parts: str) -> MessageId:
    """The same chat, kind and content give the same id: enqueuing twice is impossible."""
    return MessageId(blake2b("/".join([str(chat), kind, *parts]).encode(), digest_size=10).hexdigest())
