"""What is counted: noun phrases with a number, their class, and how they hang together.

A phrase is found from its number to the right: modifiers, then a head from the lexicon ("two Pakistani
border *outposts*"). A plural figure wants a plural head, so that "40 tank crews" are crews.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from monitor.core.claims.document import Token
from monitor.core.claims.lexicons import lexicon
from monitor.core.claims.numbers import Number, Phrases, is_year
from monitor.model import ObjectClass, Quantity

HUMAN = frozenset(
    {
        ObjectClass.PEOPLE,
        ObjectClass.COMBATANTS,
        ObjectClass.CIVILIANS,
        ObjectClass.CHILDREN,
        ObjectClass.OFFICERS,
    }
)
_MONEY = 1_000_000
"""Bare "millions" are dollars."""

_AGED = frozenset({"year-old", "years-old", "month-old", "day-old", "week-old"})
_LONGEST_RUN = 8
"""Tokens looked through for a head."""


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun of the lexicon; `kind` is None for animals."""

    kind: ObjectClass | None
    plural: bool


_COUNTED = (Noun(ObjectClass.PEOPLE, plural=False), Noun(ObjectClass.PEOPLE, plural=True))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A counted (or bare plural) noun phrase over tokens `first` up to `last`.

    `head` are the tokens of the object without its number; empty (`head[0] == head[1]`) for "killed 12".
    """

    first: int
    last: int
    number: Number | None
    head: tuple[int, int]
    kind: ObjectClass | None = None
    known: bool = True
    """Whether the head is in the lexicon; an unknown one may be anything."""
    partitive: bool = False
    """A part of what was named before: "12 of them", "two of whom"."""
    whole: Number | None = None
    """What it is a share of: the 58 of "46 of 58 drones"."""
    inner: int | None = None
    """Token of a loss word used as an adjective within the phrase: "two wounded soldiers"."""

    @property
    def bare(self) -> bool:
        """Without a noun of its own."""
        return self.head[0] == self.head[1]


@cache
def nouns(lang: str = "en") -> Mapping[str, Noun]:
    """Every noun that can be lost, singular and plural."""
    table: dict[str, Noun] = {}
    for name, group in lexicon("figures", lang)["objects"].items():
        kind = ObjectClass(name) if name != "animals" else None
        for word in str(group["words"]).split():
            table[_plural(word)] = Noun(kind, plural=True)
            table[word] = Noun(kind, plural=False)
        for word in str(group["plurals"]).split():
            table[word] = Noun(kind, plural=True)
    return table


def _plural(word: str) -> str:
    if word.endswith("man"):
        return word[:-3] + "men"
    if word == "wife":
        return "wives"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    return word + "s"


@dataclass(frozen=True)
class Grammar:
    """The closed word classes that bound a noun phrase."""

    stops: frozenset[str]
    measures: frozenset[str]
    auxiliaries: frozenset[str]
    labels: frozenset[str]
    """Words that a number is a name with: Route 66."""
    attributes: frozenset[str]
    """Loss words that may stand before a noun as an adjective."""
    verbs: frozenset[str]
    """Loss words of any form: a run of nouns ends at one."""
    counted: Mapping[str, str]
    """Nouns that are losses themselves ("12 deaths"), with their metric."""
    of_determiners: frozenset[str]
    of_bounds: frozenset[str]
    others: frozenset[str]
    part_pronouns: frozenset[str]
    family_of: frozenset[str]
    """As in "A mother of three": children, not losses."""
    shares: frozenset[str]
    definite: frozenset[str]
    months: frozenset[str]
    irregulars: frozenset[str]
    """Participles that no ending gives away."""
    number_words: frozenset[str]


_PLACING = frozenset({"in", "at", "near", "on", "outside", "around", "from", "to", "into"})
"""What makes a place of the name behind it: "the headquarters in *El Fasher* was captured"."""
_CLOSING = frozenset({"]", '"', "'"})
_OUT_OF = frozenset({"four", "five", "ten", "10", "100"})
"""What a proportion is told of: "one in five"."""
_ENDS = frozenset('.,;:!?()[]{}"“”—–-…*|')


def phrases(tokens: Sequence[Token], found: Sequence[Number], grammar: Grammar, lang: str = "en") -> list[Phrase]:
    """The noun phrases of a sentence's numbers, without measures, dates, ages and other things no loss."""
    table, out = nouns(lang), list[Phrase]()
    for number in found:
        phrase = _phrase(tokens, number, grammar, table)
        if phrase is not None and (whole := _whole(phrase, found)) is not None:
            phrase = replace(phrase, whole=whole)
        if phrase is not None and not (out and phrase.first < out[-1].last):
            out.append(phrase)
    return out


