"""An item as weighed terms: words and their stems, rare ones heavier, learned as items come."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources
from itertools import chain
from math import fsum
from sys import intern

import msgspec

from monitor.core.stories.records import FREQUENCIES, TOTAL, Frequency
from monitor.core.text import hash32, tokens
from monitor.core.view import Draft
from monitor.model import Item

_LEAD = 120
"""Words of the text that count: the lead says what an item is about, and agency copy is cut from the end."""
_STEM = 5
_COMMON = 1 << 11
"""Words whose terms are kept at hand: most of any text is said in fewer."""
_USUAL = 0.05
"""A term of this share of all news, whatever it is about, finds nothing."""
PRIOR = 300
EXACT = 64
"""Up to here terms are counted one by one; beyond, with a standard error of a sixth."""
_SENTENCE = re.compile(r"[;•|]|(?<=[.!?؟۔।])[\"'”’)]*\s+|(?<=[。！？])|\n+")


@dataclass(frozen=True)
class Vector:
    """An item's words in order, how rare each of its terms is, and its unit vector over them."""

    text: str
    """Its normalised words, joined by spaces, a sentence a line; the title comes first."""
    words: tuple[str, ...]
    rarity: dict[str, float]
    """Inverse document frequency: ln((N + 2) / (n + 1)), N items so far, n of them with the term; both begin with
    `PRIOR` imagined items in which the commonest words of news occur as often as they usually do."""
    seen: dict[str, int]
    """How many earlier items had the term."""
    total: int
    """How many items came before."""
    weights: dict[str, float]
    headed: bool
    """Whether the first line is a title."""

    @cached_property
    def telling(self) -> list[str]:
        """The terms that may find it, rarest first: the stem where a word has one, for it finds the word too."""
        usual = background()
        stems = sorted({terms(word)[-1] for word in self.words})
        return sorted([t for t in stems if usual.get(t, 0.0) < _USUAL], key=self.rarity.__getitem__, reverse=True)


def vector(item: Item, draft: Draft) -> Vector:
    """The item in the light of what came before it; nothing is recorded."""
    said = [tokens(item.title), *_lead(item.text)]
    # A title is said twice, so that it outweighs the lead.
    counts = Counter(chain.from_iterable(map(terms, chain(said[0], *said))))
    known = draft.get_many(FREQUENCIES, (TOTAL, *counts))
    seen = {term: known[term].items if term in known else 0 for term in counts}
    total = known[TOTAL].items if known else 0
    usual = background()
    whole = math.log(total + PRIOR + 2)
    rarity = {term: whole - math.log(n + PRIOR * usual.get(term, 0.0) + 1) for term, n in seen.items()}
    text = "\n".join(" ".join(words) for words in said if words)
    return Vector(text, tuple(text.split()), rarity, seen, total, _unit(counts, rarity), bool(said[0]))


def _lead(text: str) -> Iterator[list[str]]:
    """The first sentences, as words, up to `_LEAD` of them."""
    left = _LEAD
    for sentence in _SENTENCE.split(text):
        words = tokens(sentence)
        if len(words) > left < _LEAD:
            return
        yield words[:left]
        left -= len(words)


@lru_cache(_COMMON)
def terms(word: str) -> tuple[str, ...]:
    """A word, and the beginning of a long one: inflections and compounds meet there, in any alphabet."""
    # Every signature holds its terms: one string for all of them halves what an item takes in memory.
    word = intern(word)
    return (word, intern(f"^{word[:_STEM]}")) if len(word) > _STEM else (word,)


@cache
def background() -> dict[str, float]:
    """The share of news items in which each of the commonest terms occurs (`benchmarks/train_stories.py` counted)."""
    data = resources.files(__package__).joinpath("weights", "background.json").read_bytes()
    return msgspec.json.decode(data, type=dict[str, float])


def count(item: Item, vector: Vector, draft: Draft) -> None:
    """Record that one more item has these terms.

    A term of many items is counted by the dozen, with the item's hash as the chance (Morris: Counting Large Numbers of
    Events in Small Registers, 1978): otherwise every item would rewrite the records of all common words.
    """
    now = item.seen.timestamp()
    for term, items in (*vector.seen.items(), (TOTAL, vector.total)):
        step = 1 << (items // EXACT).bit_length()
        if step == 1 or hash32(f"{item.id} {term}") % step == 0:
            draft.put(FREQUENCIES, Frequency(term, items + step, now))


def _unit(counts: Counter[str], rarity: dict[str, float]) -> dict[str, float]:
    raw = {term: (1 + math.log(n)) * max(0.0, rarity[term]) for term, n in counts.items()}
    length = math.sqrt(sum([x * x for x in raw.values()])) or 1.0
    return {term: x / length for term, x in raw.items()}


def cosine(a: dict[str, float], b: dict[str, float]) -> float:
    """The dot product of two sparse vectors: their cosine if both are of unit length."""
    # The order of a set of words differs from process to process; fsum does not mind.
    return fsum([a[term] * b[term] for term in a.keys() & b.keys()])
