"""Which feeds a web page points to."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from monitor.core.parse import sniff
from monitor.core.parse.clean import absolute_url, one_line
from monitor.core.parse.document import Job

_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
_LIKELY = re.compile(
    r"(?:/(?:rss|feeds?|atom|rdf)(?:[/._-]|$)|\.(?:rss|atom|rdf)$|(?:rss|feed|atom|index)\.(?:xml|json)$)",
    re.IGNORECASE,
)
_MOST = 50


def feeds(job: Job) -> tuple[tuple[str, str], ...]:
    """Addresses and titles of feeds that a page declares, then of links that look like feeds, each once."""
    page = LexborHTMLParser(sniff.decoded(job.body, job.content_type))
    found: dict[str, str] = {}
    for link in page.css("link[rel~=alternate][href]"):
        if (link.attributes.get("type") or "").strip().lower() in _TYPES:
            found.setdefault(
                absolute_url(link.attributes.get("href") or "", job.url), link.attributes.get("title") or ""
            )
    for link in page.css("a[href]"):
        url = absolute_url(link.attributes.get("href") or "", job.url)
        if _LIKELY.search(url.partition("?")[0]):
            found.setdefault(url, link.text())
    found.pop("", None)
    return tuple((url, one_line(title)) for url, title in list(found.items())[:_MOST])
