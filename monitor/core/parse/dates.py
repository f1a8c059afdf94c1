"""Dates as feeds write them → aware UTC times. An unreadable or missing date stays None: never now."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime

_OLDEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
"""No feed is older; 1970 and year 1 are unset fields."""
_TOLERANCE = dt.timedelta(minutes=5)
"""Clocks differ by this much without anybody being wrong."""
_WIDEST_ZONE = dt.timedelta(hours=14)
_BAD_OFFSET = re.compile(r"[+-](?:1[5-9]|[2-9]\d):?\d{2}\s*\Z")
_WEEKDAY = re.compile(r"^(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,?\s+", re.IGNORECASE)
_MAX_LENGTH = 80
# Month names of the languages that our sources write; English and numbers come first.
_LANGUAGES = ["en", "ur", "ps", "fa", "ar", "hi", "ru", "tr", "fr", "de", "es", "pt", "it"]


def parse(text: str, at: dt.datetime) -> dt.datetime | None:
    """The time that a feed's date names, in UTC; a date without a zone is taken for UTC.

    `at` only resolves what is incomplete about a century; relative dates ("2 hours ago") are not read.
    """
    text = " ".join(text.split())
    if not 6 <= len(text) <= _MAX_LENGTH:
        return None
    text = _BAD_OFFSET.sub("", text)
    return _iso(text) or _rfc(text) or _free(text, at)


def settle(when: dt.datetime | None, at: dt.datetime) -> tuple[dt.datetime | None, str]:
    """A time that can be relied on, and what was odd: `future_date` is clamped to `at`, `odd_date` becomes None."""
    if when is None:
        return None, ""
    if when < _OLDEST:
        return None, "odd_date"
    return (at, "future_date") if when > at + _TOLERANCE else (when, "")


def _iso(text: str) -> dt.datetime | None:
    try:
        return _utc(dt.datetime.fromisoformat(text))
    except ValueError:
        return None


def _rfc(text: str) -> dt.datetime | None:
    try:
        return _utc(parsedate_to_datetime(_WEEKDAY.sub("", text)))
    except (ValueError, IndexError, TypeError, OverflowError):
        return None


def _free(text: str, at: dt.datetime) -> dt.datetime | None:
    import dateparser

    found = dateparser.parse(
        _WEEKDAY.sub("", text).replace(" - ", " "),
        languages=_LANGUAGES,
        settings={
            "STRICT_PARSING": True,
            "REQUIRE_PARTS": ["day", "month", "year"],
            "PARSERS": ["absolute-time"],
            "TIMEZONE": "UTC",
            "RETURN_AS_TIMEZONE_AWARE": True,
            "RELATIVE_BASE": at.replace(tzinfo=None),
        },
    )
    return None if found is None else _utc(found)


def _utc(when: dt.datetime) -> dt.datetime | None:
    offset = when.utcoffset()
    if offset is None or abs(offset) > _WIDEST_ZONE:
        return when.replace(tzinfo=dt.UTC)
    try:
        return when.astimezone(dt.UTC)
    except (OverflowError, ValueError):
        return None
