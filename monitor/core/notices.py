"""What the daemon says of itself: what broke, what was given up, what can't be seen at present."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from monitor.core.intake import Intake
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.schedule import SourceState
from monitor.core.view import View
from monitor.model import Message, MessageId, Outcome, Severity, Source, Subscriber

BROKEN = dt.timedelta(hours=1)
"""A source that failed for this long is told of; shorter outages are everyday life."""
_ALL = 100_000


def operators(view: View) -> list[Subscriber]:
    """Every active subscriber who is an admin."""
    return [s for s in view.latest(SUBSCRIBERS, limit=_ALL) if s.admin and s.active]


def notice(view: View, key: str, text: str, now: dt.datetime) -> tuple[Message, ...]:
    """One silent message to each operator. The same `key` is told once, however often it happens."""
    return tuple(_message(operator, key, text, now, Severity.LOW) for operator in operators(view))


def polled(
    view: View, source: Source, before: SourceState, after: SourceState, taken: Intake, *, now: dt.datetime
) -> tuple[Message, ...]:
    """What operators must hear about a poll: a source broken for long, well again, or flooding."""
    if after.failing_since and now - after.failing_since >= BROKEN:
        since, why = after.failing_since, after.what or after.error
        text = f"{source.id} ({source.publisher}) has been failing since {since:%d %b %H:%M} UTC: {why}"
        return notice(view, f"broken:{source.id}:{since.isoformat()}", text, now)
    if before.failing_since and not after.failing_since and now - before.failing_since >= BROKEN:
        text = f"{source.id} ({source.publisher}) is well again after {_hours(now - before.failing_since)}"
        return notice(view, f"well:{source.id}:{before.failing_since.isoformat()}", text, now)
    if taken.flood:
        text = (
            f"{source.id} ({source.publisher}) brought {taken.new} new items at once: they were learned, not alerted on"
        )
        return notice(view, f"flood:{source.id}:{now.date()}", text, now)
    return ()


def daily(view: View, sources: Iterable[SourceState], now: dt.datetime) -> tuple[Message, ...]:
    """The silent line that says, once a day to every chat, that all is well, or what can't be seen."""
    unseen = [f"{s.source} (since {s.failing_since:%d %b %H:%M} UTC)" for s in sources if s.failing_since]
    alerts = view.latest(ALERTS, since=(now - dt.timedelta(days=1)).timestamp(), limit=_ALL)
    sent = sum(alert.outcome is Outcome.SENT for alert in alerts)
    seen = f"can't be seen at present: {', '.join(sorted(unseen))}" if unseen else "every source can be seen"
    text = f"Still watching: {sent} alerts in the last day; {seen}."
    readers = [s for s in view.latest(SUBSCRIBERS, limit=_ALL) if s.active and s.kind != "terminal"]
    return tuple(_message(reader, f"daily:{now.date()}", text, now) for reader in readers)


def _message(to: Subscriber, key: str, text: str, now: dt.datetime, severity: Severity = Severity.INFO) -> Message:
    """One silent notice; the id makes it one, however often it is enqueued."""
    return Message(
        MessageId(f"notice:{key}:{to.chat}"), to.chat, "notice", (), now, severity=severity, silent=True, text=text
    )


def _hours(span: dt.timedelta) -> str:
    return f"{span.total_seconds() / 3600:.1f} h"
