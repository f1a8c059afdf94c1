"""A store of `Seen` records in memory, and entries written for these tests."""

import datetime as dt
from dataclasses import dataclass, field

from monitor.core import intake
from monitor.core.intake import Intake, Seen
from monitor.core.parse import Document
from monitor.model import Entry, ItemId, Source, SourceId, SourceKind

SOURCE = Source(SourceId("s"), "https://example.org/", "Example", "Example", SourceKind.WIRE)
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def entry(title="A", guid="", *, url="", text="", at: dt.datetime | None = None, **more) -> Entry:
    """An entry as the parser gives it; its id defaults to its title."""
    return Entry(id=guid or title, url=url, title=title, text=text, published=at, **more)


@dataclass
class Desk:
    """One source polled again and again."""

    source: Source = SOURCE
    now: dt.datetime = NOW
    records: dict[ItemId, Seen] = field(default_factory=dict)
    polled: bool = False

    def poll(self, *entries: Entry, known: int = 0, later: dt.timedelta = HOUR) -> Intake:
        """What a document of these entries brings."""
        return self.take(Document("rss", entries, known=known), later=later)

    def take(self, document: Document, *, later: dt.timedelta = HOUR) -> Intake:
        """What a document brings; its records are kept."""
        keys = set(intake.keys(document, self.source))
        seen = [record for record in self.records.values() if not keys.isdisjoint(record.keys)]
        result = intake.sort(document, seen, self.source, now=self.now, first=not self.polled)
        self.records.update({record.item: record for record in result.seen})
        self.polled = self.polled or bool(document.entries)
        self.now += later
        return result


def titles(result: Intake) -> list[str]:
    """The titles of what came, new versions with their number."""
    return [item.title if item.version == 1 else f"{item.title}#{item.version}" for item in result.items]
