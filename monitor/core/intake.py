"""Which entries of a poll are news: new items, new versions of known ones, or nothing.

Identity is guid → canonical address → title and date, each a *key*. A store keeps one `Seen` per item and
finds it by any of its keys:

    keys = intake.keys(document, source)
    seen = view.find(SEEN, "key", keys)
    result = intake.sort(document, seen, source, now=now, first=state.contacted is None)
    # commit result.items to the inbox, result.seen to SEEN and the validators in one transaction
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.parse.document import Document
from monitor.core.view import Table
from monitor.model import Item, ItemId, Source, SourceId

REMEMBER = dt.timedelta(days=90)
"""How long an item is remembered after it was last in its feed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of one item so that it is never taken for new again."""

    item: ItemId
    source: SourceId
    keys: tuple[str, ...]
    """Every identity it was met under; each starts with the source's id."""
    title: str
    url: str
    digest: str
    """Of title and text: another digest is another version."""
    version: int
    first: dt.datetime
    last: dt.datetime
    """When it was last met in its feed, to the day; forget it `REMEMBER` after that."""
    published: dt.datetime | None = None


SEEN: Table[Seen] = Table(
    "seen", Seen, key=lambda r: r.item, time=lambda r: r.last.timestamp(), indexes={"key": lambda r: r.keys}
)


@dataclass(frozen=True, slots=True)
class Intake:
    """What one document changes, oldest first. Everything in it is committed together."""

    items: tuple[Item, ...] = ()
    """New items (version 1) and new versions of known ones, in the order in which they enter the inbox."""
    seen: tuple[Seen, ...] = ()
    """Records to write."""
    refused: tuple[tuple[str, str], ...] = ()
    """Entry id and reason of what is no item: a CAP test, the half entry at the end of a truncated document."""
    baseline: bool = False
    rekeyed: int = 0
    """Items that came back under other ids."""
    gap: bool = False
    """The window rolled over since the last poll: entries in between may have been missed."""
    flood: bool = False
    """More new items at once than one source publishes: they are marked `flood`, one notice tells of them."""

    @property
    def new(self) -> int:
        """The number of new items."""
        return sum(item.version == 1 for item in self.items)


def keys(document: Document, source: Source) -> tuple[str, ...]:
    """Every key under which an entry of the document may be known."""
    raise NotImplementedError


def sort(document: Document, seen: Sequence[Seen], source: Source, *, now: dt.datetime, first: bool) -> Intake:
    """Sort the entries of a document into news and known; `seen` holds the records found by `keys`.

    On first contact every item is a baseline: learned from, never alerted on.
    """
    raise NotImplementedError
