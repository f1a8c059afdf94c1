"""A figure that is asserted: new, a revision, a rival, a contradiction, or borne out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from monitor.core import incidents, quantities
from monitor.core.incidents import Assignment
from monitor.core.ledger import book, finding, likeness, retelling, taking, telling, writing
from monitor.core.ledger.book import LEDGER, Entry, Figure
from monitor.core.ledger.telling import Told
from monitor.core.origins import PRESS, kin
from monitor.model import Development, DevelopmentKind, Metric, ObjectClass, Quantity


def asserted(told: Told) -> list[Development]:
    """What a figure (or a loss without one) changes, against what this voice and others have said."""
    if told.claim.metric is None:
        return []
    known = finding.known(told)
    if known:
        writing.repeat(known, told)
        writing.recognise(known, told)
        return _retold(known, told)
    if corrected := _corrected(told):
        return _again(corrected, told, finding.at_incident_of(corrected, told))
    told = _against_what_it_denied(told)
    place = _of_what_it_revises(told) or _of_what_it_denied(told) or finding.assign(told)
    told = _of_the_foe(told, place)
    entries = finding.entries(place.incident.id, told)
    own = _own_entry(entries, told)
    if own and quantities.value(own.quantity) is not None:
        if not _falls_unexplained(own, told, place):
            return _again(own, told, place)
        own, entries = None, []
        place = incidents.open_new(told.scene, told.by.item, told.by.placement.story, told.by.draft, told.ordinal)
    against_kind = [] if told.quantity.total else list(_other_kind(told, place))
    writing.put(told, place.incident, own if quantities.value(told.quantity) is None else None)
    return _first(told, place, [e for e in entries if e is not own and e.standing]) + against_kind


def _of_what_it_denied(told: Told) -> Assignment | None:
    denied = told.by.answered.get((told.voice.id, told.claim.metric))
    return finding.at_incident_of(denied, told) if denied and not (told.claim.day and told.claim.day.stated) else None


def _against_what_it_denied(told: Told) -> Told:
    """The claim with the losing side of the figure that its voice has just denied, if it names none itself."""
    denied = told.by.answered.get((told.voice.id, told.claim.metric))
    if denied is None or told.claim.side is not None:
        return told
    return replace(told, claim=replace(told.claim, side=denied.side))


def _corrected(told: Told) -> Entry | None:
    """The figure, whoever gave it, that an outlet says it got wrong ("it is 24, not 34")."""
    was = told.quantity.was
    if was is None or "correction" not in told.by.notices:
        return None
    given = finding.found(told, "figure", book.figure_key(told.claim.metric, Quantity(was, was)))
    standing = [e for e in given if e.standing and quantities.value(e.quantity) == was]
    if told.voice.name != PRESS:  # whoever is quoted now, it mends what this outlet has printed
        standing = [e for e in standing if told.by.source.publisher in e.figures[-1].outlets]
    fitting = [e for e in standing if likeness.sides_agree(told.claim.side, e.side)]
    fitting = [e for e in fitting if likeness.same_place(told, e)] or (fitting if told.voice.name != PRESS else [])
    return max(fitting, key=lambda e: (e.figures[-1].seen, e.id), default=None)


def _of_the_foe(told: Told, place: Assignment) -> Told:
    """The claim with the side that its words can only mean in its incident: "terrorists", where one group fights."""
    parties = taking.foes(place.incident.parties, told.by.actors)
    side = taking.likely_side(told.claim, parties, told.voice)
    return replace(told, claim=replace(told.claim, side=side)) if side else told


def _own_entry(entries: list[Entry], told: Told) -> Entry | None:
    """What this voice said before, unless another's entry is of just this kind of people and its own is not."""
    mine = [e for e in entries if likeness.own(e, told)]
    mended = next((e for e in mine if likeness.mends(told, e.quantity)), None)
    exact = {e.object_class for e in entries} & {told.claim.object_class}
    exact |= likeness.CIVILIANS if exact == {ObjectClass.PEOPLE} else set()
    fitting = [e for e in mine if not exact or e.object_class in exact]
    fitting = fitting or [e for e in mine if _outgrows(told, e)]
    return mended or next(iter(fitting), None)


