"""Numbers in running text: digits, words, dozens, ranges and bounds, as quantities over tokens.

None of the published parsers keeps the modifier ("at least", "up to"), and that is half of a claim.
The floors of vague words ("dozens" is 24 and more) are those of docs/design.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, NamedTuple

from monitor.core.claims.document import Token
from monitor.core.claims.lexicons import lexicon
from monitor.model import Quantity

Kind = Literal["figure", "article", "vague", "indefinite", "none"]
"""`figure` is written as a number; `article` is "a soldier"; `indefinite` counts nothing ("several")."""

_DIGITS = re.compile(r"\d+(?:,\d{2,3})*(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")


class Number(NamedTuple):
    """A number over tokens `first` (its modifier included) up to `last`; its value begins at `at`."""

    first: int
    at: int
    last: int
    quantity: Quantity
    kind: Kind

    @property
    def value(self) -> float | None:
        """The figure itself, without its bound."""
        return self.quantity.low if self.quantity.low is not None else self.quantity.high


@dataclass(frozen=True)
class _Value:
    amount: float
    last: int
    kind: Kind = "figure"


@dataclass(frozen=True)
class Phrases:
    """Phrases of several words, to be found forwards from a token or backwards from one."""

    by_first: Mapping[str, tuple[tuple[str, ...], ...]]
    by_last: Mapping[str, tuple[tuple[str, ...], ...]]

    @classmethod
    def of(cls, phrases: Sequence[str]) -> Phrases:
        """Index phrases by their first and last word, longest first."""
        split = sorted((tuple(p.split()) for p in phrases), key=len, reverse=True)
        by_first: dict[str, list[tuple[str, ...]]] = {}
        by_last: dict[str, list[tuple[str, ...]]] = {}
        for phrase in split:
            by_first.setdefault(phrase[0], []).append(phrase)
            by_last.setdefault(phrase[-1], []).append(phrase)
        return cls({k: tuple(v) for k, v in by_first.items()}, {k: tuple(v) for k, v in by_last.items()})

    def within(self, tokens: Sequence[Token]) -> bool:
        """Whether any of the phrases stands among the tokens."""
        return any(self.starting(tokens, i) for i, t in enumerate(tokens) if t.lower in self.by_first)

    def starting(self, tokens: Sequence[Token], i: int) -> int:
        """How many tokens the longest phrase that starts at `i` covers; 0 if none."""
        phrases = self.by_first.get(tokens[i].lower) if i < len(tokens) else None
        for p in phrases or ():
            # Most are of one word, and the first is what the phrase was found by.
            if len(p) == 1 or (
                i + len(p) <= len(tokens) and all(tokens[i + k].lower == p[k] for k in range(1, len(p)))
            ):
                return len(p)
        return 0

    def ending(self, tokens: Sequence[Token], end: int) -> int:
        """How many tokens the longest phrase that ends just before `end` covers; 0 if none."""
        for p in self.by_last.get(tokens[end - 1].lower, ()) if end > 0 else ():
            start = end - len(p)
            if start >= 0 and all(tokens[start + k].lower == w for k, w in enumerate(p)):
                return len(p)
        return 0


@dataclass(frozen=True)
class _Words:
    small: Mapping[str, float]
    scales: Mapping[str, float]
    suffixes: Mapping[str, float]
    fixed: Mapping[str, tuple[float, Kind]]
    fixed_phrases: Phrases
    before: Mapping[str, Phrases]
    after: Mapping[str, Phrases]
    starts: frozenset[str]


@cache
def _words(lang: str = "en") -> _Words:
    n = lexicon("figures", lang)["numbers"]
    fixed: dict[str, tuple[float, Kind]] = {k: (v, "figure") for k, v in n["sets"].items()}
    fixed.update({k: (v, "vague") for k, v in n["vague"].items()})
    fixed.update(dict.fromkeys(n["indefinite"], (0, "indefinite")))
    fixed.update(dict.fromkeys(n["articles"], (1, "article")))
    fixed.update(dict.fromkeys(n["none"], (0, "none")))
    small = n["units"] | n["tens"]
    return _Words(
        small=small,
        scales=n["scales"],
        suffixes=n["suffixes"],
        fixed=fixed,
        fixed_phrases=Phrases.of(list(fixed)),
        before={k: Phrases.of(n[k]) for k in ("at_least", "at_most", "about", "plain")},
        after={k: Phrases.of(n[k]) for k in ("or_more", "or_fewer", "or_so")},
        starts=frozenset(small) | frozenset(n["scales"]) | {p.split()[0] for p in fixed},
    )


def numbers(tokens: Sequence[Token], lang: str = "en") -> list[Number]:
    """Every number in a sentence, from left to right, none overlapping another."""
    w, found, i = _words(lang), list[Number](), 0
    while i < len(tokens):
        number = _number(tokens, i, w) if _may_start(tokens[i], w) else None
        if number is None:
            i += 1
            continue
        while found and number.first < found[-1].last:
            found.pop()
        found.append(number)
        i = number.last
    return found


def is_year(token: Token) -> bool:
    """Four digits that read as a year of the last two centuries."""
    return _YEAR.fullmatch(token.text) is not None


def _may_start(token: Token, w: _Words) -> bool:
    head = token.lower.split("-", 1)[0]
    return token.text[0].isdigit() or token.lower in w.starts or head in w.small


def _number(tokens: Sequence[Token], i: int, w: _Words) -> Number | None:
    value = _value(tokens, i, w)
    if value is None:
        return None
    first, quantity = i, _quantity(value)
    upper = _upper(tokens, i, value, w)
    if upper is not None:
        quantity, value = replace(quantity, high=upper.amount), upper
        if _lower(tokens, i - 1) == "between":
            first = i - 1
    elif _is_score(tokens, value.last):
        return None
    if value.kind in {"article", "none", "indefinite"}:
        return Number(i, i, value.last, quantity, value.kind)
    first, quantity = _bounded_before(tokens, first, quantity, w, ranged=upper is not None)
    last, quantity = _bounded_after(tokens, value.last, quantity, w)
    return Number(first, i, last, quantity, value.kind)


def _quantity(value: _Value) -> Quantity:
    match value.kind:
        case "vague":
            return Quantity(low=value.amount, approx=True, vague=True)
        case "indefinite":
            return Quantity(vague=True)
        case _:
            return Quantity(low=value.amount, high=value.amount)


def _value(tokens: Sequence[Token], i: int, w: _Words) -> _Value | None:
    fixed = w.fixed_phrases.starting(tokens, i)
    if fixed:
        amount, kind = w.fixed[" ".join(t.lower for t in tokens[i : i + fixed])]
        scale = w.scales.get(_lower(tokens, i + fixed))
        if scale is None:
            return _Value(amount, i + fixed, kind) if kind != "figure" or not _glued(tokens, i + fixed) else None
        if kind == "indefinite":
            return _Value(2 * scale, i + fixed + 1, "vague")
        return _scaled(tokens, i + fixed, amount, w) if kind == "article" else _Value(amount, i + fixed, kind)
    if tokens[i].text[0].isdigit():
        return _digits(tokens, i, w)
    return _spelled(tokens, i, w)


def _digits(tokens: Sequence[Token], i: int, w: _Words) -> _Value | None:
    text = tokens[i].text
    if _DIGITS.fullmatch(text) is None or _stuck(tokens, i):
        return None
    amount = float(text.replace(".", "") if text.count(".") > 1 else text.replace(",", ""))
    suffix = w.suffixes.get(_lower(tokens, i + 1)) if _touches(tokens, i + 1) else None
    if suffix is not None:
        return _Value(amount * suffix, i + 2)
    if _glued(tokens, i + 1):
        return None
    return _scaled(tokens, i + 1, amount, w)


def _scaled(tokens: Sequence[Token], i: int, amount: float, w: _Words) -> _Value:
    """Multiply by the scale words that follow: "1.2 million", "two hundred thousand", "a hundred and five"."""
    while (scale := w.scales.get(_lower(tokens, i))) is not None:
        amount, i = amount * scale, i + 1
        skip = 1 if _lower(tokens, i) == "and" else 0
        rest = _small(tokens, i + skip, w) if scale in (100, 1000) else None
        if rest is not None and rest.amount < scale and (skip or not _glued(tokens, rest.last)):
            return _scaled(tokens, rest.last, amount + rest.amount, w)
    return _Value(amount, i)


def _spelled(tokens: Sequence[Token], i: int, w: _Words) -> _Value | None:
    start = _small(tokens, i, w)
    if start is None:
        return None
    value = _scaled(tokens, start.last, start.amount, w)
    return None if _glued(tokens, value.last) and value.last == start.last else value


def _small(tokens: Sequence[Token], i: int, w: _Words) -> _Value | None:
    """A number below a hundred in words: "twenty-four", "twenty four", "seven"."""
    parts = _lower(tokens, i).split("-")
    amounts = [w.small.get(p) for p in parts]
    if len(parts) == 2 and amounts[0] is not None and (scale := w.scales.get(parts[1])):
        return _Value(amounts[0] * scale, i + 1)
    known = [a for a in amounts if a is not None]
    if not known or len(known) < len(amounts) or len(known) > 2:
        return None
    if len(known) == 2 and not (known[0] >= 20 and known[1] < 10):
        return None
    following = w.small.get(_lower(tokens, i + 1))
    if len(known) == 1 and known[0] >= 20 and following is not None and 0 < following < 10:
        return _Value(known[0] + following, i + 2)
    return _Value(sum(known), i + 1)


def _upper(tokens: Sequence[Token], i: int, low: _Value, w: _Words) -> _Value | None:
    """The upper end of a range: "20 to 25", "20-25", "10 or 12", "between 20 and 25"."""
    joint = _lower(tokens, low.last)
    ends = {"to", "or", "-", "–"} | ({"and"} if _lower(tokens, i - 1) == "between" else set())
    if (
        low.kind != "figure"
        or joint not in ends
        or _lower(tokens, i - 1) in {"from", "by"}
        or low.last + 1 >= len(tokens)
    ):
        return None
    t = tokens[low.last + 1]
    high = _digits_after_joint(tokens, low.last + 1, w) if t.text[0].isdigit() else _spelled(tokens, low.last + 1, w)
    if high is not None and low.amount < 1000 <= high.amount and low.last == i + 1 and high.last > low.last + 2:
        return None
    return high if high is not None and high.amount > low.amount else None


def _digits_after_joint(tokens: Sequence[Token], i: int, w: _Words) -> _Value | None:
    if _DIGITS.fullmatch(tokens[i].text) is None or _glued(tokens, i + 1):
        return None
    return _scaled(tokens, i + 1, float(tokens[i].text.replace(",", "")), w)


def _bounded_before(
    tokens: Sequence[Token], first: int, q: Quantity, w: _Words, *, ranged: bool
) -> tuple[int, Quantity]:
    """Walk left over the modifiers of a number and take their meaning."""
    while first > 0:
        if tokens[first - 1].text == "[":
            first -= 1
            continue
        ends = ((kind, phrases.ending(tokens, first)) for kind, phrases in w.before.items())
        kind, length = next(((k, n) for k, n in ends if n), ("", 0))
        if not length or (
            length == 1 and _lower(tokens, first - 2) in _WITH_OVER and tokens[first - 1].lower == "over"
        ):
            break
        q = _bounded(q, kind, ranged=ranged)
        first -= length
    return first, q


_WITH_OVER = frozenset({"handed", "hands", "handing", "hand", "turned", "turning"})
"""Verbs to which an "over" belongs: "handed over 12" is no more than twelve."""


def _bounded(q: Quantity, kind: str, *, ranged: bool) -> Quantity:
    if q.vague:
        return q
    if kind == "at_least" and not ranged and q.low is not None:
        return replace(q, high=None)
    if kind == "at_most" and not ranged and q.high is not None:
        return replace(q, low=None)
    return replace(q, approx=True) if kind == "about" else q


def _bounded_after(tokens: Sequence[Token], last: int, q: Quantity, w: _Words) -> tuple[int, Quantity]:
    for kind, phrases in w.after.items():
        length = phrases.starting(tokens, last)
        if length and not q.vague:
            as_before = {"or_more": "at_least", "or_fewer": "at_most", "or_so": "about"}[kind]
            return last + length, _bounded(q, as_before, ranged=False)
    return last, q


def _lower(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].lower if 0 <= i < len(tokens) else ""


def _touches(tokens: Sequence[Token], i: int) -> bool:
    """Whether token `i` follows the one before it without a space."""
    return 0 < i < len(tokens) and tokens[i - 1].end == tokens[i].start


def _glued(tokens: Sequence[Token], i: int) -> bool:
    """Whether a number that ends before `i` is only the head of a longer word: 12-year-old, 30km, 20th, 3:1."""
    if not _touches(tokens, i):
        return False
    t = tokens[i]
    if t.text in "-–/:":
        follows = _touches(tokens, i + 1) and tokens[i + 1].text[0].isalnum()
        return follows and not (t.text in "-–" and tokens[i + 1].text[0].isdigit())
    return t.text[0].isalpha() or t.text in "%°€$£"


def _is_score(tokens: Sequence[Token], i: int) -> bool:
    """As in "3-1": a number glued to a smaller one is no range."""
    return _touches(tokens, i) and tokens[i].text in "-–" and _touches(tokens, i + 1)


def _stuck(tokens: Sequence[Token], i: int) -> bool:
    """Whether the digits are the tail of something: $5, No. 7, 3-1, F/18, 12:30."""
    return _touches(tokens, i) and tokens[i - 1].text in "-–/:.$€£¥₹#+*_@"
