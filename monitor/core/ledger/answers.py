"""Answers to what others claim: denied, disputed, confirmed; each is told once for what it answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from monitor.core import incidents, quantities
from monitor.core.claims.lexicons import words
from monitor.core.incidents import Assignment
from monitor.core.ledger import assertions, finding, likeness, writing
from monitor.core.ledger.book import Entry
from monitor.core.ledger.telling import Told
from monitor.core.origins import PRESS, kin, same_voice
from monitor.core.stories.aliases import names_of
from monitor.model import Development, DevelopmentKind, Stance

_KINDS = {
    Stance.DENIES: DevelopmentKind.DENIED,
    Stance.DISPUTES: DevelopmentKind.DISPUTED,
    Stance.CONFIRMS: DevelopmentKind.CONFIRMED,
}


_TELLING = 10
"""From this number on, a figure alone says which claim is meant."""


def answered(told: Told) -> list[Development]:
    """A denial or dispute, once for each thing it answers; one whose claim is not known here is told as such."""
    if told.claim.metric is None:
        return _of_the_deed(told)
    targets = _targets(told)
    if not targets and (told.guessed or told.voice.name == PRESS):
        return []
    place = finding.at_incident_of(targets[0], told) if targets else finding.assign(told)
    if targets:
        told.by.answered[told.voice.id, told.claim.metric] = targets[0]
        told = replace(told, claim=replace(told.claim, metric=targets[0].metric))
    if _answered_before(told, place, targets):
        return []
    writing.put(told, place.incident, None)
    uncertain = None if targets else "what it answers is not known here"
    return [_answering(told, place, targets, uncertain)]


def _of_the_deed(told: Told) -> list[Development]:
    """A party's denial that names no loss ("denies any part in the attack"): of whatever others have just told of it.

    It answers the claims of the incident's last two days; once for each party, however it puts the next one.
    """
    said = set(told.claim.span.quote.lower().replace(",", " ").replace(".", " ").split())
    if told.voice.party is None or told.voice.anonymous or not said & words("voices", "deeds"):
        return []
    known = incidents.find(told.scene, told.by.item, told.by.placement.story, told.by.draft)
    entries = finding.of_incident(known.id, told) if known else []
    since = (told.by.item.seen - _JUST).timestamp()
    targets = [e for e in entries if e.figures[-1].seen >= since and _accuses(told, e)]
    if known is None or not targets or any(_denied_by_its_party(told, e) for e in entries):
        return []
    writing.put(told, known, None)
    made = writing.development(_KINDS[told.claim.stance], told, Assignment(known, new=False))
    return [replace(made, answers=tuple(e.figures[-1].claim for e in targets))]


_JUST = dt.timedelta(days=2)


def _accuses(told: Told, entry: Entry) -> bool:
    """Whether somebody else's claim is of losses that are not the speaker's own."""
    stands = entry.stance is Stance.ASSERTS and entry.standing and entry.voice.party != told.voice.party
    return stands and entry.metric is not None and entry.side != told.voice.party


def _denied_by_its_party(told: Told, entry: Entry) -> bool:
    return entry.stance in {Stance.DENIES, Stance.DISPUTES} and entry.voice.party == told.voice.party


def confirmed(told: Told) -> list[Development]:
    """An admission answers what others claimed; a figure that comes with it is a claim of its own."""
    targets = _targets(told) if told.claim.metric else []
    out: list[Development] = []
    if targets:
        place = finding.at_incident_of(targets[0], told)
        if not _answered_before(told, place, targets):
            writing.put(told, place.incident, None)
            out = [_answering(told, place, targets, None)]
    figure = replace(told, claim=replace(told.claim, stance=Stance.ASSERTS))
    more = assertions.asserted(figure) if quantities.value(told.quantity) is not None else []
    news = (d for d in more if not (out and d.kind is DevelopmentKind.CONFIRMED))
    return [*out, *(replace(d, stance=told.claim.stance) for d in news)]


def _answering(told: Told, place: Assignment, targets: list[Entry], uncertain: str | None) -> Development:
    against = targets[0] if targets else None
    made = writing.development(_KINDS[told.claim.stance], told, place, against=against)
    answers = tuple(e.figures[-1].claim for e in targets)
    return replace(made, answers=answers, uncertain=uncertain or made.uncertain)


def _targets(told: Told) -> list[Entry]:
    """The claims of other voices that a stance can be about, those in its own words first, then the newest."""
    # A figure points at its claim, whatever the rest of the text is about; a small one may be anybody's.
    found = finding.by_figure(told) if quantities.value(told.quantity) is not None else []
    telling = (quantities.value(told.quantity) or 0) >= _TELLING
    if named := [e for e in found if telling and _answerable(told, e, placed=False)]:
        return sorted(named, key=lambda e: (-likeness.same_place(told, e), -e.figures[-1].seen, e.id))
    incident = incidents.find(told.scene, told.by.item, told.by.placement.story, told.by.draft)
    found = finding.of_incident(incident.id, told) if incident else []
    found = found or finding.found(told, "story", *names_of(told.by.placement.story, told.by.draft))
    targets = [e for e in found if _answerable(told, e)]
    same = [e for e in targets if any(quantities.same(f.quantity, told.quantity) for f in e.figures)]
    return sorted(same or targets, key=lambda e: (-_shared_words(told, e), -e.figures[-1].seen, e.id))


def _shared_words(told: Told, entry: Entry) -> int:
    """How many beginnings of longer words an answer has in common with what it may answer."""
    mine, theirs = (
        {w[:5].lower() for w in q.split() if len(w) > 3} for q in (told.claim.span.quote, entry.figures[-1].span.quote)
    )
    return len(mine & theirs)


def _answerable(told: Told, entry: Entry, *, placed: bool = True) -> bool:
    return (
        entry.stance is Stance.ASSERTS
        and likeness.same_metric(told, entry)
        and not same_voice(entry.voice, told.voice)
        and not kin(entry.voice, told.voice)
        and likeness.sides_agree(told.claim.side, entry.side)
        and likeness.comparable_class(told.claim, entry)
        and incidents.days_agree(told.scene.day if placed else told.claim.day, entry.scene.day)
        and (not placed or likeness.same_place(told, entry))
    )


def _answered_before(told: Told, place: Assignment, targets: list[Entry]) -> bool:
    """Whether this voice has answered the same already; a new figure is a new occasion only if it is named."""
    for e in finding.of_incident(place.incident.id, told):
        if e.stance is not told.claim.stance or not likeness.same_metric(told, e):
            continue
        of_one_party = told.voice.party is not None and told.voice.party == e.voice.party
        if not (of_one_party or same_voice(e.voice, told.voice)):
            continue
        if likeness.sides_agree(told.claim.side, e.side) and likeness.comparable_class(told.claim, e):
            unnamed = quantities.value(told.quantity) is None
            if unnamed or any(quantities.same(f.quantity, told.quantity) for f in e.figures) or not targets:
                return True
    return False
