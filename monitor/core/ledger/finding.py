"""What is known already: the entries that a claim may be compared with, and the incident it is about."""

from __future__ import annotations

from monitor.core import incidents, quantities
from monitor.core.claims.objects import HUMAN
from monitor.core.incidents import Assignment
from monitor.core.ledger import book, likeness
from monitor.core.ledger.book import LEDGER, MEMORY, Entry
from monitor.core.ledger.telling import Told
from monitor.core.origins import PRESS, kin, same_office, same_voice
from monitor.model import IncidentId, ObjectClass, Stance

_RETURNING, _RETURNING_DAYS = 50, 7
"""From this number on, and within so many days, the same figure of the same voice is the same claim."""

_MOST_FOUND = 200
"""Entries looked at for one number or voice: small numbers are in everybody's mouth."""


def found(told: Told, index: str, *values: str) -> list[Entry]:
    """The newest entries that an index holds under any of the values, as far back as figures are recognised."""
    since = (told.by.item.seen - MEMORY).timestamp()
    return told.by.draft.find(LEDGER, index, values, since=since, limit=_MOST_FOUND)


def by_figure(told: Told) -> list[Entry]:
    """Entries that ever held the claim's number."""
    return found(told, "figure", book.figure_key(told.claim.metric, told.quantity))


def entries(incident: IncidentId, told: Told) -> list[Entry]:
    """Entries with which the claim may be compared, the best match first."""
    pool = _totals(told) if told.quantity.total else of_incident(incident, told)
    like = [e for e in pool if e.stance is Stance.ASSERTS and likeness.like(told, e) and likeness.same_place(told, e)]
    like = [e for e in like if not incidents.are_two_nights(told.scene.day, e.scene.day)]
    like = [e for e in like if not likeness.narrower(told, e) and not likeness.some_of(told, e)]
    like.sort(key=lambda e: (-e.figures[-1].seen, e.id))
    return sorted(like, key=lambda e: (-likeness.closeness(told, e), not likeness.own(e, told)))


def _totals(told: Told) -> list[Entry]:
    """Sums of whatever incidents, over a period that begins on about the same day."""
    day = told.scene.day
    sums = [e for e in found(told, "total", f"{book.kind_of(told.claim.metric)}") if _of_one_affair(told, e)]
    return [e for e in sums if not (day and e.scene.day) or abs((day.first - e.scene.day.first).days) <= _ABOUT]


def _of_one_affair(told: Told, entry: Entry) -> bool:
    """Whether a party, a place or the story joins them: the dead of a war are no answer to those of a flood."""
    mine = told.scene.parties | {told.claim.side, told.voice.party}
    theirs = entry.scene.parties | {entry.side, entry.voice.party}
    together = told.by.placement.story in entry.stories or bool((mine & theirs) - {None})
    return together or bool(incidents.compatible(told.scene.places, entry.scene.places))


_ABOUT = 3
"""Days by which the beginnings of two sums of one period may differ."""


def of_incident(incident: IncidentId, told: Told) -> list[Entry]:
    """All entries of an incident."""
    return told.by.draft.find(LEDGER, "incident", [incident])


def known(told: Told) -> Entry | None:
    """The entry in which the same voice (or a copy of it) has given this very figure for these losses."""
    mends = "correction" in told.by.notices and told.voice.name != PRESS
    if quantities.value(told.quantity) is None or mends:
        return None
    return next((e for e in by_figure(told) if _retells(told, e)), None)


def _retells(told: Told, entry: Entry) -> bool:
    """Whether the claim is the entry's, told again: the same voice and figure, of a day and place that agree."""
    voices = same_voice(told.voice, entry.voice) or kin(told.voice, entry.voice) or same_office(told.voice, entry.voice)
    if not (voices or told.voice.name == PRESS or not entry.standing) or entry.stance is not Stance.ASSERTS:
        return False
    if not likeness.like(told, entry) and not (told.voice.name != PRESS and _in_other_words(told, entry)):
        return False
    there, then = likeness.same_place(told, entry), incidents.days_agree(told.scene.day, entry.scene.day)
    return (
        (there and (then or _too_large_to_return(told, entry)))
        or _is_copy(told, entry)
        or _on_one_stated_day(told, entry)
        or (then and _in_one_province(told, entry))
    )


def _in_other_words(told: Told, entry: Entry) -> bool:
    """Whether one voice gives one telling number: then dockers are port workers, and nationals fishermen."""
    kinds = {told.claim.object_class, entry.object_class}
    human = ObjectClass.PEOPLE in kinds and kinds <= HUMAN
    telling = (quantities.value(told.quantity) or 0) >= _TELLING and not told.quantity.vague
    return human and telling and likeness.counts_alike(told, entry)


_TELLING = 10
"""From this number on, a figure alone says which claim is meant."""


def _too_large_to_return(told: Told, entry: Entry) -> bool:
    """Whether one voice would hardly give this number for two affairs in so few days: then a day was read wrongly.

    A figure that nobody is named for is too weak to open another affair beside a known one.
    """
    days = incidents.gap(told.scene.day, entry.scene.day)
    large = (quantities.value(told.quantity) or 0) >= _RETURNING and days <= _RETURNING_DAYS
    return large or (told.voice.name == PRESS and days <= 1)


def _on_one_stated_day(told: Told, entry: Entry) -> bool:
    """Whether both name the same day: then a place that is read differently is no other incident."""
    one, two = told.scene.day, entry.scene.day
    return one is not None and two is not None and one.stated and two.stated and incidents.gap(one, two) == 0


def _in_one_province(told: Told, entry: Entry) -> bool:
    """Whether what nobody is named for is a party's loss that is known: then "near Goma" is the place named near it."""
    provinces = {p[:2] for p in told.scene.places} & {p[:2] for p in entry.scene.places}
    known = told.claim.side is not None and told.claim.side == entry.side
    return told.voice.name == PRESS and known and any(len(p) > 1 for p in provinces)


def _is_copy(told: Told, entry: Entry) -> bool:
    """Whether the item was made from one that told this entry: then its date says nothing."""
    copied = {told.by.placement.near_copy_of, told.by.placement.repeat_of} - {None}
    return any(f.item in copied for f in entry.figures)


def assign(told: Told) -> Assignment:
    """The incident of the claim, by its scene and by what its voice has spoken of; recorded."""
    by = told.by
    return incidents.assign(
        told.scene, by.item, by.placement.story, by.draft, ordinal=told.ordinal, spoken_of=_spoken_of(told)
    )


def _spoken_of(told: Told) -> frozenset[IncidentId]:
    """Incidents of which this voice has given a figure for such losses before: it likely goes on with one of them."""
    said = found(told, "voice", book.voice_key(told.voice, told.claim.metric))
    mine = (e for e in said if e.stance is Stance.ASSERTS and likeness.own(e, told) and likeness.like(told, e))
    return frozenset(e.incident for e in mine)


def at_incident_of(entry: Entry, told: Told) -> Assignment:
    """The incident of a known entry, followed to where it was joined."""
    incident = incidents.resolve(entry.incident, told.by.draft)
    return Assignment(incident, new=False) if incident else assign(told)
