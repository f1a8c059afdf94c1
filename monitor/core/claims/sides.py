"""Whose loss it is: the party whose soldiers, outposts or people are counted.

In order: a name within or beside the object ("Pakistani outposts", "fighters of the TTP"), a possessive ("80 of
its fighters"), the figure listed with it ("13 Pakistani outposts captured and 10 soldiers killed"), the target that
the sentence names ("ambushed a Pakistani convoy"), the only armed group of the text. Else it stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from monitor.core.claims.actors import Mention, Registry
from monitor.core.claims.document import Document, Sentence, Where
from monitor.core.claims.lexicons import words
from monitor.core.claims.losses import Loss
from monitor.core.claims.objects import Phrase, nouns
from monitor.model import ActorId, ActorKind, Metric, ObjectClass, Place

_SHORT = re.compile(r"\b[Tt]he ([A-Z][a-z]+)\b")
_OWN_REACH = 6
"""Tokens from "its own losses" to their figure."""
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
    turns: frozenset[str]
    onslaughts: frozenset[str]
    members: frozenset[str]
    own_losses: frozenset[str]


_CAN_BE_SIDES = frozenset({ActorKind.STATE, ActorKind.GOVERNMENT, ActorKind.FORCE})


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
        self._called = self._short_names()
        for where, mentions in self._mentions.items():
            mentions.extend(self._mentions_by_short_name(document.field(where).text, mentions))
            mentions.sort(key=lambda m: m.start)
        self._groups = self._armed_groups()
        self._forces = self._armed_forces(document)
        everyone = {self._registry.party(m.actor) for ms in self._mentions.values() for m in ms}
        self._parties = frozenset(a for a in everyone if self._kind(a) in _CAN_BE_SIDES)

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
            return Side(self._listed(sentence, p, told) or self._loser(sentence, loss.trigger.first))
        if p.kind not in _FORCES or p.kind is ObjectClass.AIRCRAFT:
            return Side(self._listed(sentence, p, told) if p.kind is ObjectClass.AIRCRAFT else None)
        return Side(
            self._listed(sentence, p, told)
            or self._target(sentence, p)
            or self._only_group(sentence, p)
            or self._only_force(sentence, p)
            or self._state_of(place, sentence, p)
        )

    def are_fighters(self, s: Sentence, p: Phrase) -> bool:
        """As in "five members of the Guards": those of a force or an armed group fight for it."""
        at = p.last
        if self._called_like(s, p) is not None:
            return True
        if p.bare or s.tokens[at - 1].lower not in self._w.members or not self._is_of(s, at):
            return False
        ahead = {t.start for t in s.tokens[at + 1 : at + 5]}
        hit = [m for m in self._mentions[s.where] if m.start in ahead]
        return bool(hit) and self._registry.get(hit[-1].actor).kind in {ActorKind.FORCE, ActorKind.GROUP}

    def _is_of(self, s: Sentence, at: int) -> bool:
        return at < len(s.tokens) and s.tokens[at].lower in self._w.of_whose

    # --- names beside the object ----------------------------------------------------------

    def _named(self, s: Sentence, p: Phrase) -> ActorId | None:
        start, end = s.tokens[p.first].start, s.tokens[p.last - 1].end
        inside = [m for m in self._mentions[s.where] if m.start >= start and m.start < end]
        if inside:
            return self._registry.party(inside[-1].actor)
        return self._after(s, p) or self._called_like(s, p)

    def _called_like(self, s: Sentence, p: Phrase) -> ActorId | None:
        """As in "five guards" where the Revolutionary Guards are named."""
        if p.bare or p.kind not in {ObjectClass.PEOPLE, ObjectClass.COMBATANTS}:
            return None
        head = s.tokens[p.head[1] - 1].lower
        actor = None if head in self._w.members | self._w.forces else self._called.get(head.title())
        return self._registry.party(actor) if actor else None

    def _after(self, s: Sentence, p: Phrase) -> ActorId | None:
        """As in "Fighters of the TTP", "soldiers from Mali", "fighters of the group"."""
        at = p.last
        if p.kind in {ObjectClass.AIRCRAFT, ObjectClass.THINGS} and (sender := self._sender(s, at)) is not None:
            return sender
        from_there = p.kind in {ObjectClass.AIRCRAFT, ObjectClass.THINGS} and s.tokens[at : at + 1]
        if at + 1 >= len(s.tokens) or not self._is_of(s, at) or (from_there and s.tokens[at].lower == "from"):
            return None  # "rockets from Lebanon" tells where they came from, not whose they are
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
        return any(t.lower in self._w.own for t in around) or self._of_own_losses(s, p.first)

    def _of_own_losses(self, s: Sentence, first: int) -> bool:
        """As in "put *its own losses* at five dead"."""
        before = [t.lower for t in s.tokens[max(0, first - _OWN_REACH) : first]]
        named = next((k for k, low in enumerate(before) if k and low in self._w.own_losses), None)
        return named is not None and bool(set(before[max(0, named - 2) : named]) & self._w.own)

    def _loser(self, s: Sentence, at: int) -> ActorId | None:
        """Who lost it: "Russia lost 31 tanks", "the army denied that it had lost 30"."""
        before = [m for m in self._mentions[s.where] if s.start <= m.start < s.tokens[at].start]
        losers = [m for m in before if not self._is_attacker(s, m)]
        return self._registry.party(losers[-1].actor) if losers else None

    def _is_attacker(self, s: Sentence, m: Mention) -> bool:
        """As in "In the American attack", "Iran's missile strikes"."""
        behind = [t.lower for t in s.tokens if t.start >= m.end][:3]
        return any(low in self._w.onslaughts for low in behind[: 1 + (behind[:1] == ["'s"])])

    def _subject_before(self, s: Sentence, p: Phrase) -> ActorId | None:
        """The sentence's first name before the phrase: whoever speaks or acts is who owns."""
        turns = (t.end for t in s.tokens[: p.first] if t.text == ";" or t.lower in self._w.turns)
        opening = max(turns, default=s.start)
        before = [m for m in self._mentions[s.where] if opening <= m.start < s.tokens[p.first].start]
        subjects = [m for m in before if not self._is_attacker(s, m)]
        return self._registry.party(subjects[0].actor) if subjects else None

    # --- lists and targets ------------------------------------------------------------------

    def _listed(self, s: Sentence, p: Phrase, told: Sequence[tuple[Phrase, Side]]) -> ActorId | None:
        """What is listed with a party's loss is the same party's, unless one are soldiers and the other rebels."""
        if p.bare and told and told[-1][1].actor is None and self._camp(s, told[-1][0]):
            return None
        for other, side in reversed(told):
            if side.actor is None or other.kind not in _FORCES:
                continue
            of_that_side = (q for q, whose in told if whose.actor == side.actor and q.kind in _FORCES)
            if all(self._go_together(s, p, q) for q in of_that_side):
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

    def _short_names(self) -> dict[str, ActorId]:
        """By the last word of their names, the forces and groups that the text names."""
        named = (self._registry.get(m.actor) for ms in self._mentions.values() for m in ms)
        armed = [a for a in named if a.kind in {ActorKind.FORCE, ActorKind.GROUP}]
        return {name.split()[-1]: a.id for a in armed for name in (a.name, *a.aliases) if " " in name}

    def _mentions_by_short_name(self, text: str, mentions: Sequence[Mention]) -> list[Mention]:
        """As in "members of *the Guards*" where the Revolutionary Guards or the IRGC are named."""
        found = ((m.span(1), self._called.get(m[1])) for m in _SHORT.finditer(text))
        free = [(at, a) for at, a in found if a and not any(n.start < at[1] and at[0] < n.end for n in mentions)]
        return [Mention(*at, a, capital=False) for at, a in free]

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
        """Soldiers of nobody in particular, in a country beside which no other side is named, are that country's."""
        if place is None or not place.path or self._camp(s, p) != "state":
            return None
        state = self._registry.resolve(place.path[0])
        if state is None or self._kind(state) is not ActorKind.STATE:
            return None
        return self._registry.party(state) if self._parties <= {self._registry.party(state)} else None

    def _last_group(self, s: Sentence, before: int) -> ActorId | None:
        groups = [m for m in self._mentions[s.where] if m.start < before and self._kind(m.actor) is ActorKind.GROUP]
        return self._registry.party(groups[-1].actor) if groups else None
