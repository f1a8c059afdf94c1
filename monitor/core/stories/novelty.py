"""How much of an item was not told before: the chance that it carries a fact nobody had yet."""

from __future__ import annotations

import math

from monitor.core.stories.candidates import Neighbour
from monitor.core.stories.models import Linear, load
from monitor.core.stories.records import Story
from monitor.core.stories.vectors import Vector

FEATURES = ("alone", "unseen", "unheard")
_NEAREST = 30


def how_new(vector: Vector, near: list[Neighbour], story: Story | None) -> float:
    """0 to 1; `story` is its profile before the item, None if the item begins one. Nothing alike at all: 1."""
    return load(Linear, "novelty").probability(features(vector, near, story)) if near else 1.0


def features(vector: Vector, near: list[Neighbour], story: Story | None) -> list[float]:
    """How far it is from the items nearest to it, and the rarity of its words that these, or all items, do not have."""
    rarity = {t: r for t, r in vector.rarity.items() if not t.startswith("^")}
    told = set(story.counts) if story else set[str]()
    heard = told.union(*(n.signature.weights for n in near[:_NEAREST]))
    likeness = sum(n.likeness for n in near[:_NEAREST]) / _NEAREST
    return [
        -math.log(likeness + 0.02),
        sum(r for t, r in rarity.items() if not vector.seen[t]) / (sum(rarity.values()) or 1.0),
        math.log1p(sum(r for t, r in rarity.items() if t not in heard)),
    ]
