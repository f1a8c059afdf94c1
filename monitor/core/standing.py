"""What is claimed so far in a situation: the state of play, and figures through time. Reads the ledger only.

Figures of one incident stand side by side, a line a claimant; they are never added up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from monitor.core import phrases, quantities
from monitor.core.incidents import INCIDENTS, Incident
from monitor.core.ledger import LEDGER, Entry
from monitor.core.markup import Block, Line, Text, Time, clean
from monitor.core.records import ALERTS
from monitor.core.render import Names
from monitor.core.texts import say
from monitor.core.view import View
from monitor.model import ActorId, Development, IncidentId, Metric, ObjectClass, Stance, StoryId, WatchId

RECENT = dt.timedelta(days=14)
INCIDENTS_SHOWN, LINES_SHOWN = 6, 8
_STORIES = 60
_PEOPLE = {
    None,
    ObjectClass.PEOPLE,
    ObjectClass.COMBATANTS,
    ObjectClass.CIVILIANS,
    ObjectClass.CHILDREN,
    ObjectClass.OFFICERS,
}
_ASSERTING = {Stance.ASSERTS, Stance.CONFIRMS}


@dataclass(frozen=True, slots=True)
class Subject:
    """What figures must share to be drawn together: only like is compared with like."""

    incident: IncidentId
    metric: Metric | None
    side: ActorId | None
    total: bool
    things: ObjectClass | None
    """None for people of any kind: fighters against civilians is what a contradiction is about."""

    def may_be(self, other: Subject) -> bool:
        """Whether nothing that is known differs."""
        sides = self.side is None or other.side is None or self.side == other.side
        return sides and (self.metric, self.total, self.things) == (other.metric, other.total, other.things)


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one claimant through time: (seconds since the epoch, low end, high end)."""

    claimant: str
    points: tuple[tuple[float, float, float], ...]
    present: str = ""
    """The last figure in words: `at least 70`."""


def entries(view: View, watch: WatchId, now: dt.datetime) -> list[Entry]:
    """What is claimed, and not withdrawn, in the stories that the watch told of lately; newest incident first."""
    since = (now - RECENT).timestamp()
    alerts = view.find(ALERTS, "watch", [watch], since=since, limit=500)
    stories: list[StoryId] = list(dict.fromkeys(a.story for a in alerts))[:_STORIES]
    told = {d.incident for a in alerts for d in a.developments if d.incident}
    found = view.find(LEDGER, "story", stories, since=since) if stories else []
    return [e for e in found if e.standing and (not told or e.incident in told)]


def standing(view: View, watch: WatchId, names: Names, now: dt.datetime, lang: str = "en") -> list[Block]:
    """The state of play of a watch; empty if nothing is claimed."""
    by_incident: dict[IncidentId, list[Entry]] = {}
    for entry in entries(view, watch, now):
        by_incident.setdefault(entry.incident, []).append(entry)
    if not by_incident:
        return []
    names = names.within(watch)
    title = say("standing-title", lang, watch=names.watch(watch))
    blocks = [Block(((Text(title, "b"),),), 9)]
    for key, held in list(by_incident.items())[:INCIDENTS_SHOWN]:
        lines = list(_sides(held, names, lang))
        rest = [(Text(say("more-developments", lang, n=len(lines) - LINES_SHOWN)),)] if lines[LINES_SHOWN:] else []
        scene = _scene(view.get(INCIDENTS, key), lang)
        blocks.append(Block((scene, *lines[:LINES_SHOWN], *rest), 5, gap=True))
    if len(by_incident) > INCIDENTS_SHOWN:
        blocks.append(Block(((Text(say("standing-more", lang, n=len(by_incident) - INCIDENTS_SHOWN)),),), 8))
    return [*blocks, Block(((Text(say("claims-only", lang), "i"),),), 8, gap=True)]


def _scene(incident: Incident | None, lang: str) -> Line:
    if incident is None:
        return (Text(say("incident", lang), "b"),)
    place = clean(incident.places[0][-1], 60) if incident.places and incident.places[0] else say("incident", lang)
    if incident.day is None:
        return (Text(place, "b"),)
    day = incident.day.first
    return (Text(f"{day.day} {day:%b} · {place}", "b"),)


def _sides(held: Iterable[Entry], names: Names, lang: str) -> Iterable[Line]:
    for entry in sorted(held, key=lambda e: (str(e.side), str(e.metric), e.figures[0].seen)):
        at = dt.datetime.fromtimestamp(entry.figures[-1].seen, dt.UTC)
        yield (Text(f"• {_line(entry, names, lang)} · "), Time(at))


def _line(entry: Entry, names: Names, lang: str) -> str:
    """`ISPR: 14 fighters killed`, but `denied by ISPR: 40 soldiers killed`: an answer is no claim."""
    asserted = entry.stance in _ASSERTING
    figure = phrases.counted(entry.quantity, entry.object, entry.metric, lang, noted=asserted)
    side = f" ({names.side(entry.side)})" if entry.side else ""
    who = claimant(entry, lang)
    if asserted:
        return f"{who}: {figure}{side}"
    return say(f"standing-{entry.stance}", lang, who=who, what=f"{figure or say('the-claim', lang)}{side}")


def claimant(entry: Entry, lang: str = "en") -> str:
    """Who claims it, in the text's own words."""
    return phrases.party(entry.claimant) if entry.claimant else say("nobody-named", lang)


def series(view: View, subject: Subject, lang: str = "en") -> list[Series]:
    """Every claimant's figures for one subject through time, for a chart; denials hold none of their own."""
    told = view.find(LEDGER, "incident", [subject.incident])
    found = [e for e in told if e.stance in _ASSERTING and not e.part and subject.may_be(subject_of(e))]
    found.sort(key=lambda e: (claimant(e, lang), e.figures[0].seen))
    drawn = [_drawn(name, list(held), lang) for name, held in groupby(found, key=lambda e: claimant(e, lang))]
    return sorted((s for s in drawn if s.points), key=lambda s: s.points[0])


def _drawn(name: str, held: Sequence[Entry], lang: str) -> Series:
    last = max((e.figures[-1] for e in held), key=lambda f: f.seen)
    return Series(name, _points(held), phrases.quantity(last.quantity, lang))


def subject_of(told: Entry | Development) -> Subject:
    """What a claim or a development counts."""
    total = told.total if isinstance(told, Entry) else told.quantity.total
    things = None if told.object_class in _PEOPLE else told.object_class
    return Subject(told.incident or IncidentId(""), told.metric, told.side, total, things)


def _points(held: Sequence[Entry]) -> tuple[tuple[float, float, float], ...]:
    figures = sorted((f for e in held for f in e.figures if not f.withdrawn), key=lambda f: f.seen)
    return tuple(
        (f.seen, f.quantity.low or value, f.quantity.high or value)
        for f in figures
        if (value := quantities.value(f.quantity)) is not None
    )
