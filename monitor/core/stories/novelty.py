"""How much of an item was not told before: the chance that it carries a fact nobody had yet."""

from __future__ import annotations

import math
from math import fsum

from monitor.core.stories.candidates import Neighbour
from monitor.core.stories.models import Linear, load
from monitor.core.stories.vectors import PRIOR, Vector, background

FEATURES = ("alone", "known", "unheard", "length")
_NEAREST = 30
_CLOSEST = 3
_USUAL = 0.02
"""A word of this share of all news says nothing in particular."""


def how_new(vector: Vector, near: list[Neighbour]) -> float:
    """0 to 1. Nothing alike at all: 1."""
    return load(Linear, "novelty").probability(features(vector, near)) if near else 1.0


def features(vector: Vector, near: list[Neighbour]) -> list[float]:
    """One value in the order of `FEATURES` each.

    How far the item is from those nearest to it; how much its words were used so far (0 to 1, logarithmic, rare ones
    count more); the rarity of those that the closest items do not have; its length.
    """
    usual = background()
    content = {t: r for t, r in vector.rarity.items() if not t.startswith("^") and usual.get(t, 0.0) < _USUAL}
    heard = set[str]().union(*(n.signature.weights for n in near[:_CLOSEST]))
    likeness = fsum([n.likeness for n in near[:_NEAREST]]) / _NEAREST
    used = fsum([r * math.log1p(vector.seen[t]) for t, r in content.items()])
    return [
        -math.log(likeness + 0.02),
        used / (fsum(content.values()) or 1.0) / math.log(vector.total + PRIOR),
        math.log1p(fsum([r for t, r in content.items() if t not in heard])),
        math.log1p(len(vector.words)),
    ]
