"""Who is named: the registry of parties, forces, offices and persons, and how words find them.

States, groups and well-known offices stand in `lexicon/actors.yaml`. The many others ("Ukraine's General
Staff", "Taliban sources") are derived from an owner and an office word: `ukraine/military`, `taliban/sources`.
A derived id is stable, belongs to its owner, and never equals the owner: attribution is not upgraded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick

from monitor.core.claims.lexicons import lexicon
from monitor.model import Actor, ActorId, ActorKind

_SHORT = 16
"""Characters: a shorter text in capitals is a name, not a shout."""
_LEADING = re.compile(r"^(?:(?:the|a|an|both|one|some|several|another)\s+)+|^['\"(]+", re.IGNORECASE)
_TRAILING = re.compile(r"(?:'s|')?[\s,.;:'\")]*$")
_RUN_BY = re.compile(r"^[- ](?:run|led|controlled|appointed|installed)\b", re.IGNORECASE)
_NEAR_TO = re.compile(
    r"^[- ](?:backed|linked|allied|affiliated|aligned|occupied|held|born|supported|trained)\b", re.IGNORECASE
)


class Mention(NamedTuple):
    """An actor's name at characters `start` to `end` of the text that was searched."""

    start: int
    end: int
    actor: ActorId
    capital: bool = False
    """Named by its capital: an actor where it speaks, a place where things happen in it."""


