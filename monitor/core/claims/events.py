"""What happened: PLOVER classes with modes, actor, target, place and day, from a lexicon of phrases.

No learned classifier: there is too little labelled data for one. A phrase of the lexicon is found by its
first word; who did it to whom is read from the noun phrases on either side, active or passive. An act
that is only announced becomes a threat or a promise, and is itself marked as not having happened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from monitor.core.claims import phrases
from monitor.core.claims.actors import Registry
from monitor.core.claims.attribution import Attribution
from monitor.core.claims.cues import forms, verbs
from monitor.core.claims.document import Document, Sentence, Token
from monitor.core.claims.lexicons import lexicon, words
from monitor.core.claims.modality import Times, is_play, times
from monitor.core.claims.owners import Owners
from monitor.core.claims.phrases import Group, Phrase, of
from monitor.core.claims.scene import Scene
from monitor.core.claims.stance import OPPOSING, is_dispute
from monitor.model import Event, Party

_GAP = 7
"""Words that may stand where a phrase of the lexicon has `*`."""

_NOUN_REACH = 8
"""Words between a noun of an event and the verb or name that tells who did it."""

Words = tuple[frozenset[str], ...]
"""Alternatives for each of some words in a row."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One phrase of the lexicon."""

    event_class: str
    mode: str
    verb: bool
    agent: bool
    """The first word is who does it: "jets * bombed"."""
    patient: bool
    """The first word is to whom it is done: "outposts * captured"."""
    head: Words
    gaps: tuple[tuple[Words, ...], ...]
    """For each gap the alternatives that may end it."""
    needed: tuple[frozenset[str], ...]
    """Words of which each set must meet the sentence: a quick no for most phrases."""


class _Hit(NamedTuple):
    """A phrase found over tokens `first` up to `last`."""

    entry: _Entry
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Roles:
    """Who did it to whom, and whether it did happen."""

    actor: Phrase | None
    target: Phrase | None
    negated: bool = False
    unreal: bool = False


def events(
    document: Document, registry: Registry, said: Sequence[Attribution], owners: Owners, scene: Scene
) -> tuple[Event, ...]:
    """Every event that the document tells, in the order of the text."""
    if is_play(document):
        return ()
    reader = _Reader(registry, said, owners, scene)
    return tuple(_blamed([e for s in document.sentences for e in reader.sentence(s)]))


def _blamed(found: Sequence[Event]) -> Iterator[Event]:
    """Whoever alone is blamed in the text did what nobody else is named for, in the accuser's words."""
    accusing = [e for e in found if e.mode == "accuse" and not e.denied and e.target and e.target.actor]
    accused = {e.target.actor for e in accusing if e.target}
    for event in found:
        nameless = event.actor is None or event.actor.text.lower() in words("events", "weapons")
        if len(accused) == 1 and nameless and event.event_class in _FORCE:
            yield replace(event, actor=accusing[0].target, claimant=accusing[0].actor)
        else:
            yield event


_FORCE = frozenset({"FIGHT", "ASSAULT"})
_HARM = "harm"
"""Mode of a loss told as somebody's deed. Beside the deed itself, or without its doer, it is the claims' business."""