def _whole(p: Phrase, found: Sequence[Number]) -> Number | None:
    """The number within a phrase beside its own."""
    return next((n for n in found if n is not p.number and p.first < n.at < p.last), None)


def _phrase(tokens: Sequence[Token], n: Number, g: Grammar, table: Mapping[str, Noun]) -> Phrase | None:
    if _lower(tokens, n.last) in _CLOSING:
        n = n._replace(last=n.last + 1)
    if _counts_otherwise(tokens, n, g, table):
        return None
    if _lower(tokens, n.last) == "of":
        return _partitive(tokens, n, n.last + 1, g, table)
    if _lower(tokens, n.last) == "out" and _lower(tokens, n.last + 1) == "of":
        return _partitive(tokens, n, n.last + 2, g, table)
    if _lower(tokens, n.last) in g.others and n.kind != "article":
        inner = _scan(tokens, n.last + 1, n, g, table)
        return inner if inner and not inner.bare else Phrase(n.first, n.last + 1, n, (n.last + 1, n.last + 1))
    phrase = _scan(tokens, n.last, n, g, table)
    return None if phrase is not None and phrase.bare and not _may_be_bare(tokens, n) else phrase


def _counts_otherwise(tokens: Sequence[Token], n: Number, g: Grammar, table: Mapping[str, Noun]) -> bool:
    """Whether the number is a measure, an age, a name, a date, a share or somebody's children."""
    if _is_age(tokens, n, table) or (_lower(tokens, n.last) in g.measures and _lower(tokens, n.last + 1) not in table):
        return True
    if _is_label(tokens, n, g) or _is_date(tokens, n, g) or _is_proportion(tokens, n, g, table):
        return True
    before = _lower(tokens, n.first - 2)
    return _lower(tokens, n.first - 1) == "of" and (before in g.shares or before in g.family_of)


def _may_be_bare(tokens: Sequence[Token], n: Number) -> bool:
    """A number alone counts something only if it is a number, no year and not part of a date."""
    if n.kind == "none":
        return tokens[n.at].lower != "no" or n.last > n.at + 1
    if tokens[n.at].lower == "another":
        return True
    if n.kind not in ("figure", "vague") or tokens[n.at].lower == "both":
        return False
    if n.kind == "vague" and (n.value or 0) >= _MONEY:
        return False
    return not (n.last == n.at + 1 and is_year(tokens[n.at]) and tokens[n.at].text.isdigit())


def _is_age(tokens: Sequence[Token], n: Number, table: Mapping[str, Noun]) -> bool:
    """As in "Marta Dayton, 42, died"; "aged 9 and 11"."""
    before, after = _lower(tokens, n.at - 1), _lower(tokens, n.last)
    if before in ("aged", "age", "ages") or (
        before in ("and", ",") and "aged" in (_lower(tokens, n.at - 3), _lower(tokens, n.at - 2))
    ):
        return True
    return (
        n.first == n.at
        and n.kind == "figure"
        and before == ","
        and after in (",", ".", "")
        and n.last == n.at + 1
        and (_is_name(tokens, n.at - 2) or not table.get(_lower(tokens, n.at - 2), _COUNTED[1]).plural)
    )


def _is_proportion(tokens: Sequence[Token], n: Number, g: Grammar, table: Mapping[str, Noun]) -> bool:
    """As in "seven in ten houses": how many there are is not told; but "killed seven in ten villages" counts."""
    at = n.at if _lower(tokens, n.last) == "in" else n.at - 2
    counts = at >= 0 and _is_numeral(tokens, at, g) and _lower(tokens, at - 1) not in g.verbs
    whole = _lower(tokens, at + 1) == "in" and _lower(tokens, at + 2) in _OUT_OF
    return counts and whole and _lower(tokens, at + 3) in table


def _is_name(tokens: Sequence[Token], i: int) -> bool:
    """A word in title case; in a text all of capitals nothing is known to be a name."""
    return i >= 0 and tokens[i].text[0].isupper() and tokens[i].text.isalpha() and not tokens[i].text.isupper()


