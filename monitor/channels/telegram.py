"""Messages through Telegram's Bot API (python-telegram-bot); each of its exceptions is mapped by what it means.

Telegram has no idempotency key: where the answer is lost, nobody knows whether the message arrived. So the
kinds of failure are told apart by their cause: a refused connection or an error answer is a refusal, a
lost answer is uncertain. `BadRequest` and `TimedOut` are both `NetworkError`s here, and mean opposite things.
The token stands in every request's address: nothing here shows it, and no exception that may is passed on.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections import deque
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from monitor.channels.base import BadMarkup, Dead, Delivery, Migrated, Outgoing, RetryAt, Sent, Uncertain
from monitor.errors import ChannelError
from monitor.model import Button, ChatId

API: Final = "https://api.telegram.org"
_CONNECTIONS, _PATIENCE, _REASON = 32, 15.0, 300
_TOKEN_PAUSE = 60.0
_CHATS_KEPT = 10_000
_TRIES, _FIRST_PAUSE = 6, 0.5

_REFUSED_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_GONE = (
    "chat not found",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_restricted",
    "peer_id_invalid",
    "topic_closed",
    "bot is not a member",
)
"""Refusals (400) after which nothing else will reach this chat either."""


@dataclass(frozen=True, slots=True)
class Spacing:
    """At most `count` calls begun in `window` seconds, `least` apart; in one chat `chat` seconds apart."""

    count: int = 28
    window: float = 1.0
    least: float = 0.02
    chat: float = 1.05

    def faster(self, times: float) -> Spacing:
        """The same for a server whose clock runs so many times faster."""
        return Spacing(self.count, self.window / times, self.least / times, self.chat / times)


class Gate:
    """Spaces calls by when they really begin. `core.limits` chose them earlier, and a busy process may stall:

    what waited meanwhile must not begin all at once.
    """

    def __init__(self, spacing: Spacing) -> None:
        self._spacing = spacing
        self._turn = asyncio.Lock()
        self._begun: deque[float] = deque([float("-inf")] * spacing.count, spacing.count)
        self._chats: dict[ChatId, float] = {}

    async def passed(self, chat: ChatId) -> None:
        """Wait for this call's turn."""
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(self._chats.get(chat, 0.0) - clock())
        async with self._turn:
            free = max(self._begun[0] + self._spacing.window, self._begun[-1] + self._spacing.least)
            await asyncio.sleep(free - clock())
            self._begun.append(clock())
        self._chats[chat] = clock() + self._spacing.chat
        if len(self._chats) > _CHATS_KEPT:
            self._chats = {c: at for c, at in self._chats.items() if at > clock()}


