"""When to be silent: mutes, quiet hours, the time zone, the digest, ringing again."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.bot.answers import Answer, Ask, safe, saved, words
from monitor.bot.asking import alerts_told
from monitor.bot.watches import named
from monitor.core.hours import zone
from monitor.core.ringing import SEEN, Seen
from monitor.core.view import Put
from monitor.model import Message, Mute, SourceId, Subscriber

_SPANS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = dt.timedelta(days=366)
MUTED = dt.timedelta(hours=24)
"""What the button under a message does."""


def mute(ask: Ask, words_given: str) -> Answer:
    """`/mute 24h [watch|story|source]`; `/mute off`."""
    subscriber = ask.subscriber
    if subscriber is None:
        return words(ask, "not-here")
    first, _, target = words_given.partition(" ")
    if first.casefold() == "off":
        return words(ask, "unmuted", puts=[saved(replace(subscriber, mutes=()))])
    span = _span(first)
    if span is None:
        return words(ask, "mute-how")
    wanted = _target(ask, target.strip())
    if wanted is None:
        return words(ask, "mute-what", what=safe(target))
    return _muted(ask, subscriber, replace(wanted, until=ask.now + span))


def pressed_mute(ask: Ask, message: Message) -> Answer:
    """The button: its story, or where it tells several, its watch, for a day. Pressing again changes nothing."""
    subscriber = ask.subscriber
    if subscriber is None:
        return words(ask, "not-here")
    alerts = [a for key in message.alerts if (a := ask.alert(key))]
    stories = {a.story for a in alerts}
    watch = alerts[0].watch if alerts else None
    story = stories.pop() if len(stories) == 1 else None
    wanted = Mute(ask.now + MUTED, watch=None if story else watch, story=story)
    already = next((m for m in _running(subscriber, ask.now) if _same(m, wanted)), None)
    if already:
        return words(ask, "muted-until", until=_clock(already.until, subscriber))
    return _muted(ask, subscriber, wanted)


def _muted(ask: Ask, subscriber: Subscriber, wanted: Mute) -> Answer:
    kept = tuple(m for m in _running(subscriber, ask.now) if not _same(m, wanted))
    changed = replace(subscriber, mutes=(*kept, wanted))
    return words(ask, "muted-until", puts=[saved(changed)], until=_clock(wanted.until, subscriber))


def _running(subscriber: Subscriber, now: dt.datetime) -> Iterable[Mute]:
    return (m for m in subscriber.mutes if m.until > now)


def _same(one: Mute, other: Mute) -> bool:
    return (one.watch, one.story, one.source) == (other.watch, other.story, other.source)


def _span(text: str) -> dt.timedelta | None:
    found = re.fullmatch(r"(\d{1,4})([mhdw])", text.casefold())
    if not found:
        return None
    span = dt.timedelta(**{_SPANS[found[2]]: int(found[1])})
    return span if dt.timedelta() < span <= _LONGEST else None


def _target(ask: Ask, text: str) -> Mute | None:
    """What is to be muted: everything, the last story told, a watch, a source; None if there is no such thing."""
    nothing = Mute(ask.now)
    if not text:
        return nothing
    if text.casefold() == "story":
        last = next(iter(alerts_told(ask, 1)), None)
        return replace(nothing, story=last.story) if last else None
    if SourceId(text) in ask.rules.sources:
        return replace(nothing, source=SourceId(text))
    watch = named(ask, text)
    return replace(nothing, watch=watch.id) if watch else None


def _clock(at: dt.datetime, subscriber: Subscriber) -> str:
    local = at.astimezone(zone(subscriber.tz))
    return f"{local.day} {local:%b %H:%M} ({subscriber.tz})"


def quiet(ask: Ask, words_given: str) -> Answer:
    """`/quiet 22-07`; equal hours, or `off`, mean none."""
    subscriber = ask.subscriber
    if subscriber is None:
        return words(ask, "not-here")
    hours = re.fullmatch(r"(\d{1,2})(?::00)?\s*[-–]\s*(\d{1,2})(?::00)?", words_given)
    off = words_given.casefold() == "off"
    if not off and not (hours and int(hours[1]) < 24 and int(hours[2]) < 24):
        return words(ask, "quiet-how")
    span = (int(hours[1]), int(hours[2])) if hours and hours[1] != hours[2] else None
    if span is None or span[0] == span[1]:
        return words(ask, "quiet-off", puts=[saved(replace(subscriber, quiet=None))])
    changed = saved(replace(subscriber, quiet=span))
    return words(ask, "quiet-set", puts=[changed], start=f"{span[0]:02}", end=f"{span[1]:02}", tz=subscriber.tz)


def tz(ask: Ask, words_given: str) -> Answer:
    """`/tz Asia/Karachi`."""
    subscriber = ask.subscriber
    if subscriber is None:
        return words(ask, "not-here")
    try:
        ZoneInfo(words_given or "?")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return words(ask, "tz-how", tz=subscriber.tz)
    changed = replace(subscriber, tz=words_given)
    local = ask.now.astimezone(zone(words_given))
    return words(ask, "tz-set", puts=[saved(changed)], tz=words_given, time=f"{local:%H:%M}")


def digest(ask: Ask, words_given: str) -> Answer:
    """`/digest 08:00|off`."""
    subscriber = ask.subscriber
    if subscriber is None:
        return words(ask, "not-here")
    if words_given.casefold() == "off":
        return words(ask, "digest-off", puts=[saved(replace(subscriber, digest=None))])
    at = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", words_given)
    if at is None:
        return words(ask, "digest-how")
    changed = replace(subscriber, digest=f"{int(at[1]):02}:{at[2]}")
    return words(ask, "digest-set", puts=[saved(changed)], time=changed.digest or "", tz=subscriber.tz)


def ring(ask: Ask, words_given: str) -> Answer:
    """`/ring on|off`: whether critical alerts ring again until somebody has seen them."""
    subscriber = ask.subscriber
    if subscriber is None:
        return words(ask, "not-here")
    if words_given.casefold() not in {"on", "off"}:
        return words(ask, "ring-how")
    on = words_given.casefold() == "on"
    return words(ask, "ring-on" if on else "ring-off", puts=[saved(replace(subscriber, ring=on))])


def pressed_seen(ask: Ask, message: Message) -> Answer:
    """The button under a critical alert: it rings no more in this chat."""
    acks = [Put(SEEN, Seen(message.chat, alert, ask.now.timestamp())) for alert in message.alerts]
    return words(ask, "seen-it", puts=acks)
