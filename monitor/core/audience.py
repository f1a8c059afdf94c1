"""Who gets an alert, and how: at once or joined, with sound or silently, as a reply to what."""

from __future__ import annotations

import datetime as dt

from monitor.core.view import Draft
from monitor.model import Alert, Message


def audience(alert: Alert, draft: Draft, now: dt.datetime) -> tuple[Message, ...]:
    """The messages that one alert with outcome `sent` causes now; what waits to be joined is noted in the draft.

    Corrections (`alert.corrects`) also reach every chat that got what they mend.
    """
    raise NotImplementedError


def due(draft: Draft, now: dt.datetime) -> tuple[Message, ...]:
    """What was to be joined and whose time has come: hourly bundles, digests, ends of quiet hours.

    To be asked before each decision (with the item's `seen`) and on a slow tick. Only the decider asks.
    """
    raise NotImplementedError
