"""The ledger: what has been claimed so far, by whom, through time, and what an item changes in it.

A claim is compared only with its like: the same incident, metric, losing side, kind of people or things,
part or total. Within that, one voice revises itself; another voice's own account corroborates, rivals or
contradicts. Nothing is added up, averaged or overwritten. A figure that its voice has given before is
nothing new, however late or often it is printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import blake2b
from typing import Literal

from monitor.core import incidents, quantities
from monitor.core.claims.lexicons import lexicon, words
from monitor.core.incidents import Assignment, Incident, Scene
from monitor.core.origins import (
    PRESS,
    Actors,
    Sides,
    Voice,
    kin,
    party_of_source,
    same_office,
    same_voice,
    sides_named,
    sides_of,
    voice_of,
)
from monitor.core.view import Draft, Table
from monitor.model import (
    ActorId,
    Claim,
    ClaimId,
    Counts,
    Day,
    Development,
    DevelopmentKind,
    Event,
    IncidentId,
    Item,
    ItemId,
    Metric,
    ObjectClass,
    Party,
    Placement,
    Quantity,
    Reading,
    Source,
    Span,
    Stance,
    StoryId,
)

MEMORY = dt.timedelta(days=45)
"""How far back a figure is recognised."""

_MOST_FOUND = 200
"""Entries looked at for one number or voice: small numbers are in everybody's mouth."""

_NOTHING_NEW = {"opinion", "explainer", "anniversary"}
"""Notices of items that retell or judge: they develop nothing."""

_FIGHTERS = {ObjectClass.COMBATANTS, ObjectClass.OFFICERS}
_CIVILIANS = {ObjectClass.CIVILIANS, ObjectClass.CHILDREN}
_HUMAN = {ObjectClass.PEOPLE} | _FIGHTERS | _CIVILIANS
_BY_NAME = {None, ObjectClass.PEOPLE, ObjectClass.THINGS, ObjectClass.AIRCRAFT, ObjectClass.VEHICLES}
"""Classes in which only what is called alike is compared: hostages are no guards, drones no missiles."""

_UNMARKED = words("voices", "unmarked")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one voice, and where it stood. `stands` is empty, or says why it no longer counts."""

    claim: ClaimId
    quantity: Quantity
    seen: float
    published: float
    item: ItemId
    version: int
    span: Span
    via: Party | None = None
    outlets: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    hedged: bool = False
    told: bool = True
    """Whether it made a development: small steps are measured from the last figure that did."""
    withdrawn: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one voice claims under one key, through time. The last figure is the present one."""

    id: str
    key: str
    incident: IncidentId
    voice: Voice
    claimant: Party | None
    stance: Stance
    metric: Metric | None
    side: ActorId | None
    object: str | None
    object_class: ObjectClass | None
    part: bool
    total: bool
    scene: Scene
    figures: tuple[Figure, ...]
    stories: tuple[StoryId, ...] = ()

    @property
    def quantity(self) -> Quantity:
        """The present figure."""
        return self.figures[-1].quantity

    @property
    def standing(self) -> bool:
        """Whether the present figure has not been withdrawn."""
        return not self.figures[-1].withdrawn


def _figure_key(metric: Metric | None, quantity: Quantity) -> str:
    number = quantities.value(quantity)
    return f"{metric}|{'' if number is None else f'{number:g}'}"


def _voice_key(voice: Voice, metric: Metric | None) -> str:
    """One value for all namings of a voice: its party or, without one, its office or what sort of person it is."""
    return f"{metric}|{voice.party or voice.office or 'person'}"


LEDGER: Table[Entry] = Table(
    "ledger",
    Entry,
    key=lambda r: r.id,
    time=lambda r: r.figures[-1].seen,
    indexes={
        "incident": lambda r: (r.incident,),
        "figure": lambda r: {_figure_key(r.metric, f.quantity) for f in r.figures},
        "story": lambda r: r.stories,
        "item": lambda r: {f.item for f in r.figures},
        "claim": lambda r: {f.claim for f in r.figures},
        "origin": lambda r: {o for f in r.figures for o in f.origins},
        "voice": lambda r: (_voice_key(r.voice, r.metric),),
        "total": lambda r: (f"{r.metric}",) if r.total else (),
    },
)


@dataclass(frozen=True)
class Telling:
    """The item that tells the claims; `origin` is whose copy it is, `notices` what it is as a whole."""

    item: Item
    source: Source
    origin: str
    placement: Placement
    notices: frozenset[str]
    actors: Actors
    draft: Draft
    answered: dict[tuple[str, Metric | None], Entry] = field(default_factory=dict, compare=False, repr=False)
    """What a voice denied or disputed in this item: the figure that it then gives is its own for the same."""


@dataclass(frozen=True)
class Told:
    """One claim of the item at hand: its voice, its scene, its id."""

    claim: Claim
    voice: Voice
    scene: Scene
    id: ClaimId
    ordinal: int
    by: Telling = field(repr=False)

    @property
    def quantity(self) -> Quantity:
        """The figure."""
        return self.claim.quantity


