"""What the daemon says of itself: what broke, what was given up, what can't be seen at present."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from monitor.core.intake import Intake
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.schedule import SourceState, is_bad, is_stale
from monitor.core.view import View
from monitor.model import Message, MessageId, Outcome, Severity, Source, Subscriber

_ALL = 100_000


def operators(view: View) -> list[Subscriber]:
    """Every active subscriber who is an admin."""
    return [s for s in view.latest(SUBSCRIBERS, limit=_ALL) if s.admin and s.active]


def notice(view: View, key: str, text: str, now: dt.datetime) -> tuple[Message, ...]:
    """One silent message to each operator. The same `key` is told once, however often it happens."""
    return tuple(_message(operator, key, text, now, Severity.LOW) for operator in operators(view))


def polled(
    view: View, source: Source, before: SourceState, after: SourceState, taken: Intake, *, now: dt.datetime
) -> tuple[SourceState, tuple[Message, ...]]:
    """What operators must hear of a poll (a source long broken, well again, or flooding), noted in its state."""
    name, since = f"{source.id} ({source.publisher})", before.failing_since or now
    bad = is_bad(after, now)
    told: tuple[Message, ...] = ()
    if bad and not before.reported:
        text = f"{name} has been failing since {since:%d %b %H:%M} UTC: {after.what or after.error}"
        told = notice(view, f"broken:{source.id}:{since.isoformat()}", text, now)
    elif before.reported and not after.failing_since:
        text = f"{name} is well again after {(now - since).total_seconds() / 3600:.1f} h"
        told = notice(view, f"well:{source.id}:{since.isoformat()}", text, now)
    elif taken.flood:
        text = f"{name} brought {taken.new} new items at once: a re-import rather than news"
        told = notice(view, f"flood:{source.id}:{now.date()}", text, now)
    return replace(after, reported=bad or (before.reported and after.failing_since is not None)), told


def daily(view: View, sources: Iterable[SourceState], now: dt.datetime) -> tuple[Message, ...]:
    """The silent line that says, once a day to every chat, that all is well, or what can't be seen."""
    unseen = [line for state in sources if (line := _unseen(state, now))]
    sent = len(view.find(ALERTS, "outcome", [Outcome.SENT], since=(now - dt.timedelta(days=1)).timestamp()))
    seen = f"can't be seen at present: {', '.join(sorted(unseen))}" if unseen else "every source can be seen"
    text = f"Still watching: {sent} alerts in the last day; {seen}."
    readers = [s for s in view.latest(SUBSCRIBERS, limit=_ALL) if s.active and s.kind != "terminal"]
    return tuple(_message(reader, f"daily:{now.date()}", text, now) for reader in readers)


def _unseen(state: SourceState, now: dt.datetime) -> str:
    if state.failing_since:
        return f"{state.source} (failing since {state.failing_since:%d %b %H:%M} UTC)"
    if is_stale(state, now) and state.newest:
        return f"{state.source} (nothing new since {state.newest:%d %b %H:%M} UTC)"
    return ""


def _message(to: Subscriber, key: str, text: str, now: dt.datetime, severity: Severity = Severity.INFO) -> Message:
    """One silent notice; the id makes it one, however often it is enqueued."""
    return Message(
        MessageId(f"notice:{key}:{to.chat}"), to.chat, "notice", (), now, severity=severity, silent=True, text=text
    )
