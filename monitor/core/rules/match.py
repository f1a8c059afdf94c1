"""The clauses of a match: which words, sides and sources an item must have.

All words of all watches stand in one Vocabulary and are found in one pass of one automaton (Aho-Corasick). A clause
then only asks which of its forms were hit. Each clause can say which forms it can't do without (its anchors): a watch
is looked at only where the rarest of them occurs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ahocorasick_rs import AhoCorasick, Implementation

from monitor.core.rules.page import Page, Where
from monitor.core.rules.verdicts import Match
from monitor.model import ActorId, Item, Source, SourceId, SourceKind, Span

if TYPE_CHECKING:
    from monitor.core.claims.actors import Mention, Registry

_LOCATIVE = re.compile(
    r"\b(?:in|at|near|outside|around|from|over|into|across|inside|through|via|on|of|to|towards?|above)\s+(?:the\s+)?\Z",
    re.IGNORECASE,
)
_OWNING = re.compile(
    r"\b(?:army|armies|forces?|soldiers?|troops|fighters|drones?|jets|warplanes|regime|government|authorities|coalition"
    r"|authority|allies|militias?|proxies|generals?|ministers?|rulers)\s+of\s+(?:the\s+)?\Z",
    re.IGNORECASE,
)
_OWNED = re.compile(r"['’]s?\s+(?:army|forces?|soldiers?|troops|fighters|drones?|jets|warplanes|military|government)\b")
_DATELINE = re.compile(r"(?:,[^.]{0,40})?\s*(?:\(|[-–—]\s)")


class Vocabulary:
    """Every form that any watch looks for, each once, with a number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, form: str) -> int:
        """The number of a form, new or known. Forms must be complete before the first search."""
        numbers = self._numbers
        return numbers.setdefault(f" {form} ", len(numbers))

    def search(self, line: str) -> list[tuple[int, int, int]]:
        """(form, start, end) of everything found in a page's line, with the spaces around it."""
        found: list[tuple[int, int, int]] = self._automaton.find_matches_as_indexes(line, overlapping=True)
        return found

    @cached_property
    def _automaton(self) -> AhoCorasick:
        return AhoCorasick(self._numbers, implementation=Implementation.ContiguousNFA)


class Naming(NamedTuple):
    """A party named in an item: the actor and all it is part of, innermost first, and the words."""

    chain: tuple[ActorId, ...]
    span: Span


class Case:
    """One item in front of the watches: its words found, its parties named, each worked out once."""

    def __init__(self, item: Item, source: Source | None, vocabulary: Vocabulary, registry: Registry) -> None:
        self.item = item
        self.source = source
        self.page = Page(item)
        self._raw = vocabulary.search(self.page.line)
        self.found = frozenset([number for number, _, _ in self._raw])
        self._registry = registry

    @cached_property
    def hits(self) -> dict[int, list[tuple[int, int]]]:
        """Form → where it stands in the page's line, without its spaces."""
        places: dict[int, list[tuple[int, int]]] = {}
        for number, start, end in self._raw:
            places.setdefault(number, []).append((start + 1, end - 1))
        return places

    @cached_property
    def namings(self) -> tuple[Naming, ...]:
        """Every party named as one: a capital in which things happen is a place."""
        return (*self._named("title", self.item.title), *self._named("text", self.item.text))

    @cached_property
    def speaker(self) -> Naming | None:
        """The party whose official feed it is: all of it is in its words, so that it need not name itself."""
        source = self.source
        if source is None or source.kind is not SourceKind.OFFICIAL or not source.side:
            return None
        actor = self._registry.resolve(source.side)
        title = self.item.title
        return Naming(chain(self._registry, actor), Span(title, "title", 0, len(title))) if actor else None

    def _named(self, where: Where, text: str) -> Iterator[Naming]:
        for mention in self._registry.find(text):
            if not (mention.capital and place_use(text, mention)):
                span = Span(text[mention.start : mention.end], where, mention.start, mention.end)
                yield Naming(chain(self._registry, mention.actor), span)


def place_use(text: str, mention: Mention) -> bool:
    """Whether a capital is only the scene: "in Kabul", a dateline; "Kabul said", "the army of Kabul" are an actor."""
    if _OWNING.search(text[max(0, mention.start - 24) : mention.start]) or _OWNED.match(text, mention.end):
        return False
    if _LOCATIVE.search(text[max(0, mention.start - 24) : mention.start]):
        return True
    return mention.start == 0 and bool(_DATELINE.match(text, mention.end))


