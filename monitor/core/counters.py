"""Who else reports what was told: silent edits of messages that are out, at most one round a minute.

Repeating is not news, so nobody is rung for it; but "now 9 outlets, 3 origins, 1 account" says how far a claim
has come. Only steps that a reader cares about are worth an edit: a new origin, a new account, or outlets past
a round number. Called as `audience` is, by the decider alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from monitor.core import quantities
from monitor.core.ledger import LEDGER
from monitor.core.ledger.writing import counts
from monitor.core.reach import message_id, reached
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.view import Draft, Table, View
from monitor.model import (
    Alert,
    AlertId,
    ChatId,
    Counts,
    Development,
    DevelopmentKind,
    Message,
    MessageId,
    Outcome,
    Severity,
)

EVERY = dt.timedelta(minutes=1)
FOLLOWED = dt.timedelta(hours=12)
"""For how long after it was sent a message is kept up to date."""
_STEPS = (2, 3, 5, 10, 20, 50, 100, 200, 500)
_LOOKED_AT = 50
_COUNTED = {
    DevelopmentKind.NEW_CLAIM,
    DevelopmentKind.REVISED_UP,
    DevelopmentKind.REVISED_DOWN,
    DevelopmentKind.RIVAL,
    DevelopmentKind.CONTRADICTED,
    DevelopmentKind.CORROBORATED,
}


@dataclass(frozen=True, slots=True)
class Recount:
    """The counts behind an alert's developments, as its messages show them since `at`."""

    alert: AlertId
    at: float
    counts: tuple[Counts, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """When it was last looked whether counts had grown."""

    at: float = 0.0


RECOUNTS: Table[Recount] = Table("recounts", Recount, key=lambda r: r.alert, time=lambda r: r.at)
ROUND: Table[Round] = Table("recount_round", Round, key=lambda _: "last", time=lambda r: r.at)


def recounted(alert: Alert, view: View) -> Alert:
    """The alert with the counts that its messages are to show now."""
    known = view.get(RECOUNTS, alert.id)
    if known is None:
        return alert
    changed = zip(alert.developments, known.counts, strict=True)
    return replace(alert, developments=tuple(replace(d, counts=c) for d, c in changed))


def due(draft: Draft, now: dt.datetime) -> tuple[Message, ...]:
    """The edits that bring messages up to date."""
    last = draft.get(ROUND, "last") or Round()
    if now.timestamp() - last.at < EVERY.total_seconds():
        return ()
    draft.put(ROUND, Round(now.timestamp()))
    since = (now - FOLLOWED).timestamp()
    recent = draft.find(ALERTS, "outcome", [Outcome.SENT], since=since, limit=_LOOKED_AT)
    return tuple(m for alert in recent for m in _edits(alert, draft, now))


def _edits(alert: Alert, draft: Draft, now: dt.datetime) -> Iterator[Message]:
    readers = [told for told in reached(draft, alert.id).told if told.slot is None]
    shown = recounted(alert, draft)
    if not readers:
        return
    counts = tuple(_present(d, draft) for d in shown.developments)
    if not any(_worth_it(d.counts, c) for d, c in zip(shown.developments, counts, strict=True)):
        return
    draft.put(RECOUNTS, Recount(alert.id, now.timestamp(), counts))
    for told in readers:
        subscriber = draft.get(SUBSCRIBERS, str(told.chat))
        if subscriber and subscriber.active and subscriber.kind != "terminal":
            key = message_id(told.chat, "edit", alert.id, str(int(now.timestamp())))
            yield _edit(alert, key, told.message, subscriber.chat, now)


def _edit(alert: Alert, key: MessageId, edited: MessageId, chat: ChatId, now: dt.datetime) -> Message:
    return Message(
        key,
        chat,
        "edit",
        (alert.id,),
        now,
        severity=Severity.INFO,
        silent=True,
        story=alert.story,
        watch=alert.watch,
        reply_to=edited,
    )


def _present(development: Development, view: View) -> Counts:
    """Who by now has printed, first written and vouched for the figure that a development told."""
    if development.kind not in _COUNTED or development.incident is None:
        return development.counts
    alike = [
        entry
        for entry in view.find(LEDGER, "incident", [development.incident])
        if entry.key == development.key and quantities.agree(entry.quantity, development.quantity)
    ]
    told, now = development.counts, counts(alike, development.one_voice)
    return Counts(max(told.outlets, now.outlets), max(told.origins, now.origins), max(told.claimants, now.claimants))


def _worth_it(shown: Counts, present: Counts) -> bool:
    if present.origins > shown.origins or present.claimants > shown.claimants:
        return True
    return any(shown.outlets < step <= present.outlets for step in _STEPS)
