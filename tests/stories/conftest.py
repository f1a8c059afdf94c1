"""A small desk: items are placed one after the other, as the decider does it."""

import datetime as dt

import pytest

from monitor.core.stories import place
from monitor.core.view import Draft
from monitor.model import Item, ItemId, SourceId
from monitor.store.memory import MemoryView

START = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)

EVERYDAY = [
    ("Harbour bridge closes to lorries for repairs", "The council said the work would last until the autumn."),
    ("Teachers vote to end their strike", "Schools reopen on Thursday after the union accepted a pay offer."),
    ("Wheat prices slip as rain reaches the plains", "Traders expect a larger crop than they did a month ago."),
    ("Singer postpones tour after throat surgery", "Tickets stay valid, her agency announced."),
    ("Two climbers rescued from the north face", "A helicopter brought them down before the storm."),
    ("Parliament debates the pension bill again", "The coalition hopes for a vote before the holidays."),
    ("New tram line opens in the eastern suburbs", "Thousands rode it for nothing on the first day."),
    ("Hospital wing named after its first nurse", "Her grandchildren unveiled the plaque."),
]


class Desk:
    """Places items an hour apart unless told otherwise, and remembers the view."""

    def __init__(self) -> None:
        self.view = MemoryView()
        self.now = START
        self._made = 0

    def place(self, title, text="", *, name=None, hours=1.0, version=1, source="wire", published=None):
        self.now += dt.timedelta(hours=hours)
        self._made += 1
        item = Item(
            ItemId(name or f"i{self._made}"),
            SourceId(source),
            self.now,
            title,
            text,
            version=version,
            published=published,
        )
        draft = Draft(self.view)
        placement = place(item, draft)
        self.view.apply(draft.changes())
        return placement

    def draft(self):
        return Draft(self.view)

    def apply(self, draft):
        self.view.apply(draft.changes())


@pytest.fixture
def desk():
    """A desk that has seen some everyday news, so that common words are known to be common."""
    made = Desk()
    for title, text in EVERYDAY:
        made.place(title, text)
    return made
