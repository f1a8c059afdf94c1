"""A row of the outbox → what a channel is handed: words, buttons, the message it answers, a picture or a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec

from monitor.channels import chart
from monitor.channels.base import Outgoing
from monitor.core import render, standing
from monitor.core.audience import CHARTED
from monitor.core.counters import recounted
from monitor.core.reach import TOPICS
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.render import Names
from monitor.core.standing import Subject
from monitor.core.texts import say
from monitor.core.view import View
from monitor.model import Alert, Message, MessageId, Subscriber, WatchId

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
    if edits:
        # An edit shows how things stand when it goes out, and keeps the kind of what it changes.
        alerts = [recounted(alert, view) for alert in alerts]
        message = replace(message, attachment=parent.attachment if parent else "")
    photo = _picture(message, alerts, view, subscriber, names) if message.attachment.startswith("chart") else None
    # Without a picture the words need not fit under one.
    written = message if photo or not message.attachment.startswith("chart") else replace(message, attachment="")
    if written.thread is None and written.watch and subscriber.topics:
        topic = view.get(TOPICS, f"{message.chat}/{written.watch}")
        written = replace(written, thread=topic.thread if topic else None)
    return Outgoing(
        written,
        render.message(written, alerts, subscriber, names),
        reply_to=None if edits else remote,
        edits=remote if edits else None,
        photo=None if edits else photo,
        document=_exported(subscriber) if message.attachment == "export" else None,
    )


def _exported(subscriber: Subscriber) -> tuple[str, bytes]:
    """All that is kept about a chat, as a file for people."""
    record = json.dumps(msgspec.to_builtins(subscriber), indent=1, ensure_ascii=False)
    return "tocsin-export.json", record.encode()


def _picture(
    message: Message, alerts: Sequence[Alert], view: View, subscriber: Subscriber, names: Names
) -> bytes | None:
    """The figures that the message's rival claims are about, or those most claimed of in a watch."""
    if subscriber.kind == "terminal":
        return None
    watch = message.attachment.partition(":")[2]
    about = _most_claimed(view, WatchId(watch), message) if watch else _rivalry(alerts)
    if about is None:
        return None
    lang = subscriber.lang
    title = say("chart-title", lang, metric=say(about.metric, lang) if about.metric else "")
    where = names.watch(WatchId(watch)) if watch else names.watch(alerts[0].watch)
    return chart.draw(standing.series(view, about, lang), title, f"{where} · {say('chart-note', lang)}")


def _rivalry(alerts: Sequence[Alert]) -> Subject | None:
    found = (d for alert in alerts for d in alert.developments if d.kind in CHARTED and d.incident)
    return next(map(standing.subject_of, found), None)


def _most_claimed(view: View, watch: WatchId, message: Message) -> Subject | None:
    counts: dict[Subject, int] = {}
    for entry in standing.entries(view, watch, message.created):
        subject = standing.subject_of(entry)
        counts[subject] = counts.get(subject, 0) + len(entry.figures)
    return max(counts, key=counts.__getitem__, default=None)
