"""Mutes that end: operators hear of it an hour before and when it happens, with what was hidden."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from monitor.core import notices
from monitor.core.records import ALERTS
from monitor.core.rules.state import MOST_MUTES, MUTES, Muting
from monitor.core.view import Draft, View
from monitor.model import Message, Outcome

_AHEAD = 3600.0
"""How long before its end a mute is recalled, in seconds; a shorter one is not."""
MATCHERS = ("watch", "rule", "source", "story", "claimant")


def due(draft: Draft, now: dt.datetime) -> Iterator[Message]:
    """The reminders of mutes that are about to end or have ended, each once."""
    for mute in draft.latest(MUTES, limit=MOST_MUTES):
        left = mute.until - now.timestamp()
        if left <= 0 and not mute.closed:
            draft.put(MUTES, replace(mute, closed=True, reminded=True))
            text = f"A mute has ended: {told(mute)}. It hid {_hidden(mute, draft)} alerts."
            yield from notices.notice(draft, f"unmuted:{mute.id}", text, now)
        elif 0 < left <= _AHEAD and not mute.reminded and mute.until - mute.at > _AHEAD:
            draft.put(MUTES, replace(mute, reminded=True))
            text = (
                f"A mute ends at {_clock(mute.until)} UTC: {told(mute)}. It has hidden {_hidden(mute, draft)} alerts."
            )
            yield from notices.notice(draft, f"mute-ends:{mute.id}", text, now)


def told(mute: Muting) -> str:
    """What it silences, who ordered it and why."""
    matchers = " ".join(f"{m}={getattr(mute, m)}" for m in MATCHERS if getattr(mute, m))
    return f"{matchers}, by {mute.by}: {mute.why} ({mute.id})"


def _hidden(mute: Muting, view: View) -> int:
    muted = view.find(ALERTS, "outcome", [Outcome.MUTED], since=mute.at)
    return sum(f"({mute.id})" in alert.why for alert in muted)


def _clock(seconds: float) -> str:
    return f"{dt.datetime.fromtimestamp(seconds, dt.UTC):%H:%M}"