def record(by: Telling, reading: Reading) -> tuple[Development, ...]:
    """What the item's claims change, recorded in the draft; in the order of its text, title last."""
    if by.notices & _NOTHING_NEW:
        return ()
    told = [_told(c, n, reading, by) for n, c in enumerate(_distinct(reading.claims))]
    told = [t for t in told if not _still_asserted(t, told) and not _only_quoted(t, told)]
    _open_incidents(reading, by)
    if "kill" in by.notices:
        return tuple(_withdraw(by, told))
    return tuple(d for t in told for d in _take(t))


# --- what an item tells ------------------------------------------------------------------


def _distinct(claims: Iterable[Claim]) -> list[Claim]:
    """The claims of the text, then those of the title that say something else: a title repeats with less."""
    text = [c for c in claims if c.span.where == "text"]
    title = [c for c in claims if c.span.where == "title" and not any(_covers(t, c) for t in text)]
    return [c for c in (*text, *title) if not any(_includes(whole, c) for whole in text if whole is not c)]


def _includes(whole: Claim, share: Claim) -> bool:
    """Whether a figure is a share of another of the same words ("two more died, bringing the toll to six")."""
    x, y = quantities.value(share.quantity), quantities.value(whole.quantity)
    return (
        x is not None
        and y is not None
        and x < y
        and whole.quantity.total
        and not share.quantity.total
        and (whole.metric, whole.stance, whole.claimant) == (share.metric, share.stance, share.claimant)
        and _comparable_class(whole, share)
        and (whole.day is None or whole.day == share.day)
    )


def _still_asserted(told: Told, others: list[Told]) -> bool:
    """Whether a correction only seems to take back what it goes on to assert."""
    return told.claim.stance is Stance.RETRACTS and any(
        o.claim.stance is Stance.ASSERTS
        and o.claim.metric
        and o.claim.metric is told.claim.metric
        and quantities.same(o.quantity, told.quantity)
        for o in others
    )


def _only_quoted(told: Told, others: list[Told]) -> bool:
    """Whether a figure is named only to be denied ("disputed the rebels' figure of 13") and is already known."""
    opposed = any(
        o.claim.stance in (Stance.DENIES, Stance.DISPUTES)
        and o.claim.metric is told.claim.metric
        and quantities.same(o.quantity, told.quantity)
        for o in others
    )
    asserted = told.claim.stance is Stance.ASSERTS and quantities.value(told.quantity) is not None
    return asserted and opposed and any(_like(told, e) for e in _by_figure(told))


def _covers(told: Claim, headline: Claim) -> bool:
    """Whether the text says what the title says: the same figure of the same metric, however well it was read."""
    if told.stance is not headline.stance:
        return False
    if headline.metric is None or told.metric is not headline.metric:
        return headline.metric is None
    return quantities.same(told.quantity, headline.quantity) or quantities.value(headline.quantity) is None


def _told(claim: Claim, ordinal: int, reading: Reading, by: Telling) -> Told:
    countries = {path[0] for path in incidents.places_of(reading)}
    sides = sides_of(f"{by.item.title}\n{by.item.text}", countries, by.actors)
    voice = voice_of(claim.claimant, by.source, by.actors, sides)
    claim = replace(claim, side=_likely_side(claim, sides), metric=claim.metric or _denied_loss(claim))
    event = incidents.nearest(claim, reading.events)
    parties = _parties(claim.side, event, by.actors) or _parties_of_all(reading, by.actors)
    scene = incidents.scene_of(claim, reading, by.item, parties)
    scene = replace(scene, places=tuple(p for p in scene.places if len(p) > 1 or by.actors.resolve(p[0])))
    if claim.quantity.total and not _of_a_period(scene.day):
        claim = replace(claim, quantity=replace(claim.quantity, total=False))
    own = party_of_source(by.source, by.actors)
    if own and not parties and not scene.places:
        scene = replace(scene, parties=frozenset({own}))
    return Told(claim, voice, scene, ClaimId(f"{by.item.id}#{by.item.version}:{ordinal}"), ordinal, by)


def _of_a_period(day: Day | None) -> bool:
    """Whether a total counts several days; that of one day is the toll of its incident."""
    return day is not None and (day.last - day.first).days > 1


def _denied_loss(claim: Claim) -> Metric | None:
    """What a denial without a figure says did not happen, if its own words name a loss."""
    if claim.stance not in (Stance.DENIES, Stance.DISPUTES):
        return None
    said = set(claim.span.quote.lower().replace("shot down", "shot-down").split())
    return next((m for m in Metric if said & _loss_words().get(m, frozenset())), None)


@cache
def _loss_words() -> dict[Metric, frozenset[str]]:
    return {Metric(name): frozenset(cues.split()) for name, cues in lexicon("voices")["losses"].items()}


def _likely_side(claim: Claim, sides: Sides) -> ActorId | None:
    """Whose soldiers or fighters they are, where the item names one state and one group only."""
    if claim.side or claim.object_class is not ObjectClass.COMBATANTS:
        return claim.side
    head = (claim.object or "").lower().split()[-1:]
    if set(head) & words("voices", "regulars"):
        return sides.state if sides.group else None
    return sides.group if set(head) & words("voices", "irregulars") and sides.state else None


