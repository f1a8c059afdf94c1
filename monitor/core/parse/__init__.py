"""Bytes → entries: RSS, Atom and RDF, JSON Feed, CAP, sitemaps, channel pages, pages by selector.

Pure, but not harmless: a small hostile document can keep a parser busy for many seconds. So the daemon calls
`parse` only inside the workers of `monitor.fetch.Parsers`, which can be killed.
"""

from __future__ import annotations

import re

from monitor.core.parse.document import Document, Format, Job
from monitor.errors import ParseError

__all__ = ["Document", "Format", "Job", "parse"]

_ALERT = re.compile(rb"\A[^<]*(?:<[?!][^>]*>[^<]*)*<(?:\w+:)?(?:alert|EDXLDistribution)[\s>]")


def parse(job: Job) -> Document:
    """Read one document; raises ParseError for a body that is no such document, and nothing else."""
    from monitor.core.parse import article, page, sniff

    pages = {"page": page.read_page, "channel": page.read_channel, "article": article.read}
    if job.format in pages:
        return pages[job.format](job)
    look = sniff.looks(job.body)
    if look == "html" or not job.body.strip(b"\x00 \t\r\n"):
        raise sniff.refuse(job.body)
    return _read_json(job) if look == "json" else _read_xml(job)


def _read_json(job: Job) -> Document:
    from monitor.core.parse import jsonfeed

    return jsonfeed.read(job)


def _read_xml(job: Job) -> Document:
    """A feed, unless its root says that it is an alert or a sitemap."""
    from monitor.core.parse import cap, feeds, sitemap
    from monitor.core.parse.entries import MAX_ENTRIES
    from monitor.core.parse.split import split

    parts = split(job.body, job.known, MAX_ENTRIES)
    if parts and cap.is_cap(parts.root):
        return cap.read(parts.root, job)
    if parts and sitemap.is_sitemap(parts.root):
        return sitemap.read(parts.root, job)
    if parts is None and _ALERT.search(job.body[:20_000]):
        raise ParseError("garbage", "a CAP alert that is not well-formed, or has a document type")
    return feeds.read(parts, job)
