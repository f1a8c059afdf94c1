"""Words to the operators: what broke, what was given up, what can't be seen at present."""

from __future__ import annotations

import datetime as dt

from monitor.core.intake import Intake
from monitor.core.records import SUBSCRIBERS
from monitor.core.schedule import SourceState
from monitor.core.view import View
from monitor.model import Message, MessageId, Severity, Source, Subscriber

BROKEN = dt.timedelta(hours=1)
"""A source that failed for this long is told of; shorter outages are everyday life."""
_ALL = 100_000


def operators(view: View) -> list[Subscriber]:
    """Every active subscriber who is an admin."""
    return [s for s in view.latest(SUBSCRIBERS, limit=_ALL) if s.admin and s.active]


def notice(
    view: View, key: str, text: str, now: dt.datetime, *, severity: Severity = Severity.LOW, silent: bool = True
) -> tuple[Message, ...]:
    """One message to each operator. The same `key` is told once, however often it happens."""
    return tuple(
        Message(
            MessageId(f"notice:{key}:{operator.chat}"),
            operator.chat,
            "notice",
            (),
            now,
            severity=severity,
            silent=silent,
            text=text,
        )
        for operator in operators(view)
    )


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


def _hours(span: dt.timedelta) -> str:
    return f"{span.total_seconds() / 3600:.1f} h"
