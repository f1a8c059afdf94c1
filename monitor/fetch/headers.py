"""What response headers say about the next request. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime

from monitor.core.schedule import Pace

LONGEST_WAIT = dt.timedelta(hours=24)
"""No server can put a source off for longer than this at once."""
_MAX_AGE = re.compile(r"(?:\A|,)\s*max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NO_CACHE = re.compile(r"\bno-(?:cache|store)\b", re.IGNORECASE)
_MAX_VALIDATOR = 1_000


def together(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Values by lower-case name: several lines of one name are one list (RFC 9110 section 5.3), without odd bytes."""
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("ascii", "ignore").lower(), value.decode("utf-8", "ignore")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def pace(headers: Mapping[str, str], now: dt.datetime) -> Pace:
    """How long the response stays fresh, and before when nothing must be asked (RFC 9111, RFC 9110 section 10.2.3)."""
    wait = retry_after(headers, now)
    return Pace(
        not_before=None if wait is None else now + dt.timedelta(seconds=wait), fresh_for=_fresh_for(headers, now)
    )


def retry_after(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Seconds to wait, of either form of Retry-After, between 0 and a day; None if it says nothing readable."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        seconds = float(value[:12])
    else:
        when = http_date(value)
        if when is None:
            return None
        seconds = (when - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT.total_seconds())


def validators(headers: Mapping[str, str]) -> tuple[str, str]:
    """ETag and Last-Modified as sent; neither from a server that says its answer is stale at once (`Expires: 0`)."""
    if headers.get("expires", "").strip() == "0":
        return "", ""
    return headers.get("etag", "")[:_MAX_VALIDATOR].strip(), headers.get("last-modified", "")[:_MAX_VALIDATOR].strip()


def http_date(value: str) -> dt.datetime | None:
    """An HTTP date in UTC, or None."""
    if not value:
        return None
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when.replace(tzinfo=dt.UTC) if when.tzinfo is None else when.astimezone(dt.UTC)


def _fresh_for(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    control = headers.get("cache-control", "")
    if _NO_CACHE.search(control):
        return None
    if match := _MAX_AGE.search(control):
        age = headers.get("age", "").strip()
        return max(0.0, float(match[1]) - (float(age[:9]) if age.isascii() and age.isdigit() else 0.0))
    expires = http_date(headers.get("expires", ""))
    if expires is None:
        return None
    return max(0.0, (expires - (http_date(headers.get("date", "")) or now)).total_seconds())
