"""The one place that reads the wall clock; everything else is handed `now`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Clock = Callable[[], dt.datetime]
"""Tells the present in UTC. `now` is the real one."""


def now() -> dt.datetime:
    """The present in UTC."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - this is the edge that the ban protects
