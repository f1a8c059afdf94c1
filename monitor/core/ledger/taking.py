"""From what an item says to the claims that are taken: each once, with whose losses, where and when it can be known."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from monitor.core import incidents, quantities
from monitor.core.claims.lexicons import lexicon, words
from monitor.core.ledger import book, finding, likeness
from monitor.core.ledger.book import LEDGER
from monitor.core.ledger.telling import Telling, Told
from monitor.core.origins import (
    Actors,
    Sides,
    Voice,
    is_side,
    party_of_source,
    sides_among,
    sides_named,
    sides_of,
    voice_of,
)
from monitor.model import ActorId, Claim, ClaimId, Day, Event, Metric, ObjectClass, Reading, Stance


def distinct(claims: Iterable[Claim]) -> list[Claim]:
    """The claims of the text, then those of the title that say something else: a title repeats with less."""
    text = [c for c in claims if c.span.where == "text"]
    title = [c for c in claims if c.span.where == "title" and not any(_covers(t, c) for t in text)]
    return [c for c in (*text, *title) if not any(_includes(whole, c) for whole in text if whole is not c)]


def _includes(whole: Claim, share: Claim) -> bool:
    """Whether a figure is a share of another of the same words ("two more died, bringing the toll to six")."""
    x, y = quantities.value(share.quantity), quantities.value(whole.quantity)
    if x is None or y is None or x >= y:
        return False
    return _raises(whole, share) or (
        whole.quantity.total
        and not share.quantity.total
        and (whole.metric, whole.stance, whole.claimant) == (share.metric, share.stance, share.claimant)
        and likeness.comparable_class(whole, share)
        and (whole.day is None or whole.day == share.day)
    )


def _raises(whole: Claim, share: Claim) -> bool:
    """As in "two of the wounded have died": what a toll given beside it has been raised by."""
    head = (share.object or "").lower().split()[-1:]
    voices = {share.claimant, whole.claimant} - {None}
    if whole.part or (whole.metric, whole.stance) != (share.metric, share.stance):
        return False
    if _DIED_LATER.search(share.span.quote):
        return True
    return len(voices) < 2 and bool(set(head) & words("figures", "hurt"))


_DIED_LATER = re.compile(r"\b(?:died|dead|succumbed)\b.*\b(?:hospital|wounds|injuries)\b")


def still_asserted(told: Told, others: list[Told]) -> bool:
    """Whether a correction only seems to take back what it goes on to assert."""
    return told.claim.stance is Stance.RETRACTS and any(
        o.claim.stance is Stance.ASSERTS
        and o.claim.metric
        and o.claim.metric is told.claim.metric
        and quantities.same(o.quantity, told.quantity)
        for o in others
    )


def only_quoted(told: Told, others: list[Told]) -> bool:
    """Whether a figure is named only to be denied ("disputed the rebels' figure of 13") and is already known."""
    opposed = any(
        o.claim.stance in (Stance.DENIES, Stance.DISPUTES)
        and o.claim.metric is told.claim.metric
        and quantities.same(o.quantity, told.quantity)
        for o in others
    )
    asserted = told.claim.stance is Stance.ASSERTS and quantities.value(told.quantity) is not None
    return asserted and opposed and any(likeness.like(told, e) for e in finding.by_figure(told))


def _covers(told: Claim, headline: Claim) -> bool:
    """Whether the text says what the title says: the same figure of the same metric, however well it was read."""
    if told.stance is not headline.stance:
        return False
    if headline.metric is None or not _one_fate(told, headline):
        return headline.metric is None
    return quantities.same(told.quantity, headline.quantity) or quantities.value(headline.quantity) is None


def _one_fate(told: Claim, headline: Claim) -> bool:
    """Whether both tell of one thing: drones that are destroyed in the headline are shot down in the text."""
    down = {Metric.DESTROYED, Metric.SHOT_DOWN}
    in_the_air = ObjectClass.AIRCRAFT in (told.object_class, headline.object_class)
    return told.metric is headline.metric or (in_the_air and {told.metric, headline.metric} == down)


def told_of(claim: Claim, ordinal: int, reading: Reading, by: Telling) -> Told:
    """A claim with its voice and scene, and with what the rest of the item says of it."""
    countries = {path[0] for path in incidents.places_of(reading)}
    sides = sides_of(f"{by.item.title}\n{by.item.text}", countries, by.actors)
    voice = voice_of(claim.claimant, by.source, by.actors, sides)
    guessed = claim.metric is None and _denied_loss(claim) is not None
    claim = replace(claim, side=likely_side(claim, sides, voice), metric=claim.metric or _denied_loss(claim))
    claim = _of_known_figure(claim, by) if claim.metric is None else claim
    event = incidents.nearest(claim, reading.events)
    parties = _parties(claim.side, event, by.actors) or _parties_of_all(reading, by.actors)
    parties |= _speaking_party(claim, voice, sides)
    scene = incidents.scene_of(claim, reading, by.item, parties)
    places = tuple(p for p in scene.places if len(p) > 1 or by.actors.resolve(p[0]))
    scene = replace(scene, places=places, named=sides.all)
    if claim.quantity.total is not _sums_up(claim, scene.day):
        claim = replace(claim, quantity=replace(claim.quantity, total=_sums_up(claim, scene.day)))
    own = party_of_source(by.source, by.actors)
    if own and not parties and not scene.places:
        scene = replace(scene, parties=frozenset({own}))
    return Told(claim, voice, scene, ClaimId(f"{by.item.id}#{by.item.version}:{ordinal}"), ordinal, by, guessed)


def _of_known_figure(claim: Claim, by: Telling) -> Claim:
    """As in "the figure of 16 is false": what the figure counts is known from whoever gave it."""
    if claim.stance not in (Stance.DENIES, Stance.DISPUTES) or quantities.value(claim.quantity) is None:
        return claim
    keys = [book.figure_key(m, claim.quantity) for m in Metric]
    since = (by.item.seen - _ANSWERED_WITHIN).timestamp()
    given = by.draft.find(LEDGER, "figure", keys, since=since, limit=_MOST_GIVEN)
    newest = max(
        (e for e in given if e.stance is Stance.ASSERTS), key=lambda e: (e.figures[-1].seen, e.id), default=None
    )
    return replace(claim, metric=newest.metric, side=newest.side, object_class=newest.object_class) if newest else claim


_ANSWERED_WITHIN = dt.timedelta(days=7)
_MOST_GIVEN = 50
"""Entries looked at for one number."""


def _sums_up(claim: Claim, day: Day | None) -> bool:
    """Whether a figure counts several days: a total of them, or one of "from 4 to 10 October".

    The total of one day is the toll of its incident; that of a month or more is no span of days.
    """
    if day is None or quantities.value(claim.quantity) is None:
        return False
    length = (day.last - day.first).days
    return length > 1 and (claim.quantity.total or (day is claim.day and day.stated and length < _SHORTEST_MONTH))


_SHORTEST_MONTH = 27
"""Days from the first to the last of February."""


def _denied_loss(claim: Claim) -> Metric | None:
    """What a denial without a figure says did not happen, if its own words name a loss."""
    if claim.stance not in (Stance.DENIES, Stance.DISPUTES):
        return None
    said = set(claim.span.quote.lower().replace("shot down", "shot-down").split())
    return next((m for m in Metric if said & _loss_words().get(m, frozenset())), None)


@cache
def _loss_words() -> dict[Metric, frozenset[str]]:
    return {Metric(name): frozenset(cues.split()) for name, cues in lexicon("voices")["losses"].items()}


def foes(parties: Iterable[ActorId], actors: Actors) -> Sides:
    """The state and the group among the parties to an incident."""
    return sides_among(frozenset(p for p in parties if is_side(p, actors)), actors)


_PAIR = 2


def likely_side(claim: Claim, sides: Sides, voice: Voice | None = None) -> ActorId | None:
    """Whose soldiers or fighters they are, where one state and one group only are named.

    Whom a party calls terrorists or mercenaries are the other's of two.
    """
    if claim.side or claim.object_class is not ObjectClass.COMBATANTS:
        return claim.side
    head = (claim.object or "").lower().split()[-1:]
    if set(head) & words("voices", "foes") and voice and (foe := _only_foe(voice, sides)):
        regular = foe not in sides.groups and set(head) & words("voices", "irregulars")
        return None if regular else foe  # no state has militants
    if set(head) & words("voices", "regulars"):
        return sides.state if sides.group else None
    return sides.group if set(head) & words("voices", "irregulars") and sides.state else None


def _only_foe(voice: Voice, sides: Sides) -> ActorId | None:
    """The other one of two sides, of which the voice is one."""
    others = sides.all - {voice.party}
    of_two = voice.party is not None and not voice.anonymous and len(sides.all) == _PAIR
    return next(iter(others)) if of_two and len(others) == 1 else None


def _parties(side: ActorId | None, event: Event | None, actors: Actors) -> frozenset[ActorId]:
    """Between whom something happened, as far as one claim and the event beside it tell."""
    told = [p for p in (event.actor, event.target) if p] if event else []
    named = [side, *(p.actor or _only_name(p.text or "", actors) for p in told)]
    return frozenset(actors.party(a) for a in named if a)


def _only_name(text: str, actors: Actors) -> ActorId | None:
    """As in "14 Tevanese nationals": whose people words name that name nobody who acts."""
    named = sides_named(text, actors)
    return next(iter(named)) if len(named) == 1 else None


def _speaking_party(claim: Claim, voice: Voice, sides: Sides) -> frozenset[ActorId]:
    """The side that counts the losses of the only other one: it speaks of what the two did to each other."""
    of_two = voice.party is not None and not voice.anonymous and sides.all == {voice.party, claim.side}
    return frozenset({voice.party}) if of_two and voice.party and voice.party != claim.side else frozenset()


def _parties_of_all(reading: Reading, actors: Actors) -> frozenset[ActorId]:
    """All parties that the item's claims and events name."""
    sides = [_parties(c.side, None, actors) for c in reading.claims]
    told = (_parties(None, e, actors) for e in reading.events if incidents.is_material(e))
    return frozenset().union(*sides, *told)


def open_incidents(reading: Reading, by: Telling) -> None:
    """Let what is told to have happened open or widen an incident before anybody counts its losses."""
    named = sides_named(f"{by.item.title}\n{by.item.text}", by.actors)
    for n, event in enumerate(reading.events):
        if not incidents.is_material(event):
            continue
        parties = _parties(None, event, by.actors)
        scene = replace(incidents.scene_of_event(event, by.item, parties), named=named)
        if parties or scene.places:
            incidents.assign(scene, by.item, by.placement.story, by.draft, ordinal=100 + n)
