"""The bot as the daemon runs it: updates in, one at a time, each answered once, whatever dies in between.

    getUpdates after the last stored update → what it changes and says → one commit, the update's number
    included → answer the button

An update that comes again after a crash is either not stored, then nothing of it happened, or stored, then
it is passed by. What the bot says goes through the outbox as everything else does.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    Update,
)
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest, Conflict, Forbidden, TelegramError

from monitor.bot import access, desk
from monitor.bot.answers import Answer, Ask
from monitor.bot.inbound import UPDATES, Inbound, Moved, Pressed, Said, read
from monitor.bot.records import INVITES, PROGRESS, Progress
from monitor.channels.telegram import Telegram
from monitor.core.notices import operators
from monitor.core.reach import TOPICS, Topic
from monitor.core.render import Names
from monitor.core.rules import Ruleset
from monitor.core.texts import say
from monitor.core.view import Put
from monitor.errors import StaleLease, StoreError
from monitor.model import ChatId
from monitor.settings import Access
from monitor.store.base import BOT, Lease, Store
from monitor.store.roles import Roles

log = logging.getLogger(__name__)

LONG_POLL = 50
"""Seconds that the server may hold a getUpdates open; the most that it allows."""
_TURN = dt.timedelta(seconds=150)
"""Half of it must outlast a getUpdates: two processes that listen would cut each other off."""
_REST = 2.0
"""Seconds until a process that may not listen asks again."""
_PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
_MISTAKES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What an answer raises that was written wrongly; a database or network that fails is tried again instead."""
_CHAT_ADMINS = {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR}


