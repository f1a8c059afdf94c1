"""From what an item says to the claims that are taken: each once, with whose losses, where and when it can be known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from monitor.core import incidents, quantities
from monitor.core.claims.lexicons import lexicon, words
from monitor.core.ledger import finding, likeness
from monitor.core.ledger.telling import Telling, Told
from monitor.core.origins import Actors, Sides, party_of_source, sides_of, voice_of
from monitor.model import ActorId, Claim, ClaimId, Day, Event, Metric, ObjectClass, Reading, Stance


def distinct(claims: Iterable[Claim]) -> list[Claim]:
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
        and likeness.comparable_class(whole, share)
        and (whole.day is None or whole.day == share.day)
    )


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
    if headline.metric is None or told.metric is not headline.metric:
        return headline.metric is None
    return quantities.same(told.quantity, headline.quantity) or quantities.value(headline.quantity) is None


def told_of(claim: Claim, ordinal: int, reading: Reading, by: Telling) -> Told:
    """A claim with its voice and scene, and with what the rest of the item says of it."""
    countries = {path[0] for path in incidents.places_of(reading)}
    sides = sides_of(f"{by.item.title}\n{by.item.text}", countries, by.actors)
    voice = voice_of(claim.claimant, by.source, by.actors, sides)
    guessed = claim.metric is None and _denied_loss(claim) is not None
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
    return Told(claim, voice, scene, ClaimId(f"{by.item.id}#{by.item.version}:{ordinal}"), ordinal, by, guessed)


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


def open_incidents(reading: Reading, by: Telling) -> None:
    """Let what is told to have happened open or widen an incident before anybody counts its losses."""
    for n, event in enumerate(reading.events):
        if not incidents.is_material(event):
            continue
        parties = _parties(None, event, by.actors)
        scene = incidents.scene_of_event(event, by.item, parties)
        if parties or scene.places:
            incidents.assign(scene, by.item, by.placement.story, by.draft, ordinal=100 + n)