def _is_label(tokens: Sequence[Token], n: Number, g: Grammar) -> bool:
    """Whether the figure is a name's part: "Route 66", "Boeing 737", "Resolution 2231"."""
    if n.first != n.at or n.kind != "figure" or not tokens[n.at].text.isdigit():
        return False
    before = tokens[n.at - 1] if n.at else None
    if before is None:
        return False
    return before.lower in g.labels and not (before.lower == "no" and before.text == "no")


def _partitive(tokens: Sequence[Token], n: Number, i: int, g: Grammar, table: Mapping[str, Noun]) -> Phrase | None:
    """As in "12 of them", "80 of its fighters", "61 out of the 84 drones"; `i` is the token after "of"."""
    if _lower(tokens, i) in g.part_pronouns:
        return _predicated(tokens, n, i + 1, g, table)
    i = _behind_owner(tokens, i, g)
    while _lower(tokens, i) in g.of_determiners or _is_numeral(tokens, i, g) or _is_bound(tokens, i, g):
        i += 1
    if _lower(tokens, i) in g.others:
        i += 1
    if _lower(tokens, i) in g.attributes and not _noun_follows(tokens, i + 1, g, table):
        return Phrase(n.first, i + 1, n, (i, i + 1), ObjectClass.PEOPLE, partitive=True, inner=i)
    many = _of_many(n)
    phrase = _scan(tokens, i, many, g, table)
    if phrase is None or phrase.bare:
        return None
    return replace(phrase, first=n.first, number=n)


def _behind_owner(tokens: Sequence[Token], i: int, g: Grammar) -> int:
    """As in "8,000 of *the district's* 11,000 houses"."""
    for k in range(i, i + 5):
        if _lower(tokens, k) == "'s":
            return k + 1
        if _lower(tokens, k) in g.stops - g.of_determiners or _lower(tokens, k)[:1] in _ENDS | {""}:
            return i
    return i


def _is_numeral(tokens: Sequence[Token], i: int, g: Grammar) -> bool:
    return i < len(tokens) and (tokens[i].text[0].isdigit() or tokens[i].lower in g.number_words)


def _is_bound(tokens: Sequence[Token], i: int, g: Grammar) -> bool:
    """As in "82 of the *more than* 200"."""
    return _lower(tokens, i) in g.of_bounds and any(_is_numeral(tokens, k, g) for k in (i + 1, i + 2))


def _antecedent_is_animal(tokens: Sequence[Token], before: int, table: Mapping[str, Noun]) -> bool:
    """As in "60 mice …; 22 of them"."""
    known = (table[t.lower] for t in reversed(tokens[:before]) if t.lower in table)
    return next((noun.kind is None for noun in known if noun.plural), False)


def _predicated(tokens: Sequence[Token], n: Number, i: int, g: Grammar, table: Mapping[str, Noun]) -> Phrase | None:
    """As in "Five of them", with what it says they are: "five of them children", "five of whom were officers"."""
    start = i + (_lower(tokens, i) in g.auxiliaries)
    what = _scan(tokens, start, _of_many(n), g, table)
    if what is None or what.bare or not what.known:
        if _antecedent_is_animal(tokens, n.first, table):
            return None
        return Phrase(n.first, i, n, (i, i), partitive=True)
    return replace(what, first=n.first, number=n, partitive=True)


def _of_many(n: Number) -> Number:
    """The number as one that wants a plural head, for "one of its soldiers"."""
    return n._replace(kind="vague")


def _scan(tokens: Sequence[Token], start: int, n: Number, g: Grammar, table: Mapping[str, Noun]) -> Phrase | None:
    """The noun phrase whose words start at `start`; bare if there are none, None if it counts no loss."""
    run = _Run(tokens, start, g, table, single=n.kind in ("article", "indefinite") or n.value == 1)
    run.walk()
    if run.head is None or run.ends_in_plural():
        return _unknown(tokens, start, run.at, n, g)
    if (n.kind == "article" and run.noun.plural) or run.noun.kind is None:
        return None
    if _lower(tokens, run.head + 1) in g.measures:
        return None
    first = run.inner + 1 if run.inner is not None and run.inner < run.head else start
    return Phrase(n.first, run.head + 1, n, (first, run.head + 1), _kind(tokens, run.head, table), inner=run.inner)