class _Reader:
    """Reads the events of one document's sentences."""

    def __init__(self, registry: Registry, said: Sequence[Attribution], owners: Owners, scene: Scene) -> None:
        self._registry, self._owners, self._scene = registry, owners, scene
        self._said: dict[int, list[Attribution]] = defaultdict(list)
        for a in said:
            self._said[a.sentence.index].append(a)

    def sentence(self, s: Sentence) -> Iterator[Event]:
        """The events of one sentence."""
        hits = _hits(s.tokens)
        if not hits:
            return
        when = times(s.tokens, self._scene.on)
        forceful = any(h.entry.event_class in _FORCE and h.entry.mode != _HARM for h in hits)
        for hit in hits:
            roles = _verb_roles(s.tokens, hit) if hit.entry.verb else _noun_roles(s.tokens, hit)
            if _is_natural(s.tokens, roles.actor) or (
                hit.entry.mode == _HARM and (forceful or not _is_doer(s.tokens, roles.actor))
            ):
                continue
            yield from self._told(s, hit, roles, when)

    def _told(self, s: Sentence, hit: _Hit, roles: _Roles, when: Times) -> Iterator[Event]:
        past = roles.unreal or when.is_history(hit.first)
        yield self._event(s, hit, roles, hit.entry.event_class, hit.entry.mode, past=past)
        announced = _announced(s.tokens, hit, roles)
        if announced:
            yield self._event(s, hit, roles, announced, None, past=False)

    def _event(self, s: Sentence, hit: _Hit, roles: _Roles, event_class: str, mode: str | None, *, past: bool) -> Event:
        over = [
            a for a in self._said[s.index] if a.covers(s.where, s.tokens[hit.first].start, s.tokens[hit.last - 1].end)
        ]
        telling = [a for a in over if a.kind not in OPPOSING]
        denying = [a for a in over if a.kind in OPPOSING and not a.negated and not (telling and is_dispute(a))]
        innermost = min(denying or telling, key=lambda a: a.content[1] - a.content[0], default=None)
        actor = self._actor(s, hit, roles.actor, innermost)
        return Event(
            span=s.span(*_clause(s, hit)),
            event_class=event_class,
            mode=mode,
            actor=actor,
            target=self._target(s, roles.target),
            place=self._scene.place(s, hit.first, hit.last),
            day=self._scene.day(s, hit.first, hit.last),
            claimant=innermost.speaker if innermost else None,
            denied=roles.negated or bool(denying),
            past=past,
        )

    def _actor(self, s: Sentence, hit: _Hit, phrase: Phrase | None, said: Attribution | None) -> Party | None:
        """Who did it: the speaker where the act is a saying; whose it is where an event is named as its subject."""
        at = s.tokens[hit.first].start
        own = next((a for a in self._said[s.index] if a.cue[0] == at), None)
        if own:
            return own.speaker
        if phrase is None:
            return None
        if s.tokens[phrase.last - 1].lower in of("personal"):
            return said.speaker if said else None
        if any(t.lower in words("events", "happenings") for t in s.tokens[phrase.first : phrase.last]):
            return self._owner(s, phrase)
        return self._owners.party(s, phrases.bare(s.tokens, phrase))

    def _owner(self, s: Sentence, phrase: Phrase) -> Party | None:
        start, end = phrases.chars(s.tokens, phrase)
        text = s.field.text[start:end]
        named = next((m for m in self._registry.find(text) if not m.capital), None)
        return Party(text[named.start : named.end], named.actor) if named else None

    def _target(self, s: Sentence, phrase: Phrase | None) -> Party | None:
        """The target's words, and whose it is: "two Pakistani outposts" are Pakistan's."""
        if phrase is None or s.tokens[phrase.last - 1].lower in of("personal"):
            return None
        party = self._owners.party(s, phrases.bare(s.tokens, phrase))
        if party.actor:
            return party
        named = [m for m in self._registry.find(party.text) if not m.capital]
        return Party(party.text, named[-1].actor if named else None)


# --- the lexicon ---------------------------------------------------------------------------


@cache
def _entries(lang: str = "en") -> Mapping[str, tuple[_Entry, ...]]:
    """Every phrase by each form of its first word."""
    found: dict[str, list[_Entry]] = defaultdict(list)
    for group in lexicon("events", lang)["events"]:
        for line in group["phrases"]:
            entry = _entry(group["class"], group["mode"], line, lang)
            for word in entry.head[0]:
                found[word].append(entry)
    return {word: tuple(entries) for word, entries in found.items()}


