"""What is put into the ledger, and the development that is told of it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import Literal

from monitor.core import incidents, quantities
from monitor.core.incidents import Assignment, Incident
from monitor.core.ledger import book, finding, likeness, telling
from monitor.core.ledger.book import LEDGER, Entry, Figure
from monitor.core.ledger.telling import Told
from monitor.core.origins import Voice, doubled, sides_named
from monitor.model import ActorId, Counts, Development, DevelopmentKind


def _key(told: Told, incident: Incident) -> str:
    """The ledger key: incident, metric, losing side and class, part or total. Never a watch."""
    claim = told.claim
    kind: Literal["total", "part", "whole"] = "total" if claim.quantity.total else "part" if claim.part else "whole"
    return f"{incident.id}/{claim.metric or ''}/{claim.side or ''}/{claim.object_class or ''}/{kind}"


def _entry_id(told: Told, incident: Incident) -> str:
    told_by = f"{_key(told, incident)}|{told.voice.id}|{told.claim.stance}|{told.scene.places[:1]}"
    return blake2b(told_by.encode(), digest_size=8).hexdigest()


def _figure(told: Told, *, quiet: bool) -> Figure:
    by = told.by
    return Figure(
        told.id,
        told.quantity,
        by.item.seen.timestamp(),
        telling.published(by.item),
        by.item.id,
        by.item.version,
        told.claim.span,
        told.claim.via,
        (by.source.publisher,),
        (by.origin,),
        told.claim.hedged,
        not quiet,
    )


def put(told: Told, incident: Incident, own: Entry | None, *, keep_present: bool = False, quiet: bool = False) -> Entry:
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


def repeat(entry: Entry, told: Told) -> None:
    """Note who else printed a known figure; nothing is new."""
    figures = list(entry.figures)
    at = next((n for n, f in enumerate(figures) if quantities.same(f.quantity, told.quantity)), len(figures) - 1)
    by, f = told.by, figures[at]
    figures[at] = replace(f, outlets=_plus(f.outlets, by.source.publisher), origins=_plus(f.origins, by.origin))
    stories, side = _plus(entry.stories, by.placement.story), entry.side or told.claim.side
    by.draft.put(LEDGER, replace(entry, figures=tuple(figures), stories=stories, side=side))


def recognise(known: Entry, told: Told) -> None:
    """Join two incidents of which a figure that is told again says that they are one."""
    mine = incidents.resolve(known.incident, told.by.draft)
    best = incidents.find(told.scene, told.by.item, told.by.placement.story, told.by.draft)
    if mine and best and mine.id != best.id and _one_incident(mine, best):
        book.join_incidents(mine, best, told.by.draft)


def _one_incident(a: Incident, b: Incident) -> bool:
    """Whether nothing that is known of two incidents tells them apart, and their days are the same."""
    same_days = a.day is not None and b.day is not None and incidents.gap(a.day, b.day) == 0
    parties = min(len(a.parties), len(b.parties)) < 2 or set(a.parties) & set(b.parties)
    modes = not a.modes or not b.modes or set(a.modes) & set(b.modes)
    return bool(same_days and parties and modes) and incidents.compatible(a.places, b.places) is not False


def _plus(known: tuple, more: object) -> tuple:  # type: ignore[type-arg] # of whatever kind the elements are
    return known if more in known else (*known, more)


def development(
    kind: DevelopmentKind,
    told: Told,
    place: Assignment,
    *,
    against: Entry | None = None,
    previous: Figure | None = None,
    note: str = "",
) -> Development:
    """The development that a claim makes; `against` is the entry it stands against, `previous` one of its figures."""
    claim, incident = told.claim, place.incident
    alike = [
        e
        for e in finding.of_incident(incident.id, told)
        if likeness.like(told, e) and likeness.same_place(told, e) and quantities.agree(e.quantity, told.quantity)
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
        counts=counts(alike),
        origins=tuple(sorted({o for e in alike for o in book.origins(e)})),
        voices=tuple(sorted(voices(alike), key=lambda v: (v != vouching(told.voice), v))),
        uncertain=place.uncertain,
        official=told.voice.party is not None and not told.voice.anonymous,
        answers=((previous or against.figures[-1]).claim,) if against else (),
        actors=tuple(sorted(_concerned(told, incident) | {a for a in named if a})),
        note=note,
        made_by=(told.id,),
        stance=claim.stance,
    )


def _concerned(told: Told, incident: Incident) -> frozenset[ActorId]:
    """The parties of what happened; where none is known, those whom the item names."""
    known = told.scene.parties | set(incident.parties)
    return known or sides_named(f"{told.by.item.title}\n{told.by.item.text}", told.by.actors)


def voices(entries: list[Entry]) -> set[str]:
    """Who vouches for a figure; the press and a party's many offices vouch once."""
    return {vouching(e.voice) for e in entries}


def vouching(voice: Voice) -> str:
    """Under which name a voice vouches: the party's, unless it is that of its unnamed people."""
    return voice.party if voice.party and not voice.anonymous else voice.id


def counts(entries: list[Entry], one_voice: tuple[tuple[str, str], ...] = ()) -> Counts:
    """Outlets, origins and independent claimants of a figure, of which some may be one (see `Development`)."""
    outlets = {o for e in entries for f in e.figures for o in f.outlets}
    origins = {o for e in entries for o in book.origins(e)}
    claimants = voices(entries)
    return Counts(
        max(1, len(outlets)),
        max(1, len(origins) - doubled(origins, one_voice)),
        max(1, len(claimants) - doubled(claimants, one_voice)),
    )
