"""How much of an item was not told before: the chance that it carries a fact its story did not have yet."""

from __future__ import annotations

import math

from rapidfuzz import fuzz

from monitor.core.stories.candidates import Neighbour
from monitor.core.stories.differences import numbers, sentences
from monitor.core.stories.models import Linear, load
from monitor.core.stories.records import Story
from monitor.core.stories.vectors import Vector

FEATURES = (
    "likeness_1", "likeness_2", "likeness_5", "likeness_30", "dense", "near", "token_set", "token_sort",
    "cover", "cover_3", "cover_30", "cover_story", "unseen", "unheard", "rarest", "new_figures",
    "items", "age", "gap", "length", "rarity",
)  # fmt: skip
_DENSE = 0.15


def how_new(vector: Vector, now: float, near: list[Neighbour], story: Story | None) -> float:
    """0 to 1; `story` is its profile before the item, None if the item begins one. Nothing alike at all: 1."""
    return load(Linear, "novelty").probability(features(vector, now, near, story)) if near else 1.0


def features(vector: Vector, now: float, near: list[Neighbour], story: Story | None) -> list[float]:
    """One row in the order of `FEATURES`."""
    likeness = [n.likeness for n in near[:30]]
    return [
        *(sum(likeness[:n]) / n for n in (1, 2, 5, 30)),
        math.log1p(sum(n.likeness > _DENSE for n in near)),
        math.log1p(len(near)),
        max((fuzz.token_set_ratio(vector.text, n.signature.words) for n in near[:2]), default=0.0) / 100,
        max((fuzz.token_sort_ratio(vector.text, n.signature.words) for n in near[:2]), default=0.0) / 100,
        *_told(vector, near, story),
        *_course(now, story),
        math.log(len(vector.words) or 1),
        math.log1p(sum(vector.rarity.values())),
    ]


def _told(vector: Vector, near: list[Neighbour], story: Story | None) -> list[float]:
    rarity = {t: r for t, r in vector.rarity.items() if not t.startswith("^")}
    mass = sum(rarity.values()) or 1.0
    heard = [set[str]().union(*(n.signature.weights for n in near[:n])) for n in (1, 3, 30)]
    told = story.counts if story else {}
    unheard = [r for t, r in rarity.items() if t not in heard[-1]]
    figures = {n for sentence in sentences(vector.text) for n in numbers(sentence)}
    return [
        *(sum(r for t, r in rarity.items() if t in terms) / mass for terms in (*heard, told)),
        sum(r for t, r in rarity.items() if not vector.seen[t]) / mass,
        math.log1p(sum(unheard)),
        max(unheard, default=0.0),
        math.log1p(sum(n not in heard[-1] and n not in told for n in figures)),
    ]


def _course(now: float, story: Story | None) -> list[float]:
    """How far the story has come: early items bring more."""
    if story is None:
        return [0.0, 0.0, 0.0]
    hours = [math.log1p(max(0.0, now - at) / 3600.0) for at in (story.first, story.last)]
    return [math.log(story.items), *hours]
