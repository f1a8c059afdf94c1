"""What the bot remembers beside the subscribers: how far it has read, who was invited, who asked to come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from monitor.core.view import Table
from monitor.model import ChatId


@dataclass(frozen=True, slots=True)
class Progress:
    """The last update whose effect is stored; committed together with that effect."""

    update: int


@dataclass(frozen=True, slots=True)
class Invite:
    """A code that lets one chat in, kept as its hash. Times are seconds since the epoch."""

    code: str
    role: Literal["admin", "follower"]
    made: float
    until: float
    used_by: ChatId | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A stranger who asked to be let in."""

    chat: ChatId
    name: str
    at: float
    decided: str = ""


PROGRESS: Table[Progress] = Table("bot_progress", Progress, key=lambda _: "updates", time=lambda _: 0.0)
INVITES: Table[Invite] = Table("bot_invites", Invite, key=lambda r: r.code, time=lambda r: r.made)
REQUESTS: Table[Request] = Table("bot_requests", Request, key=lambda r: str(r.chat), time=lambda r: r.at)
