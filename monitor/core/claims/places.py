"""Where it happened: names after "in", "near", "on" …, as paths from the country down.

The gazetteer is one sorted text, searched by halving: 53,000 names for 2.4 MB and no start-up.
Rows are written by scripts/gazetteer.py from GeoNames (CC BY 4.0) and ISO 3166-2.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

from monitor.core.claims.actors import Registry
from monitor.core.claims.context import nearest
from monitor.core.claims.document import Document, Sentence, Token
from monitor.core.claims.lexicons import lexicon, words
from monitor.model import Place

_CLEARLY = 5
"""How many times larger a town must be than its namesake abroad to be meant without a word of its country."""
_LONGEST_NAME = 4
"""Words."""


class Entry(NamedTuple):
    """A gazetteer row. `kind`: C country, P province, T town."""

    kind: str
    name: str
    country: str
    province: str
    population: int
    zone: str


class PlaceMention(NamedTuple):
    """A place named over tokens `first` up to `last`; `spoken` if it is where a speaker sits."""

    first: int
    last: int
    place: Place
    country: str
    spoken: bool = False


@cache
def _table() -> str:
    return "\n" + (resources.files("monitor.core.claims") / "gazetteer.tsv").read_text("utf-8")


@lru_cache(maxsize=4096)
def lookup(name: str) -> tuple[Entry, ...]:
    """The rows of a name (any case and accents plain), countries first, then provinces, then towns."""
    key = re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()
    if not key:
        return ()
    table, low, high = _table(), 0, len(_table())
    while low < high:
        start = table.rfind("\n", 0, (low + high) // 2 + 1)
        if table[start + 1 : table.find("\t", start + 1)] < key:
            low = table.find("\n", start + 1)
        else:
            high = start
    return tuple(_rows(table, low, key))


def _rows(table: str, at: int, key: str) -> Iterator[Entry]:
    while table.startswith(key + "\t", at + 1):
        end = table.find("\n", at + 1)
        _, kind, name, country, province, population, zone = table[at + 1 : end].split("\t")
        yield Entry(kind, name, country, province, int(population), zone)
        at = end


@cache
def country_name(code: str) -> str:
    """The English name of a country by its two letters, as news use it."""
    given = lexicon("places")["countries"].get(code)
    return str(given) if given else _country_names().get(code, code)


@cache
def _country_names() -> Mapping[str, str]:
    rows = re.findall(r"\n[^\t]+\tC\t([^\t]+)\t([A-Z]{2})\t", _table())
    return {code: name for name, code in rows}


@cache
def zone_of(country: str) -> str | None:
    """The time zone of a country's capital, by its two letters."""
    hit = re.search(rf"\tC\t[^\t]+\t{country}\t\t\d+\t([^\n]+)", _table())
    return hit.group(1) if hit else None


@dataclass(frozen=True)
class _Words:
    prepositions: frozenset[str]
    kinds: frozenset[str]
    possessions: frozenset[str]
    """What a country's name only describes: "the US base in Bahrain"."""
    fillers: frozenset[str]
    never: frozenset[str]
    surest: frozenset[str]
    institutions: frozenset[str]
    regions: Mapping[str, tuple[str, ...]]
    aliases: Mapping[str, str]
    carriers: frozenset[str]
    """What is called by a name of its own: "frigate Halden", "typhoon Maring"."""
    saying: frozenset[str]
    stops: frozenset[str]


@cache
def _words(lang: str = "en") -> _Words:
    d = lexicon("places", lang)
    return _Words(
        prepositions=words("places", "prepositions", lang),
        kinds=words("places", "kinds", lang),
        possessions=words("places", "possessions", lang),
        fillers=words("places", "fillers", lang),
        never=words("places", "never", lang),
        surest=words("places", "surest", lang),
        institutions=words("places", "institutions", lang),
        carriers=words("places", "carriers", lang),
        regions={k: tuple(v) for k, v in d["regions"].items()},
        aliases=d["aliases"],
        saying=words("figures", "reporting", lang),
        stops=words("figures", "stops", lang),
    )