class Registry:
    """All known actors by id and by any of their names. Immutable: `extended` makes a new one."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self._actors = {a.id: a for a in actors}
        self._names: dict[str, list[tuple[str, ActorId]]] = {}
        for actor in self._actors.values():
            for alias in _names_of(actor):
                self._names.setdefault(alias.lower(), []).append((alias, actor.id))
        self._patterns = list(self._names)

    @staticmethod
    @cache
    def base() -> Registry:
        """The registry that ships: states, governments, armed groups, UN bodies, alliances."""
        return Registry(_bundled())

    def extended(self, actors: Iterable[Actor]) -> Registry:
        """Add actors. One whose name, or else any alias, is known merges with that actor and keeps its id.

        A merged actor's aliases win over other actors' (a watch may say that "Kabul" is the Taliban).
        """
        merged = dict(self._actors)
        for actor in actors:
            known = self._same(actor)
            new = _merged(merged[known], actor) if known else actor
            for alias in _names_of(new):
                _take_away(merged, alias, new.id)
            merged[new.id] = new
        return Registry(merged.values())

    @property
    def actors(self) -> tuple[Actor, ...]:
        """Every actor, states first."""
        return tuple(self._actors.values())

    def get(self, actor: ActorId) -> Actor:
        """The actor of that id, also a derived one; raises KeyError for an unknown id."""
        if actor in self._actors:
            return self._actors[actor]
        owner, slash, office = actor.rpartition("/")
        if not slash or office not in _offices():
            raise KeyError(actor)
        whose = self.get(ActorId(owner))
        return Actor(actor, f"{whose.name} {office.replace('-', ' ')}", ActorKind(_offices()[office]), part_of=whose.id)

    def party(self, actor: ActorId) -> ActorId:
        """The party whose voice or force the actor is: the top of its `part_of` chain. An unknown id is its own."""
        while True:
            try:
                above = self.get(actor).part_of
            except KeyError:
                return actor
            if above is None:
                return actor
            actor = above

    def anonymous(self, actor: ActorId) -> bool:
        """Whether the id stands for unnamed people of a party ("Taliban sources"): never the party's own voice."""
        return actor.rpartition("/")[2] in lexicon("offices")["anonymous"]

    def find(self, text: str) -> list[Mention]:
        """Every name in the text, in order, without overlaps; where two begin together the longest wins."""
        lowered = text.lower()
        if len(lowered) != len(text):
            lowered = "".join(c.lower()[:1] or c for c in text)
        shouting = len(text) > _SHORT and text.isupper()
        hits = sorted(self._automaton.find_matches_as_indexes(lowered, overlapping=True), key=lambda h: (h[1], -h[2]))
        found: list[Mention] = []
        for index, start, end in hits:
            if (found and start < found[-1].end) or not _whole(text, start, end):
                continue
            actor = self._named(self._patterns[index], text[start:end], shouting)
            if actor:
                found.append(Mention(start, end, actor, lowered[start:end] in self._capitals))
        return found

    def resolve(self, text: str) -> ActorId | None:
        """The actor whom the words as a whole name; None if they name somebody else's or nobody known.

        "Pakistan's military" → `pakistan/military`; "Taliban sources" → `taliban/sources`; "Afghan farmers" → None.
        """
        words = _TRAILING.sub("", _LEADING.sub("", text.replace("’", "'").strip()))
        mentions = [m for m in self.find(words) if not _NEAR_TO.match(words[m.end :])]
        if not mentions:
            return None
        if mentions[0].start == 0 and mentions[0].end == len(words):
            return mentions[0].actor
        if self._are_joint(words, mentions):
            return None
        person = next((m for m in reversed(mentions) if self.get(m.actor).kind is ActorKind.PERSON), None)
        return person.actor if person else self._office(words, mentions)

    @cached_property
    def _automaton(self) -> AhoCorasick:
        return AhoCorasick(self._patterns)

    @cached_property
    def _capitals(self) -> frozenset[str]:
        return frozenset(a.capital.lower() for a in self._actors.values() if a.capital)

    def _same(self, actor: Actor) -> ActorId | None:
        for name in (actor.id, actor.name, *actor.aliases):
            if name in self._actors:
                return ActorId(name)
            for alias, known in self._names.get(name.lower(), ()):
                if alias != self._actors[known].capital:
                    return known
        return None

    def _named(self, pattern: str, written: str, shouting: bool) -> ActorId | None:
        """The last actor with that name whose way of writing fits: "US" is no "us", "Turkey" no "turkey"."""
        for alias, actor in reversed(self._names[pattern]):
            acronym = alias.isupper() and len(alias) <= 4
            if shouting and acronym and len(alias) == 2:
                continue
            if written == alias or (not acronym and written[0] == alias[0]) or written.isupper():
                return actor
        return None

    def office(self, owner: ActorId, text: str) -> ActorId | None:
        """The owner's office that words without an owner name: "the defence ministry", "the army's media wing".

        None for unnamed people and for offices of a town or province.
        """
        named = office_in(text)
        return derived(self.get(owner), named) if named else None

    def _office(self, words: str, mentions: list[Mention]) -> ActorId | None:
        """The office that the words name beside its owner: "Iran's foreign ministry", "the army of Mali"."""
        lowered = words.lower()
        office = _office_in(_beside(lowered, mentions))
        if office is None:
            last = mentions[-1]
            named = self._title_before(lowered, last) or self._one_party(mentions)
            return last.actor if last.end == len(words) and named else None
        owner = next((m for m in mentions if not _RUN_BY.match(words[m.end :])), mentions[0])
        run_by = [m for m in mentions if _RUN_BY.match(words[m.end :])]
        whose = self.get((run_by[-1] if run_by else owner).actor)
        return derived(whose, office)

    def _are_joint(self, words: str, mentions: list[Mention]) -> bool:
        """Whether two parties are named side by side: "Mali's army and the JNIM" is neither of them."""
        pairs = pairwise(mentions)
        return any(
            re.search(r"\band\b", words[a.end : b.start]) and self.party(a.actor) != self.party(b.actor)
            for a, b in pairs
        )

    def _one_party(self, mentions: list[Mention]) -> bool:
        """Whether several names are one party's: "the United Nations refugee agency UNHCR"."""
        return len(mentions) > 1 and len({self.party(m.actor) for m in mentions}) == 1

    def _title_before(self, lowered: str, mention: Mention) -> bool:
        return lowered[: mention.start].strip() in lexicon("offices")["apposed"]


