"""Which incident a claim is about: what happened between whom, where, on which day.

A claim seldom tells all of it, so an incident is found by what fits best and nothing that is known may differ.
What had to be inferred is marked, and an assignment can be undone (`tocsin story split|merge`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b

from monitor.core.claims.lexicons import lexicon, words
from monitor.core.stories.aliases import names_of
from monitor.core.view import Draft, IndexValue, Table
from monitor.model import ActorId, Claim, Day, Event, IncidentId, Item, ItemId, Place, Reading, StoryId

Path = tuple[str, ...]

_WORD = re.compile(r"[a-z]+")
_CAPITALISED = re.compile(r"\b[A-Z][a-z]{3,}\b")
_NAME = re.compile(r"(?<=[a-z0-9,;] )([A-Z][a-z]{3,})\b")

MEMORY = dt.timedelta(days=45)
"""How far back an incident is looked for."""

_MATERIAL = {"FIGHT", "ASSAULT", "COERCE", "PROTEST"}
_ANY_MODE = {"attack", "kill", "clash"}
_CANDIDATES = 60
_FIT = 1.5
"""The least fit: a shared party and a place or story that agree, on about the same day."""

_NAMED = 0.5
"""What a shared proper name is worth, up to two: together as much as a shared story."""

_SPOKEN_OF = 0.5
"""What it is worth that the same voice has counted such losses of the incident before."""

_MOST_NAMES = 40
_INFERRED_REACH = 10
"""Days for which reports that name no day still belong to an incident of their story ("death toll rises")."""
_NEXT_REACH = 2
"""The same where no disaster is told: then the same words soon tell of the next incident."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a claim or event tells about its incident. Empty parts are unknown, not different."""

    day: Day | None = None
    places: tuple[Path, ...] = ()
    parties: frozenset[ActorId] = frozenset()
    mode: str = ""
    names: frozenset[str] = frozenset()
    """Proper names of the whole item: what a gazetteer does not know still tells one affair from another."""
    echoes: frozenset[str] = frozenset()
    """All capitalised words, also those that may be names only by their place: they count where they are known."""
    named: frozenset[ActorId] = frozenset()
    """Sides that the whole item names, whatever they have to do with it: none of them speaks against an incident."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened between whom, where, on which day, as far as it has been told."""

    id: IncidentId
    opened: float
    day: Day | None
    places: tuple[Path, ...]
    parties: tuple[ActorId, ...]
    modes: tuple[str, ...]
    stories: tuple[StoryId, ...]
    items: tuple[ItemId, ...]
    names: tuple[str, ...] = ()
    merged_into: IncidentId | None = None


def _indexed_places(incident: Incident) -> Iterable[IndexValue]:
    return {path[0] for path in incident.places if path}


INCIDENTS: Table[Incident] = Table(
    "incidents",
    Incident,
    key=lambda r: r.id,
    time=lambda r: r.opened,
    indexes={
        "party": lambda r: r.parties,
        "story": lambda r: r.stories,
        "country": _indexed_places,
        "item": lambda r: r.items,
        "name": lambda r: r.names,
    },
)


@dataclass(frozen=True, slots=True)
class Assignment:
    """The incident that was chosen, and what about the choice was inferred (None: nothing)."""

    incident: Incident
    new: bool
    uncertain: str | None = None


def assign(
    scene: Scene,
    item: Item,
    story: StoryId,
    draft: Draft,
    *,
    ordinal: int,
    spoken_of: frozenset[IncidentId] = frozenset(),
) -> Assignment:
    """The incident that the scene fits best, widened by what it adds, or a new one; recorded in the draft.

    `spoken_of` are those of which the same voice has spoken before.
    """
    best = find(scene, item, story, draft, spoken_of)
    if best is None:
        return open_new(scene, item, story, draft, ordinal)
    widened = attach(best, scene, item, story, draft)
    return Assignment(widened, new=False, uncertain=_inferred(scene, best))


def open_new(scene: Scene, item: Item, story: StoryId, draft: Draft, ordinal: int) -> Assignment:
    """A new incident for the scene, recorded; `ordinal` tells apart those that one item opens."""
    opened = _opened(scene, item, story, ordinal)
    draft.put(INCIDENTS, opened)
    return Assignment(opened, new=True)


