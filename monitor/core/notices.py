"""What the daemon says of itself: what broke, what was given up, what can't be seen at present."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from monitor.core.intake import Intake
from monitor.core.records import ALERTS, SUBSCRIBERS
from monitor.core.schedule import SourceState, address, is_bad, is_plain, is_stale
from monitor.core.view import View
from monitor.model import Message, MessageId, Outcome, Severity, Source, SourceId, Subscriber

_ALL = 100_000


def operators(view: View) -> list[Subscriber]:
    """Every active subscriber who is an admin."""
    return [s for s in view.latest(SUBSCRIBERS, limit=_ALL) if s.admin and s.active]


def notice(view: View, key: str, text: str, now: dt.datetime) -> tuple[Message, ...]:
    """One silent message to each operator. The same `key` is told once, however often it happens."""
    return tuple(_message(operator, key, text, now, Severity.LOW) for operator in operators(view))


def polled(
    view: View,
    source: Source,
    before: SourceState,
    after: SourceState,
    taken: Intake,
    *,
    now: dt.datetime,
    silenced: Callable[[Source], Sequence[str]] = lambda _: (),
    sharing: Callable[[Source, str], Sequence[SourceId]] = lambda *_: (),
) -> tuple[SourceState, tuple[Message, ...]]:
    """What operators must hear of a poll (a source broken or silent, well again, or flooding), noted in its state.

    `silenced` names the sides of watches whose last voice the source is; `sharing` the others at an address.
    """
    name, trouble, since = f"{source.id} ({source.publisher})", _trouble(after, now), _since(before, after) or now
    told: tuple[Message, ...] = ()
    if trouble and not before.reported:
        lost = "".join(f"\nNobody is heard any more of: {side}." for side in silenced(source))
        told = notice(view, f"broken:{source.id}:{since.isoformat()}", f"{name} {trouble}{lost}", now)
    elif before.reported and not trouble and not after.failing_since:
        text = f"{name} is well again after {(now - since).total_seconds() / 3600:.1f} h"
        told = notice(view, f"well:{source.id}:{since.isoformat()}", text, now)
    elif taken.flood:
        text = f"{name} brought {taken.new} new items at once: a re-import rather than news; alerts on them are joined"
        told = notice(view, f"flood:{source.id}:{now.date()}", text, now)
    if is_plain(after, source) and not is_plain(before, source):
        text = f"{name} is led from https to plain http: whoever is on the way can change what it says"
        told += notice(view, f"plain:{source.id}", text, now)
    moved = address(after, source)
    if moved not in {source.url, address(before, source)} and (others := sharing(source, moved)):
        text = f"{name} has moved for good, to where {', '.join(others)} is polled too: one of them is enough"
        told += notice(view, f"shared:{source.id}:{' '.join(others)}", text, now)
    return replace(after, reported=bool(trouble or (before.reported and after.failing_since))), told


def _trouble(state: SourceState, now: dt.datetime) -> str:
    """What is wrong with a source, once that is worth telling; empty while all is well or may pass."""
    if is_bad(state, now) and state.failing_since:
        return f"has been failing since {state.failing_since:%d %b %H:%M} UTC ({state.error}): {state.what}"
    if not state.failures and state.newest and is_stale(state, now):
        return f"answers, but has published nothing since {state.newest:%d %b %Y %H:%M} UTC; it used to more often"
    return ""


def _since(before: SourceState, after: SourceState) -> dt.datetime | None:
    return after.failing_since or before.failing_since or before.newest


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
