"""The Bot API's methods, each with every parameter it takes here; any other is refused."""

import asyncio
import json
import re
import time

from .entities import BadRequest, parse
from .state import Refusal

TEXT, CAPTION, DATA, MAX_WAIT = 4096, 1024, 64, 50
_CONTENT = "chat_id message_thread_id disable_notification protect_content reply_parameters reply_markup"
_MEDIA = "caption parse_mode caption_entities show_caption_above_media"
PARAMETERS = {
    "getMe": "",
    "getUpdates": "offset limit timeout allowed_updates",
    "setWebhook": "url secret_token allowed_updates drop_pending_updates max_connections",
    "deleteWebhook": "drop_pending_updates",
    "getWebhookInfo": "",
    "sendMessage": f"{_CONTENT} text parse_mode entities link_preview_options",
    "sendPhoto": f"{_CONTENT} photo {_MEDIA}",
    "sendDocument": f"{_CONTENT} document {_MEDIA} disable_content_type_detection",
    "editMessageText": "chat_id message_id text parse_mode entities link_preview_options reply_markup",
    "editMessageCaption": f"chat_id message_id {_MEDIA} reply_markup",
    "editMessageReplyMarkup": "chat_id message_id reply_markup",
    "deleteMessage": "chat_id message_id",
    "pinChatMessage": "chat_id message_id disable_notification",
    "unpinChatMessage": "chat_id message_id",
    "answerCallbackQuery": "callback_query_id text show_alert url cache_time",
    "setMyCommands": "commands scope language_code",
    "getMyCommands": "scope language_code",
    "deleteMyCommands": "scope language_code",
    "getChat": "chat_id",
    "getChatMember": "chat_id user_id",
    "getChatAdministrators": "chat_id",
    "getChatMemberCount": "chat_id",
    "createForumTopic": "chat_id name icon_color icon_custom_emoji_id",
    "closeForumTopic": "chat_id message_thread_id",
    "leaveChat": "chat_id",
    "getFile": "file_id",
}


