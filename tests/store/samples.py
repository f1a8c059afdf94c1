"""Small values that the store tests share."""

import datetime as dt
from dataclasses import dataclass

from monitor.core.view import Put, Table
from monitor.model import AlertId, ChatId, Item, ItemId, Message, MessageId, Severity, SourceId
from monitor.store.postgres import PostgresStore

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


class PostgresInTheirTime(PostgresStore):
    """Compares leases with the time handed in, as the other stores do: the contract's clock stands at noon."""

    _now = ":now"


def at(seconds):
    return NOON + dt.timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Note:
    key: str
    time: float
    words: tuple[str, ...] = ()
    number: int = 0


NOTES: Table[Note] = Table(
    "notes",
    Note,
    key=lambda r: r.key,
    time=lambda r: r.time,
    indexes={"word": lambda r: r.words, "number": lambda r: (r.number,) if r.number else ()},
)


def note(key, time=0.0, words=(), number=0):
    return Put(NOTES, Note(key, time, tuple(words), number))


def item(name="i1", source="s1", seen=NOON, version=1):
    return Item(ItemId(name), SourceId(source), seen, f"Title of {name}", "Text – naïve ✓", version=version)


def message(name="m1", chat=1, severity=Severity.LOW, alerts=("a1",), created=NOON, **more):
    return Message(
        MessageId(name), ChatId(chat), more.pop("kind", "alert"), tuple(map(AlertId, alerts)), created, severity, **more
    )
