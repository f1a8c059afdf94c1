"""What every channel offers: one message out, one outcome back.

A channel decides nothing. It renders nothing either: it is handed words that fit its limits, and says what
became of them as a value. Only a channel that can't be used at all raises (`ChannelError`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from monitor.core.render import Rendered
from monitor.model import ChatId, Message


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One call to one chat. `reply_to` and `edits` are the channel's own numbers of earlier messages."""

    message: Message
    rendered: Rendered
    reply_to: int | None = None
    edits: int | None = None
    """The message to change in place; None sends a new one."""
    photo: bytes | None = None
    """A PNG that the words become the caption of."""
    document: tuple[str, bytes] | None = None
    """A file's name and content that the words become the caption of."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel has it. `remote` is its number there; None for an edit that changed nothing."""

    remote: int | None


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Surely not delivered; try again after `after` seconds (None: whenever the schedule of tries says).

    `flooded`: the chat (and only it) asked for the pause; nothing goes to it before.
    """

    why: str
    after: float | None = None
    flooded: bool = False


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The answer was lost: it may have arrived, or not."""

    why: str


@dataclass(frozen=True, slots=True)
class Dead:
    """It will never arrive. `chat_gone`: nothing will, until the chat comes back by itself."""

    why: str
    chat_gone: bool = False


@dataclass(frozen=True, slots=True)
class BadMarkup:
    """Refused for its markup: send once more as plain text, and tell the operator."""

    why: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """Not delivered: the chat is `chat` now. Readdress everything and send again."""

    chat: ChatId


Delivery = Sent | RetryAt | Uncertain | Dead | BadMarkup | Migrated


class Channel(Protocol):
    """Where messages go."""

    async def open(self) -> None:
        """Make ready to send; raises ChannelError if that can't succeed (a wrong token)."""
        ...

    async def send(self, outgoing: Outgoing) -> Delivery:
        """Make the one call. Never raises for what becomes of a single message."""
        ...

    async def close(self) -> None:
        """Let go of connections. Nothing depends on its being called."""
        ...