class Methods:
    """Each method takes the parameters as sent and returns the `result`; refusals are raised."""

    def __init__(self, world):
        self.world = world

    async def call(self, name, given):
        if name not in PARAMETERS:
            raise Refusal(404, "Not Found: method not found")
        if unknown := set(given) - set(PARAMETERS[name].split()):
            raise Refusal(400, f"Bad Request: unknown parameters {sorted(unknown)} of {name}")
        return await getattr(self, _snake(name))(given)

    async def get_me(self, _):
        return self.world.me

    # --- updates ---

    async def get_updates(self, given):
        world = self.world
        if world.webhook:
            what = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            raise Refusal(409, f"Conflict: {what}")
        if "allowed_updates" in given:
            world.allowed = _json(given, "allowed_updates") or None
        offset = int(given.get("offset", 0))
        world.updates = [u for u in world.updates if offset <= 0 or u["update_id"] >= offset]
        limit = max(1, min(100, int(given.get("limit", 100))))
        deadline = time.monotonic() + min(MAX_WAIT, int(float(given.get("timeout", 0))))
        async with world.changed:
            world.poller += 1
            mine = world.poller
            world.changed.notify_all()
            while not world.updates and time.monotonic() < deadline:
                try:
                    await asyncio.wait_for(world.changed.wait(), deadline - time.monotonic())
                except TimeoutError:
                    break
                await self._still_mine(mine)
            return world.updates[:limit]

    async def _still_mine(self, mine):
        if self.world.poller != mine:
            what = "terminated by other getUpdates request; make sure that only one bot instance is running"
            raise Refusal(409, f"Conflict: {what}")

    async def set_webhook(self, given):
        secret = given.get("secret_token", "")
        self.world.webhook = {"url": given["url"], "secret": secret} if given.get("url") else {}
        return True

    async def delete_webhook(self, given):
        self.world.webhook = {}
        if _truth(given, "drop_pending_updates"):
            self.world.updates = []
        return True

    async def get_webhook_info(self, _):
        return {
            "url": self.world.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.world.updates),
        }

    # --- sending ---

    async def send_message(self, given):
        text, entities = self._text(given, "text", TEXT, "message text is empty", "message is too long")
        return self._send(given, text, entities)

    async def send_photo(self, given):
        text, entities = self._text(given, "caption", CAPTION, None, "message caption is too long")
        return self._send(given, text, entities, photo=_upload(given["photo"])[1])

    async def send_document(self, given):
        text, entities = self._text(given, "caption", CAPTION, None, "message caption is too long")
        return self._send(given, text, entities, document=_upload(given["document"]))

    def _text(self, given, key, limit, empty, long):
        try:
            text, entities = parse(given.get(key, ""), given.get("parse_mode"))
        except BadRequest as refusal:
            raise Refusal(400, f"Bad Request: {refusal}") from None
        if not text and empty:
            raise Refusal(400, f"Bad Request: {empty}")
        if len(text) > limit:
            raise Refusal(400, f"Bad Request: {long}")
        return text, entities

    def _send(self, given, text, entities, **media):
        world = self.world
        chat = world.chat(given.get("chat_id", ""))
        reply = _json(given, "reply_parameters") or {}
        parent = chat.messages.get(reply.get("message_id"))
        if reply and (parent is None or parent.deleted) and not reply.get("allow_sending_without_reply"):
            raise Refusal(400, "Bad Request: message to be replied not found")
        thread = int(given["message_thread_id"]) if "message_thread_id" in given else None
        if thread is not None and thread not in chat.topics:
            raise Refusal(400, "Bad Request: message thread not found")
        markup = _markup(given)
        world.flood.take(chat.id)
        sent = world.add(
            chat,
            text,
            entities,
            world.me,
            reply_to=parent.id if parent and not parent.deleted else None,
            markup=markup,
            silent=_truth(given, "disable_notification"),
            thread=thread,
            **media,
        )
        return world.shown(chat, sent)

    async def edit_message_text(self, given):
        text, entities = self._text(given, "text", TEXT, "message text is empty", "message is too long")
        chat, sent = self._editable(given)
        if sent.is_media:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        return self._edit(chat, sent, text, entities, _markup(given))

    async def edit_message_caption(self, given):
        text, entities = self._text(given, "caption", CAPTION, None, "message caption is too long")
        chat, sent = self._editable(given)
        return self._edit(chat, sent, text, entities, _markup(given))

    async def edit_message_reply_markup(self, given):
        chat, sent = self._editable(given)
        return self._edit(chat, sent, sent.text, sent.entities, _markup(given))

    def _editable(self, given):
        chat = self.world.chat(given.get("chat_id", ""))
        sent = chat.messages.get(int(given.get("message_id", 0)))
        if sent is None or sent.deleted:
            raise Refusal(400, "Bad Request: message to edit not found")
        if sent.by != self.world.me:
            raise Refusal(400, "Bad Request: message can't be edited")
        return chat, sent

    def _edit(self, chat, sent, text, entities, markup):
        if (text, entities, markup) == (sent.text, sent.entities, sent.markup):
            what = "specified new message content and reply markup are exactly the same as a current content"
            raise Refusal(400, f"Bad Request: message is not modified: {what} and reply markup of the message")
        self.world.flood.take(chat.id)
        sent.text, sent.entities, sent.markup, sent.edits = text, entities, markup, sent.edits + 1
        return self.world.shown(chat, sent)

    async def delete_message(self, given):
        _, sent = self._editable(given)
        sent.deleted = True
        return True

    async def pin_chat_message(self, given):
        chat, sent = self._editable(given)
        chat.pinned.append(sent.id)
        return True

    async def unpin_chat_message(self, given):
        chat, sent = self._editable(given)
        chat.pinned = [key for key in chat.pinned if key != sent.id]
        return True

    async def answer_callback_query(self, given):
        query = self.world.callbacks.get(given.get("callback_query_id"))
        if query is None or "answer" in query:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(given.get("text", "")) > 200:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        query["answer"] = given.get("text", "")
        return True

    # --- about the bot and its chats ---

    async def set_my_commands(self, given):
        commands = _json(given, "commands") or []
        for command in commands:
            if not (1 <= len(command["command"]) <= 32 and 1 <= len(command["description"]) <= 256):
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        self.world.commands[_scope(given)] = commands
        return True

    async def get_my_commands(self, given):
        return self.world.commands.get(_scope(given), [])

    async def delete_my_commands(self, given):
        self.world.commands.pop(_scope(given), None)
        return True

    async def get_chat(self, given):
        chat = self.world.chat(given.get("chat_id", ""))
        return chat.public() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}

    async def get_chat_member(self, given):
        return self._member(self.world.chat(given.get("chat_id", "")), int(given.get("user_id", 0)))

    async def get_chat_administrators(self, given):
        chat = self.world.chat(given.get("chat_id", ""))
        return [self._member(chat, user) for user in sorted(chat.admins)]

    async def get_chat_member_count(self, given):
        return len(self.world.chat(given.get("chat_id", "")).members) + 1

    def _member(self, chat, user_id):
        user = chat.members.get(user_id) or self.world.users.get(user_id)
        if user is None:
            raise Refusal(400, "Bad Request: user not found")
        if user_id in chat.admins:
            return {"status": "administrator", "user": user} | dict.fromkeys(RIGHTS, True) | {"is_anonymous": False}
        return {"status": "member" if user_id in chat.members or chat.kind == "private" else "left", "user": user}

    async def create_forum_topic(self, given):
        chat = self.world.chat(given.get("chat_id", ""))
        if not chat.forum:
            raise Refusal(400, "Bad Request: the chat is not a forum")
        key = 1000 + len(chat.topics)
        chat.topics[key] = given["name"]
        return {"message_thread_id": key, "name": given["name"], "icon_color": 7322096}

    async def close_forum_topic(self, given):
        self.world.chat(given.get("chat_id", "")).topics.pop(int(given["message_thread_id"]), None)
        return True

    async def leave_chat(self, given):
        self.world.chat(given.get("chat_id", "")).gone = "left"
        return True

    async def get_file(self, given):
        key = given.get("file_id", "")
        return {"file_id": key, "file_unique_id": key, "file_path": f"files/{key}"}