def _entry(event_class: str, mode: str, line: str, lang: str) -> _Entry:
    head, *gaps = line.split(" * ")
    row = tuple(_alternatives(element.split("|"), lang) for element in head.split())
    ends = tuple(tuple(_row(one, lang) for one in gap.split("|")) for gap in gaps)
    needed = (*row[1:], *(frozenset().union(*(one[0] for one in gap)) for gap in ends))
    patient = "~" not in line and line.endswith(("ed", "n"))
    return _Entry(event_class, mode, line.startswith("~"), "~" in line, patient and bool(gaps), row, ends, needed)


def _row(text: str, lang: str) -> Words:
    return tuple(_alternatives([word], lang) for word in text.split())


def _alternatives(options: Sequence[str], lang: str) -> frozenset[str]:
    return frozenset(form for option in options for form in _inflected(option, lang))


def _inflected(option: str, lang: str) -> Iterator[str]:
    if not option.startswith("~"):
        yield option
        return
    irregular = lexicon("events", lang)["irregular"].get(option[1:], "")
    yield from (form for form, _ in forms(option[1:], irregular))


# --- finding ---------------------------------------------------------------------------------


def _hits(tokens: Sequence[Token]) -> list[_Hit]:
    """The phrases found, at each word the longest of each class; a noun inside a verb's phrase is that verb's."""
    best: dict[tuple[int, str], _Hit] = {}
    entries, inside = _entries(), {t.lower for t in tokens}
    for index, token in enumerate(tokens):
        for entry in entries.get(token.lower, ()):
            if any(inside.isdisjoint(row) for row in entry.needed):
                continue
            last = _matched(tokens, index, entry)
            known = best.get((index, entry.event_class))
            if last is not None and (known is None or last > known.last):
                best[index, entry.event_class] = _Hit(entry, index, last)
    found = sorted(best.values(), key=lambda h: (not h.entry.verb, h.first - h.last))
    kept: list[_Hit] = []
    for hit in found:
        if _is_told(tokens, hit) and not any(_covers(k, hit) for k in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: h.first)


def _covers(kept: _Hit, hit: _Hit) -> bool:
    """Whether a hit is another way of finding one that was kept, or a part of its fixed phrase."""
    if kept.entry.event_class == hit.entry.event_class:
        return hit.first < kept.last and kept.first < hit.last
    return kept.first < hit.first < kept.last <= kept.first + 3


def _is_told(tokens: Sequence[Token], hit: _Hit) -> bool:
    """Whether a verb's form is a verb here: "recent attacks" and "a visit" are not."""
    word = tokens[hit.first]
    if phrases.is_name(tokens, hit.first) or _is_done_to(tokens, hit):
        return False
    if not hit.entry.verb or word.lower not in _nouny():
        return True
    if phrases.group(tokens, hit.first).auxiliary:
        return True
    left, right = tokens[hit.first - 1 : hit.first], tokens[hit.first + 1 : hit.first + 2]
    if not left or not right or phrases.subject(tokens, hit.first) is None or _qualifies(left[0]):
        return False
    joined = right[0].lower in of("prepositions") and len(hit.entry.head) == 1
    return right[0].text[0].isalnum() and not joined and right[0].lower not in of("conjunctions")


def _is_done_to(tokens: Sequence[Token], hit: _Hit) -> bool:
    """As in "the soldiers *captured near Masisi*": what looks like the doer's verb tells what was done to them."""
    verb, following = tokens[hit.last - 1].lower, tokens[hit.last : hit.last + 1]
    if hit.entry.agent and not hit.entry.verb and verb in _nouny() and _qualifies(tokens[hit.last - 2]):
        return True  # "a missile unit in *a strike*"
    if (
        hit.entry.event_class not in _FORCE
        or not hit.entry.agent
        or hit.entry.verb
        or not verb.endswith(("ed", "en", "un"))
        or verb in _intransitive()
    ):
        return False
    return not following or following[0].lower in of("prepositions") | {".", ",", ";"}


