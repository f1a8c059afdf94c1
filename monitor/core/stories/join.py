"""Same story? A learned decision over what an item and a story have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rapidfuzz import fuzz

from monitor.core.stories.candidates import Candidate
from monitor.core.stories.models import Trees, load
from monitor.core.stories.vectors import Vector, cosine

FEATURES = (
    "average", "centroid", "nearest", "nearest_three", "token_sort", "token_set",
    "cover", "shared", "shared_rarity", "usual", "specific_1", "specific_2", "specific_3", "specific",
    "rarest", "items", "gap", "age", "unseen", "rarity", "length",
    "lead_average", "lead_centroid", "lead_nearest", "lead_cover", "lead_specific",
)  # fmt: skip
_LED = ("average", "centroid", "nearest", "cover", "specific")
_CENTROID = FEATURES.index("centroid")
_SCORED = 4
"""The trees are asked about so many stories; the rest are there to be compared with."""
_FLOOR = 3600.0
"""Feeds are read minutes apart and stamped as they like: a shorter gap says nothing."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with the probability that the item belongs to it."""

    candidate: Candidate
    probability: float


def scored(vector: Vector, now: float, found: list[Candidate]) -> list[Scored]:
    """The candidates closest to the item with their probabilities, the likeliest first."""
    join = load(Trees, "join")
    rows = zip(found, features(vector, now, found), strict=True)
    closest = sorted(rows, key=lambda pair: -pair[1][_CENTROID])[:_SCORED]
    made = [Scored(candidate, join.probability(row)) for candidate, row in closest]
    return sorted(made, key=lambda s: -s.probability)


def features(vector: Vector, now: float, found: list[Candidate]) -> list[list[float]]:
    """One row in the order of `FEATURES` for each candidate."""
    rows = [_alone(vector, now, candidate) for candidate in found]
    for name in _LED:
        values = [row[name] for row in rows]
        ranked = [*sorted(values, reverse=True), 0.0]
        for row, value in zip(rows, values, strict=True):
            row[f"lead_{name}"] = value - ranked[value == ranked[0]]
    return [[row[name] for name in FEATURES] for row in rows]


def _alone(vector: Vector, now: float, candidate: Candidate) -> dict[str, float]:
    story = candidate.story
    dot = cosine(vector.weights, story.sums)
    return {
        "average": dot / story.items,
        "centroid": dot / math.sqrt(story.square or 1.0),
        "items": math.log(story.items),
        "gap": _hours(now - story.last),
        "age": _hours(now - story.first),
        **_nearness(vector, candidate),
        **_overlap(vector, candidate),
        **_itself(vector),
    }


def _nearness(vector: Vector, candidate: Candidate) -> dict[str, float]:
    near = [n.likeness for n in candidate.neighbours[:3]]
    closest = [n.signature.words for n in candidate.neighbours[:2]]
    return {
        "nearest": near[0],
        "nearest_three": sum(near) / len(near),
        "token_sort": max(fuzz.token_sort_ratio(vector.text, words) for words in closest) / 100,
        "token_set": max(fuzz.token_set_ratio(vector.text, words) for words in closest) / 100,
    }


def _overlap(vector: Vector, candidate: Candidate) -> dict[str, float]:
    counts, items = candidate.story.counts, candidate.story.items
    shared = {t: r for t, r in vector.rarity.items() if t in counts}
    mass = sum(vector.rarity.values()) or 1.0
    # How much of a term's use so far was this story's: a name nobody else uses says most.
    specific = sorted((r * min(1.0, counts[t] / max(1, vector.seen[t])) for t, r in shared.items()), reverse=True)
    first, second, third, *_ = *specific, 0.0, 0.0, 0.0
    return {
        "cover": sum(shared.values()) / mass,
        "shared": math.log1p(len(shared)),
        "shared_rarity": math.log1p(sum(shared.values())),
        "usual": sum(r * counts[t] / items for t, r in shared.items()) / mass,
        "specific_1": first,
        "specific_2": second,
        "specific_3": third,
        "specific": sum(specific) / mass,
        "rarest": max(shared.values(), default=0.0),
    }


def _itself(vector: Vector) -> dict[str, float]:
    mass = sum(vector.rarity.values()) or 1.0
    unseen = sum(r for t, r in vector.rarity.items() if not vector.seen[t])
    return {"unseen": unseen / mass, "rarity": math.log1p(mass), "length": math.log(len(vector.rarity) or 1)}


def _hours(seconds: float) -> float:
    return math.log(max(_FLOOR, seconds) / 3600.0)
