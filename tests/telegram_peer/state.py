"""What the server remembers: chats, messages, updates, faults to make, and who sent how much lately."""

import asyncio
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from monitor import clock

FORBIDDEN = {
    "blocked": "Forbidden: bot was blocked by the user",
    "deactivated": "Forbidden: user is deactivated",
    "kicked": "Forbidden: bot was kicked from the {kind} chat",
    "left": "Forbidden: bot is not a member of the {kind} chat",
    "deleted": "Forbidden: the group chat was deleted",
}


class Refusal(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code, description, **parameters):
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class Sent:
    """A message as its chat sees it."""

    id: int
    text: str
    entities: list
    date: int
    by: dict
    reply_to: int | None = None
    markup: dict | None = None
    silent: bool = False
    thread: int | None = None
    photo: bytes | None = None
    document: tuple | None = None
    edits: int = 0
    deleted: bool = False

    @property
    def is_media(self):
        return self.photo is not None or self.document is not None


@dataclass
class Chat:
    id: int
    kind: str
    title: str
    admins: set = field(default_factory=set)
    members: dict = field(default_factory=dict)
    topics: dict = field(default_factory=dict)
    forum: bool = False
    gone: str | None = None
    became: int | None = None
    messages: dict = field(default_factory=dict)
    pinned: list = field(default_factory=list)

    def public(self):
        """The Chat object of the API."""
        if self.kind == "private":
            return {"id": self.id, "type": "private", "first_name": self.title}
        return {"id": self.id, "type": self.kind, "title": self.title} | ({"is_forum": True} if self.forum else {})


class Flood:
    """Telegram's limits on what a bot sends: a chat, a group, over all. Off with `enforce = False`."""

    def __init__(self, clock, enforce=True):
        self.clock, self.enforce = clock, enforce
        self.all, self.groups, self.last = deque(), defaultdict(deque), {}
        self.refused = 0

    def take(self, chat):
        """Count one send or edit; raises the 429 it deserves."""
        if not self.enforce:
            return
        now = self.clock()
        wait = max(self._all(now), self._chat(chat, now), self._group(chat, now))
        if wait > 0:
            self.refused += 1
            seconds = max(1, round(wait + 0.49))
            raise Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        self.all.append(now)
        self.last[chat] = now
        if chat < 0:
            self.groups[chat].append(now)

    def _all(self, now):
        while self.all and self.all[0] <= now - 1:
            self.all.popleft()
        return self.all[0] + 1 - now if len(self.all) >= 30 else 0

    def _chat(self, chat, now):
        return self.last.get(chat, now - 1) + 1 - now

    def _group(self, chat, now):
        times = self.groups[chat]
        while times and times[0] <= now - 60:
            times.popleft()
        return times[0] + 60 - now if chat < 0 and len(times) >= 20 else 0


class World:
    """One bot and everybody it can talk to. `speed` runs the server's clock faster or slower than the wall's."""

    def __init__(self, token, speed=1.0, enforce=True):
        self.token, self.speed = token, speed
        self.start = time.monotonic()
        self.epoch = int(clock.now().timestamp())
        self.me = {
            "id": int(token.split(":")[0]),
            "is_bot": True,
            "first_name": "Tocsin",
            "username": "tocsin_test_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
        self.chats, self.users, self.files = {}, {}, {}
        self.flood = Flood(self.now, enforce)
        self.faults, self.journal = [], []
        self.refusals, self.refusable = (0.0, [1]), 0
        self.updates, self.next_update, self.allowed = [], 1, None
        self.poller, self.changed = 0, asyncio.Condition()
        self.last_conflict = 0.0
        self.webhook, self.commands, self.callbacks = {}, {}, {}
        self.privacy = True

    def now(self):
        """The server's clock in seconds."""
        return self.epoch + (time.monotonic() - self.start) * self.speed

    def user(self, user_id, name="", lang="en"):
        """The user, made on first sight, with a private chat of the same number."""
        if user_id not in self.users:
            named = name or f"User {user_id}"
            self.users[user_id] = {"id": user_id, "is_bot": False, "first_name": named, "language_code": lang}
            self.chats[user_id] = Chat(user_id, "private", named)
        return self.users[user_id]

    def chat(self, key):
        """A chat the bot may write to; raises Telegram's refusals."""
        chat = self.chats.get(int(key)) if str(key).lstrip("-").isdigit() else None
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        if chat.became is not None:
            what = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, what, migrate_to_chat_id=chat.became)
        if chat.gone:
            raise Refusal(403, FORBIDDEN[chat.gone].format(kind=chat.kind))
        return chat

    def add(self, chat, text, entities, by, **fields):
        """A new message in a chat."""
        sent = Sent(len(chat.messages) + 1, text, entities, int(self.now()), by, **fields)
        chat.messages[sent.id] = sent
        return sent

    async def tell(self, kind, content):
        """A new update for the bot; returns its id."""
        if self.allowed is not None and kind not in self.allowed:
            return None
        async with self.changed:
            update = {"update_id": self.next_update, kind: content}
            self.next_update += 1
            self.updates.append(update)
            self.changed.notify_all()
        return update["update_id"]

    def fault(self, method, chat):
        """The next fault ordered for this call, if any."""
        if refusal := self._refusal(method):
            return refusal
        for fault in self.faults:
            if fault["method"] not in {method, "*"} or fault.get("chat_id") not in {None, chat}:
                continue
            fault["seen"] = fault.get("seen", 0) + 1
            if fault["seen"] % fault.get("every", 1):
                continue
            fault["times"] = fault.get("times", 1) - 1
            if fault["times"] == 0:
                self.faults.remove(fault)
            return fault
        return None

    def _refusal(self, method):
        """The 429 that is this call's lot, while a share of all calls is to be refused."""
        share, pauses = self.refusals
        if not share or not method.startswith("send"):
            return None
        self.refusable += 1
        if int(self.refusable * share) == int((self.refusable - 1) * share):
            return None
        seconds = pauses[self.refusable % len(pauses)]
        what = f"Too Many Requests: retry after {seconds}"
        return {"code": 429, "description": what, "parameters": {"retry_after": seconds}}

    def shown(self, chat, sent):
        """The Message object of the API."""
        message = {"message_id": sent.id, "date": sent.date, "chat": chat.public(), "from": sent.by}
        message |= {"sender_chat": chat.public()} if chat.kind == "channel" else {}
        text, entities = ("caption", "caption_entities") if sent.is_media else ("text", "entities")
        if sent.text:
            message |= {text: sent.text} | ({entities: sent.entities} if sent.entities else {})
        if sent.photo is not None:
            size = {
                "file_id": f"photo-{chat.id}-{sent.id}",
                "file_unique_id": f"u{sent.id}",
                "width": 900,
                "height": 600,
            }
            message["photo"] = [size]
        if sent.document is not None:
            key = f"document-{chat.id}-{sent.id}"
            message["document"] = {"file_id": key, "file_unique_id": f"d{sent.id}", "file_name": sent.document[0]}
        if sent.reply_to in chat.messages:
            message["reply_to_message"] = self.shown(chat, chat.messages[sent.reply_to])
        if sent.markup:
            message["reply_markup"] = sent.markup
        if sent.thread:
            message |= {"message_thread_id": sent.thread, "is_topic_message": True}
        if sent.edits:
            message["edit_date"] = int(self.now())
        return message
