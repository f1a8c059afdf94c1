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
from monitor.model import IncidentId, Metric, StoryId, WatchId

RECENT = dt.timedelta(days=14)
INCIDENTS_SHOWN, LINES_SHOWN = 6, 6
_STORIES = 60


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one claimant through time: (seconds since the epoch, low end, high end)."""

    claimant: str
    points: tuple[tuple[float, float, float], ...]


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
    title = say("standing-title", lang, watch=names.watch(watch))
    blocks = [Block(((Text(title, "b"),),), 9)]
    for key, held in list(by_incident.items())[:INCIDENTS_SHOWN]:
        lines = [_scene(view.get(INCIDENTS, key), lang), *_sides(held, names, lang)]
        blocks.append(Block(tuple(lines[: LINES_SHOWN + 1]), 5, gap=True))
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
        figure = phrases.counted(entry.quantity, entry.object, entry.metric, lang)
        side = f" ({names.actor(entry.side)})" if entry.side else ""
        at = dt.datetime.fromtimestamp(entry.figures[-1].seen, dt.UTC)
        yield (Text(f"• {claimant(entry, lang)}: {figure}{side} · "), Time(at))


def claimant(entry: Entry, lang: str = "en") -> str:
    """Who claims it, in the text's own words."""
    return phrases.party(entry.claimant) if entry.claimant else say("nobody-named", lang)


def series(view: View, incident: IncidentId, metric: Metric | None, lang: str = "en") -> list[Series]:
    """Every claimant's figures of one kind in an incident, through time, for a chart."""
    found = [e for e in view.find(LEDGER, "incident", [incident]) if e.metric is metric and not e.part]
    found.sort(key=lambda e: (claimant(e, lang), e.figures[0].seen))
    drawn = [
        Series(name, points)
        for name, group in groupby(found, key=lambda e: claimant(e, lang))
        if (points := _points(list(group)))
    ]
    return sorted(drawn, key=lambda s: s.points[0])


def _points(held: Sequence[Entry]) -> tuple[tuple[float, float, float], ...]:
    figures = sorted((f for e in held for f in e.figures if not f.withdrawn), key=lambda f: f.seen)
    return tuple(
        (f.seen, f.quantity.low or value, f.quantity.high or value)
        for f in figures
        if (value := quantities.value(f.quantity)) is not None
    )
