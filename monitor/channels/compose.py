"""A row of the outbox → what a channel is handed: words, buttons, the message it answers."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec

from monitor.channels.base import Outgoing
from monitor.core import render
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.render import Names
from monitor.core.rules import Ruleset
from monitor.core.view import View
from monitor.model import Message, MessageId, Subscriber

Lookup = Callable[[MessageId], Message | None]


def compose(message: Message, view: View, find: Lookup, names: Names) -> Outgoing:
    """What to hand to `Channel.send`. `find` looks a message up in the outbox (`Store.message`).

    A message whose parent has not arrived, or may not have, goes out without waiting for it.
    """
    subscriber = view.get(SUBSCRIBERS, str(message.chat)) or Subscriber(message.chat)
    alerts = [alert for key in message.alerts if (alert := view.get(ALERTS, key)) is not None]
    parent = find(message.reply_to) if message.reply_to else None
    remote = parent.remote if parent and parent.chat == message.chat else None
    edits = message.kind == "edit"
    return Outgoing(
        message,
        render.message(message, alerts, subscriber, names),
        reply_to=None if edits else remote,
        edits=remote if edits else None,
        document=_exported(subscriber) if message.attachment == "export" else None,
    )


def _exported(subscriber: Subscriber) -> tuple[str, bytes]:
    """All that is kept about a chat, as a file for people."""
    record = json.dumps(msgspec.to_builtins(subscriber), indent=1, ensure_ascii=False)
    return "tocsin-export.json", record.encode()


def names(ruleset: Ruleset) -> Names:
    """How the rules name watches, actors and sources."""
    return Names({watch.id: watch.name for watch in ruleset.watches}, ruleset.registry)
