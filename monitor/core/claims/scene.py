"""Where and when what a document tells happened, worked out only when it is asked for."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from zoneinfo import ZoneInfo

from monitor.core.claims.actors import Registry
from monitor.core.claims.days import Calendar
from monitor.core.claims.document import Document, Sentence
from monitor.core.claims.places import Places
from monitor.model import Day, Place


class Scene:
    """Places and days of one document, shared by all that read it."""

    def __init__(self, document: Document, registry: Registry, published: dt.datetime | None, lang: str = "en") -> None:
        self._document, self._registry, self._published, self._lang = document, registry, published, lang

    @cached_property
    def places(self) -> Places:
        """The document's places."""
        return Places(self._document, self._registry, self._lang)

    @cached_property
    def on(self) -> dt.date | None:
        """The item's date where it happened: "Sunday" in Kabul begins before it does in Greenwich."""
        if self._published is None:
            return None
        zone = self.places.zone() if self._published.tzinfo else None
        return self._published.astimezone(ZoneInfo(zone)).date() if zone else self._published.date()

    @cached_property
    def calendar(self) -> Calendar | None:
        """The document's days; None without a date to read them against."""
        if self.on is None or self._published is None:
            return None
        return Calendar(self._document, self.on, self._lang, self._published.date())

    def place(self, s: Sentence, first: int, last: int) -> Place | None:
        """Where what tokens `first` up to `last` tell happened."""
        return self.places.place(s, first, last, lambda other: not self._on_other_day(s, other))

    def _on_other_day(self, s: Sentence, other: Sentence) -> bool:
        """Whether both sentences name days and tell of different ones: what is told then has no place in common."""
        if self.calendar is None or not (self.calendar.read(s) and self.calendar.read(other)):
            return False
        here, there = (self.calendar.day(x, 0, len(x.tokens)) for x in (s, other))
        return here.last < there.first or there.last < here.first

    def day(self, s: Sentence, first: int, last: int) -> Day | None:
        """The day of what tokens `first` up to `last` tell."""
        return self.calendar.day(s, first, last) if self.calendar else None