def _outgrows(told: Told, entry: Entry) -> bool:
    """Whether a voice counts more civilians than people before: then the people were those civilians."""
    mine, before = quantities.value(told.quantity), quantities.value(entry.quantity)
    people = entry.object_class is ObjectClass.PEOPLE and told.claim.object_class in likeness.CIVILIANS
    return people and mine is not None and before is not None and mine > before


def _of_what_it_revises(told: Told) -> Assignment | None:
    """The incident of the figure that the text itself says was given before ("up from 26")."""
    was = told.quantity.was
    if was is None:
        return None
    key = book.figure_key(told.claim.metric, Quantity(was, was))
    known = [e for e in finding.found(told, "figure", key) if likeness.like(told, e)]
    own = next((e for e in known if likeness.own(e, told)), known[0] if known else None)
    return finding.at_incident_of(own, told) if own else None


def _falls_unexplained(own: Entry, told: Told, place: Assignment) -> bool:
    """Whether a lower figure of a later day, which no word calls a correction, is rather that of a new incident."""
    lower = (quantities.value(told.quantity) or 0) < (quantities.value(own.quantity) or 0)
    newer = telling.published(told.by.item) > own.figures[-1].published
    later = newer and incidents.gap(told.scene.day, own.scene.day) > 0
    conflict = len(place.incident.parties) > 1
    explained = likeness.said_before(own, told) or likeness.mends(told, own.quantity)
    return lower and later and conflict and not explained


def _again(own: Entry, told: Told, place: Assignment) -> list[Development]:
    """The same voice once more: a changed figure is a revision, unless it is one of its old ones or late."""
    last, new = own.figures[-1], told.quantity
    mended = likeness.mends(told, last.quantity)
    if likeness.said_before(own, told) and not mended:
        writing.repeat(own, told)
        return _retold(own, told)
    if last.item == told.by.item.id and last.version == told.by.item.version and not mended:
        writing.put(told, place.incident, None)
        return [writing.development(DevelopmentKind.NEW_CLAIM, told, place)]
    late = telling.published(told.by.item) < last.published
    known = next((f for f in reversed(own.figures) if f.told), last)
    quiet = late or likeness.wobble(known.quantity, new) or quantities.same(known.quantity, new)
    writing.put(told, place.incident, own, keep_present=late, quiet=quiet)
    if quiet:
        return [] if late else _retold(own, told)
    up = (quantities.value(new) or 0) > (quantities.value(known.quantity) or 0)
    kind = DevelopmentKind.REVISED_UP if up else DevelopmentKind.REVISED_DOWN
    note = "correction" if "correction" in told.by.notices or (mended and not up) else ""
    return [writing.development(kind, told, place, against=own, previous=known, note=note)]


def _first(told: Told, place: Assignment, others: list[Entry]) -> list[Development]:
    """A voice's first figure under this key, against what others say of the same losses."""
    if quantities.value(told.quantity) is None:
        return []
    named = [e for e in others if e.voice.name != PRESS and quantities.value(e.quantity) is not None]
    agreeing = next((e for e in (*named, *others) if quantities.agree(e.quantity, told.quantity)), None)
    if told.voice.name == PRESS:
        return _unattributed(told, place, others, agreeing)
    if agreeing:
        return _borne_out(agreeing, told, place)
    if any(told.quantity.vague and quantities.fits(told.quantity, e.quantity) for e in named):
        return []
    return [_beside(named, told, place)]


def _beside(named: list[Entry], told: Told, place: Assignment) -> Development:
    """A figure that no other agrees with, against the main one of those that others give."""
    against = _main_rival(told, [e for e in named if not e.quantity.vague])
    if against is None or told.quantity.vague or _of_other_days(told, against):
        return writing.development(DevelopmentKind.NEW_CLAIM, told, place)
    clash = quantities.clash(against.quantity, told.quantity)
    kind = DevelopmentKind.CONTRADICTED if clash else DevelopmentKind.RIVAL
    return writing.development(kind, told, place, against=against)


def _of_other_days(told: Told, against: Entry) -> bool:
    """Whether both count those who left home, on other days, and one many times the other: then of other waves."""
    displaced = told.claim.metric is Metric.DISPLACED
    return displaced and quantities.clash(against.quantity, told.quantity) and told.scene.day != against.scene.day


