"""One update → what it changes and says: the table of commands and buttons, and who may use them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from monitor.bot import administering, asking, quieting, subscribing
from monitor.bot.answers import Answer, Ask, Handler, saved, words
from monitor.bot.inbound import Moved, Pressed, Said, Welcomed
from monitor.channels.outcome import readdressed
from monitor.model import Message, MessageId

Who = Literal["anyone", "chat_admin", "admin"]
BUTTONS_LIVE = dt.timedelta(days=7)
"""A message's buttons work for this long after it was made."""


@dataclass(frozen=True, slots=True)
class Command:
    """`who`: in a group only its admins may change what the group gets; `admin` ones work in private alone."""

    handler: Handler
    who: Who = "chat_admin"
    hidden: bool = False


COMMANDS = {
    "start": Command(subscribing.start),
    "watches": Command(subscribing.watches),
    "follow": Command(subscribing.follow),
    "unfollow": Command(subscribing.unfollow),
    "level": Command(subscribing.level),
    "mute": Command(quieting.mute),
    "quiet": Command(quieting.quiet),
    "tz": Command(quieting.tz),
    "digest": Command(quieting.digest),
    "ring": Command(quieting.ring),
    "topics": Command(subscribing.topics),
    "claims": Command(asking.claims, "anyone"),
    "latest": Command(asking.latest, "anyone"),
    "why": Command(asking.why, "anyone"),
    "sources": Command(asking.sources, "anyone"),
    "status": Command(asking.status, "anyone"),
    "export": Command(asking.export),
    "stop": Command(subscribing.stop),
    "help": Command(asking.help_, "anyone"),
    "invite": Command(administering.invite, "admin"),
    "pending": Command(administering.pending, "admin"),
    "approve": Command(administering.approve, "admin", hidden=True),
    "deny": Command(administering.deny, "admin", hidden=True),
    "source": Command(administering.source, "admin"),
    "health": Command(administering.health, "admin"),
    "broadcast": Command(administering.broadcast, "admin"),
}
_STRANGERS = {"start", "help", "stop"}
"""What also those may say whom nobody has let in."""

Press = Callable[[Ask, Message, str], Answer]


def _on_message(act: Callable[[Ask, Message], Answer]) -> Press:
    return lambda ask, message, _: act(ask, message)


def _on_key(act: Callable[[Ask, str], Answer]) -> Press:
    return lambda ask, _, key: act(ask, key)


BUTTONS: dict[str, tuple[Press, Who]] = {
    "mute": (_on_message(quieting.pressed_mute), "chat_admin"),
    "why": (_on_message(asking.pressed_why), "anyone"),
    "sources": (_on_message(asking.pressed_sources), "anyone"),
    "seen": (_on_message(quieting.pressed_seen), "anyone"),
    "high": (_on_key(subscribing.pressed_high), "chat_admin"),
    "choose": (_on_key(subscribing.pressed_choose), "chat_admin"),
    "follow": (_on_key(subscribing.pressed_follow), "chat_admin"),
    "unfollow": (_on_key(subscribing.pressed_unfollow), "chat_admin"),
    "approve": (_on_key(administering.approve), "admin"),
    "deny": (_on_key(administering.deny), "admin"),
    "broadcast": (_on_message(administering.pressed_broadcast), "admin"),
    "wrong": (_on_message(administering.pressed_wrong), "admin"),
    "wrongly": (_on_key(administering.pressed_wrongly), "admin"),
}


def answer(ask: Ask) -> Answer:
    """What one update changes and says. Pure: the same update on the same records gives the same answer."""
    match ask.inbound:
        case Said(command=command, rest=rest):
            return _said(ask, command, rest)
        case Pressed(data=data):
            return _pressed(ask, data)
        case Welcomed(welcome=welcome, why=why):
            return _welcomed(ask, why, welcome=welcome)
        case Moved(chat=chat):
            return Answer(readdressed(ask.view, ask.place.chat, chat))


def needs_chat_admin(inbound: Said | Pressed) -> bool:
    """Whether it must be asked who somebody is in a group before this may be done."""
    if inbound.place.kind == "private" or inbound.person.speaks_for_chat or inbound.place.kind == "channel":
        return False
    if isinstance(inbound, Said):
        return inbound.command in COMMANDS and COMMANDS[inbound.command].who != "anyone"
    known = BUTTONS.get(inbound.data.partition(":")[0])
    return known is not None and known[1] != "anyone"


def _said(ask: Ask, name: str, rest: str) -> Answer:
    if not name:
        return subscribing.code(ask, rest)
    command = COMMANDS.get(name)
    if command is None:
        return words(ask, "not-understood") if ask.place.kind == "private" else Answer()
    if ask.subscriber is None and name not in _STRANGERS and not _may_come_in(ask):
        return words(ask, "start-first")
    return command.handler(ask, rest) if _may(ask, command.who) else _turned_down(ask, command.who)


def _may_come_in(ask: Ask) -> bool:
    return ask.access == "open"


def _may(ask: Ask, who: Who) -> bool:
    return administering.is_admin(ask) if who == "admin" else who == "anyone" or ask.admin_here


def _turned_down(ask: Ask, who: Who) -> Answer:
    return words(ask, "not-understood" if who == "admin" else "admins-only")


def _pressed(ask: Ask, data: str) -> Answer:
    """A button carries an action, the id of the message it stands under, and perhaps what it is about."""
    action, _, rest = data.partition(":")
    key, _, about = rest.partition(":")
    message = ask.find(MessageId(key))
    if action not in BUTTONS or message is None or message.chat != ask.place.chat:
        return words(ask, "too-old")
    if ask.now - message.created > BUTTONS_LIVE:
        return words(ask, "too-old")
    press, who = BUTTONS[action]
    return press(ask, message, about) if _may(ask, who) else _turned_down(ask, who)


def _welcomed(ask: Ask, why: str, *, welcome: bool) -> Answer:
    """Blocked or thrown out: paused, all that is followed kept. Let in again: as before."""
    subscriber = ask.subscriber
    if subscriber is None or subscriber.active == welcome:
        return Answer()
    return Answer((saved(replace(subscriber, active=welcome, paused_why=why)),))
