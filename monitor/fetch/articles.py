"""What stands behind the link of an item: the article of a short entry, the alert of an entry in a CAP index.

Fetched once a version, politely, and only for items that somebody wants.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from monitor.core.parse.document import Document, Format, Job
from monitor.core.text import normalise
from monitor.errors import FetchError, ParseError
from monitor.model import Entry, Item, ItemId, Source

_WHOLE = 600
"""Characters of text from which a feed is taken to give the article itself."""
_MOST_AT_ONCE = 10
_MAY_PASS = frozenset(
    {"timeout", "network", "dns", "refused", "tls", "busy", "rate_limited", "http_5xx", "late", "many"}
)
"""Failures after which the same page is worth another try."""


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
    """Reads the pages that items link to. `seconds` bounds all pages of a poll together: news does not wait longer."""

    pages: Pages
    parsers: Parses
    seconds: float = 20.0

    async def complete(
        self, items: Sequence[Item], source: Source, wanted: Callable[[Item], bool], now: dt.datetime
    ) -> tuple[Item, ...]:
        """The items, those that are wanted and short with their whole text.

        Never raises for a page: an item whose page can't be read stays as it is, marked `no_article:KIND` (`late`: the
        poll's time was up). At most ten pages are fetched for one poll, newest items first; the others stay as they
        are, marked `no_article:many`.
        """
        short = [item for item in items if needs_page(item, source) and wanted(item)]
        found = await self._behind(short, source, "article", now)
        return tuple(_completed(item, found[item.id]) if item.id in found else item for item in items)

    async def alerts(self, items: Sequence[Item], source: Source, now: dt.datetime) -> dict[ItemId, Entry | None]:
        """The alerts behind new entries of a CAP index; None for one that is worth another try at the next poll.

        An entry that has no alert for good (its page is gone, or holds something else) is not among them. The limits
        are those of `complete`.
        """
        found = await self._behind([item for item in items if needs_alert(item, source)], source, "cap", now)
        tried = {key: None if isinstance(what, str) else what for key, what in found.items()}
        return {key: what for key, what in tried.items() if what or found[key] in _MAY_PASS}

    async def _behind(
        self, items: Sequence[Item], source: Source, form: Format, now: dt.datetime
    ) -> dict[ItemId, Entry | str]:
        """What stands behind the links, or the kind of failure."""
        end = asyncio.get_running_loop().time() + self.seconds
        newest_first = list(reversed(items))
        found: dict[ItemId, Entry | str] = {item.id: "many" for item in newest_first[_MOST_AT_ONCE:]}
        for item in newest_first[:_MOST_AT_ONCE]:
            found[item.id] = await self._read(item, source, form, now, end)
        return found

    async def _read(self, item: Item, source: Source, form: Format, now: dt.datetime, end: float) -> Entry | str:
        try:
            async with asyncio.timeout_at(end):
                url, body, content_type = await self.pages.page(item.url, source)
                job = Job(body, now, content_type, url=url, format=form, language=source.language)
                # A page on the web has proven nothing to the parsers, whatever its feed has.
                document = await self.parsers.parse(job, suspect=True)
        except TimeoutError:
            return "late"
        except (FetchError, ParseError) as error:
            return error.kind
        fits = document.entries and (form == "article" or document.kind == "cap")
        return document.entries[0] if fits else "no_match"


def needs_page(item: Item, source: Source) -> bool:
    """Whether an item is news, has an address, and comes with a line or two only."""
    return _is_news(item) and source.format != "cap" and source.whole_text and len(item.text) < _WHOLE


def needs_alert(item: Item, source: Source) -> bool:
    """Whether an item is the entry of a CAP index that only points to its alert."""
    return _is_news(item) and source.format == "cap" and not any(mark.startswith("cap:") for mark in item.marks)


def _is_news(item: Item) -> bool:
    return bool(item.url) and not item.baseline


def _completed(item: Item, found: Entry | str) -> Item:
    if isinstance(found, str):
        return replace(item, marks=(*item.marks, f"no_article:{found}"))
    return replace(item, text=_joined(item, found.text), marks=(*item.marks, "article"))


def _joined(item: Item, article: str) -> str:
    """The feed's own line stays: it may say what the article no longer does."""
    line = item.text.strip()
    if not line or normalise(line) in normalise(article):
        return article
    return f"{line}\n{article}"