def chain(registry: Registry, actor: ActorId) -> tuple[ActorId, ...]:
    """The actor and everything it is part of, innermost first."""
    found: list[ActorId] = []
    above: ActorId | None = actor
    while above is not None and above not in found:
        found.append(above)
        try:
            above = registry.get(above).part_of
        except KeyError:
            above = None
    return tuple(found)


def speaks_for(source: Source, actors: frozenset[ActorId], registry: Registry) -> bool:
    """Whether a source is the voice of one of the actors, or of a part of one."""
    actor = registry.resolve(source.side) if source.side else None
    return actor is not None and not actors.isdisjoint(chain(registry, actor))


class Told(NamedTuple):
    """A clause's answer in words, with what matched."""

    text: str
    matches: tuple[Match, ...] = ()


class Clause(Protocol):
    """One condition on an item."""

    def holds(self, case: Case) -> bool:
        """Whether the item meets it."""
        ...

    def told(self, case: Case) -> Told:
        """The same for people: what matched, or what was missing."""
        ...

    def anchors(self) -> frozenset[int] | None:
        """Forms of which an item must have one, or None if the clause needs no word."""
        ...


BORDER = r"\b"
_ANYWHERE = frozenset({"title", "text"})

# --- terms -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """A word or phrase in all its forms."""

    written: str
    forms: frozenset[int]
    exact: frozenset[str] = frozenset()
    """If not empty: only written like one of these."""
    fields: frozenset[str] = _ANYWHERE

    def places(self, case: Case) -> list[tuple[int, int]]:
        """Where in the page's line it stands."""
        found = [p for n in self.forms & case.found for p in case.hits[n]]
        found = [p for p in found if case.page.within(p[0], self.fields)]
        if self.exact:
            found = [p for p in found if case.page.span(*p).quote in self.exact]
        return sorted(found)

    def holds(self, case: Case) -> bool:
        """Whether it occurs."""
        if case.found.isdisjoint(self.forms):
            return False
        return self.plain or bool(self.places(case))

    @property
    def plain(self) -> bool:
        """Whether its forms say all: any way of writing, anywhere."""
        return not self.exact and self.fields == _ANYWHERE

    def spans(self, case: Case) -> list[Span]:
        """The words of the item that matched."""
        return [case.page.span(*p) for p in self.places(case)]

    def anchors(self) -> frozenset[int] | None:
        """See `Clause.anchors`."""
        return self.forms


@dataclass(frozen=True)
class Near:
    """Two or more terms within a number of words of one another, in any order."""

    written: str
    terms: tuple[Words, ...]
    tokens: int

    def holds(self, case: Case) -> bool:
        """Whether they stand close together somewhere."""
        return bool(self.spans(case))

    def spans(self, case: Case) -> list[Span]:
        """The stretches from the first to the last of them."""
        first, *others = [t.places(case) for t in self.terms]
        found = []
        for place in first:
            group = [place]
            for places in others:
                near = [p for p in places if self._close(case, group, p)]
                if not near:
                    break
                group.append(near[0])
            else:
                found.append(case.page.span(min(group)[0], max(group)[1]))
        return found

    def _close(self, case: Case, group: list[tuple[int, int]], place: tuple[int, int]) -> bool:
        if any((p[0] < case.page.text_at) != (place[0] < case.page.text_at) for p in group):
            return False
        numbers = [case.page.index(p[0]) for p in (*group, place)]
        return max(numbers) - min(numbers) <= self.tokens

    def anchors(self) -> frozenset[int] | None:
        """See `Clause.anchors`."""
        return min((t.forms for t in self.terms), key=len)


@dataclass(frozen=True)
class Pattern:
    """A regular expression (RE2: linear time), tried only where its anchor word occurs."""

    written: str
    anchor: Words
    compiled: Any = field(compare=False)
    fields: frozenset[str] = _ANYWHERE

    def holds(self, case: Case) -> bool:
        """Whether it matches somewhere."""
        return self.anchor.holds(case) and bool(self.spans(case))

    def spans(self, case: Case) -> list[Span]:
        """What it matched, with the borders it asks for at its ends."""
        wheres: tuple[Where, ...] = ("title", "text")
        parts = [(w, case.item.title if w == "title" else case.item.text) for w in wheres if w in self.fields]
        return [
            Span(m.group(), where, m.start(), m.end())
            for where, text in parts
            for m in self.compiled.finditer(text)
            if self._bordered(text, m.start(), m.end())
        ]

    def _bordered(self, text: str, start: int, end: int) -> bool:
        """RE2's own border knows ASCII only: at both ends of a pattern it is ours, Unicode's."""
        inside_start = self.written.startswith(BORDER) and start > 0 and _in_word(text[start - 1])
        inside_end = self.written.endswith(BORDER) and end < len(text) and _in_word(text[end])
        return not (inside_start or inside_end)

    def anchors(self) -> frozenset[int] | None:
        """See `Clause.anchors`."""
        return self.anchor.forms


