"""What a parser makes of one document."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from monitor.model import Entry

Kind = Literal["rss", "atom", "rdf", "json", "cap", "sitemap", "channel", "page"]
Format = Literal["feed", "page", "channel", "sitemap", "cap", "article"]
"""Those of a source, and `article`: the page that an item links to."""


@dataclass(frozen=True, slots=True)
class Document:
    """A feed document as read: its entries in document order and what it says of itself."""

    kind: Kind
    entries: tuple[Entry, ...] = ()
    title: str = ""
    lang: str = ""
    ttl: float | None = None
    """Seconds between two polls that the document asks for (RSS `ttl`, `sy:updatePeriod`)."""
    skip_hours: tuple[int, ...] = ()
    """UTC hours in which the publisher adds nothing (RSS `skipHours`)."""
    skip_days: tuple[int, ...] = ()
    """Weekdays, Monday 0, in which the publisher adds nothing (RSS `skipDays`)."""
    known: int = 0
    """Entries left out of `entries` because their bytes were handed in as known."""
    prints: tuple[str, ...] = ()
    """What every entry is known by at the next `parse(…, known=…)`; empty if the document could not be split."""
    marks: tuple[str, ...] = ()
    """What was odd: `ill_formed`, `truncated` (more entries than are read), …"""


@dataclass(frozen=True, slots=True)
class Job:
    """One document to parse and everything that parsing depends on. `at` is the time of the fetch."""

    body: bytes
    at: dt.datetime
    content_type: str = ""
    url: str = ""
    format: Format = "feed"
    selectors: tuple[tuple[str, str], ...] = ()
    """CSS selectors of a page source: `("item", "article.news"), ("title", "h2"), …`."""
    language: str = ""
    """The source's: which block of an alert in several languages is read."""
    known: tuple[str, ...] = ()
    """`Document.prints` of the last document: entries that need not be read again."""
