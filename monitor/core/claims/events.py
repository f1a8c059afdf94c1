"""What happened: PLOVER classes with modes, actor, target, place and day, from a lexicon of phrases.

No learned classifier: there is too little labelled data for one. A phrase of the lexicon is found by its
first word; who did it to whom is read from the noun phrases on either side, active or passive. An act
that is only announced becomes a threat or a promise, and is itself marked as not having happened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from monitor.core.claims import phrases
from monitor.core.claims.actors import Registry
from monitor.core.claims.attribution import Attribution
from monitor.core.claims.cues import forms
from monitor.core.claims.document import Document, Sentence, Token
from monitor.core.claims.lexicons import lexicon, words
from monitor.core.claims.modality import Times, times
from monitor.core.claims.owners import Owners
from monitor.core.claims.phrases import Group, Phrase, of
from monitor.core.claims.scene import Scene
from monitor.core.claims.stance import OPPOSING
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
    head: Words
    gaps: tuple[tuple[Words, ...], ...]
    """For each gap the alternatives that may end it."""


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
    reader = _Reader(registry, said, owners, scene)
    return tuple(e for s in document.sentences for e in reader.sentence(s))


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
        for hit in hits:
            roles = _verb_roles(s.tokens, hit) if hit.entry.verb else _noun_roles(s.tokens, hit)
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
        innermost = min(over, key=lambda a: a.content[1] - a.content[0], default=None)
        return Event(
            span=s.span(*_clause(s, hit)),
            event_class=event_class,
            mode=mode,
            actor=self._party(s, roles.actor, innermost),
            target=self._target(s, roles.target),
            place=self._scene.place(s, hit.first, hit.last),
            day=self._scene.day(s, hit.first, hit.last),
            claimant=innermost.speaker if innermost else None,
            denied=roles.negated or any(a.kind in OPPOSING and not a.negated for a in over),
            past=past,
        )

    def _party(self, s: Sentence, phrase: Phrase | None, said: Attribution | None) -> Party | None:
        if phrase is None:
            return None
        if s.tokens[phrase.last - 1].lower in of("personal"):
            return said.speaker if said else None
        return self._owners.party(s, phrases.bare(s.tokens, phrase))

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
    return _Entry(event_class, mode, line.startswith("~"), row, ends)


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
    entries = _entries()
    for index, token in enumerate(tokens):
        for entry in entries.get(token.lower, ()):
            last = _matched(tokens, index, entry)
            known = best.get((index, entry.event_class))
            if last is not None and (known is None or last > known.last):
                best[index, entry.event_class] = _Hit(entry, index, last)
    found = list(best.values())
    return [h for h in found if not _within(h, found)]


def _within(hit: _Hit, others: Sequence[_Hit]) -> bool:
    return any(
        o is not hit and o.entry.event_class == hit.entry.event_class and o.first <= hit.first and hit.last <= o.last
        for o in others
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


def _verb_roles(tokens: Sequence[Token], hit: _Hit) -> _Roles:
    group = phrases.group(tokens, hit.first)
    by = _by(tokens, hit.last)
    participle = tokens[hit.first].lower.endswith(("ed", "en", "n", "t", "ck"))
    if participle and (group.passive or (by and not group.auxiliary)):
        return _Roles(by, phrases.subject(tokens, group.start), group.negated, _unreal(tokens, group))
    actor = phrases.subject(tokens, group.start) if group.auxiliary != "to" else None
    if actor is not None and not _is_actor(tokens, actor):
        actor = None
    target = phrases.after(tokens, hit.first + 1) or phrases.after(tokens, hit.last)
    return _Roles(actor or _shared_subject(tokens, hit.first), target, group.negated, _unreal(tokens, group))


def _is_actor(tokens: Sequence[Token], phrase: Phrase) -> bool:
    """A subject, not what "and" or a relative pronoun leaves."""
    return tokens[phrase.last - 1].lower not in of("relative") | {"that"}


def _shared_subject(tokens: Sequence[Token], end: int) -> Phrase | None:
    return phrases.main_subject(tokens, end)


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


def _noun_roles(tokens: Sequence[Token], hit: _Hit) -> _Roles:
    actor = _possessor(tokens, hit.first) or _by(tokens, hit.last) or _doer(tokens, hit.first)
    before = [t.lower for t in tokens[max(0, hit.first - 4) : hit.first]]
    unreal = bool(words("events", "unreal") & set(before))
    negated = bool({"no", "not", "denied", "denies", "without"} & set(before))
    return _Roles(actor, _struck(tokens, hit), negated, unreal)


def _possessor(tokens: Sequence[Token], first: int) -> Phrase | None:
    """Whose strike it is: "Pakistani air strikes", "Israel's ground operation"."""
    for at in range(first - 1, max(-1, first - 4), -1):
        token = tokens[at]
        if token.lower == "'s":
            owner = phrases.before(tokens, at - 1)
            return owner if owner and tokens[owner.last - 1].lower not in of("times") else None
        if (
            token.text[0].isupper()
            and token.lower not in of("times")
            and at > 0
            or (at == 0 and token.text[0].isupper() and token.lower not in of("determiners") | of("prepositions"))
        ):
            return phrases.before(tokens, at)
        if not token.text[0].isalpha() or token.lower in of("prepositions") | of("determiners") | of("conjunctions"):
            return None
    return None


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
            return phrases.after(tokens, at + 1)
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
