"""Who may come in: the one-time code of the first admin, invites, requests."""

from __future__ import annotations

import datetime as dt
import secrets
from base64 import b32encode
from dataclasses import replace
from hashlib import sha256

from monitor.bot.answers import Answer, Ask, lines, reply_id, safe, told, words
from monitor.bot.records import INVITES, REQUESTS, Invite, Request
from monitor.core.notices import operators
from monitor.core.view import Put, View
from monitor.model import Button, Message

CODE_LIVES = dt.timedelta(days=2)
INVITE_LIVES = dt.timedelta(days=7)


def new_code() -> str:
    """Fourteen characters that nobody guesses (70 bits)."""
    return b32encode(secrets.token_bytes(9)).decode().rstrip("=")[:14]


def hashed(code: str) -> str:
    """How a code is kept and found: nobody who reads the database can use it."""
    return sha256(code.strip().upper().encode()).hexdigest()


def first_admin(view: View, code: str, now: dt.datetime) -> Invite | None:
    """The invite that makes whoever sends `code` the admin; None if there is an admin already."""
    if operators(view):
        return None
    return Invite(hashed(code), "admin", now.timestamp(), (now + CODE_LIVES).timestamp())


def invitation(view: View, code: str, now: dt.datetime) -> Invite | None:
    """The unused invite behind a code that is still good."""
    found = view.get(INVITES, hashed(code)) if code else None
    if found is None or found.used_by is not None or found.until < now.timestamp():
        return None
    if found.role == "admin" and operators(view):
        return None
    return found


def used(invite: Invite, ask: Ask) -> Put[Invite]:
    """The invite, spent."""
    return Put(INVITES, replace(invite, used_by=ask.place.chat))


def knock(ask: Ask) -> Answer:
    """A stranger without an invite: turned away, or put before the admins, once."""
    if ask.access == "closed":
        return words(ask, "closed")
    chat = ask.place.chat
    known = ask.view.get(REQUESTS, str(chat))
    if known is not None:
        return words(ask, "request-waits")
    name = safe(ask.place.title) or str(chat)
    request = Request(chat, name, ask.now.timestamp())
    asked = words(ask, "request-sent", puts=[Put(REQUESTS, request)])
    return replace(asked, messages=(*asked.messages, *_to_admins(ask, request)))


def _to_admins(ask: Ask, request: Request) -> list[Message]:
    return [
        told(
            ask,
            lines(ask.say("request-of", name=request.name, chat=str(request.chat))),
            [_decisions(ask, request, reply_id(ask, "request", admin.chat))],
            chat=admin.chat,
            part="request",
        )
        for admin in operators(ask.view)
    ]


def _decisions(ask: Ask, request: Request, message: str) -> tuple[Button, ...]:
    return (
        Button(ask.say("button-approve"), f"approve:{message}:{request.chat}"),
        Button(ask.say("button-deny"), f"deny:{message}:{request.chat}"),
    )
