"""Hours of a day on somebody's clock."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@cache
def zone(name: str) -> ZoneInfo:
    """A time zone by name; UTC for one that does not exist (names are checked where they are set)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that name."""
    return zone(name).key == name


def following(local: dt.datetime, hour: int, minute: int) -> dt.datetime:
    """The next time a local clock shows this, in UTC."""
    at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (at if at > local else at + dt.timedelta(days=1)).astimezone(dt.UTC)


def end_of(start: dt.time, end: dt.time, tz: str, now: dt.datetime) -> dt.datetime | None:
    """When the hours from `start` to `end` are over in which `now` lies, in UTC; None outside of them."""
    if start == end:
        return None
    local = now.astimezone(zone(tz))
    clock = local.time()
    inside = start <= clock < end if start < end else clock >= start or clock < end
    return following(local, end.hour, end.minute) if inside else None