@dataclass(frozen=True)
class Named:
    """Any name of a party."""

    written: str
    actors: frozenset[ActorId]
    names: frozenset[int]

    def holds(self, case: Case) -> bool:
        """Whether it is named as a party."""
        return not case.found.isdisjoint(self.names) and bool(self.spans(case))

    def spans(self, case: Case) -> list[Span]:
        """The names that matched."""
        return [n.span for n in case.namings if not self.actors.isdisjoint(n.chain)]

    def anchors(self) -> frozenset[int] | None:
        """See `Clause.anchors`."""
        return self.names


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_" or unicodedata.category(char).startswith("M")


Term = Words | Near | Pattern | Named


# --- clauses -----------------------------------------------------------------------------


def _quoted(matches: Iterable[Match]) -> str:
    return ", ".join(f"{m.span.quote!r} ({m.span.where} {m.span.start}–{m.span.end})" for m in matches)


def _matches(clause: str, terms: Iterable[Term], case: Case) -> tuple[Match, ...]:
    return tuple(Match(clause, t.written, s) for t in terms if t.holds(case) for s in t.spans(case)[:1])


def _union(terms: Iterable[Term]) -> frozenset[int] | None:
    """Every way in: None if one of them needs no word."""
    found = [t.anchors() for t in terms]
    return None if any(a is None for a in found) else frozenset().union(*(a or () for a in found))


@dataclass(frozen=True)
class _Terms:
    """Terms of one clause; plain words among them are asked for together."""

    name: str
    terms: tuple[Term, ...]

    def occurs(self, case: Case) -> bool:
        """Whether any of them does."""
        if not case.found.isdisjoint(self._plain):
            return True
        return bool(self._other) and any(t.holds(case) for t in self._other)

    @cached_property
    def _plain(self) -> frozenset[int]:
        return frozenset().union(*(t.forms for t in self.terms if isinstance(t, Words) and t.plain))

    @cached_property
    def _other(self) -> tuple[Term, ...]:
        return tuple(t for t in self.terms if not (isinstance(t, Words) and t.plain))


@dataclass(frozen=True)
class AnyOf(_Terms):
    """`text: {any: …}`."""

    def holds(self, case: Case) -> bool:
        """See `Clause.holds`."""
        return self.occurs(case)

    def told(self, case: Case) -> Told:
        """See `Clause.told`."""
        matches = _matches(self.name, self.terms, case)
        if matches:
            return Told(f"{self.name}: {_quoted(matches)}", matches)
        return Told(f"{self.name}: none of {', '.join(t.written for t in self.terms[:8])}")

    def anchors(self) -> frozenset[int] | None:
        """See `Clause.anchors`."""
        return _union(self.terms)


@dataclass(frozen=True)
class AllOf(_Terms):
    """`text: {all: …}`."""

    def holds(self, case: Case) -> bool:
        """See `Clause.holds`."""
        return all(t.holds(case) for t in self.terms)

    def told(self, case: Case) -> Told:
        """See `Clause.told`."""
        matches = _matches(self.name, self.terms, case)
        missing = [t.written for t in self.terms if not t.holds(case)]
        if missing:
            return Told(f"{self.name}: {', '.join(missing)} missing; found: {_quoted(matches) or 'nothing'}", matches)
        return Told(f"{self.name}: {_quoted(matches)}", matches)

    def anchors(self) -> frozenset[int] | None:
        """See `Clause.anchors`."""
        found = [a for t in self.terms if (a := t.anchors()) is not None]
        return min(found, key=len) if found else None


@dataclass(frozen=True)
class NoneOf(_Terms):
    """`text: {none: …}`."""

    def holds(self, case: Case) -> bool:
        """See `Clause.holds`."""
        return not self.occurs(case)

    def told(self, case: Case) -> Told:
        """See `Clause.told`."""
        matches = _matches(self.name, self.terms, case)
        return Told(f"{self.name}: kept out by {_quoted(matches)}" if matches else f"{self.name}: none occurs", matches)

    def anchors(self) -> frozenset[int] | None:
        """See `Clause.anchors`."""
        return None