def find(
    scene: Scene, item: Item, story: StoryId, draft: Draft, spoken_of: frozenset[IncidentId] = frozenset()
) -> Incident | None:
    """The known incident that the scene fits best, if any fits at all; of equals the newest."""
    best: tuple[float, float, str, Incident] | None = None
    names = names_of(story, draft)
    for incident in candidates(scene, item, names, draft):
        score = fit(scene, not set(names).isdisjoint(incident.stories), incident)
        if score is not None and (score := score + _SPOKEN_OF * (incident.id in spoken_of)) >= _FIT:
            scored = (score, incident.opened, incident.id, incident)
            best = scored if best is None or scored[:3] > best[:3] else best
    return best[3] if best else None


def attach(incident: Incident, scene: Scene, item: Item, story: StoryId, draft: Draft) -> Incident:
    """The incident with what the scene adds to it, recorded."""
    widened = replace(
        incident,
        day=_narrower(incident.day, scene.day),
        places=_with(incident.places, scene.places),
        parties=_with(incident.parties, sorted(scene.parties)),
        modes=_with(incident.modes, [scene.mode] if scene.mode else []),
        stories=_with(incident.stories, [story]),
        items=_with(incident.items, [item.id]),
        names=_with(incident.names, sorted(scene.names))[:_MOST_NAMES],
    )
    if widened != incident:
        draft.put(INCIDENTS, widened)
    return widened


def joined(kept: Incident, gone: Incident) -> Incident:
    """`kept` with all that was told of `gone`."""
    return replace(
        kept,
        day=_narrower(kept.day, gone.day),
        places=_with(kept.places, gone.places),
        parties=_with(kept.parties, gone.parties),
        modes=_with(kept.modes, gone.modes),
        stories=_with(kept.stories, gone.stories),
        items=_with(kept.items, gone.items),
        names=_with(kept.names, gone.names)[:_MOST_NAMES],
    )


def resolve(incident: IncidentId, draft: Draft) -> Incident | None:
    """The incident of that id, or the one it was merged into."""
    found = draft.get(INCIDENTS, incident)
    while found is not None and found.merged_into:
        found = draft.get(INCIDENTS, found.merged_into)
    return found


def candidates(scene: Scene, item: Item, stories: list[StoryId], draft: Draft) -> list[Incident]:
    """Known incidents that share the story, a party, a country or a name with the scene."""
    since = (item.seen - MEMORY).timestamp()
    found = {i.id: i for i in draft.find(INCIDENTS, "story", stories, since=since, limit=_CANDIDATES)}
    for index, values in _lookups(scene):
        if values:
            for i in draft.find(INCIDENTS, index, values, since=since, limit=_CANDIDATES):
                found.setdefault(i.id, i)
    return [i for i in found.values() if not i.merged_into]


def _lookups(scene: Scene) -> Iterator[tuple[str, list[str]]]:
    yield "party", [str(p) for p in sorted(scene.parties)]
    yield "country", sorted({p[0] for p in scene.places if p})
    yield "name", sorted(scene.names)


def fit(scene: Scene, same_story: bool, incident: Incident) -> float | None:
    """How well a scene fits an incident; None where their days can't be one."""
    day = _fit_day(scene, same_story, incident)
    if day is None:
        return None
    affair = 1.0 if same_story else _NAMED * min(2, len((scene.names | scene.echoes) & set(incident.names)))
    return day + affair + _fit_place(scene, incident) + _fit_parties(scene, incident) + _fit_mode(scene, incident)


def scene_of(claim: Claim, reading: Reading, item: Item, parties: frozenset[ActorId]) -> Scene:
    """What a claim tells about its incident; what it lacks, the event beside it or the whole item may say.

    `parties` are those of the claim itself. A day or place of the whole item counts only if it is its only one.
    """
    event = nearest(claim, reading.events)
    only = _only_day(reading)
    if only and claim.day and only.first > claim.day.last:
        only = None  # what was said on Thursday did not happen on Friday
    day = next((d for d in (claim.day, event.day if event else None, only) if d and d.stated), None)
    place = claim.place or (event.place if event else None)
    return Scene(
        day or claim.day or today(item),
        _paths(place) or _only_places(reading),
        parties,
        mode_of(event) if event else disaster_in(item),
        names_in(item),
        _echoes(item),
    )