def _retold(entry: Entry, told: Told) -> list[Development]:
    """A known figure once more, as what it is to those who have never been told of it."""
    entry = told.by.draft.get(LEDGER, entry.id) or entry
    if not retelling.is_worth_it(entry, told):
        return []
    place = finding.at_incident_of(entry, told)
    told = replace(told, claim=replace(told.claim, side=entry.side or told.claim.side))
    previous = _told_before(entry, told)
    if previous:
        up = (quantities.value(told.quantity) or 0) > (quantities.value(previous.quantity) or 0)
        kind = DevelopmentKind.REVISED_UP if up else DevelopmentKind.REVISED_DOWN
        made = writing.development(kind, told, place, against=entry, previous=previous)
    else:
        others = [e for e in finding.entries(place.incident.id, told) if e.standing and e.voice.name != PRESS]
        differing = [e for e in others if e.id != entry.id and not quantities.agree(e.quantity, told.quantity)]
        named = [e for e in differing if quantities.value(e.quantity) is not None]
        made = _beside([] if told.voice.name == PRESS else named, told, place)
    return [retelling.known_before(replace(made, key=entry.key), told, entry)]


def _told_before(entry: Entry, told: Told) -> Figure | None:
    """The last figure of an entry that was told and is another one."""
    earlier = (f for f in reversed(entry.figures) if f.told and not f.withdrawn)
    return next((f for f in earlier if not quantities.agree(f.quantity, told.quantity)), None)


def _unattributed(told: Told, place: Assignment, others: list[Entry], agreeing: Entry | None) -> list[Development]:
    """A figure that nobody is named for: news only where it goes beyond every figure that is known."""
    if agreeing:
        return _retold(agreeing, told)
    if told.quantity.vague or told.claim.hedged:
        return []
    known = [e for e in others if quantities.value(e.quantity) is not None]
    if not known:
        return [writing.development(DevelopmentKind.NEW_CLAIM, told, place)]
    highest = max(known, key=lambda e: quantities.value(e.quantity) or 0)
    if (quantities.value(told.quantity) or 0) <= (quantities.value(highest.quantity) or 0):
        return []
    note = "nobody is named for it"
    return [writing.development(DevelopmentKind.REVISED_UP, told, place, against=highest, note=note)]


def _borne_out(agreeing: Entry, told: Told, place: Assignment) -> list[Development]:
    """Another voice gives the same figure: its own account corroborates, the losing side's own word confirms."""
    if kin(agreeing.voice, told.voice):
        return _retold(agreeing, told)
    own_loss = told.claim.side is not None and told.voice.party == told.claim.side
    kind = DevelopmentKind.CONFIRMED if own_loss else DevelopmentKind.CORROBORATED
    made = writing.development(kind, told, place, against=agreeing)
    return [retelling.known_before(made, told)]


def _main_rival(told: Told, others: list[Entry]) -> Entry | None:
    """The entry that a differing figure stands against: the newest of another party, else the newest."""
    apart = [e for e in others if not kin(e.voice, told.voice)]
    return max(apart or others, key=lambda e: (e.figures[-1].seen, e.id), default=None)


def _other_kind(told: Told, place: Assignment) -> Iterator[Development]:
    """Fighters against civilians: the attacker counts enemy fighters, others say that civilians died. Told once."""
    said = told.claim.object_class
    mine, theirs = likeness.CIVILIANS, likeness.FIGHTERS
    if said in theirs:
        mine, theirs = theirs, mine
    if said not in mine | theirs:
        return
    entries = [e for e in finding.of_incident(place.incident.id, told) if likeness.same_metric(told, e) and e.standing]
    against = [e for e in entries if e.object_class in theirs and _opposed(told, e)]
    if against and not any(e.object_class in mine for e in entries):
        newest = max(against, key=lambda e: (e.figures[-1].seen, e.id))
        note = "another kind of victims"
        yield writing.development(DevelopmentKind.CONTRADICTED, told, place, against=newest, note=note)


def _opposed(told: Told, entry: Entry) -> bool:
    """Whether one of the two counts the enemy's fighters where the other sees civilians who are not its own."""
    if told.claim.object_class in likeness.FIGHTERS:
        attacker, their_side, loss = told.voice, entry.side, told.claim.side
    else:
        attacker, their_side, loss = entry.voice, told.claim.side, entry.side
    if attacker.party is None or attacker.party in (their_side, loss):
        return False
    return told.voice.party != entry.voice.party and likeness.same_place(told, entry)
