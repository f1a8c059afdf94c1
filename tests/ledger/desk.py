"""A small desk for tests: claims are written down by hand, as a perfect reader would have read them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from monitor.core import ladder, ledger
from monitor.core.claims.actors import Registry
from monitor.core.ledger import Telling
from monitor.core.origins import origin_of
from monitor.core.view import Draft
from monitor.model import (
    Actor,
    ActorId,
    ActorKind,
    Claim,
    Day,
    Development,
    Event,
    Item,
    ItemId,
    Metric,
    ObjectClass,
    Party,
    Place,
    Placement,
    Quantity,
    Reading,
    Source,
    SourceId,
    SourceKind,
    Span,
    Stance,
    StoryId,
)
from monitor.store.memory import MemoryView

SUNDAY = dt.datetime(2026, 2, 22, 8, 0, tzinfo=dt.UTC)
HILLS, COAST, CAPITAL = ("Sudmark", "Hills"), ("Sudmark", "Coast"), ("Sudmark", "Centre", "Sudport")

REGISTRY = Registry.base().extended(
    [
        Actor(ActorId("norland"), "Norland", ActorKind.STATE, ("Norlandic",), capital="Northaven"),
        Actor(ActorId("sudmark"), "Sudmark", ActorKind.STATE, ("Sudmarkian",), capital="Sudport"),
        Actor(ActorId("red-front"), "Red Front", ActorKind.GROUP),
    ]
)

SOURCES = {
    name: Source(SourceId(name), "https://example.org/feed", name.title(), f"{name} owner", kind, side)
    for name, kind, side in (
        ("wire", SourceKind.WIRE, None),
        ("agency", SourceKind.WIRE, None),
        ("times", SourceKind.INDEPENDENT, None),
        ("post", SourceKind.INDEPENDENT, None),
        ("north", SourceKind.OFFICIAL, "Norland"),
        ("south", SourceKind.OFFICIAL, "Sudmark"),
        ("north-tv", SourceKind.STATE_MEDIA, "Norland"),
    )
}

ARMY = "Norland's military"
MINISTRY = "Sudmark's health ministry"
DOCTOR = "a doctor at the district hospital"


def day(first: int, last: int | None = None, *, stated: bool = True) -> Day:
    """Days of February 2026."""
    return Day(dt.date(2026, 2, first), dt.date(2026, 2, last or first), stated)


def claim(
    who: str | None,
    metric: Metric | None,
    low: float | None = None,
    *,
    high: float | str | None = "same",
    stance: Stance = Stance.ASSERTS,
    of: ObjectClass | None = ObjectClass.COMBATANTS,
    what: str | None = None,
    side: str | None = "sudmark",
    place: tuple[str, ...] | None = HILLS,
    on: Day | None = None,
    title: bool = False,
    part: bool = False,
    hedged: bool = False,
    approx: bool = False,
    total: bool = False,
    vague: bool = False,
    was: float | None = None,
) -> Claim:
    """A claim as read from a text. Without `high` the figure is exact; `high=None` makes it "at least"."""
    top = low if high == "same" else high
    quantity = Quantity(low, top if not isinstance(top, str) else None, approx, total, vague, was)
    resolved = REGISTRY.resolve(who) if who else None
    return Claim(
        Span(f"{who}: {low} {metric}", "title" if title else "text", 0, 10),
        stance,
        Party(who, resolved) if who else None,
        hedged=hedged,
        metric=metric,
        object=what,
        object_class=of,
        side=ActorId(side) if side else None,
        quantity=quantity,
        part=part,
        place=Place(place[-1], place) if place else None,
        day=on,
    )


def killed(who: str | None, low: float | None = None, **more: object) -> Claim:
    """A claim of people killed."""
    return claim(who, Metric.KILLED, low, **more)  # type: ignore[arg-type] # passed through


def event(
    kind: str, doer: str = "norland", target: str = "sudmark", place: tuple[str, ...] = HILLS, **more: object
) -> Event:
    """An event `class/mode` between two parties."""
    name, _, mode = kind.partition("/")
    made = Event(
        Span(kind, "text", 0, 5),
        name.upper(),
        mode or None,
        Party(doer, ActorId(doer)),
        Party(target, ActorId(target)),
        Place(place[-1], place) if place else None,
    )
    return replace(made, **more)  # type: ignore[arg-type] # passed through


class Desk:
    """Items told one after the other, an hour apart; each answer is the developments of that item."""

    def __init__(self) -> None:
        self.view = MemoryView()
        self.now = SUNDAY
        self.count = 0

    def tells(
        self,
        source: str,
        *told: Claim | Event,
        later: float = 1.0,
        published: dt.datetime | None = None,
        story: str = "s-1",
        text: str = "",
        notices: tuple[str, ...] = (),
        copy_of: str | None = None,
        credit: str | None = None,
        id: str | None = None,  # noqa: A002 - the field's name
        version: int = 1,
    ) -> list[Development]:
        """One item of a source with these claims and events, `later` hours after the last one."""
        self.now += dt.timedelta(hours=later)
        self.count += 1
        name = ItemId(id or f"item-{self.count}")
        item = Item(name, SourceId(source), self.now, "", text, published=published, origin=credit, version=version)
        reading = Reading(
            tuple(t for t in told if isinstance(t, Claim)),
            events=tuple(t for t in told if isinstance(t, Event)),
            notices=notices,
        )
        return self.decides(
            item, reading, Placement(StoryId(story), False, near_copy_of=ItemId(copy_of) if copy_of else None)
        )

    def decides(self, item: Item, reading: Reading, placement: Placement) -> list[Development]:
        """Record one item's reading, as the decision does; what is only retold is left out."""
        draft = Draft(self.view)
        source = SOURCES[item.source]
        origin = origin_of(item, source, placement, SOURCES.values(), draft)
        by = Telling(item, source, origin, placement, frozenset(reading.notices), REGISTRY, draft)
        found = [d for d in (*ledger.record(by, reading), *ladder.climb(by, reading)) if not d.retold]
        self.view.apply(draft.changes())
        return found


def kinds(developments: list[Development]) -> list[str]:
    """The kinds of developments, in order."""
    return [d.kind.value for d in developments]
