"""The text of an article's own page: claims stand in the third paragraph, feeds often end after the first."""

from __future__ import annotations

from monitor.core.parse import sniff
from monitor.core.parse.clean import safe_url, tidy
from monitor.core.parse.document import Document, Job
from monitor.core.parse.entries import Found, build
from monitor.errors import ParseError

_LEAST = 200
"""Characters; less than this is a notice about cookies or subscriptions, no article."""


def read(job: Job) -> Document:
    """The one article of a page as a document of one entry; raises ParseError if there is none."""
    import trafilatura

    page = sniff.decoded(job.body, job.content_type)
    if not page.strip() or sniff.is_block_page(job.body):
        raise sniff.refuse(job.body)
    text = tidy(trafilatura.extract(page, url=job.url or None, include_comments=False, fast=True) or "")
    if len(text) < _LEAST:
        raise ParseError("no_match", "no article on the page")
    found = Found(guid=safe_url(job.url), link=job.url, title=text.partition("\n")[0], content=text)
    return Document(kind="page", entries=build([found], job))