def _parties(side: ActorId | None, event: Event | None, actors: Actors) -> frozenset[ActorId]:
    """Between whom something happened, as far as one claim and the event beside it tell."""
    named = [side, *((p.actor for p in (event.actor, event.target) if p) if event else ())]
    return frozenset(actors.party(a) for a in named if a)


def _parties_of_all(reading: Reading, actors: Actors) -> frozenset[ActorId]:
    """All parties that the item's claims and events name."""
    sides = [_parties(c.side, None, actors) for c in reading.claims]
    told = (_parties(None, e, actors) for e in reading.events if incidents.is_material(e))
    return frozenset().union(*sides, *told)


def _open_incidents(reading: Reading, by: Telling) -> None:
    """Let what is told to have happened open or widen an incident before anybody counts its losses."""
    for n, event in enumerate(reading.events):
        if not incidents.is_material(event):
            continue
        parties = _parties(None, event, by.actors)
        scene = incidents.scene_of_event(event, by.item, parties)
        if parties or scene.places:
            incidents.assign(scene, by.item, by.placement.story, by.draft, ordinal=100 + n)


# --- one claim ---------------------------------------------------------------------------


def _take(told: Told) -> list[Development]:
    match told.claim.stance:
        case Stance.ASSERTS:
            return _assert(told)
        case Stance.CONFIRMS:
            return _confirm(told)
        case Stance.DENIES | Stance.DISPUTES:
            return _answer(told)
        case Stance.RETRACTS:
            return _withdraw(told.by, [told])


def _assert(told: Told) -> list[Development]:
    if told.claim.metric is None:
        return []
    known = _known(told)
    if known:
        _repeat(known, told)
        _recognise(known, told)
        return []
    told = _against_what_it_denied(told)
    place = _of_what_it_revises(told) or _of_what_it_denied(told) or _assign(told)
    entries = _entries(place.incident.id, told)
    own = _own_entry(entries, told)
    if own and quantities.value(own.quantity) is not None:
        if not _falls_unexplained(own, told, place):
            return _again(own, told, place)
        own, entries = None, []
        place = incidents.open_new(told.scene, told.by.item, told.by.placement.story, told.by.draft, told.ordinal)
    against_kind = list(_other_kind(told, place))
    _put(told, place.incident, own if quantities.value(told.quantity) is None else None)
    return _first(told, place, [e for e in entries if e is not own and e.standing]) + against_kind


def _of_what_it_denied(told: Told) -> Assignment | None:
    denied = told.by.answered.get((told.voice.id, told.claim.metric))
    return _at_incident_of(denied, told) if denied and not (told.claim.day and told.claim.day.stated) else None


def _against_what_it_denied(told: Told) -> Told:
    """The claim with the losing side of the figure that its voice has just denied, if it names none itself."""
    denied = told.by.answered.get((told.voice.id, told.claim.metric))
    if denied is None or told.claim.side is not None:
        return told
    return replace(told, claim=replace(told.claim, side=denied.side))


def _own_entry(entries: list[Entry], told: Told) -> Entry | None:
    """What this voice said before, unless another's entry is of just this kind of people and its own is not."""
    mine = [e for e in entries if _own(e, told)]
    mended = next((e for e in mine if _mends(told, e.quantity)), None)
    exact = {e.object_class for e in entries} & {told.claim.object_class}
    fitting = [e for e in mine if not exact or e.object_class in exact]
    return mended or next(iter(fitting), None)


def _of_what_it_revises(told: Told) -> Assignment | None:
    """The incident of the figure that the text itself says was given before ("up from 26")."""
    was = told.quantity.was
    if was is None:
        return None
    key = _figure_key(told.claim.metric, Quantity(was, was))
    known = [e for e in _found(told, "figure", key) if _like(told, e)]
    own = next((e for e in known if _own(e, told)), known[0] if known else None)
    return _at_incident_of(own, told) if own else None


def _falls_unexplained(own: Entry, told: Told, place: Assignment) -> bool:
    """Whether a lower figure of a later day, which no word calls a correction, is rather that of a new incident."""
    lower = (quantities.value(told.quantity) or 0) < (quantities.value(own.quantity) or 0)
    later = incidents.gap(told.scene.day, own.scene.day) > 0 and _published(told.by.item) > own.figures[-1].published
    conflict = len(place.incident.parties) > 1
    return lower and later and conflict and not _said_before(own, told) and not _mends(told, own.quantity)


def _again(own: Entry, told: Told, place: Assignment) -> list[Development]:
    """The same voice once more: a changed figure is a revision, unless it is one of its old ones or late."""
    last, new = own.figures[-1], told.quantity
    mended = _mends(told, last.quantity)
    if _said_before(own, told) and not mended:
        _repeat(own, told)
        return []
    if last.item == told.by.item.id and last.version == told.by.item.version and not mended:
        _put(told, place.incident, None)
        return [_development(DevelopmentKind.NEW_CLAIM, told, place)]
    late = _published(told.by.item) < last.published
    known = next((f for f in reversed(own.figures) if f.told), last)
    quiet = late or _wobble(known.quantity, new) or quantities.same(known.quantity, new)
    _put(told, place.incident, own, keep_present=late, quiet=quiet)
    if quiet:
        return []
    up = (quantities.value(new) or 0) > (quantities.value(known.quantity) or 0)
    kind = DevelopmentKind.REVISED_UP if up else DevelopmentKind.REVISED_DOWN
    note = "correction" if "correction" in told.by.notices or (mended and not up) else ""
    return [_development(kind, told, place, against=own, previous=known, note=note)]


