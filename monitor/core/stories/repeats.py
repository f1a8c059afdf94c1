"""Does an item say nothing that an earlier one did not? Was it made from an earlier one? The high bar."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from rapidfuzz import fuzz

from monitor.core.stories.candidates import Neighbour
from monitor.core.stories.differences import difference, sentences
from monitor.core.stories.models import Trees, load
from monitor.core.stories.records import Signature
from monitor.core.stories.vectors import Vector
from monitor.core.text import fingerprint
from monitor.model import ItemId

FEATURES = (
    "likeness", "token_sort", "token_set", "cover", "grams", "grams_new", "grams_least", "length", "ratio", "others",
)  # fmt: skip
_COVER = FEATURES.index("cover")
_FEW_SAID, _SAID = 20, 0.7
"""A headline, with or without a line of text, of so few words is a repeat only if an earlier item has this share of its
rare words: the trees have learned from longer texts, in which a name more weighs little."""
_LOOKED_AT = 3
_LEAST = 0.2
"""Less alike items are neither repeats nor copies: not worth a closer look."""
_GRAM = 4
_COPY = 0.5
"""The share of marks that two texts of one origin have in common, in the shorter of the two."""
_COPY_SHORT = 0.8
_FEW_WORDS = 25
_FEWEST = 5
_AT_HAND = 16
"""Texts whose marks and letter groups are kept: the item's own is asked for with each neighbour, and the items of a
running story are neighbours again and again. More of them cost more in the processor's own cache than they save."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Which earlier item is repeated, which one was copied, and why (or why not)."""

    of: ItemId | None = None
    copy: ItemId | None = None
    why: str = ""


def repeat(vector: Vector, near: list[Neighbour]) -> Repeat:
    """Look at the nearest items, the most alike first."""
    copy, alike = _copied(vector, near), _alike(vector, near)
    if not alike:
        return Repeat(copy=copy, why="says more than any earlier item")
    new, first = sentences(vector.text), ""
    for old in alike:
        changed = difference(new, sentences(old.words), headed=vector.headed)
        if not changed:
            return Repeat(old.item, copy, f"{'the words' if old.item == copy else 'a rewording'} of {old.item}")
        first = first or changed
    return Repeat(copy=copy, why=f"like {alike[0].item}, but {first}")


def _alike(vector: Vector, near: list[Neighbour]) -> list[Signature]:
    """The nearest items that the item may repeat, the likeliest first."""
    learned = load(Trees, "repeat")
    rows = zip(_close(near), features(vector, near), strict=False)
    headline = vector.headed and len(vector.words) <= _FEW_SAID
    told = [(n, row) for n, row in rows if not headline or row[_COVER] >= _SAID]
    by_chance = sorted(((learned.probability(row), n.signature) for n, row in told), key=lambda pair: -pair[0])
    return [signature for chance, signature in by_chance if chance >= learned.threshold]


def _close(near: list[Neighbour]) -> list[Neighbour]:
    return list(takewhile(lambda n: n.likeness >= _LEAST, near[:_LOOKED_AT]))


def features(vector: Vector, near: list[Neighbour]) -> Iterator[list[float]]:
    """One row in the order of `FEATURES` for each of the nearest items, made when it is asked for."""
    for place, neighbour in enumerate(near[:_LOOKED_AT]):
        rest = [n.likeness for k, n in enumerate(near[: _LOOKED_AT + 1]) if k != place]
        yield _row(vector, neighbour, sum(rest) / len(rest) if rest else 0.0)


def _copied(vector: Vector, near: list[Neighbour]) -> ItemId | None:
    """The nearest item with the same words: most runs of four, or those of which one text is a part of the other."""
    close = _close(near) if len(vector.words) >= _FEWEST else []
    return next((n.signature.item for n in close if _is_copy(vector, n.signature.words)), None)


def _is_copy(vector: Vector, theirs: str) -> bool:
    fewest, a, b = min(len(vector.words), len(theirs.split())), _marks(vector.text), _marks(theirs)
    shared = len(a & b) / min(len(a), len(b))
    return fewest >= _FEWEST and shared >= (_COPY_SHORT if fewest < _FEW_WORDS else _COPY)


@lru_cache(_AT_HAND)
def _marks(text: str) -> frozenset[int]:
    return frozenset(fingerprint(text.split()))


def _row(vector: Vector, neighbour: Neighbour, others: float) -> list[float]:
    old = neighbour.signature
    grams, theirs = _grams(vector.text), _grams(old.words)
    both, mass = len(grams & theirs), sum(vector.rarity.values()) or 1.0
    return [
        neighbour.likeness,
        fuzz.token_sort_ratio(vector.text, old.words) / 100,
        fuzz.token_set_ratio(vector.text, old.words) / 100,
        sum([vector.rarity[t] for t in filter(old.weights.__contains__, vector.rarity)]) / mass,
        both / (len(grams) + len(theirs) - both),
        both / len(grams),
        both / min(len(grams), len(theirs)),
        math.log(len(grams)),
        math.log((len(grams) + 1) / (len(theirs) + 1)),
        others,
    ]


@lru_cache(_AT_HAND)
def _grams(text: str) -> frozenset[str]:
    return frozenset({text[i : i + _GRAM] for i in range(max(1, len(text) - _GRAM + 1))})
