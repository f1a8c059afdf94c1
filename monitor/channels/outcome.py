"""What becomes of a row of the outbox: before the call, and after each way in which it can end. Pure.

    pending → sending (committed before the call) → sent | pending, later | uncertain | dead

No channel of ours can be asked whether a message arrived, and none drops a second copy. So a call of
unknown outcome is made again, marked "possible repeat": a copy too many beats an alert too few.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from monitor.channels.base import BadMarkup, Dead, Delivery, Migrated, RetryAt, Sent, Uncertain
from monitor.core.limits import PAUSES, Pause
from monitor.core.notices import notice
from monitor.core.records import SUBSCRIBERS
from monitor.core.view import Put, View
from monitor.model import ChatId, Message, MessageState, Subscriber

REPEATS = 3
"""How often a message is sent again after calls of unknown outcome; then it is dead and the operator told."""
_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 300.0


@dataclass(frozen=True, slots=True)
class Settled:
    """How a call ended, and all that follows from it; committed together."""

    message: Message
    puts: tuple[Put[Any], ...] = ()
    notices: tuple[Message, ...] = ()


def begin(message: Message) -> Message:
    """The row to commit before the call: `sending`, or `dead` if it has been repeated often enough.

    A row found in `sending` was left by a crash: that call may have arrived, or not.
    """
    lost = message.unconfirmed + (message.state is MessageState.SENDING)
    if lost > REPEATS:
        return replace(message, state=MessageState.DEAD, unconfirmed=lost)
    return replace(message, state=MessageState.SENDING, unconfirmed=lost, attempts=message.attempts + 1)


def after(message: Message, delivery: Delivery, view: View, now: dt.datetime) -> Settled:
    """The row, and what else changes, after the call of a `sending` message ended with `delivery`."""
    match delivery:
        case Sent(remote):
            return Settled(replace(message, state=MessageState.SENT, remote=remote, error="", not_before=None))
        case RetryAt(why, seconds, flooded):
            later = now + dt.timedelta(seconds=_pause(message.attempts) if seconds is None else seconds)
            pause = Put(PAUSES, Pause(message.chat, now.timestamp(), later.timestamp()))
            # An earlier call of unknown outcome stays one: the next copy is still a possible repeat.
            return Settled(
                replace(message, state=MessageState.PENDING, not_before=later, error=why), (pause,) if flooded else ()
            )
        case Uncertain(why):
            return _uncertain(message, view, now, why)
        case BadMarkup(why):
            return _plainly(message, view, now, why)
        case Migrated(chat):
            moved = replace(message, chat=chat, state=MessageState.PENDING, error=f"the chat became {chat}")
            return Settled(moved, readdressed(view, message.chat, chat))
        case Dead(why, chat_gone):
            puts = _paused(view, message.chat, why) if chat_gone else ()
            return replace(given_up(message, view, now, why), puts=puts)


def given_up(message: Message, view: View, now: dt.datetime, why: str) -> Settled:
    """A dead message, and word of it to the operators (but no word about a word)."""
    dead = replace(message, state=MessageState.DEAD, error=why)
    if message.kind == "notice":
        return Settled(dead)
    text = f"Message {message.id} to chat {message.chat} was given up after {message.attempts} tries: {why}"
    return Settled(dead, notices=notice(view, f"dead:{message.id}", text, now))


def _uncertain(message: Message, view: View, now: dt.datetime, why: str) -> Settled:
    lost = replace(message, state=MessageState.UNCERTAIN, unconfirmed=message.unconfirmed + 1, error=why)
    if lost.unconfirmed > REPEATS:
        return given_up(lost, view, now, f"never confirmed: {why}")
    return Settled(replace(lost, not_before=now + dt.timedelta(seconds=_pause(lost.unconfirmed))))


def _plainly(message: Message, view: View, now: dt.datetime, why: str) -> Settled:
    if message.plain:
        return given_up(message, view, now, why)
    text = f"The channel refused the markup of message {message.id}; it goes out as plain text: {why}"
    return Settled(
        replace(message, state=MessageState.PENDING, plain=True, error=why),
        notices=notice(view, f"markup:{now.date()}", text, now),
    )


def _pause(tries: int) -> float:
    """Seconds before the next try: doubled each time, up to five minutes, without end."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(tries - 1, 10))


def _paused(view: View, chat: ChatId, why: str) -> tuple[Put[Subscriber], ...]:
    subscriber = view.get(SUBSCRIBERS, str(chat))
    return (Put(SUBSCRIBERS, replace(subscriber, active=False, paused_why=why)),) if subscriber else ()


def readdressed(view: View, old: ChatId, new: ChatId) -> tuple[Put[Subscriber], ...]:
    """The subscription of a group that became a supergroup: it goes on under the new number; the old one leads there.

    Whoever learns of it first (an update, or a refused call) moves it; nothing is moved twice.
    """
    subscriber = view.get(SUBSCRIBERS, str(old))
    if subscriber is None or subscriber.became is not None:
        return ()
    moved = replace(subscriber, chat=new, kind="supergroup")
    left = replace(subscriber, active=False, watches=(), paused_why=f"the chat became {new}", became=new)
    return Put(SUBSCRIBERS, left), Put(SUBSCRIBERS, moved)