def _first(told: Told, place: Assignment, others: list[Entry]) -> list[Development]:
    """A voice's first figure under this key, against what others say of the same losses."""
    if quantities.value(told.quantity) is None:
        return []
    named = [e for e in others if e.voice.name != PRESS and quantities.value(e.quantity) is not None]
    agreeing = next((e for e in named if quantities.agree(e.quantity, told.quantity)), None)
    if told.voice.name == PRESS:
        return _unattributed(told, place, others, agreeing)
    if agreeing:
        return _borne_out(agreeing, told, place)
    if any(told.quantity.vague and quantities.fits(told.quantity, e.quantity) for e in named):
        return []
    against = _main_rival(told, [e for e in named if not e.quantity.vague])
    if against is None or told.quantity.vague:
        return [_development(DevelopmentKind.NEW_CLAIM, told, place)]
    clash = quantities.clash(against.quantity, told.quantity)
    kind = DevelopmentKind.CONTRADICTED if clash else DevelopmentKind.RIVAL
    return [_development(kind, told, place, against=against)]


def _unattributed(told: Told, place: Assignment, others: list[Entry], agreeing: Entry | None) -> list[Development]:
    """A figure that nobody is named for: news only where it goes beyond every figure that is known."""
    if agreeing or told.quantity.vague or told.claim.hedged:
        return []
    known = [e for e in others if quantities.value(e.quantity) is not None]
    if not known:
        return [_development(DevelopmentKind.NEW_CLAIM, told, place)]
    highest = max(known, key=lambda e: quantities.value(e.quantity) or 0)
    if (quantities.value(told.quantity) or 0) <= (quantities.value(highest.quantity) or 0):
        return []
    return [_development(DevelopmentKind.REVISED_UP, told, place, against=highest, note="nobody is named for it")]


def _borne_out(agreeing: Entry, told: Told, place: Assignment) -> list[Development]:
    """Another voice gives the same figure: its own account corroborates, the losing side's own word confirms."""
    if kin(agreeing.voice, told.voice):
        return []
    own_loss = told.claim.side is not None and told.voice.party == told.claim.side
    kind = DevelopmentKind.CONFIRMED if own_loss else DevelopmentKind.CORROBORATED
    return [_development(kind, told, place, against=agreeing)]


def _main_rival(told: Told, others: list[Entry]) -> Entry | None:
    """The entry that a differing figure stands against: the newest of another party, else the newest."""
    apart = [e for e in others if not kin(e.voice, told.voice)]
    return max(apart or others, key=lambda e: (e.figures[-1].seen, e.id), default=None)


def _other_kind(told: Told, place: Assignment) -> Iterator[Development]:
    """Fighters against civilians: the attacker counts enemy fighters, others say that civilians died. Told once."""
    said = told.claim.object_class
    mine, theirs = (_CIVILIANS, _FIGHTERS) if said in _CIVILIANS else (_FIGHTERS, _CIVILIANS)
    if said not in mine | theirs:
        return
    entries = [e for e in _of_incident(place.incident.id, told) if e.metric is told.claim.metric and e.standing]
    against = [e for e in entries if e.object_class in theirs and _opposed(told, e)]
    if against and not any(e.object_class in mine for e in entries):
        newest = max(against, key=lambda e: (e.figures[-1].seen, e.id))
        yield _development(DevelopmentKind.CONTRADICTED, told, place, against=newest, note="another kind of victims")


def _opposed(told: Told, entry: Entry) -> bool:
    """Whether one of the two counts the enemy's fighters where the other sees civilians who are not its own."""
    if told.claim.object_class in _FIGHTERS:
        attacker, their_side, loss = told.voice, entry.side, told.claim.side
    else:
        attacker, their_side, loss = entry.voice, told.claim.side, entry.side
    if attacker.party is None or attacker.party in (their_side, loss):
        return False
    return told.voice.party != entry.voice.party and _same_place(told, entry)


# --- answers: denied, disputed, confirmed ------------------------------------------------

_KINDS = {
    Stance.DENIES: DevelopmentKind.DENIED,
    Stance.DISPUTES: DevelopmentKind.DISPUTED,
    Stance.CONFIRMS: DevelopmentKind.CONFIRMED,
}


def _answer(told: Told) -> list[Development]:
    """A denial or dispute, once for each thing it answers; one whose claim is not known here is told as such."""
    if told.claim.metric is None:
        return []
    targets = _targets(told)
    if not targets and told.voice.name == PRESS:
        return []
    place = _at_incident_of(targets[0], told) if targets else _assign(told)
    if targets:
        told.by.answered[told.voice.id, told.claim.metric] = targets[0]
    if _answered_before(told, place, targets):
        return []
    _put(told, place.incident, None)
    uncertain = None if targets else "what it answers is not known here"
    return [_answering(told, place, targets, uncertain)]


