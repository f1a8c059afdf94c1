"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from monitor.core.parse import sniff
from monitor.core.parse.clean import one_line
from monitor.core.parse.document import Document, Job
from monitor.core.parse.entries import MAX_ENTRIES, Found, build
from monitor.errors import ParseError

_Fields = Mapping[str, Any]


def read(job: Job) -> Document:
    """Read a JSON Feed; raises ParseError if it is none."""
    feed = _decoded(job)
    items = [item for item in feed["items"] if isinstance(item, dict)]
    language = _string(feed, "language")
    return Document(
        kind="json",
        entries=build((_found(item, feed) for item in items[:MAX_ENTRIES]), job, language),
        title=one_line(_string(feed, "title")),
        lang=language,
        marks=("truncated",) if len(items) > MAX_ENTRIES else (),
    )


def _decoded(job: Job) -> _Fields:
    try:
        feed = json.loads(sniff.decoded(job.body, job.content_type))
    except (ValueError, RecursionError) as error:
        raise ParseError("garbage", f"broken JSON: {error}") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ParseError("garbage", "JSON, but no JSON Feed: it has no list of items")
    return feed


def _found(item: _Fields, feed: _Fields) -> Found:
    return Found(
        guid=_string(item, "id"),
        link=_string(item, "url") or _string(item, "external_url"),
        base=_string(feed, "home_page_url"),
        title=_string(item, "title"),
        summary=_string(item, "summary"),
        content=_string(item, "content_html") or _string(item, "content_text"),
        published=_string(item, "date_published") or None,
        updated=_string(item, "date_modified") or None,
        byline=_authors(item) or _authors(feed),
        lang=_string(item, "language"),
    )


def _authors(fields: _Fields) -> str:
    """Names of `authors` (1.1) or `author` (1.0)."""
    authors = fields.get("authors")
    people = authors if isinstance(authors, list) else [fields.get("author")]
    return ", ".join(_string(person, "name") for person in people[:5] if isinstance(person, dict))


def _string(fields: _Fields, name: str) -> str:
    """A string field; ids that are numbers, which 1.0 readers had to accept, as their digits."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)