class _Run:
    """A walk over the words behind a number, to the last of the first nouns that can be its head."""

    def __init__(
        self, tokens: Sequence[Token], start: int, g: Grammar, table: Mapping[str, Noun], *, single: bool
    ) -> None:
        self._single = single
        self.tokens, self.at, self._g, self._table = tokens, start, g, table
        self._start, self._end = start, min(len(tokens), start + _LONGEST_RUN)
        self.head: int | None = None
        self.noun = _COUNTED[0]
        self.inner: int | None = None

    def walk(self) -> None:
        while self.at < self._end and (step := self._step()):
            self.at += step

    def ends_in_plural(self) -> bool:
        """As in "three *well drillers*": more than one is of the plural behind, though no lexicon has it."""
        last = self.tokens[self.at - 1]
        behind = self.head is not None and self.at - 1 > self.head and not self.noun.plural and not self._single
        return behind and last.text.isalpha() and last.text[0].islower() and last.lower.endswith("ers")

    def _step(self) -> int:
        """How many tokens belong to the run from here; 0 where it ends."""
        token = self.tokens[self.at]
        if self.head is None and (skip := self._skipped(token)):
            return skip
        if token.lower in self._g.stops or token.text[0] in _ENDS or token.text[0].isdigit():
            joined = self.head is not None and token.lower in ("and", "or")
            return int(joined and _joined_head(self.tokens, self.at, self._table))
        noun = self._noun(token)
        if noun is not None:
            self._take(noun)
            return 1
        if token.lower in self._g.verbs:
            return int(self._take_adjective(token))
        return int(self.head is None or not self.noun.plural)

    def _skipped(self, token: Token) -> int:
        """Ages ("34-year-old") and quotation marks before the head."""
        if token.text[0].isdigit() and _lower(self.tokens, self.at + 2) in _AGED:
            return 3
        return int(token.text in _CLOSING)

    def _noun(self, token: Token) -> Noun | None:
        if token.lower in self._g.counted:
            return _COUNTED[token.lower.endswith("s")]
        noun = self._table.get(token.lower)
        if noun is None or token.lower not in self._g.verbs:
            return noun
        # "Any hostage" is one, "took 12 hostage" is none.
        alone = self.at == self._start or _lower(self.tokens, self.at + 1) in self._g.stops
        return noun if alone and self._single and not noun.plural else None

    def _take(self, noun: Noun) -> None:
        if self.head is None or noun.plural or not self.noun.plural or self._single:
            self.head, self.noun = self.at, noun

    def _take_adjective(self, token: Token) -> bool:
        """A loss word before the head: "two wounded soldiers"."""
        if self.head is not None or token.lower not in self._g.attributes:
            return False
        if not _noun_follows(self.tokens, self.at + 1, self._g, self._table):
            return False
        self.inner = self.at
        return True


def _kind(tokens: Sequence[Token], head: int, table: Mapping[str, Noun]) -> ObjectClass | None:
    """The class of a head, or of two that share a number: "women and children" are civilians."""
    if tokens[head].lower in {"vehicle", "vehicles"} and _lower(tokens, head - 1) == "aerial":
        return ObjectClass.AIRCRAFT
    if tokens[head].lower == "launches":
        return ObjectClass.AIRCRAFT
    own = table[tokens[head].lower].kind if tokens[head].lower in table else ObjectClass.PEOPLE
    first = table.get(_lower(tokens, head - 2)) if _lower(tokens, head - 1) in ("and", "or") else None
    if first is None or first.kind is own:
        return own
    harmless = {ObjectClass.CIVILIANS, ObjectClass.CHILDREN}
    return ObjectClass.CIVILIANS if {first.kind, own} <= harmless else ObjectClass.PEOPLE


def _joined_head(tokens: Sequence[Token], i: int, table: Mapping[str, Noun]) -> bool:
    """As in "women and children": one figure counts both."""
    noun = table.get(_lower(tokens, i + 1))
    return noun is not None and noun.plural and tokens[i - 1].lower in table and table[tokens[i - 1].lower].plural


def _noun_follows(tokens: Sequence[Token], start: int, g: Grammar, table: Mapping[str, Noun]) -> bool:
    for i in range(start, min(start + 4, len(tokens))):
        if tokens[i].lower in g.stops or tokens[i].text[0] in _ENDS:
            return False
        if tokens[i].lower in table:
            return True
    return False


