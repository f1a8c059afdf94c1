"""RSS 0.9x–2.0, Atom 0.3 and 1.0 and RDF, through feedparser."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from types import ModuleType
from typing import Any

from monitor.core.parse import cap, sniff
from monitor.core.parse.clean import one_line
from monitor.core.parse.document import Document, Job, Kind
from monitor.core.parse.entries import MAX_ENTRIES, Found, build
from monitor.core.parse.split import Split
from monitor.errors import ParseError

_LIBRARY_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What feedparser's handlers have been seen to raise on documents that nobody wrote for it."""
_DAYS = {name: number for number, name in enumerate(calendar.day_name)}
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_CLOSED = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>\s*(?:<!--.*?-->\s*)*\x00*\Z", re.IGNORECASE | re.DOTALL)
_ENTRY_END = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ENTRY_START = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_PREFIXED_ENTRY = re.compile(rb"<(\w+:)(?:item|entry)[\s>]", re.IGNORECASE)
_ZONE_OVER_14_HOURS = re.compile(r"[+-](?:1[5-9]|[2-9]\d):?\d{2}\s*\Z")

_BASE = re.compile(rb"\bbase\s*=")
_NO_BASE = "about:blank"
"""feedparser resolves guids too, but an id must not depend on a redirect. Without a base, one that the document names
would leak from one entry to the next; where it names none, none is quicker."""

_Fields = dict[str, Any]


def read(parts: Split | None, job: Job) -> Document:
    """Read a feed, split or as a whole; raises ParseError if it is none."""
    if parts:
        sniff.scan_tree(parts.root)
        alerts = cap.embedded(parts.root, job)
        cut = ("truncated",) if parts.truncated else ()
        return _document(job, _parsed(parts.body, "utf-8"), parts, alerts, *cut)
    body, truncated = _cut(job.body)
    sniff.scan(body)
    charset = sniff.charset(body, job.content_type)
    parsed = _parsed(body, charset)
    if not parsed["entries"] and (prefix := _PREFIXED_ENTRY.search(body)):
        # feedparser knows entries by their namespace; this one is not declared.
        parsed = _parsed(re.sub(rb"(</?)" + prefix[1], rb"\1", body), charset)
    if truncated:
        return _document(job, parsed, None, {}, "truncated")
    if _ends_in_an_entry(job.body):
        # The connection ended in the middle of the last entry; what there is of it would be a half-truth.
        del parsed["entries"][-1:]
        return _document(job, parsed, None, {}, "half_entry")
    return _document(job, parsed, None, {})


@cache
def _feedparser() -> ModuleType:
    import feedparser
    import feedparser.api

    # Looked for again at each document; no distribution has brought it for years.
    feedparser.api.PREFERRED_XML_PARSERS.clear()
    library: ModuleType = feedparser
    return library