def _only_day(reading: Reading) -> Day | None:
    told = {t.day for t in _happened(reading) if t.day and t.day.stated}
    return told.pop() if len(told) == 1 else None


def _only_places(reading: Reading) -> tuple[Path, ...]:
    """The item's places, if they lie in one country and it does not tell of several days."""
    told = places_of(reading)
    days = {t.day for t in _happened(reading) if t.day and t.day.stated}
    return told if len({p[0] for p in told}) == 1 and len(days) <= 1 else ()


def places_of(reading: Reading) -> tuple[Path, ...]:
    """All places in which the item says that something happened."""
    return tuple(dict.fromkeys(p for t in _happened(reading) for p in _paths(t.place)))


def _happened(reading: Reading) -> list[Claim | Event]:
    return [*reading.claims, *(e for e in reading.events if is_material(e))]


def scene_of_event(event: Event, item: Item, parties: frozenset[ActorId]) -> Scene:
    """What an event tells about its incident."""
    return Scene(event.day or today(item), _paths(event.place), parties, mode_of(event), names_in(item))


def names_in(item: Item) -> frozenset[str]:
    """Capitalised words that do not begin a sentence, in lower case, without days, offices and the like."""
    fields = [item.text] if item.text else [item.title]
    found = {m.group(1).lower() for text in fields for m in _NAME.finditer(text)}
    return frozenset(found - words("voices", "no_names") - words("voices", "offices"))


def _echoes(item: Item) -> frozenset[str]:
    found = {m.group().lower() for m in _CAPITALISED.finditer(f"{item.title} {item.text}")}
    return frozenset(found - words("voices", "no_names") - words("voices", "offices"))


def disaster_in(item: Item) -> str:
    """The kind of disaster or accident that an item names first, if any."""
    kinds = _disasters()
    told = (kinds[w] for w in _WORD.findall(f"{item.title} {item.text}".lower()) if w in kinds)
    return next(told, "")


@cache
def _disasters() -> dict[str, str]:
    return {word: kind for kind, members in lexicon("voices")["disasters"].items() for word in members.split()}


def nearest(claim: Claim, events: tuple[Event, ...]) -> Event | None:
    """The event told nearest to the claim, in the same field, that did happen and can bring losses."""
    told = [e for e in events if e.span.where == claim.span.where and is_material(e)]
    return min(told, key=lambda e: (_distance(claim, e), e.span.start), default=None)


def is_material(event: Event) -> bool:
    """Whether something happened that can bring losses: no talk of it, no plan, no history, nothing denied."""
    return event.event_class.upper() in _MATERIAL and not event.past and not event.denied


def mode_of(event: Event) -> str:
    """The mode of an event; empty for one that may be of any ("an attack")."""
    mode = (event.mode or "").lower()
    return "" if mode in _ANY_MODE else mode


def today(item: Item) -> Day:
    """The day of an item that names none: that of its publication, inferred."""
    date = (item.published or item.seen).date()
    return Day(date, date, stated=False)


def within(inner: Path, outer: Path) -> bool:
    """Whether a place lies in another, or is it."""
    return inner[: len(outer)] == outer


def compatible(a: Iterable[Path], b: Iterable[Path]) -> bool | None:
    """Whether two sets of places share one, also by containment or name; None where either is unknown."""
    mine, theirs = [p for p in a if p], [p for p in b if p]
    if not mine or not theirs:
        return None
    return any(within(p, q) or within(q, p) or p[-1] == q[-1] for p in mine for q in theirs)


def gap(a: Day | None, b: Day | None) -> int:
    """Days between two intervals; 0 where they overlap or one is unknown."""
    if a is None or b is None:
        return 0
    if are_two_nights(a, b):
        return abs((a.first - b.first).days)
    return max(0, (b.first - a.last).days, (a.first - b.last).days)