def _confirm(told: Told) -> list[Development]:
    """An admission answers what others claimed; a figure that comes with it is a claim of its own."""
    targets = _targets(told) if told.claim.metric else []
    out: list[Development] = []
    if targets:
        place = _at_incident_of(targets[0], told)
        if not _answered_before(told, place, targets):
            _put(told, place.incident, None)
            out = [_answering(told, place, targets, None)]
    figure = replace(told, claim=replace(told.claim, stance=Stance.ASSERTS))
    more = _assert(figure) if quantities.value(told.quantity) is not None else []
    return out + [d for d in more if not (out and d.kind is DevelopmentKind.CONFIRMED)]


def _answering(told: Told, place: Assignment, targets: list[Entry], uncertain: str | None) -> Development:
    against = targets[0] if targets else None
    made = _development(_KINDS[told.claim.stance], told, place, against=against)
    answers = tuple(e.figures[-1].claim for e in targets)
    return replace(made, answers=answers, uncertain=uncertain or made.uncertain)


def _targets(told: Told) -> list[Entry]:
    """The claims of other voices that a stance can be about, those in its own words first, then the newest."""
    found = _by_figure(told) if quantities.value(told.quantity) is not None else []
    if not any(_answerable(told, e) for e in found):
        incident = incidents.find(told.scene, told.by.item, told.by.placement.story, told.by.draft)
        found = _of_incident(incident.id, told) if incident else []
        found = found or _found(told, "story", told.by.placement.story)
    targets = [e for e in found if _answerable(told, e)]
    same = [e for e in targets if any(quantities.same(f.quantity, told.quantity) for f in e.figures)]
    return sorted(same or targets, key=lambda e: (-_shared_words(told, e), -e.figures[-1].seen, e.id))


def _shared_words(told: Told, entry: Entry) -> int:
    """How many beginnings of longer words an answer has in common with what it may answer."""
    mine, theirs = (
        {w[:5].lower() for w in q.split() if len(w) > 3} for q in (told.claim.span.quote, entry.figures[-1].span.quote)
    )
    return len(mine & theirs)


def _answerable(told: Told, entry: Entry) -> bool:
    return (
        entry.stance is Stance.ASSERTS
        and entry.metric is told.claim.metric
        and not same_voice(entry.voice, told.voice)
        and not kin(entry.voice, told.voice)
        and _sides_agree(told.claim.side, entry.side)
        and _comparable_class(told.claim, entry)
        and incidents.days_agree(told.scene.day, entry.scene.day)
        and _same_place(told, entry)
    )


def _answered_before(told: Told, place: Assignment, targets: list[Entry]) -> bool:
    """Whether this voice has answered the same already; a new figure is a new occasion only if it is named."""
    for e in _of_incident(place.incident.id, told):
        if e.stance is not told.claim.stance or e.metric is not told.claim.metric:
            continue
        if not (same_voice(e.voice, told.voice) or kin(e.voice, told.voice)):
            continue
        if _sides_agree(told.claim.side, e.side) and _comparable_class(told.claim, e):
            unnamed = quantities.value(told.quantity) is None
            if unnamed or any(quantities.same(f.quantity, told.quantity) for f in e.figures) or not targets:
                return True
    return False


# --- withdrawn ---------------------------------------------------------------------------


def _withdraw(by: Telling, told: list[Told]) -> list[Development]:
    """A wire takes its report back, or a voice its claim: what came from it no longer stands, copies included."""
    named = [t for t in told if t.claim.metric is not None]
    if named:
        return [d for t in named for d in _take_back(t)]
    entries = _last_report(by)
    return [_retraction(_withdrawn(e, by), by, None) for e in entries]


def _take_back(told: Told) -> Iterator[Development]:
    """The claims with that figure that came from the withdrawing wire, or by the withdrawing voice."""
    by = told.by
    mine = [e for e in _by_figure(told) if by.origin in _origins(e) or same_voice(e.voice, told.voice)]
    hit = [e for e in mine if e.standing and e.stance is Stance.ASSERTS and _sides_agree(told.claim.side, e.side)]
    for entry in hit:
        if quantities.same(entry.quantity, told.quantity):
            yield _retraction(_withdrawn(entry, by), by, told)
    if not hit:
        _withdrawn(_never_seen(told), by)


def _last_report(by: Telling) -> list[Entry]:
    """What the withdrawing wire's last report in this story claimed: a notice without a figure means that one."""
    story = by.draft.find(LEDGER, "story", [by.placement.story])
    mine = [e for e in story if e.standing and by.origin in e.figures[-1].origins]
    last = max((e.figures[-1] for e in mine), key=lambda f: (f.seen, f.item), default=None)
    return [e for e in mine if last and e.figures[-1].item == last.item]


def _never_seen(told: Told) -> Entry:
    """A claim that is withdrawn before it was seen: kept, so that late copies find it withdrawn."""
    place = _assign(told)
    return _put(replace(told, claim=replace(told.claim, stance=Stance.ASSERTS)), place.incident, None)


