"""One request to the bot with all that an answer may need, and the answer: records, messages, a toast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from monitor.bot.inbound import Inbound, Place, Pressed, Said
from monitor.core.markup import Block, Text, clean
from monitor.core.reach import message_id
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.render import Names, notice
from monitor.core.rules import Ruleset, Watch
from monitor.core.texts import say
from monitor.core.view import Change, Put, View
from monitor.model import Alert, AlertId, Button, ChatId, Message, MessageId, Severity, Subscriber, WatchId
from monitor.settings import Access
from monitor.store.base import SOURCES


@dataclass(frozen=True)
class Ask:
    """One request. `admin_here`: whoever asks may decide for the chat (its owner, or a group's admin)."""

    inbound: Inbound
    view: View
    find: Callable[[MessageId], Message | None]
    rules: Ruleset
    names: Names
    now: dt.datetime
    access: Access = "invite"
    username: str = ""
    admin_here: bool = True

    @property
    def place(self) -> Place:
        """Where it was asked."""
        return self.inbound.place

    @property
    def subscriber(self) -> Subscriber | None:
        """The chat as a subscriber, also a paused one; None for a stranger."""
        return self.view.get(SUBSCRIBERS, str(self.place.chat))

    @property
    def lang(self) -> str:
        """The language in which to answer."""
        return self.subscriber.lang if self.subscriber else "en"

    @property
    def watches(self) -> tuple[Watch, ...]:
        """What can be followed, in the order in which it is listed."""
        return tuple(watch for watch in self.rules.watches if watch.enabled)

    def alert(self, key: AlertId) -> Alert | None:
        """An alert on record."""
        return self.view.get(ALERTS, key)

    def alerts(self, message: Message) -> list[Alert]:
        """What a message carries."""
        return [alert for key in message.alerts if (alert := self.alert(key))]

    def unseen(self) -> Iterable[str]:
        """The sources that can't be seen at present, and why."""
        for source in self.rules.sources.values():
            state = self.view.get(SOURCES, source.id)
            if source.enabled and state and state.failing_since:
                yield f"{source.publisher}: {state.what or state.error}"

    def say(self, key: str, **values: str | float) -> str:
        """A text in the asker's language."""
        return say(key, self.lang, **values)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request changes and says. `toast` is shown to whoever pressed a button."""

    puts: tuple[Change, ...] = ()
    messages: tuple[Message, ...] = ()
    toast: str = ""
    refresh_menu: tuple[ChatId, ...] = ()
    """Chats whose list of commands changed."""
    topics: tuple[WatchId, ...] = ()
    """Watches for which the group is to get a forum topic first; where it can't, `refused` is the answer."""
    refused: Answer | None = None


Handler = Callable[[Ask, str], Answer]


def words(ask: Ask, key: str, *, puts: Iterable[Put[Any]] = (), **values: str | float) -> Answer:
    """Answer with one text of the catalogue: a message to a command, a toast to a button."""
    text = ask.say(key, **values)
    if isinstance(ask.inbound, Pressed):
        return Answer(tuple(puts), toast=text[:200])
    return Answer(tuple(puts), (told(ask, lines(text)),))


def told(
    ask: Ask,
    blocks: Iterable[Block],
    buttons: Iterable[tuple[Button, ...]] = (),
    *,
    chat: ChatId | None = None,
    part: str = "",
    silent: bool = False,
    attachment: str = "",
) -> Message:
    """A message of the bot's own. Its id follows from the update, so one update never causes two."""
    to = ask.place.chat if chat is None else chat
    return Message(
        reply_id(ask, part, to),
        to,
        "notice",
        (),
        ask.now,
        severity=Severity.LOW,
        silent=silent,
        thread=ask.place.thread if chat is None else None,
        text=notice(list(blocks)),
        html=True,
        buttons=tuple(buttons),
        attachment=attachment,
    )


def reply_id(ask: Ask, part: str = "", chat: ChatId | None = None) -> MessageId:
    """The id of the message that answers this update; buttons under it carry it."""
    return message_id(ask.place.chat if chat is None else chat, "reply", str(ask.inbound.update), part)


def lines(text: str, weight: int = 5) -> list[Block]:
    """Words of the catalogue as a block, one line each; feed text among them must be clean already."""
    return [Block(tuple((Text(line),) for line in text.splitlines()), weight)]


def given(ask: Ask) -> str:
    """The words behind a command."""
    return ask.inbound.rest if isinstance(ask.inbound, Said) else ""


def saved(subscriber: Subscriber) -> Put[Subscriber]:
    """The subscriber as it is to be kept."""
    return Put(SUBSCRIBERS, subscriber)


def safe(text: str, limit: int = 100) -> str:
    """A user's or a feed's words, safe to show."""
    return clean(text, limit)
