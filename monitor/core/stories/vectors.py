"""An item as weighed terms: words and their stems, rare ones heavier, learned as items come."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.core.stories.records import FREQUENCIES, TOTAL, Frequency
from monitor.core.text import tokens
from monitor.core.view import Draft
from monitor.model import Item

_LEAD = 120
"""Words of the text that count: the lead says what an item is about, and agency copy is cut from the end."""
_STEM = 5
_SENTENCE = re.compile(r"(?<=[.!?؟۔।])[\"'”’)]*\s+|(?<=[。！？])|\n+")


@dataclass(frozen=True, slots=True)
class Vector:
    """An item's words in order, how rare each of its terms is, and its unit vector over them."""

    text: str
    """Its normalised words, joined by spaces, a sentence a line; the title comes first."""
    words: tuple[str, ...]
    rarity: dict[str, float]
    """Inverse document frequency: ln((N + 2) / (n + 1)), N items so far, n of them with the term."""
    seen: dict[str, int]
    """How many earlier items had the term."""
    weights: dict[str, float]


def vector(item: Item, draft: Draft) -> Vector:
    """The item in the light of what came before it; nothing is recorded."""
    said = [tokens(item.title), *_lead(item.text)]
    # A title is said twice, so that it outweighs the lead.
    counts = Counter(t for words in (said[0], *said) for word in words for t in terms(word))
    seen = {term: _seen(draft, term) for term in counts}
    total = _seen(draft, TOTAL)
    rarity = {term: math.log((total + 2) / (n + 1)) for term, n in seen.items()}
    text = "\n".join(" ".join(words) for words in said if words)
    return Vector(text, tuple(text.split()), rarity, seen, _unit(counts, rarity))


def _lead(text: str) -> Iterator[list[str]]:
    """The first sentences, as words, up to `_LEAD` of them."""
    left = _LEAD
    for sentence in _SENTENCE.split(text):
        words = tokens(sentence)[:left]
        left -= len(words)
        yield words
        if not left:
            return


def terms(word: str) -> tuple[str, ...]:
    """A word, and the beginning of a long one: inflections and compounds meet there, in any alphabet."""
    return (word, f"^{word[:_STEM]}") if len(word) > _STEM else (word,)


def count(vector: Vector, seen: float, draft: Draft) -> None:
    """Record that one more item has these terms."""
    for term, items in (*vector.seen.items(), (TOTAL, _seen(draft, TOTAL))):
        draft.put(FREQUENCIES, Frequency(term, items + 1, seen))


def _seen(draft: Draft, term: str) -> int:
    record = draft.get(FREQUENCIES, term)
    return record.items if record else 0


def _unit(counts: Counter[str], rarity: dict[str, float]) -> dict[str, float]:
    raw = {term: (1 + math.log(n)) * max(0.0, rarity[term]) for term, n in counts.items()}
    length = math.sqrt(sum(x * x for x in raw.values())) or 1.0
    return {term: x / length for term, x in raw.items()}


def cosine(a: dict[str, float], b: dict[str, float]) -> float:
    """The dot product of two sparse vectors: their cosine if both are of unit length."""
    if len(b) < len(a):
        a, b = b, a
    return sum(x * b[term] for term, x in a.items() if term in b)