def _withdrawn(entry: Entry, by: Telling) -> Entry:
    why = f"withdrawn by {by.source.publisher}"
    marked = replace(entry, figures=(*entry.figures[:-1], replace(entry.figures[-1], withdrawn=why)))
    by.draft.put(LEDGER, marked)
    return marked


def _retraction(entry: Entry, by: Telling, told: Told | None) -> Development:
    last = entry.figures[-1]
    span = told.claim.span if told else last.span
    return Development(
        DevelopmentKind.RETRACTED,
        incident=entry.incident,
        key=entry.key,
        claimant=entry.claimant,
        via=Party(by.source.publisher),
        metric=entry.metric,
        object=entry.object,
        object_class=entry.object_class,
        side=entry.side,
        quantity=last.quantity,
        span=span,
        day=entry.scene.day,
        previous=last.quantity,
        other=entry.claimant,
        counts=_counts([entry]),
        answers=(last.claim,),
        actors=tuple(sorted(entry.scene.parties | ({entry.side} if entry.side else set()))),
        note=last.withdrawn,
    )


def _origins(entry: Entry) -> set[str]:
    return {o for f in entry.figures for o in f.origins}


# --- finding -----------------------------------------------------------------------------


def _known(told: Told) -> Entry | None:
    """The entry in which the same voice (or a copy of it) has given this very figure for these losses."""
    mends = "correction" in told.by.notices and told.voice.name != PRESS
    if quantities.value(told.quantity) is None or mends:
        return None
    return next((e for e in _by_figure(told) if _retells(told, e)), None)


def _retells(told: Told, entry: Entry) -> bool:
    """Whether the claim is the entry's, told again: the same voice and figure, of a day and place that agree."""
    voices = same_voice(told.voice, entry.voice) or kin(told.voice, entry.voice) or same_office(told.voice, entry.voice)
    if not (voices or told.voice.name == PRESS or not entry.standing) or entry.stance is not Stance.ASSERTS:
        return False
    if not _like(told, entry):
        return False
    there, then = _same_place(told, entry), incidents.days_agree(told.scene.day, entry.scene.day)
    return (there and then) or _is_copy(told, entry) or _on_one_stated_day(told, entry)


def _on_one_stated_day(told: Told, entry: Entry) -> bool:
    """Whether both name the same day: then a place that is read differently is no other incident."""
    one, two = told.scene.day, entry.scene.day
    return one is not None and two is not None and one.stated and two.stated and incidents.gap(one, two) == 0


def _same_place(told: Told, entry: Entry) -> bool:
    return incidents.compatible(told.scene.places, entry.scene.places) is not False


def _is_copy(told: Told, entry: Entry) -> bool:
    """Whether the item was made from one that told this entry: then its date says nothing."""
    copied = {told.by.placement.near_copy_of, told.by.placement.repeat_of} - {None}
    return any(f.item in copied for f in entry.figures)


def _by_figure(told: Told) -> list[Entry]:
    return _found(told, "figure", _figure_key(told.claim.metric, told.quantity))


def _entries(incident: IncidentId, told: Told) -> list[Entry]:
    """Entries with which the claim may be compared, the best match first."""
    pool = _found(told, "total", f"{told.claim.metric}") if told.quantity.total else _of_incident(incident, told)
    like = [e for e in pool if e.stance is Stance.ASSERTS and _like(told, e) and _same_place(told, e)]
    like = [e for e in like if not _narrower(told, e)]
    return sorted(like, key=lambda e: (-_closeness(told, e), not _own(e, told), -e.figures[-1].seen, e.id))


def _of_incident(incident: IncidentId, told: Told) -> list[Entry]:
    return told.by.draft.find(LEDGER, "incident", [incident])


def _own(entry: Entry, told: Told) -> bool:
    if same_voice(entry.voice, told.voice) or same_office(entry.voice, told.voice):
        return True
    last = entry.figures[-1]
    edited = last.item == told.by.item.id and last.version < told.by.item.version
    return edited and PRESS in (entry.voice.name, told.voice.name)


def _like(told: Told, entry: Entry) -> bool:
    """Whether two claims count the same losses, as far as is known."""
    return (
        entry.metric is told.claim.metric
        and _losers_agree(told, entry)
        and _comparable_class(told.claim, entry)
        and entry.total == told.quantity.total
        and entry.part == told.claim.part
    )


def _narrower(told: Told, entry: Entry) -> bool:
    """Whether a smaller figure is that of a place inside the other's: a claim of its own, no revision."""
    x, y = quantities.value(told.quantity), quantities.value(entry.quantity)
    if x is None or y is None or x == y or not told.scene.places or not entry.scene.places:
        return False
    mine, theirs = told.scene.places[0], entry.scene.places[0]
    inner, outer = (mine, theirs) if x < y else (theirs, mine)
    return len(inner) > len(outer) and incidents.within(inner, outer)


def _closeness(told: Told, entry: Entry) -> int:
    """How surely two claims that may be compared count the same losses."""
    return (told.claim.side == entry.side) + (told.claim.object_class is entry.object_class)


def _sides_agree(a: ActorId | None, b: ActorId | None) -> bool:
    return a is None or b is None or a == b