def _unknown(tokens: Sequence[Token], start: int, end: int, n: Number, g: Grammar) -> Phrase | None:
    """A phrase whose head no lexicon knows: its last word, if it reads as a noun."""
    if end == start:
        return Phrase(n.first, n.last, n, (start, start))
    last = tokens[end - 1]
    if any(t.lower in g.measures for t in tokens[start:end]) or not last.text[0].isalpha():
        return None
    singular = n.value == 1 and n.kind in ("figure", "article")
    if end == start + 1 and (last.lower.endswith(("ed", "ing")) or last.lower in g.irregulars):
        return Phrase(n.first, n.last, n, (start, start))
    if last.lower.endswith("s") == singular or last.lower.endswith(("ly", "ing", "ed")):
        return Phrase(n.first, n.last, n, (start, start), known=False) if n.kind == "figure" else None
    return Phrase(n.first, end, n, (start, end), None, known=False)


def _is_date(tokens: Sequence[Token], n: Number, g: Grammar) -> bool:
    """As in "18 November", "NOV 89"; but not "ten may have died", "since 11 March 33 people have been killed"."""
    after = tokens[n.last] if n.last < len(tokens) else None
    month = after is not None and after.lower in g.months and not (after.lower == "may" and after.text == "may")
    counted = _lower(tokens, n.at - 2).isdigit() and n.last < len(tokens) and tokens[n.last].text[0].islower()
    return (n.first == n.at and _lower(tokens, n.at - 1) in g.months and not counted) or month


_ANY = Number(0, 0, 0, Quantity(), "indefinite")


def noun_phrase(tokens: Sequence[Token], start: int, g: Grammar, lang: str = "en") -> Phrase | None:
    """The uncounted plural that starts at `start`: "killed civilians", "its soldiers", "women and children"."""
    while _lower(tokens, start) in g.of_determiners:
        start += 1
    phrase = _scan(tokens, start, _ANY, g, nouns(lang))
    if phrase is None or phrase.bare or not phrase.known or not _is_plural(tokens, phrase, lang):
        return None
    return replace(phrase, first=start, number=None)


def _is_plural(tokens: Sequence[Token], p: Phrase, lang: str) -> bool:
    noun = nouns(lang).get(tokens[p.head[1] - 1].lower)
    return noun is not None and noun.plural


def bare_plural(tokens: Sequence[Token], end: int, lang: str = "en") -> Phrase | None:
    """The uncounted plural noun that ends just before `end` ("civilians were killed"), if there is one."""
    noun = nouns(lang).get(_lower(tokens, end - 1))
    if noun is None or not noun.plural or noun.kind is None or _lower(tokens, end - 2).isdigit():
        return None
    return Phrase(end - 1, end, None, (end - 1, end), noun.kind)


def single(tokens: Sequence[Token], end: int, g: Grammar, lang: str = "en") -> Phrase | None:
    """One person named or described just before `end`: "Marta Dayton, 42,", "the mayor", "her brother"."""
    end = _without_age(tokens, end)
    noun = nouns(lang).get(_lower(tokens, end - 1))
    start = end
    if noun is not None and noun.kind in HUMAN and not noun.plural:
        start = next((k for k in range(end - 1, max(-1, end - 6), -1) if tokens[k].lower in g.definite), end)
    elif _lower(tokens, end - 1) not in g.stops:
        while start > 0 and _is_name(tokens, start - 1) and tokens[start - 1].lower not in g.stops:
            start -= 1
        placed = _lower(tokens, start - 1) in _PLACING and _lower(tokens, start - 1) != "of"
        start = start if 2 <= end - start <= 5 and not placed else end
    if start == end:
        return None
    kind = noun.kind if noun is not None else ObjectClass.PEOPLE
    return Phrase(start, end, Number(start, start, start, Quantity(1, 1), "article"), (start, end), kind)


def _without_age(tokens: Sequence[Token], end: int) -> int:
    """The end of the name before ", 42,"."""
    if _lower(tokens, end - 1) == "," and _lower(tokens, end - 2).isdigit() and _lower(tokens, end - 3) == ",":
        return end - 3
    return end


@cache
def joins(lang: str = "en") -> Phrases:
    """What joins two phrases into one list."""
    return Phrases.of(lexicon("figures", lang)["joins"])


@cache
def company(lang: str = "en") -> Phrases:
    """What brings in those who shared a fate: "along with"."""
    return Phrases.of(lexicon("figures", lang)["company"])


@cache
def part_marks(lang: str = "en") -> Phrases:
    """What makes the following phrase a part of the one before."""
    return Phrases.of(lexicon("figures", lang)["parts"])


def _lower(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].lower if 0 <= i < len(tokens) else ""
