"""What stands behind the link of an item: the article of a short entry, the alert of an entry in a CAP index.

Fetched once, politely, and only for new items that somebody wants.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from monitor.core.intake import is_real
from monitor.core.parse.document import Document, Format, Job
from monitor.core.text import normalise
from monitor.errors import FetchError, ParseError
from monitor.model import Entry, Item, Source

_WHOLE = 600
"""Characters of text from which a feed is taken to give the article itself."""
_MOST_AT_ONCE = 10


class Pages(Protocol):
    """What gets a page: `Fetcher`."""

    async def page(self, url: str, source: Source) -> tuple[str, bytes, str]:
        """See `Fetcher.page`."""
        ...


class Parses(Protocol):
    """What reads it: `Parsers`."""

    async def parse(self, job: Job, *, suspect: bool = False) -> Document:
        """See `Parsers.parse`."""
        ...


@dataclass(frozen=True)
class Articles:
    """Completes items from the pages that they link to."""

    pages: Pages
    parsers: Parses

    async def complete(
        self, items: Sequence[Item], source: Source, wanted: Callable[[Item], bool], now: dt.datetime
    ) -> tuple[Item, ...]:
        """The items, those that are wanted, new and short with their whole text; entries of a CAP index as the alert.

        An alert that is a test or an exercise becomes part of the baseline: it is never told as if it were real. Never
        raises for a page: an item whose page can't be read stays as it is, marked `no_article:KIND`. At most ten pages
        are fetched for one poll, newest items first; the others stay as they are, marked `no_article:many`.
        """
        short = [item for item in reversed(items) if needs_page(item, source) and wanted(item)]
        done = {item.id: replace(item, marks=(*item.marks, "no_article:many")) for item in short[_MOST_AT_ONCE:]}
        for item in short[:_MOST_AT_ONCE]:
            done[item.id] = await self._complete(item, source, now)
        return tuple(done.get(item.id, item) for item in items)

    async def _complete(self, item: Item, source: Source, now: dt.datetime) -> Item:
        form: Format = "cap" if source.format == "cap" else "article"
        try:
            url, body, content_type = await self.pages.page(item.url, source)
            job = Job(body, at=now, content_type=content_type, url=url, format=form)
            # A page on the web has proven nothing to the parsers, whatever its feed has.
            document = await self.parsers.parse(job, suspect=True)
        except (FetchError, ParseError) as error:
            return replace(item, marks=(*item.marks, f"no_article:{error.kind}"))
        if document.kind == "cap" and document.entries:
            return _alert(item, document.entries[0])
        text = _joined(item, document.entries[0].text if document.entries else "")
        return replace(item, text=text, marks=(*item.marks, "article"))


def needs_page(item: Item, source: Source) -> bool:
    """Whether an item is new, has an address, and comes with a line or two only, or from a CAP index."""
    fresh = item.version == 1 and not item.baseline and bool(item.url)
    if source.format == "cap":
        return fresh and not any(mark.startswith("cap:") for mark in item.marks)
    return fresh and source.whole_text and len(item.text) < _WHOLE


def _alert(item: Item, alert: Entry) -> Item:
    return replace(
        item,
        title=alert.title,
        text=alert.text,
        published=alert.published or item.published,
        lang=alert.lang or item.lang,
        marks=(*item.marks, *alert.marks),
        baseline=item.baseline or not is_real(alert.marks),
    )


def _joined(item: Item, article: str) -> str:
    """The feed's own line stays: it may say what the article no longer does."""
    line = item.text.strip()
    if not line or normalise(line) in normalise(article):
        return article
    return f"{line}\n{article}"
