"""Whose loss it is: the party whose soldiers, outposts or people are counted.

In order: a name within or beside the object ("Pakistani outposts", "fighters of the TTP"), a possessive ("80 of
its fighters"), the figure listed with it ("13 Pakistani outposts captured and 10 soldiers killed"), the target that
the sentence names ("ambushed a Pakistani convoy"), the only armed group of the text. Else it stays unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from monitor.core.claims.actors import Mention, Registry
from monitor.core.claims.document import Document, Sentence, Where
from monitor.core.claims.lexicons import words
from monitor.core.claims.losses import Loss
from monitor.core.claims.objects import Phrase, nouns
from monitor.model import ActorId, ActorKind, Metric, ObjectClass, Place

_FORCES = frozenset(
    {ObjectClass.COMBATANTS, ObjectClass.OFFICERS, ObjectClass.POSITIONS, ObjectClass.VEHICLES, ObjectClass.AIRCRAFT}
)


@dataclass(frozen=True)
class _Words:
    state_forces: frozenset[str]
    group_forces: frozenset[str]
    own: frozenset[str]
    group_words: frozenset[str]
    of_whose: frozenset[str]
    targets: frozenset[str]
    forces: frozenset[str]
    sent: frozenset[str]


@cache
def _words(lang: str = "en") -> _Words:
    return _Words(*(words("figures", k, lang) for k in _Words.__annotations__))


@dataclass(frozen=True, slots=True)
class Side:
    """The losing party, and whether the text calls the loss the speaker's or subject's own."""

    actor: ActorId | None = None
    own: bool = False


class Sides:
    """Answers for one document, with its names found once."""

    def __init__(self, document: Document, registry: Registry, lang: str = "en") -> None:
        self._registry, self._w = registry, _words(lang)
        self._mentions: dict[Where, list[Mention]] = {
            where: registry.find(document.field(where).text) for where in ("title", "text")
        }
        self._groups = self._armed_groups()
        self._forces = self._armed_forces(document)
        everyone = {self._registry.party(m.actor) for ms in self._mentions.values() for m in ms}
        self._states = frozenset(a for a in everyone if self._kind(a) is ActorKind.STATE)

    def of(
        self, sentence: Sentence, loss: Loss, told: Sequence[tuple[Phrase, Side]], place: Place | None = None
    ) -> Side:
        """The side of what is lost at a place; `told` are the sentence's other phrases with theirs, in order."""
        p = loss.phrase
        named = self._named(sentence, p)
        if named is not None:
            return Side(named)
        if self._is_own(sentence, loss):
            return Side(self._subject_before(sentence, p), own=True)
        if loss.metric is Metric.LAUNCHED:
            return Side()
        if loss.trigger is not None and loss.trigger.loss == "lost":
            return Side(self._loser(sentence, loss.trigger.first))
        if p.kind not in _FORCES or p.kind is ObjectClass.AIRCRAFT:
            return Side(self._listed(sentence, p, told) if p.kind is ObjectClass.AIRCRAFT else None)
        return Side(
            self._listed(sentence, p, told)
            or self._target(sentence, p)
            or self._only_group(sentence, p)
            or self._only_force(sentence, p)
            or self._state_of(place, sentence, p)
        )

    # --- names beside the object ----------------------------------------------------------

    def _named(self, s: Sentence, p: Phrase) -> ActorId | None:
        start, end = s.tokens[p.first].start, s.tokens[p.last - 1].end
        inside = [m for m in self._mentions[s.where] if m.start >= start and m.start < end]
        if inside:
            return self._registry.party(inside[-1].actor)
        return self._after(s, p)

    def _after(self, s: Sentence, p: Phrase) -> ActorId | None:
        """As in "Fighters of the TTP", "soldiers from Mali", "fighters of the group"."""
        at = p.last
        if p.kind in {ObjectClass.AIRCRAFT, ObjectClass.THINGS} and (sender := self._sender(s, at)) is not None:
            return sender
        if at + 1 >= len(s.tokens) or s.tokens[at].lower not in self._w.of_whose:
            return None
        ahead = s.tokens[at + 1 : at + 4]
        hit = next((m for m in self._mentions[s.where] for t in ahead if m.start == t.start), None)
        if hit is not None:
            return None if hit.capital or self._is_listed(s, hit) else self._registry.party(hit.actor)
        if any(t.lower in self._w.group_words for t in ahead):
            return self._last_group(s, s.tokens[p.first].start)
        return None

    def _is_listed(self, s: Sentence, m: Mention) -> bool:
        """As in "Fighters of the TTP and the Afghan Taliban": nobody's alone."""
        party = self._registry.party(m.actor)
        after = [t for t in s.tokens if m.end <= t.start][:3]
        names = {n.start: n for n in self._mentions[s.where]}
        other = next((names[t.start] for t in after if t.start in names), None)
        joined = bool(after) and after[0].lower == "and"
        return joined and other is not None and self._registry.party(other.actor) != party

    def _sender(self, s: Sentence, at: int) -> ActorId | None:
        """As in "Launched by Russia", "that Russia launched"."""
        if not any(t.lower in self._w.sent for t in s.tokens[at : at + 5]):
            return None
        ahead = {t.start for t in s.tokens[at : at + 5]}
        hit = next((m for m in self._mentions[s.where] if m.start in ahead), None)
        return self._registry.party(hit.actor) if hit else None

    # --- possessives ----------------------------------------------------------------------

    def _is_own(self, s: Sentence, loss: Loss) -> bool:
        p, words = loss.phrase, loss.around or (loss.phrase.last, loss.phrase.last)
        around = (*s.tokens[max(0, p.first - 1) : p.last], *s.tokens[words[0] : words[1]])
        return any(t.lower in self._w.own for t in around)

    def _loser(self, s: Sentence, at: int) -> ActorId | None:
        """Who lost it: "Russia lost 31 tanks", "the army denied that it had lost 30"."""
        before = [m for m in self._mentions[s.where] if s.start <= m.start < s.tokens[at].start]
        return self._registry.party(before[-1].actor) if before else None

    def _subject_before(self, s: Sentence, p: Phrase) -> ActorId | None:
        """The sentence's first name before the phrase: whoever speaks or acts is who owns."""
        opening = max((t.end for t in s.tokens[: p.first] if t.text == ";"), default=s.start)
        before = [m for m in self._mentions[s.where] if opening <= m.start < s.tokens[p.first].start]
        return self._registry.party(before[0].actor) if before else None

    # --- lists and targets ------------------------------------------------------------------

    def _listed(self, s: Sentence, p: Phrase, told: Sequence[tuple[Phrase, Side]]) -> ActorId | None:
        """What is listed with a party's loss is the same party's, unless one are soldiers and the other rebels."""
        for other, side in reversed(told):
            if side.actor is not None and other.kind in _FORCES and self._go_together(s, p, other):
                return side.actor
        return None

    def _go_together(self, s: Sentence, p: Phrase, other: Phrase) -> bool:
        camps = {self._camp(s, p), self._camp(s, other)} - {""}
        return len(camps) < 2

    def _camp(self, s: Sentence, p: Phrase) -> str:
        head = s.tokens[p.head[1] - 1].lower if not p.bare else ""
        return "state" if head in self._w.state_forces else "group" if head in self._w.group_forces else ""

    def _target(self, s: Sentence, p: Phrase) -> ActorId | None:
        """The party that is hit, bombed or attacked in the sentence: "camps of the TTP", "a Pakistani convoy"."""
        camp = self._camp(s, p)
        for m in self._mentions[s.where]:
            if not s.start <= m.start < s.end or m.capital or not self._fits(camp, m):
                continue
            before = [t.lower for t in s.tokens if m.start - 40 <= t.start < m.start][-4:]
            hit = any(b in self._w.targets for b in before[-2:]) and "," not in before[-2:]
            if hit or self._is_of_place(before):
                return self._registry.party(m.actor)
        return None

    def _is_of_place(self, before: list[str]) -> bool:
        """As in "camps of the TTP"."""
        at = next((k for k, low in enumerate(before) if k and low == "of"), 0)
        noun = nouns().get(before[at - 1]) if at else None
        return noun is not None and noun.kind is ObjectClass.POSITIONS

    def _fits(self, camp: str, m: Mention) -> bool:
        kind = self._kind(m.actor)
        return not camp or (kind is ActorKind.GROUP) == (camp == "group")

    def _kind(self, actor: ActorId) -> ActorKind:
        return self._registry.get(self._registry.party(actor)).kind

    # --- armed groups -------------------------------------------------------------------------

    def _armed_groups(self) -> frozenset[ActorId]:
        everyone = [m.actor for ms in self._mentions.values() for m in ms]
        return frozenset(self._registry.party(a) for a in everyone if self._kind(a) is ActorKind.GROUP)

    def _only_group(self, s: Sentence, p: Phrase) -> ActorId | None:
        if self._camp(s, p) != "group" or len(self._groups) != 1:
            return None
        return next(iter(self._groups))

    def _armed_forces(self, document: Document) -> frozenset[ActorId]:
        """States whose forces are named as such: ISPR, "Pakistani troops", "the Pakistani military"."""
        found = set()
        for where, mentions in self._mentions.items():
            field = document.field(where)
            for m in mentions:
                following = field.lower[m.end : m.end + 30].replace("'s", "").split()[:2]
                force = self._registry.get(m.actor).kind is ActorKind.FORCE
                if force or any(f.strip(".,;:") in self._w.forces for f in following):
                    found.add(self._registry.party(m.actor))
        return frozenset(a for a in found if self._kind(a) is ActorKind.STATE)

    def _only_force(self, s: Sentence, p: Phrase) -> ActorId | None:
        """Soldiers of nobody in particular belong to the only state whose forces the text names."""
        if self._camp(s, p) != "state" or len(self._forces) != 1:
            return None
        return next(iter(self._forces))

    def _state_of(self, place: Place | None, s: Sentence, p: Phrase) -> ActorId | None:
        """Soldiers of nobody in particular, in a country beside which no other state is named, are that country's."""
        if place is None or not place.path or self._camp(s, p) != "state":
            return None
        state = self._registry.resolve(place.path[0])
        if state is None or self._kind(state) is not ActorKind.STATE:
            return None
        return self._registry.party(state) if self._states <= {self._registry.party(state)} else None

    def _last_group(self, s: Sentence, before: int) -> ActorId | None:
        groups = [m for m in self._mentions[s.where] if m.start < before and self._kind(m.actor) is ActorKind.GROUP]
        return self._registry.party(groups[-1].actor) if groups else None
