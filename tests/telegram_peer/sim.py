"""`/sim/…`: playing users, groups and the network's bad days."""

import secrets

from .entities import parse
from .methods import RIGHTS
from .state import Chat


class Sim:
    """Each action takes a JSON object and answers one."""

    def __init__(self, world):
        self.world = world

    async def call(self, name, given):
        return await getattr(self, f"do_{name}")(**given)

    async def do_message(self, *, user_id, text, chat_id=None, lang="en", name="", thread=None, reply_to=None):
        """A user writes, in private or to a group; privacy mode hides from the bot what is not for it."""
        world = self.world
        user = world.user(user_id, name, lang)
        chat = world.chats[chat_id or user_id]
        if chat.id < 0:
            chat.members[user_id] = user
        shown, entities = parse(text, None)
        sent = world.add(chat, shown, entities, user, thread=thread, reply_to=reply_to)
        if chat.kind in {"private", "channel"} or not world.privacy or self._addressed(chat, sent):
            kind = "channel_post" if chat.kind == "channel" else "message"
            await world.tell(kind, world.shown(chat, sent))
        return {"message_id": sent.id}

    def _addressed(self, chat, sent):
        command = any(e["type"] == "bot_command" and e["offset"] == 0 for e in sent.entities)
        parent = chat.messages.get(sent.reply_to)
        other = "@" in sent.text.split()[0] and self.world.me["username"] not in sent.text.split()[0]
        return (command and not other) or (parent is not None and parent.by == self.world.me)

    async def do_press(self, *, user_id, message_id, label, chat_id=None):
        """A user presses the button of that label under a message."""
        world = self.world
        chat = world.chats[chat_id or user_id]
        sent = chat.messages[message_id]
        rows = (sent.markup or {}).get("inline_keyboard", [])
        button = next((b for row in rows for b in row if label in b["text"]), None)
        if button is None:
            return {"error": f"no button {label!r}", "buttons": [b["text"] for row in rows for b in row]}
        key = secrets.token_hex(8)
        query = {
            "id": key,
            "from": world.user(user_id),
            "chat_instance": str(chat.id),
            "message": world.shown(chat, sent),
            "data": button["callback_data"],
        }
        world.callbacks[key] = query
        await world.tell("callback_query", query)
        return {"id": key}

    async def do_answer(self, *, query):
        """What the bot answered to a press; null while it has not."""
        return {"text": self.world.callbacks.get(query, {}).get("answer")}

    async def do_group(self, *, chat_id, title="Group", kind="supergroup", admins=(), members=(), forum=False):
        """A group or channel with the bot in it."""
        world = self.world
        chat = Chat(chat_id, kind, title, set(admins), forum=forum)
        chat.members = {user: world.user(user) for user in {*admins, *members}}
        world.chats[chat_id] = chat
        by = world.user(next(iter(admins), 1))
        await self._membership(chat, by, "left", "member" if kind != "channel" else "administrator")
        return {}

    async def do_block(self, *, user_id):
        """A user blocks the bot."""
        chat = self.world.chats[user_id]
        chat.gone = "blocked"
        await self._membership(chat, self.world.user(user_id), "member", "kicked")
        return {}

    async def do_unblock(self, *, user_id):
        """A user lets the bot in again."""
        chat = self.world.chats[user_id]
        chat.gone = None
        await self._membership(chat, self.world.user(user_id), "kicked", "member")
        return {}

    async def do_gone(self, *, chat_id, how):
        """A chat goes away without a word: blocked, deactivated, kicked, left, deleted."""
        self.world.chats[chat_id].gone = how
        return {}

    async def do_kick(self, *, chat_id, user_id):
        """An admin throws the bot out of a group."""
        chat = self.world.chats[chat_id]
        chat.gone = "kicked"
        await self._membership(chat, self.world.user(user_id), "member", "kicked")
        return {}

    async def _membership(self, chat, by, old, new):
        content = {
            "chat": chat.public(),
            "from": by,
            "date": int(self.world.now()),
            "old_chat_member": self._status(old),
            "new_chat_member": self._status(new),
        }
        await self.world.tell("my_chat_member", content)

    def _status(self, status):
        extra = {"until_date": 0} if status == "kicked" else {}
        extra |= dict.fromkeys(RIGHTS, True) | {"is_anonymous": False} if status == "administrator" else {}
        return {"status": status, "user": self.world.me} | extra

    async def do_migrate(self, *, old, new, tell=True):
        """A group becomes a supergroup: the error, and unless told otherwise the service message."""
        world = self.world
        before = world.chats[old]
        before.became = new
        world.chats[new] = Chat(new, "supergroup", before.title, before.admins, before.members)
        if tell:
            sent = world.add(before, "", [], world.me)
            shown = {"migrate_to_chat_id": new}
            await world.tell("message", {**world.shown(before, sent), **shown})
        return {}

    async def do_fault(self, **fault):
        """Order a fault: method, times, every, chat_id; code, description, parameters or accept_then, seconds."""
        self.world.faults.append(fault)
        return {}

    async def do_clock(self, *, ahead=0):
        """The server's clock, put ahead by so many seconds."""
        self.world.epoch += ahead
        return {"now": self.world.now()}

    async def do_pollers(self):
        """How many calls for updates have come."""
        return {"count": self.world.poller}

    async def do_refuse(self, *, share, retry_after):
        """Answer this share of all calls to send with 429 and one of these pauses, evenly spread."""
        self.world.refusals = (share, retry_after)
        return {}

    async def do_users(self, *, first, count):
        """Many users at once."""
        for user_id in range(first, first + count):
            self.world.user(user_id)
        return {}

    async def do_faults(self):
        """The faults that are still to come."""
        return {"faults": self.world.faults}

    async def do_chat(self, *, chat_id):
        """Every message of a chat, as its members see them."""
        chat = self.world.chats[chat_id]
        rows = [self.world.shown(chat, m) | {"silent": m.silent} for m in chat.messages.values() if not m.deleted]
        return {"messages": rows, "pinned": chat.pinned}

    async def do_outbox(self, *, since=0):
        """Every call the bot made, from the `since`th on."""
        return {"calls": self.world.journal[since:], "refused": self.world.flood.refused}

    async def do_commands(self):
        """The command lists that the bot set, by scope and language."""
        return {"commands": [[*key, value] for key, value in self.world.commands.items()]}

    async def do_limits(self, *, enforce):
        """Whether the server's limits are enforced."""
        self.world.flood.enforce = enforce
        return {}
