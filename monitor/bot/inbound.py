"""What reaches the bot, as plain values: a Telegram update is read here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from telegram import Chat, Message, Update, User
from telegram.constants import ChatMemberStatus

from monitor.model import ChatId

ChatKind = Literal["private", "group", "supergroup", "channel"]
UPDATES = ["message", "channel_post", "callback_query", "my_chat_member"]
"""The kinds of updates that are asked for."""
_ANONYMOUS_ADMIN = 1087968824
"""Telegram's own account behind which an anonymous admin of a group writes."""


@dataclass(frozen=True, slots=True)
class Place:
    """The chat in which something was said."""

    chat: ChatId
    kind: ChatKind
    title: str = ""
    forum: bool = False
    thread: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who said it; None of this is known of a channel's post."""

    id: int = 0
    name: str = ""
    lang: str = "en"
    speaks_for_chat: bool = False
    """An admin by the way of writing: a channel's post, or an anonymous admin."""


@dataclass(frozen=True, slots=True)
class Said:
    """A command, or other words in private. `command` is empty for these."""

    update: int
    place: Place
    person: Person
    command: str
    rest: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button under one of our messages; `query` is to be answered."""

    update: int
    place: Place
    person: Person
    query: str
    data: str


@dataclass(frozen=True, slots=True)
class Welcomed:
    """The bot may write to a chat again (`welcome`), or no more."""

    update: int
    place: Place
    welcome: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A group became a supergroup of another number."""

    update: int
    place: Place
    chat: ChatId


Inbound = Said | Pressed | Welcomed | Moved


def read(update: Update, username: str) -> Inbound | None:
    """What an update says to us; None if it is nothing to us (chatter in a group, another bot's command)."""
    if query := update.callback_query:
        if query.data is None or not isinstance(query.message, Message):
            return None
        place = _place(query.message.chat, query.message)
        return Pressed(update.update_id, place, _person(query.from_user), query.id, query.data)
    if change := update.my_chat_member:
        gone = change.new_chat_member.status in {ChatMemberStatus.BANNED, ChatMemberStatus.LEFT}
        why = "the bot was blocked or removed" if gone else ""
        return Welcomed(update.update_id, _place(change.chat), not gone, why)
    message = update.effective_message
    return _said(update, message, username) if message else None


def _said(update: Update, message: Message, username: str) -> Inbound | None:
    place = _place(message.chat, message)
    if message.migrate_to_chat_id:
        return Moved(update.update_id, place, ChatId(message.migrate_to_chat_id))
    text = (message.text or "").strip()
    command, rest = _command(text, username)
    if not text or (not command and place.kind != "private"):
        return None
    person = _person(message.from_user) if message.from_user else Person()
    if message.sender_chat is not None and message.sender_chat.id == message.chat.id:
        person = Person(_ANONYMOUS_ADMIN, speaks_for_chat=True)
    return Said(update.update_id, place, person, command, rest)


def _command(text: str, username: str) -> tuple[str, str]:
    """`/mute@ourbot 24h` → `("mute", "24h")`; words without a command, or for another bot, have none."""
    if not text.startswith("/"):
        return "", text
    head, _, rest = text[1:].partition(" ")
    name, _, bot = head.partition("@")
    if bot and bot.casefold() != username.casefold():
        return "", text
    return name.casefold(), rest.strip()


def _place(chat: Chat, message: Message | None = None) -> Place:
    thread = message.message_thread_id if message and message.is_topic_message else None
    title = chat.title or chat.full_name or ""
    return Place(ChatId(chat.id), cast(ChatKind, chat.type), title[:100], bool(chat.is_forum), thread)


def _person(user: User) -> Person:
    return Person(user.id, user.full_name[:60], user.language_code or "en")