@dataclass
class Service:
    """Listens while it is entered. `rules` and `names` give the present ones; `clock` is the daemon's."""

    store: Store
    telegram: Telegram
    rules: Callable[[], Ruleset]
    names: Callable[[], Names]
    clock: Callable[[], dt.datetime]
    access: Access = "invite"
    hurry: Callable[[], None] = lambda: None
    """Told when there is something to send, so that an answer need not wait for a tick."""
    roles: Roles | None = None
    """Among several processes only one listens at a time; None where there is but this one."""
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    _menu_shown: bool = field(default=False, init=False)

    async def __aenter__(self) -> Self:
        """Begin to listen; the first time, log the code that makes somebody the admin."""
        await asyncio.to_thread(self._invite_admin)
        self._task = asyncio.create_task(self._listen(), name="bot")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening. An update that is being answered may be answered again; its effect happens once."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def _invite_admin(self) -> None:
        code = access.new_code()
        invite = access.first_admin(self.store.view(), code, self.clock())
        if invite is not None:
            self.store.apply([Put(INVITES, invite)])
            log.warning("send this code to the bot to become its admin", extra={"code": code})

    async def _listen(self) -> None:
        failures = 0
        while True:
            try:
                await self._round()
                failures = 0
            except (TelegramError, StoreError) as error:
                log.warning("the bot can't listen at present: %s", self.telegram.safe(error))
                if isinstance(error, Conflict):
                    log.error("another process reads this bot's updates; only one may")  # noqa: TRY400
                await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
                failures += 1

    async def _round(self) -> None:
        """What was said since the last one, or a rest while another process listens."""
        lease = await asyncio.to_thread(self.roles.hold, BOT, _TURN) if self.roles else None
        if self.roles and lease is None:
            await asyncio.sleep(_REST)
            return
        if not self._menu_shown:
            await self._show_menu()
            self._menu_shown = True
        for update in await self._updates():
            await self._take(update, lease)

    async def _updates(self) -> tuple[Update, ...]:
        last = await asyncio.to_thread(self._progress)
        return await self.telegram.bot.get_updates(offset=last + 1, timeout=LONG_POLL, allowed_updates=UPDATES)

    def _progress(self) -> int:
        stored = self.store.view().get(PROGRESS, "updates")
        return stored.update if stored else 0

    async def _take(self, update: Update, lease: Lease | None) -> None:
        """One update, wholly; one that upsets us is recorded as passed and does not come again."""
        inbound = read(update, self.telegram.bot.username)
        answer = await self._answered(inbound) if inbound is not None else Answer()
        await asyncio.to_thread(self._commit, update.update_id, answer, lease)
        self.hurry()
        await self._afterwards(inbound, answer)

    async def _answered(self, inbound: Inbound) -> Answer:
        here = await self._is_admin_here(inbound)
        try:
            answer = await asyncio.to_thread(self._answer, inbound, here)
        except _MISTAKES:  # one update that upsets us must not end the listening, nor come again for ever
            log.exception("an update could not be answered and was passed by", extra={"update": inbound.update})
            return Answer()
        return await self._with_topics(inbound, answer)

    async def _with_topics(self, inbound: Inbound, answer: Answer) -> Answer:
        """The answer with the forum topics that it needs; what may not be made is said instead."""
        chat, made = inbound.place.chat, list[Put[Topic]]()
        try:
            for watch in answer.topics:
                topic = await self.telegram.bot.create_forum_topic(chat, self.names().watch(watch))
                made.append(Put(TOPICS, Topic(chat, watch, topic.message_thread_id)))
        except (BadRequest, Forbidden):
            return answer.refused or answer
        return replace(answer, puts=(*answer.puts, *made))

    def _answer(self, inbound: Inbound, here: bool) -> Answer:
        ask = Ask(
            inbound,
            self.store.view(),
            self.store.message,
            self.rules(),
            self.names(),
            self.clock(),
            self.access,
            self.telegram.bot.username,
            admin_here=here,
        )
        return desk.answer(ask)

    def _commit(self, update: int, answer: Answer, lease: Lease | None) -> None:
        if update <= self._progress():
            return
        try:
            self.store.apply([*answer.puts, Put(PROGRESS, Progress(update))], answer.messages, lease)
        except StaleLease:
            if self.roles:
                self.roles.forget(BOT)
            raise

    async def _is_admin_here(self, inbound: Inbound) -> bool:
        if not isinstance(inbound, Said | Pressed) or not desk.needs_chat_admin(inbound):
            return True
        try:
            member = await self.telegram.bot.get_chat_member(inbound.place.chat, inbound.person.id)
        except (BadRequest, Forbidden):
            return False  # a group that does not say who its admins are has none for us
        return member.status in _CHAT_ADMINS

    async def _afterwards(self, inbound: Inbound | None, answer: Answer) -> None:
        """What need not survive a crash: the toast, the menu."""
        try:
            if isinstance(inbound, Pressed):
                await self.telegram.bot.answer_callback_query(inbound.query, text=answer.toast or None)
            for chat in answer.refresh_menu:
                await self._show_menu_of(chat)
        except TelegramError as error:
            log.info("a courtesy failed: %s", self.telegram.safe(error))
        if isinstance(inbound, Moved):
            log.info("a chat moved", extra={"chat": inbound.place.chat, "to": inbound.chat})

    async def _show_menu(self) -> None:
        """The lists of commands: for everybody, for groups, for each admin."""
        common = _menu("chat_admin", "anyone")
        await self.telegram.bot.set_my_commands(common, scope=BotCommandScopeDefault())
        await self.telegram.bot.set_my_commands(common, scope=BotCommandScopeAllGroupChats())
        for admin in await asyncio.to_thread(lambda: operators(self.store.view())):
            if admin.chat > 0:
                await self._show_menu_of(admin.chat)

    async def _show_menu_of(self, chat: ChatId) -> None:
        admins = await asyncio.to_thread(lambda: {s.chat for s in operators(self.store.view())})
        if chat in admins:
            commands = _menu("chat_admin", "anyone", "admin")
            await self.telegram.bot.set_my_commands(commands, scope=BotCommandScopeChat(chat))


def _menu(*who: desk.Who) -> list[BotCommand]:
    return [
        BotCommand(name, say(f"command-{name}"))
        for name, command in desk.COMMANDS.items()
        if command.who in who and not command.hidden
    ]