def _losers_agree(told: Told, entry: Entry) -> bool:
    """Whether both count one side's losses; what a party says it shot down is never its own."""
    mine, theirs = told.claim.side, entry.side
    if told.claim.metric is Metric.SHOT_DOWN and (mine is None) != (theirs is None):
        shooter = told.voice.party if mine is None else entry.voice.party
        return shooter is None or shooter != (mine or theirs)
    return _sides_agree(mine, theirs)


def _comparable_class(a: Claim | Entry, b: Claim | Entry) -> bool:
    """Whether two classes may be the same people or things; the unmarked class may be any of its kind."""
    one, two = a.object_class, b.object_class
    if one is two or one is None or two is None:
        return one not in _BY_NAME or _heads_agree(a.object, b.object)
    if ObjectClass.PEOPLE in (one, two):
        people, other = (a, two) if one is ObjectClass.PEOPLE else (b, one)
        return other in _CIVILIANS or (other is ObjectClass.COMBATANTS and _head(people.object) in _UNMARKED)
    return ObjectClass.THINGS in (one, two) and one not in _HUMAN and two not in _HUMAN


def _heads_agree(a: str | None, b: str | None) -> bool:
    one, two = _head(a), _head(b)
    return one in _UNMARKED or two in _UNMARKED or one == two


def _head(counted: str | None) -> str:
    """The last word of what is counted, in the singular form of regular plurals."""
    last = (counted or "people").lower().split()[-1]
    return last if last in _UNMARKED else last.removesuffix("s")


def _found(told: Told, index: str, value: str) -> list[Entry]:
    """The newest entries that an index holds under a value, as far back as figures are recognised."""
    since = (told.by.item.seen - MEMORY).timestamp()
    return told.by.draft.find(LEDGER, index, [value], since=since, limit=_MOST_FOUND)


# --- what a figure is against the last ---------------------------------------------------


def _mends(told: Told, last: Quantity) -> bool:
    """Whether the text itself says that the figure replaces another ("from 31 to 26", a correction)."""
    was = told.quantity.was
    return (was is not None and was == quantities.value(last)) or "correction" in told.by.notices


def _said_before(own: Entry, told: Told) -> bool:
    same = any(quantities.same(f.quantity, told.quantity) for f in own.figures)
    return same or quantities.fits(told.quantity, own.quantity) or quantities.value(told.quantity) is None


def _wobble(last: Quantity, new: Quantity) -> bool:
    """Whether a rough figure has merely been put in other words."""
    return (last.approx or new.approx) and quantities.agree(last, new)


def _published(item: Item) -> float:
    return (item.published or item.seen).timestamp()


# --- writing -----------------------------------------------------------------------------


def _assign(told: Told) -> Assignment:
    by = told.by
    return incidents.assign(
        told.scene, by.item, by.placement.story, by.draft, ordinal=told.ordinal, spoken_of=_spoken_of(told)
    )


def _spoken_of(told: Told) -> frozenset[IncidentId]:
    """Incidents of which this voice has given a figure for such losses before: it likely goes on with one of them."""
    said = _found(told, "voice", _voice_key(told.voice, told.claim.metric))
    return frozenset(e.incident for e in said if _own(e, told) and _like(told, e) and e.stance is Stance.ASSERTS)


def _at_incident_of(entry: Entry, told: Told) -> Assignment:
    incident = incidents.resolve(entry.incident, told.by.draft)
    return Assignment(incident, new=False) if incident else _assign(told)


def _entry_id(told: Told, incident: Incident) -> str:
    told_by = f"{_key(told, incident)}|{told.voice.id}|{told.claim.stance}|{told.scene.places[:1]}"
    return blake2b(told_by.encode(), digest_size=8).hexdigest()


def _key(told: Told, incident: Incident) -> str:
    """The ledger key: incident, metric, losing side and class, part or total. Never a watch."""
    claim = told.claim
    kind: Literal["total", "part", "whole"] = "total" if claim.quantity.total else "part" if claim.part else "whole"
    return f"{incident.id}/{claim.metric or ''}/{claim.side or ''}/{claim.object_class or ''}/{kind}"


def _figure(told: Told, *, quiet: bool) -> Figure:
    by = told.by
    return Figure(
        told.id,
        told.quantity,
        by.item.seen.timestamp(),
        _published(by.item),
        by.item.id,
        by.item.version,
        told.claim.span,
        told.claim.via,
        (by.source.publisher,),
        (by.origin,),
        told.claim.hedged,
        not quiet,
    )


def _put(
    told: Told, incident: Incident, own: Entry | None, *, keep_present: bool = False, quiet: bool = False
) -> Entry:
    """Add the figure to the voice's entry, or open one; a late figure goes behind the present one."""
    figure = _figure(told, quiet=quiet)
    if own:
        older = (*own.figures[:-1], figure, own.figures[-1])
        figures = older if keep_present else (*own.figures, figure)
        entry = replace(own, figures=figures, stories=_plus(own.stories, told.by.placement.story))
    else:
        entry = _opened(told, incident, figure)
    told.by.draft.put(LEDGER, entry)
    return entry