_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)
RIGHTS = [
    f"can_{what}"
    for what in (
        "be_edited",
        "manage_chat",
        "delete_messages",
        "manage_video_chats",
        "restrict_members",
        "promote_members",
        "change_info",
        "invite_users",
        "post_stories",
        "edit_stories",
        "delete_stories",
        "send_welcome_messages",
    )
]


def _snake(name):
    return re.sub(r"[A-Z]", lambda letter: f"_{letter.group().lower()}", name)


def _json(given, key):
    value = given.get(key)
    return json.loads(value) if isinstance(value, str) and value else value


def _truth(given, key):
    return str(given.get(key, "")).lower() in {"true", "1"}


def _scope(given):
    return json.dumps(_json(given, "scope") or {"type": "default"}, sort_keys=True), given.get("language_code", "")


def _upload(value):
    if isinstance(value, str):
        raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
    return value


def _markup(given):
    markup = _json(given, "reply_markup")
    rows = (markup or {}).get("inline_keyboard", [])
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        raise Refusal(400, "Bad Request: REPLY_MARKUP_TOO_LONG")
    for button in (b for row in rows for b in row):
        if not 1 <= len(button.get("callback_data", "x").encode()) <= DATA:
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        if not button.get("text"):
            raise Refusal(400, 'Bad Request: can\'t parse inline keyboard button: Field "text" must be non-empty')
    return markup