def _qualifies(token: Token) -> bool:
    """Whether the word before makes the next one a noun: an article, a preposition, an adjective."""
    closed = of("prepositions") | of("determiners") | {"'s"}
    return token.lower in closed or (
        token.text[0].islower() and token.lower.endswith(("ed", "ive", "ous", "less", "ful"))
    )


@cache
def _intransitive(lang: str = "en") -> frozenset[str]:
    """Forms of verbs that need no object: "rebels attacked near the town" is no passive."""
    return frozenset(form for lemma in words("events", "intransitive", lang) for form, _ in forms(lemma, ""))


@cache
def _nouny(lang: str = "en") -> frozenset[str]:
    """Base and s forms that are as often nouns."""
    irregular = lexicon("events", lang)["irregular"]
    return frozenset(
        form
        for lemma in words("events", "nouny", lang)
        for form, name in forms(lemma, irregular.get(lemma, ""))
        if name in {"base", "s"}
    )


def _matched(tokens: Sequence[Token], index: int, entry: _Entry) -> int | None:
    """Where the phrase ends that begins at `index`, None if it does not stand there."""
    if not _stands(tokens, index, entry.head):
        return None
    last = index + len(entry.head)
    for alternatives in entry.gaps:
        end = _after_gap(tokens, last, alternatives)
        if end is None:
            return None
        last = end
    return last


def _after_gap(tokens: Sequence[Token], first: int, alternatives: tuple[Words, ...]) -> int | None:
    for at in range(first, min(first + _GAP, len(tokens))):
        for row in alternatives:
            if _stands(tokens, at, row):
                return at + len(row)
        if tokens[at].text in {";", ":", '"', "."}:
            return None
    return None


def _stands(tokens: Sequence[Token], at: int, row: Words) -> bool:
    return at + len(row) <= len(tokens) and all(tokens[at + i].lower in row[i] for i in range(len(row)))


# --- roles -----------------------------------------------------------------------------------


_NOBODY = frozenset({"without", "nobody", "none", "no-one"})
"""What before a verb makes it nothing that happened: "*nobody* was fired at"."""


def _patient(tokens: Sequence[Token], first: int) -> Phrase | None:
    """The phrase to whom it is done, its number apart: "detained *14 nationals*"."""
    if first < len(tokens) and tokens[first].text[0].isdigit():
        first += 1
    return phrases.after(tokens, first)


def _verb_roles(tokens: Sequence[Token], hit: _Hit) -> _Roles:
    group = phrases.group(tokens, hit.first)
    unreal = _unreal(tokens, group) or _supposed(tokens, hit.first)
    by = _by(tokens, hit.last)
    target = _patient(tokens, hit.first + _particles(hit.entry)) or _patient(tokens, hit.last)
    negated = group.negated or (group.start > 0 and tokens[group.start - 1].lower in _NOBODY)
    if _is_passive(tokens, hit, group, by):
        return _Roles(by, phrases.subject(tokens, group.start), negated, unreal)
    return _Roles(_actor_of(tokens, hit.first, group), target, negated, unreal)


def _actor_of(tokens: Sequence[Token], first: int, group: Group) -> Phrase | None:
    """Whose act a verb in the active is."""
    left = tokens[group.start - 1].lower if group.start else ""
    if left == "of" and tokens[first].lower.endswith("ing"):
        return phrases.before(tokens, group.start - 2)
    actor = phrases.subject(tokens, group.start) if group.auxiliary != "to" else None
    if actor is not None and _is_actor(tokens, actor):
        return actor
    return None if left in verbs() and verbs()[left].form == "past" else phrases.main_subject(tokens, first)


def _particles(entry: _Entry) -> int:
    """Words of the verb itself: two in "carry out"."""
    return 2 if len(entry.head) > 1 and entry.head[1] & {"out", "down", "up", "off", "over", "in"} else 1


_TRANSITIVE = frozenset({"ASSAULT", "COERCE", "FIGHT"})
"""Classes whose verbs take an object: without one, a bare participle is a passive ("12 killed in raid")."""