def _opened(told: Told, incident: Incident, figure: Figure) -> Entry:
    claim, base = told.claim, _entry_id(told, incident)
    taken = told.by.draft.get(LEDGER, base) is not None
    return Entry(
        f"{base}-{told.id}" if taken else base,
        _key(told, incident),
        incident.id,
        told.voice,
        claim.claimant,
        claim.stance,
        claim.metric,
        claim.side,
        claim.object,
        claim.object_class,
        claim.part,
        claim.quantity.total,
        told.scene,
        (figure,),
        (told.by.placement.story,),
    )


def _repeat(entry: Entry, told: Told) -> None:
    """Note who else printed a known figure; nothing is new."""
    figures = list(entry.figures)
    at = next((n for n, f in enumerate(figures) if quantities.same(f.quantity, told.quantity)), len(figures) - 1)
    by, f = told.by, figures[at]
    figures[at] = replace(f, outlets=_plus(f.outlets, by.source.publisher), origins=_plus(f.origins, by.origin))
    stories, side = _plus(entry.stories, by.placement.story), entry.side or told.claim.side
    by.draft.put(LEDGER, replace(entry, figures=tuple(figures), stories=stories, side=side))


def _recognise(known: Entry, told: Told) -> None:
    """Join two incidents of which a figure that is told again says that they are one."""
    mine = incidents.resolve(known.incident, told.by.draft)
    best = incidents.find(told.scene, told.by.item, told.by.placement.story, told.by.draft)
    if mine and best and mine.id != best.id and _one_incident(mine, best):
        join_incidents(mine, best, told.by.draft)


def _one_incident(a: Incident, b: Incident) -> bool:
    """Whether nothing that is known of two incidents tells them apart, and their days are the same."""
    same_days = a.day is not None and b.day is not None and incidents.gap(a.day, b.day) == 0
    parties = min(len(a.parties), len(b.parties)) < 2 or set(a.parties) & set(b.parties)
    modes = not a.modes or not b.modes or set(a.modes) & set(b.modes)
    return bool(same_days and parties and modes) and incidents.compatible(a.places, b.places) is not False


def join_incidents(a: Incident, b: Incident, draft: Draft) -> None:
    """Make two incidents one: the older keeps its id, the younger's entries move to it."""
    kept, gone = sorted((a, b), key=lambda i: (i.opened, i.id))
    draft.put(incidents.INCIDENTS, replace(gone, merged_into=kept.id))
    draft.put(incidents.INCIDENTS, incidents.joined(kept, gone))
    for entry in draft.find(LEDGER, "incident", [gone.id]):
        draft.put(LEDGER, replace(entry, incident=kept.id, key=rekeyed(entry, kept.id)))


def rekeyed(entry: Entry, incident: IncidentId) -> str:
    """The entry's ledger key in another incident."""
    return "/".join([incident, *entry.key.split("/")[1:]])


def _plus(known: tuple, more: object) -> tuple:  # type: ignore[type-arg] # of whatever kind the elements are
    return known if more in known else (*known, more)


def _development(
    kind: DevelopmentKind,
    told: Told,
    place: Assignment,
    *,
    against: Entry | None = None,
    previous: Figure | None = None,
    note: str = "",
) -> Development:
    claim, incident = told.claim, place.incident
    alike = [
        e
        for e in _of_incident(incident.id, told)
        if _like(told, e) and _same_place(told, e) and quantities.agree(e.quantity, told.quantity)
    ]
    named = {claim.side, told.voice.party, against.voice.party if against else None} - {None}
    return Development(
        kind,
        incident=incident.id,
        key=_key(told, incident),
        claimant=claim.claimant,
        via=claim.via,
        metric=claim.metric,
        object=claim.object,
        object_class=claim.object_class,
        side=claim.side,
        quantity=claim.quantity,
        place=claim.place,
        day=claim.day or told.scene.day,
        span=claim.span,
        hedged=claim.hedged,
        previous=previous.quantity if previous else against.quantity if against else None,
        previous_object=against.object if against else None,
        other=against.claimant if against else None,
        counts=_counts(alike),
        uncertain=place.uncertain,
        official=told.voice.party is not None and not told.voice.anonymous,
        answers=((previous or against.figures[-1]).claim,) if against else (),
        actors=tuple(sorted(_concerned(told, incident) | {a for a in named if a})),
        note=note,
    )


def _concerned(told: Told, incident: Incident) -> frozenset[ActorId]:
    """The parties of what happened; where none is known, those whom the item names."""
    known = told.scene.parties | set(incident.parties)
    return known or sides_named(f"{told.by.item.title}\n{told.by.item.text}", told.by.actors)


def _counts(entries: list[Entry]) -> Counts:
    """Outlets, origins and independent claimants of a figure; the press and a party's many offices vouch once."""
    outlets = {o for e in entries for f in e.figures for o in f.outlets}
    origins = {o for e in entries for o in _origins(e)}
    voices = {e.voice.party if e.voice.party and not e.voice.anonymous else e.voice.id for e in entries}
    return Counts(max(1, len(outlets)), max(1, len(origins)), max(1, len(voices)))