class Places:
    """Answers for one document: its places, read in the light of the countries that it names."""

    def __init__(self, document: Document, registry: Registry, lang: str = "en") -> None:
        self._w, self._document = _words(lang), document
        self._countries = _countries(document, registry)
        self._called = frozenset(_called(document, self._w.carriers))
        self._read: dict[int, list[PlaceMention]] = {}

    def read(self, s: Sentence) -> list[PlaceMention]:
        """The places that a sentence names, lists of them as one."""
        if s.index not in self._read:
            self._read[s.index] = self._joined(s, list(self._mentions(s)))
        return self._read[s.index]

    def place(
        self, s: Sentence, first: int, last: int, may_share: Callable[[Sentence], bool] = lambda _: True
    ) -> Place | None:
        """Where what tokens `first` to `last` tell happened: named in the sentence, else the last place named.

        `may_share`: whether another sentence may tell of the same.
        """
        told = [m for m in self.read(s) if not m.spoken]
        if told:
            return min(told, key=lambda m: _distance(m, first, last)).place
        for other in nearest(self._document, s):
            told = [m for m in self.read(other) if not m.spoken]
            if told:
                return told[0].place if may_share(other) else None
        return None

    def zone(self) -> str | None:
        """The time zone of the country that the document tells of most, if it names one."""
        for s in self._document.sentences[:3]:
            for m in self.read(s):
                if m.country and not m.spoken:
                    return zone_of(m.country)
        return zone_of(self._countries.most_common(1)[0][0]) if self._countries else None

    def _mentions(self, s: Sentence) -> Iterator[PlaceMention]:
        tokens, i = s.tokens, 0
        kinds = [k for k, t in enumerate(tokens) if t.lower in self._w.kinds]
        while i < len(tokens):
            named = s.field.shouting or tokens[i].text[0].isupper()
            near = named and (self._is_led(tokens, i) or any(i < k <= i + _LONGEST_NAME for k in kinds))
            end = self._behind(s, i) if near else None
            if end is None:
                i += 1
                continue
            yield end
            i = end.last

    def _behind(self, s: Sentence, i: int) -> PlaceMention | None:
        """The place that begins at token `i`, if what stands before it makes it one."""
        w, tokens = self._w, s.tokens
        if not _may_name(tokens[i], s, w) or tokens[i].lower in self._called:
            return None
        led = self._is_led(tokens, i)
        for n in range(min(_LONGEST_NAME, len(tokens) - i), 0, -1):
            name = " ".join(t.lower for t in tokens[i : i + n])
            kind = _lower(tokens, i + n) in w.kinds
            if not (led or kind) or (n == 1 and name in w.never) or not all(_is_word(t) for t in tokens[i : i + n]):
                continue
            if not kind and self._goes_on(s, i + n):
                continue
            found = self._resolve(name)
            if found is not None and not (len(found[0]) == 1 and self._describes(tokens, i + n)):
                path, country = found
                end = i + n + kind
                text = s.field.text[tokens[i].start : tokens[i + n - 1].end]
                return PlaceMention(i, end, Place(text, path), country, self._is_spoken(tokens, end))
        return self._unknown(s, i)

    def _describes(self, tokens: Sequence[Token], end: int) -> bool:
        """As in "the US base in Bahrain", "the strike on Iran's boats": whose it is, not where."""
        return _lower(tokens, end + (_lower(tokens, end) == "'s")) in self._w.possessions

    def _goes_on(self, s: Sentence, i: int) -> bool:
        """Whether the name is longer than what was found: "San" of "San Remigio"."""
        if s.field.shouting or i >= len(s.tokens):
            return False
        return _may_name(s.tokens[i], s, self._w) and s.tokens[i].lower not in self._w.never

    def _unknown(self, s: Sentence, i: int) -> PlaceMention | None:
        """A name that no gazetteer has, directly after "in" or "near": its words are told, without a path."""
        tokens, end = s.tokens, i
        if s.field.shouting or i == 0 or tokens[i - 1].lower not in self._w.surest:
            return None
        while end < len(tokens) and end < i + _LONGEST_NAME and _may_name(tokens[end], s, self._w):
            end += 1
        names = [t.lower for t in tokens[i:end]]
        if any(n in self._w.never or n in self._w.institutions for n in (*names, _lower(tokens, end))):
            return None
        if _lower(tokens, end) == "'s" or any(n.isupper() for n in (t.text for t in tokens[i:end])):
            return None
        text = s.field.text[tokens[i].start : tokens[end - 1].end]
        return PlaceMention(i, end, Place(text), "", self._is_spoken(tokens, end))

    def _is_led(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether a preposition of place stands before, fillers ("the eastern province of") aside."""
        while i > 0 and tokens[i - 1].lower in self._w.fillers:
            i -= 1
        return i > 0 and tokens[i - 1].lower in self._w.prepositions

    def _resolve(self, name: str) -> tuple[tuple[str, ...], str] | None:
        """The path and country of a name; a path without country where several countries have it and none is named."""
        if name in self._w.regions:
            path = self._w.regions[name]
            return path, _code_of(path[0])
        if name in self._w.aliases:
            code = self._w.aliases[name]
            return (country_name(code),), code
        entries = lookup(name)
        if not entries:
            return None
        best = max(entries, key=self._rank)
        if best.country not in self._countries and self._is_shared(best, entries):
            return (), ""
        if best.kind == "T":  # a town that shares its province's name is told as the province: both agree then
            best = next((e for e in entries if e.kind == "P" and e.country == best.country), best)
        return _path(best), best.country

    def _rank(self, e: Entry) -> tuple[int, int, int]:
        return self._countries[e.country], _weight(e), -"CPT".index(e.kind)

    def _is_shared(self, best: Entry, entries: Sequence[Entry]) -> bool:
        """Whether a place of about the same weight in another country has the name."""
        others = [e for e in entries if e.country != best.country]
        return any(_weight(e) * _CLEARLY >= _weight(best) for e in others)

    def _is_spoken(self, tokens: Sequence[Token], end: int) -> bool:
        """As in "An official in Goma said", "the hospital in Jalalabad said"."""
        return any(t.lower in self._w.saying for t in tokens[end : end + 1])

    def _joined(self, s: Sentence, found: list[PlaceMention]) -> list[PlaceMention]:
        """As in "In Nangarhar and Paktia" is one place: what they have in common."""
        out: list[PlaceMention] = []
        queue, i = list(found), 0
        while i < len(queue):
            m = queue[i]
            while (n := self._next_in_list(s, m)) is not None:
                m = _merged(s, m, n)
                while i + 1 < len(queue) and queue[i + 1].first < m.last:
                    i += 1
            out.append(m)
            i += 1
        return out

    def _next_in_list(self, s: Sentence, m: PlaceMention) -> PlaceMention | None:
        if _lower(s.tokens, m.last) not in {"and", ",", "or", "&"}:
            return None
        at = m.last + 1 + (_lower(s.tokens, m.last + 1) in {"and", "the"})
        if at >= len(s.tokens) or not _may_name(s.tokens[at], s, self._w):
            return None
        for n in range(min(_LONGEST_NAME, len(s.tokens) - at), 0, -1):
            name = " ".join(t.lower for t in s.tokens[at : at + n])
            found = None if n == 1 and name in self._w.never else self._resolve(name)
            if found is not None:
                end = at + n + (_lower(s.tokens, at + n) in self._w.kinds)
                text = s.field.text[s.tokens[at].start : s.tokens[at + n - 1].end]
                return PlaceMention(at, end, Place(text, found[0]), found[1], self._is_spoken(s.tokens, end))
        return None


def _distance(m: PlaceMention, first: int, last: int) -> int:
    """Tokens between a place and a figure; a place behind it is nearer, a line or a sea is farther than a town."""
    vague = 0 if m.country else 10
    return vague + (m.first - last if m.first >= last else first - m.last + 3)


def _merged(s: Sentence, a: PlaceMention, b: PlaceMention) -> PlaceMention:
    """Two places of a list. "Jalalabad, Afghanistan" is the first alone; else what their paths share."""
    text = s.field.text[s.tokens[a.first].start : s.tokens[b.last - 1].end]
    if a.place.path[: len(b.place.path)] == b.place.path and a.place.path:
        return PlaceMention(a.first, b.last, Place(a.place.text, a.place.path), a.country, a.spoken or b.spoken)
    shared = tuple(x for x, y in zip(a.place.path, b.place.path, strict=False) if x == y)
    return PlaceMention(a.first, b.last, Place(text, shared), a.country if a.country == b.country else "", b.spoken)


def _weight(e: Entry) -> int:
    return {"C": 50_000_000, "P": 300_000, "T": 0}[e.kind] + e.population


def _path(e: Entry) -> tuple[str, ...]:
    if e.kind == "C":
        return (country_name(e.country),)
    names = (country_name(e.country), e.province, e.name if e.kind == "T" else "")
    path = dict.fromkeys(n for n in names if n)
    return tuple(path)


@cache
def _code_of(country: str) -> str:
    hit = next((c for c, n in lexicon("places")["countries"].items() if n == country), None)
    return hit or next((c for c, n in _country_names().items() if n == country), "")


def _countries(document: Document, registry: Registry) -> Counter[str]:
    """How often the document names each country, by its state or by anybody of it."""
    found: Counter[str] = Counter()
    for text in (document.title.text, document.text.text):
        for m in registry.find(text):
            country = registry.get(registry.party(m.actor)).country
            if country:
                found[country] += 1
    return found


def _called(document: Document, carriers: frozenset[str]) -> Iterator[str]:
    """Names of ships, storms and operations, which may be those of towns too."""
    for s in document.sentences:
        for left, token in pairwise(s.tokens):
            if left.lower in carriers and token.text[0].isupper() and not s.field.shouting:
                yield token.lower


def _may_name(token: Token, s: Sentence, w: _Words) -> bool:
    if not token.text[0].isalpha():
        return False
    if s.field.shouting:
        return token.lower not in w.stops and token.lower not in w.fillers
    return token.text[0].isupper()


def _is_word(token: Token) -> bool:
    return token.text[0].isalpha() or token.text in "-'"


def _lower(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].lower if 0 <= i < len(tokens) else ""