def are_two_nights(a: Day | None, b: Day | None) -> bool:
    """Whether two nights are told of, though one ends on the day on which the other begins."""
    if a is None or b is None:
        return False
    return a.first != b.first and all((d.last - d.first).days == 1 for d in (a, b))


def days_agree(told: Day | None, known: Day | None) -> bool:
    """Whether two days may be one. An inferred day is that of a report: what it tells was then or before."""
    if told is None or known is None or gap(told, known) == 0:
        return True
    if are_two_nights(told, known):
        return False
    if told.stated and known.stated:
        return False
    if told.stated or known.stated:
        stated, inferred = (told, known) if told.stated else (known, told)
        return stated.first <= inferred.last
    return told.first > known.last or gap(told, known) == 1


def _fit_day(scene: Scene, same_story: bool, incident: Incident) -> float | None:
    if scene.day is None or incident.day is None:
        return 0.0
    days = gap(scene.day, incident.day)
    if days == 0:
        return 1.0 if scene.day.stated and incident.day.stated else 0.5
    if not days_agree(scene.day, incident.day):
        return None
    reach = (_INFERRED_REACH if _lasts(scene, incident) else _NEXT_REACH) if same_story else 1
    # In a conflict the next days bring the next incidents; a disaster's figures come for days.
    fading = 0.5 if len(incident.parties) > 1 else 0.1
    return -fading * days if days <= reach else None


def _lasts(scene: Scene, incident: Incident) -> bool:
    """Whether figures may come for days without a day being named: not in fighting, nor in what names no cause."""
    return bool(({scene.mode} | set(incident.modes)) & set(_disasters().values()))


def _fit_place(scene: Scene, incident: Incident) -> float:
    near = compatible(scene.places, incident.places)
    if near is None:
        return 0.0
    if near:
        return 1.0
    same_country = {p[0] for p in scene.places if p} & {p[0] for p in incident.places if p}
    return -1.5 if same_country else -2.0


def _fit_parties(scene: Scene, incident: Incident) -> float:
    if not scene.parties or not incident.parties:
        return 0.0
    shared = len(scene.parties & set(incident.parties))
    if not shared and scene.named.issuperset(incident.parties):
        return 0.0
    return 0.5 + 0.5 * shared if shared else -1.0


def _fit_mode(scene: Scene, incident: Incident) -> float:
    if not scene.mode or not incident.modes:
        return 0.0
    return 1.0 if scene.mode in incident.modes else -0.5


def _inferred(scene: Scene, incident: Incident) -> str | None:
    """What about an assignment was not said in so many words."""
    if scene.day and incident.day and not scene.day.stated and gap(scene.day, incident.day):
        return "no day is named"
    if compatible(scene.places, incident.places) is False:
        return "the places differ"
    return None


def _opened(scene: Scene, item: Item, story: StoryId, ordinal: int) -> Incident:
    digest = blake2b(f"{item.id}#{item.version}:{ordinal}".encode(), digest_size=6).hexdigest()
    return Incident(
        IncidentId(f"i-{digest}"),
        item.seen.timestamp(),
        scene.day,
        scene.places,
        tuple(sorted(scene.parties)),
        (scene.mode,) if scene.mode else (),
        (story,),
        (item.id,),
        tuple(sorted(scene.names))[:_MOST_NAMES],
    )


def _narrower(known: Day | None, told: Day | None) -> Day | None:
    """The day of an incident: what is stated wins over what was inferred, the narrower over the wider."""
    if known is None or told is None or known.stated != told.stated:
        return told if known is None or (told and told.stated) else known
    first, last = max(known.first, told.first), min(known.last, told.last)
    return Day(first, last, known.stated) if first <= last else known


def _with(known: tuple, more: Iterable) -> tuple:  # type: ignore[type-arg] # any element, order kept
    return known + tuple(m for m in dict.fromkeys(more) if m not in known)


def _paths(place: Place | None) -> tuple[Path, ...]:
    """The path of a place that is known; a name that no gazetteer has tells nothing of where it lies."""
    return (place.path,) if place and place.path else ()


def _distance(claim: Claim, event: Event) -> int:
    return max(0, event.span.start - claim.span.end, claim.span.start - event.span.end)