def _is_passive(tokens: Sequence[Token], hit: _Hit, group: Group, by: Phrase | None) -> bool:
    if not tokens[hit.first].lower.endswith(("ed", "en", "n", "t", "ck")):
        return False
    bare = not group.auxiliary and tokens[hit.first].lower.endswith("ed")
    if group.passive or (by and bare):
        return True
    if tokens[hit.first].lower in _intransitive():
        return False
    following = tokens[hit.first + 1 : hit.first + 2]
    counted = bool(following) and (following[0].lower in of("counting") or following[0].text[0].isdigit())
    return (
        bare and not counted and hit.entry.event_class in _TRANSITIVE and phrases.after(tokens, hit.first + 1) is None
    )


def _supposed(tokens: Sequence[Token], first: int) -> bool:
    """Whether "if" or "whether" stands before it in its clause."""
    for at in range(first - 1, max(-1, first - 9), -1):
        if tokens[at].lower in {"if", "whether", "unless"}:
            return True
        if tokens[at].text in {",", ";", ":"}:
            return False
    return False


def _is_doer(tokens: Sequence[Token], actor: Phrase | None) -> bool:
    """Whether somebody is named, not a number of losses or what happened."""
    if actor is None or tokens[actor.first].text[0].isdigit() or tokens[actor.first].lower in of("counting"):
        return False
    inside = {t.lower for t in tokens[actor.first : actor.last]}
    return not inside & words("events", "happenings")


def _is_natural(tokens: Sequence[Token], actor: Phrase | None) -> bool:
    return actor is not None and any(t.lower in words("events", "nature") for t in tokens[actor.first : actor.last])


def _is_actor(tokens: Sequence[Token], phrase: Phrase) -> bool:
    """A subject, not what "and" or a relative pronoun leaves."""
    return tokens[phrase.last - 1].lower not in of("relative") | {"that"}


def _by(tokens: Sequence[Token], first: int) -> Phrase | None:
    for at in range(first, min(first + _NOUN_REACH + 4, len(tokens) - 1)):
        if tokens[at].lower == "by":
            return phrases.after(tokens, at + 1)
        if tokens[at].text in {",", ";", ":", '"'}:
            return None
    return None


def _unreal(tokens: Sequence[Token], group: Group) -> bool:
    """Whether it is only intended, ordered, feared or supposed."""
    if group.auxiliary == "to":
        before = tokens[max(0, group.start - 2)].lower
        return not any(before.startswith(verb[:5]) for verb in words("events", "happening"))
    between = {t.lower for t in tokens[group.start : group.start + 4]}
    if group.auxiliary in {"could", "may", "might"} and "have" in between:
        return False
    return group.auxiliary in {
        "will",
        "would",
        "could",
        "may",
        "might",
        "should",
        "must",
        "shall",
        "can",
        "'ll",
    } or bool({"will", "would", "'ll"} & {t.lower for t in tokens[group.start : group.start + 2]})


def _hit_by(tokens: Sequence[Token], hit: _Hit) -> Phrase | None:
    """As in "*a frigate* was hit by a missile": what such a phrase is told of."""
    passive = "by" in {t.lower for t in tokens[hit.first + 1 : hit.first + 3]}
    return phrases.subject(tokens, phrases.group(tokens, hit.first).start) if passive and not hit.entry.verb else None


def _noun_roles(tokens: Sequence[Token], hit: _Hit) -> _Roles:
    agent = phrases.before(tokens, hit.first) if hit.entry.agent else None
    patient = phrases.around(tokens, hit.first) if hit.entry.patient else _hit_by(tokens, hit)
    whose = None if patient else _possessor(tokens, hit.first)
    actor = agent or whose or _by(tokens, hit.first + 1) or (None if patient else _doer(tokens, hit.first))
    before = [t.lower for t in tokens[max(0, hit.first - 4) : hit.first]]
    unreal = bool(words("events", "unreal") & set(before)) or _supposed(tokens, hit.first)
    negated = bool({"no", "not", "denied", "denies", "without"} & set(before))
    return _Roles(actor, patient or _struck(tokens, hit), negated, unreal)


