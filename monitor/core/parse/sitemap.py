"""News sitemaps: the newest articles of publishers that have no feed.

https://www.google.com/schemas/sitemap-news/0.9 within https://www.sitemaps.org/schemas/sitemap/0.9.
"""

from __future__ import annotations

from lxml import etree

from monitor.core.parse.document import Document, Job
from monitor.core.parse.entries import MAX_ENTRIES, Found, build
from monitor.core.parse.split import local
from monitor.errors import ParseError


def is_sitemap(root: etree._Element) -> bool:
    """Whether a document is a sitemap (or an index of sitemaps)."""
    return local(root) in {"urlset", "sitemapindex"}


def read(root: etree._Element, job: Job) -> Document:
    """Read the articles of a news sitemap; raises ParseError if it is none."""
    if local(root) == "sitemapindex":
        raise ParseError("garbage", "an index of sitemaps: name the news sitemap itself as the source")
    found = [f for url in root if local(url) == "url" and (f := _found(url))]
    newest = sorted(found, key=lambda f: str(f.published or ""), reverse=True)
    marks = ("truncated",) if len(found) > MAX_ENTRIES else ()
    return Document(kind="sitemap", entries=build(newest[:MAX_ENTRIES], job), marks=marks)


def _found(url: etree._Element) -> Found | None:
    """An article with a title; pages without a news block say nothing that could be told."""
    texts = {local(e): (e.text or "").strip() for e in url.iter() if isinstance(e.tag, str) and len(e) == 0}
    if not texts.get("title") or not texts.get("loc"):
        return None
    return Found(
        link=next(((e.text or "").strip() for e in url if local(e) == "loc"), ""),
        title=texts["title"],
        published=texts.get("publication_date") or None,
        updated=texts.get("lastmod") or None,
        byline=texts.get("name", ""),
        lang=texts.get("language", ""),
    )