@dataclass(frozen=True)
class SidesNamed:
    """So many of these sides must be named. A name counts for the innermost side it belongs to."""

    sides: Mapping[str, Named] = field(hash=False)
    least: int

    def holds(self, case: Case) -> bool:
        """See `Clause.holds`."""
        possible = sum(not case.found.isdisjoint(s.names) for s in self.sides.values())
        possible += case.speaker is not None
        return possible >= self.least and len(self._found(case)) >= self.least

    def told(self, case: Case) -> Told:
        """See `Clause.told`."""
        matches = tuple(Match("sides", side, span) for side, span in self._found(case).items())
        missing = "" if len(matches) >= self.least else f" of {self.least} needed"
        return Told(f"sides: {len(matches)}{missing}: {_quoted(matches) or 'nobody named'}", matches)

    def anchors(self) -> frozenset[int] | None:
        """See `Clause.anchors`."""
        return frozenset().union(*(s.names for s in self.sides.values()))

    def _found(self, case: Case) -> dict[str, Span]:
        found: dict[str, Span] = {}
        for naming in case.namings:
            side = self._side(naming.chain)
            if side:
                found.setdefault(side, naming.span)
        own = self._side(case.speaker.chain) if case.speaker and self.least > 1 else None
        if own and case.speaker:
            found.setdefault(own, case.speaker.span)
        return found

    def _side(self, named: tuple[ActorId, ...]) -> str | None:
        return next((name for actor in named for name, side in self.sides.items() if actor in side.actors), None)


@dataclass(frozen=True)
class FromSources:
    """Which sources, and which languages."""

    only: frozenset[SourceId] | None
    excluded: frozenset[SourceId]
    languages: frozenset[str]

    def holds(self, case: Case) -> bool:
        """See `Clause.holds`."""
        source = case.item.source
        if source in self.excluded or (self.only is not None and source not in self.only):
            return False
        return not self.languages or case.item.lang.partition("-")[0] in self.languages

    def told(self, case: Case) -> Told:
        """See `Clause.told`."""
        answer = "belongs" if self.holds(case) else "does not belong"
        return Told(f"sources: {case.item.source} ({case.item.lang}) {answer}")

    def anchors(self) -> frozenset[int] | None:
        """See `Clause.anchors`."""
        return None


@dataclass(frozen=True)
class OneOf:
    """`any_of`: one of these scopes is enough."""

    scopes: tuple[Scope, ...]

    def holds(self, case: Case) -> bool:
        """See `Clause.holds`."""
        return any(s.holds(case) for s in self.scopes)

    def told(self, case: Case) -> Told:
        """See `Clause.told`. Of several misses, the one that got furthest."""
        for scope in self.scopes:
            if scope.holds(case):
                return scope.told(case)
        return max((s.told(case) for s in self.scopes), key=lambda t: len(t.matches))

    def anchors(self) -> frozenset[int] | None:
        """See `Clause.anchors`."""
        found = [s.anchors() for s in self.scopes]
        return None if any(a is None for a in found) else frozenset().union(*(a or () for a in found))


@dataclass(frozen=True)
class Scope:
    """Clauses that must all hold, the cheapest first."""

    clauses: tuple[Clause, ...]

    def holds(self, case: Case) -> bool:
        """See `Clause.holds`."""
        for clause in self.clauses:  # noqa: SIM110 - the hottest line of matching: a generator costs a third
            if not clause.holds(case):
                return False
        return True

    def told(self, case: Case) -> Told:
        """See `Clause.told`. Told up to the first clause that fails."""
        texts: list[str] = []
        matches: list[Match] = []
        for clause in self.clauses:
            told = clause.told(case)
            texts.append(told.text)
            matches.extend(told.matches)
            if not clause.holds(case):
                break
        return Told("; ".join(texts), tuple(matches))

    def anchors(self) -> frozenset[int] | None:
        """See `Clause.anchors`. Of several, the fewest forms."""
        found = [a for c in self.clauses if (a := c.anchors()) is not None]
        return min(found, key=len) if found else None

    def failed(self, case: Case) -> Clause | None:
        """The first clause that fails."""
        return next((c for c in self.clauses if not c.holds(case)), None)