def office_in(text: str) -> str | None:
    """The office of a state that words name, leaving out unnamed people and offices of a town or province."""
    lowered = text.lower()
    named = _office_in(lowered)
    return None if named in {None, *lexicon("offices")["anonymous"]} or _local().search(lowered) else named


def is_force(office: str) -> bool:
    """Whether an office is an armed force."""
    return _offices().get(office) == ActorKind.FORCE


def _beside(lowered: str, mentions: list[Mention]) -> str:
    """The words without the names, which may hold an office's word themselves: "Rapid Support *Forces*"."""
    for m in mentions:
        lowered = lowered[: m.start] + " " * (m.end - m.start) + lowered[m.end :]
    return lowered


def derived(owner: Actor, office: str) -> ActorId:
    """The id of an owner's office; an office of an office stays the inner one ("ISPR spokesman" is ISPR)."""
    if office in lexicon("offices")["voices"]:
        return owner.id
    if owner.kind in {ActorKind.OFFICE, ActorKind.FORCE} and office not in lexicon("offices")["anonymous"]:
        return owner.id
    return ActorId(f"{owner.id}/{office}")


@cache
def _offices() -> dict[str, str]:
    """Office → kind of actor."""
    return {name: entry["kind"] for name, entry in lexicon("offices")["offices"].items()}


@cache
def _local() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(lexicon('offices')['local'])})\b")


@cache
def _office_words() -> re.Pattern[str]:
    parts = [f"(?P<{name.replace('-', '_')}>{entry['words']})" for name, entry in lexicon("offices")["offices"].items()]
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")


def _office_in(lowered: str) -> str | None:
    """The office named first; "a spokesman for the foreign ministry" is the ministry, not the spokesman."""
    names = [(m.lastgroup or "").replace("_", "-") for m in _office_words().finditer(lowered)]
    weak = lexicon("offices")["anonymous"] + lexicon("offices")["voices"]
    anonymous = next((n for n in names if n in lexicon("offices")["anonymous"]), None)
    return anonymous or next((n for n in names if n not in weak), names[0] if names else None)


def _names_of(actor: Actor) -> Iterator[str]:
    yield actor.name
    yield from actor.aliases
    if actor.capital:
        yield actor.capital


def _merged(known: Actor, more: Actor) -> Actor:
    aliases = (*known.aliases, *(a for a in (more.name, *more.aliases) if a != known.name and a not in known.aliases))
    return replace(
        known,
        aliases=aliases,
        part_of=more.part_of or known.part_of,
        capital=more.capital or known.capital,
        country=more.country or known.country,
    )


def _take_away(actors: dict[ActorId, Actor], alias: str, owner: ActorId) -> None:
    """Let no other actor go on answering to a name that was given to `owner`; its capital stays its own."""
    for actor in list(actors.values()):
        if actor.id != owner and alias in actor.aliases:
            actors[actor.id] = replace(actor, aliases=tuple(a for a in actor.aliases if a != alias))


def _whole(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or after.isalnum())


def _bundled() -> Iterator[Actor]:
    data = lexicon("actors", "")
    for country, (name, capital, *aliases) in data["states"].items():
        yield Actor(_slug(name), name, ActorKind.STATE, tuple(aliases), None, capital, country)
    for entry in data["actors"]:
        yield _actor(entry)


def _actor(entry: dict[str, Any]) -> Actor:
    part_of = entry.get("part_of")
    return Actor(
        ActorId(entry.get("id") or _slug(entry["name"])),
        entry["name"],
        ActorKind(entry["kind"]),
        tuple(entry.get("aliases", ())),
        ActorId(part_of) if part_of else None,
        entry.get("capital"),
        entry.get("country"),
    )


def _slug(name: str) -> ActorId:
    return ActorId(re.sub(r"\W+", "-", name.lower()).strip("-"))