def _possessor(tokens: Sequence[Token], first: int) -> Phrase | None:
    """Whose strike it is: "Pakistani air strikes", "Israel's ground operation"."""
    for at in range(first - 1, max(-1, first - 4), -1):
        token = tokens[at]
        if token.lower == "'s":
            owner = phrases.before(tokens, at - 1)
            return owner if owner and tokens[owner.last - 1].lower not in of("times") else None
        closed = token.lower in of("prepositions") | of("determiners") | of("conjunctions") | of("times")
        if closed or not token.text[0].isalpha():
            return None
        if token.text[0].isupper():
            return _name(tokens, at)
    return None


def _name(tokens: Sequence[Token], last: int) -> Phrase:
    """The words with capitals that end at `last`."""
    first = last
    while first > 0 and tokens[first - 1].text[0].isupper() and tokens[first - 1].lower not in of("prepositions"):
        first -= 1
    return Phrase(first, last + 1)


def _doer(tokens: Sequence[Token], first: int) -> Phrase | None:
    """The subject of a verb by which it is done: "launched an offensive"."""
    for at in range(first - 1, max(-1, first - _NOUN_REACH), -1):
        if tokens[at].lower in _doing():
            return phrases.subject(tokens, phrases.group(tokens, at).start)
    return None


@cache
def _doing(lang: str = "en") -> frozenset[str]:
    irregular = lexicon("events", lang)["irregular"]
    return frozenset(
        form for lemma in words("events", "doing", lang) for form, _ in forms(lemma, irregular.get(lemma, ""))
    )


def _struck(tokens: Sequence[Token], hit: _Hit) -> Phrase | None:
    """What it was directed at: "strikes *on camps of the TTP*"."""
    for at in range(hit.last - 1, min(hit.last + 2, len(tokens))):
        if tokens[at].lower in {"on", "against", "at", "of", "in", "upon"}:
            struck = phrases.after(tokens, at + 1)
            return struck if struck and tokens[struck.last - 1].lower not in of("times") else None
    return None


# --- announced -------------------------------------------------------------------------------


def _announced(tokens: Sequence[Token], hit: _Hit, roles: _Roles) -> str | None:
    """The class of an announcement: a hostile act announced is a threat, a friendly one a promise."""
    if not (hit.entry.verb and roles.unreal and _announces(tokens, hit.first)):
        return None
    conditional = bool(words("events", "conditions") & {t.lower for t in tokens[hit.last :]})
    if hit.entry.event_class in words("events", "hostile"):
        return "THREATEN"
    if hit.entry.event_class in words("events", "friendly"):
        return "THREATEN" if conditional else "AGREE"
    return None


def _announces(tokens: Sequence[Token], index: int) -> bool:
    group = phrases.group(tokens, index)
    if group.auxiliary != "to":
        return group.auxiliary in {"will", "would", "'ll", "shall"}
    announcing = words("events", "announcing")
    near = [t.lower for t in tokens[max(0, group.start - 3) : group.start]]
    return any(word in announcing or _stem(word) in announcing for word in near)


def _stem(word: str) -> str:
    for ending in ("ed", "d", "s", "ing"):
        if word.endswith(ending) and word[: -len(ending)] in words("events", "announcing"):
            return word[: -len(ending)]
    return word


def _clause(s: Sentence, hit: _Hit) -> tuple[int, int]:
    """The words around an event, from the nearest comma to the nearest comma."""
    first, last = hit.first, hit.last
    while first > 0 and s.tokens[first - 1].text not in {",", ";", ":"}:
        first -= 1
    while last < len(s.tokens) and s.tokens[last].text not in {",", ";", ":"}:
        last += 1
    return s.tokens[first].start, s.tokens[last - 1].end
