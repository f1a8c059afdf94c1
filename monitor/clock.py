"""The one place that reads the wall clock; everything else is handed `now`."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

Clock = Callable[[], dt.datetime]
"""Tells the present in UTC. `now` is the real one."""


def now() -> dt.datetime:
    """The present in UTC."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - this is the edge that the ban protects


def fast(start: dt.datetime, speed: float) -> Clock:
    """A clock that stands at `start` now and runs `speed` times as fast as the real one (never backwards)."""
    began = time.monotonic()
    return lambda: start + dt.timedelta(seconds=(time.monotonic() - began) * speed)
