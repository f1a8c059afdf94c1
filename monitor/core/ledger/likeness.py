"""Only like is compared with like: whether two claims count the same losses, and what a voice said before."""

from __future__ import annotations

from monitor.core import incidents, quantities
from monitor.core.claims.lexicons import words
from monitor.core.ledger.book import Entry, kind_of
from monitor.core.ledger.telling import Told
from monitor.core.origins import PRESS, same_office, same_voice
from monitor.model import ActorId, Claim, Metric, ObjectClass, Quantity

FIGHTERS = {ObjectClass.COMBATANTS, ObjectClass.OFFICERS}


CIVILIANS = {ObjectClass.CIVILIANS, ObjectClass.CHILDREN}


_HUMAN = {ObjectClass.PEOPLE} | FIGHTERS | CIVILIANS


_BY_NAME = {None, ObjectClass.PEOPLE, ObjectClass.THINGS, ObjectClass.AIRCRAFT, ObjectClass.VEHICLES}
"""Classes in which only what is called alike is compared: hostages are no guards, drones no missiles."""


_UNMARKED = words("voices", "unmarked")


def like(told: Told, entry: Entry) -> bool:
    """Whether two claims count the same losses, as far as is known."""
    return counts_alike(told, entry) and comparable_class(told.claim, entry)


def counts_alike(told: Told, entry: Entry) -> bool:
    """The same, whoever or whatever it is that they count."""
    return (
        same_metric(told, entry)
        and _losers_agree(told, entry)
        and entry.total == told.quantity.total
        and entry.part == told.claim.part
    )


def same_metric(told: Told, entry: Entry) -> bool:
    """Whether both count the same fate; one side's prisoners may be the other's arrests."""
    if entry.metric is told.claim.metric:
        return True
    if kind_of(entry.metric) is not kind_of(told.claim.metric):
        return False
    one_figure = quantities.value(told.quantity) is not None and quantities.same(entry.quantity, told.quantity)
    return one_figure or entry.side == told.claim.side is not None


def same_place(told: Told, entry: Entry) -> bool:
    """Whether the places may be the same; an unknown one may."""
    return incidents.compatible(told.scene.places, entry.scene.places) is not False


def narrower(told: Told, entry: Entry) -> bool:
    """Whether a smaller figure is that of a place inside the other's: a claim of its own, no revision."""
    x, y = quantities.value(told.quantity), quantities.value(entry.quantity)
    if x is None or y is None or x == y or not told.scene.places or not entry.scene.places:
        return False
    if told.scene.parties or entry.scene.parties:
        return False  # a battle has one scene, named more or less closely; a disaster has many
    mine, theirs = told.scene.places[0], entry.scene.places[0]
    inner, outer = (mine, theirs) if x < y else (theirs, mine)
    return len(inner) > len(outer) and incidents.within(inner, outer)


def some_of(told: Told, entry: Entry) -> bool:
    """Whether the claim counts a kind of people of its own ("four Greek rescuers") beside a toll of all."""
    x, y = quantities.value(told.quantity), quantities.value(entry.quantity)
    marked = _head(told.claim.object) not in _UNMARKED and _head(entry.object) in _UNMARKED
    people = told.claim.object_class is ObjectClass.PEOPLE and entry.object_class is ObjectClass.PEOPLE
    return marked and people and x is not None and y is not None and 2 * x <= y


def closeness(told: Told, entry: Entry) -> int:
    """How surely two claims that may be compared count the same losses."""
    return (told.claim.side == entry.side) + (told.claim.object_class is entry.object_class)


def sides_agree(a: ActorId | None, b: ActorId | None) -> bool:
    """Whether two losing sides may be the same; an unknown one may."""
    return a is None or b is None or a == b


def _losers_agree(told: Told, entry: Entry) -> bool:
    """Whether both count one side's losses; what a party says it shot down is never its own."""
    mine, theirs = told.claim.side, entry.side
    if told.claim.metric is Metric.SHOT_DOWN and (mine is None) != (theirs is None):
        shooter = told.voice.party if mine is None else entry.voice.party
        return shooter is None or shooter != (mine or theirs)
    if told.voice.party and told.voice.party == theirs and _is_foe(told.claim):
        return False
    if entry.voice.party and entry.voice.party == mine and _is_foe(entry):
        return False
    return sides_agree(mine, theirs)


def _is_foe(counted: Claim | Entry) -> bool:
    """Whether the words are those that nobody uses of their own: "terrorists", "mercenaries"."""
    return bool(set((counted.object or "").lower().split()[-1:]) & words("voices", "foes"))


def comparable_class(a: Claim | Entry, b: Claim | Entry) -> bool:
    """Whether two classes may be the same people or things; the unmarked class may be any of its kind."""
    one, two = a.object_class, b.object_class
    if _camp(a) != _camp(b) and _camp(a) and _camp(b) and not (a.side and a.side == b.side):
        return False
    if one is two or one is None or two is None:
        return one not in _BY_NAME or _heads_agree(a.object, b.object)
    if ObjectClass.PEOPLE in (one, two):
        people, other = (a, two) if one is ObjectClass.PEOPLE else (b, one)
        of_any_kind = _head(people.object) in _UNMARKED | words("voices", "captives")
        return other in CIVILIANS or (other is ObjectClass.COMBATANTS and of_any_kind)
    things = a if one is ObjectClass.THINGS else b if two is ObjectClass.THINGS else None
    return things is not None and not {one, two} & _HUMAN and _head(things.object) in _UNMARKED


def _camp(counted: Claim | Entry) -> str:
    """Whose fighters the words name where no side is known: a state's ("soldiers"), a group's ("militants")."""
    last = set((counted.object or "").lower().split()[-1:])
    if counted.object_class not in FIGHTERS | {None}:
        return ""
    return "state" if last & words("voices", "regulars") else "group" if last & words("voices", "irregulars") else ""


def _heads_agree(a: str | None, b: str | None) -> bool:
    one, two = _head(a), _head(b)
    return one in _UNMARKED or two in _UNMARKED or one == two


def _head(counted: str | None) -> str:
    """The last word of what is counted, in the singular form of regular plurals."""
    last = ((counted or "").lower().split() or ["people"])[-1]
    return last if last in _UNMARKED else last.removesuffix("s")


def own(entry: Entry, told: Told) -> bool:
    """Whether an entry is of the claim's own voice, or of an earlier version of its item that named nobody."""
    if same_voice(entry.voice, told.voice) or same_office(entry.voice, told.voice):
        return True
    last = entry.figures[-1]
    edited = last.item == told.by.item.id and last.version < told.by.item.version
    return edited and PRESS in (entry.voice.name, told.voice.name)


def mends(told: Told, last: Quantity) -> bool:
    """Whether the text itself says that the figure replaces another ("from 31 to 26", a correction)."""
    was = told.quantity.was
    return (was is not None and was == quantities.value(last)) or "correction" in told.by.notices


def said_before(own: Entry, told: Told) -> bool:
    """Whether the voice has given the figure before, or one that leaves nothing of it to tell."""
    same = any(quantities.same(f.quantity, told.quantity) for f in own.figures)
    return same or quantities.fits(told.quantity, own.quantity) or quantities.value(told.quantity) is None


def wobble(last: Quantity, new: Quantity) -> bool:
    """Whether a rough figure has merely been put in other words."""
    return (last.approx or new.approx) and quantities.agree(last, new)