class Telegram:
    """One bot. `bot` is open to the side that listens to subscribers; everything sent goes through `send`."""

    def __init__(self, token: str, api: str | None = None, spacing: Spacing = Spacing()) -> None:
        # How the library is told that `retry_after` may be a timedelta; otherwise each flood warns of it.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        self._secret = token
        self._gate = Gate(spacing)
        base = (api or API).rstrip("/")
        self._requests = _request(_CONNECTIONS, _PATIENCE), _request(2, 70.0)
        self.bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._requests[0],
            get_updates_request=self._requests[1],
        )

    def __repr__(self) -> str:
        return "Telegram(bot)"

    async def open(self) -> None:
        """Ask the server who we are; raises ChannelError for a refused token or a server that stays away."""
        try:
            await self._introduce()
        except ChannelError:
            await self.close()
            raise

    async def _introduce(self) -> None:
        why = ""
        for attempt in range(_TRIES):
            try:
                return await self.bot.initialize()
            except InvalidToken:
                raise ChannelError("TOCSIN_TELEGRAM_TOKEN: Telegram refuses this token") from None
            except TelegramError as error:
                why = self.safe(error)
            await asyncio.sleep(_FIRST_PAUSE * 2**attempt)
        raise ChannelError(f"Telegram can't be reached: {why}")

    async def send(self, outgoing: Outgoing) -> Delivery:
        """Make the one call (see `Channel.send`)."""
        if outgoing.message.kind == "edit" and outgoing.edits is None:
            return Sent(None)  # what it would change never arrived
        await self._gate.passed(outgoing.message.chat)
        try:
            return await self._call(outgoing)
        except TelegramError as error:
            return self._outcome(error)

    async def close(self) -> None:
        """Close the connections."""
        for request in self._requests:
            await request.shutdown()

    def safe(self, error: Exception) -> str:
        """An error's words, short, without the token."""
        words = f"{type(error).__name__}: {error}".replace(self._secret, "<token>")
        return words[:_REASON]

    async def _call(self, outgoing: Outgoing) -> Delivery:
        if outgoing.edits is not None:
            return await self._edit(outgoing, outgoing.edits)
        try:
            sent = await self._new(outgoing)
        except BadRequest as error:
            less = _plainer(outgoing, str(error).casefold())
            if less is None:
                raise
            sent = await self._new(less)
        return Sent(sent.message_id)

    async def _new(self, outgoing: Outgoing) -> Any:  # noqa: ANN401 - a telegram.Message
        message, words = outgoing.message, _words(outgoing)
        common: dict[str, Any] = {
            "chat_id": message.chat,
            "disable_notification": message.silent,
            "message_thread_id": message.thread,
            "reply_parameters": _reply(outgoing),
            "reply_markup": _keyboard(outgoing.rendered.buttons),
            "parse_mode": None if message.plain else ParseMode.HTML,
        }
        if outgoing.photo is not None:
            return await self.bot.send_photo(photo=InputFile(outgoing.photo, "claims.png"), caption=words, **common)
        if outgoing.document is not None:
            name, content = outgoing.document
            return await self.bot.send_document(document=InputFile(content, name), caption=words, **common)
        return await self.bot.send_message(text=words, link_preview_options=_NO_PREVIEW, **common)

    async def _edit(self, outgoing: Outgoing, remote: int) -> Delivery:
        message = outgoing.message
        common: dict[str, Any] = {
            "chat_id": message.chat,
            "message_id": remote,
            "reply_markup": _keyboard(outgoing.rendered.buttons),
            "parse_mode": None if message.plain else ParseMode.HTML,
        }
        try:
            await self._change(outgoing, common, caption=bool(message.attachment))
        except BadRequest as error:
            words = str(error).casefold()
            if "no text in the message" in words or "no caption in the message" in words:
                await self._change(outgoing, common, caption=not message.attachment)
            elif "message is not modified" not in words:
                raise
        return Sent(remote)

    async def _change(self, outgoing: Outgoing, common: dict[str, Any], *, caption: bool) -> None:
        words = _words(outgoing)
        if caption:
            await self.bot.edit_message_caption(caption=words, **common)
        else:
            await self.bot.edit_message_text(text=words, link_preview_options=_NO_PREVIEW, **common)

    def _outcome(self, error: TelegramError) -> Delivery:
        why = self.safe(error)
        match error:
            case RetryAfter():
                return RetryAt(why, _seconds(error.retry_after), flooded=True)
            case ChatMigrated():
                return Migrated(ChatId(error.new_chat_id))
            case Forbidden():
                return Dead(why, chat_gone=True)
            case BadRequest():
                return _refused(why)
            case TimedOut() | NetworkError():
                return _lost(error, why)
            case _:  # a revoked token, an address that is no Bot API: the operator's to mend, nobody's message dies
                return RetryAt(why, _TOKEN_PAUSE)


_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def _request(connections: int, patience: float) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=patience,
        write_timeout=patience,
        connect_timeout=5.0,
        pool_timeout=5.0,
    )


def _refused(why: str) -> Delivery:
    """What a 400 means."""
    words = why.casefold()
    if "parse entities" in words or "entity" in words:
        return BadMarkup(why)
    return Dead(why, chat_gone=any(sign in words for sign in _GONE))


def _lost(error: NetworkError, why: str) -> Delivery:
    """No answer, or none from the Bot API: whether the message arrived depends on how far the call came."""
    cause = error.__cause__
    if isinstance(cause, _REFUSED_BEFORE_SENDING):
        return RetryAt(why)
    answered = not isinstance(error, TimedOut) and cause is None
    return RetryAt(why) if answered else Uncertain(why)


def _plainer(outgoing: Outgoing, refusal: str) -> Outgoing | None:
    """The same without what the chat can't take: a topic that is gone, a picture it does not allow."""
    if outgoing.message.thread is not None and "thread not found" in refusal:
        return replace(outgoing, message=replace(outgoing.message, thread=None))
    if outgoing.photo is not None and "parse entities" not in refusal and "photo" in refusal:
        return replace(outgoing, photo=None)
    return None


def _words(outgoing: Outgoing) -> str:
    return outgoing.rendered.plain if outgoing.message.plain else outgoing.rendered.html


def _reply(outgoing: Outgoing) -> ReplyParameters | None:
    if outgoing.reply_to is None:
        return None
    return ReplyParameters(outgoing.reply_to, allow_sending_without_reply=True)


def _keyboard(rows: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup([[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in rows])


def _seconds(pause: int | dt.timedelta) -> float:
    return pause.total_seconds() if isinstance(pause, dt.timedelta) else float(pause)