def _parsed(body: bytes, charset: str | None) -> _Fields:
    content_type = f"application/xml; charset={charset}" if charset else "application/xml"
    headers = {"content-type": content_type, "content-location": _NO_BASE if _BASE.search(body) else ""}
    try:
        # Only ever a BytesIO: feedparser opens a str or bytes argument that is a path or an address.
        parsed: _Fields = _feedparser().parse(
            BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except _LIBRARY_FAULTS as error:
        raise ParseError("garbage", f"the feed parser gave up: {type(error).__name__}") from error
    return parsed


def _document(job: Job, parsed: _Fields, parts: Split | None, alerts: Mapping[str, Found], *marks: str) -> Document:
    if not parsed["version"] and not parsed["entries"]:
        raise sniff.refuse(job.body)
    feed, entries = parsed["feed"], parsed["entries"][:MAX_ENTRIES]
    language = _text(feed, "language")
    found = [alerts.get(_text(e, "id")) or _found(e) for e in entries]
    return Document(
        kind=_kind(parsed["version"]),
        entries=build(found, job, language),
        title=one_line(_text(feed, "title")),
        lang=language,
        ttl=_ttl(feed),
        skip_hours=_skip_hours(parts),
        skip_days=_skip_days(parts),
        known=parts.known if parts else 0,
        prints=parts.prints if parts else (),
        marks=(*(("ill_formed",) if parsed.get("bozo") else ()), *marks),
    )


def _found(entry: _Fields) -> Found:
    contents = [
        c for c in entry.get("content") or () if str(c.get("type", "")).startswith(("text/", "application/xhtml"))
    ]
    source = entry.get("source")
    return Found(
        guid=_text(entry, "id"),
        link=_link(entry),
        base=_base(entry),
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        content=max((_text(c, "value") for c in contents), key=len, default=""),
        published=_date(entry, "published"),
        updated=_date(entry, "updated"),
        byline=_text(entry, "author"),
        source=_text(source, "title") if isinstance(source, dict) else "",
        marks=_test_marks(entry),
        lang=_text(entry, "language") or _text(entry.get("title_detail") or {}, "language"),
    )


def _test_marks(entry: _Fields) -> tuple[str, ...]:
    """What an index of alerts says of an entry that is no real alert; the rest tells the alert itself."""
    status = _text(entry, "cap_status").strip().capitalize()
    return (f"cap:{status}",) if status in cap.NOT_ACTUAL else ()


def _base(entry: _Fields) -> str:
    """The entry's own xml:base; empty if it has none."""
    base = _text(entry.get("title_detail") or {}, "base")
    return "" if base == _NO_BASE else base


def _text(fields: _Fields, name: str) -> str:
    # Plain dict access: FeedParserDict.get falls back from `updated` to `published`, with a warning.
    value = dict.get(fields, name)
    return value if isinstance(value, str) else ""


def _link(entry: _Fields) -> str:
    """The article's address; a guid that is no address is no link, though feedparser makes one of it."""
    link, identity = _text(entry, "feedburner_origlink") or _text(entry, "link"), _text(entry, "id")
    if link and (link != identity or entry.get("links")):
        return link
    return identity if identity[:4].lower() == "http" else ""


def _date(entry: _Fields, name: str) -> str | dt.datetime | None:
    written, parsed = _text(entry, name), dict.get(entry, f"{name}_parsed")
    if not isinstance(parsed, tuple) or _ZONE_OVER_14_HOURS.search(written):
        return written or None
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return written or None


def _kind(version: str) -> Kind:
    if version.startswith("atom"):
        return "atom"
    return "rdf" if version in {"rss10", "rss090"} else "rss"


def _ttl(feed: _Fields) -> float | None:
    """RSS `ttl` in minutes, or the syndication module's period and frequency, in seconds."""
    ttl = _number(_text(feed, "ttl"))
    if ttl:
        return ttl * 60
    period = _PERIODS.get(_text(feed, "sy_updateperiod").strip().lower())
    return period / max(1.0, _number(_text(feed, "sy_updatefrequency")) or 1.0) if period else None


def _number(text: str) -> float | None:
    text = text.strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _skip_hours(parts: Split | None) -> tuple[int, ...]:
    hours = (_number(e.text or "") for e in parts.root.iter("{*}hour")) if parts else ()
    # RSS 0.91 counts hours from 1 to 24, RSS 2.0 from 0 to 23.
    return tuple(sorted({int(h) % 24 for h in hours if h is not None and h <= 24}))


def _skip_days(parts: Split | None) -> tuple[int, ...]:
    days = (_DAYS.get((e.text or "").strip().capitalize()) for e in parts.root.iter("{*}day")) if parts else ()
    return tuple(sorted({d for d in days if d is not None}))


def _ends_in_an_entry(body: bytes) -> bool:
    """Whether the document ends before its last entry does."""
    if _CLOSED.search(body[-2000:]):
        return False
    begun = max((match.start() for match in _ENTRY_START.finditer(body)), default=-1)
    return begun >= 0 and not _ENTRY_END.search(body, begun)


def _cut(body: bytes) -> tuple[bytes, bool]:
    """At most `MAX_ENTRIES` entries of a document that could not be split."""
    for number, match in enumerate(_ENTRY_END.finditer(body), start=1):
        if number == MAX_ENTRIES:
            rest = _ENTRY_END.search(body, match.end())
            return (body[: match.end()], True) if rest else (body, False)
    return body, False
