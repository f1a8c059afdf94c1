"""Bytes → entries: RSS, Atom and RDF, JSON Feed, CAP, sitemaps, channel pages, pages by selector.

Pure, but not harmless: a small hostile document can keep a parser busy for many seconds. So the daemon calls
`parse` only inside the workers of `monitor.fetch.Parsers`, which can be killed.
"""

from __future__ import annotations

from monitor.core.parse.document import Document, Format, Job

__all__ = ["Document", "Format", "Job", "parse"]


def parse(job: Job) -> Document:
    """Read one document; raises ParseError for a body that is no such document, and nothing else."""
    from monitor.core.parse import cap, feeds, jsonfeed, page, sitemap, sniff
    from monitor.core.parse.split import tree

    if job.format == "page":
        return page.read_page(job)
    if job.format == "channel":
        return page.read_channel(job)
    look = sniff.looks(job.body)
    if look == "json":
        return jsonfeed.read(job)
    if look == "html" or not job.body.strip(b"\x00 \t\r\n"):
        raise sniff.refuse(job.body)
    if b"alert" in job.body[:20_000] or b"<urlset" in job.body[:2000] or b"sitemap" in job.body[:2000]:
        root = tree(job.body)
        if root is not None and cap.is_cap(root):
            return cap.read(job)
        if root is not None and sitemap.is_sitemap(root):
            return sitemap.read(job)
    return feeds.read(job)
